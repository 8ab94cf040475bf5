"""A CA with two certificates for its key, one of which is revoked: the verdict on uploads and at each check."""

import json
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from registrar.aws.buckets.trust_bucket import ACTIVE
from registrar.domain.certificates.certificate import read_certificate
from tests.support.account import Account
from tests.support.app import App, assert_problem, put_trust
from tests.support.builders import NOW, Link, a_pin, a_pki, an_entry
from tests.support.crl_watch import URL
from tests.support.prepared import delivered_certificate, prepared, registered_certificate
from tools.pki.authorities import Authority, CustomerCertificate
from tools.pki.crls import Revoked, make_crl, scope

CA, ROOT, OTHER_ROOT = a_pki().issuers["yessign"], a_pki().root, a_pki(2).root
REASON = x509.ReasonFlags
FIRST_URL = (
    "ldap://ds.yessign.example:389/CN=KISA-Demo-RootCA,OU=Korea-Certification-Authority-Central,O=KISA,C=KR"
    "?authorityRevocationList"
)
SECOND_URL = "ldap://ds.yessign.example:389/ou=arl2,o=KISA,c=KR?authorityRevocationList"
YEAR = timedelta(days=365)
FIRST = CA.certificate.serial_number
SECOND = 2**64 + 1


def second_certificate(root: Authority) -> Link:
    """Another certificate of the CA for the same key, by `root`."""
    kept = [
        (each.value, each.critical)
        for each in CA.certificate.extensions
        if not isinstance(each.value, x509.AuthorityKeyIdentifier | x509.CRLDistributionPoints)
    ]
    key = CA.certificate.public_key()
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(SECOND_URL)], None, None, None)
    made = root.issue(
        CA.certificate.subject,
        key,
        [root.key_identifiers(key)[0], *kept, (x509.CRLDistributionPoints([point]), False)],
        not_before=NOW - YEAR,
        not_after=NOW + YEAR,
        serial_number=SECOND,
    )
    return Link(read_certificate(made.public_bytes(Encoding.DER)), CA.key)


@pytest.fixture(params=["issued again", "by another root"])
def second_root(request: pytest.FixtureRequest) -> Authority:
    return ROOT if request.param == "issued again" else OTHER_ROOT


@pytest.fixture
def app(account: Account, second_root: Authority) -> App:
    """The bank accepts both certificates of the CA."""
    account.parameters = {
        **account.parameters,
        "TrustAnchorPins": ",".join(a_pin(root.certificate) for root in (ROOT, OTHER_ROOT)),
    }
    prepared(account, accept_both, second_root)
    return App(account)


def accept_both(account: Account, second_root: Authority) -> None:
    document = a_pki().trust_document(1, check_authorities=True)
    document["anchors"].append(an_entry(Link(read_certificate(_der(OTHER_ROOT)), OTHER_ROOT.key), "other root"))
    document["issuers"].append({"operator": "yessign", **an_entry(second_certificate(second_root), "second")})
    put_trust(account, ACTIVE, json.dumps(document).encode())
    App(account).enrol()


@pytest.fixture
def delivered(app: App) -> tuple[CustomerCertificate, str]:
    """A certificate of that CA, and the id of its upload, whose issuers are asked next."""
    return prepared(app, delivered_certificate, crl_url=URL)


def _der(authority: Authority) -> bytes:
    return authority.certificate.public_bytes(Encoding.DER)


def publish(app: App, second_root: Authority, *revoked: int, reason: x509.ReasonFlags | None = None) -> None:
    """The lists of the roots and of the CA, of today, with these of its certificates."""
    at, until = app.account.at, app.account.at + timedelta(days=30)
    entries = [Revoked(serial, NOW - timedelta(days=1), reason) for serial in revoked]
    for url, signer, listed in (
        (FIRST_URL, ROOT, entries),
        (SECOND_URL, second_root, entries),
        (URL, CA, []),
    ):
        idp = scope(only_ca=True) if signer is not CA else scope(uris=[URL])
        app.account.lists[url] = make_crl(signer, listed, this_update=at, next_update=until, idp=idp)


