"""What the template declares, made in moto's account: by the type of the resource."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, cast
from unittest.mock import patch

import boto3
import moto.kms.utils

from tests.support.kept_keys import kept_rsa_key
from tests.support.shape import PARAMETERS, RESOURCES
from tools.cloud.emulator import REGION, ROOT


@cache
def kms_key(name: str, kind: str) -> Any:
    """moto makes an RSA key for every KMS key, even for one that never signs: one of a name serves all accounts,
    and all workers and runs."""
    if kind.startswith("ECC"):
        return moto.kms.utils.generate_private_key(kind)
    bits = int(kind.removeprefix("RSA_")) if kind.startswith("RSA_") else 2048
    made: Any = object.__new__(moto.kms.utils.RSAPrivateKey)
    made.key_size = bits
    made.private_key = kept_rsa_key(ROOT / f"build/test-pki/kms-{name}-{bits}.pem", bits)
    return made


def _make_table(name: str, properties: Mapping[str, Any]) -> str:
    schema = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    parts = {part: properties[part] for part in schema if part in properties}
    boto3.client("dynamodb").create_table(TableName=f"registrar-{name}", **parts)
    return f"registrar-{name}"


def _make_bucket(name: str, properties: Mapping[str, Any]) -> str:
    s3: Any = boto3.client("s3")
    bucket = f"registrar-{name.lower()}"
    locked = properties.get("ObjectLockEnabled", False)
    where = {"LocationConstraint": REGION}
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=where, ObjectLockEnabledForBucket=locked)
    if locked:
        s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=lock_of(properties))
    if versioning := properties.get("VersioningConfiguration"):
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=versioning)
    return bucket


def lock_of(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The ObjectLockConfiguration of a bucket in the template, with the defaults of its parameters."""
    configuration = properties["ObjectLockConfiguration"]
    retention = configuration["Rule"]["DefaultRetention"]
    values = {name: PARAMETERS[value["Ref"]]["Default"] for name, value in retention.items()}
    return {**configuration, "Rule": {"DefaultRetention": values}}


def _make_key(name: str, properties: Mapping[str, Any]) -> str:
    kms: Any = boto3.client("kms")
    wanted = {each: properties[each] for each in ("KeySpec", "KeyUsage") if each in properties}
    with patch("moto.kms.models.generate_private_key", lambda kind: kms_key(name if wanted else "any", kind)):
        made = kms.create_key(Description=properties["Description"], **wanted)["KeyMetadata"]
    return str(made["Arn"])


def _make_queue(name: str, properties: Mapping[str, Any]) -> str:
    return str(boto3.client("sqs").create_queue(QueueName=f"registrar-{name}")["QueueUrl"])


def _make_bus(name: str, properties: Mapping[str, Any]) -> str:
    boto3.client(cast("Any", "events")).create_event_bus(Name=f"registrar-{name}")
    return f"registrar-{name}"


SAVED = frozenset({"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key"})
"""What tests.support.aws_state restores; the others are made when they are first asked for."""
MAKERS: Mapping[str, Callable[[str, Mapping[str, Any]], str]] = {
    "AWS::DynamoDB::Table": _make_table,
    "AWS::S3::Bucket": _make_bucket,
    "AWS::KMS::Key": _make_key,
    "AWS::SQS::Queue": _make_queue,
    "AWS::Events::EventBus": _make_bus,
}


class Made(dict[str, str]):
    """Logical id to physical name (a key's ARN) of what the template declares; made when it is first asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.making = False

    def __missing__(self, name: str) -> str:
        resource = RESOURCES[name]
        before, self.making = self.making, True
        try:
            self[name] = MAKERS[resource["Type"]](name, resource["Properties"])
        finally:
            self.making = before
        return self[name]
