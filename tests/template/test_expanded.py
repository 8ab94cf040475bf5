"""What SAM makes of the template: it leaves what is written as it is, and adds nothing that is open."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.shape import (
    FUNCTIONS,
    RELYING_ROUTES,
    RESOURCES,
    ROUTES,
    as_list,
    environment,
    expanded,
    function_property,
    of_type,
)

WRITTEN = {name: r for name, r in RESOURCES.items() if not r["Type"].startswith("AWS::Serverless::")}
# What SAM makes of functions, layers, APIs and events. CodeDeploy: tests/template/test_releases.py.
ADDED = {
    *("AWS::Lambda::Function", "AWS::Lambda::Version", "AWS::Lambda::Alias", "AWS::Lambda::LayerVersion"),
    *("AWS::Lambda::Permission", "AWS::Lambda::EventSourceMapping", "AWS::Lambda::EventInvokeConfig"),
    *("AWS::IAM::Role", "AWS::Scheduler::Schedule"),
    *("AWS::ApiGateway::RestApi", "AWS::ApiGateway::Deployment", "AWS::ApiGateway::Stage"),
}
each_function = pytest.mark.parametrize("name", FUNCTIONS)


@pytest.mark.parametrize("name", WRITTEN)
def test_what_other_tests_find_in_the_template_is_deployed(name: str) -> None:
    """Tables, queues, buckets, keys, alarms: SAM changes nothing but how a stage is named."""
    written = re.sub(r"\b(Api|RelyingApi)\.Stage\b", r"\1v1Stage", json.dumps(RESOURCES[name]))

    assert expanded()[name] == json.loads(written)


def test_sam_adds_only_what_functions_and_apis_need() -> None:
    assert {expanded()[name]["Type"] for name in expanded().keys() - WRITTEN.keys()} == ADDED


@each_function
def test_a_function_is_deployed_with_its_own_and_the_common_properties(name: str) -> None:
    deployed = expanded()[name]["Properties"]

    for wanted in ("Runtime", "Architectures", "Handler", "MemorySize", "Timeout", "Description", "SnapStart"):
        assert deployed.get(wanted) == function_property(name, wanted)
    assert deployed.get("Environment", {}).get("Variables", {}) == environment(name)
    assert deployed["Role"] == {"Fn::GetAtt": [f"{name}Role", "Arn"]}
    # In a network of the bank it would need more rights, and an address of its own.
    assert "VpcConfig" not in deployed


@each_function
def test_a_functions_role_is_for_lambda_alone(name: str) -> None:
    role = expanded()[f"{name}Role"]["Properties"]

    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert (trust["Effect"], trust["Action"]) == ("Allow", ["sts:AssumeRole"])
    assert trust["Principal"] == {"Service": ["lambda.amazonaws.com"]}


def test_every_other_role_is_for_one_service() -> None:
    functions = {f"{name}Role" for name in FUNCTIONS}
    others = {name: role for name, role in of_type("AWS::IAM::Role", expanded()).items() if name not in functions}

    for role in others.values():
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        (service,) = as_list(trust["Principal"]["Service"])
        # Schedules start functions, documents act for staff, the gateway writes logs, CodeDeploy moves aliases.
        assert service.removesuffix(".amazonaws.com") in ("scheduler", "ssm", "apigateway", "codedeploy")


def test_nobody_is_everybody() -> None:
    """Only denials name all principals."""
    found = [statement for statement in _statements(expanded()) if "Principal" in statement]

    assert found
    for statement in found:
        everybody = statement["Principal"] in ("*", {"AWS": "*"}) or "*" in json.dumps(statement["Principal"])
        assert statement["Effect"] == "Deny" or not everybody


def test_each_route_may_be_invoked_by_its_method_and_path_alone() -> None:
    """SAM writes * for the stage; there is one (tests/template/test_api.py)."""
    found = set()
    permissions = of_type("AWS::Lambda::Permission", expanded())
    assert permissions.pop("CollectAuditPermission")["Principal"] == "logs.amazonaws.com"
    for permission in permissions.values():
        arn, names = permission["SourceArn"]["Fn::Sub"]
        resource = arn.rpartition(":")[2]
        if resource == "${__ApiId__}/authorizers/*":
            assert permission["FunctionName"] == {"Ref": "AuthorizeFunctionAliaslive"}
            continue
        prefix = "${__ApiId__}/${__Stage__}/"
        assert resource.startswith(prefix)
        found.add((names["__ApiId__"]["Ref"], resource.removeprefix(prefix)))

    expected = {("Api", f"{method}{_any(path)}") for method, path in ROUTES}
    expected |= {("RelyingApi", f"{method}{_any(path)}") for method, path in RELYING_ROUTES}
    assert found == expected | {("Api", "OPTIONS/*")}


def _any(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "*", path)


def _statements(node: Any) -> Iterator[dict[str, Any]]:
    """Every statement of a policy, wherever it is."""
    if isinstance(node, list):
        for each in node:
            yield from _statements(each)
    elif isinstance(node, dict):
        if "Effect" in node:
            yield node
        for each in node.values():
            yield from _statements(each)
