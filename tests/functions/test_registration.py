"""POST /uploads/{id}/registration, GET /registrations, GET /registrations/{id}: one certificate, one owner."""

import base64
from datetime import timedelta
from typing import Any

import pytest

from registrar.aws import dynamo
from registrar.domain.certificates.certificate import key_id, read_certificate
from registrar.domain.registrations.registration import Hold
from registrar.domain.times import iso
from tests.support.account import Account
from tests.support.app import App, an_event, assert_problem
from tests.support.builders import NOW, a_certificate
from tests.support.prepared import prepared, registered_certificate, uploaded_certificate
from tests.support.relying import System
from tests.support.rows import put, registrations_of
from tests.support.transitions import block
from tools.pki.authorities import CustomerCertificate

ONE = "/registrations/{registration_id}"
REGISTER = "/uploads/{upload_id}/registration"
SIGNED = {"signature": base64.b64encode(b"x").decode(), "consent_version": "2026-11-30"}
BAD_SIGNATURE = base64.b64encode(bytes(256)).decode()


@pytest.mark.parametrize("key", ["rsa", "ec"])
def test_proof_and_consent_register_the_certificate(app: App, account: Account, key: str) -> None:
    certificate = a_certificate(key=key)
    response = app.register(certificate)
    assert response.status == 201
    registration = response.body
    assert (registration["status"], registration["usable"], registration["expiring"]) == ("ACTIVE", True, False)
    assert (registration["proof"], registration["registered_at"]) == ("signature", iso(NOW))
    assert registration["certificate"]["name_masked"] == "홍*동"
    assert registration["certificate"]["issuing_bank"] == "우리은행"
    assert app.registrations() == [registration]
    assert app.call("GET", ONE, registration_id=registration["registration_id"]).body == registration

    upload = app.look(registration["registration_id"][1:]).body
    assert (upload["state"], upload["registration_id"]) == ("REGISTERED", registration["registration_id"])
    assert "proof" not in upload


def test_a_container_is_registered_from_upload_to_registration(app: App, account: Account) -> None:
    app.enrol()
    event = an_event("authorizer_request")
    event["headers"]["Authorization"] = f"Bearer {app.log_in().body['token']}"
    app.session = account.invoke("authorize", event)["context"]
    assert app.registrations() == []
    assert app.register(a_certificate()).status == 201
    assert len(app.registrations()) == 1


def test_repeating_a_request_after_a_lost_response_returns_the_same_registration(
    app: App, account: Account
) -> None:
    certificate, view = prepared(app, uploaded_certificate)
    first = app.prove(view, certificate)
    rows = account.items("RegistrationsTable")
    account.pass_time(minutes=30)
    again = app.prove(view, certificate)
    assert (first.status, again.status) == (201, 200)
    assert first.body == again.body
    assert account.items("RegistrationsTable") == rows


def test_the_same_certificate_again_returns_the_existing_registration(app: App, account: Account) -> None:
    certificate, first = prepared(app, registered_certificate)
    again = app.register(certificate)
    assert (again.status, again.body) == (200, first)
    assert len(app.registrations()) == 1

    (upload_id,) = {i["id"]["S"] for i in account.items("UploadsTable") if len(i["id"]["S"]) == 32} - {
        first["registration_id"][1:]
    }
    view = app.look(upload_id).body
    assert (view["state"], view["headline"]) == ("REJECTED", "ALREADY_REGISTERED")
    assert view["registration_id"] == first["registration_id"]
    repeated = app.call(
        "POST", REGISTER, {"signature": BAD_SIGNATURE, "consent_version": "2026-11-30"}, upload_id=upload_id
    )
    assert (repeated.status, repeated.body) == (200, first)


