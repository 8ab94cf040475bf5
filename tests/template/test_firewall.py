"""The firewalls before the two APIs: limits that fit the functions' own, and bodies that customers send."""

from collections.abc import Iterator
from typing import Any

import pytest

from registrar.domain.access.throttles import ADDRESS_LIMIT
from registrar.domain.possession.proofs import MAX_CMS_BYTES
from registrar.domain.registrations.upload_files import MAX_CERTIFICATE_BYTES
from tests.support import openapi
from tests.support.shape import PARAMETERS, RESOURCES, TEMPLATE, expanded

ACL: dict[str, Any] = expanded()["WebAcl"]["Properties"]
RULES: dict[str, dict[str, Any]] = {rule["Name"]: rule for rule in ACL["Rules"]}
RELYING_ACL: dict[str, Any] = expanded()["RelyingWebAcl"]["Properties"]
API: dict[str, Any] = RESOURCES["Api"]["Properties"]
RATES = ("requests-per-address", "requests-per-session", "logins-per-address")
# Requests for each attempt that the functions count for an address: it, and two with a code or a passkey.
REQUESTS_PER_ATTEMPT = 3
# From login to the registered certificate, with what a page asks while the file is checked.
REQUESTS_PER_REGISTRATION = 30
# Base64 and JSON take less than this for each byte of a certificate or message.
OF_BASE64 = 2
CONTRACT = openapi.read()
BODIES = {
    path: operation["requestBody"]["content"]["application/json"]["schema"]
    for (_, path), operation in openapi.operations(CONTRACT).items()
    if "requestBody" in operation
}
FIRST_ORIGIN = {"Fn::Select": [0, {"Ref": "WebOrigins"}]}


@pytest.mark.parametrize(("acl", "api"), [("WebAcl", "Api"), ("RelyingWebAcl", "RelyingApi")])
def test_in_aws_each_stage_has_its_firewall(acl: str, api: str) -> None:
    (associated,) = [
        resource["Properties"]
        for resource in expanded().values()
        if resource["Type"] == "AWS::WAFv2::WebACLAssociation"
        and resource["Properties"]["WebACLArn"] == {"Fn::GetAtt": [acl, "Arn"]}
    ]

    arn = "arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/"
    assert associated["ResourceArn"] == {"Fn::Sub": f"{arn}${{{api}}}/stages/${{{api}v1Stage}}"}


def test_rules_are_evaluated_in_the_order_they_are_written_in() -> None:
    assert [rule["Priority"] for rule in ACL["Rules"]] == list(range(len(RULES)))
    assert list(RULES) == [*RATES, "body-size", "common-attacks"]


def test_a_new_stack_counts_before_it_blocks() -> None:
    mode = PARAMETERS["FirewallMode"]

    assert (mode["Default"], mode["AllowedValues"]) == ("Count", ["Count", "Block"])
    assert TEMPLATE["Conditions"]["FirewallBlocks"] == {"Fn::Equals": [{"Ref": "FirewallMode"}, "Block"]}
    for name, rule in RULES.items():
        action = rule["OverrideAction" if name == "common-attacks" else "Action"]["Fn::If"]
        condition, _, otherwise = action
        assert (condition, otherwise) == ("FirewallBlocks", {"Count": {}})


@pytest.mark.parametrize("name", RATES)
def test_whoever_asks_too_often_is_refused_as_by_the_functions(name: str) -> None:
    _, blocking, _ = RULES[name]["Action"]["Fn::If"]

    assert blocking["Block"]["CustomResponse"] == {
        "ResponseCode": 429,
        "CustomResponseBodyKey": "RateLimited",
        "ResponseHeaders": [
            {"Name": "Retry-After", "Value": str(_rate(name)["EvaluationWindowSec"])},
            _for_pages({"Name": "Access-Control-Allow-Origin", "Value": FIRST_ORIGIN}),
            _for_pages({"Name": "Access-Control-Expose-Headers", "Value": "Retry-After"}),
        ],
    }


def test_customers_behind_one_address_of_a_mobile_network_meet_the_functions_limit_first() -> None:
    logins = _rate("logins-per-address")

    assert (logins["AggregateKeyType"], logins["EvaluationWindowSec"]) == ("IP", 60)
    assert logins["Limit"] == REQUESTS_PER_ATTEMPT * ADDRESS_LIMIT.per_minute


def test_as_many_customers_as_may_log_in_can_register_from_one_address() -> None:
    requests = _rate("requests-per-address")
    everywhere = next(s for s in API["MethodSettings"] if s["HttpMethod"] == "*")

    assert (requests["AggregateKeyType"], requests["EvaluationWindowSec"]) == ("IP", 60)
    assert requests["Limit"] == REQUESTS_PER_REGISTRATION * ADDRESS_LIMIT.per_minute
    assert "ScopeDownStatement" not in requests
    # One address leaves most of the API to others.
    assert requests["Limit"] < 60 * everywhere["ThrottlingRateLimit"] / 2


