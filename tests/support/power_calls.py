"""A call to AWS for each power of tests/support/grants.py; names in braces stand for physical ones."""

from collections.abc import Callable
from typing import Any

from tests.support.grants import SECRET_KEYS, Power
from tests.support.shape import RESOURCES

OPERATIONS = {
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


def _dynamodb(name: str, table: str) -> dict[str, Any]:
    schema = RESOURCES[table]["Properties"]["KeySchema"]
    key = {each["AttributeName"]: {"S": "x"} for each in schema}
    partition = schema[0]["AttributeName"]
    arguments: dict[str, dict[str, Any]] = {
        "GetItem": {"Key": key},
        "PutItem": {"Item": key, **ON_NOTHING},
        "UpdateItem": {"Key": key, **ON_NOTHING},
        "DeleteItem": {"Key": key, **ON_NOTHING},
        "Query": {
            "KeyConditionExpression": f"{partition} = :x",
            "ExpressionAttributeValues": {":x": {"S": "x"}},
        },
        "Scan": {},
    }
    if name == "BatchGetItem":
        return {"RequestItems": {f"{{{table}}}": {"Keys": [key]}}}
    return {"TableName": f"{{{table}}}", **arguments[name]}


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


def _sns(name: str, to: str) -> dict[str, Any]:
    where = {"PhoneNumber": "+821000000001"} if to == "phone" else {"TopicArn": f"{{{to}}}"}
    return {**where, "Message": "x"}


def _sqs(name: str, queue: str) -> dict[str, Any]:
    arguments: dict[str, dict[str, Any]] = {
        "ChangeMessageVisibility": {"ReceiptHandle": "x", "VisibilityTimeout": 1},
        "SendMessage": {"MessageBody": "x"},
    }
    return {"QueueUrl": f"{{{queue}}}", **arguments[name]}


def _events(name: str, bus: str) -> dict[str, Any]:
    named = bus if bus == "default" else f"{{{bus}}}"
    return {"Entries": [{"Source": "registrar", "DetailType": "x", "Detail": "{}", "EventBusName": named}]}


_ARGUMENTS: dict[str, Callable[..., dict[str, Any]]] = {
    "dynamodb": _dynamodb,
    "s3": _s3,
    "kms": _kms,
    "sns": _sns,
    "sqs": _sqs,
    "events": _events,
}
