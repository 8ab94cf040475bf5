"""Common to every route: problem documents, languages, hostile bodies, defects without detail."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest
from jsonschema_rs import ValidationError

from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.entry.fields import Fields
from tests.support.account import Account
from tests.support.app import App, assert_problem
from tests.support.contract import check_documented
from tests.support.openapi import OPERATIONS
from tests.support.shape import PUBLIC_ROUTES, ROUTES, verb

POSTS = sorted(path for (_, path), operation in OPERATIONS.items() if "requestBody" in operation)
# The sealing key is public: only the gateway requires a session there.
BEHIND_LOGIN = sorted(ROUTES.keys() - PUBLIC_ROUTES - {("GET", "/sealing-key")})
PASSWORD = "/uploads/{upload_id}/password"
IDS = {
    "upload_id": "0" * 32,
    "registration_id": "r" + "0" * 32,
    "credential_id": "0" * 32,
    "request_id": "s" + "0" * 32,
}
NO_OBJECTS = [
    "",
    "{",
    "null",
    "[]",
    '"text"',
    "7",
    "NaN",
    "\ufeff{}",
    "{'a': 1}",
    "[" * 100_000,
    '{"a":' * 5_000,
    '{"a": ' + "9" * 5_000 + "}",
    '{"padding": "' + "x" * 32_768 + '"}',
]
OTHER_TYPES: list[object] = [None, True, 0, 1.5, "", [], {}, ["hong"], {"a": {"b": {}}}, "x" * 5_000, "\x00"]
INCOMPLETE_CONTEXTS: list[dict[str, Any] | None] = [
    None,
    {},
    {"customer_id": "hong"},
    {"proved_at": "yesterday"},
    {"proved_at": None},
]  # of the authorizer
PROVED = {"proof_id": "A" * 22}


@pytest.fixture
def app(account: Account) -> App:
    """Without trusted issuers: no test here needs them."""
    return App(account)


def ids_in(route: str) -> dict[str, str]:
    return {name: value for name, value in IDS.items() if name in route}


def post(app: App, route: str, body: str) -> Any:
    return app.call("POST", route, body, **ids_in(route))


@pytest.mark.parametrize("route", POSTS)
def test_a_body_other_than_an_object_is_malformed(app: App, account: Account, route: str) -> None:
    account.function(verb(ROUTES["POST", route]))
    account.calls.clear()
    for body in NO_OBJECTS:
        assert_problem(post(app, route, body), "MALFORMED_REQUEST", field="body")
    assert account.calls == []


@pytest.mark.parametrize(
    ("route", "good", "field"),
    [
        ("/login", {"customer_id": "hong", "password": "secret"}, "customer_id"),
        ("/login", {"customer_id": "hong", "password": "secret"}, "password"),
        ("/challenges/otp", {"challenge_id": "A" * 22, "code": "123456"}, "challenge_id"),
        ("/challenges/otp", {"challenge_id": "A" * 22, "code": "123456"}, "code"),
    ],
)
def test_members_of_a_wrong_type_are_named(
    app: App, account: Account, route: str, good: Mapping[str, Any], field: str
) -> None:
    account.function(verb(ROUTES["POST", route]))
    account.calls.clear()
    for value in OTHER_TYPES:
        response = app.call("POST", route, {**good, field: value})
        assert_problem(response, "MALFORMED_REQUEST", field=field)
        if isinstance(value, str) and value:
            assert value not in str(response.body)
    missing = app.call("POST", route, {name: each for name, each in good.items() if name != field})
    assert_problem(missing, "MALFORMED_REQUEST", field=field)
    assert account.calls == []


@pytest.mark.parametrize(
    "code", ["12345", "1234567", "12345a", "123456\n", "-12345", "١٢٣٤٥٦", "123.456", "1" * 33]
)
def test_a_code_is_six_digits(app: App, code: str) -> None:
    response = app.call("POST", "/challenges/otp", {"challenge_id": "A" * 22, "code": code})
    assert_problem(response, "MALFORMED_REQUEST", field="code")


def test_a_base64_body_is_decoded(app: App) -> None:
    event = app.event("POST", "/login", {"customer_id": "hong", "password": "비밀"})
    event |= {"body": base64.b64encode(event["body"].encode()).decode(), "isBase64Encoded": True}
    assert_problem(app.send(event), "LOGIN_FAILED")
    event["body"] = base64.b64encode(b"\xff\xfe{").decode()
    assert_problem(app.send(event), "MALFORMED_REQUEST", field="body")


@pytest.mark.parametrize(("method", "route"), BEHIND_LOGIN)
def test_without_an_authorizer_context_login_is_required(
    app: App, account: Account, method: str, route: str
) -> None:
    account.function(verb(ROUTES[method, route]))
    account.calls.clear()
    for authorizer in INCOMPLETE_CONTEXTS:
        event = app.event(method, route, {}, **ids_in(route))
        if authorizer is None:
            del event["requestContext"]["authorizer"]
        elif "proved_at" in authorizer:
            event["requestContext"]["authorizer"] |= authorizer
        else:
            event["requestContext"]["authorizer"] = authorizer
        assert_problem(app.send(event), "AUTH_REQUIRED")
    assert account.calls == []


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("ko", "ko"),
        ("en", "en"),
        ("EN-gb", "en"),
        ("en-US,en;q=0.9,ko;q=0.8", "en"),
        ("ko;q=0.4, en;q=0.6", "en"),
        ("ko;q=0.6 , en;q=0.4", "ko"),
        ("fr-FR,fr;q=0.9,en;q=0.1", "en"),
        ("fr, de", "ko"),
        ("en;q=0", "ko"),
        ("*", "ko"),
        ("", "ko"),
        (";;;,,,q=", "ko"),
        ("en;q=abc", "ko"),
        ("en;q=nan", "ko"),
        ("english", "ko"),
        ("x," * 5_000 + "en", "ko"),
        ("한국어", "ko"),
    ],
)
def test_the_language_is_the_one_preferred(app: App, header: str, language: str) -> None:
    app.language = header
    response = app.call("GET", "/uploads/{upload_id}", upload_id="0" * 32)
    assert_problem(response, "UPLOAD_NOT_FOUND")
    assert response.headers["Content-Language"] == language
    assert response.body["title"] == CATALOGUE[Code.UPLOAD_NOT_FOUND].title[language]


def test_without_headers_the_response_is_korean(app: App) -> None:
    event = app.event("GET", "/registrations/{registration_id}", registration_id="r" + "0" * 32)
    event |= {"headers": None, "multiValueHeaders": None}
    assert app.send(event).headers["Content-Language"] == "ko"


@pytest.mark.parametrize(("method", "route"), sorted(ROUTES))
def test_a_defect_returns_no_detail_and_is_logged_with_its_trace(
    app: App, account: Account, method: str, route: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every AWS call fails: no detail of it reaches the customer."""
    bodies: dict[str, object] = {
        "/login": {"customer_id": "hong", "password": "open sesame"},
        "/challenges/otp": {"challenge_id": "A" * 22, "code": "123456"},
        "/challenges/sms": {"challenge_id": "A" * 22},
        "/challenges/passkey": {
            "challenge_id": "A" * 22,
            **dict.fromkeys(("credential_id", "authenticator_data", "client_data_json", "signature"), "AAAA"),
        },
        "/challenges/certificate": {
            "challenge_id": "A" * 22,
            "registration_id": "r" + "0" * 32,
            "signature": "AAAA",
        },
        "/login/certificate": {"login_id": "A" * 22, "fingerprint": "ab" * 32, "signature": "AAAA"},
        "/credentials/passkey/options": PROVED,
        "/credentials/passkey": PROVED
        | {"name": "phone", "client_data_json": "AAAA", "attestation_object": "AAAA"},
        "/credentials/totp": PROVED,
        "/credentials/totp/code": PROVED | {"code": "123456"},
        "/credentials/phone": PROVED | {"phone": "+821012345678"},
        "/credentials/phone/code": PROVED | {"code": "123456"},
        "/credentials/{credential_id}/removal": PROVED,
        "/loss": {"customer_id": "hong", "password": "open sesame"},
        "/registrations/{registration_id}/resume": PROVED | {"signature": "AAAA"},
        "/signature-requests/{request_id}/signature": {
            "registration_id": "r" + "0" * 32,
            "signature": "AAAA",
        },
        "/step-up": {"operation": "register"},
        "/uploads": {"files": [{"name": "a", "size": 1, "sha256": "ab" * 32}], "proof_id": "A" * 22},
        PASSWORD: {"sealed": {"key_id": "a", "ciphertext": "AAAA"}},
        "/precheck": {"certificate": "AAAA", "customer_kind": "personal"},
        "/uploads/{upload_id}/registration": {"signature": "AAAA", "consent_version": "2026-11-30"},
    }
    account.function(verb(ROUTES[method, route]))

    def broken(*arguments: Any) -> None:
        raise RuntimeError("table registrar-internal-name is on fire")

    monkeypatch.setattr(account, "called", broken)
    app.extra_headers = {"Authorization": f"Bearer aG9uZw.{'A' * 43}"}
    body = bodies.get(route) if method == "POST" else None
    response = app.call(method, route, body, **ids_in(route))
    assert_problem(response, "SYSTEM_RETRY")
    assert response.headers["Retry-After"] == "5"
    told = json.dumps([response.body, dict(response.headers)], ensure_ascii=False)
    for detail in ("fire", "registrar-", "RuntimeError", "Traceback", "handler.py"):
        assert detail not in told
    support_ref = response.body["support_ref"]
    assert support_ref in response.body["detail"]
    (failure,) = [line for line in account.logged() if line["level"] == "ERROR"]
    assert failure["support_ref"] == support_ref
    assert "on fire" in failure["exception"]
    assert "Traceback" in failure["exception"]
    for sent in ("open sesame", "A" * 22, "123456", "ab" * 32, "AAAA"):
        assert sent not in account.log.getvalue(), "the request itself is not logged"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_success_with_texts_names_their_language(app: App, language: str) -> None:
    app.language = language
    assert app.call("GET", "/registrations").headers["Content-Language"] == language
    assert "Content-Language" not in app.call("GET", "/sealing-key").headers


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Language": None}, {}),
        ({"Content-Language": "de"}, {}),
        ({"Cache-Control": None}, {}),
        ({"Retry-After": "1"}, {}),
        ({"Content-Type": "text/html"}, {}),
        ({}, {"registrations": None}),
        ({}, {"member": "not in the document"}),
    ],
)
def test_a_response_that_the_contract_does_not_document_is_detected(
    app: App, headers: Mapping[str, str | None], body: Mapping[str, object]
) -> None:
    good = app.call("GET", "/registrations")
    sent = {name: value for name, value in {**good.headers, **headers}.items() if value is not None}
    with pytest.raises((AssertionError, KeyError, ValidationError)):
        check_documented("GET", "/registrations", 200, sent, {**good.body, **body})