def test_a_certificate_of_another_customer_is_reported_as_not_available_only(app: App, account: Account) -> None:
    certificate, held = prepared(App(account, "kim"), registered_certificate)
    view = app.upload(certificate.der)
    refused = app.prove(view, certificate)
    assert_problem(refused, "NOT_AVAILABLE_FOR_REGISTRATION")
    after = app.look(view["upload_id"])
    again = app.prove(view, certificate)
    assert_problem(again, "NOT_AVAILABLE_FOR_REGISTRATION")
    for response in (refused, after, again):
        told = str((response.headers, response.body))
        for hint in ("kim", held["registration_id"], "registration_id"):
            assert hint not in told
    assert refused.body["params"] == {"help_desk": "1588-0000"}
    assert (after.body["state"], after.body["headline"]) == ("REJECTED", "NOT_AVAILABLE_FOR_REGISTRATION")
    assert app.registrations() == []


def test_before_the_proof_a_taken_certificate_is_not_revealed(app: App, account: Account) -> None:
    certificate, _ = prepared(App(account, "kim"), registered_certificate)
    _, fresh = prepared(app, uploaded_certificate)
    taken = app.upload(certificate.der)
    assert (taken["state"], taken.keys(), taken["findings"]) == (fresh["state"], fresh.keys(), [])
    assert_problem(app.prove(taken, certificate, signature=BAD_SIGNATURE), "PROOF_FAILED", tries_left=2)


@pytest.fixture
def later() -> CustomerCertificate:
    """One that begins later than a_certificate() does, of the same issuer and kind."""
    return a_certificate(key="ec", not_before=NOW - timedelta(minutes=1))


def test_a_renewed_certificate_supersedes_the_old_one(app: App, later: CustomerCertificate) -> None:
    old = prepared(app, registered_certificate)[1]["registration_id"]
    response = app.prove(app.upload(later.der), later, replaces=old)
    assert (response.status, response.body["replaces"], response.body["usable"]) == (201, old, True)
    ended = app.call("GET", ONE, registration_id=old).body
    assert (ended["status"], ended["reason"], ended["usable"]) == ("SUPERSEDED", "REG_SUPERSEDED", False)
    assert ended["superseded_by"] == response.body["registration_id"]


def test_a_renewed_certificate_with_the_old_key_is_registered_as_successor_only(app: App) -> None:
    first, registration = prepared(app, registered_certificate)
    held = registration["registration_id"]
    renewed = a_certificate(key=first.key, not_before=NOW - timedelta(minutes=1))
    view = app.upload(renewed.der)
    assert_problem(app.prove(view, renewed), "REPLACES_REQUIRED", registration_id=held)
    assert app.look(view["upload_id"]).body == view, "it is not over"
    assert app.prove(view, renewed, replaces=held).status == 201
    assert sorted(r["status"] for r in app.registrations()) == ["ACTIVE", "SUPERSEDED"]


@pytest.mark.parametrize("wrong", ["another issuer", "not later", "blocked", "held by the bank"])
def test_a_successor_that_does_not_qualify_is_refused(
    app: App, account: Account, later: CustomerCertificate, wrong: str
) -> None:
    old = prepared(app, registered_certificate)[1]["registration_id"]
    found = registrations_of(account).get("hong", old)
    if wrong == "another issuer":
        later = a_certificate(key="ec", not_before=NOW - timedelta(minutes=1), operator="kica")
    elif wrong == "not later":
        later = a_certificate(key="ec")
    elif wrong == "blocked":
        block(registrations_of(account), found)
    else:
        registrations_of(account).add_hold("hong", old, Hold.BANK, NOW)
    view = app.upload(later.der)
    before = app.registrations()
    assert_problem(app.prove(view, later, replaces=old), "REPLACES_NOT_ACCEPTED")
    assert app.registrations() == before
    beside = app.prove(view, later)
    if wrong == "held by the bank":
        assert_problem(beside, "REG_SUSPENDED")
    else:
        assert beside.status == 201, "it may stand beside it"


def test_another_customers_registration_is_not_replaced(
    app: App, account: Account, later: CustomerCertificate
) -> None:
    held = prepared(App(account, "kim"), registered_certificate)[1]["registration_id"]
    view = app.upload(later.der)
    assert_problem(app.prove(view, later, replaces=held), "REG_NOT_FOUND")
    assert_problem(app.prove(view, later, replaces="r" + "0" * 32), "REG_NOT_FOUND")
    assert_problem(app.prove(view, later, replaces="R"), "MALFORMED_REQUEST", field="replaces")


