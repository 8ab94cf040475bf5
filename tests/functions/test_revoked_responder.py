"""A responder that is revoked itself states nothing, whoever issued it and on whichever list it stands."""

import base64
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from registrar.aws.buckets.trust_bucket import ACTIVE
from tests.support.account import Account
from tests.support.app import App, assert_problem, put_trust
from tests.support.builders import NOW, a_pki, an_rsa_key
from tests.support.crl_watch import URL, watch
from tests.support.prepared import delivered_certificate, prepared, registered_certificate
from tools.pki.authorities import Authority
from tools.pki.crls import Revoked, make_crl, scope
from tools.pki.issuers import DemoResponder
from tools.pki.responders import Responder, issue_responder

CA, ROOT = a_pki().issuers["yessign"], a_pki().root
ROOT_URL = (
    "ldap://ds.yessign.example:389/CN=KISA-Demo-RootCA,OU=Korea-Certification-Authority-Central,O=KISA,C=KR"
    "?authorityRevocationList"
)
OWN_URL = "ldap://ds.yessign.example:389/ou=dpresponders,o=yessign,c=kr?certificateRevocationList"
YEAR = timedelta(days=365)
HOLD, COMPROMISE = x509.ReasonFlags.certificate_hold, x509.ReasonFlags.key_compromise
NOCHECK = (x509.OCSPNoCheck(), False)
ISSUERS = {"of the root": ROOT, "delegated": CA}


@pytest.fixture
def app(account: Account) -> App:
    return App(account)


def trust(app: App, **rules: Any) -> str:
    """An active document with these rules, lists, and the id of an upload whose issuer is asked next."""
    prepared(app, activate, **rules)
    _, upload_id = prepared(app, delivered_certificate, crl_url=URL)
    put_lists(app)
    return upload_id


def activate(
    app: App, /, *, check_authorities: bool = True, order: Sequence[str] = ("ocsp", "crl"), **sources: Any
) -> None:
    app.enrol()
    document = a_pki().trust_document(1, check_authorities=check_authorities)
    document["rules"]["revocation"]["order"] = list(order)
    document["operators"]["yessign"]["revocation"] |= sources
    put_trust(app.account, ACTIVE, json.dumps(document).encode())


def put_lists(app: App, *entries: Revoked, of: Authority | None = None, at: str | None = None) -> None:
    """The lists of root and CA, with `entries` on the one of `of`."""
    now = app.account.at
    lists = {ROOT_URL: (ROOT, scope(only_ca=True)), URL: (CA, scope(uris=[URL]))}
    if at is not None and of is not None:
        lists[at] = (of, scope(uris=[at]))
    for url, (authority, part) in lists.items():
        listed = entries if authority is of and at in (None, url) else ()
        app.account.lists[url] = make_crl(
            authority, listed, this_update=now, next_update=now + timedelta(days=30), idp=part
        )


def respond_by(app: App, authority: Authority, *extensions: tuple[x509.ExtensionType, bool]) -> Responder:
    responder = issue_responder(
        authority,
        an_rsa_key("responder"),
        not_before=NOW - YEAR,
        not_after=NOW + YEAR,
        extra_extensions=extensions,
    )
    app.account.issuers = DemoResponder(responder)
    return responder


def a_list_at(url: str) -> tuple[x509.ExtensionType, bool]:
    names = [x509.UniformResourceIdentifier(url)]
    return x509.CRLDistributionPoints([x509.DistributionPoint(names, None, None, None)]), False


def entry(responder: Responder, reason: x509.ReasonFlags | None = COMPROMISE) -> Revoked:
    return Revoked(responder.certificate.serial_number, NOW - timedelta(days=1), reason)


def outcome(app: App, upload_id: str) -> tuple[str, str | None]:
    view = app.decided(upload_id)
    return view["state"], view.get("headline")


def without_list_of_customers(app: App) -> None:
    """So that the CRL cannot answer in place of the responder."""
    app.account.lists.pop(URL)


@pytest.mark.parametrize("who", ISSUERS)
def test_a_responder_on_no_list_is_believed(app: App, who: str) -> None:
    upload_id = trust(app)
    respond_by(app, ISSUERS[who])
    assert outcome(app, upload_id) == ("AWAITING_PROOF", None)


@pytest.mark.parametrize("reason", [None, HOLD, COMPROMISE])
def test_a_responder_on_the_list_of_the_root_is_not_believed(app: App, reason: x509.ReasonFlags | None) -> None:
    upload_id = trust(app)
    responder = respond_by(app, ROOT)
    put_lists(app, entry(responder, reason), of=ROOT)
    without_list_of_customers(app)
    assert outcome(app, upload_id) == ("DEFERRED", "REVOCATION_ANSWER_INVALID")


