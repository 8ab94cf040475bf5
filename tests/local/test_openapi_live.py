"""docs/openapi.yaml against the running service, with generated and with real requests.

Exceptions are an address that does not exist, and `EXCLUDED`.
"""

import base64
import hashlib
import uuid
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.contract import check_documented
from tests.support.expect import refused_by_the_gateway
from tests.support.openapi import OPERATIONS, PATH
from tools.cloud.http_calls import HttpResponse, post_form, send
from tools.cloud.local_cloud import LocalCloud
from tools.demo.phone import Phone, sign
from tools.pki.authorities import CustomerCertificate
from tools.pki.npki_containers import pfx
from tools.pki.npki_files import sign_pri_key

if TYPE_CHECKING:
    import requests
    from schemathesis import BaseSchema, Case

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

NewPhone = Callable[..., Phone]
NewCertificate = Callable[..., CustomerCertificate]

PROTECTED = [route for route, operation in OPERATIONS.items() if "security" not in operation]
LANGUAGE_ALONE = [{"$ref": "#/components/parameters/AcceptLanguage"}]
NOTHING_WRONG = [
    route
    for route, operation in OPERATIONS.items()
    if "requestBody" not in operation and operation.get("parameters") == LANGUAGE_ALONE
]
EXAMPLES = 15
SEED = 20261122

EXCLUDED = {
    "unsupported_method": "API Gateway answers a method that a path does not have, and cannot say 405",
    "allow_header_conformance": "the same",
    "ignored_auth": "one test below: each such request costs the emulator a cold start of the authorizer",
}
HALF_SAID = {
    "password": "'printable' has no portable pattern: the description says all of it, the pattern a part",
    "name": "the same",
    "files[0].name": "the same",
    "consent_version": "the same",
    "files[1].name": "the same",
    "sealed.key_id": "the same",
    "random_number.key_id": "the same",
    "files[1].size": "as of files[0]",
    "certificate": "the longest text of base64 holds two bytes too many where it has no padding",
    "cms": "the same",
    "files[0].size": "JSON Schema takes 182.0 for a whole number, the service does not; the description says so",
}


@pytest.fixture(scope="module")
def schema() -> "BaseSchema":
    import schemathesis  # slow to import: only here

    config = schemathesis.Config.from_dict({"generation": {"with-security-parameters": False}})
    return schemathesis.openapi.from_path(PATH, config=config)


@pytest.fixture
def session() -> Iterator["requests.Session"]:
    import requests

    with requests.Session() as made:
        made.trust_env = False  # a proxy of the environment must not receive loopback requests
        yield made


def check_case(case: "Case[Any]", url: str, session: "requests.Session", headers: dict[str, str]) -> None:
    """Send it and check: no 5xx, documented status, type, headers and body, validity as documented."""
    from schemathesis.checks import CHECKS, load_all_checks

    load_all_checks()
    checks: dict[str, Any] = {name: CHECKS.get_one(name) for name in CHECKS.get_all_names()}
    response = case.call(base_url=url, headers=headers, session=session)
    body = response.json() if response.content else None
    excluded = [checks[name] for name in EXCLUDED]
    if isinstance(body, dict) and body.get("params", {}).get("field") in HALF_SAID:
        excluded.append(checks["positive_data_acceptance"])
    # An address or a method that does not exist is no operation's response.
    no_route = isinstance(body, dict) and body.get("code") == "ROUTE_NOT_FOUND"
    case.validate_response(
        response,
        [checks["not_a_server_error"]] if no_route else None,
        excluded_checks=excluded,
        headers=headers,
        transport_kwargs={"session": session, "headers": headers},
    )


def bearer(phone: Phone) -> dict[str, str]:
    return {"Authorization": f"Bearer {phone.token}"} if phone.token else {}


@pytest.mark.parametrize(
    ("mode", "method", "path"),
    [("positive", *operation) for operation in OPERATIONS]
    # An operation with no parameter but the language has no invalid requests.
    + [("negative", *operation) for operation in OPERATIONS if operation not in NOTHING_WRONG],
)
def test_random_requests_get_documented_responses(
    schema: "BaseSchema", session: "requests.Session", new_phone: NewPhone, mode: str, method: str, path: str
) -> None:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded
    from schemathesis import GenerationMode

    phone = new_phone(log_in=(method, path) in PROTECTED)
    cases = schema[path][method].as_strategy(generation_mode=GenerationMode(mode))

    @seeded(SEED)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def send_and_check(case: "Case[Any]") -> None:
        check_case(case, phone.url, session, bearer(phone))

    send_and_check()


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_requests_at_every_limit_get_documented_responses(
    schema: "BaseSchema", session: "requests.Session", new_phone: NewPhone, method: str, path: str
) -> None:
    from schemathesis import GenerationMode

    phone, operation, sent = new_phone(log_in=(method, path) in PROTECTED), schema[path][method], 0
    generation = schema.config.generation_for(operation=operation, phase="coverage")
    for case in schema.iter_coverage_cases(
        operation, generation_modes=list(GenerationMode), generation_config=generation
    ):
        check_case(case, phone.url, session, bearer(phone))
        sent += 1
    assert sent > 2


