"""What the tests rely on in the emulator's stores: S3, DynamoDB, its streams and their bus, KMS."""

import base64
import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.contract_probe import probe
from tests.support.expect import eventually
from tools.cloud.http_calls import post_form, send
from tools.cloud.local_cloud import LocalCloud

# The emulator is pinned: they can change only with it.
pytestmark = [pytest.mark.cloud, pytest.mark.slow]


def written(contract: LocalCloud, key: str) -> dict[str, Any]:
    """The item that a function of the stack writes to the table, once it is there."""
    dynamodb = contract.client("dynamodb")
    request = {"TableName": contract.physical("Table"), "Key": {"pk": {"S": key}}}
    eventually(lambda: "Item" in dynamodb.get_item(**request))
    item: dict[str, Any] = dynamodb.get_item(**request)["Item"]
    return item


# --- S3


def presigned(contract: LocalCloud, key: str, largest: int = 10) -> dict[str, Any]:
    conditions: list[Any] = [["content-length-range", 1, largest], {"x-amz-meta-upload": "u-1"}]
    return probe(
        contract,
        "s3",
        "generate_presigned_post",
        Bucket=contract.physical("Landing"),
        Key=key,
        Fields={"x-amz-meta-upload": "u-1"},
        Conditions=conditions,
        ExpiresIn=60,
    )


def test_presigned_post_stores_and_notifies_the_reader(contract: LocalCloud) -> None:
    post = presigned(contract, "in/one")

    assert post_form(post["url"], post["fields"], b"0123456789").status == 204
    assert written(contract, "read in/one")["size"] == {"N": "10"}


@pytest.mark.parametrize(
    ("change", "content", "code"),
    [
        ({}, b"01234567890", "EntityTooLarge"),
        ({}, b"", "EntityTooSmall"),
        ({"key": "in/two-other"}, b"x", "AccessDenied"),
        ({"x-amz-meta-upload": "u-2"}, b"x", "AccessDenied"),
        ({"x-amz-meta-more": "m"}, b"x", "AccessDenied"),
    ],
)
def test_presigned_post_outside_its_policy_is_refused(
    contract: LocalCloud, change: dict[str, str], content: bytes, code: str
) -> None:
    post = presigned(contract, "in/two")

    answer = post_form(post["url"], {**post["fields"], **change}, content)

    assert answer.status in (400, 403)
    assert f"<Code>{code}</Code>".encode() in answer.body


def test_presigned_post_outside_the_role_prefix_is_refused(contract: LocalCloud) -> None:
    post = presigned(contract, "elsewhere/three")

    assert post_form(post["url"], post["fields"], b"x").status == 403


def test_bucket_lets_pages_of_the_listed_origin_post(contract: LocalCloud) -> None:
    post = presigned(contract, "in/page")
    allowed = "access-control-allow-origin"

    page = post_form(post["url"], post["fields"], b"x", {"Origin": "https://a.example"})
    refused = post_form(post["url"], {**post["fields"], "key": "in/other"}, b"x", {"Origin": "https://a.example"})
    other = post_form(post["url"], post["fields"], b"x", {"Origin": "https://a.example.evil.com"})

    assert (page.status, page.headers[allowed]) == (204, "https://a.example")
    assert (refused.status, refused.headers[allowed]) == (403, "https://a.example")
    assert (other.status, other.headers.get(allowed)) == (204, None)


@pytest.mark.parametrize(
    ("origin", "method", "status"),
    [
        ("https://a.example", "POST", 200),
        ("https://a.example", "GET", 403),
        ("https://a.example", "PUT", 403),
        ("https://a.example.evil.com", "POST", 403),
        ("http://a.example", "POST", 403),
        ("null", "POST", 403),
    ],
)
def test_bucket_answers_a_preflight_by_its_rule(
    contract: LocalCloud, origin: str, method: str, status: int
) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": method}

    answer = send("OPTIONS", f"{contract.emulator.url}/{contract.physical('Landing')}", None, asked)

    assert answer.status == status
    assert ("access-control-allow-origin" in answer.headers) is (status == 200)


