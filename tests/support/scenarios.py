"""Scenarios in which the app gets each code; tests/functions/test_every_code.py plays them."""

import dataclasses
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from cryptography import x509

from registrar.aws.buckets.trust_bucket import ACTIVE
from registrar.aws.tables.registrations import Registrations
from registrar.domain.access.recovery import COOLING_OFF, approve, propose
from registrar.domain.access.throttles import ADDRESS_LIMIT
from registrar.domain.registrations.registration import Registration
from tests.support.app import Answer, App, put_trust
from tests.support.builders import NOW, a_certificate, a_pki, an_ec_key
from tests.support.containers import SECRET
from tests.support.methods import Prover
from tests.support.prepared import prepared, registered_certificate, uploaded_certificate, uploaded_container
from tests.support.relying import System
from tests.support.rows import PHONE, a_registration, registrations_of
from tests.support.signing import a_signer
from tools.demo.phone import sign
from tools.pki.crls import Revoked, make_crl

# API Gateway's own responses; tests/template/test_api.py reads the rest of it.
ONLY_OF_THE_GATEWAY = {"RELYING_SERVICE_NOT_SIGNED", "ROUTE_NOT_FOUND", "SESSION_EXPIRED"}
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.410.200004.99"), b"\5\0")
Scenario = Callable[[App], Answer]


def good(**overrides: Any) -> Any:
    return a_certificate(**{"key": an_ec_key(), **overrides})


def registered(app: App) -> str:
    """The id of a registration of `good()`."""
    return str(prepared(app, registered_certificate, key=an_ec_key())[1]["registration_id"])


def uploaded(app: App) -> tuple[Any, dict[str, Any]]:
    """One that is good, and its upload."""
    return prepared(app, uploaded_certificate, key=an_ec_key())


def looked_at(*files: Callable[[], bytes]) -> Scenario:
    """Uploaded, and decided by validate_upload."""

    def play(app: App) -> Answer:
        return app.look(app.upload(*(file() for file in files))["upload_id"])

    return play


def opened(*files: bytes, password: str = SECRET) -> Scenario:
    return lambda app: app.open(app.upload(*files), password)


def repeated(times: int, act: Callable[[App], Scenario]) -> Scenario:
    """The last answer of several to the same."""

    def play(app: App) -> Answer:
        once = act(app)
        return [once(app) for _ in range(times)][-1]

    return play


def signed_by_another(app: App) -> Scenario:
    _, view = uploaded(app)
    stranger = dataclasses.replace(good(), key=an_ec_key("another"))
    return lambda app: app.prove(view, stranger)


def wrong_password(app: App) -> Scenario:
    _, view = prepared(app, uploaded_container)
    return lambda app: app.open(view, "wrong")


def code_given(times: int) -> Scenario:
    def play(app: App) -> Answer:
        challenge = app.give_password().body["challenge_id"]
        wrong = "000000" if app.code() != "000000" else "111111"
        return [app.give_code(challenge, wrong) for _ in range(times)][-1]

    return play


def code_reused(app: App) -> Answer:
    code = app.code()
    app.give_code(app.give_password().body["challenge_id"], code)
    app.account.pass_time(seconds=1)
    return app.give_code(app.give_password().body["challenge_id"], code)


def recovered(app: App) -> Answer:
    """Registered before a recovery that has taken effect."""
    prover = Prover(app)
    certificate = good()
    prover.hold(certificate)
    proposal = propose(None, ("totp",), "identity card seen", "kim", app.account.at, current=PHONE)
    prover.change(recovery=approve(proposal, "lee", app.account.at))
    app.account.at += COOLING_OFF
    return prover.by_certificate_alone(certificate)


def method_unavailable(app: App) -> Answer:
    table, challenge_id = app.account.physical["ChallengesTable"], app.give_password().body["challenge_id"]
    (row,) = app.account.items("ChallengesTable")
    app.account.client("dynamodb").put_item(TableName=table, Item=row | {"methods": {"S": "passkey"}})
    return app.give_code(challenge_id)