@pytest.mark.parametrize(("method", "path"), PROTECTED)
def test_protected_operation_needs_a_live_session(cloud: LocalCloud, method: str, path: str) -> None:
    ids = {"upload_id": "0" * 32, "registration_id": "r" + "0" * 32, "credential_id": "0" * 32}
    url = cloud.url + path.format(**ids, request_id="s" + "0" * 32)
    body: dict[str, Any] | None = {} if method == "POST" else None
    nobody = base64.urlsafe_b64encode(b"nobody").decode().rstrip("=") + "." + "A" * 43
    for headers, code in (({}, "AUTH_REQUIRED"), ({"Authorization": f"Bearer {nobody}"}, "SESSION_EXPIRED")):
        answer = send(method, url, body, headers)
        refused_by_the_gateway(answer, code)
        check_documented(method, path, answer.status, answer.headers, answer.json())


def documented(method: str, path: str, answer: HttpResponse) -> Any:
    """Check the response against the document; return its JSON."""
    check_documented(method, path, answer.status, answer.headers, answer.json())
    return answer.json()


def test_real_requests_get_documented_responses(new_phone: NewPhone, new_certificate: NewCertificate) -> None:
    phone, stranger = new_phone(log_in=False), new_phone(language="en")
    certificate, seen = new_certificate(), set[tuple[str, int, str]]()

    def call(method: str, path: str, body: Any = None, upload: str = "", **headers: str) -> Any:
        at = path.format(upload_id=upload, registration_id=upload)
        answer = phone.call(method, at, body, **headers)
        view = documented(method, path, answer)
        seen.add((path, answer.status, view.get("code") or view.get("state") or ""))
        return view

    login = {"customer_id": phone.customer.id, "password": phone.customer.password}
    call("POST", "/login", {**login, "password": "wrong"})  # pragma: allowlist secret
    challenge = call("POST", "/login", login)["challenge_id"]
    call("POST", "/challenges/otp", {"challenge_id": "A" * 22, "code": "000000"})
    used = {"challenge_id": challenge, "code": phone.code()}
    phone.token = call("POST", "/challenges/otp", used)["token"]
    stepped = call("POST", "/step-up", {"operation": "register"})["challenge_id"]
    proof = {
        "proof_id": call("POST", "/challenges/otp", {"challenge_id": stepped, "code": phone.code()})["proof_id"]
    }
    call("POST", "/challenges/otp", {**used, "challenge_id": call("POST", "/login", login)["challenge_id"]})
    wrong = {"challenge_id": call("POST", "/login", login)["challenge_id"], "code": "not it"}
    call("POST", "/challenges/otp", wrong)

    key = {"Idempotency_Key": str(uuid.uuid4())}
    digest = hashlib.sha256(certificate.der).hexdigest()
    file = {"name": "signCert.der", "size": len(certificate.der), "sha256": digest}
    announced = call("POST", "/uploads", {"files": [file], **proof}, **key)
    upload = announced["upload_id"]
    assert call("POST", "/uploads", {"files": [file], **proof}, **key)["upload_id"] == upload
    call("POST", "/uploads", {"files": [{**file, "name": "other.der"}], **proof}, **key)
    call("POST", "/uploads", {"files": [file], **proof})
    call("POST", "/uploads", {"files": [{**file, "size": 0}]})
    call("POST", "/uploads", {"files": []})
    one, registration, password = ("/uploads/{upload_id}" + end for end in ("", "/registration", "/password"))
    call("GET", one, upload=upload)
    call("GET", one, upload="0" * 32)
    call("POST", registration, {"signature": "AAAA", "consent_version": "-"}, upload)

    form = announced["files"][0]
    assert post_form(form["url"], form["fields"], certificate.der).status == 204
    phone.wait_for_decision(upload)
    proof = call("GET", one, upload=upload)["proof"]
    good = {
        "signature": sign(certificate.key, proof["text"]),
        "random_number": phone.seal(upload, proof["nonce"], certificate.random_number.hex(), random_number=True),
        "consent_version": proof["consent"]["version"],
    }
    call("POST", registration, {**good, "consent_version": "-"}, upload)
    call("POST", registration, {**good, "signature": "AAAA"}, upload)
    call("POST", registration, {name: value for name, value in good.items() if name != "random_number"}, upload)
    registered = call("POST", registration, good, upload)["registration_id"]
    call("POST", registration, good, upload)
    call("GET", one, upload=upload)
    call("GET", "/registrations")
    call("GET", "/registrations/{registration_id}", upload=registered)
    call("GET", "/registrations/{registration_id}", upload="r" + "0" * 32)
    _certificate_login(call, phone, certificate, new_certificate())

    again = phone.upload({"signCert.der": certificate.der})
    documented("POST", registration, phone.prove(again, certificate))
    assert call("GET", one, upload=again["upload_id"])["registration_id"] == registered
    refused = phone.upload({"photo.jpg": b"no certificate"})["upload_id"]
    call("GET", one, upload=refused)
    call("POST", registration, good, refused)
    taken = stranger.upload({"signCert.der": certificate.der})
    view = documented("POST", registration, stranger.prove(taken, certificate))
    assert view["code"] == "NOT_AVAILABLE_FOR_REGISTRATION"

    _containers(call, phone, certificate, new_certificate())
    call("POST", "/logout")
    assert seen >= {
        *((password, 200, "VALIDATING"), (password, 200, "REJECTED"), (password, 422, "FILE_PASSWORD_WRONG")),
        *((password, 409, "STATE_CONFLICT"), (password, 404, "UPLOAD_NOT_FOUND"), (one, 200, "NEEDS_PASSWORD")),
        *((registration, 422, "FILE_PASSWORD_REQUIRED"), (registration, 422, "OWNER_UNVERIFIABLE")),
        *(("/precheck", 200, ""), ("/sealing-key", 200, ""), ("/issuers", 200, "")),
        *(("/login", 200, ""), ("/login", 401, "LOGIN_FAILED")),
        *(("/login/certificate/options", 200, ""), ("/login/certificate", 200, "")),
        *(("/login/certificate", 401, code) for code in ("LOGIN_CERTIFICATE_FAILED", "STEP_UP_EXPIRED")),
        ("/login/certificate", 400, "MALFORMED_REQUEST"),
        *(
            ("/challenges/otp", 200, ""),
            ("/challenges/otp", 401, "STEP_UP_EXPIRED"),
            ("/challenges/otp", 401, "STEP_UP_REUSED"),
        ),
        *(("/step-up", 200, ""), ("/uploads", 403, "STEP_UP_REQUIRED"), ("/logout", 200, "")),
        *(("/uploads", 201, "ISSUED"), ("/uploads", 409, "STATE_CONFLICT"), ("/uploads", 422, "UPLOAD_EMPTY")),
        *((one, 200, state) for state in ("ISSUED", "AWAITING_PROOF", "REGISTERED", "REJECTED")),
        *((registration, 409, "IN_PROGRESS"), (registration, 422, "CONSENT_REQUIRED")),
        *((registration, 422, "PROOF_FAILED"), (registration, 201, ""), (registration, 200, "")),
        (registration, 422, "FILE_UNREADABLE"),
    }


