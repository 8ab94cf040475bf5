"""docs/relying.yaml matches the template, the code, and what docs/openapi.yaml shares with it."""

import json
import tomllib
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from openapi_spec_validator import validate

from registrar.domain.access.relying_service import ENTRY_LIFE
from registrar.domain.possession.verification import Verdict
from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.rendering import render
from registrar.domain.registrations.registration import REASONS
from registrar.domain.registrations.usability import Purpose
from registrar.domain.revocation.status import StatusValue
from registrar.domain.signing.kinds import KINDS
from registrar.domain.signing.signature_request import (
    DEFAULT_SECONDS,
    LEAST_SECONDS,
    MOST_SECONDS,
    Hint,
    SigningState,
)
from registrar.entry.problems import PROBLEM_TYPE
from registrar.settings import bank
from tests.support.openapi import RELYING_OPERATIONS, RELYING_PATH, RELYING_SPEC, SPEC, members
from tests.support.reachable import reach
from tests.support.shape import (
    RELYING_GATEWAY,
    RELYING_ROUTES,
    RESOURCES,
    TEMPLATE,
    function_property,
    verb,
)
from tests.support.signing import HOSTILE, TRANSFER, VALUES
from tools.checks.problem_examples import BEGIN, END, RELYING, section
from tools.checks.sections import with_section
from tools.cloud.emulator import ROOT
from tools.packaging.template import gateway_body

SCHEMAS: dict[str, dict[str, Any]] = RELYING_SPEC["components"]["schemas"]
GATEWAY = {name: json.loads(gateway_body(response, TEMPLATE)) for name, response in RELYING_GATEWAY.items()}
PROBLEM_JSON = "application/problem+json"
FAILURES = {
    *(Code.CERT_NOT_YET_VALID, Code.TRUST_ISSUER_NOT_ACCEPTED_NOW, Code.TRUST_CA_REVOKED),
    *(Code.REVOCATION_NOT_CONFIRMED, Code.SIGNING_ATTEMPTS_EXCEEDED),
}
"""Why a signature request fails, beside the reasons of a registration."""
STATUS_CODES = {Code.NOT_REGISTERED, Code.CERT_NOT_YET_VALID, Code.STATUS_OUTDATED}
"""Reasons of a status beside those of a registration."""
# It raises REG_NOT_FOUND for customers; the reads of a status raise nothing.
IMPOSSIBLE = {"REG_NOT_FOUND"}
each_operation = pytest.mark.parametrize("route", RELYING_OPERATIONS, ids=" ".join)


def resolved(node: Any) -> Any:
    """What a $ref points to, or the node itself."""
    while isinstance(node, dict) and "$ref" in node:
        found: Any = RELYING_SPEC
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/")]
        node = found
    return node


def check(value: Any, schema: dict[str, Any]) -> None:
    components = RELYING_SPEC["components"]
    jsonschema_rs.validate({**schema, "components": components}, value, validate_formats=True)


def listed(route: tuple[str, str]) -> set[tuple[str, str]]:
    """Status and code of every problem that an operation lists."""
    found = set()
    for status, response in RELYING_OPERATIONS[route]["responses"].items():
        media = resolved(response)["content"].get(PROBLEM_JSON)
        if media:
            assert media["schema"] == {"$ref": "#/components/schemas/Problem"}
            found |= {(status, code) for code in media["x-codes"]}
    return found


def test_the_document_is_valid_openapi() -> None:
    validate(RELYING_SPEC)
    assert (
        RELYING_SPEC["info"]["version"]
        == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    )
    ids = [operation["operationId"] for operation in RELYING_OPERATIONS.values()]
    assert len(set(ids)) == len(ids)


def test_routes_and_methods_are_the_templates_and_all_are_signed() -> None:
    assert RELYING_OPERATIONS.keys() == RELYING_ROUTES.keys()
    assert RELYING_SPEC["security"] == [{"sigv4": []}]
    assert not [route for route, operation in RELYING_OPERATIONS.items() if "security" in operation]


@each_operation
def test_exactly_the_codes_that_a_route_can_return_are_listed(route: tuple[str, str]) -> None:
    reached = reach(verb(RELYING_ROUTES[route]))
    expected = (reached.refusals - IMPOSSIBLE) | {"SYSTEM_RETRY", "RELYING_SERVICE_UNKNOWN"}
    expected |= {document["code"] for document in GATEWAY.values()}
    if reached.conflicts:
        expected.add("STATE_CONFLICT")

    assert {code for _, code in listed(route)} == expected