def test_a_code_that_the_operation_does_not_list_is_detected(app: App) -> None:
    unknown = app.call("GET", "/uploads/{upload_id}", upload_id="0" * 32)
    assert_problem(unknown, "UPLOAD_NOT_FOUND")
    body = {**unknown.body, "code": "REG_NOT_FOUND"}
    with pytest.raises(AssertionError, match="REG_NOT_FOUND"):
        check_documented("GET", "/uploads/{upload_id}", 404, unknown.headers, body)


def test_no_response_may_be_cached(app: App) -> None:
    for response in (app.call("GET", "/registrations"), app.look("0" * 32)):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"


TYPED = [
    "123 456",
    "123\u00a0456",
    "123\u202f456",
    "123-456",
    "123\u2011456",
    "１２３４５６",
    " 123456 ",
    "\u200b123\u2009456\u200e",
]


@pytest.mark.parametrize("typed", TYPED)
def test_a_code_is_read_as_apps_show_it_and_keyboards_type_it(typed: str) -> None:
    assert Fields({"code": typed}, "").one_time_code("code") == "123456"


@pytest.mark.parametrize(
    "name",
    [
        "signCert\u202f2026.der", "sign\u00a0Cert.der", "sign\u200bCert.der", "👩‍👩‍👧‍👦.pfx", "새 인증서 (1).p12",
        "\U0001fae9 newer than our tables.pfx", "a" * 255,
    ],
)  # fmt: skip
def test_a_file_may_have_any_name_that_a_system_gives(name: str) -> None:
    assert Fields({"name": name}, "").file_name("name") == name


@pytest.mark.parametrize("name", ["", "a" * 256, "a\nb", "a\0", "a\x85b", "a\u2028b", "\ud800", None, 7])
def test_a_file_name_without_end_or_with_controls_is_malformed(name: object) -> None:
    with pytest.raises(Refusal, match="MALFORMED_REQUEST"):
        Fields({"name": name}, "").file_name("name")