def _certificate_login(
    call: Callable[..., Any], phone: Phone, registered: CustomerCertificate, unknown: CustomerCertificate
) -> None:
    for certificate in (unknown, registered):
        asked = call("POST", "/login/certificate/options")
        signed = {"login_id": asked["login_id"], "signature": sign(certificate.key, asked["text"])}
        call("POST", "/login/certificate", signed)
        named = signed | {"certificate": base64.b64encode(certificate.der).decode()}
        view = call("POST", "/login/certificate", named)
        phone.token = view.get("token", phone.token)
        call("POST", "/login/certificate", named)


def _containers(
    call: Callable[..., Any], phone: Phone, registered: CustomerCertificate, certificate: CustomerCertificate
) -> None:
    one, password = "/uploads/{upload_id}", "/uploads/{upload_id}/password"
    call("GET", "/sealing-key")
    call("GET", "/issuers")
    for content in (certificate.der, b"a photo", pfx(certificate, "x")):
        call("POST", "/precheck", {"certificate": base64.b64encode(content).decode(), "customer_kind": "personal"})
    bare = phone.upload({"signCert.der": registered.der})["upload_id"]
    sealed = {"key_id": "any", "ciphertext": "AAAA"}
    call("POST", password, {"sealed": sealed}, bare)
    call("POST", password, {"sealed": sealed}, "0" * 32)
    for files in (
        {"a.pfx": pfx(certificate, "열려라")},
        {"signCert.der": certificate.der, "signPri.key": sign_pri_key(registered, "열려라")},
    ):
        view = phone.upload(files)
        upload, nonce = view["upload_id"], view["password"]["nonce"]
        call("GET", one, upload=upload)
        call("POST", one + "/registration", {"signature": "AAAA", "consent_version": "-"}, upload)
        call("POST", password, {"sealed": sealed}, upload)
        for secret in ("wrong", "열려라"):
            call("POST", password, {"sealed": phone.seal(upload, nonce, secret)}, upload)
        phone.wait_for_decision(upload)
        view = call("GET", one, upload=upload)
        if view["state"] == "AWAITING_PROOF":
            consent = {"consent_version": view["proof"]["consent"]["version"]}
            assert call("POST", one + "/registration", consent, upload)["proof"] == "container"