@each_operation
def test_every_listed_code_has_the_catalogues_status(route: tuple[str, str]) -> None:
    for status, code in listed(route):
        assert CATALOGUE[Code(code)].status == int(status), code


def test_enumerations_match_the_code() -> None:
    problems = {code for route in RELYING_OPERATIONS for _, code in listed(route)}
    reasons = set(REASONS.values()) | STATUS_CODES
    failures = set(REASONS.values()) | FAILURES
    findings = reach("verify_signature").findings
    entries = [CATALOGUE[Code(code)] for code in problems | reasons | failures | findings]

    assert set(SCHEMAS["ProblemCode"]["enum"]) == problems
    assert set(SCHEMAS["ReasonCode"]["enum"]) == reasons
    assert set(SCHEMAS["FailureCode"]["enum"]) == failures
    assert SPEC["components"]["schemas"]["FailureCode"]["enum"] == SCHEMAS["FailureCode"]["enum"]
    request = SCHEMAS["SignatureRequest"]["properties"]
    assert request["state"]["enum"] == [each.value for each in SigningState]
    assert request["hint"]["enum"] == [*(each.value for each in Hint), None]
    assert set(SCHEMAS["FindingCode"]["enum"]) == findings
    assert SCHEMAS["Verification"]["properties"]["verdict"]["enum"] == [each.value for each in Verdict]
    assert SCHEMAS["IssuerStatus"]["properties"]["status"]["enum"] == [each.value for each in StatusValue]
    assert set(SCHEMAS["NextAction"]["enum"]) == {entry.next_action for entry in entries}
    assert SCHEMAS["Purpose"]["enum"] == [each.value for each in Purpose]
    # The support reference is a member of its own.
    assert SCHEMAS["Params"]["properties"].keys() == {n for e in entries for n in e.params} - {
        "bank",
        "support_ref",
    }


def test_a_problem_has_the_form_of_the_customers_api() -> None:
    ours, theirs = SCHEMAS["Problem"], SPEC["components"]["schemas"]["Problem"]

    assert ours["required"] == theirs["required"]
    assert ours["properties"].keys() == theirs["properties"].keys()
    assert SCHEMAS["Instant"] == SPEC["components"]["schemas"]["Instant"]
    shared = SPEC["components"]["schemas"]["Params"]["properties"]
    assert {name: shared[name] for name in SCHEMAS["Params"]["properties"]} == SCHEMAS["Params"]["properties"]


def test_every_property_is_described() -> None:
    missing = [
        where
        for name, schema in SCHEMAS.items()
        for where, member in members(name, schema)
        if not member.get("description") and not resolved(member).get("description")
    ]
    assert not missing


@each_operation
def test_exactly_the_responses_with_texts_have_a_language(route: tuple[str, str]) -> None:
    """A status and a failed signature request have the texts of their reason."""
    for response in map(resolved, RELYING_OPERATIONS[route]["responses"].values()):
        (media,) = response["content"].values()
        named = {"Reason", "FailureReason", "Problem"} & set(_schemas_in(media["schema"]))
        assert ("Content-Language" in response["headers"]) is bool(named)


def _schemas_in(node: Any) -> Iterator[str]:
    """Names of the schemas that a schema refers to, directly or not."""
    if isinstance(node, list):
        for each in node:
            yield from _schemas_in(each)
    elif isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"].rpartition("/")[2]
            yield from _schemas_in(resolved(node))
        yield from _schemas_in(list(node.values()))


@each_operation
def test_every_code_of_a_response_has_an_example(route: tuple[str, str]) -> None:
    for response in map(resolved, RELYING_OPERATIONS[route]["responses"].values()):
        media = response["content"].get(PROBLEM_JSON)
        if media:
            values = [resolved(example)["value"] for example in media["examples"].values()]
            assert {value["code"] for value in values} == set(media["x-codes"])


def test_examples_of_problems_are_the_written_ones() -> None:
    text = RELYING_PATH.read_text(encoding="utf-8")
    codes = [Code(code) for code in SCHEMAS["ProblemCode"]["enum"]]

    assert with_section(text, BEGIN, END, section(codes, TEMPLATE, RELYING)) == text, "run `make docs`"


def test_the_bank_fills_in_the_same_as_for_apps() -> None:
    assert {name: RELYING_SPEC["info"][name] for name in ("contact", "license")} == {
        name: SPEC["info"][name] for name in ("contact", "license")
    }
    assert [server["url"] for server in RELYING_SPEC["servers"]] == [server["url"] for server in SPEC["servers"]]