@pytest.mark.parametrize(
    ("why", "code"),
    [("key of another", "KEY_HELD_BY_OTHER"), ("held", "CERT_HELD_BY_OTHER"), ("denied", "KEY_DENIED")],
)
def test_the_reason_for_not_available_is_in_the_audit_log_only(
    app: App, account: Account, why: str, code: str
) -> None:
    holder = app if why == "denied" else App(account, "kim")
    certificate, held = prepared(holder, registered_certificate)
    if why == "denied":
        registrations_of(account).revoke("hong", held["registration_id"], "keyCompromise", NOW, NOW)
    other = certificate if why == "held" else a_certificate(key=certificate.key)
    response = app.register(other)
    assert_problem(response, "NOT_AVAILABLE_FOR_REGISTRATION")
    assert code not in str(response)
    assert [line["code"] for line in account.logged() if line["message"] == "registration.refused"] == [code]


def test_three_invalid_proofs_end_the_upload(app: App, account: Account) -> None:
    certificate, view = prepared(app, uploaded_certificate)
    for left in (2, 1):
        assert_problem(app.prove(view, a_certificate(key="ec")), "PROOF_FAILED", tries_left=left)
    assert_problem(app.prove(view, a_certificate(key="ec")), "PROOF_ATTEMPTS_EXCEEDED")
    assert_problem(app.prove(view, certificate), "PROOF_ATTEMPTS_EXCEEDED")
    after = app.look(view["upload_id"]).body
    assert (after["state"], after["headline"]) == ("REJECTED", "PROOF_ATTEMPTS_EXCEEDED")
    assert app.registrations() == []
    assert app.register(certificate).status == 201, "a new upload may succeed"


def test_a_signature_over_another_uploads_text_is_refused(app: App) -> None:
    certificate, first = prepared(app, uploaded_certificate)
    second = app.upload(certificate.der)
    mixed = {**first, "proof": second["proof"]}
    assert_problem(app.prove(mixed, certificate), "PROOF_FAILED", tries_left=2)


def test_an_expired_text_costs_no_try(app: App, account: Account) -> None:
    certificate, view = prepared(app, uploaded_certificate)
    account.pass_time(minutes=5)
    for _ in range(4):
        assert_problem(app.prove(view, certificate), "PROOF_EXPIRED")
    assert app.prove(app.look(view["upload_id"]).body, certificate).status == 201


def test_without_the_current_consent_the_registration_is_refused(app: App) -> None:
    certificate, view = prepared(app, uploaded_certificate)
    assert_problem(app.prove(view, certificate, consent_version="2020-01"), "CONSENT_REQUIRED")
    assert app.prove(view, certificate).status == 201


def test_an_upload_expires_after_the_day_for_the_proof(app: App, account: Account) -> None:
    certificate, view = prepared(app, uploaded_certificate)
    account.pass_time(hours=24)
    assert_problem(app.prove(view, certificate), "UPLOAD_EXPIRED")


def test_a_certificate_that_expired_meanwhile_is_not_registered(app: App, account: Account) -> None:
    certificate, view = prepared(app, uploaded_certificate, not_after=NOW + timedelta(minutes=2))
    account.pass_time(minutes=2, seconds=1)
    assert_problem(app.prove(view, certificate), "CERT_EXPIRED")


def test_an_undecided_upload_is_in_progress(app: App) -> None:
    upload_id = app.announce(b"content").body["upload_id"]
    body = {"signature": BAD_SIGNATURE, "consent_version": "2026-11-30"}
    response = app.call("POST", REGISTER, body, upload_id=upload_id)
    assert_problem(response, "IN_PROGRESS")
    assert response.headers["Retry-After"] == "1"


