"""The two APIs: public routes, the authorizer, signed calls, and the gateways' own responses."""

import json
from typing import Any

import pytest

from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.entry.responses import PROBLEM_TYPE
from tests.support.shape import (
    GATEWAY,
    PUBLIC_ROUTES,
    RELYING_GATEWAY,
    RELYING_ROUTES,
    RESOURCES,
    ROUTES,
    events,
    expanded,
)

API: dict[str, Any] = RESOURCES["Api"]["Properties"]
# The routes that need no session, decided only here.
PUBLIC = (
    {("POST", "/login"), ("POST", "/precheck"), ("POST", "/loss"), ("GET", "/.well-known/jwks.json")}
    | {("POST", f"/challenges/{how}") for how in ("otp", "sms", "passkey", "certificate")}
    | {("POST", "/login/certificate/options"), ("POST", "/login/certificate")}
)
RELYING_API: dict[str, Any] = RESOURCES["RelyingApi"]["Properties"]
each_gateway_response = pytest.mark.parametrize(
    "response",
    [
        pytest.param(response, id=f"{api}-{kind}")
        for api, gateway in (("customers", GATEWAY), ("services", RELYING_GATEWAY))
        for kind, response in gateway.items()
    ],
)


def test_only_login_precheck_and_loss_are_public() -> None:
    with_settings = {(event["Method"], event["Path"]) for _, event in events("Api") if "Auth" in event}

    assert PUBLIC_ROUTES == PUBLIC
    assert with_settings == PUBLIC, "every other route has the default authorizer"


def test_only_those_routes_are_public_in_the_expanded_api() -> None:
    paths = expanded()["Api"]["Properties"]["Body"]["paths"]
    asked = {
        (method.upper(), path): operation["security"]
        for path, operations in paths.items()
        for method, operation in operations.items()
    }

    assert asked.keys() == ROUTES.keys()
    for route, security in asked.items():
        assert security == [{"NONE": []}] if route in PUBLIC else [{"SessionAuthorizer": []}]


def test_every_method_of_the_relying_api_is_signed_in_the_expanded_api() -> None:
    body = expanded()["RelyingApi"]["Properties"]["Body"]
    methods = {
        (method.upper(), path): operation
        for path, operations in body["paths"].items()
        for method, operation in operations.items()
    }

    assert methods.keys() == RELYING_ROUTES.keys()
    assert body["securityDefinitions"].keys() == {"AWS_IAM"}
    assert body["securityDefinitions"]["AWS_IAM"]["x-amazon-apigateway-authtype"] == "awsSigv4"
    for operation in methods.values():
        assert operation["security"] == [{"AWS_IAM": []}]
        # With credentials the function would be invoked as the caller, who then needs permission to invoke it.
        assert "credentials" not in operation["x-amazon-apigateway-integration"]


def test_only_roles_of_this_account_can_call_the_relying_api() -> None:
    """A role of another account needs a resource policy that lets it call; there is none."""
    assert "ResourcePolicy" not in RELYING_API["Auth"]
    assert "Policy" not in expanded()["RelyingApi"]["Properties"]
    assert "x-amazon-apigateway-policy" not in expanded()["RelyingApi"]["Properties"]["Body"]


def test_the_relying_api_is_throttled_and_has_a_firewall_without_rules_on_contents() -> None:
    (everywhere,) = RELYING_API["MethodSettings"]
    (rule,) = RESOURCES["RelyingWebAcl"]["Properties"]["Rules"]

    assert (everywhere["HttpMethod"], everywhere["ResourcePath"]) == ("*", "/*")
    assert "DataTraceEnabled" not in everywhere, "bodies must not reach the logs"
    # Five minutes of all services at their limit pass from one address.
    assert rule["Statement"]["RateBasedStatement"]["Limit"] == 300 * everywhere["ThrottlingRateLimit"]
    associated = RESOURCES["RelyingWebAclAssociation"]["Properties"]
    assert associated["WebACLArn"] == {"Fn::GetAtt": ["RelyingWebAcl", "Arn"]}
    assert "${RelyingApi}" in associated["ResourceArn"]["Fn::Sub"]


def test_an_authorizer_result_is_not_cached() -> None:
    assert API["Auth"]["DefaultAuthorizer"] == "SessionAuthorizer"
    authorizer = API["Auth"]["Authorizers"]["SessionAuthorizer"]
    assert authorizer["FunctionPayloadType"] == "REQUEST"
    assert authorizer["FunctionArn"] == {"Fn::GetAtt": ["AuthorizeFunction", "Arn"]}
    assert authorizer["Identity"] == {"Headers": ["Authorization"], "ReauthorizeEvery": 0}

    definitions = expanded()["Api"]["Properties"]["Body"]["securityDefinitions"]
    assert definitions.keys() == {"SessionAuthorizer"}
    expected = {"type": "request", "authorizerResultTtlInSeconds": 0}
    assert expected.items() <= definitions["SessionAuthorizer"]["x-amazon-apigateway-authorizer"].items()


