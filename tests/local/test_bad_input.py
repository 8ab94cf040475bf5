"""Bad requests over real HTTP: never a 5xx, and a reason wherever our code responds."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from registrar.domain.registrations.upload import DAILY_UPLOADS
from registrar.domain.registrations.upload_files import MAX_FILE_BYTES
from tests.support.expect import problem, refused_by_the_gateway
from tools.cloud.http_calls import send
from tools.cloud.local_cloud import LocalCloud
from tools.demo.phone import Phone
from tools.pki.authorities import CustomerCertificate

pytestmark = pytest.mark.cloud

NewPhone = Callable[..., Phone]
NewCertificate = Callable[..., CustomerCertificate]

UNKNOWN = "0" * 32
A_FILE: dict[str, Any] = {"name": "signCert.der", "size": 3, "sha256": hashlib.sha256(b"abc").hexdigest()}
SEALED = {"key_id": "nobody's", "ciphertext": "AAAA"}
GOOD: dict[str, dict[str, Any]] = {
    "/login": {"customer_id": "nobody", "password": "wrong"},
    "/step-up": {"operation": "register"},
    "/challenges/otp": {"challenge_id": "A" * 22, "code": "123456"},
    "/uploads": {"files": [A_FILE]},
    f"/uploads/{UNKNOWN}/registration": {"signature": "AAAA", "consent_version": "2026-11-30"},
    f"/uploads/{UNKNOWN}/password": {"sealed": SEALED},
    "/precheck": {"certificate": "AAAA", "customer_kind": "personal"},
}
each_post = pytest.mark.parametrize("path", GOOD)
NOT_OBJECTS = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"text"',
    b"\xff\xfe\x00",
    b"[" * 5000,
    b'{"a": ' * 2000,
    b'{"a": 1e999999}',
    b'{"a": NaN}',
    b'{"a": ' + b"9" * 5000 + b"}",
    b'{"size": "' + b"x" * 20_000 + b'"}',
]
WRONG: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    "",
    " ",
    [],
    {},
    [[]],
    "\x00",
    "\ud800",
    "x" * 5000,
    "' OR 1=1 --",
    "１",
]


@pytest.fixture(scope="module")
def phone(cloud: LocalCloud) -> Phone:
    """One customer for all refusals that use no quota."""
    from tools.cloud import seed

    phone = Phone(cloud.url, seed.enrol(cloud, "clumsy", phone="+821099990001"))
    assert phone.log_in().status == 200
    return phone


@each_post
@pytest.mark.parametrize("body", NOT_OBJECTS, ids=lambda body: repr(body[:12]))
def test_body_that_is_not_an_object_is_malformed(path: str, body: bytes, phone: Phone) -> None:
    document = problem(phone.call("POST", path, body), "MALFORMED_REQUEST")

    assert len(document["params"]["field"]) < 20


def test_missing_and_wrong_fields_are_named(phone: Phone) -> None:
    for path, good in GOOD.items():
        if path == "/uploads":
            continue
        # A proof of possession is read only for an existing upload.
        for field in set(good) - {"signature"}:
            missing = {name: value for name, value in good.items() if name != field}
            named = problem(phone.call("POST", path, missing), "MALFORMED_REQUEST")["params"]
            assert named == {"field": field}
            for wrong in WRONG:
                if (
                    isinstance(wrong, str)
                    and field in ("password", "consent_version", "certificate")
                    and wrong.strip().isprintable()
                ):
                    continue  # a text of the right type
                document = problem(phone.call("POST", path, {**good, field: wrong}), "MALFORMED_REQUEST")
                assert document["params"]["field"] in (field, f"{field}.key_id")


def test_wrong_fields_of_an_announced_file_are_named(phone: Phone) -> None:
    not_one: list[Any] = [None, {}, [], [A_FILE] * 21, ["x"], [None]]
    for files in not_one:
        refused = problem(phone.call("POST", "/uploads", {"files": files}), "MALFORMED_REQUEST")
        assert refused["params"] == {"field": "files"}
    for field in A_FILE:
        for wrong in [value for value in WRONG if not _fits(field, value)]:
            refused = problem(phone.call("POST", "/uploads", {"files": [{**A_FILE, field: wrong}]}))
            assert refused["code"] in ("MALFORMED_REQUEST", "UPLOAD_EMPTY")
    for size, code in ((0, "UPLOAD_EMPTY"), (MAX_FILE_BYTES + 1, "UPLOAD_TOO_LARGE"), (10**30, "UPLOAD_TOO_LARGE")):
        problem(phone.call("POST", "/uploads", {"files": [{**A_FILE, "size": size}]}), code)
    for key in ("short", "x" * 65, "has space", "한글"):
        answer = phone.announce({"a": b"a"}, Idempotency_Key=key.encode().decode("latin-1"))
        assert problem(answer, "MALFORMED_REQUEST")["params"] == {"field": "Idempotency-Key"}


def _fits(field: str, value: object) -> bool:
    return field == "name" and isinstance(value, str) and 0 < len(value) <= 255 and value.isprintable()


# --- session and owner


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/uploads"),
        ("GET", f"/uploads/{UNKNOWN}"),
        ("POST", f"/uploads/{UNKNOWN}/password"),
        ("POST", f"/uploads/{UNKNOWN}/registration"),
        ("GET", "/sealing-key"),
        ("GET", "/registrations"),
        ("GET", f"/registrations/r{UNKNOWN}"),
    ],
)
def test_request_without_a_live_session_is_rejected(method: str, path: str, phone: Phone) -> None:
    body = GOOD.get(path, {}) if method == "POST" else None
    handle, _, secret = str(phone.token).partition(".")

    refused_by_the_gateway(send(method, phone.url + path, body), "AUTH_REQUIRED")
    forged = {"Authorization": f"Bearer {handle}.{'A' * len(secret)}"}
    refused_by_the_gateway(send(method, phone.url + path, body, forged), "SESSION_EXPIRED")


def test_only_the_unaltered_token_is_accepted(phone: Phone) -> None:
    handle, _, secret = str(phone.token).partition(".")
    other_handle = base64.urlsafe_b64encode(b"gildong").decode()

    # An authorizer that raises restarts here, which takes seconds: few of these.
    for value, code in {
        f"bearer  {phone.token}": None,
        f"Bearer {handle}.{secret[:-1]}": "AUTH_REQUIRED",
        f"Basic {phone.token}": "AUTH_REQUIRED",
        "Bearer " + "x" * 6000: "AUTH_REQUIRED",
        f"Bearer {other_handle}.{secret}": "SESSION_EXPIRED",
        f"Bearer {handle}.{secret[1:]}A": "SESSION_EXPIRED",
    }.items():
        answer = send("GET", f"{phone.url}/registrations", None, {"Authorization": value})
        assert answer.json().get("code") == code, value
        assert answer.status == (401 if code else 200), value


def test_ended_session_is_rejected(cloud: LocalCloud, new_phone: NewPhone) -> None:
    phone = new_phone()
    cloud.client("dynamodb").update_item(
        TableName=cloud.physical("SessionsTable"),
        Key={"customer_id": {"S": phone.customer.id}},
        UpdateExpression="SET expires_at = :past",
        ExpressionAttributeValues={":past": {"S": "2020-01-01T00:00:00Z"}},
    )

    refused_by_the_gateway(phone.call("GET", "/registrations"), "SESSION_EXPIRED")


def test_old_proof_of_identity_is_rejected(cloud: LocalCloud, new_phone: NewPhone) -> None:
    phone = new_phone()
    cloud.client("dynamodb").update_item(
        TableName=cloud.physical("ChallengesTable"),
        Key={"id": {"S": str(phone.proof_id)}},
        UpdateExpression="SET proved_at = :past",
        ExpressionAttributeValues={":past": {"S": "2020-01-01T00:00:00Z"}},
    )

    problem(phone.announce({"signCert.der": b"abc"}), "STEP_UP_REQUIRED")
    assert phone.call("GET", "/registrations").status == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/nowhere"), ("DELETE", "/uploads"), ("GET", "/login"), ("PUT", "/login")],
)
def test_unknown_route_is_refused(method: str, path: str, phone: Phone) -> None:
    assert 400 <= phone.call(method, path).status < 500


@pytest.mark.parametrize("name", [UNKNOWN, "x", "%00", "..", "CUST%23gildong", "A" * 32, "r" * 300, "%ED%95%9C"])
def test_unknown_ids_are_not_found(name: str, phone: Phone) -> None:
    body = GOOD[f"/uploads/{UNKNOWN}/registration"]

    for method, path, content, code in (
        ("GET", f"/uploads/{name}", None, "UPLOAD_NOT_FOUND"),
        ("POST", f"/uploads/{name}/registration", body, "UPLOAD_NOT_FOUND"),
        ("POST", f"/uploads/{name}/password", {"sealed": SEALED}, "UPLOAD_NOT_FOUND"),
        ("GET", f"/registrations/{name}", None, "REG_NOT_FOUND"),
    ):
        answer = phone.call(method, path, content)
        assert answer.status < 500
        if answer.headers["content-type"].startswith("application/problem"):
            problem(answer, code)


def test_object_of_another_customer_is_not_found(new_phone: NewPhone, new_certificate: NewCertificate) -> None:
    owner, other, certificate = new_phone(), new_phone(), new_certificate()
    view = owner.upload({"signCert.der": certificate.der})
    registration = owner.prove(view, certificate).json()["registration_id"]
    unknown = problem(other.call("GET", f"/uploads/{UNKNOWN}"), "UPLOAD_NOT_FOUND") | {"support_ref": ""}

    theirs = problem(other.call("GET", f"/uploads/{view['upload_id']}"), "UPLOAD_NOT_FOUND")
    assert theirs | {"support_ref": ""} == unknown
    problem(other.prove(view, certificate), "UPLOAD_NOT_FOUND")
    problem(other.call("GET", f"/registrations/{registration}"), "REG_NOT_FOUND")


def test_unusual_headers_do_no_harm(phone: Phone) -> None:
    for headers in (
        {"Accept_Language": "x;q=" + "9" * 4000},
        {"Accept_Language": ",;=q,en;q=nan,ko;q=inf"},
        {"Accept_Language": "*"},
        {"Content_Type": "text/xml"},
        {"X_Forwarded_For": "' OR 1=1"},
    ):
        answer = phone.call("GET", f"/uploads/{UNKNOWN}", None, **headers)
        problem(answer, "UPLOAD_NOT_FOUND")


def test_uploads_have_a_daily_limit(cloud: LocalCloud, new_phone: NewPhone) -> None:
    phone = new_phone()
    first = phone.announce({"a": b"a"}, Idempotency_Key="one-of-them")
    (row,) = [
        row
        for row in cloud.client("dynamodb").scan(TableName=cloud.physical("AnnouncementsTable"))["Items"]
        if row["id"]["S"].startswith(f"quota:{phone.customer.id}:")
    ]
    row["used"] = {"N": str(DAILY_UPLOADS)}
    cloud.client("dynamodb").put_item(TableName=cloud.physical("AnnouncementsTable"), Item=row)

    refused = problem(phone.announce({"b": b"b"}), "UPLOAD_LIMIT_REACHED")

    assert refused["params"]["limit"] == DAILY_UPLOADS
    # A repeated request uses no quota.
    again = phone.announce({"a": b"a"}, Idempotency_Key="one-of-them")
    assert (again.status, again.json()["upload_id"]) == (201, first.json()["upload_id"])
