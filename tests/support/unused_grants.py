"""Grants that no test of the functions uses in the account in memory, and why the roles have them all the same.

Patterns, as fnmatch has them. tests/template/test_used_grants.py fails for a pattern that no unused grant matches.
"""

from collections.abc import Mapping

FORMER_RELEASE = "the release of 2026-11 uses it: until the release after 2026-12"
_OTHER_KEY = "the other key of the pair: which one is current is a parameter, and staff change it (docs/runbook.md)"
_DELAYED = "tells the customer of a change that is delayed: the same step as AddPasskey's, which a test uses"
UNUSED: Mapping[str, str] = {
    "* s3:ListBucket *": "nothing is listed: it makes S3 respond 404 for an object that is missing, not 403",
    "* secretsmanager:GetSecretValue *": (
        "of a message provider, which the account in memory has not: tests/local/test_message_provider.py"
    ),
    "RequestUpload s3:PutObject UploadBucket/uploads/[*]": (
        "the function signs a form, with which the phone sends a file to S3: tests/local/test_main_way.py"
    ),
    "* dynamodb:GetItem UploadsTable": (
        "a certificate that was written between the two reads of a batch is read again: tests/aws/test_uploads.py"
    ),
    "GetSealingKey kms:GetPublicKey *KeyB": _OTHER_KEY,
    "GetUpload kms:GetPublicKey *KeyB": _OTHER_KEY,
    "OpenContainer kms:Decrypt SealingKeyB": _OTHER_KEY,
    "RegisterCertificate kms:Decrypt RandomNumberKeyB": _OTHER_KEY,
    "SignRequest kms:Sign ReceiptKeyB": _OTHER_KEY,
    "AddTotp sqs:SendMessage NoticeQueue": _DELAYED,
    "ChangePhone sqs:SendMessage NoticeQueue": _DELAYED,
    "RemoveCredential sqs:SendMessage NoticeQueue": _DELAYED,
    "StartPhone sqs:SendMessage NoticeQueue": _DELAYED,
    "VerifySignature s3:PutObject RevocationBucket/crl/[*]": (
        "a list that is not stored yet is stored: the same step as CheckRevocation's, which a test uses"
    ),
    "FinishCertificateLogin dynamodb:GetItem ThrottlesTable": FORMER_RELEASE,
    "Login dynamodb:BatchGetItem DenyListTable": FORMER_RELEASE,
    "Login dynamodb:BatchGetItem KeptStatesTable": FORMER_RELEASE,
    "Login dynamodb:GetItem CustomersTable": FORMER_RELEASE,
    "Login dynamodb:GetItem SessionsTable": FORMER_RELEASE,
    "RegisterCertificate dynamodb:ConditionCheckItem DenyListTable": FORMER_RELEASE,
    "RegisterCertificate dynamodb:GetItem CustomersTable": FORMER_RELEASE,
    "RegisterCertificate dynamodb:GetItem IssuersTable": FORMER_RELEASE,
    "ReportLoss dynamodb:GetItem CustomersTable": FORMER_RELEASE,
}
