"""Every code of the catalogue, through the handlers: the app's response, not a function's return value.

A code that nothing can bring about has no business in the catalogue; one that has no scenario here fails.
"""

import base64
import dataclasses
import json
from datetime import timedelta

import pytest

from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.codes import Code
from registrar.domain.registrations.registration import Hold
from registrar.domain.registrations.upload import DAILY_UPLOADS
from tests.support.account import Account
from tests.support.app import App
from tests.support.builders import NOW, a_compromised_key
from tests.support.containers import SECRET, mismatch
from tests.support.decision_cases import CASES
from tests.support.methods import Prover
from tests.support.prepared import prepared, uploaded_container
from tests.support.relying import System, a_service
from tests.support.scenarios import (
    ONLY_OF_THE_GATEWAY,
    Scenario,
    another_consent,
    anothers,
    asked_after_a_year_without_lists,
    asked_for_a_status,
    asked_twice_with_one_key,
    authority_revoked,
    changed,
    code_given,
    code_reused,
    conflicting,
    ended,
    flooded,
    good,
    later,
    lived,
    looked_at,
    made_elsewhere,
    method_unavailable,
    opened,
    proved,
    recovered,
    registered_twice,
    removed,
    renewed,
    renewed_but_not_later,
    repeated,
    replaced,
    resumed_with_another_key,
    said,
    signed_by_another,
    signed_out,
    signed_too_late,
    signed_wrongly,
    silent_before_a_transaction,
    silent_for_a_day,
    sixth_passkey,
    uploaded,
    with_a_code_after_the_loss_of_a_certificate,
    with_a_text_message,
    without_trust,
    wrong_password,
)
from tests.support.shape import GATEWAY, RELYING_GATEWAY, TEMPLATE
from tests.support.signed_elsewhere import (
    expired_after_signing,
    known_only_from_before,
    renewed_after_signing,
    stating_another_time,
    tomorrow,
    with_another_signature,
)
from tests.support.signing import CARD, a_signer
from tests.support.transitions import block
from tools.packaging.template import gateway_body
from tools.pki.npki_files import Pbes2, sign_pri_key

