"""Attacks on the revocation status: what a network attacker or a customer tries, and what is recorded."""

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID

from registrar.aws.buckets.bucket import Bucket
from registrar.aws.buckets.crl_indexes import CrlIndexes
from registrar.aws.tables.issuers import Issuers
from registrar.domain.access.throttles import CHECK_LIMIT
from registrar.domain.certificates.certificate import read_certificate
from registrar.domain.revocation.crl import read_crl
from registrar.domain.revocation.distribution_points import Point
from tests.support.expect import eventually, problem
from tools.cloud.local_cloud import LocalCloud
from tools.demo.phone import Phone
from tools.pki.authorities import CustomerCertificate, DemoPki
from tools.pki.crls import Revoked, make_crl, scope
from tools.pki.issuers import DemoIssuers

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

HOLD, COMPROMISE = x509.ReasonFlags.certificate_hold, x509.ReasonFlags.key_compromise
NewPhone = Callable[..., Phone]
NewCertificate = Callable[..., CustomerCertificate]
Store = Callable[..., None]
_numbers = itertools.count(1)


@pytest.fixture
def listed_certificate(new_certificate: NewCertificate) -> tuple[CustomerCertificate, str]:
    """A certificate whose list no other test reads, and the address of that list."""
    url = f"ldap://ds.yessign.example:389/ou=attack{next(_numbers)},o=yessign,c=kr?certificateRevocationList"
    return new_certificate(operator="yessign", crl_url=url), url


@pytest.fixture
def store_list(cloud: LocalCloud, pki: DemoPki) -> Store:
    """Stores a list as the bank does when it reads one: it records the fetch first."""
    issuers = Issuers(cloud.client("dynamodb"), cloud.physical("IssuersTable"))
    indexes = CrlIndexes(Bucket(cloud.client("s3"), cloud.physical("RevocationBucket")))
    issuer = read_certificate(pki.issuers["yessign"].certificate.public_bytes(Encoding.DER))

    def store(certificate: CustomerCertificate, url: str, reason: x509.ReasonFlags, this_update: datetime) -> None:
        entry = Revoked(certificate.certificate.serial_number, this_update - timedelta(minutes=1), reason)
        crl = make_crl(pki.issuers["yessign"], [entry], this_update=this_update, idp=scope(uris=[url]))
        point = Point(issuer.key_digest, url, "yessign")
        assert issuers.may_fetch(point, now())
        indexes.keep(point, [read_crl(crl, issuer)])

    return store


@pytest.fixture(autouse=True)
def _usual_responses(issuers: DemoIssuers) -> Iterator[None]:
    yield
    issuers.mode = None


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def registered(phone: Phone, certificate: CustomerCertificate) -> str:
    answer = phone.prove(phone.upload({"signCert.der": certificate.der}), certificate)
    assert answer.status == 201, answer.body
    return str(answer.json()["registration_id"])


def view(phone: Phone, registration_id: str) -> dict[str, Any]:
    found: dict[str, Any] = phone.call("GET", f"/registrations/{registration_id}").json()
    return found


def check(phone: Phone, registration_id: str) -> dict[str, Any]:
    found: dict[str, Any] = phone.call("POST", f"/registrations/{registration_id}/check").json()
    return found


@pytest.mark.parametrize(("reason", "headline"), [(HOLD, "ISSUER_ON_HOLD"), (COMPROMISE, "REVOKED_BY_ISSUER")])
def test_good_response_from_before_the_list_registers_nothing(
    new_phone: NewPhone,
    listed_certificate: tuple[CustomerCertificate, str],
    store_list: Store,
    issuers: DemoIssuers,
    reason: x509.ReasonFlags,
    headline: str,
) -> None:
    phone, (certificate, url) = new_phone(), listed_certificate
    store_list(certificate, url, reason, now() - timedelta(minutes=5))
    issuers.set_mode(certificate.certificate, "earlier")
    upload = phone.upload({"signCert.der": certificate.der})
    assert (upload["state"], upload["headline"]) == ("REJECTED", headline)


