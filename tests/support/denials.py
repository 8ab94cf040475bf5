"""Every role of the template, and what each of them must be denied: made of the template, complete by construction.

A new action, resource or role is in the matrix as soon as a template has it; an action that no call is known for
(tests/support/power_calls.py) is a KeyError. Roles are those that SAM expands the template to.
"""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from itertools import groupby
from typing import Any

from tests.support.grants import Power
from tests.support.iam import named
from tests.support.shape import FUNCTIONS, as_list, expanded, of_type

_KINDS = {
    "dynamodb": "AWS::DynamoDB::Table",
    "s3": "AWS::S3::Bucket",
    "kms": "AWS::KMS::Key",
    "sqs": "AWS::SQS::Queue",
    "events": "AWS::Events::EventBus",
}
_ON_BUCKETS = frozenset({"s3:ListBucket", "s3:ListBucketVersions"})
IN_AWS_ONLY = frozenset({"PageBucket", "TrailBucket"})

Held = frozenset[tuple[str, str]]
"""Actions, each with a resource or a pattern of them."""


@cache
def roles() -> Mapping[str, Held]:
    """What each role's own policies allow, by the role's logical name; where there is no message provider."""
    return {name: frozenset(_held(role)) for name, role in of_type("AWS::IAM::Role", expanded()).items()}


def holds(role: str, power: Power) -> bool:
    """Whether a role's own policies allow an action on a resource."""
    return any(
        action == power.action and fnmatchcase(power.resource, resource) for action, resource in roles()[role]
    )


@cache
def matrix() -> tuple[Power, ...]:
    """Each action that any role holds, on each resource of its kind in the template."""
    actions = sorted({action for held in roles().values() for action, _ in held})
    return tuple(Power(action, resource, frozenset()) for action in actions for resource in _resources(action))


def tried(role: str) -> list[Power]:
    """What is called with a role's credentials: what it holds on other resources alone, on every one where it is
    denied; what it holds nowhere, on one resource, which is another for each role.

    No resource's own policy allows a role anything, so that such a denial does not depend on the resource.
    """
    held = {action for action, _ in roles()[role]}
    number = sorted(roles()).index(role)
    found = []
    for action, powers in groupby(matrix(), key=lambda power: power.action):
        denied = [power for power in powers if not holds(role, power) and not is_in_aws_only(power)]
        found += denied if action in held else denied[number % len(denied) :][:1] if denied else []
    return found


def is_in_aws_only(power: Power) -> bool:
    """Whether the local cloud does not make the resource: the conditions of the template leave it out there."""
    return power.resource.partition("/")[0] in IN_AWS_ONLY


def allowed_by_resources() -> Iterator[tuple[str, Any]]:
    """Resources whose own policy, wherever it stands, allows something, each with the principal."""
    for name, resource in expanded().items():
        if not resource["Type"].startswith("AWS::IAM::"):
            for statement in _statements(resource.get("Properties", {})):
                if statement.get("Effect") == "Allow":
                    yield name, statement["Principal"]


def _statements(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every statement of a policy within a value, those under a condition of the template too."""
    if isinstance(value, list):
        for each in value:
            yield from _statements(each)
    elif isinstance(value, dict):
        if "Effect" in value and "Principal" in value:
            yield value
        for each in value.values():
            yield from _statements(each)


def _resources(action: str) -> list[str]:
    service = action.partition(":")[0]
    granted = sorted({resource for held in roles().values() for each, resource in held if each == action})
    if not _is_of_functions(action):  # of SSM, the scheduler, CodeDeploy: on one that it is held on, and another
        another = {"lambda": ["SendNoticeFunction"], "sqs": ["NoticeQueue"]}.get(service, [])
        return [granted[0].removesuffix(":live"), *another]
    if service not in _KINDS:
        return ["endpoint/x" if each.startswith("endpoint/") else each for each in granted]
    every = list(of_type(_KINDS[service]))
    if service == "s3" and action not in _ON_BUCKETS:
        paths = {path for held in roles().values() for each, path in held if each.startswith("s3:") and "/" in path}
        return sorted({path.replace("*", "x") for path in paths} | {f"{bucket}/elsewhere/x" for bucket in every})
    if action == "dynamodb:Query":
        return every + [each for each in granted if "/" in each]
    return every + (["default"] if service == "events" else [])


def _is_of_functions(action: str) -> bool:
    return any(action == each for name in FUNCTIONS for each, _ in roles()[f"{name}Role"])


def _held(role: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for policy in role.get("Policies", []):
        for written in as_list(policy["PolicyDocument"]["Statement"]):
            statement = written["Fn::If"][2] if "Fn::If" in written else written
            if statement.get("Effect") == "Deny":
                # SAM's managed policy allows these everywhere, so what is left is what the denial leaves out.
                read = [each for each in as_list(statement["Action"]) if each.startswith("sqs:")]
                yield from ((action, named(each)) for action in read for each in as_list(statement["NotResource"]))
            if statement.get("Effect") != "Allow":
                continue
            for action in as_list(statement["Action"]):
                for resource in as_list(statement.get("Resource", "phone")):
                    yield action, named(resource)