@pytest.mark.parametrize("serial", [FIRST, SECOND], ids=["first", "second"])
def test_certificate_registers_by_the_certificate_of_its_ca_that_is_not_revoked(
    app: App, second_root: Authority, delivered: tuple[CustomerCertificate, str], serial: int
) -> None:
    certificate, upload_id = delivered
    publish(app, second_root, serial, reason=REASON.superseded)
    view = app.decided(upload_id)
    assert (view["state"], view["findings"]) == ("AWAITING_PROOF", [])
    assert app.prove(view, certificate).status == 201


@pytest.mark.parametrize("serial", [FIRST, SECOND], ids=["first", "second"])
@pytest.mark.parametrize("reason", [None, REASON.ca_compromise])
def test_certificate_of_a_ca_whose_key_may_be_compromised_is_refused(
    app: App,
    second_root: Authority,
    delivered: tuple[CustomerCertificate, str],
    serial: int,
    reason: x509.ReasonFlags | None,
) -> None:
    publish(app, second_root, serial, reason=reason)
    view = app.decided(delivered[1])
    assert (view["state"], view["headline"]) == ("REJECTED", "TRUST_CA_REVOKED")


def test_certificate_is_refused_where_both_certificates_of_its_ca_are_revoked(
    app: App, second_root: Authority, delivered: tuple[CustomerCertificate, str]
) -> None:
    publish(app, second_root, FIRST, SECOND, reason=REASON.superseded)
    assert app.decided(delivered[1])["headline"] == "TRUST_CA_REVOKED"


def test_status_counts_for_the_path_that_counts(
    app: App, second_root: Authority, delivered: tuple[CustomerCertificate, str]
) -> None:
    """The responder is certified by the first root: below another one it states nothing."""
    publish(app, second_root, FIRST, reason=REASON.superseded)
    del app.account.lists[URL]
    view = app.decided(delivered[1])
    by_root = {ROOT: ("AWAITING_PROOF", None), OTHER_ROOT: ("DEFERRED", "REVOCATION_ANSWER_INVALID")}
    assert (view["state"], view.get("headline")) == by_root[second_root]


def test_certificate_waits_while_the_other_certificate_of_its_ca_has_no_status(
    app: App, second_root: Authority, delivered: tuple[CustomerCertificate, str]
) -> None:
    publish(app, second_root, FIRST, reason=REASON.superseded)
    silent = app.account.lists.pop(SECOND_URL)
    view = app.decided(delivered[1])
    assert (view["state"], view["headline"]) == ("DEFERRED", "REVOCATION_UNAVAILABLE")
    app.account.lists[SECOND_URL] = silent
    app.account.pass_time(minutes=1)
    app.retry_deferred()
    assert app.look(view["upload_id"]).body["state"] == "AWAITING_PROOF"


@pytest.mark.parametrize(
    ("reason", "outcome"), [(REASON.superseded, None), (REASON.ca_compromise, "TRUST_CA_REVOKED")]
)
@pytest.mark.parametrize("serial", [FIRST, SECOND], ids=["first", "second"])
def test_registration_is_checked_by_the_same_rule(
    app: App, second_root: Authority, serial: int, reason: x509.ReasonFlags, outcome: str | None
) -> None:
    publish(app, second_root)
    registration_id = prepared(app, registered_certificate, crl_url=URL)[1]["registration_id"]
    app.account.pass_time(days=31)
    publish(app, second_root, serial, reason=reason)
    response = app.call("POST", "/registrations/{registration_id}/check", registration_id=registration_id)
    if outcome is None:
        assert (response.status, response.body["usable"]) == (200, True)
    else:
        assert_problem(response, outcome)
