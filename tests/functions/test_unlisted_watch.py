"""Every night the responder is queried about each registered certificate that no list covers."""

import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.x509.oid import ExtensionOID

from registrar.domain.registrations.registration import Hold, Lifecycle, Registration
from tests.support.account import Account
from tests.support.app import DONE, App, a_delivery, an_event
from tests.support.builders import a_certificate
from tests.support.crl_watch import FAILED
from tests.support.prepared import prepared, registered_certificate
from tests.support.rows import registrations_of
from tools.pki.authorities import CustomerCertificate

UNLISTED: dict[str, dict[str, Any]] = {
    "not accepted": {"crl_url": "http://10.0.0.1/a"},
    "names none": {"omit": (ExtensionOID.CRL_DISTRIBUTION_POINTS,)},
}
DAY = timedelta(days=1)


def registered(app: App, **arguments: Any) -> tuple[str, CustomerCertificate]:
    certificate, registration = prepared(app, registered_certificate, **arguments or UNLISTED["not accepted"])
    return registration["registration_id"], certificate


def now_of(app: App, registration_id: str) -> Registration:
    found = registrations_of(app.account).find(app.customer_id, registration_id)
    assert found is not None
    return found


def planned(account: Account, event: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """The messages that name registrations."""
    account.calls.clear()
    account.invoke("watch_issuers", event or an_event("schedule"))
    return [body for body in account.sent_to("WatchQueue") if "registrations" in body]


def watch(account: Account, event: dict[str, Any] | None = None) -> list[Any]:
    """A night: what each planned message led to."""
    outcomes = []
    for message in planned(account, event):
        batch = a_delivery("")
        batch["Records"][0]["body"] = json.dumps(message)
        outcomes.append(account.invoke("watch_crl", batch))
    return outcomes


@pytest.mark.parametrize("how", UNLISTED)
def test_a_revocation_of_a_certificate_without_a_list_ends_its_registration(app: App, how: str) -> None:
    registration_id, certificate = registered(app, **UNLISTED[how])
    app.account.issuers.set_mode(certificate.certificate, "revoked")
    app.account.pass_time(days=1)
    assert watch(app.account) == [DONE]
    ended = now_of(app, registration_id)
    assert (ended.lifecycle, ended.end_reason) == (Lifecycle.REVOKED_BY_ISSUER, "keyCompromise")
    assert planned(app.account) == [], "an ended one is not queried again"


def test_a_hold_is_added_and_lifted(app: App) -> None:
    registration_id, certificate = registered(app)
    for mode, holds in (("hold", {Hold.ISSUER}), ("good", set())):
        app.account.issuers.set_mode(certificate.certificate, mode)
        app.account.pass_time(days=1)
        assert watch(app.account) == [DONE]
        assert now_of(app, registration_id).holds == holds


def test_a_good_status_is_recorded(app: App) -> None:
    registration_id, _ = registered(app)
    app.account.pass_time(days=1)
    assert watch(app.account) == [DONE]
    revocation = now_of(app, registration_id).revocation
    assert revocation is not None
    assert revocation.as_of == app.account.at


def test_a_certificate_with_a_list_is_not_queried(app: App) -> None:
    certificate = a_certificate(key="ec")
    assert app.register(certificate).status == 201
    assert planned(app.account) == []


def test_an_expired_certificate_is_not_queried(app: App) -> None:
    registered(app, not_after=app.account.at + DAY, **UNLISTED["names none"])
    assert len(planned(app.account)) == 1
    app.account.pass_time(days=2)
    assert planned(app.account) == []


def test_one_operator_alone_is_queried(app: App) -> None:
    registration_id, certificate = registered(app)
    app.account.issuers.set_mode(certificate.certificate, "revoked")
    app.account.pass_time(days=1)
    assert watch(app.account, {"operator": "kica"}) == [DONE]
    assert now_of(app, registration_id).lifecycle is Lifecycle.LIVE
    assert watch(app.account, {"operator": "yessign"}) == [DONE]
    assert now_of(app, registration_id).lifecycle is Lifecycle.REVOKED_BY_ISSUER


@pytest.mark.parametrize("mode", ["tryLater", "unauthorized", "unknown", "stale", "garbage"])
def test_without_a_status_nothing_changes_until_it_is_overdue(app: App, mode: str) -> None:
    """Then the message goes to the dead letters, which raise the alarm."""
    registration_id, _ = registered(app)
    before = now_of(app, registration_id)
    app.account.issuers.mode = mode
    app.account.pass_time(days=1)
    assert watch(app.account) == [DONE]
    app.account.pass_time(days=1, minutes=10)
    assert watch(app.account) == [FAILED]
    assert now_of(app, registration_id) == before


def test_a_good_response_from_before_the_hold_lifts_nothing(app: App) -> None:
    registration_id, certificate = registered(app)
    app.account.issuers.set_mode(certificate.certificate, "hold")
    app.account.pass_time(days=1)
    watch(app.account)
    app.account.issuers.set_mode(certificate.certificate, "old")
    app.account.pass_time(days=1)
    watch(app.account)
    assert now_of(app, registration_id).holds == {Hold.ISSUER}


def test_many_are_queried_in_batches(app: App) -> None:
    registrations = registrations_of(app.account)
    ids = [[f"customer-{number}", f"r{number:032d}"] for number in range(60)]
    client = app.account.client("dynamodb")
    for customer, registration in ids:
        item = {
            "pk": {"S": f"CUST#{customer}"},
            "sk": {"S": f"REG#{registration}"},
            "unlisted": {"S": "unlisted"},
            "not_after": {"S": "2027-11-23T00:00:00Z"},
        }
        client.put_item(TableName=registrations.table, Item=item)
    messages = planned(app.account)
    assert [len(message["registrations"]) for message in messages] == [25, 25, 10]
    assert sorted(each for message in messages for each in message["registrations"]) == sorted(ids)
