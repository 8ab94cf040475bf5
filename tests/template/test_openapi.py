"""docs/openapi.yaml matches the template and the code, and docs/integrate.md matches openapi.yaml."""

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from openapi_spec_validator import validate

from registrar.domain.access import challenge as challenges
from registrar.domain.access import passwords
from registrar.domain.access import session as sessions
from registrar.domain.possession import proofs, sealing
from registrar.domain.possession.texts_to_sign import CONSENT_TEXT, CONSENT_VERSION
from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.findings import Level
from registrar.domain.reasons.reason import NextAction
from registrar.domain.reasons.rendering import render
from registrar.domain.registrations import upload as uploads
from registrar.domain.registrations import upload_files
from registrar.domain.registrations.registration import EXPIRING, Lifecycle, View
from registrar.entry.problems import PROBLEM_TYPE
from registrar.entry.request import MAX_BODY_BYTES
from registrar.settings import bank
from tests.support.openapi import OPERATIONS, PATH, SPEC, members
from tests.support.reachable import reach
from tests.support.shape import PUBLIC_ROUTES, RESOURCES, ROUTES, TEMPLATE, verb
from tools.checks.problem_examples import BEGIN, END, params_of, section
from tools.checks.sections import with_section
from tools.cloud.emulator import ROOT
from tools.packaging.template import gateway_body

SCHEMAS: dict[str, dict[str, Any]] = SPEC["components"]["schemas"]
EXAMPLES: dict[str, dict[str, Any]] = SPEC["components"]["examples"]
GUIDE = (ROOT / "docs/integrate.md").read_text(encoding="utf-8")
GATEWAY = {
    name: json.loads(gateway_body(response, TEMPLATE))
    for name, response in RESOURCES["Api"]["Properties"]["GatewayResponses"].items()
}
FOLDERS = {route: verb(name) for route, name in ROUTES.items()}
PROBLEM_JSON = "application/problem+json"
# Raised by handlers for an upload in another state; a code without a status of its own is never a finding.
IMPOSSIBLE = {
    ("POST", "/uploads/{upload_id}/password"): {"FILE_PASSWORD_REQUIRED"},
    ("POST", "/registrations/{registration_id}/loss"): {"LOGIN_FAILED"},
    ("POST", "/registrations/loss"): {"LOGIN_FAILED", "REG_NOT_FOUND"},
    ("POST", "/loss"): {"AUTH_REQUIRED", "REG_NOT_FOUND"},
    ("DELETE", "/registrations/{registration_id}"): {"REG_DEREGISTERED"},
    # No code is used up.
    ("POST", "/login/certificate"): {"STEP_UP_REUSED"},
    # Of the changes that end a registration, only deregistration needs a proof.
    ("POST", "/registrations/{registration_id}/check"): {"STEP_UP_REQUIRED"},
    # What fails the request is its result.
    ("POST", "/signature-requests/{request_id}/signature"): {"TRUST_ISSUER_NOT_ACCEPTED_NOW", "TRUST_CA_REVOKED"},
}
NO_FINDINGS = {"AUTH_REQUIRED", "MALFORMED_REQUEST"}
each_operation = pytest.mark.parametrize("route", OPERATIONS, ids=" ".join)


def resolved(node: Any) -> Any:
    """What a $ref points to, or the node itself."""
    while isinstance(node, dict) and "$ref" in node:
        found: Any = SPEC
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/")]
        node = found
    return node


def check(value: Any, schema: dict[str, Any]) -> None:
    jsonschema_rs.validate({**schema, "components": SPEC["components"]}, value, validate_formats=True)


