"""From a log line to the chain: what collect_audit passes on and keep_audit keeps."""

import base64
import gzip
import json
from typing import Any

import pytest

from registrar.aws.buckets.audit_bucket import audit_key
from registrar.domain.evidence.audit_chain import read
from registrar.entry.log import audit, logger
from tests.support.account import Account

GROUP = "/registrar/set_bank_hold"


def a_log_delivery(*lines: str, kind: str = "DATA_MESSAGE") -> dict[str, Any]:
    """What CloudWatch Logs sends to a function."""
    events = [
        {"id": f"id-{n}", "timestamp": 1_795_910_400_000 + n, "message": line} for n, line in enumerate(lines)
    ]
    payload = {
        "messageType": kind,
        "owner": "123456789012",
        "logGroup": GROUP,
        "logStream": "s",
        "logEvents": events,
    }
    return {"awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(payload).encode())).decode()}}


def written(account: Account) -> list[str]:
    """Two lines of a function's log, as powertools writes them: of a deed, and of something else."""
    account.log.truncate(0)
    account.log.seek(0)
    audit("bank_hold.on", customer_id="hong", registration_id="r1")
    logger.info("done")
    return account.log.getvalue().splitlines()


def collected(account: Account, *lines: str, kind: str = "DATA_MESSAGE") -> list[dict[str, Any]]:
    account.calls.clear()
    account.invoke("collect_audit", a_log_delivery(*lines, kind=kind))
    return account.sent_to("AuditQueue")


def delivery(*bodies: str) -> dict[str, Any]:
    return {"Records": [{"messageId": f"m{n}", "body": body} for n, body in enumerate(bodies)]}


def a_message(*names: str) -> str:
    entries = [{"id": name, "at": 1_795_910_400_000, "line": name} for name in names]
    return json.dumps({"group": GROUP, "entries": entries})


def kept(account: Account, number: int = 1) -> list[dict[str, Any]]:
    stored = account.client("s3").get_object(Bucket=account.physical["AuditBucket"], Key=audit_key(number))
    return read(stored["Body"].read())


def test_a_deed_is_in_the_chain_with_its_line_and_log_group(account: Account) -> None:
    deed, other = written(account)
    messages = collected(account, deed, other)
    result = account.invoke("keep_audit", delivery(*map(json.dumps, messages)))

    assert result == {"batchItemFailures": []}
    (entry,) = kept(account)
    assert (entry["number"], entry["id"], entry["group"]) == (1, "id-0", GROUP)
    assert (entry["line"], entry["at"]) == (deed, "2026-11-29T00:00:00Z")
    assert json.loads(entry["line"])["message"] == "bank_hold.on"


def test_the_filter_of_the_local_cloud_finds_an_audit_line(account: Account) -> None:
    # Its words, in the form that powertools writes; AWS compares the member (tests/template/test_audit.py).
    deed, other = written(account)

    assert all(word in deed for word in ("audit", ":true"))
    assert ":true" not in other


@pytest.mark.parametrize("line", ["text", '{"audit": "true"}', '{"audit": 1}', "[]", "null", '{"audit": false}'])
def test_a_line_that_is_no_audit_entry_is_left_out(account: Account, line: str) -> None:
    assert collected(account, line) == []


def test_a_test_message_of_cloudwatch_is_ignored(account: Account) -> None:
    assert collected(account, "CWL CONTROL MESSAGE: Checking health", kind="CONTROL_MESSAGE") == []


def test_many_lines_are_passed_on_in_messages_that_sqs_takes(account: Account) -> None:
    line = json.dumps({"audit": True, "reason": "가" * 10_000}, ensure_ascii=False)
    messages = collected(account, *[line] * 20)

    assert [each["id"] for message in messages for each in message["entries"]] == [f"id-{n}" for n in range(20)]
    assert all(len(json.dumps(message, ensure_ascii=False).encode()) < 256 * 1024 for message in messages)
    assert len(messages) > 1


def test_a_batch_is_one_object_and_the_next_follows_it(account: Account) -> None:
    account.invoke("keep_audit", delivery(a_message("a", "b"), a_message("c")))
    account.invoke("keep_audit", delivery(a_message("d")))

    assert [entry["line"] for entry in kept(account)] == ["a", "b", "c"]
    assert [(entry["line"], entry["number"]) for entry in kept(account, 2)] == [("d", 4)]


def test_an_entry_that_a_batch_holds_twice_is_kept_once(account: Account) -> None:
    account.invoke("keep_audit", delivery(a_message("a"), a_message("a", "b")))

    assert [entry["line"] for entry in kept(account)] == ["a", "b"]


@pytest.mark.parametrize("body", ["text", "{}", '{"group": "g", "entries": [{}]}', "[]"])
def test_a_message_that_cannot_be_read_fails_alone(account: Account, body: str) -> None:
    result = account.invoke("keep_audit", delivery(a_message("a"), body))

    assert result == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert [entry["line"] for entry in kept(account)] == ["a"]


def test_nothing_to_keep_writes_nothing(account: Account) -> None:
    assert account.invoke("keep_audit", delivery("text"))["batchItemFailures"]

    assert account.keys("AuditBucket") == []


def test_the_head_is_logged_for_who_wants_to_compare_it_later(account: Account) -> None:
    account.invoke("keep_audit", delivery(a_message("a", "b")))

    (line,) = [each for each in account.logged() if each["message"] == "audit kept"]
    assert (line["object"], line["entry"], line["chain"]) == (1, 2, kept(account)[-1]["chain"])


def test_a_new_environment_continues_the_chain(account: Account) -> None:
    account.invoke("keep_audit", delivery(a_message("first")))
    account.restart()

    assert account.invoke("keep_audit", delivery(a_message("second"))) == {"batchItemFailures": []}
    (entry,) = kept(account, 2)
    assert (entry["number"], entry["id"]) == (2, "second")
