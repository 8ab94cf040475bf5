"""Every function's role, put on by a test: what is not granted is denied by the cloud, not by our code.

The local cloud lets its root put on any role; that the roles trust Lambda only is looked at in the template.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, cast

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.cloud import LocalCloud
from local.emulator import REGION
from registrar.aws.keys import CustomerSecrets

pytestmark = pytest.mark.cloud

AsRole = Callable[[str, str], Any]
DENIED = {"AccessDenied", "AccessDeniedException", "AuthorizationError"}
KEY = {"id": {"S": "x"}}
OF_SOMEBODY = {"EncryptionContext": {"customer": "somebody"}}
ROW = {"pk": {"S": "CUST#x"}, "sk": {"S": "REG#x"}}

OF_PK = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "x"}}}

# Function, service, operation, arguments; names of the template in braces are replaced by physical ones.
DENY: list[tuple[str, str, str, dict[str, Any]]] = [
    ("Authorize", "dynamodb", "put_item", {"TableName": "{SessionsTable}", "Item": {"customer_id": {"S": "x"}}}),
    ("Authorize", "dynamodb", "scan", {"TableName": "{SessionsTable}"}),
    ("Authorize", "dynamodb", "get_item", {"TableName": "{CustomersTable}", "Key": KEY}),
    ("Authorize", "dynamodb", "get_item", {"TableName": "{ChallengesTable}", "Key": KEY}),
    ("Login", "dynamodb", "put_item", {"TableName": "{SessionsTable}", "Item": {"customer_id": {"S": "x"}}}),
    ("Login", "dynamodb", "delete_item", {"TableName": "{ThrottlesTable}", "Key": KEY}),
    ("Login", "dynamodb", "put_item", {"TableName": "{CustomersTable}", "Item": KEY}),
    ("Login", "dynamodb", "scan", {"TableName": "{CustomersTable}"}),
    ("Login", "dynamodb", "get_item", {"TableName": "{ChallengesTable}", "Key": KEY}),
    ("Login", "kms", "decrypt", {"KeyId": "{CustomerKey}", "CiphertextBlob": b"x" * 100}),
    ("VerifyOtp", "kms", "encrypt", {"KeyId": "{CustomerKey}", "Plaintext": b"x"}),
    ("VerifyOtp", "kms", "generate_data_key", {"KeyId": "{CustomerKey}", "KeySpec": "AES_256"}),
    ("VerifyOtp", "kms", "schedule_key_deletion", {"KeyId": "{CustomerKey}"}),
    ("VerifyOtp", "dynamodb", "get_item", {"TableName": "{CustomersTable}", "Key": KEY}),
    ("VerifyOtp", "dynamodb", "delete_item", {"TableName": "{ChallengesTable}", "Key": KEY}),
    ("VerifyOtp", "dynamodb", "put_item", {"TableName": "{ChallengesTable}", "Item": KEY}),
    ("VerifyOtp", "dynamodb", "delete_item", {"TableName": "{ThrottlesTable}", "Key": KEY}),
    ("StepUp", "kms", "decrypt", {"KeyId": "{CustomerKey}", "CiphertextBlob": b"x" * 100}),
    ("StepUp", "dynamodb", "get_item", {"TableName": "{SessionsTable}", "Key": {"customer_id": {"S": "x"}}}),
    ("StepUp", "dynamodb", "put_item", {"TableName": "{CustomersTable}", "Item": KEY}),
    ("Logout", "dynamodb", "get_item", {"TableName": "{SessionsTable}", "Key": {"customer_id": {"S": "x"}}}),
    ("Logout", "dynamodb", "delete_item", {"TableName": "{SessionsTable}", "Key": {"customer_id": {"S": "x"}}}),
    ("Logout", "dynamodb", "get_item", {"TableName": "{CustomersTable}", "Key": KEY}),
    ("RequestUpload", "dynamodb", "put_item", {"TableName": "{ChallengesTable}", "Item": KEY}),
    ("SendOtp", "dynamodb", "update_item", {"TableName": "{CustomersTable}", "Key": KEY}),
    ("SendOtp", "sns", "publish", {"TopicArn": "{topic}", "Message": "x"}),
    ("SendOtp", "dynamodb", "update_item", {"TableName": "{SessionsTable}", "Key": {"customer_id": {"S": "x"}}}),
    ("VerifyPasskey", "dynamodb", "put_item", {"TableName": "{CustomersTable}", "Item": KEY}),
    ("VerifyPasskey", "sns", "publish", {"PhoneNumber": "+821000000000", "Message": "x"}),
    ("VerifyPasskey", "dynamodb", "scan", {"TableName": "{CustomersTable}"}),
    ("VerifyCertificate", "dynamodb", "get_item", {"TableName": "{CustomersTable}", "Key": KEY}),
    ("VerifyCertificate", "dynamodb", "update_item", {"TableName": "{RegistrationsTable}", "Key": ROW}),
    (
        "VerifyCertificate",
        "dynamodb",
        "query",
        {
            "TableName": "{RegistrationsTable}",
            "KeyConditionExpression": "pk = :x",
            "ExpressionAttributeValues": {":x": {"S": "x"}},
        },
    ),
    ("ListCredentials", "dynamodb", "update_item", {"TableName": "{CustomersTable}", "Key": KEY}),
    ("ListCredentials", "dynamodb", "scan", {"TableName": "{CustomersTable}"}),
    ("StartPasskey", "dynamodb", "update_item", {"TableName": "{ChallengesTable}", "Key": KEY}),
    ("AddPasskey", "dynamodb", "put_item", {"TableName": "{CustomersTable}", "Item": KEY}),
    ("AddPasskey", "kms", "encrypt", {"KeyId": "{CustomerKey}", "Plaintext": b"x", **OF_SOMEBODY}),
    ("StartTotp", "sns", "publish", {"PhoneNumber": "+821000000000", "Message": "x"}),
    ("AddTotp", "kms", "encrypt", {"KeyId": "{CustomerKey}", "Plaintext": b"x", **OF_SOMEBODY}),
    ("AddTotp", "dynamodb", "put_item", {"TableName": "{CustomersTable}", "Item": KEY}),
    ("StartPhone", "sns", "publish", {"TopicArn": "{topic}", "Message": "x"}),
    ("ChangePhone", "dynamodb", "scan", {"TableName": "{CustomersTable}"}),
    ("RemoveCredential", "dynamodb", "delete_item", {"TableName": "{CustomersTable}", "Key": KEY}),
    ("CancelRecovery", "dynamodb", "get_item", {"TableName": "{ChallengesTable}", "Key": KEY}),
    ("ProposeRecovery", "sns", "publish", {"PhoneNumber": "+821000000000", "Message": "x"}),
    ("ProposeRecovery", "dynamodb", "scan", {"TableName": "{CustomersTable}"}),
    ("ApproveRecovery", "dynamodb", "put_item", {"TableName": "{CustomersTable}", "Item": KEY}),
    ("ApproveRecovery", "kms", "encrypt", {"KeyId": "{CustomerKey}", "Plaintext": b"x", **OF_SOMEBODY}),
    ("RequestUpload", "s3", "get_object", {"Bucket": "{UploadBucket}", "Key": "uploads/x/0"}),
    ("RequestUpload", "s3", "list_objects_v2", {"Bucket": "{UploadBucket}"}),
    ("RequestUpload", "s3", "put_object", {"Bucket": "{UploadBucket}", "Key": "elsewhere/x", "Body": b"x"}),
    ("RequestUpload", "s3", "delete_object", {"Bucket": "{UploadBucket}", "Key": "uploads/x"}),
    ("RequestUpload", "dynamodb", "get_item", {"TableName": "{UploadsTable}", "Key": KEY}),
    ("ValidateUpload", "s3", "put_object", {"Bucket": "{TrustBucket}", "Key": "active/trust.json", "Body": b"x"}),
    ("ValidateUpload", "s3", "put_object", {"Bucket": "{UploadBucket}", "Key": "uploads/x", "Body": b"x"}),
    ("ValidateUpload", "s3", "get_object", {"Bucket": "{TrustBucket}", "Key": "incoming/trust.json"}),
    ("ValidateUpload", "dynamodb", "put_item", {"TableName": "{RegistrationsTable}", "Item": ROW}),
    ("ValidateUpload", "dynamodb", "delete_item", {"TableName": "{UploadsTable}", "Key": KEY}),
    ("GetUpload", "dynamodb", "put_item", {"TableName": "{UploadsTable}", "Item": KEY}),
    ("GetUpload", "dynamodb", "scan", {"TableName": "{UploadsTable}"}),
    ("GetUpload", "dynamodb", "delete_item", {"TableName": "{UploadsTable}", "Key": KEY}),
    ("GetUpload", "s3", "get_object", {"Bucket": "{UploadBucket}", "Key": "uploads/x"}),
    ("RegisterCertificate", "dynamodb", "delete_item", {"TableName": "{RegistrationsTable}", "Key": ROW}),
    ("RegisterCertificate", "dynamodb", "scan", {"TableName": "{RegistrationsTable}"}),
    ("RegisterCertificate", "sns", "publish", {"PhoneNumber": "+821000000000", "Message": "x"}),
    ("GetRegistration", "dynamodb", "put_item", {"TableName": "{RegistrationsTable}", "Item": ROW}),
    ("GetRegistration", "dynamodb", "scan", {"TableName": "{RegistrationsTable}"}),
    ("ListRegistrations", "dynamodb", "scan", {"TableName": "{RegistrationsTable}"}),
    ("ListRegistrations", "dynamodb", "put_item", {"TableName": "{RegistrationsTable}", "Item": ROW}),
    ("FlagExpiring", "dynamodb", "update_item", {"TableName": "{RegistrationsTable}", "Key": ROW}),
    ("FlagExpiring", "dynamodb", "scan", {"TableName": "{CustomersTable}"}),
    ("FlagExpiring", "sqs", "send_message", {"QueueUrl": "{NoticeQueue}", "MessageBody": "x"}),
    ("FlagExpiring", "sns", "publish", {"PhoneNumber": "+821000000001", "Message": "x"}),
    ("FlagShard", "dynamodb", "put_item", {"TableName": "{RegistrationsTable}", "Item": ROW}),
    ("FlagShard", "dynamodb", "get_item", {"TableName": "{CustomersTable}", "Key": KEY}),
    ("FlagShard", "dynamodb", "scan", {"TableName": "{RegistrationsTable}"}),
    ("FlagShard", "sqs", "send_message", {"QueueUrl": "{ExpiryQueue}", "MessageBody": "x"}),
    ("FlagShard", "sns", "publish", {"PhoneNumber": "+821000000001", "Message": "x"}),
    ("SendNotice", "sns", "publish", {"TopicArn": "{topic}", "Message": "x"}),
    ("SendNotice", "dynamodb", "put_item", {"TableName": "{RegistrationsTable}", "Item": ROW}),
    ("SendNotice", "dynamodb", "update_item", {"TableName": "{RegistrationsTable}", "Key": ROW}),
    ("SendNotice", "dynamodb", "scan", {"TableName": "{CustomersTable}"}),
    ("SendNotice", "sqs", "send_message", {"QueueUrl": "{NoticeQueue}", "MessageBody": "x"}),
    ("SendNotice", "kms", "decrypt", {"KeyId": "{CustomerKey}", "CiphertextBlob": b"x" * 100}),
    ("PublishEvents", "dynamodb", "get_item", {"TableName": "{RegistrationsTable}", "Key": ROW}),
    ("PublishEvents", "sqs", "send_message", {"QueueUrl": "{NoticeQueue}", "MessageBody": "x"}),
    (
        "PublishEvents",
        "events",
        "put_events",
        {"Entries": [{"Source": "registrar", "DetailType": "x", "Detail": "{}", "EventBusName": "default"}]},
    ),
    ("Precheck", "s3", "get_object", {"Bucket": "{TrustBucket}", "Key": "incoming/trust.json"}),
    ("Precheck", "s3", "get_object", {"Bucket": "{TrustBucket}", "Key": "reports/trust.json"}),
    ("Precheck", "s3", "put_object", {"Bucket": "{TrustBucket}", "Key": "active/trust.json", "Body": b"x"}),
    ("Precheck", "s3", "get_object", {"Bucket": "{UploadBucket}", "Key": "uploads/x/0"}),
    ("Precheck", "s3", "list_objects_v2", {"Bucket": "{TrustBucket}"}),
    ("Precheck", "dynamodb", "get_item", {"TableName": "{RegistrationsTable}", "Key": ROW}),
    ("Precheck", "dynamodb", "get_item", {"TableName": "{CustomersTable}", "Key": KEY}),
    ("Precheck", "dynamodb", "put_item", {"TableName": "{UploadsTable}", "Item": KEY}),
    ("GetSealingKey", "kms", "encrypt", {"KeyId": "{SealingKeyA}", "Plaintext": b"x"}),
    ("GetSealingKey", "dynamodb", "get_item", {"TableName": "{UploadsTable}", "Key": KEY}),
    ("GetSealingKey", "s3", "get_object", {"Bucket": "{UploadBucket}", "Key": "uploads/x/0"}),
    ("OpenContainer", "s3", "put_object", {"Bucket": "{UploadBucket}", "Key": "uploads/x/0", "Body": b"x"}),
    ("OpenContainer", "s3", "get_object", {"Bucket": "{UploadBucket}", "Key": "elsewhere/x"}),
    ("OpenContainer", "s3", "get_object", {"Bucket": "{TrustBucket}", "Key": "incoming/trust.json"}),
    ("OpenContainer", "dynamodb", "put_item", {"TableName": "{RegistrationsTable}", "Item": ROW}),
    ("OpenContainer", "dynamodb", "put_item", {"TableName": "{CustomersTable}", "Item": KEY}),
    ("OpenContainer", "dynamodb", "scan", {"TableName": "{CustomersTable}"}),
    ("OpenContainer", "dynamodb", "delete_item", {"TableName": "{UploadsTable}", "Key": KEY}),
    ("OpenContainer", "kms", "encrypt", {"KeyId": "{IdentityKey}", "Plaintext": b"x"}),
    ("OpenContainer", "kms", "generate_data_key", {"KeyId": "{IdentityKey}", "KeySpec": "AES_256"}),
    ("RegisterCertificate", "s3", "get_object", {"Bucket": "{UploadBucket}", "Key": "uploads/x/0"}),
    ("RegisterCertificate", "kms", "encrypt", {"KeyId": "{IdentityKey}", "Plaintext": b"x"}),
    ("RegisterCertificate", "dynamodb", "put_item", {"TableName": "{CustomersTable}", "Item": KEY}),
    ("ValidateUpload", "sqs", "send_message", {"QueueUrl": "{TrustQueue}", "MessageBody": "x"}),
    ("ValidateUpload", "dynamodb", "get_item", {"TableName": "{CustomersTable}", "Key": KEY}),
    ("ActivateTrust", "s3", "put_object", {"Bucket": "{TrustBucket}", "Key": "incoming/trust.json", "Body": b"x"}),
    ("ActivateTrust", "s3", "delete_object", {"Bucket": "{TrustBucket}", "Key": "active/trust.json"}),
    ("ActivateTrust", "s3", "get_object", {"Bucket": "{UploadBucket}", "Key": "uploads/x"}),
    ("ActivateTrust", "s3", "put_bucket_versioning", {"Bucket": "{TrustBucket}", "VersioningConfiguration": {}}),
    ("ReportLoss", "dynamodb", "put_item", {"TableName": "{RegistrationsTable}", "Item": ROW}),
    ("ReportLoss", "dynamodb", "update_item", {"TableName": "{DenyListTable}", "Key": KEY}),
    ("ReportLoss", "dynamodb", "scan", {"TableName": "{CustomersTable}"}),
    ("ResumeRegistration", "dynamodb", "put_item", {"TableName": "{ChallengesTable}", "Item": KEY}),
    ("ResumeRegistration", "dynamodb", "update_item", {"TableName": "{DenyListTable}", "Key": KEY}),
    ("ResumeRegistration", "dynamodb", "query", {"TableName": "{RegistrationsTable}", **OF_PK}),
    ("Deregister", "dynamodb", "delete_item", {"TableName": "{RegistrationsTable}", "Key": ROW}),
    ("Deregister", "dynamodb", "update_item", {"TableName": "{DenyListTable}", "Key": KEY}),
    ("SetBankHold", "dynamodb", "update_item", {"TableName": "{DenyListTable}", "Key": KEY}),
    ("SetBankHold", "dynamodb", "delete_item", {"TableName": "{RegistrationsTable}", "Key": ROW}),
    ("BlockRegistration", "dynamodb", "delete_item", {"TableName": "{DenyListTable}", "Key": KEY}),
    ("BlockRegistration", "dynamodb", "put_item", {"TableName": "{RegistrationsTable}", "Item": ROW}),
    ("GetRegistration", "dynamodb", "update_item", {"TableName": "{DenyListTable}", "Key": KEY}),
    ("WatchIssuers", "dynamodb", "put_item", {"TableName": "{IssuersTable}", "Item": ROW}),
    ("WatchIssuers", "dynamodb", "get_item", {"TableName": "{RegistrationsTable}", "Key": ROW}),
    ("WatchIssuers", "s3", "get_object", {"Bucket": "{RevocationBucket}", "Key": "crl/x/y/current"}),
    ("WatchIssuers", "sqs", "send_message", {"QueueUrl": "{ValidationQueue}", "MessageBody": "x"}),
    ("WatchCrl", "s3", "put_object", {"Bucket": "{RevocationBucket}", "Key": "elsewhere/x", "Body": b"x"}),
    ("WatchCrl", "s3", "delete_object", {"Bucket": "{RevocationBucket}", "Key": "crl/x/y/current"}),
    ("WatchCrl", "s3", "put_object", {"Bucket": "{TrustBucket}", "Key": "active/trust.json", "Body": b"x"}),
    ("WatchCrl", "dynamodb", "put_item", {"TableName": "{RegistrationsTable}", "Item": ROW}),
    ("WatchCrl", "dynamodb", "delete_item", {"TableName": "{RegistrationsTable}", "Key": ROW}),
    ("WatchCrl", "dynamodb", "scan", {"TableName": "{RegistrationsTable}"}),
    ("WatchCrl", "dynamodb", "get_item", {"TableName": "{CustomersTable}", "Key": KEY}),
    ("WatchCrl", "sqs", "send_message", {"QueueUrl": "{WatchQueue}", "MessageBody": "x"}),
]
OAEP = {"EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}
SECRET_KEYS: dict[str, dict[str, Any]] = {
    "CustomerKey": OF_SOMEBODY,
    "IdentityKey": OF_SOMEBODY,
    "SealingKeyA": OAEP,
    "SealingKeyB": OAEP,
    "RandomNumberKeyA": OAEP,
    "RandomNumberKeyB": OAEP,
}
OPENS = {
    "VerifyOtp": {"CustomerKey"},
    "AddTotp": {"CustomerKey"},
    "OpenContainer": {"IdentityKey", "SealingKeyA", "SealingKeyB"},
    "RegisterCertificate": {"IdentityKey", "RandomNumberKeyA", "RandomNumberKeyB"},
}
# Nobody may change the cloud itself, whatever else their role says.
EVERYBODY = [
    ("iam", "list_roles", {}),
    ("iam", "create_user", {"UserName": "x-y"}),
    ("lambda", "list_functions", {}),
    ("s3", "list_buckets", {}),
    ("dynamodb", "list_tables", {}),
    ("dynamodb", "delete_table", {"TableName": "{RegistrationsTable}"}),
    ("cloudformation", "delete_stack", {"StackName": "registrar"}),
]
FUNCTIONS = sorted({name for name, *_ in DENY})
ALLOW: list[tuple[str, str, str, dict[str, Any]]] = [
    ("Authorize", "dynamodb", "get_item", {"TableName": "{SessionsTable}", "Key": {"customer_id": {"S": "x"}}}),
    ("Login", "dynamodb", "get_item", {"TableName": "{CustomersTable}", "Key": KEY}),
    ("Login", "dynamodb", "get_item", {"TableName": "{SessionsTable}", "Key": {"customer_id": {"S": "x"}}}),
    ("RequestUpload", "dynamodb", "get_item", {"TableName": "{ChallengesTable}", "Key": KEY}),
    ("VerifyPasskey", "dynamodb", "get_item", {"TableName": "{CustomersTable}", "Key": KEY}),
    ("StartTotp", "kms", "encrypt", {"KeyId": "{CustomerKey}", "Plaintext": b"x", **OF_SOMEBODY}),
    ("SendOtp", "sns", "publish", {"PhoneNumber": "+821000000001", "Message": "x"}),
    ("GetUpload", "dynamodb", "get_item", {"TableName": "{UploadsTable}", "Key": KEY}),
    ("GetRegistration", "dynamodb", "get_item", {"TableName": "{RegistrationsTable}", "Key": ROW}),
    ("ReportLoss", "dynamodb", "query", {"TableName": "{RegistrationsTable}", **OF_PK}),
    ("Deregister", "dynamodb", "get_item", {"TableName": "{DenyListTable}", "Key": KEY}),
    ("SetBankHold", "dynamodb", "get_item", {"TableName": "{RegistrationsTable}", "Key": ROW}),
    ("ValidateUpload", "s3", "get_object", {"Bucket": "{TrustBucket}", "Key": "active/trust.json"}),
    ("ActivateTrust", "s3", "list_objects_v2", {"Bucket": "{TrustBucket}"}),
    ("SendNotice", "sns", "publish", {"PhoneNumber": "+821000000001", "Message": "x"}),
    ("SendNotice", "dynamodb", "get_item", {"TableName": "{CustomersTable}", "Key": KEY}),
    ("FlagExpiring", "dynamodb", "get_item", {"TableName": "{NoticesTable}", "Key": KEY}),
    ("Precheck", "s3", "get_object", {"Bucket": "{TrustBucket}", "Key": "active/trust.json"}),
    ("GetSealingKey", "kms", "get_public_key", {"KeyId": "{SealingKeyA}"}),
    ("OpenContainer", "dynamodb", "get_item", {"TableName": "{CustomersTable}", "Key": KEY}),
    ("OpenContainer", "s3", "list_objects_v2", {"Bucket": "{UploadBucket}"}),
    ("OpenContainer", "s3", "delete_object", {"Bucket": "{UploadBucket}", "Key": "uploads/x/0"}),
    ("RegisterCertificate", "dynamodb", "get_item", {"TableName": "{CustomersTable}", "Key": KEY}),
    ("WatchIssuers", "s3", "get_object", {"Bucket": "{TrustBucket}", "Key": "active/trust.json"}),
    ("WatchCrl", "dynamodb", "get_item", {"TableName": "{IssuersTable}", "Key": ROW}),
    ("WatchCrl", "s3", "list_objects_v2", {"Bucket": "{RevocationBucket}"}),
]


@pytest.fixture(scope="module")
def topic(cloud: LocalCloud) -> Iterator[str]:
    """A topic of somebody else in the account."""
    sns = cloud.client("sns")
    arn: str = sns.create_topic(Name="somewhere")["TopicArn"]
    yield arn
    sns.delete_topic(TopicArn=arn)


@pytest.fixture(scope="module")
def as_role(cloud: LocalCloud) -> AsRole:
    """Makes a client of a service with the role of a function."""

    # One session for all: it reads the description of a service once.
    session = cast("Any", boto3.Session)(region_name=REGION)
    config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, proxies={})

    @cache
    def credentials(name: str) -> dict[str, str]:
        function = cloud.client("lambda").get_function_configuration(FunctionName=cloud.physical(f"{name}Function"))
        given = cloud.client("sts").assume_role(RoleArn=function["Role"], RoleSessionName="permissions")[
            "Credentials"
        ]
        return {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        }

    @cache
    def client(name: str, service: str) -> Any:
        return session.client(service, endpoint_url=cloud.emulator.url, config=config, **credentials(name))

    return client


def _sealed(cloud: LocalCloud) -> list[tuple[str, dict[str, Any]]]:
    """A ciphertext of each key behind which a customer's secret lies, with what opens it."""
    kms, answers = cloud.client("kms"), []
    for key, options in SECRET_KEYS.items():
        given = {"KeyId": cloud.physical(key), **options}
        answers.append(
            (key, {**given, "CiphertextBlob": kms.encrypt(**given, Plaintext=b"secret")["CiphertextBlob"]})
        )
    return answers


