"""The two APIs: public routes, the authorizer, signed calls, and the gateways' own responses."""

import json
import re
from typing import Any

import pytest

from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.entry.problems import PROBLEM_TYPE
from tests.support.shape import (
    GATEWAY,
    PARAMETERS,
    PREFLIGHT,
    PUBLIC_ROUTES,
    RELYING_GATEWAY,
    RELYING_ROUTES,
    RESOURCES,
    ROUTES,
    TEMPLATE,
    events,
    expanded,
    of_type,
)
from tools.packaging.template import gateway_body

API: dict[str, Any] = RESOURCES["Api"]["Properties"]
# The routes that need no session, decided only here.
PUBLIC = (
    {("POST", "/login"), ("POST", "/precheck"), ("POST", "/loss"), ("GET", "/.well-known/jwks.json")}
    | {("GET", "/issuers")}
    | {("POST", f"/challenges/{how}") for how in ("otp", "sms", "passkey", "certificate")}
    | {("POST", "/login/certificate/options"), ("POST", "/login/certificate")}
)
FIRST_ORIGIN = {"Fn::Select": [0, {"Ref": "WebOrigins"}]}
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
    assert with_settings == PUBLIC | {PREFLIGHT}, "every other route has the default authorizer"


def test_only_those_routes_are_public_in_the_expanded_api() -> None:
    paths = expanded()["Api"]["Properties"]["Body"]["paths"]
    asked = {
        (method.upper(), path): operation["security"]
        for path, operations in paths.items()
        for method, operation in operations.items()
    }

    assert asked.keys() == ROUTES.keys() | {PREFLIGHT}
    for route, security in asked.items():
        # A browser sends no token with a preflight.
        public = route in PUBLIC | {PREFLIGHT}
        assert security == ([{"NONE": []}] if public else [{"SessionAuthorizer": []}])


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


def test_the_relying_api_is_throttled() -> None:
    (everywhere,) = RELYING_API["MethodSettings"]

    assert (everywhere["HttpMethod"], everywhere["ResourcePath"]) == ("*", "/*")
    assert "DataTraceEnabled" not in everywhere, "bodies must not reach the logs"


def test_an_authorizer_result_is_not_cached() -> None:
    assert API["Auth"]["DefaultAuthorizer"] == "SessionAuthorizer"
    authorizer = API["Auth"]["Authorizers"]["SessionAuthorizer"]
    assert authorizer["FunctionPayloadType"] == "REQUEST"
    assert authorizer["FunctionArn"] == {"Ref": "AuthorizeFunction.Alias"}
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
    assert settings.keys() == {(method, "/" + path.replace("/", "~1")) for method, path in PUBLIC | {PREFLIGHT}}
    for login in settings.values():
        assert 0 < login["ThrottlingRateLimit"] < everywhere["ThrottlingRateLimit"]
        assert 0 < login["ThrottlingBurstLimit"] < everywhere["ThrottlingBurstLimit"]
    assert not [s for s in API["MethodSettings"] if s.get("DataTraceEnabled")], "bodies must not reach the logs"


def test_each_api_has_one_stage_and_no_deployment_makes_another() -> None:
    """SAM adds a stage named Stage unless a version is set: it would have neither firewall nor throttling."""
    stages = of_type("AWS::ApiGateway::Stage", expanded())
    deployments = of_type("AWS::ApiGateway::Deployment", expanded())

    assert sorted((stage["RestApiId"]["Ref"], stage["StageName"]) for stage in stages.values()) == [
        ("Api", "v1"),
        ("RelyingApi", "v1"),
    ]
    assert sorted(deployment["RestApiId"]["Ref"] for deployment in deployments.values()) == ["Api", "RelyingApi"]
    assert not [name for name, deployment in deployments.items() if "StageName" in deployment]
    assert {stage["DeploymentId"]["Ref"] for stage in stages.values()} == deployments.keys()


def test_throttling_reaches_the_expanded_stages() -> None:
    stages = of_type("AWS::ApiGateway::Stage", expanded()).values()
    written = {"Api": API["MethodSettings"], "RelyingApi": RELYING_API["MethodSettings"]}

    assert {stage["RestApiId"]["Ref"]: stage["MethodSettings"] for stage in stages} == written


def test_an_error_of_the_gateway_names_the_help_desk() -> None:
    body = GATEWAY["DEFAULT_5XX"]["ResponseTemplates"]["application/json"]

    assert '"params":{"help_desk":"${HelpDeskPhone}"}' in body["Fn::Sub"]
    assert json.loads(_template(GATEWAY["DEFAULT_5XX"]))["params"] == {"help_desk": "1588-0000"}


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


def test_pages_of_the_first_origin_can_read_what_the_gateway_responds_itself() -> None:
    """API Gateway can send the header that names an origin, but cannot compare: docs/decisions.md."""
    definition = expanded()["Api"]["Properties"]["Body"]["x-amazon-apigateway-gateway-responses"]

    assert definition.keys() == GATEWAY.keys()
    for response in definition.values():
        headers = response["responseParameters"]
        allowed = {"Fn::Sub": ["'${First}'", {"First": FIRST_ORIGIN}]}
        assert headers["gatewayresponse.header.Access-Control-Allow-Origin"] == _for_pages(allowed)
        exposed = _for_pages("'Retry-After, x-amzn-RequestId'")
        assert headers["gatewayresponse.header.Access-Control-Expose-Headers"] == exposed


def test_the_stage_tells_functions_the_listed_origins() -> None:
    stage = expanded()["Apiv1Stage"]["Properties"]

    assert stage["Variables"] == _for_pages({"web_origins": {"Fn::Join": [",", {"Ref": "WebOrigins"}]}})
    assert TEMPLATE["Conditions"]["HasWebOrigins"] == {
        "Fn::Not": [{"Fn::Equals": [{"Fn::Join": ["", {"Ref": "WebOrigins"}]}, ""]}]
    }


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("", True),
        ("https://bank.example", True),
        ("https://cert.bank.example:8443", True),
        ("http://localhost:5173", True),
        ("http://bank.localhost", True),
        ("http://bank.example", False),
        ("http://localhost.evil.example", False),
        ("https://Bank.example", False),
        ("https://bank.example/", False),
        ("https://*.bank.example", False),
        ("https://bank.example https://evil.example", False),
        ("*", False),
        ("null", False),
    ],
)
def test_only_an_origin_as_browsers_send_it_can_be_listed(origin: str, allowed: bool) -> None:
    parameter = PARAMETERS["WebOrigins"]

    assert (parameter["Type"], parameter["Default"]) == ("CommaDelimitedList", "")
    assert bool(re.fullmatch(parameter["AllowedPattern"], origin)) is allowed


def test_the_relying_api_has_nothing_for_pages() -> None:
    written = json.dumps([RELYING_API, expanded()["RelyingApi"]])

    assert "WebOrigins" not in written
    assert "Access-Control" not in written
    assert {method for method, _ in RELYING_ROUTES} == {"GET", "POST"}


def _for_pages(value: Any) -> dict[str, Any]:
    """The value where an origin is listed, nothing otherwise."""
    return {"Fn::If": ["HasWebOrigins", value, {"Ref": "AWS::NoValue"}]}


def _template(response: dict[str, Any]) -> str:
    return gateway_body(response, TEMPLATE)