def test_only_names_of_certificates_and_values_to_sign_are_closed() -> None:
    """Later versions may add members to all else. A name with a member of another one is refused, and so is a value
    that the customer would not see."""
    text = RELYING_PATH.read_text(encoding="utf-8")
    closed = [
        *SCHEMAS["CertificateName"]["oneOf"],
        *SCHEMAS["NewSignatureRequest"]["oneOf"],
    ]

    assert text.count("additionalProperties: false") == len(closed)


@pytest.mark.parametrize("kind", KINDS)
def test_the_values_of_a_kind_are_those_of_the_code(kind: str) -> None:
    schema = SCHEMAS[f"{kind.capitalize()}Values"]

    assert SCHEMAS["Kind"]["enum"] == list(KINDS)
    assert SCHEMAS[f"New{kind.capitalize()}"]["properties"]["kind"]["const"] == kind
    assert list(schema["properties"]) == [line.name for line in KINDS[kind].lines]
    assert schema["required"] == [line.name for line in KINDS[kind].lines if line.required]
    check(VALUES[kind], schema)


@pytest.mark.parametrize("name", HOSTILE)
def test_the_contract_refuses_the_texts_that_the_code_refuses(name: str) -> None:
    if name == "a half of a character":
        pytest.skip("JSON in UTF-8 has none")
    if name.startswith("the label"):
        assert "label of a line" in SCHEMAS["LineText"]["description"], (
            "a pattern of all labels would be unreadable"
        )
        return
    with pytest.raises(jsonschema_rs.ValidationError):
        check({**TRANSFER, "payee": HOSTILE[name]}, SCHEMAS["TransferValues"])


def test_numbers_match_the_code() -> None:
    source = (ROOT / "functions/get_status/handler.py").read_text()
    text = RELYING_PATH.read_text(encoding="utf-8")
    throttle = RESOURCES["RelyingApi"]["Properties"]["MethodSettings"][0]
    rule = RESOURCES["RelyingWebAcl"]["Properties"]["Rules"][0]["Statement"]["RateBasedStatement"]

    seconds = SCHEMAS["ExpiresIn"]
    assert (seconds["minimum"], seconds["maximum"]) == (LEAST_SECONDS, MOST_SECONDS)
    assert seconds["default"] == DEFAULT_SECONDS
    assert f"MOST_IN_A_BATCH = {SCHEMAS['BatchRequest']['properties']['certificates']['maxItems']}\n" in source
    assert "MOST_OF_A_BATCH = 64 * 1024\n" in source
    assert "at most 64 KiB" in text
    assert f"{throttle['ThrottlingRateLimit']} requests a second" in text
    assert f"{throttle['ThrottlingBurstLimit']} in a burst" in text
    assert f"{rule['Limit']:,} requests in five minutes" in text
    assert f"within {function_property('GetStatusFunction', 'Timeout')} seconds" in text
    assert ENTRY_LIFE.total_seconds() == 60


def _examples() -> Iterator[Any]:
    for (method, path), operation in RELYING_OPERATIONS.items():
        bodies = {status: resolved(each)["content"] for status, each in operation["responses"].items()}
        if "requestBody" in operation:
            bodies["body"] = operation["requestBody"]["content"]
        for where, content in bodies.items():
            for media in content.values():
                for name, example in media["examples"].items():
                    value = resolved(example)["value"]
                    yield pytest.param(media["schema"], value, id=f"{method} {path} {where} {name}")


@pytest.mark.parametrize(("schema", "example"), list(_examples()))
def test_examples_match_their_schemas_and_the_catalogue(schema: dict[str, Any], example: Any) -> None:
    check(example, schema)
    if "support_ref" in example:
        _check_problem(example)
    for status in example.get("results", [example]):
        if reason := status.get("reason"):
            entry = CATALOGUE[Code(reason["code"])]
            assert (reason["title"], reason["detail"]) == render(entry.code, "en", bank().params | reason["params"])
            assert reason["next_action"] == entry.next_action


def _check_problem(problem: dict[str, Any]) -> None:
    """It has exactly the texts of ours, or of the gateway's."""
    entry = CATALOGUE[Code(problem["code"])]
    assert (problem["status"], problem["retryable"]) == (entry.status, entry.retryable)
    assert (problem["next_action"], problem["type"]) == (entry.next_action.value, PROBLEM_TYPE + entry.faq)
    if "detail" in problem:
        params = bank().params | {"support_ref": problem["support_ref"], **problem["params"]}
        assert render(entry.code, "en", params) == (problem["title"], problem["detail"])
    else:
        assert {**problem, "support_ref": "$context.requestId"} in GATEWAY.values()