@pytest.mark.parametrize("name", FUNCTIONS)
def test_who_may_open_what_is_sealed(name: str, cloud: LocalCloud, as_role: AsRole) -> None:
    kms = as_role(name, "kms")
    opened = set()

    for key, arguments in _sealed(cloud):
        try:
            opened |= {key} if kms.decrypt(**arguments)["Plaintext"] == b"secret" else set()
        except ClientError as refused:
            if refused.response["Error"]["Code"] not in DENIED:
                raise

    assert opened == OPENS.get(name, set())


def _filled(cloud: LocalCloud, topic: str, arguments: dict[str, Any]) -> dict[str, Any]:
    names = {**cloud.resources, "CustomerKey": cloud.outputs["CustomerKey"], "topic": topic}
    return {
        key: names[value[1:-1]] if isinstance(value, str) and value.startswith("{") else value
        for key, value in arguments.items()
    }


@pytest.mark.parametrize(
    ("name", "service", "operation", "arguments"), DENY, ids=[f"{n}-{s}-{o}" for n, s, o, _ in DENY]
)
def test_what_is_not_granted_is_denied(
    name: str,
    service: str,
    operation: str,
    arguments: dict[str, Any],
    cloud: LocalCloud,
    as_role: AsRole,
    topic: str,
) -> None:
    call = getattr(as_role(name, service), operation)

    with pytest.raises(ClientError) as refused:
        call(**_filled(cloud, topic, arguments))

    assert refused.value.response["Error"]["Code"] in DENIED


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_function_may_change_the_cloud(name: str, cloud: LocalCloud, as_role: AsRole, topic: str) -> None:
    for service, operation, arguments in EVERYBODY:
        with pytest.raises(ClientError) as refused:
            getattr(as_role(name, service), operation)(**_filled(cloud, topic, arguments))
        assert refused.value.response["Error"]["Code"] in DENIED, operation