SCENARIOS: dict[str, Scenario] = {
    "AUTH_REQUIRED": signed_out,
    "LOGIN_FAILED": lambda app: app.give_password("not the password"),
    "LOGIN_CERTIFICATE_FAILED": lambda app: Prover(app).by_certificate_alone(good()),
    "LOGIN_AFTER_RECOVERY": recovered,
    "STEP_UP_REQUIRED": lambda app: dataclasses.replace(app, proved_at=NOW - timedelta(days=1)).announce(b"x"),
    "STEP_UP_INVALID": code_given(1),
    "STEP_UP_EXPIRED": lambda app: app.give_code("A" * 22),
    "STEP_UP_REUSED": code_reused,
    "STEP_UP_LOCKED": code_given(5),
    "STEP_UP_METHOD_UNAVAILABLE": method_unavailable,
    "RATE_LIMITED": flooded,
    "STEP_UP_TOO_WEAK": with_a_text_message,
    "CREDENTIAL_CHANGE_DELAYED": with_a_code_after_the_loss_of_a_certificate,
    "CREDENTIAL_INVALID": made_elsewhere,
    "CREDENTIAL_LIMIT_REACHED": sixth_passkey,
    "CREDENTIAL_NOT_FOUND": removed("0" * 32),
    "CREDENTIAL_LAST": removed("totp"),
    "RECOVERY_NOT_FOUND": lambda app: app.call("POST", "/recovery/cancellation"),
    "UPLOAD_NOT_FOUND": lambda app: app.look("0" * 32),
    "UPLOAD_EXPIRED": later(lambda app: app.announce(b"x").body, 11, lambda app, made: app.look(made["upload_id"])),
    "UPLOAD_EMPTY": lambda app: app.announce(b""),
    "UPLOAD_TOO_LARGE": lambda app: app.announce(b"x", size=10**6),
    "UPLOAD_CHANGED": changed,
    "UPLOAD_LIMIT_REACHED": repeated(DAILY_UPLOADS + 1, lambda _: lambda app: app.announce(b"x")),
    "FILE_PASSWORD_REQUIRED": lambda app: app.call(
        "POST",
        "/uploads/{upload_id}/registration",
        {"consent_version": "2026-11-30"},
        upload_id=prepared(app, uploaded_container)[1]["upload_id"],
    ),
    "FILE_PASSWORD_WRONG": repeated(1, wrong_password),
    "FILE_PASSWORD_ATTEMPTS_EXCEEDED": repeated(5, wrong_password),
    "FILE_KDF_COST_TOO_HIGH": looked_at(
        lambda: good().der, lambda: sign_pri_key(good(), SECRET, Pbes2(rounds=3_000_000))
    ),
    "FILE_KEY_MISMATCH": opened(*mismatch()),
    "CERT_NOT_YET_VALID": looked_at(lambda: good(not_before=NOW + timedelta(days=1)).der),
    "CERT_KEY_KNOWN_COMPROMISED": looked_at(lambda: good(key=a_compromised_key("roca")).der),
    "OWNER_MISMATCH": proved(idn="9001011234568"),
    "OWNER_UNVERIFIABLE": proved(vid=False),
    "OWN_BANK_CERTIFICATE": looked_at(lambda: good(bank_ou="JBB").der),
    "PROOF_FAILED": repeated(1, signed_by_another),
    "PROOF_ATTEMPTS_EXCEEDED": repeated(3, signed_by_another),
    "PROOF_EXPIRED": later(lambda app: uploaded(app)[1], 6, lambda app, made: app.prove(made, good())),
    "CONSENT_REQUIRED": another_consent,
    "ALREADY_REGISTERED": registered_twice,
    "NOT_AVAILABLE_FOR_REGISTRATION": anothers,
    "REG_NOT_FOUND": lambda app: app.call(
        "GET", "/registrations/{registration_id}", registration_id="r" + "0" * 32
    ),
    "REG_EXPIRED": ended,
    "SIGNATURE_NOT_VERIFIED": with_another_signature,
    "SIGNED_IN_FUTURE": tomorrow,
    "STATUS_BEFORE_SIGNING": known_only_from_before,
    "SIGNING_TIME_DIFFERS": stating_another_time,
    "REVOKED_AFTER_SIGNING": renewed_after_signing,
    "REVOCATION_NO_LONGER_STATED": expired_after_signing,
    "REVOKED_BY_ISSUER": said("revoked"),
    "REVOKED_RENEWED": said("superseded"),
    "ISSUER_ON_HOLD": said("hold"),
    "REVOCATION_STATUS_UNKNOWN": said("unknown"),
    "REVOCATION_UNAVAILABLE": said("tryLater"),
    "REVOCATION_STALE": said("stale"),
    "REVOCATION_ANSWER_INVALID": said("garbage"),
    "REVOCATION_GIVEN_UP": silent_for_a_day,
    "REVOCATION_NOT_CONFIRMED": silent_before_a_transaction,
    "TRUST_CA_REVOKED": authority_revoked,
    "REG_SUSPENDED": lambda app: lived(app, lambda s, r: s.add_hold("hong", r.id, Hold.CUSTOMER, NOW)),
    "REG_HELD": lambda app: lived(app, lambda s, r: s.add_hold("hong", r.id, Hold.ISSUER, NOW)),
    "REG_BLOCKED": lambda app: lived(app, block),
    "REG_REVOKED": lambda app: lived(app, lambda s, r: s.revoke("hong", r.id, "superseded", NOW, NOW)),
    "REG_DEREGISTERED": lambda app: lived(app, lambda s, r: s.deregister(r, NOW)),
    "REG_SUPERSEDED": replaced,
    "REPLACES_REQUIRED": renewed,
    "REPLACES_NOT_ACCEPTED": renewed_but_not_later,
    "SIGNATURE_INVALID": resumed_with_another_key,
    "IN_PROGRESS": lambda app: app.open(app.announce(b"x").body | {"password": {"nonce": "0"}}, SECRET),
    "STATE_CONFLICT": conflicting,
    "NOT_REGISTERED": lambda app: asked_for_a_status(System(app.account).enter()),
    "STATUS_OUTDATED": asked_after_a_year_without_lists,
    "SIGNING_REQUEST_NOT_FOUND": lambda app: a_signer(app).look("s" + "0" * 32),
    "SIGNING_REQUEST_EXPIRED": signed_too_late,
    "SIGNING_SIGNATURE_INVALID": signed_wrongly(1),
    "SIGNING_ATTEMPTS_EXCEEDED": signed_wrongly(3),
    "SIGNING_KIND_NOT_ALLOWED": lambda app: a_signer(app).ask(kind="card", values=CARD),
    "IDEMPOTENCY_KEY_REUSED": asked_twice_with_one_key,
    "RELYING_SERVICE_UNKNOWN": lambda app: asked_for_a_status(System(app.account)),
    "RELYING_SERVICE_NOT_ALLOWED": lambda app: asked_for_a_status(
        System(app.account).enter(a_service(uses=frozenset()))
    ),
    "MALFORMED_REQUEST": lambda app: app.call("POST", "/uploads", "{"),
    "SYSTEM_RETRY": without_trust,
}
# Findings of one bare file are covered by the cases of the decision: here they only pass through.
SCENARIOS["CERT_CORPORATE_REQUIRED"] = lambda app: app.call(
    "POST", "/precheck", {"certificate": base64.b64encode(good().der).decode(), "customer_kind": "corporate"}
)
OF_THE_DECISION = sorted(set(CASES) - set(SCENARIOS))
AT = {"TRUST_ISSUER_NOT_ACCEPTED_NOW": NOW + timedelta(days=8000)}
SCENARIOS |= {code: looked_at(CASES[code][0]) for code in OF_THE_DECISION}


def test_every_code_of_the_catalogue_has_its_scenario() -> None:
    gateways = [*GATEWAY.values(), *RELYING_GATEWAY.values()]
    said_by_the_gateway = {json.loads(gateway_body(g, TEMPLATE))["code"] for g in gateways}

    assert set(SCENARIOS) | ONLY_OF_THE_GATEWAY == set(CATALOGUE)
    assert said_by_the_gateway >= ONLY_OF_THE_GATEWAY
    assert not set(SCENARIOS) & ONLY_OF_THE_GATEWAY


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(code, marks=pytest.mark.slow if code in OF_THE_DECISION[2:] else [])
        for code in sorted(SCENARIOS)
    ],
)
def test_each_scenario_returns_its_code_to_the_app(app: App, account: Account, code: str) -> None:
    account.at = AT.get(code, NOW)
    response = SCENARIOS[code](app)
    body = response.body
    found = {finding["code"]: finding for finding in body.get("findings", [])}
    reason = body.get("reason")
    of_status = reason if isinstance(reason, dict) else {"code": reason}
    assert code in {body.get("code"), body.get("headline"), of_status["code"], *found}
    shown = body["detail"] if body.get("code") == code else found.get(code, of_status).get("text", "-")
    assert "{" not in shown
    if body.get("code") == code:
        assert response.status == CATALOGUE[Code(code)].status
    assert account.keys("UploadBucket") == [] or code.startswith(("FILE_PASSWORD_REQ", "FILE_PASSWORD_WRONG"))
