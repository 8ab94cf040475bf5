"""The matrix of denials is complete, and what roles hold that no function has.

tests/local/test_denials.py tries the matrix with each function's role on the local cloud.
"""

from typing import Any

import pytest

from tests.support.denials import allowed_by_resources, holds, is_in_aws_only, matrix, roles, tried
from tests.support.grants import POWERLESS, Power
from tests.support.power_calls import call
from tests.support.shape import FUNCTIONS, RESOURCES, as_list, expanded, of_type

OF_FUNCTIONS = {f"{name}Role" for name in FUNCTIONS}
INVOKES = "lambda:InvokeFunction"
DEAD_LETTERS = {"sqs:StartMessageMoveTask", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
OF_SERVICES = {
    "ReleaseRole": {
        *("cloudwatch:DescribeAlarms", "lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig"),
        "lambda:UpdateAlias",
    },
    "JobsRole": {INVOKES, "sqs:SendMessage", *DEAD_LETTERS},
    "ApiLogWriter": set[str](),
    **{name: {INVOKES} for name in ("ExplainRole", "ProposeRole", "ConfirmRole", "HoldRole")},
    "FlagExpiringFunctionDailyRole": {INVOKES},
    "WatchIssuersFunctionNightlyRole": {INVOKES},
    "EraseEndedFunctionNightlyRole": {INVOKES},
    "RetryDeferredFunctionEveryMinuteRole": {INVOKES},
}
"""Roles that services take, and their actions. Nobody can assume them: their trust names the service alone."""


def test_actions_of_roles_that_are_no_functions_are_decided_here() -> None:
    assert {name: {action for action, _ in held} for name, held in roles().items() if name not in OF_FUNCTIONS} == (
        OF_SERVICES
    )


@pytest.mark.parametrize("name", OF_SERVICES)
def test_a_service_alone_may_take_its_role(name: str) -> None:
    (trust,) = of_type("AWS::IAM::Role", expanded())[name]["AssumeRolePolicyDocument"]["Statement"]

    assert trust["Principal"].keys() == {"Service"}
    assert as_list(trust["Action"]) == ["sts:AssumeRole"]


def test_each_action_of_each_role_is_in_the_matrix_and_can_be_called() -> None:
    tried = {power.action for power in matrix()}

    assert tried == {action for held in roles().values() for action, _ in held}
    for power in matrix():
        service, operation, arguments = call(power)
        assert (service, bool(operation), type(arguments)) == (power.action.partition(":")[0], True, dict)


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("dynamodb:GetItem", "AWS::DynamoDB::Table"),
        ("dynamodb:ConditionCheckItem", "AWS::DynamoDB::Table"),
        ("s3:ListBucket", "AWS::S3::Bucket"),
        ("kms:Sign", "AWS::KMS::Key"),
        ("sqs:SendMessage", "AWS::SQS::Queue"),
    ],
)
def test_an_action_is_tried_on_every_resource_of_its_kind(action: str, kind: str) -> None:
    assert {power.resource for power in matrix() if power.action == action} == of_type(kind).keys()


def test_each_object_path_of_a_statement_is_tried_and_one_beside_it_in_every_bucket() -> None:
    tried = {power.resource for power in matrix() if power.action == "s3:GetObject"}

    assert {f"{bucket}/elsewhere/x" for bucket in of_type("AWS::S3::Bucket")} < tried
    assert {"UploadBucket/uploads/x", "TrustBucket/active/trust.json", "RevocationBucket/crl/x/current"} < tried


def test_a_role_without_a_policy_holds_nothing_and_every_other_something() -> None:
    without = {name for name in FUNCTIONS if not roles()[f"{name}Role"]}

    assert without == POWERLESS
    assert not any(holds(f"{name}Role", power) for name in without for power in matrix())


def test_every_pair_of_the_matrix_is_tried_and_every_action_with_each_role_that_does_not_hold_it() -> None:
    every = [power for power in matrix() if not is_in_aws_only(power)]
    called = {role: tried(role) for role in OF_FUNCTIONS}

    assert {power for powers in called.values() for power in powers} == set(every)
    for role, powers in called.items():
        somewhere = {action for action, _ in roles()[role]}
        assert {power for power in every if power.action in somewhere and not holds(role, power)} <= set(powers)
        assert {power.action for power in every} - somewhere <= {power.action for power in powers}


def test_no_policy_of_a_resource_allows_a_role_anything() -> None:
    """A key's policy leaves the decision to the account, and so to the policies of its roles."""
    by_account = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    allowed = list(allowed_by_resources())

    assert {name for name, _ in allowed} >= {"ValidationQueuePolicy", "CustomerKey"}
    for name, principal in allowed:
        assert principal.keys() == {"Service"} or principal == by_account, name


@pytest.mark.parametrize(
    ("power", "expected"),
    [
        (("dynamodb:GetItem", "SessionsTable"), True),
        (("dynamodb:GetItem", "UploadsTable"), False),
        (("dynamodb:DeleteItem", "SessionsTable"), False),
        (("sqs:SendMessage", "NoticeQueue"), True),
        (("sqs:SendMessage", "AuditQueue"), False),
    ],
)
def test_held_is_what_a_statement_allows(power: tuple[str, str], expected: bool) -> None:
    assert holds("LoginFunctionRole", Power(*power, frozenset())) is expected


def test_an_action_without_a_call_is_an_error() -> None:
    unknown: Any = Power("glacier:InitiateJob", "UploadsTable", frozenset())

    with pytest.raises(KeyError):
        call(unknown)
    assert "UploadsTable" in RESOURCES