@pytest.mark.parametrize(
    ("name", "service", "operation", "arguments"), ALLOW, ids=[f"{n}-{s}-{o}" for n, s, o, _ in ALLOW]
)
def test_what_is_granted_works(
    name: str,
    service: str,
    operation: str,
    arguments: dict[str, Any],
    cloud: LocalCloud,
    as_role: AsRole,
    topic: str,
) -> None:
    # Without this a role that may do nothing at all would pass every test above.
    getattr(as_role(name, service), operation)(**_filled(cloud, topic, arguments))


def test_every_function_is_looked_at(cloud: LocalCloud) -> None:
    assert [f"{name}Function" for name in FUNCTIONS] == sorted(n for n in cloud.resources if n.endswith("Function"))


def test_a_secret_of_one_customer_never_opens_for_another(cloud: LocalCloud, as_role: AsRole) -> None:
    key = cloud.outputs["CustomerKey"]
    sealed = CustomerSecrets(cloud.client("kms"), key).seal("one", b"secret")
    verify_otp = CustomerSecrets(as_role("VerifyOtp", "kms"), key)

    assert verify_otp.open("one", sealed) == b"secret"
    with pytest.raises(ClientError, match="InvalidCiphertext"):
        verify_otp.open("another", sealed)


def test_nobody_from_outside_gets_in(cloud: LocalCloud) -> None:
    session = cast("Any", boto3.Session)("AKIAFORGED0000000000", "forged", region_name=REGION)
    config = Config(retries={"total_max_attempts": 1}, proxies={})
    dynamodb = session.client("dynamodb", endpoint_url=cloud.emulator.url, config=config)

    with pytest.raises(ClientError, match="UnrecognizedClient"):
        dynamodb.scan(TableName=cloud.physical("CustomersTable"))
