"""What is logged at the entrance: one line a request, with the reference that the customer sees, and no secret."""

import json
from typing import Any

import pytest

from tests.support.shape import GATEWAY, NESTED, RELYING_GATEWAY, RESOURCES, TEMPLATE, as_list, expanded, of_type
from tools.packaging.template import gateway_body

STAGES = {"Apiv1Stage": "ApiAccessLogs", "RelyingApiv1Stage": "RelyingAccessLogs"}
each_stage = pytest.mark.parametrize("stage", STAGES)


def _format(stage: str) -> dict[str, str]:
    line: dict[str, str] = json.loads(expanded()[stage]["Properties"]["AccessLogSetting"]["Format"])
    return line


@each_stage
def test_every_request_is_logged_with_the_ids_that_functions_log(stage: str) -> None:
    line = _format(stage)
    setting = expanded()[stage]["Properties"]["AccessLogSetting"]

    # What gateway responses show, and what functions take from the event (entry/request.py).
    assert line["extended_id"] == "$context.extendedRequestId"
    assert line["gateway_id"] == "$context.requestId"
    assert setting["DestinationArn"]["Fn::Sub"].endswith(f":log-group:${{{STAGES[stage]}}}")
    for member in ("status", "latency", "error", "waf", "function_status", "function_error", "address", "route"):
        assert member in line


@pytest.mark.parametrize("responses", [GATEWAY, RELYING_GATEWAY])
def test_every_answer_of_the_gateway_shows_the_reference(responses: dict[str, dict[str, Any]]) -> None:
    for response in responses.values():
        assert json.loads(gateway_body(response, TEMPLATE))["support_ref"] == "$context.requestId"


@each_stage
def test_no_header_body_path_value_or_query_is_logged(stage: str) -> None:
    allowed = {
        *(
            "requestId",
            "extendedRequestId",
            "requestTime",
            "identity.sourceIp",
            "httpMethod",
            "resourcePath",
            "status",
        ),
        *("responseLatency", "responseLength", "error.responseType", "waf.status", "waf.error"),
        *("integration.status", "integration.latency", "integration.error"),
        *("authorizer.principalId", "authorizer.status", "authorizer.error", "identity.userArn"),
    }
    values = {name for value in _format(stage).values() for name in value.split(" ")}

    assert values <= {f"$context.{name}" for name in allowed}
    # $context.path would hold ids, $context.resourcePath names them only.
    assert "$context.path" not in values


def test_the_account_has_a_role_to_write_with_before_a_stage_needs_it() -> None:
    account = expanded()["ApiLogAccount"]
    for api in of_type("AWS::ApiGateway::RestApi", expanded()):
        assert as_list(expanded()[api]["DependsOn"]) == ["ApiLogAccount"]
    for name in ("ApiLogAccount", "ApiLogWriter"):
        assert RESOURCES[name]["Condition"] == "CreatesApiLogRole"
        # It is the account's, not the stack's.
        assert (RESOURCES[name]["DeletionPolicy"], RESOURCES[name]["UpdateReplacePolicy"]) == (
            "RetainExceptOnCreate",
            "Retain",
        )
    assert account["Properties"]["CloudWatchRoleArn"] == {"Fn::GetAtt": ["ApiLogWriter", "Arn"]}
    (statement,) = expanded()["ApiLogWriter"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "apigateway.amazonaws.com"}


def test_both_firewalls_log_what_they_block_or_count_without_credentials() -> None:
    configurations = of_type("AWS::WAFv2::LoggingConfiguration", NESTED)

    assert {c["ResourceArn"]["Fn::GetAtt"][0] for c in configurations.values()} == of_type(
        "AWS::WAFv2::WebACL"
    ).keys()
    for configuration in configurations.values():
        (destination,) = configuration["LogDestinationConfigs"]
        assert destination["Fn::Sub"].endswith(":log-group:${FirewallLogs}"), "WAF takes no ARN that ends in :*"
        redacted = {field["SingleHeader"]["Name"] for field in configuration["RedactedFields"]}
        assert {"authorization", "proof-id", "x-amz-security-token"} <= redacted
        (kept,) = configuration["LoggingFilter"]["Filters"]
        actions = {condition["ActionCondition"]["Action"] for condition in kept["Conditions"]}
        assert actions == {"BLOCK", "COUNT", "EXCLUDED_AS_COUNT"}
        assert configuration["LoggingFilter"]["DefaultBehavior"] == "DROP"
    name = NESTED["FirewallLogs"]["Properties"]["LogGroupName"]["Fn::Sub"]
    assert name.startswith("aws-waf-logs-"), "WAF writes into no other"