def test_upload_is_not_public(contract: LocalCloud) -> None:
    bucket = contract.physical("Landing")
    contract.client("s3").put_object(Bucket=bucket, Key="in/private", Body=b"x")

    assert send("GET", f"{contract.emulator.url}/{bucket}/in/private").status == 403


def test_only_the_failed_message_becomes_a_dead_letter(contract: LocalCloud) -> None:
    sqs, queue = contract.client("sqs"), contract.physical("Arrivals")
    # A test would wait for the visibility timeout.
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "0"})
    s3 = contract.client("s3")
    for key in ("in/poison", "in/healthy"):
        s3.put_object(Bucket=contract.physical("Landing"), Key=key, Body=b"x")

    written(contract, "read in/healthy")
    dead = sqs.receive_message(QueueUrl=contract.physical("DeadArrivals"), WaitTimeSeconds=10)["Messages"]

    assert ["in/poison" in message["Body"] for message in dead] == [True]


def test_s3_honours_conditional_writes(contract: LocalCloud) -> None:
    s3, target = contract.client("s3"), {"Bucket": contract.physical("Landing"), "Key": "in/document"}
    first = s3.put_object(**target, Body=b"1", IfNoneMatch="*")["ETag"]

    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(**target, Body=b"2", IfNoneMatch="*")
    second = s3.put_object(**target, Body=b"2", IfMatch=first)["ETag"]
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(**target, Body=b"3", IfMatch=first)

    assert s3.get_object(**target)["ETag"] == second


# --- DynamoDB


def test_cancelled_transaction_names_the_failed_condition(contract: LocalCloud) -> None:
    dynamodb, table = contract.client("dynamodb"), contract.physical("Table")
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "CERT#1"}, "owner": {"S": "C-9"}})
    absent = {
        "ConditionExpression": "attribute_not_exists(pk)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }

    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as cancelled:
        dynamodb.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": table, "Item": {"pk": {"S": "REG#1"}}, **absent}},
                {"Put": {"TableName": table, "Item": {"pk": {"S": "CERT#1"}}, **absent}},
            ]
        )

    reasons = cancelled.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed"]
    assert reasons[1]["Item"] == {"pk": {"S": "CERT#1"}, "owner": {"S": "C-9"}}
    assert "Item" not in dynamodb.get_item(TableName=table, Key={"pk": {"S": "REG#1"}})


def test_failed_condition_returns_the_old_item(contract: LocalCloud) -> None:
    dynamodb, table = contract.client("dynamodb"), contract.physical("Table")
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "C-1"}, "attempts": {"N": "5"}})

    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException) as failed:
        dynamodb.update_item(
            TableName=table,
            Key={"pk": {"S": "C-1"}},
            UpdateExpression="ADD attempts :one",
            ConditionExpression="attempts < :limit",
            ExpressionAttributeValues={":one": {"N": "1"}, ":limit": {"N": "5"}},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )

    assert failed.value.response["Item"]["attempts"] == {"N": "5"}


# --- the table's stream, and a bus of events


def published(contract: LocalCloud, keys: set[str], count: int) -> list[dict[str, Any]]:
    """The rule's messages about these keys, once there are `count`; all are deleted from the queue."""
    sqs, queue, found = contract.client("sqs"), contract.physical("Told"), list[dict[str, Any]]()
    deadline = time.monotonic() + 60
    while len(found) < count and time.monotonic() < deadline:
        for message in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages", []):
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            event = json.loads(message["Body"])
            if key_of(event) in keys:
                found.append(event)
    return found


def key_of(event: dict[str, Any]) -> str:
    key: str = event["detail"]["change"]["Keys"]["pk"]["S"]
    return key