def responses(route: tuple[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for status, response in OPERATIONS[route]["responses"].items():
        yield status, resolved(response)


def listed(route: tuple[str, str]) -> set[tuple[str, str]]:
    """Status and code of every problem that an operation lists."""
    found = set()
    for status, response in responses(route):
        media = response.get("content", {}).get(PROBLEM_JSON)
        if media:
            assert media["schema"] == {"$ref": "#/components/schemas/Problem"}
            found |= {(status, code) for code in media["x-codes"]}
    return found


def found_in(*folders: str) -> set[str]:
    """Codes of the findings that these functions make, refusals that become findings among them."""
    return {code for folder in folders for code in reach(folder).findings} - NO_FINDINGS


def found_by_the_checks() -> set[str]:
    """Codes of findings that an upload can have."""
    return found_in("validate_upload", "open_container", "check_revocation", "get_upload", "register_certificate")


def test_the_document_is_valid_openapi() -> None:
    validate(SPEC)
    assert SPEC["info"]["version"] == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    ids = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(ids)) == len(ids)


def test_readme_names_everything_that_the_bank_fills_in() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.split("## What the bank fills in")[1].split("\n## ")[0]
    info, servers = SPEC["info"], SPEC["servers"]
    values = [info["contact"]["name"], info["license"]["name"]]
    values += [variable["api_id"]["default"] for variable in (server["variables"] for server in servers)]

    assert [value for value in values if f"`{value}`" not in section] == []
    assert info["contact"].keys() == {"name"}


def test_one_schema_lists_every_problem_code() -> None:
    codes = {code for route in OPERATIONS for _, code in listed(route)}

    assert set(SCHEMAS["ProblemCode"]["enum"]) == codes
    assert SCHEMAS["Problem"]["properties"]["code"] == {"$ref": "#/components/schemas/ProblemCode"}


def test_routes_methods_and_security_are_the_templates() -> None:
    assert OPERATIONS.keys() == FOLDERS.keys()
    assert SPEC["security"] == [{"session": []}]
    assert {route for route, operation in OPERATIONS.items() if operation.get("security") == []} == PUBLIC_ROUTES
    own = {route for route, operation in OPERATIONS.items() if "security" in operation}
    assert own == PUBLIC_ROUTES, "every other operation needs a session"
    assert SPEC["components"]["securitySchemes"]["session"]["scheme"] == "bearer"


@each_operation
def test_exactly_the_codes_that_a_route_can_return_are_listed(route: tuple[str, str]) -> None:
    reached = reach(FOLDERS[route])
    expected = reached.refusals | {"SYSTEM_RETRY"}
    expected -= IMPOSSIBLE.get(route, set())
    expected |= {GATEWAY[kind]["code"] for kind in ("THROTTLED", "WAF_FILTERED", "DEFAULT_4XX", "DEFAULT_5XX")}
    if reached.conflicts:
        expected.add("STATE_CONFLICT")
    if reached.passes_findings_on:
        expected |= found_by_the_checks()
    if OPERATIONS[route].get("security") != []:
        expected |= {GATEWAY[kind]["code"] for kind in ("UNAUTHORIZED", "ACCESS_DENIED")}

    # ALREADY_REGISTERED returns the registration: its status is not an error's.
    assert {code for _, code in listed(route)} == {code for code in expected if CATALOGUE[Code(code)].status >= 400}


@each_operation
def test_every_listed_code_has_the_catalogues_status(route: tuple[str, str]) -> None:
    for status, code in listed(route):
        assert CATALOGUE[Code(code)].status == int(status), code


def test_finding_codes_match_the_checks() -> None:
    assert set(SCHEMAS["FindingCode"]["enum"]) == found_by_the_checks() | found_in("precheck")


def test_enumerations_match_the_code() -> None:
    params = {name for entry in CATALOGUE.values() for name in entry.params} | {"registration_id"}
    params -= {"bank"}  # in texts alone

    assert SCHEMAS["NextAction"]["enum"] == [action.value for action in NextAction]
    # An upload whose status is being queried is shown as VALIDATING.
    shown = {state.value for state in uploads.UploadState} - {"CHECKING"}
    assert set(SCHEMAS["UploadState"]["enum"]) == shown
    assert set(SCHEMAS["Upload"]["discriminator"]["mapping"]) == shown
    assert SCHEMAS["Finding"]["properties"]["level"]["enum"] == [level.value for level in Level]
    assert set(SCHEMAS["Registration"]["properties"]["status"]["enum"]) == {*Lifecycle, *View}
    assert SCHEMAS["Params"]["properties"].keys() == params


def test_response_schemas_are_open_as_later_versions_addmembers() -> None:
    assert "additionalProperties: false" not in PATH.read_text(encoding="utf-8")


def test_every_property_is_described() -> None:
    """By itself, or by the schema that it refers to, however deep it is."""
    missing = [
        where
        for name, schema in SCHEMAS.items()
        for where, member in members(name, schema)
        if not member.get("description") and not resolved(member).get("description")
    ]
    assert not missing


def test_a_property_without_description_is_found_at_every_depth() -> None:
    deepest = {"type": "object", "properties": {"deep": {"type": "string"}}}
    schema = {
        "properties": {"list": {"items": {"items": deepest}}},
        **{key: [{"properties": {key: deepest}}] for key in ("oneOf", "anyOf", "allOf")},
        "additionalProperties": deepest,
    }

    assert [where for where, member in members("X", schema) if member == {"type": "string"}] == [
        *("X.list.deep", "X.deep", "X.oneOf.deep", "X.anyOf.deep", "X.allOf.deep"),
    ]


def _choices(node: Any) -> Iterator[dict[str, Any]]:
    """Every `oneOf` of several objects."""
    if isinstance(node, list):
        for each in node:
            yield from _choices(each)
    elif isinstance(node, dict):
        if sum(resolved(each).get("type") == "object" for each in node.get("oneOf", [])) > 1:
            yield node
        yield from _choices(list(node.values()))


def test_a_discriminator_decides_which_of_several_objects_it_is() -> None:
    choices = list(_choices(SPEC))
    assert [each["discriminator"]["propertyName"] for each in choices] == ["kind", "state", "kind"]
    for choice in choices:
        member = choice["discriminator"]["propertyName"]
        values: dict[str, str] = {}
        for each in choice["oneOf"]:
            schema = resolved(each)
            assert member in schema["required"]
            values |= dict.fromkeys(schema["properties"][member]["enum"], each["$ref"])
        assert choice["discriminator"]["mapping"] == values


@each_operation
def test_exactly_the_responses_with_texts_have_a_language(route: tuple[str, str]) -> None:
    """Findings, consents, reasons, and names of issuers, policies and services are in the language asked for."""
    for _, response in responses(route):
        (media,) = response["content"].values()
        texts = {"Finding", "Consent", "Certificate", "FailureReason", "Problem"}
        named = texts & set(_schemas_in(media["schema"]))
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
        yield from _schemas_in([value for name, value in node.items() if name != "mapping"])


def test_numbers_match_the_code() -> None:
    file = SCHEMAS["AnnouncedFile"]["properties"]
    signature = SCHEMAS["RegistrationRequest"]["properties"]["signature"]
    assert file["size"]["maximum"] == upload_files.MAX_FILE_BYTES
    assert SCHEMAS["LoginRequest"]["properties"]["password"]["maxLength"] == passwords.MAX_PASSWORD_CHARS
    assert SCHEMAS["Challenge"]["properties"]["tries_left"]["maximum"] == challenges.MAX_TRIES
    cms = SCHEMAS["RegistrationRequest"]["properties"]["cms"]
    assert signature["maxLength"] == _base64(proofs.MAX_SIGNATURE_BYTES)
    assert cms["maxLength"] == _base64(proofs.MAX_CMS_BYTES)
    assert SCHEMAS["Sealed"]["properties"]["ciphertext"]["maxLength"] == _base64(sealing.MAX_SEALED_BYTES)
    precheck = SCHEMAS["PrecheckRequest"]["properties"]["certificate"]
    assert precheck["maxLength"] == _base64(upload_files.MAX_CERTIFICATE_BYTES)
    assert SCHEMAS["UploadRequest"]["properties"]["files"]["maxItems"] == upload_files.MAX_FILES
    tries = SCHEMAS["UploadNeedsPassword"]["properties"]["password"]["properties"]["tries_left"]
    assert tries["maximum"] == uploads.MAX_PASSWORD_TRIES
    assert MAX_BODY_BYTES == 16 * 1024
    assert EXPIRING.days == 30

    limits = {
        "challenge": f"{_minutes(challenges.CHALLENGE_LIFE)}, {challenges.MAX_TRIES} tries",
        "session": f"{sessions.SESSION_LIFE.seconds // 3600} hour, {_minutes(sessions.SESSION_IDLE)} without a"
        " request; a login elsewhere ends it",
        "proof of identity": f"{_minutes(challenges.PROOF_LIFE)}, once",
        "upload form": _minutes(uploads.POST_LIFE),
        "file has to arrive": f"{_minutes(uploads.UPLOAD_LIFE)} from the announcement",
        "text to sign": f"{_minutes(uploads.TEXT_LIFE)}, new ones on request",
        "signature": f"{uploads.PROOF_DEADLINE.days * 24} hours from the decision, {uploads.MAX_BAD_PROOFS} tries",
        "uploads": f"{uploads.DAILY_UPLOADS} a day and customer (days in UTC: they begin at 09:00 in Seoul)",
        "password of a file": f"{_minutes(uploads.PASSWORD_DEADLINE)}, {uploads.MAX_PASSWORD_TRIES} tries",
        "files": f"{upload_files.MAX_FILES}, together {upload_files.MAX_FILE_BYTES} bytes",
        "uploads can be asked for": f"{uploads.RETENTION.days} days",
    }
    rows = "\n".join(f"| {what} | {limit} |" for what, limit in limits.items())
    assert rows in GUIDE


def _base64(count: int) -> int:
    return (count + 2) // 3 * 4


def _minutes(life: Any) -> str:
    return f"{life.seconds // 60} minutes"


def _examples() -> list[Any]:
    """Each example once, with the schema that it is an example of."""
    found: dict[str | tuple[str, str], Any] = {}
    for (method, path), operation in OPERATIONS.items():
        bodies = {status: resolved(response)["content"] for status, response in operation["responses"].items()}
        if "requestBody" in operation:
            bodies["body"] = operation["requestBody"]["content"]
        for where, content in bodies.items():
            for media in content.values():
                for name, example in media["examples"].items():
                    shared = (name, media["schema"]["$ref"]) if "$ref" in example else None
                    place = f"{method} {path} {where} {name}"
                    value = pytest.param(media["schema"], resolved(example)["value"], id=place)
                    found.setdefault(shared or place, value)
    return list(found.values())


@pytest.mark.parametrize(("schema", "example"), _examples())
def test_examples_match_their_schemas(schema: dict[str, Any], example: Any) -> None:
    check(example, schema)
    if "support_ref" in example:
        _check_texts(example)
    for finding in example.get("findings", []):
        assert render(finding["code"], "en", bank().params | finding["params"]) == (
            finding["title"],
            finding["text"],
        )
        assert (finding["next_action"], finding["faq"]) == _known(finding["code"])


def _check_texts(problem: dict[str, Any]) -> None:
    """A problem in an example has exactly the texts of ours, or of the gateway's."""
    entry = CATALOGUE[problem["code"]]
    assert (problem["status"], problem["retryable"]) == (entry.status, entry.retryable)
    assert (problem["next_action"], problem["type"]) == (_known(entry.code)[0], PROBLEM_TYPE + entry.faq)
    if "detail" in problem:
        params = bank().params | {"support_ref": problem["support_ref"], **problem["params"]}
        assert render(entry.code, "en", params) == (problem["title"], problem["detail"])
    else:
        assert {**problem, "support_ref": "$context.requestId"} in GATEWAY.values()


@each_operation
def test_every_code_of_a_response_has_an_example(route: tuple[str, str]) -> None:
    for _, response in responses(route):
        media = response["content"].get(PROBLEM_JSON)
        if media:
            values = [resolved(example)["value"] for example in media["examples"].values()]
            assert {value["code"] for value in values} == set(media["x-codes"])


@pytest.mark.parametrize("code", [code for code in SCHEMAS["ProblemCode"]["enum"] if code in EXAMPLES])
def test_example_of_a_code_has_the_catalogues_texts_in_both_languages(code: str) -> None:
    """Its own texts are English; summary and description are the Korean ones."""
    example, params = EXAMPLES[code], params_of(Code(code))
    value = example["value"]
    reference = bank().params | {"support_ref": value["support_ref"]}

    assert render(Code(code), "en", params | reference) == (value["title"], value["detail"])
    assert render(Code(code), "ko", params | reference) == (example["summary"], example["description"])
    assert value["status"] == CATALOGUE[Code(code)].status
    number = {"help_desk"} if value["next_action"] == NextAction.CALL else set()
    assert value["params"].keys() == params.keys() | number, "with CALL the number for a button that calls"


def test_examples_of_problems_are_the_written_ones() -> None:
    text, codes = PATH.read_text(encoding="utf-8"), [Code(code) for code in SCHEMAS["ProblemCode"]["enum"]]

    assert with_section(text, BEGIN, END, section(codes, TEMPLATE)) == text, "run `make docs`"


def test_only_the_gateways_codes_have_no_example_of_ours() -> None:
    assert set(SCHEMAS["ProblemCode"]["enum"]) - EXAMPLES.keys() == {"AUTH_REQUIRED", "SESSION_EXPIRED"}


def _known(code: str) -> tuple[str, str]:
    return CATALOGUE[Code(code)].next_action.value, CATALOGUE[Code(code)].faq


def test_the_consent_version_matches_the_code() -> None:
    upload = SPEC["paths"]["/uploads/{upload_id}"]["get"]["responses"]["200"]["content"]["application/json"]
    consent = upload["examples"]["awaiting_proof"]["value"]["proof"]["consent"]

    assert consent == {"version": CONSENT_VERSION, "text": CONSENT_TEXT["en"]}


def test_examples_of_the_guide_match_the_schemas() -> None:
    shown = re.findall(r"<!-- (\w+) -->\n```json\n(.*?)```", GUIDE, re.DOTALL)

    assert len(shown) == GUIDE.count("```json")
    for schema, text in shown:
        check(json.loads(text), {"$ref": f"#/components/schemas/{schema}"})


def test_the_guide_lists_every_next_action() -> None:
    rows = re.findall(r"^\| (`[A-Z_]+`)", GUIDE, re.MULTILINE)

    assert {row.strip("`") for row in rows} >= {action.value for action in NextAction}