def test_a_rejected_upload_returns_its_findings_again(app: App) -> None:
    upload_id = app.upload(b"no certificate")["upload_id"]
    body = {"signature": BAD_SIGNATURE, "consent_version": "2026-11-30"}
    assert_problem(app.call("POST", REGISTER, body, upload_id=upload_id), "FILE_UNREADABLE")


def test_an_upload_accepted_again_concurrently_is_a_retryable_conflict(
    app: App, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, view = prepared(app, uploaded_certificate)
    register = account.function("register_certificate")
    real = register.new_registration

    def meanwhile(upload: Any, *rest: Any) -> Any:
        register.refresh.checks.query_again(upload, rest[2])
        app.ask_issuer(upload.id)
        return real(upload, *rest)

    monkeypatch.setattr(register, "new_registration", meanwhile)
    response = app.prove(view, certificate)
    assert_problem(response, "STATE_CONFLICT")
    assert response.headers["Retry-After"] == "1"
    assert app.registrations() == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"consent_version": "2026-11-30"}, "signature"),
        ({"signature": BAD_SIGNATURE}, "consent_version"),
        ({"signature": "not base64!", "consent_version": "2026-11-30"}, "signature"),
        ({"signature": "", "consent_version": "2026-11-30"}, "signature"),
        ({"signature": "A" * 4000, "consent_version": "2026-11-30"}, "signature"),
        ({"signature": [BAD_SIGNATURE], "consent_version": "2026-11-30"}, "signature"),
        ({"signature": True, "consent_version": "2026-11-30"}, "signature"),
        ({"cms": "A" * 40_000, "consent_version": "2026-11-30"}, "body"),
        ({"cms": "A" * 30_000, "consent_version": "2026-11-30"}, "cms"),
        ({"cms": 7, "signature": BAD_SIGNATURE, "consent_version": "2026-11-30"}, "cms"),
        ({**SIGNED, "random_number": "aa"}, "random_number"),
        ({**SIGNED, "random_number": {}}, "random_number.key_id"),
        ({**SIGNED, "random_number": {"key_id": "a", "ciphertext": "?"}}, "random_number.ciphertext"),
        ({**SIGNED, "random_number": {"key_id": "a", "ciphertext": "AAAA" * 200}}, "random_number.ciphertext"),
        ({"signature": "서명", "consent_version": "2026-11-30"}, "signature"),
        ({"signature": BAD_SIGNATURE, "consent_version": 202611}, "consent_version"),
    ],
)
def test_each_malformed_member_is_named(app: App, body: Any, field: str) -> None:
    _, view = prepared(app, uploaded_certificate)
    response = app.call("POST", REGISTER, body, upload_id=view["upload_id"])
    assert_problem(response, "MALFORMED_REQUEST", field=field)
    assert app.look(view["upload_id"]).body == view, "it costs no try"


@pytest.mark.parametrize("upload_id", ["0" * 32, "0" * 5000, "", "quota:hong:2026-11-23"])
def test_an_unknown_upload_registers_nothing(app: App, upload_id: str) -> None:
    body = {"signature": BAD_SIGNATURE, "consent_version": "2026-11-30"}
    assert_problem(app.call("POST", REGISTER, body, upload_id=upload_id), "UPLOAD_NOT_FOUND")


def test_another_customers_upload_looks_like_an_unknown_one(app: App, account: Account) -> None:
    certificate, view = prepared(app, uploaded_certificate)
    kim = App(account, "kim")
    assert_problem(kim.prove(view, certificate), "UPLOAD_NOT_FOUND")
    assert kim.prove(view, certificate) == kim.prove({**view, "upload_id": "0" * 32}, certificate)
    assert app.prove(view, certificate).status == 201


def test_the_list_holds_the_customers_registrations_newest_first(app: App, account: Account) -> None:
    ids = []
    for _ in range(3):
        ids.append(prepared(app, registered_certificate)[1]["registration_id"])
        account.pass_time(minutes=1)
    kim = App(account, "kim")
    prepared(kim, registered_certificate)
    assert [r["registration_id"] for r in app.registrations()] == ids[::-1]
    assert len(kim.registrations()) == 1


