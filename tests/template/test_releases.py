"""Releases: versions and an alias for the functions that customers wait for, replaced step by step."""

import json
from graphlib import TopologicalSorter
from itertools import chain
from typing import Any

import pytest

from tests.support.released_grants import granted_now, missing, released
from tests.support.shape import (
    FUNCTIONS,
    PARAMETERS,
    RESOURCES,
    ROUTES,
    TEMPLATE,
    environment,
    expanded,
    graph,
    of_type,
    references,
)

# A customer looks at the screen until they respond: from login to the registered certificate, loss and signing.
LIVE = {
    *(
        "Authorize",
        "Login",
        "VerifyOtp",
        "VerifyPasskey",
        "VerifyCertificate",
        "StepUp",
        "RequestUpload",
        "GetUpload",
    ),
    *("OpenContainer", "RegisterCertificate", "ListRegistrations", "GetRegistration", "ReportLoss", "SignRequest"),
}
CANARY = "Canary10Percent5Minutes"
ALARMS = ("ReleaseErrorsAlarm", "MoreReleaseErrorsAlarm", "ServerErrorsAlarm")
# Settings that are the value of a switch.
SWITCHES = {"SealToA": "CurrentSealingKey", "SignWithA": "CurrentReceiptKey"}
each_live_function = pytest.mark.parametrize("name", sorted(f"{verb}Function" for verb in LIVE))


def test_functions_that_customers_wait_for_have_an_alias() -> None:
    assert {name.removesuffix("Function") for name, f in FUNCTIONS.items() if "AutoPublishAlias" in f} == LIVE
    aliases = of_type("AWS::Lambda::Alias", expanded())
    assert {alias["FunctionName"]["Ref"].removesuffix("Function") for alias in aliases.values()} == LIVE


@each_live_function
def test_callers_reach_the_alias_and_nothing_else(name: str) -> None:
    alias = f"{name}Aliaslive"
    called = [
        permission["FunctionName"]["Ref"]
        for permission in of_type("AWS::Lambda::Permission", expanded()).values()
        if permission["FunctionName"]["Ref"].startswith(f"{name.removesuffix('Function')}Function")
    ]

    assert set(called) == {alias}
    paths = [
        expanded()["Api"]["Properties"]["Body"]["paths"][path][method.lower()]
        for (method, path), function in ROUTES.items()
        if function == name
    ]
    assert name == "AuthorizeFunction" or paths
    for operation in paths:
        uri = operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
        assert f"${{{alias}}}" in uri


def test_the_authorizer_is_the_alias() -> None:
    definition = expanded()["Api"]["Properties"]["Body"]["securityDefinitions"]["SessionAuthorizer"]
    uri = definition["x-amazon-apigateway-authorizer"]["authorizerUri"]["Fn::Sub"]

    assert uri[1] == {"__FunctionArn__": {"Ref": "AuthorizeFunctionAliaslive"}}


@each_live_function
def test_a_version_is_a_snapshot_and_the_former_one_is_deleted(name: str) -> None:
    """A snapshot costs for as long as its version exists. The local cloud would start each function instead."""
    assert expanded()[name]["Properties"]["SnapStart"] == {
        "ApplyOn": {"Fn::If": ["InAws", "PublishedVersions", "None"]}
    }
    (version,) = [
        r
        for r in expanded().values()
        if r["Type"] == "AWS::Lambda::Version" and r["Properties"]["FunctionName"] == {"Ref": name}
    ]
    assert version["DeletionPolicy"] == "Delete"


def test_other_code_in_a_layer_makes_another_version_of_each_function() -> None:
    versions = set(_versions(expanded()))

    assert len(versions) == len(LIVE)
    assert not versions & set(_versions(expanded(layer="other.zip")))


@each_live_function
def test_another_value_of_a_parameter_makes_another_version(name: str) -> None:
    """SAM does not look at parameters: without their values in the version's description the alias keeps the old
    settings (serverless-application-model, issue 3820)."""
    settings = environment(name)
    used = set(chain.from_iterable(_parameters(value) for value in settings.values()))
    described = references(FUNCTIONS[name].get("VersionDescription", {}))

    assert described == used


def test_by_default_and_in_the_local_cloud_a_release_is_replaced_at_once() -> None:
    assert PARAMETERS["Rollout"]["Default"] == "AllAtOnce"
    assert not [r for r in expanded().values() if r["Type"].startswith("AWS::CodeDeploy")]
    assert TEMPLATE["Mappings"]["Rollouts"] == {
        value: {"Staged": "false" if value == "AllAtOnce" else "true"}
        for value in PARAMETERS["Rollout"]["AllowedValues"]
    }


