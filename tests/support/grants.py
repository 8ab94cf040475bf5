"""Who may do what: the decision, written once. It is never derived from the policies that it judges.

Two tests read it: tests/template/test_policies.py compares it with the statements of template.yaml,
tests/local/test_permissions.py calls each action with every function's role on the local cloud.
Whoever is not named in a row is denied, a new function too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.support.shape import FUNCTIONS

ROLES = sorted(name.removesuffix("Function") for name in FUNCTIONS)
"""Every function, by its name in the template without the ending."""

POWERLESS = {"AnswerPreflightFunction"}
"""Functions that call nothing in AWS, and have no policy and no setting."""

# Kinds of functions that share a power.
ENROL = {"AddPasskey", "AddTotp", "ChangePhone", "RemoveCredential", "StartPhone", "StartTotp"}
RECOVER = {"ApproveRecovery", "CancelRecovery", "ProposeRecovery"}
CHANGE_CUSTOMERS = ENROL | RECOVER | {"VerifyPasskey"}
VERIFY = {"VerifyCertificate", "VerifyOtp", "VerifyPasskey"}
START_SESSIONS = VERIFY | {"FinishCertificateLogin"}
USE_PROOF = {"AddPasskey", "AddTotp", "ChangePhone", "RemoveCredential", "RequestUpload"} | {
    *("Deregister", "ResumeRegistration"),
}
ASK_ISSUERS = {"CheckRegistration", "CheckRevocation", "SignRequest", "VerifySignature", "WatchCrl"}
END_OR_HOLD = {"CheckRegistration", "ConfirmBlock", "Deregister", "ReportLoss", "ResumeRegistration"} | {
    *("SetBankHold", "SignRequest", "SuspendAll", "WatchCrl", "ReevaluateSegment"),
}
READ_ONE_REGISTRATION = END_OR_HOLD | {
    *("EraseEnded", "FinishCertificateLogin", "GetRegistration", "ProposeBlock", "RegisterCertificate"),
    *("SendNotice", "VerifyCertificate"),
}
DECIDE_UPLOADS = {"CheckRevocation", "OpenContainer", "RegisterCertificate", "ValidateUpload"}
DECIDE = {"OpenContainer", "Precheck", "ValidateUpload"}
RELYING = {"CreateSignatureRequest", "GetStatus", "PollSignatureRequest", "VerifySignature"}
REEVALUATE = {"ApplyReevaluation", "PlanReevaluation"}
ACTIVE_TRUST = (
    DECIDE
    | ASK_ISSUERS
    | {"ActivateTrust", "GetStatus", "ListIssuers", "ReevaluateSegment", "WatchIssuers"}
    | REEVALUATE
)


@dataclass(frozen=True)
class Power:
    """An action on a resource, and the only functions that may take it."""

    action: str
    """As IAM names it."""
    resource: str
    """Logical name, with the path of an object or an index. `phone`: a text message; `topic`, `default`: another's
    topic and event bus."""
    holders: frozenset[str]

    def __str__(self) -> str:
        return f"{self.action} {self.resource}"


def _power(action: str, resource: str, holders: Iterable[str] = ()) -> Power:
    return Power(action, resource, frozenset(holders))


POWERS = [
    # Customers: the bank's own record, never created and never deleted here. Until the release after 2026-12 Login,
    # RegisterCertificate and ReportLoss keep GetItem here, and Login that on the sessions: the release of 2026-11
    # uses it.
    _power(
        "dynamodb:GetItem",
        "CustomersTable",
        CHANGE_CUSTOMERS
        | {
            "Explain",
            "FinishCertificateLogin",
            "ListCredentials",
            "LockCustomer",
            "Login",
            "OpenContainer",
            "RegisterCertificate",
        }
        | {"ReportLoss", "SendNotice", "SendOtp", "StartPasskey", "StepUp", "VerifyOtp"},
    ),
    _power("dynamodb:BatchGetItem", "CustomersTable", {"Login", "RegisterCertificate", "ReportLoss"}),
    _power("dynamodb:UpdateItem", "CustomersTable", CHANGE_CUSTOMERS),
    _power("dynamodb:PutItem", "CustomersTable"),
    _power("dynamodb:DeleteItem", "CustomersTable"),
    _power("dynamodb:Scan", "CustomersTable"),
    # Sessions and proofs of identity.
    _power("dynamodb:GetItem", "SessionsTable", {"Explain", "FinishCertificateLogin", "Login"}),
    _power("dynamodb:UpdateItem", "SessionsTable", START_SESSIONS | {"AddTotp", "LockCustomer"}),
    _power("dynamodb:BatchGetItem", "SessionsTable", {"Authorize", "Login", "ReportLoss"}),
    _power("dynamodb:GetItem", "SessionUsesTable", START_SESSIONS),
    _power("dynamodb:BatchGetItem", "SessionUsesTable", {"Authorize"}),
    _power("dynamodb:UpdateItem", "SessionUsesTable", {"Authorize", "Logout"}),
    _power("dynamodb:PutItem", "SessionUsesTable"),
    _power("dynamodb:DeleteItem", "SessionUsesTable"),
    _power("dynamodb:PutItem", "SessionsTable"),
    _power("dynamodb:DeleteItem", "SessionsTable"),
    _power("dynamodb:Scan", "SessionsTable"),
    _power("dynamodb:GetItem", "ChallengesTable", ENROL | {"RequestUpload", "SendOtp", "StartPasskey"}),
    _power("dynamodb:UpdateItem", "ChallengesTable", START_SESSIONS | USE_PROOF | {"SendOtp"}),
    _power("dynamodb:PutItem", "ChallengesTable", {"Login", "StartCertificateLogin", "StepUp"}),
    _power("dynamodb:DeleteItem", "ChallengesTable"),
    _power(
        "dynamodb:UpdateItem",
        "ThrottlesTable",
        START_SESSIONS
        | {"CheckRegistration", "Login", "ReportLoss", "SendOtp", "StartCertificateLogin", "StartPhone", "StepUp"},
    ),
    _power("dynamodb:DeleteItem", "ThrottlesTable"),
    # Uploads.
    _power(
        "dynamodb:GetItem",
        "UploadsTable",
        DECIDE_UPLOADS | {"Explain", "GetUpload", "RequestUpload"},
    ),
    _power("dynamodb:PutItem", "UploadsTable", {"ValidateUpload"}),
    _power("dynamodb:UpdateItem", "UploadsTable", DECIDE_UPLOADS),
    _power("dynamodb:GetItem", "AnnouncementsTable", DECIDE_UPLOADS | {"Explain", "GetUpload", "RequestUpload"}),
    _power("dynamodb:PutItem", "AnnouncementsTable", {"RequestUpload"}),
    _power("dynamodb:UpdateItem", "AnnouncementsTable", {"RequestUpload"}),
    _power("dynamodb:DeleteItem", "AnnouncementsTable"),
    _power("dynamodb:GetItem", "TextsTable", {"RegisterCertificate"}),
    _power("dynamodb:UpdateItem", "TextsTable", {"GetUpload"}),
    _power("dynamodb:PutItem", "TextsTable"),
    _power("dynamodb:DeleteItem", "UploadsTable"),
    _power("dynamodb:Scan", "UploadsTable", {"ActivateTrust"}),
    _power(
        "dynamodb:BatchGetItem",
        "UploadsTable",
        DECIDE_UPLOADS | {"ActivateTrust", "Explain", "GetUpload", "RequestUpload"},
    ),
    _power("s3:PutObject", "UploadBucket/uploads/x/0", {"RequestUpload"}),
    _power("s3:PutObject", "UploadBucket/elsewhere/x"),
    _power("s3:GetObject", "UploadBucket/uploads/x/0", {"OpenContainer", "ValidateUpload"}),
    _power("s3:GetObject", "UploadBucket/elsewhere/x"),
    _power("s3:DeleteObject", "UploadBucket/uploads/x/0", {"OpenContainer", "ValidateUpload"}),
    _power("s3:ListBucket", "UploadBucket", {"OpenContainer", "ValidateUpload"}),
    # Registrations.
    _power("dynamodb:GetItem", "RegistrationsTable", READ_ONE_REGISTRATION),
    _power(
        "dynamodb:Query",
        "RegistrationsTable",
        {"CheckRevocation", "Explain", "ListRegistrations", "Login", "ReportLoss", "StepUp", "SuspendAll"},
    ),
    _power("dynamodb:PutItem", "RegistrationsTable", {"RegisterCertificate"}),
    _power(
        "dynamodb:UpdateItem",
        "RegistrationsTable",
        END_OR_HOLD | {"FlagShard", "ProposeBlock", "RegisterCertificate"},
    ),
    _power("dynamodb:DeleteItem", "RegistrationsTable", {"EraseEnded"}),
    _power("dynamodb:Scan", "RegistrationsTable", {"ActivateTrust"}),
    _power(
        "dynamodb:UpdateItem", "DenyListTable", {"CheckRegistration", "ConfirmBlock", "SignRequest", "WatchCrl"}
    ),
    _power("dynamodb:GetItem", "DenyListTable"),
    _power("dynamodb:PutItem", "DenyListTable"),
    _power("dynamodb:DeleteItem", "DenyListTable"),
    _power("dynamodb:UpdateItem", "KeptStatesTable", END_OR_HOLD | {"EraseEnded", "RegisterCertificate"}),
    _power("dynamodb:GetItem", "KeptStatesTable", {"EraseEnded"}),
    _power("dynamodb:PutItem", "KeptStatesTable"),
    _power("dynamodb:DeleteItem", "KeptStatesTable", {"EraseEnded"}),
    _power("dynamodb:Scan", "KeptStatesTable"),
    # Relying services: staff write their entries.
    _power("dynamodb:GetItem", "RelyingServicesTable", RELYING),
    _power("dynamodb:PutItem", "RelyingServicesTable"),
    _power("dynamodb:UpdateItem", "RelyingServicesTable"),
    _power("dynamodb:DeleteItem", "RelyingServicesTable"),
    _power("dynamodb:Scan", "RelyingServicesTable"),
    # Signature requests: services create and poll, the customer answers.
    _power("dynamodb:PutItem", "SignatureRequestsTable", {"CreateSignatureRequest"}),
    _power("dynamodb:GetItem", "SignatureRequestsTable", {"PollSignatureRequest"}),
    _power("dynamodb:Query", "SignatureRequestsTable", {"ListSignatureRequests"}),
    _power("dynamodb:BatchGetItem", "SignatureRequestsTable", {"SignRequest"}),
    _power(
        "dynamodb:UpdateItem",
        "SignatureRequestsTable",
        {"DeclineSignatureRequest", "ShowSignatureRequest", "SignRequest"},
    ),
    _power("dynamodb:DeleteItem", "SignatureRequestsTable"),
    _power("dynamodb:Scan", "SignatureRequestsTable"),
    # Evidence: written once, read by staff only. Receipts.
    _power("s3:PutObject", "EvidenceBucket/evidence/x/y.zip", {"SignRequest"}),
    _power("s3:PutObject", "EvidenceBucket/keys/x.json"),
    _power("s3:GetObject", "EvidenceBucket/evidence/x/y.zip"),
    _power("s3:DeleteObject", "EvidenceBucket/evidence/x/y.zip"),
    _power("s3:PutObjectRetention", "EvidenceBucket/evidence/x/y.zip"),
    _power("s3:PutBucketObjectLockConfiguration", "EvidenceBucket"),
    _power("s3:ListBucket", "EvidenceBucket"),
    _power("kms:Sign", "ReceiptKeyA", {"SignRequest"}),
    _power("kms:Sign", "ReceiptKeyB", {"SignRequest"}),
    _power("kms:GetPublicKey", "ReceiptKeyA", {"GetJwks"}),
    _power("kms:GetPublicKey", "ReceiptKeyB", {"GetJwks"}),
    # Audit: one function appends, nobody else writes.
    _power("s3:PutObject", "AuditBucket/audit/x", {"KeepAudit"}),
    _power("s3:GetObjectVersion", "AuditBucket/audit/x", {"KeepAudit"}),
    _power("s3:GetObject", "AuditBucket/audit/x"),
    _power("s3:DeleteObject", "AuditBucket/audit/x"),
    _power("s3:PutObjectRetention", "AuditBucket/audit/x"),
    _power("s3:PutBucketObjectLockConfiguration", "AuditBucket"),
    _power("s3:ListBucketVersions", "AuditBucket", {"KeepAudit"}),
    _power("sqs:SendMessage", "AuditQueue", {"CollectAudit"}),
    # Trust and revocation.
    _power("s3:GetObject", "TrustBucket/active/trust.json", ACTIVE_TRUST),
    _power("s3:GetObject", "TrustBucket/incoming/trust.json", {"ActivateTrust"}),
    _power("s3:GetObject", "TrustBucket/reports/trust.json", {"ConfirmTrust"}),
    _power("s3:PutObject", "TrustBucket/active/trust.json", {"ActivateTrust"}),
    _power("s3:PutObject", "TrustBucket/active/x"),
    _power("s3:PutObject", "TrustBucket/incoming/trust.json"),
    _power("s3:PutObject", "TrustBucket/incoming/confirm.txt", {"ConfirmTrust"}),
    _power("s3:PutObject", "TrustBucket/reports/reevaluation/x", {"ReevaluateSegment"}),
    _power("s3:DeleteObject", "TrustBucket/active/trust.json"),
    _power("s3:ListBucket", "TrustBucket", {"ActivateTrust", "ConfirmTrust"} | REEVALUATE),
    _power("s3:PutBucketVersioning", "TrustBucket"),
    # RegisterCertificate keeps GetItem until the release after 2026-12: the release of 2026-11 uses it.
    _power("dynamodb:GetItem", "IssuersTable", ASK_ISSUERS | {"RegisterCertificate"}),
    _power("dynamodb:BatchGetItem", "IssuersTable", ASK_ISSUERS | {"GetStatus", "RegisterCertificate"}),
    _power("dynamodb:UpdateItem", "IssuersTable", ASK_ISSUERS),
    _power("dynamodb:PutItem", "IssuersTable"),
    _power("s3:GetObject", "RevocationBucket/crl/x/y/current", ASK_ISSUERS | {"RegisterCertificate"}),
    _power("s3:GetObject", "RevocationBucket/crl/x/y/7/current", ASK_ISSUERS | {"RegisterCertificate"}),
    _power("s3:GetObject", "RevocationBucket/crl/x/y/watched", ASK_ISSUERS),
    _power("s3:GetObject", "RevocationBucket/crl/x/y/7/watched", ASK_ISSUERS),
    _power("s3:PutObject", "RevocationBucket/crl/x/y/current", ASK_ISSUERS),
    _power("s3:PutObject", "RevocationBucket/elsewhere/x"),
    _power("s3:DeleteObject", "RevocationBucket/crl/x/y/current"),
    _power("s3:ListBucket", "RevocationBucket", ASK_ISSUERS | {"RegisterCertificate"}),
    # Messages and events.
    _power("dynamodb:GetItem", "NoticesTable", REEVALUATE | {"FlagExpiring", "ReevaluateSegment", "SendNotice"}),
    _power(
        "sns:Publish",
        "phone",
        (CHANGE_CUSTOMERS - {"ProposeRecovery", "StartTotp", "VerifyPasskey"}) | {"SendNotice", "SendOtp"},
    ),
    _power("sns:Publish", "topic"),
    _power("sqs:ChangeMessageVisibility", "ExpiryNoticeQueue", {"SendNotice"}),
    _power("sqs:ChangeMessageVisibility", "NoticeQueue", {"SendNotice"}),
    _power("sqs:ChangeMessageVisibility", "ValidationQueue", {"ValidateUpload"}),
    _power("sqs:SendMessage", "ExpiryNoticeQueue", {"FlagShard", "SendNotice"}),
    _power("sqs:SendMessage", "ExpiryQueue", {"FlagExpiring"}),
    _power("sqs:SendMessage", "LossQueue", {"ReportLoss"}),
    _power(
        "sqs:SendMessage",
        "NoticeQueue",
        VERIFY | ENROL | {"CheckRevocation", "Login", "ReportLoss", "SendNotice", "StartPasskey"},
    ),
    _power(
        "sqs:SendMessage",
        "QuestionsQueue",
        {"OpenContainer", "RegisterCertificate", "RetryDeferred", "ValidateUpload"},
    ),
    _power("sqs:SendMessage", "ReevaluationQueue", REEVALUATE | {"ReevaluateSegment"}),
    _power("sqs:SendMessage", "TrustQueue"),
    _power("sqs:SendMessage", "ValidationQueue", {"ValidateUpload"}),
    _power("sqs:SendMessage", "WatchQueue", {"WatchIssuers"}),
    _power("events:PutEvents", "RegistrationEvents", {"PublishEvents"}),
    _power("events:PutEvents", "default"),
    # Keys: a new authenticator app's secret is the one thing that is sealed here.
    _power("kms:Decrypt", "CustomerKey", {"AddTotp", "VerifyOtp"}),
    _power("kms:Decrypt", "IdentityKey", {"OpenContainer", "RegisterCertificate"}),
    _power("kms:Decrypt", "SealingKeyA", {"OpenContainer"}),
    _power("kms:Decrypt", "SealingKeyB", {"OpenContainer"}),
    _power("kms:Decrypt", "RandomNumberKeyA", {"RegisterCertificate"}),
    _power("kms:Decrypt", "RandomNumberKeyB", {"RegisterCertificate"}),
    _power("kms:Encrypt", "CustomerKey", {"StartTotp"}),
    _power("kms:Encrypt", "IdentityKey"),
    _power("kms:Encrypt", "SealingKeyA"),
    _power("kms:GenerateDataKey", "CustomerKey"),
    _power("kms:GenerateDataKey", "IdentityKey"),
    _power("kms:ScheduleKeyDeletion", "CustomerKey"),
    _power("kms:GetPublicKey", "SealingKeyA", {"GetSealingKey", "GetUpload"}),
    _power("kms:GetPublicKey", "RandomNumberKeyA", {"GetSealingKey", "GetUpload"}),
]
HOLDERS = {(power.action, power.resource): power.holders for power in POWERS}

OF_SOMEBODY = {"EncryptionContext": {"customer": "somebody"}}
OAEP = {"EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}
SECRET_KEYS: dict[str, dict[str, Any]] = {
    "CustomerKey": OF_SOMEBODY,
    "IdentityKey": OF_SOMEBODY,
    "SealingKeyA": OAEP,
    "SealingKeyB": OAEP,
    "RandomNumberKeyA": OAEP,
    "RandomNumberKeyB": OAEP,
}
"""Keys behind which a customer's secret is stored, with what their calls need."""

# Nobody may change the cloud itself, whatever else their role says.
NOBODY = [
    ("iam", "list_roles", {}),
    ("iam", "create_user", {"UserName": "x-y"}),
    ("lambda", "list_functions", {}),
    ("s3", "list_buckets", {}),
    ("dynamodb", "list_tables", {}),
    ("dynamodb", "delete_table", {"TableName": "{RegistrationsTable}"}),
    ("cloudformation", "delete_stack", {"StackName": "registrar"}),
]