@pytest.mark.parametrize("registration_id", ["r" + "0" * 32, "0" * 32, "r" * 5000, "LOCK", "", "홍" * 33])
def test_an_unknown_registration_is_not_found(app: App, registration_id: str) -> None:
    assert_problem(app.call("GET", ONE, registration_id=registration_id), "REG_NOT_FOUND")


def test_another_customers_registration_looks_like_an_unknown_one(app: App, account: Account) -> None:
    held = prepared(App(account, "kim"), registered_certificate)[1]["registration_id"]
    unknown = "r" + "0" * 32
    assert app.call("GET", ONE, registration_id=held) == app.call("GET", ONE, registration_id=unknown)


def test_the_effective_state_is_computed_on_read(app: App, account: Account) -> None:
    _, registration = prepared(app, registered_certificate, not_after=NOW + timedelta(days=31))
    registration_id = registration["registration_id"]

    def now() -> tuple[Any, ...]:
        view = app.call("GET", ONE, registration_id=registration_id).body
        assert app.registrations() == [view]
        return view["status"], view["usable"], view["expiring"], view["days_left"], view["reason"]

    assert now() == ("ACTIVE", True, False, 31, None)
    account.pass_time(days=1)
    assert now() == ("ACTIVE", True, True, 30, None)
    account.pass_time(days=30)
    assert now() == ("ACTIVE", True, True, 0, None)
    account.pass_time(seconds=1)
    assert now() == ("EXPIRED", False, False, 0, "REG_EXPIRED")


def test_a_key_that_is_denied_while_it_is_registered_is_blocked_for_every_reader(
    app: App, account: Account
) -> None:
    """It turns out compromised between the read of the deny list and the transaction."""
    certificate, view = prepared(app, uploaded_certificate)
    read = read_certificate(certificate.der)
    denial = {"id": dynamo.text(f"DENY#KEY#{key_id(read.public_key)}"), "denied_at": dynamo.instant(NOW)}

    def denied() -> None:
        with account.aside():
            put(account, "DenyListTable", denial)

    with account.interrupted(lambda call: call.operation == "TransactWriteItems", denied):
        registered = app.prove(view, certificate)
    assert registered.status == 201
    registration_id = registered.body["registration_id"]
    one = app.call("GET", "/registrations/{registration_id}", registration_id=registration_id).body
    assert (one["status"], one["usable"]) == ("BLOCKED", False)
    assert [each["status"] for each in app.registrations()] == ["BLOCKED"]
    system = System(account).enter()
    for named in ({"fingerprint": read.fingerprint}, {"customer_id": "hong", "registration_id": registration_id}):
        asked = system.call("POST", "/status", {"certificate": named, "purpose": "NORMAL"}).body
        assert (asked["usable"], asked["reason"]["code"]) == (False, "REG_BLOCKED")
    loss = app.call("POST", "/registrations/{registration_id}/loss", registration_id=registration_id)
    assert (loss.status, loss.body["status"]) == (200, "BLOCKED")
    assert_problem(app.register(a_certificate(key=certificate.key)), "NOT_AVAILABLE_FOR_REGISTRATION")


def test_a_hold_on_the_person_that_comes_while_they_register_counts_for_every_reader(
    app: App, account: Account
) -> None:
    """The bank holds another registration of theirs between what was read first and the transaction."""
    held = prepared(app, registered_certificate)[1]["registration_id"]
    certificate, view = prepared(app, uploaded_certificate)

    def hold() -> None:
        with account.aside():
            registrations_of(account).add_hold("hong", held, Hold.BANK, account.at)

    with account.interrupted(lambda call: call.operation == "UpdateItem", hold):
        registered = app.prove(view, certificate)
    assert registered.status == 201
    one = app.call(
        "GET", "/registrations/{registration_id}", registration_id=registered.body["registration_id"]
    ).body
    assert (one["usable"], one["holds"]) == (False, ["bank"])
    assert [each["usable"] for each in app.registrations()] == [False, False]