def flooded(app: App) -> Answer:
    throttles = app.account.function("login").throttles
    for _ in range(ADDRESS_LIMIT.per_minute):
        throttles.count_address("203.0.113.24", NOW)
    return app.give_password()


def later(first: Callable[[App], dict[str, Any]], minutes: float, then: Callable[[App, Any], Answer]) -> Scenario:
    def play(app: App) -> Answer:
        made = first(app)
        app.account.pass_time(minutes=minutes)
        return then(app, made)

    return play


def signed_out(app: App) -> Answer:
    return App(app.account, signed_in=False).call("GET", "/registrations")


def changed(app: App) -> Answer:
    upload_id = app.sent(b"content")
    app.send_file(upload_id, b"another")
    app.deliver(upload_id)
    return app.look(upload_id)


def anothers(app: App) -> Answer:
    App(app.account, "kim").register(good())
    return app.register(good_again())


def good_again() -> Any:
    return good(serial_number=77)


def registered_twice(app: App) -> Answer:
    certificate, _ = prepared(app, registered_certificate, key=an_ec_key())
    view = app.upload(certificate.der)
    app.prove(view, certificate)
    return app.look(view["upload_id"])


def ended(app: App) -> Answer:
    certificate = good(not_after=NOW + timedelta(days=1))
    held = app.register(certificate).body["registration_id"]
    app.account.pass_time(days=2)
    return app.call("GET", "/registrations/{registration_id}", registration_id=held)


def lived(app: App, *changes: Callable[[Registrations, Registration], object]) -> Answer:
    """A registration, after these changes."""
    held = registered(app)
    registrations = registrations_of(app.account)
    for change in changes:
        change(registrations, registrations.get("hong", held))
    return app.call("GET", "/registrations/{registration_id}", registration_id=held)


def replaced(app: App) -> Answer:
    old, later = registered(app), good(key="ec", not_before=NOW)
    app.prove(app.upload(later.der), later, replaces=old)
    return app.call("GET", "/registrations/{registration_id}", registration_id=old)


def renewed(app: App) -> Answer:
    """With the same key, without saying that it replaces the earlier one."""
    registered(app)
    later = good(not_before=NOW)
    return app.prove(app.upload(later.der), later)


def renewed_but_not_later(app: App) -> Answer:
    old, same = registered(app), good()
    return app.prove(app.upload(same.der), same, replaces=old)


def resumed_with_another_key(app: App) -> Answer:
    held = registered(app)
    app.call("POST", "/registrations/{registration_id}/loss", registration_id=held)
    body = {"signature": "AAAA", "proof_id": "A" * 22}
    return app.call("POST", "/registrations/{registration_id}/resume", body, registration_id=held)


def silent_before_a_transaction(app: App) -> Answer:
    held = registered(app)
    app.account.issuers.mode = "tryLater"
    return app.call("POST", "/registrations/{registration_id}/check", registration_id=held)


def without_trust(app: App) -> Answer:
    app.account.client("s3").delete_object(Bucket=app.account.physical["TrustBucket"], Key="active/trust.json")
    return app.call("POST", "/precheck", {"certificate": "AAAA", "customer_kind": "personal"})


def another_consent(app: App) -> Answer:
    certificate, view = uploaded(app)
    return app.prove(view, certificate, consent_version="2020-01")


def proved(**overrides: Any) -> Scenario:
    def play(app: App) -> Answer:
        certificate = good(**overrides)
        return app.prove(app.upload(certificate.der), certificate)

    return play


def conflicting(app: App) -> Answer:
    app.announce(b"one", key="the-same-key")
    return app.announce(b"two", key="the-same-key")


def with_a_text_message(app: App) -> Answer:
    prover = Prover(app).log_in()
    challenge = prover.step_up("enrol", "passkey")
    prover.ask_sms(challenge)
    proof = prover.by_sms(challenge, prover.last_code()).body["proof_id"]
    return app.call("POST", "/credentials/passkey/options", {"proof_id": proof})