def test_good_response_from_before_the_revocation_registers_nothing(
    new_phone: NewPhone, new_certificate: NewCertificate, issuers: DemoIssuers
) -> None:
    """The responder stated the revocation, and then its earlier response is replayed."""
    phone, certificate = new_phone(), new_certificate()
    issuers.set_mode(certificate.certificate, "revoked")
    assert phone.upload({"signCert.der": certificate.der})["headline"] == "REVOKED_BY_ISSUER"
    issuers.set_mode(certificate.certificate, "earlier")
    assert phone.upload({"signCert.der": certificate.der})["headline"] == "REVOKED_BY_ISSUER"


def test_list_read_after_the_decision_stops_the_registration(
    new_phone: NewPhone,
    listed_certificate: tuple[CustomerCertificate, str],
    store_list: Store,
    issuers: DemoIssuers,
) -> None:
    phone, (certificate, url) = new_phone(), listed_certificate
    issuers.set_mode(certificate.certificate, "earlier")
    upload = phone.upload({"signCert.der": certificate.der})
    assert upload["state"] == "AWAITING_PROOF"
    store_list(certificate, url, COMPROMISE, now() - timedelta(minutes=5))
    problem(phone.prove(upload, certificate), "IN_PROGRESS")
    assert phone.wait_for_decision(upload["upload_id"])["headline"] == "REVOKED_BY_ISSUER"
    assert phone.call("GET", "/registrations").json()["registrations"] == []


def test_good_response_from_before_the_list_lifts_no_hold(
    new_phone: NewPhone,
    listed_certificate: tuple[CustomerCertificate, str],
    store_list: Store,
    issuers: DemoIssuers,
) -> None:
    phone, (certificate, url) = new_phone(), listed_certificate
    registration_id = registered(phone, certificate)
    store_list(certificate, url, HOLD, now() - timedelta(minutes=5))
    issuers.set_mode(certificate.certificate, "earlier")
    for _ in range(2):
        found = check(phone, registration_id)
        assert (found["usable"], found["holds"]) == (False, ["issuer"])
    issuers.set_mode(certificate.certificate, "good")
    found = check(phone, registration_id)
    assert (found["usable"], found["holds"]) == (True, [])


def test_certificate_without_a_response_rests_no_responder(
    new_phone: NewPhone, new_certificate: NewCertificate, issuers: DemoIssuers
) -> None:
    attacker, other, certificate = new_phone(), new_phone(), new_certificate()
    registration_id = registered(attacker, certificate)
    issuers.set_mode(certificate.certificate, "unauthorized")
    for _ in range(6):
        assert check(attacker, registration_id)["code"] == "REVOCATION_NOT_CONFIRMED"
    assert registered(other, new_certificate())


def test_checks_of_one_customer_are_limited(
    new_phone: NewPhone, new_certificate: NewCertificate, issuers: DemoIssuers
) -> None:
    phone, other = new_phone(), new_phone()
    registration_id = registered(phone, new_certificate())
    another = registered(other, new_certificate())
    asked = issuers.requests
    answers = [check(phone, registration_id) for _ in range(2 * CHECK_LIMIT.per_minute + 1)]
    assert [answer.get("code") for answer in answers].count("RATE_LIMITED") >= 1, "whatever minutes they fall into"
    assert issuers.requests - asked <= 2 * CHECK_LIMIT.per_minute
    assert check(other, another)["usable"] is True


@pytest.mark.parametrize(
    "unlisted",
    [{"crl_url": "http://10.0.0.1/a"}, {"omit": [ExtensionOID.CRL_DISTRIBUTION_POINTS]}],
    ids=["not accepted", "names none"],
)
def test_revoked_certificate_without_a_list_ends_its_registration(
    cloud: LocalCloud,
    new_phone: NewPhone,
    new_certificate: NewCertificate,
    issuers: DemoIssuers,
    unlisted: dict[str, Any],
) -> None:
    # No other test registers a certificate of this operator, whose lists cannot be fetched here.
    phone, certificate = new_phone(), new_certificate(operator="crosscert", **unlisted)
    registration_id = registered(phone, certificate)
    issuers.set_mode(certificate.certificate, "revoked")
    planned = cloud.invoke("WatchIssuersFunction", {"operator": "crosscert"})
    assert (planned["planned"], planned["unlisted_batches"] >= 1) == (0, True)
    eventually(lambda: view(phone, registration_id)["status"] == "REVOKED_BY_ISSUER")
    assert view(phone, registration_id)["usable"] is False