def test_every_route_is_throttled_and_public_routes_more_strictly() -> None:
    settings = {(s["HttpMethod"], s["ResourcePath"]): s for s in API["MethodSettings"]}

    everywhere = settings.pop(("*", "/*"))
    assert everywhere["ThrottlingRateLimit"] > 0
    assert everywhere["ThrottlingBurstLimit"] > 0
    # API Gateway wants the slashes of a path itself as ~1 (RFC 6901), or the setting applies to nothing.
    assert settings.keys() == {(method, "/" + path.replace("/", "~1")) for method, path in PUBLIC}
    for login in settings.values():
        assert 0 < login["ThrottlingRateLimit"] < everywhere["ThrottlingRateLimit"]
        assert 0 < login["ThrottlingBurstLimit"] < everywhere["ThrottlingBurstLimit"]
    assert not [s for s in API["MethodSettings"] if s.get("DataTraceEnabled")], "bodies must not reach the logs"


def test_in_aws_a_firewall_protects_the_stage() -> None:
    acl = RESOURCES["WebAcl"]["Properties"]
    rates = [rule for rule in acl["Rules"] if "RateBasedStatement" in rule["Statement"]]

    assert RESOURCES["WebAclAssociation"]["Properties"]["WebACLArn"] == {"Fn::GetAtt": ["WebAcl", "Arn"]}
    blocked = {"Block": {"CustomResponse": {"ResponseCode": 429, "CustomResponseBodyKey": "RateLimited"}}}
    assert [rule["Action"] for rule in rates] == [blocked, blocked]
    everywhere, logins = (rule["Statement"]["RateBasedStatement"] for rule in rates)
    assert 0 < logins["Limit"] < everywhere["Limit"]
    scoped = [each["ByteMatchStatement"] for each in logins["ScopeDownStatement"]["OrStatement"]["Statements"]]
    stage = API["StageName"]
    assert {(each["SearchString"], each["PositionalConstraint"]) for each in scoped} == {
        (f"/{stage}/login", "STARTS_WITH"),
        (f"/{stage}/challenges/", "STARTS_WITH"),
        (f"/{stage}/loss", "STARTS_WITH"),
    }
    assert len({rule["Priority"] for rule in acl["Rules"]}) == len(acl["Rules"])


def test_every_gateway_response_is_defined() -> None:
    assert {kind: json.loads(_template(response))["code"] for kind, response in GATEWAY.items()} == {
        "UNAUTHORIZED": "AUTH_REQUIRED",
        "ACCESS_DENIED": "SESSION_EXPIRED",
        "THROTTLED": "RATE_LIMITED",
        "MISSING_AUTHENTICATION_TOKEN": "ROUTE_NOT_FOUND",
        "WAF_FILTERED": "MALFORMED_REQUEST",
        "DEFAULT_4XX": "MALFORMED_REQUEST",
        "DEFAULT_5XX": "SYSTEM_RETRY",
    }
    assert {kind: json.loads(_template(response))["code"] for kind, response in RELYING_GATEWAY.items()} == {
        "MISSING_AUTHENTICATION_TOKEN": "RELYING_SERVICE_NOT_SIGNED",
        "INVALID_SIGNATURE": "RELYING_SERVICE_NOT_SIGNED",
        "EXPIRED_TOKEN": "RELYING_SERVICE_NOT_SIGNED",
        "ACCESS_DENIED": "RELYING_SERVICE_NOT_ALLOWED",
        "THROTTLED": "RATE_LIMITED",
        "WAF_FILTERED": "MALFORMED_REQUEST",
        "DEFAULT_4XX": "MALFORMED_REQUEST",
        "DEFAULT_5XX": "SYSTEM_RETRY",
    }


@each_gateway_response
def test_a_gateway_response_is_a_problem_document_of_the_catalogue(response: dict[str, Any]) -> None:
    document = json.loads(_template(response))
    reason = CATALOGUE[document["code"]]

    assert document.keys() == {
        *("type", "title", "status", "code", "retryable", "next_action", "params", "support_ref", "findings")
    }
    assert document["type"] == PROBLEM_TYPE + reason.faq
    assert (document["status"], document["retryable"]) == (reason.status, reason.retryable)
    assert document["next_action"] == reason.next_action.value
    assert document["support_ref"] == "$context.requestId"
    # Nothing in it comes from the caller: $context values are not escaped.
    assert _template(response).count("$") == 1
    assert response.get("StatusCode", reason.status) == reason.status


@each_gateway_response
def test_a_gateway_response_has_the_problem_type_and_is_not_cached(response: dict[str, Any]) -> None:
    headers = response["ResponseParameters"]["Headers"]

    assert headers["Content-Type"] == "'application/problem+json; charset=utf-8'"
    assert headers["Cache-Control"] == "'no-store'"
    assert ("Retry-After" in headers) == json.loads(_template(response))["retryable"]


def _template(response: dict[str, Any]) -> str:
    text: str = response["ResponseTemplates"]["application/json"]
    return text
