"""The rule that finds unusual uses of keys among CloudTrail's events."""

import json
from typing import Any

import pytest
from moto.events.models import EventPattern

from tests.support.shape import NESTED, expanded, of_type

RULE = NESTED["KeyUse"]["Properties"]
ACCOUNT = "123456789012"
"""ARNs of keys and roles are their logical names here, in the pattern as in the events."""


def _resolved(value: Any) -> Any:
    """The pattern as CloudFormation passes it on, with a key's logical name as its ARN."""
    if isinstance(value, list):
        return [_resolved(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "Fn::GetAtt" in value:
        return value["Fn::GetAtt"][0]
    return {name: _resolved(each) for name, each in value.items()}


def _matches(**detail: Any) -> bool:
    event: Any = {"source": "aws.kms", "detail-type": "AWS API Call via CloudTrail", "detail": detail}
    return EventPattern.load(json.dumps(_resolved(RULE["EventPattern"]))).matches_event(event)


def _of_role(role: str) -> dict[str, Any]:
    """A session of a role, which the event names twice: as a session, and by the role's own ARN."""
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/session"
    return {"arn": arn, "sessionContext": {"sessionIssuer": {"arn": role}}}


def _call(name: str, who: dict[str, Any], key: str | None = "CustomerKey", **more: str) -> dict[str, Any]:
    # The event has a list of resources. EventBridge looks into each element, moto does not.
    named = {"resources": {"ARN": key}} if key else {}
    return {"eventName": name, "userIdentity": who, **named, **more}


OWN = _of_role("VerifyOtpFunctionRole")
ALICE = {"arn": f"arn:aws:iam::{ACCOUNT}:user/alice"}
DENIED = {"errorCode": "AccessDenied"}
OTHER_KEY = "a key of another system"


@pytest.mark.parametrize(
    "detail",
    [
        _call("Decrypt", OWN, **DENIED),
        _call("Encrypt", _of_role("core-banking"), errorCode="AccessDeniedException"),
        _call("Decrypt", ALICE, key=None, **DENIED),
        _call("Decrypt", ALICE),
        _call("Sign", _of_role("Admin"), "ReceiptKeyB"),
        _call("ScheduleKeyDeletion", {"arn": f"arn:aws:iam::{ACCOUNT}:root"}, "IdentityKey"),
        _call("PutKeyPolicy", OWN),
        # Names that begin as those of this stack's roles do.
        _call("Decrypt", _of_role("registrar-dev-VerifyOtpFunctionRole-1")),
        _call("Decrypt", _of_role("registrar-admin")),
        # A role of this stack that has nothing to do with keys.
        _call("Decrypt", _of_role("LogoutFunctionRole")),
    ],
)
def test_a_denied_or_unusual_use_of_a_key_is_found(detail: dict[str, Any]) -> None:
    assert _matches(**detail)


@pytest.mark.parametrize(
    "detail",
    [
        *(_call("Decrypt", _of_role(role)) for role in ("AddTotpFunctionRole", "OpenContainerFunctionRole")),
        _call("Decrypt", OWN),
        _call("Sign", _of_role("SignRequestFunctionRole"), "ReceiptKeyA"),
        _call("Encrypt", _of_role("core-banking")),
        _call("Decrypt", _of_role("other"), OTHER_KEY),
        _call("Decrypt", _of_role("other"), OTHER_KEY, **DENIED),
        # A ciphertext that was changed is what anybody can send.
        _call("Decrypt", _of_role("OpenContainerFunctionRole"), errorCode="InvalidCiphertextException"),
    ],
)
def test_what_the_stack_the_bank_and_other_systems_do_is_not_found(detail: dict[str, Any]) -> None:
    assert not _matches(**detail)


def test_the_roles_for_keys_are_those_that_decrypt_or_sign() -> None:
    identity = RULE["EventPattern"]["detail"]["$or"][1]["$or"][1]["userIdentity"]
    _, other = identity["sessionContext"]["sessionIssuer"]["arn"]
    allowed = {
        name
        for name, role in of_type("AWS::IAM::Role", expanded()).items()
        if any(f'"kms:{action}"' in json.dumps(role) for action in ("Decrypt", "Sign", "CreateGrant", "*"))
    }

    assert {arn["Fn::GetAtt"][0] for arn in other["anything-but"]} == allowed


def test_every_key_of_the_stack_is_watched_and_read_only_events_count() -> None:
    _, ours = RULE["EventPattern"]["detail"]["$or"]
    watched = ours["resources"]["ARN"]

    assert {arn["Fn::GetAtt"][0] for arn in watched} == of_type("AWS::KMS::Key").keys()
    # Without it EventBridge may leave out calls that change nothing, such as Decrypt.
    assert RULE["State"] == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
    # EventBridge takes patterns of 2,048 characters; an ARN of a key has 80, one of a role 95 at most.
    roles = json.dumps(RULE["EventPattern"]).count("FunctionRole")
    pattern = json.dumps(_resolved(RULE["EventPattern"]), separators=(",", ":"))
    assert len(pattern) + len(watched) * 80 + roles * 95 < 2048


def test_only_the_rule_may_write_the_log_of_keys() -> None:
    policy = json.loads(NESTED["KeyUseLogsPolicy"]["Properties"]["PolicyDocument"]["Fn::Sub"])

    for statement in policy["Statement"]:
        assert statement["Resource"] == "${KeyUseLogs.Arn}"
        assert set(statement["Principal"]["Service"]) == {"events.amazonaws.com", "delivery.logs.amazonaws.com"}
    assert policy["Statement"][1]["Condition"] == {"ArnEquals": {"aws:SourceArn": "${KeyUse.Arn}"}}
