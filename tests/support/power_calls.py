"""A call to AWS for each power of tests/support/grants.py; names in braces stand for physical ones."""

from collections.abc import Callable
from typing import Any

from tests.support.grants import SECRET_KEYS, Power
from tests.support.shape import RESOURCES
from tools.cloud.local_cloud import LocalCloud

OPERATIONS = {
    "dynamodb:ConditionCheckItem": "TransactWriteItems",
    "lambda:InvokeFunction": "Invoke",
    "s3:GetObjectVersion": "GetObject",
    "s3:ListBucket": "ListObjectsV2",
    "s3:ListBucketVersions": "ListObjectVersions",
    "s3:PutBucketObjectLockConfiguration": "PutObjectLockConfiguration",
}
"""Where IAM's name of an action is not that of the operation."""
ACTS = {"s3:PutObject", "sqs:SendMessage", "sqs:ChangeMessageVisibility", "events:PutEvents"}
"""What would start work or needs a real message: only denials are tried here, grants by the end-to-end tests."""
# A write that changes nothing: no such row exists.
ON_NOTHING = {"ConditionExpression": "attribute_exists(pending)"}


def call(power: Power) -> tuple[str, str, dict[str, Any]]:
    """Service, operation and arguments."""
    service, _, name = power.action.partition(":")
    operation = OPERATIONS.get(power.action, name)
    return service, operation, _ARGUMENTS[service](name, *power.resource.split("/", 1))


def filled(cloud: LocalCloud, value: Any, **others: str) -> Any:
    """The arguments of a call with physical names in place of those in braces; `others` are not the template's."""
    if isinstance(value, dict):
        return {filled(cloud, key, **others): filled(cloud, inner, **others) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(cloud, inner, **others) for inner in value]
    if not isinstance(value, str) or not value.startswith("{") or value == "{}":
        return value
    name = value[1:-1]
    if name.endswith(".Arn"):
        queue = cloud.physical(name.removesuffix(".Arn"))
        asked = cloud.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
        return asked["Attributes"]["QueueArn"]
    return {**cloud.resources, "CustomerKey": cloud.outputs["CustomerKey"], **others}[name]


def _dynamodb(name: str, table: str, index: str = "") -> dict[str, Any]:
    properties = RESOURCES[table]["Properties"]
    schema = properties["KeySchema"]
    if index:
        name_of_index = index.removeprefix("index/")
        (found,) = (e for e in properties["GlobalSecondaryIndexes"] if e["IndexName"] == name_of_index)
        partition = found["KeySchema"][0]["AttributeName"]
        return {"TableName": f"{{{table}}}", "IndexName": name_of_index, **_of_partition(partition)}
    key = {each["AttributeName"]: {"S": "x"} for each in schema}
    partition = schema[0]["AttributeName"]
    arguments: dict[str, dict[str, Any]] = {
        "GetItem": {"Key": key},
        "PutItem": {"Item": key, **ON_NOTHING},
        "UpdateItem": {"Key": key, **ON_NOTHING},
        "DeleteItem": {"Key": key, **ON_NOTHING},
        "Query": _of_partition(partition),
        "Scan": {},
    }
    if name == "ConditionCheckItem":
        check = {"TableName": f"{{{table}}}", "Key": key, "ConditionExpression": "attribute_exists(pending)"}
        return {"TransactItems": [{"ConditionCheck": check}]}
    if name == "BatchGetItem":
        return {"RequestItems": {f"{{{table}}}": {"Keys": [key]}}}
    return {"TableName": f"{{{table}}}", **arguments[name]}


def _of_partition(name: str) -> dict[str, Any]:
    names = {"#x": name}
    return {
        "KeyConditionExpression": "#x = :x",
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": {":x": {"S": "x"}},
    }


