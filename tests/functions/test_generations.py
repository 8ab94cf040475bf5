"""A customer renews across generations of the hierarchy: another root, another CA, the same operator."""

import json
from datetime import timedelta
from typing import Any

import pytest

from registrar.aws.buckets.trust_bucket import ACTIVE
from registrar.domain.times import iso
from tests.support.account import Account
from tests.support.app import App, assert_problem, put_trust
from tests.support.builders import NOW, a_certificate, a_pin, a_pki, an_ec_key
from tests.support.rows import registrations_of
from tests.support.transitions import revoke
from tools.pki.authorities import CustomerCertificate
from tools.pki.issuers import DemoResponder, issue_root_responder

YEAR = timedelta(days=365)
OLD, NEW = a_pki(), a_pki(2)


def document(version: int, *, accepted_until: str | None = None) -> dict[str, Any]:
    """Both generations side by side; the bank's time for the CAs of the old one may be over."""
    both = OLD.trust_document(version)
    second = NEW.trust_document()
    if accepted_until is not None:
        both["issuers"] = [each | {"accepted_until": accepted_until} for each in both["issuers"]]
    return both | {name: both[name] + second[name] for name in ("anchors", "issuers")}


@pytest.fixture
def app(account: Account) -> App:
    """The admin has pinned the new root; the document has the old generation alone."""
    roots = (OLD.root.certificate, NEW.root.certificate)
    account.parameters = {**account.parameters, "TrustAnchorPins": ",".join(map(a_pin, roots))}
    put_trust(account, ACTIVE, json.dumps(OLD.trust_document(1)).encode())
    app = App(account)
    app.enrol()
    return app


def activate(account: Account, new: dict[str, Any]) -> None:
    """The new document is active, and the responder is one of the new root."""
    put_trust(account, ACTIVE, json.dumps(new).encode())
    account.pass_time(minutes=2)
    account.issuers = DemoResponder(issue_root_responder(NEW, NOW))


def renewed(operator: str = "yessign") -> CustomerCertificate:
    """Issued a day later by the same operator's CA of the new generation."""
    return NEW.issue_customer(operator=operator, not_before=NOW, not_after=NOW + YEAR, key=an_ec_key("renewed"))


def test_customer_renews_across_generations(app: App, account: Account) -> None:
    first = a_certificate(key="ec", not_before=NOW - timedelta(days=1))
    old = app.register(first).body["registration_id"]
    new = renewed()
    assert app.upload(new.der)["headline"] == "TRUST_ISSUER_UNKNOWN"

    activate(account, document(2))
    response = app.prove(app.upload(new.der), new, replaces=old)

    assert (response.status, response.body["replaces"]) == (201, old)
    states = {each["registration_id"]: each["status"] for each in app.registrations()}
    assert states == {old: "SUPERSEDED", response.body["registration_id"]: "ACTIVE"}


def test_certificate_that_its_issuer_revoked_at_the_renewal_is_replaced_across_generations(
    app: App, account: Account
) -> None:
    first = a_certificate(key="ec", not_before=NOW - timedelta(days=1))
    old = app.register(first).body["registration_id"]
    activate(account, document(2))
    registrations = registrations_of(account)
    revoke(registrations, registrations.get("hong", old), "superseded")
    new = renewed()
    response = app.prove(app.upload(new.der), new, replaces=old)
    assert (response.status, response.body["replaces"]) == (201, old)
    states = {each["registration_id"]: each["status"] for each in app.registrations()}
    assert states == {old: "REVOKED_BY_ISSUER", response.body["registration_id"]: "ACTIVE"}


def test_old_certificate_after_its_renewal_leads_to_the_new_one(app: App, account: Account) -> None:
    """Both generations are accepted: the old certificate is refused for what its issuer says of it."""
    activate(account, document(2))
    account.issuers = DemoResponder(issue_root_responder(OLD, NOW))
    account.issuers.mode = "superseded"
    old = a_certificate(key=an_ec_key("old"), not_before=NOW - timedelta(days=1))
    assert app.upload(old.der)["headline"] == "REVOKED_RENEWED"


def test_certificate_of_another_operator_is_no_successor(app: App, account: Account) -> None:
    old = app.register(a_certificate(key="ec", not_before=NOW - timedelta(days=1))).body["registration_id"]
    activate(account, document(2))
    other = renewed("kica")
    assert_problem(app.prove(app.upload(other.der), other, replaces=old), "REPLACES_NOT_ACCEPTED")


def test_registration_of_the_old_generation_stays_usable_and_its_expired_ones_are_renewed(
    app: App, account: Account
) -> None:
    old = app.register(a_certificate(key="ec")).body["registration_id"]
    activate(account, document(2, accepted_until=iso(NOW)))
    found = app.call("GET", "/registrations/{registration_id}", registration_id=old).body
    assert (found["status"], found["usable"]) == ("ACTIVE", True)
    expired = a_certificate(key=an_ec_key("old"), not_before=NOW - YEAR, not_after=NOW - timedelta(days=1))
    assert app.upload(expired.der)["headline"] == "CERT_EXPIRED"
    valid = a_certificate(key=an_ec_key("valid"))
    assert app.upload(valid.der)["headline"] == "TRUST_ISSUER_NOT_ACCEPTED_NOW"