def test_one_session_has_a_limit_of_its_own_at_each_address() -> None:
    session = _rate("requests-per-session")

    assert (session["AggregateKeyType"], session["EvaluationWindowSec"]) == ("CUSTOM_KEYS", 60)
    assert session["CustomKeys"] == [
        {"Header": {"Name": "authorization", "TextTransformations": [{"Priority": 0, "Type": "NONE"}]}},
        {"IP": {}},
    ]
    # A page that asks each second stays far below; ten sessions do not use up their address.
    assert 2 * 60 < session["Limit"] < _rate("requests-per-address")["Limit"] / 10


def test_preflights_do_not_count_as_logins() -> None:
    no_preflight, logging_in = _rate("logins-per-address")["ScopeDownStatement"]["AndStatement"]["Statements"]
    method = no_preflight["NotStatement"]["Statement"]["ByteMatchStatement"]

    assert (method["FieldToMatch"], method["SearchString"]) == ({"Method": {}}, "OPTIONS")
    scoped = [each["ByteMatchStatement"] for each in logging_in["OrStatement"]["Statements"]]
    stage = API["StageName"]
    assert {(each["SearchString"], each["PositionalConstraint"]) for each in scoped} == {
        (f"/{stage}/login", "STARTS_WITH"),
        (f"/{stage}/challenges/", "STARTS_WITH"),
        (f"/{stage}/loss", "STARTS_WITH"),
    }


def test_every_rule_on_a_path_reads_it_as_the_gateway_does() -> None:
    matches = list(_matches_of_paths([ACL["Rules"], RELYING_ACL["Rules"]]))

    assert matches
    for match in matches:
        # Decoded first: what was encoded may be // or /../.
        assert sorted((each["Priority"], each["Type"]) for each in match["TextTransformations"]) == [
            (0, "URL_DECODE"),
            (1, "NORMALIZE_PATH"),
        ]


def test_a_body_that_no_function_reads_is_refused() -> None:
    size = RULES["body-size"]["Statement"]["SizeConstraintStatement"]

    assert size["FieldToMatch"] == {"Body": {"OversizeHandling": "MATCH"}}
    assert size["ComparisonOperator"] == "GT"
    assert size["Size"] == OF_BASE64 * max(MAX_CMS_BYTES, MAX_CERTIFICATE_BYTES)
    # The firewall has to be given as much of a body as the rule measures.
    inspected = ACL["AssociationConfig"]["RequestBody"]["API_GATEWAY"]["DefaultSizeInspectionLimit"]
    assert inspected == f"KB_{size['Size'] // 1024}"


@pytest.mark.parametrize("path", BODIES)
def test_the_largest_body_of_a_route_passes(path: str) -> None:
    limit = RULES["body-size"]["Statement"]["SizeConstraintStatement"]["Size"]

    assert 0 < _largest(BODIES[path]) <= limit


def test_no_rule_of_others_refuses_base64_in_a_body() -> None:
    group = RULES["common-attacks"]["Statement"]["ManagedRuleGroupStatement"]

    assert (group["VendorName"], group["Name"]) == ("AWS", "AWSManagedRulesCommonRuleSet")
    assert group["RuleActionOverrides"] == [
        {"Name": name, "ActionToUse": {"Count": {}}}
        for name in ("SizeRestrictions_BODY", "CrossSiteScripting_BODY")
    ]


def test_the_firewall_of_relying_services_has_no_rules_on_contents() -> None:
    (rule,) = RELYING_ACL["Rules"]
    rate = rule["Statement"]["RateBasedStatement"]
    (everywhere,) = RESOURCES["RelyingApi"]["Properties"]["MethodSettings"]

    # All services at their limit pass from one address.
    assert rate["Limit"] == rate["EvaluationWindowSec"] * everywhere["ThrottlingRateLimit"]


def _rate(name: str) -> dict[str, Any]:
    statement: dict[str, Any] = RULES[name]["Statement"]["RateBasedStatement"]
    return statement


def _matches_of_paths(node: Any) -> Iterator[dict[str, Any]]:
    """Every statement that looks at the path, however deep."""
    if isinstance(node, list):
        for each in node:
            yield from _matches_of_paths(each)
    elif isinstance(node, dict):
        if "UriPath" in node.get("FieldToMatch", {}):
            yield node
        yield from _matches_of_paths(list(node.values()))


def _for_pages(value: Any) -> dict[str, Any]:
    """The value where an origin is listed, nothing otherwise."""
    return {"Fn::If": ["HasWebOrigins", value, {"Ref": "AWS::NoValue"}]}


def _largest(schema: dict[str, Any]) -> int:
    """Bytes of the longest JSON that a schema of a request allows and a client has a reason to send."""
    if "$ref" in schema:
        return _largest(CONTRACT["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if schema.get("type") == "object":
        members = dict(schema["properties"])
        if "cms" in members:  # it goes before a signature, and brings the certificate
            members = {name: member for name, member in members.items() if name not in ("signature", "certificate")}
        return 2 + sum(len(name) + 6 + _largest(member) for name, member in members.items())
    if schema.get("type") == "array":
        return int(schema.get("maxItems", 10)) * _largest(schema["items"])
    # Ids and numbers have a pattern and no length: none is longer.
    return int(schema.get("maxLength", 256))