def test_table_change_reaches_the_queue_by_stream_bus_and_rule(contract: LocalCloud) -> None:
    dynamodb, table = contract.client("dynamodb"), contract.physical("Table")
    key = {"pk": {"S": "stream-1"}}
    dynamodb.put_item(TableName=table, Item={**key, "holds": {"SS": ["bank"]}})
    dynamodb.update_item(TableName=table, Key=key, UpdateExpression="REMOVE holds")
    dynamodb.update_item(TableName=table, Key=key, UpdateExpression="REMOVE holds")  # changes nothing: no record
    dynamodb.transact_write_items(
        TransactItems=[
            {
                "Update": {
                    "TableName": table,
                    "Key": key,
                    "UpdateExpression": "SET lifecycle = :l",
                    "ExpressionAttributeValues": {":l": {"S": "BLOCKED"}},
                }
            }
        ]
    )

    events = published(contract, {"stream-1"}, 3)

    details = [event["detail"] for event in events]
    assert [detail["name"] for detail in details] == ["INSERT", "MODIFY", "MODIFY"]
    assert details[0]["change"]["NewImage"] == {**key, "holds": {"SS": ["bank"]}}
    assert "OldImage" not in details[0]["change"]
    assert (details[1]["change"]["OldImage"], details[1]["change"]["NewImage"]) == (
        {**key, "holds": {"SS": ["bank"]}},
        key,
    )
    assert details[2]["change"]["NewImage"] == {**key, "lifecycle": {"S": "BLOCKED"}}
    assert len({detail["id"] for detail in details}) == 3
    assert {(event["source"], event["detail-type"]) for event in events} == {("contract", "ThingChanged")}


def test_stream_filter_drops_other_records(contract: LocalCloud) -> None:
    dynamodb, table = contract.client("dynamodb"), contract.physical("Table")
    for key in ("other-1", "stream-2"):
        dynamodb.put_item(TableName=table, Item={"pk": {"S": key}})

    assert [key_of(event) for event in published(contract, {"other-1", "stream-2"}, 1)] == ["stream-2"]


def test_failed_batch_is_delivered_again_unchanged(contract: LocalCloud) -> None:
    # The emulator ignores partial responses (ReportBatchItemFailures) and retry limits of streams, not exceptions.
    contract.client("dynamodb").put_item(TableName=contract.physical("Table"), Item={"pk": {"S": "stream-poison"}})

    events = published(contract, {"stream-poison"}, 2)

    assert [event["detail"]["name"] for event in events] == ["FAILED", "INSERT"]
    assert len({event["detail"]["id"] for event in events}) == 1


def test_role_puts_events_on_its_bus_only(contract: LocalCloud) -> None:
    bus = contract.resources["Bus"]
    entry = {"Source": "contract", "DetailType": "ThingForgotten", "Detail": "{}"}

    refused = probe(contract, "events", "put_events", Entries=[{**entry, "EventBusName": bus}])

    assert refused["error"] == "AccessDeniedException"


def test_postponed_message_that_fails_returns_after_its_delay(contract: LocalCloud) -> None:
    sqs, queue = contract.client("sqs"), contract.physical("Putoff")
    sqs.send_message(QueueUrl=queue, MessageBody="later")

    first, second = (float(written(contract, f"{arrival} later")["at"]["N"]) for arrival in ("first", "again"))
    assert second - first >= 3


# --- KMS


def test_kms_decrypts_only_with_the_same_context(contract: LocalCloud) -> None:
    key = contract.outputs["KeyArn"]
    kms = contract.client("kms")
    sealed = kms.encrypt(KeyId=key, Plaintext=b"secret", EncryptionContext={"customer": "C-1"})

    blob = sealed["CiphertextBlob"]
    opened = kms.decrypt(KeyId=key, CiphertextBlob=blob, EncryptionContext={"customer": "C-1"})
    with pytest.raises(ClientError, match="InvalidCiphertext"):
        kms.decrypt(KeyId=key, CiphertextBlob=blob, EncryptionContext={"customer": "C-2"})

    assert opened["Plaintext"] == b"secret"


def test_role_that_may_encrypt_may_not_decrypt(contract: LocalCloud) -> None:
    # A condition on kms:EncryptionContext:… is not supported and denies all: the template's tests assert it.
    key, plain = contract.outputs["KeyArn"], {"base64": base64.b64encode(b"secret").decode()}

    sealed = probe(contract, "kms", "encrypt", KeyId=key, Plaintext=plain)["CiphertextBlob"]
    opened = probe(contract, "kms", "decrypt", KeyId=key, CiphertextBlob={"base64": sealed})

    assert opened["error"] == "AccessDeniedException"