def with_a_code_after_the_loss_of_a_certificate(app: App) -> Answer:
    prover = Prover(app).log_in()
    prover.hold(good())
    assert app.call("POST", "/registrations/loss").status == 200
    return app.call("POST", "/credentials/passkey/options", {"proof_id": prover.proof("enrol", "passkey")})


def removed(named: str) -> Scenario:
    def play(app: App) -> Answer:
        proof = Prover(app).log_in().proof("remove", named)
        path = "/credentials/{credential_id}/removal"
        return app.call("POST", path, {"proof_id": proof}, credential_id=named)

    return play


def said(mode: str) -> Scenario:
    """What the issuer says of a certificate that all else is good about."""

    def play(app: App) -> Answer:
        app.account.issuers.mode = mode
        return app.look(app.upload(good().der)["upload_id"])

    return play


def sixth_passkey(app: App) -> Answer:
    prover = Prover(app).log_in().with_passkey()
    (known,) = prover.customer().passkeys
    more = [dataclasses.replace(known, credential_id=bytes([number]) * 32) for number in range(4)]
    prover.change(passkeys=(known, *more))
    proof = prover.by_passkey(prover.step_up("enrol", "passkey")).body["proof_id"]
    return app.call("POST", "/credentials/passkey/options", {"proof_id": proof})


def made_elsewhere(app: App) -> Answer:
    prover = Prover(app).log_in()
    return prover.add_passkey(prover.proof("enrol", "passkey"), origin="https://evil.example")


def silent_for_a_day(app: App) -> Answer:
    app.account.issuers.mode = "tryLater"
    upload_id = app.upload(good().der)["upload_id"]
    app.account.pass_time(days=1)
    app.retry_deferred({"all": True})
    return app.look(upload_id)


def authority_revoked(app: App) -> Answer:
    """The root's list names the CA that issued the certificate, and the bank has such lists looked at."""
    document, now = a_pki().trust_document(check_authorities=True), app.account.at
    put_trust(app.account, ACTIVE, json.dumps(document).encode())
    certificate = good()
    issuer = next(ca for ca in a_pki().issuers.values() if certificate.certificate.issuer == ca.certificate.subject)
    (point,) = issuer.certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    url = point.full_name[0].value
    revoked = Revoked(issuer.certificate.serial_number, now, x509.ReasonFlags.ca_compromise)
    app.account.lists[url] = make_crl(a_pki().root, [revoked], this_update=now)
    return app.look(app.upload(certificate.der)["upload_id"])


def asked_for_a_status(system: System, **names: str) -> Answer:
    """A relying service asks about a certificate, one that is not registered unless `names` name another."""
    named = names or {"fingerprint": "0" * 64}
    return system.call("POST", "/status", {"certificate": named, "purpose": "NORMAL"})


def asked_after_a_year_without_lists(app: App) -> Answer:
    """The last status is that of the registration."""
    registration = a_registration(app.account)
    app.account.pass_time(days=300)
    return asked_for_a_status(System(app.account).enter(), fingerprint=registration.fingerprint)


def signed_wrongly(times: int) -> Scenario:
    """Another key signs a transaction, this often."""

    def scenario(app: App) -> Answer:
        signer = a_signer(app)
        request_id = signer.asked()
        wrong = sign(an_ec_key("other"), signer.text(request_id))
        return [signer.give(request_id, wrong) for _ in range(times)][-1]

    return scenario


def signed_too_late(app: App) -> Answer:
    signer = a_signer(app)
    request_id = signer.asked()
    signature = sign(signer.certificate.key, signer.text(request_id))
    app.account.pass_time(minutes=5)
    return signer.give(request_id, signature)


def asked_twice_with_one_key(app: App) -> Answer:
    signer = a_signer(app)
    signer.ask(key="transfer-77")
    return signer.ask(key="transfer-77", document_sha256="0" * 64)