@pytest.mark.parametrize("checks", [True, False])
def test_a_responder_on_a_stored_list_of_its_ca_is_not_believed(app: App, checks: bool) -> None:
    upload_id = trust(app, check_authorities=checks, order=("ocsp",))
    responder = respond_by(app, CA)
    put_lists(app, entry(responder), of=CA)
    watch(app.account)
    put_lists(app)
    assert outcome(app, upload_id) == ("DEFERRED", "REVOCATION_ANSWER_INVALID")


@pytest.mark.parametrize("who", ISSUERS)
def test_a_responder_on_the_list_that_it_names_is_not_believed(app: App, who: str) -> None:
    upload_id = trust(app)
    responder = respond_by(app, ISSUERS[who], a_list_at(OWN_URL))
    put_lists(app, entry(responder), of=ISSUERS[who], at=OWN_URL)
    without_list_of_customers(app)
    assert outcome(app, upload_id) == ("DEFERRED", "REVOCATION_ANSWER_INVALID")


@pytest.mark.parametrize("who", ISSUERS)
def test_a_responder_whose_own_list_is_missing_waits_where_cas_are_checked(app: App, who: str) -> None:
    upload_id = trust(app)
    respond_by(app, ISSUERS[who], a_list_at(OWN_URL))
    without_list_of_customers(app)
    assert outcome(app, upload_id) == ("DEFERRED", "REVOCATION_UNAVAILABLE")
    put_lists(app, of=ISSUERS[who], at=OWN_URL)
    app.account.pass_time(minutes=1)
    app.retry_deferred()
    assert app.look(upload_id).body["state"] == "AWAITING_PROOF"


def test_a_list_decides_where_the_responder_is_revoked(app: App) -> None:
    upload_id = trust(app)
    responder = respond_by(app, ROOT)
    put_lists(app, entry(responder), of=ROOT)
    assert outcome(app, upload_id) == ("AWAITING_PROOF", None)


@pytest.mark.parametrize("mode", ["revoked", "hold", "unknown"])
def test_no_statement_of_a_revoked_responder_counts(app: App, mode: str) -> None:
    upload_id = trust(app)
    responder = respond_by(app, ROOT)
    put_lists(app, entry(responder), of=ROOT)
    app.account.issuers.mode = mode
    assert outcome(app, upload_id) == ("AWAITING_PROOF", None)


@pytest.mark.parametrize(("exempt", "found"), [(None, "DEFERRED"), (False, "DEFERRED"), (True, "AWAITING_PROOF")])
@pytest.mark.parametrize("who", ISSUERS)
def test_nocheck_exempts_a_responder_only_where_the_operator_says_so(
    app: App, who: str, exempt: bool | None, found: str
) -> None:
    sources: dict[str, Any] = {} if exempt is None else {"exempt_nocheck": exempt}
    upload_id = trust(app, **sources)
    responder = respond_by(app, ISSUERS[who], NOCHECK, a_list_at(OWN_URL))
    put_lists(app, entry(responder), of=ISSUERS[who], at=OWN_URL)
    without_list_of_customers(app)
    assert outcome(app, upload_id)[0] == found


def test_exemption_is_for_responders_with_nocheck_only(app: App) -> None:
    upload_id = trust(app, exempt_nocheck=True)
    responder = respond_by(app, ROOT)
    put_lists(app, entry(responder), of=ROOT)
    without_list_of_customers(app)
    assert outcome(app, upload_id)[0] == "DEFERRED"


def test_a_pinned_responder_that_its_root_revoked_is_not_believed(app: App) -> None:
    responder = respond_by(app, ROOT)
    upload_id = trust(app, responders=(_base64(responder),))
    put_lists(app, entry(responder), of=ROOT)
    without_list_of_customers(app)
    assert outcome(app, upload_id) == ("DEFERRED", "REVOCATION_ANSWER_INVALID")


def test_a_revoked_responder_confirms_no_registration(app: App) -> None:
    trust(app)
    responder = respond_by(app, ROOT)
    registration_id = prepared(app, registered_certificate, crl_url=URL)[1]["registration_id"]
    app.account.pass_time(days=31)
    put_lists(app, entry(responder), of=ROOT)
    without_list_of_customers(app)
    response = app.call("POST", "/registrations/{registration_id}/check", registration_id=registration_id)
    assert_problem(response, "REVOCATION_NOT_CONFIRMED")


def _base64(responder: Responder) -> str:
    return base64.b64encode(responder.certificate.public_bytes(Encoding.DER)).decode()
