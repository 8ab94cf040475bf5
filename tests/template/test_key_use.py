"""The rule that finds unusual uses of keys among CloudTrail's events."""

import json
from typing import Any

import pytest
from moto.events.models import EventPattern

from tests.support.shape import NESTED, of_type

RULE = NESTED["KeyUse"]["Properties"]
STACK = "registrar"
ROLES = f"arn:aws:sts::123456789012:assumed-role/{STACK}-"  # pragma: allowlist secret


def _resolved(value: Any) -> Any:
    """The pattern as CloudFormation passes it on, with a key's logical name as its ARN."""
    if isinstance(value, list):
        return [_resolved(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "Fn::GetAtt" in value:
        return value["Fn::GetAtt"][0]
    if "Fn::Sub" in value:
        text = value["Fn::Sub"].replace("${AWS::Partition}", "aws").replace("${AWS::AccountId}", "123456789012")
        return text.replace("${AWS::StackName}", STACK)
    return {name: _resolved(each) for name, each in value.items()}


def _matches(**detail: Any) -> bool:
    event: Any = {"source": "aws.kms", "detail-type": "AWS API Call via CloudTrail", "detail": detail}
    return EventPattern.load(json.dumps(_resolved(RULE["EventPattern"]))).matches_event(event)


def _call(name: str, arn: str, key: str = "CustomerKey", **more: str) -> dict[str, Any]:
    # The event has a list of resources. EventBridge looks into each element, moto does not.
    return {"eventName": name, "userIdentity": {"arn": arn}, "resources": {"ARN": key}, **more}


@pytest.mark.parametrize(
    "detail",
    [
        {
            "eventName": "Decrypt",
            "errorCode": "AccessDenied",
            "userIdentity": {"arn": ROLES + "LoginFunctionRole-1/x"},
        },
        _call("Decrypt", "arn:aws:iam::123456789012:user/alice"),
        _call("Sign", "arn:aws:sts::123456789012:assumed-role/Admin/alice", "ReceiptKeyB"),
        _call("ScheduleKeyDeletion", "arn:aws:iam::123456789012:root", "IdentityKey"),
    ],
)
def test_a_denied_or_unusual_use_of_a_key_is_found(detail: dict[str, Any]) -> None:
    assert _matches(**detail)


@pytest.mark.parametrize(
    "detail",
    [
        _call("Decrypt", ROLES + "VerifyOtpFunctionRole-1/registrar-VerifyOtp"),
        _call("Encrypt", "arn:aws:sts::123456789012:assumed-role/core-banking/job"),
        _call("Decrypt", "arn:aws:sts::123456789012:assumed-role/other/job", "a key of another system"),
        # A ciphertext that was changed is what anybody can send.
        _call("Decrypt", ROLES + "OpenContainerFunctionRole-1/x", errorCode="InvalidCiphertextException"),
    ],
)
def test_what_the_stack_and_the_bank_do_with_keys_is_not_found(detail: dict[str, Any]) -> None:
    assert not _matches(**detail)


def test_every_key_of_the_stack_is_watched_and_read_only_events_count() -> None:
    (watched,) = [part["resources"]["ARN"] for part in RULE["EventPattern"]["detail"]["$or"] if "resources" in part]

    assert {arn["Fn::GetAtt"][0] for arn in watched} == of_type("AWS::KMS::Key").keys()
    # Without it EventBridge may leave out calls that change nothing, such as Decrypt.
    assert RULE["State"] == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
    # EventBridge takes patterns of 2,048 characters; an ARN of a key has 75.
    assert len(json.dumps(_resolved(RULE["EventPattern"]))) + len(watched) * 75 < 2048


def test_only_the_rule_may_write_the_log_of_keys() -> None:
    policy = json.loads(NESTED["KeyUseLogsPolicy"]["Properties"]["PolicyDocument"]["Fn::Sub"])

    for statement in policy["Statement"]:
        assert statement["Resource"] == "${KeyUseLogs.Arn}"
        assert set(statement["Principal"]["Service"]) == {"events.amazonaws.com", "delivery.logs.amazonaws.com"}
    assert policy["Statement"][1]["Condition"] == {"ArnEquals": {"aws:SourceArn": "${KeyUse.Arn}"}}
