"""A good response from before what is known must not beat it, on any path that records a status."""

import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509

from registrar.aws.buckets.bucket import Bucket
from registrar.aws.buckets.crl_indexes import CrlIndexes
from registrar.aws.buckets.trust_bucket import ACTIVE
from registrar.aws.tables.issuers import Issuers
from registrar.domain.registrations.registration import Hold
from registrar.domain.revocation.crl import read_crl
from tests.support.account import Account
from tests.support.app import DONE, Answer, App, assert_problem, put_trust
from tests.support.builders import a_certificate, a_trust_document, an_ec_key
from tests.support.crl_watch import ISSUER, POINT, URL, listed, publish, watch
from tests.support.prepared import delivered_certificate, prepared, registered_certificate, uploaded_certificate
from tests.support.rows import registrations_of
from tools.pki.authorities import CustomerCertificate
from tools.pki.crls import Revoked

REASON = x509.ReasonFlags
HOLD, COMPROMISE = REASON.certificate_hold, REASON.key_compromise
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def a_listed_certificate() -> CustomerCertificate:
    return a_certificate(key=an_ec_key(), crl_url=URL)


def read_list(app: App, certificate: CustomerCertificate, reason: x509.ReasonFlags, **overrides: Any) -> None:
    """The bank reads a list with this certificate on it, for another customer's certificate."""
    publish(app.account, listed(certificate, reason), **overrides)
    assert watch(app.account) == DONE


def registered(app: App) -> tuple[str, CustomerCertificate]:
    certificate, registration = prepared(app, registered_certificate, crl_url=URL)
    return registration["registration_id"], certificate


def check(app: App, registration_id: str) -> Answer:
    return app.call("POST", "/registrations/{registration_id}/check", registration_id=registration_id)


@pytest.mark.parametrize("mode", ["old", "earlier"])
@pytest.mark.parametrize(("reason", "headline"), [(HOLD, "ISSUER_ON_HOLD"), (COMPROMISE, "REVOKED_BY_ISSUER")])
def test_a_good_response_from_before_a_stored_list_is_refused(
    app: App, mode: str, reason: x509.ReasonFlags, headline: str
) -> None:
    certificate, upload_id = prepared(app, delivered_certificate, crl_url=URL)
    read_list(app, certificate, reason)
    app.account.issuers.mode = mode
    view = app.decided(upload_id)
    assert (view["state"], view["headline"]) == ("REJECTED", headline)


def test_a_revocation_on_a_list_is_final_whatever_is_responded_later(app: App) -> None:
    certificate = a_listed_certificate()
    read_list(app, certificate, COMPROMISE)
    app.account.pass_time(days=3)
    assert app.upload(certificate.der)["headline"] == "REVOKED_BY_ISSUER"


@pytest.mark.parametrize(("later", "state"), [(0, "REJECTED"), (1, "AWAITING_PROOF")])
def test_a_hold_on_a_list_counts_until_a_response_for_a_later_time(app: App, later: int, state: str) -> None:
    certificate, upload_id = prepared(app, delivered_certificate, crl_url=URL)
    read_list(app, certificate, HOLD)
    app.account.pass_time(seconds=later)
    assert app.decided(upload_id)["state"] == state


@pytest.mark.parametrize(("reason", "headline"), [(HOLD, "ISSUER_ON_HOLD"), (COMPROMISE, "REVOKED_BY_ISSUER")])
def test_a_list_read_between_decision_and_proof_stops_the_registration(
    app: App, reason: x509.ReasonFlags, headline: str
) -> None:
    """No watch began since: another customer's query fetched the list."""
    app.account.issuers.mode = "earlier"
    certificate, view = prepared(app, uploaded_certificate, crl_url=URL)
    assert view["state"] == "AWAITING_PROOF"
    publish(app.account, listed(certificate, reason))
    with_other_query(app)
    assert_problem(app.prove(view, certificate), "IN_PROGRESS")
    assert app.registrations() == []
    assert app.ask_issuer(view["upload_id"]) == DONE
    assert app.look(view["upload_id"]).body["headline"] == headline


def test_a_list_read_after_a_warm_function_kept_the_one_before_stops_the_registration(app: App) -> None:
    """register_certificate has registered with the former list, and would not read it again by itself."""
    app.account.issuers.mode = "earlier"
    publish(app.account)
    with_other_query(app)
    app.account.pass_time(minutes=30)
    assert [app.register(a_listed_certificate_of("kept " + which)).status for which in "ab"] == [201, 201]
    certificate = a_listed_certificate_of("refused")
    view = app.upload(certificate.der)
    fetched_elsewhere(app.account, listed(certificate, COMPROMISE))
    assert_problem(app.prove(view, certificate), "IN_PROGRESS")


def fetched_elsewhere(account: Account, *entries: Revoked) -> None:
    """Another function fetches the address and stores its list."""
    publish(account, *entries)
    with account.aside():
        issuers = Issuers(account.client("dynamodb"), account.physical["IssuersTable"])
        assert issuers.may_fetch(POINT, account.at)
        indexes = CrlIndexes(Bucket(account.client("s3"), account.physical["RevocationBucket"]))
        indexes.keep(POINT, [read_crl(account.lists[URL], ISSUER.certificate)])


def a_listed_certificate_of(key: str) -> CustomerCertificate:
    return a_certificate(key=an_ec_key(key), crl_url=URL)


def with_other_query(app: App) -> None:
    """Another customer's upload, for which the responder is silent, brings the list."""
    other = App(app.account, customer_id="kim")
    mode, app.account.issuers.mode = app.account.issuers.mode, "tryLater"
    other.upload(a_listed_certificate().der)
    app.account.issuers.mode = mode