def _s3(name: str, bucket: str, key: str = "") -> dict[str, Any]:
    arguments: dict[str, dict[str, Any]] = {
        "PutObject": {"Key": key, "Body": b"x"},
        "GetObjectVersion": {"Key": key, "VersionId": "x"},
        "ListBucket": {},
        "ListBucketVersions": {},
        "PutBucketVersioning": {"VersioningConfiguration": {}},
        "PutBucketObjectLockConfiguration": {"ObjectLockConfiguration": {}},
        "PutObjectRetention": {"Key": key, "Retention": {}},
    }
    return {"Bucket": f"{{{bucket}}}", **arguments.get(name, {"Key": key})}


def _kms(name: str, key: str) -> dict[str, Any]:
    options = SECRET_KEYS.get(key, {})
    arguments: dict[str, dict[str, Any]] = {
        "Decrypt": {"CiphertextBlob": b"x" * 100, **options},
        "Encrypt": {"Plaintext": b"x", **options},
        "GenerateDataKey": {"KeySpec": "AES_256"},
        "Sign": {"Message": b"x" * 32, "MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256"},
    }
    return {"KeyId": f"{{{key}}}", **arguments.get(name, {})}


def _sns(name: str, to: str, push: str = "") -> dict[str, Any]:
    where = {"PhoneNumber": "+821000000001"} if to == "phone" else {"TopicArn": f"{{{to}}}"}
    if push:
        where = {"TargetArn": "arn:aws:sns:ap-northeast-2:000000000000:endpoint/GCM/x/y"}
    return {**where, "Message": "x"}


def _sqs(name: str, queue: str) -> dict[str, Any]:
    arguments: dict[str, dict[str, Any]] = {
        "ChangeMessageVisibility": {"ReceiptHandle": "x", "VisibilityTimeout": 1},
        "SendMessage": {"MessageBody": "x"},
        "ReceiveMessage": {"VisibilityTimeout": 0},
        "DeleteMessage": {"ReceiptHandle": "x"},
        "GetQueueAttributes": {"AttributeNames": ["QueueArn"]},
    }
    if name == "StartMessageMoveTask":
        return {"SourceArn": f"{{{queue}.Arn}}"}
    return {"QueueUrl": f"{{{queue}}}", **arguments[name]}


def _events(name: str, bus: str) -> dict[str, Any]:
    named = bus if bus == "default" else f"{{{bus}}}"
    return {"Entries": [{"Source": "registrar", "DetailType": "x", "Detail": "{}", "EventBusName": named}]}


def _lambda(name: str, function: str) -> dict[str, Any]:
    of_alias = {"Name": "live"} if name in ("GetAlias", "UpdateAlias") else {}
    qualified = {"Qualifier": "live"} if name == "GetProvisionedConcurrencyConfig" else {}
    return {"FunctionName": f"{{{function}}}", **of_alias, **qualified}


def _ses(name: str, *sender: str) -> dict[str, Any]:
    text = {"Data": "x"}
    return {
        "Source": "notice@bank.example",
        "Destination": {"ToAddresses": ["x@bank.example"]},
        "Message": {"Subject": text, "Body": {"Text": text}},
    }


def _logs(name: str, *group: str) -> dict[str, Any]:
    if name == "GetQueryResults":
        return {"queryId": "x"}
    return {"logGroupName": "{LoginLogs}", "startTime": 0, "endTime": 1, "queryString": "fields @message"}


_ARGUMENTS: dict[str, Callable[..., dict[str, Any]]] = {
    "dynamodb": _dynamodb,
    "s3": _s3,
    "kms": _kms,
    "sns": _sns,
    "sqs": _sqs,
    "events": _events,
    "lambda": _lambda,
    "ses": _ses,
    "logs": _logs,
    "ssm": lambda name, *execution: {"AutomationExecutionId": "00000000-0000-0000-0000-000000000000"},
    "secretsmanager": lambda name, *secret: {"SecretId": "x"},
    "cloudwatch": lambda name, *alarms: {},
}