@each_live_function
def test_a_staged_release_goes_back_on_an_alarm(name: str) -> None:
    resources = expanded(CANARY)
    group = resources[f"{name}DeploymentGroup"]["Properties"]
    _, in_aws, _ = group["AlarmConfiguration"]["Fn::If"]

    assert in_aws == {"Enabled": True, "Alarms": [{"Name": {"Ref": alarm}} for alarm in ALARMS]}
    assert group["AutoRollbackConfiguration"]["Enabled"] is True
    assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
    assert group["DeploymentConfigName"]["Fn::Sub"][1] == {"ConfigName": CANARY}
    update = resources[f"{name}Aliaslive"]["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    assert update["DeploymentGroupName"] == {"Ref": f"{name}DeploymentGroup"}


def test_a_staged_release_has_no_cycle() -> None:
    resources = expanded(CANARY)

    assert len(list(TopologicalSorter(graph(resources)).static_order())) == len(resources)


def test_a_staged_release_leaves_room_below_cloudformations_limit_of_500() -> None:
    assert len(expanded(CANARY)) <= 490


def test_code_deploy_may_move_these_aliases_and_nothing_else() -> None:
    resources = expanded(CANARY)
    role = resources["ReleaseRole"]["Properties"]
    ((move, look),) = [policy["PolicyDocument"]["Statement"] for policy in role["Policies"]]

    groups = of_type("AWS::CodeDeploy::DeploymentGroup", resources).values()
    assert [group["ServiceRoleArn"] for group in groups] == [{"Fn::GetAtt": ["ReleaseRole", "Arn"]}] * len(LIVE)
    assert "ManagedPolicyArns" not in role
    assert move["Action"] == ["lambda:GetAlias", "lambda:UpdateAlias", "lambda:GetProvisionedConcurrencyConfig"]
    functions = [f"${{{name}Function.Arn}}" for name in LIVE]
    arns = {arn["Fn::Sub"] for arn in move["Resource"]}
    assert arns == {f"{function}{alias}" for function in functions for alias in ("", ":live")}
    assert look["Action"] == "cloudwatch:DescribeAlarms"
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "codedeploy.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_errors_of_each_alias_stop_a_release() -> None:
    seen = []
    for alarm in ALARMS[:2]:
        properties = RESOURCES[alarm]["Properties"]
        total, *metrics = properties["Metrics"]
        assert (total["Expression"], total["ReturnData"]) == ("SUM(FILL(METRICS(), 0))", True)
        assert 0 < len(metrics) <= 10, "CloudWatch takes no more"
        assert (properties["Threshold"], properties["ComparisonOperator"]) == (3, "GreaterThanOrEqualToThreshold")
        for metric in metrics:
            stat = metric["MetricStat"]
            function, alias = stat["Metric"]["Dimensions"]
            name = function["Value"]["Ref"]
            assert (stat["Metric"]["MetricName"], stat["Stat"], metric["ReturnData"]) == ("Errors", "Sum", False)
            assert alias == {"Name": "Resource", "Value": {"Fn::Sub": f"${{{name}}}:live"}}
            seen.append(name.removesuffix("Function"))

    # A request without a token is an error of the authorizer. Where it fails, the API responds with 500.
    watched = LIVE - {"Authorize"}
    assert len(seen) == len(watched)
    assert set(seen) == watched


def test_responses_of_5xx_stop_a_release() -> None:
    """An exception that becomes a response is no error to Lambda."""
    alarm: dict[str, Any] = RESOURCES["ServerErrorsAlarm"]["Properties"]

    assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == ("AWS/ApiGateway", "5XXError", "Sum")
    # SAM names an API after the stack unless it has a name.
    assert alarm["Dimensions"] == [
        {"Name": "ApiName", "Value": {"Ref": "AWS::StackName"}},
        {"Name": "Stage", "Value": "v1"},
    ]
    assert expanded()["Api"]["Properties"]["Body"]["info"]["title"] == {"Ref": "AWS::StackName"}


def _versions(resources: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return of_type("AWS::Lambda::Version", resources)


def _parameters(value: Any) -> set[str]:
    """The parameters that decide on a setting."""
    switch = value["Fn::If"][0] if "Fn::If" in value else None
    return (references(value) & PARAMETERS.keys()) | ({SWITCHES[switch]} if switch in SWITCHES else set())


@each_live_function
def test_a_role_allows_what_the_former_version_does(name: str) -> None:
    """All versions have one role: during a rollout the former one runs with the new release's."""
    assert missing(name, released().get(name, {})) == []


def test_grants_of_a_former_release_that_a_role_lost_are_found() -> None:
    table = json.dumps({"Fn::GetAtt": ["ThrottlesTable", "Arn"]})
    now = f"dynamodb:UpdateItem Resource {table} {{}}"
    lost = f"dynamodb:DeleteItem Resource {table} {{}}"
    (challenges,) = (grant for grant in granted_now()["LoginFunction"] if grant.startswith("dynamodb:PutItem"))

    assert missing("LoginFunction", {now: [[]]}) == []
    assert missing("LoginFunction", {now: [["id"]], challenges: [["id"]]}) == []
    assert missing("LoginFunction", {lost: [[]], challenges: [["id", "used_for"]]}) == [
        f"{lost}: ",
        f"{challenges}: id, used_for",
    ]