def test_a_good_response_from_before_the_list_lifts_no_hold(app: App) -> None:
    registration_id, certificate = registered(app)
    read_list(app, certificate, HOLD)
    app.account.issuers.mode = "earlier"
    app.account.pass_time(minutes=10)
    response = check(app, registration_id)
    assert (response.status, response.body["usable"], response.body["holds"]) == (200, False, ["issuer"])
    app.account.issuers.mode = None
    assert check(app, registration_id).body["holds"] == []


def test_a_good_response_from_before_the_list_does_not_stop_a_revocation(app: App) -> None:
    registration_id, certificate = registered(app)
    publish(app.account, listed(certificate, COMPROMISE))
    with_other_query(app)  # no watch ran: only the stored list names it
    app.account.issuers.mode = "earlier"
    assert check(app, registration_id).body["status"] == "REVOKED_BY_ISSUER"


@pytest.mark.parametrize("first", ["registered", "held"])
@pytest.mark.parametrize(("after", "holds"), [(DAY, {Hold.ISSUER}), (MINUTE, set())], ids=["later", "earlier"])
def test_a_later_list_with_the_hold_beats_the_response_that_lifted_it(
    app: App, first: str, after: timedelta, holds: set[Hold]
) -> None:
    """The entry is the same on both lists. A list from before the response, which comes late, changes nothing."""
    registration_id, certificate = registered(app) if first == "registered" else ("", a_listed_certificate())
    published_at = app.account.at
    read_list(app, certificate, HOLD)
    app.account.pass_time(minutes=5)
    if first == "held":
        registration_id = app.register(certificate).body["registration_id"]
    assert check(app, registration_id).body["holds"] == []
    app.account.pass_time(days=1)
    read_list(app, certificate, HOLD, this_update=published_at + after)
    assert registrations_of(app.account).get(app.customer_id, registration_id).holds == holds


def test_a_list_from_before_the_response_lifts_no_hold(app: App) -> None:
    """The responder put the hold on; its server is kept silent, and the list is from before."""
    registration_id, certificate = registered(app)
    publish(app.account, this_update=app.account.at - 30 * MINUTE)
    app.account.issuers.set_mode(certificate.certificate, "hold")
    assert check(app, registration_id).body["holds"] == ["issuer"]
    app.account.issuers.mode = "tryLater"
    response = check(app, registration_id)
    assert (response.body["usable"], response.body["holds"]) == (False, ["issuer"])
    publish(app.account, this_update=app.account.at + MINUTE)
    app.account.pass_time(minutes=40)  # the stored list is too old for high value by now
    assert check(app, registration_id).body["holds"] == []


def test_a_later_list_lifts_the_hold(app: App) -> None:
    registration_id, certificate = registered(app)
    read_list(app, certificate, HOLD)
    app.account.pass_time(days=1)
    publish(app.account)
    assert watch(app.account) == DONE
    assert check(app, registration_id).body["holds"] == []


def test_the_list_counts_where_its_address_is_no_longer_accepted(app: App) -> None:
    certificate = a_listed_certificate()
    read_list(app, certificate, COMPROMISE)
    document = a_trust_document(2)
    document["operators"]["yessign"]["revocation"]["crl"] = []
    put_trust(app.account, ACTIVE, json.dumps(document).encode())
    app.account.restart()
    app.account.issuers.mode = "earlier"
    assert app.upload(certificate.der)["headline"] == "REVOKED_BY_ISSUER"


@pytest.mark.parametrize(("stated", "headline"), [("hold", "ISSUER_ON_HOLD"), ("revoked", "REVOKED_BY_ISSUER")])
def test_a_good_response_from_before_the_responders_own_is_refused(app: App, stated: str, headline: str) -> None:
    certificate = a_certificate(key="ec")
    app.account.issuers.mode = stated
    assert app.upload(certificate.der)["headline"] == headline
    for mode in ("earlier", "old"):
        app.account.issuers.mode = mode
        assert app.upload(certificate.der)["headline"] == headline


def test_a_later_response_lifts_the_hold_that_the_responder_stated(app: App) -> None:
    certificate = a_certificate(key="ec")
    app.account.issuers.mode = "hold"
    app.upload(certificate.der)
    app.account.issuers.mode = None
    app.account.pass_time(minutes=1)
    assert app.upload(certificate.der)["state"] == "AWAITING_PROOF"


def test_a_hold_is_not_shaken_off_by_deregistering(app: App) -> None:
    """The responder, which stated it, is kept silent; the list is from before."""
    registration_id, certificate = registered(app)
    publish(app.account, this_update=app.account.at - 30 * MINUTE)
    app.account.issuers.mode = "hold"
    assert check(app, registration_id).body["holds"] == ["issuer"]
    registrations = registrations_of(app.account)
    registrations.deregister(registrations.get(app.customer_id, registration_id), app.account.at)
    app.account.issuers.mode = "tryLater"
    assert app.upload(certificate.der)["headline"] == "ISSUER_ON_HOLD"


def test_a_revocation_stated_between_decision_and_proof_stops_the_registration(app: App) -> None:
    certificate, first = prepared(app, uploaded_certificate)
    app.account.issuers.mode = "revoked"
    app.account.pass_time(minutes=1)
    assert app.upload(certificate.der)["state"] == "REJECTED"
    app.account.issuers.mode = "earlier"
    assert_problem(app.prove(first, certificate), "IN_PROGRESS")
    assert app.ask_issuer(first["upload_id"]) == DONE
    assert app.look(first["upload_id"]).body["headline"] == "REVOKED_BY_ISSUER"
