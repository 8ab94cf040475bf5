"""Revocation on the local cloud, with openssl's responder and a real directory.

It has its own cloud, since its trust document names these servers: openssl's responder for yessign, a faulty one
and then the directory for signkorea, the directory alone for kica.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.support.expect import surprises
from tools.cloud import seed
from tools.cloud.local_cloud import LocalCloud
from tools.demo.authenticator import Authenticator
from tools.demo.phone import Phone
from tools.pki import directory as directories
from tools.pki.authorities import CustomerCertificate, DemoPki, end_of_day_in_seoul, one_year_from
from tools.pki.crls import Revoked, make_crl, scope
from tools.pki.directory import Directory
from tools.pki.responder_servers import Entry, FaultyResponder, OpensslResponder
from tools.pki.responders import issue_responder

pytestmark = [
    pytest.mark.cloud,
    pytest.mark.slow,
    pytest.mark.skipif(
        directories.missing_program() is not None, reason="NO REVOCATION TESTED: install slapd and ldap-utils"
    ),
]
ENTRY = "ou=dp1,ou=AccreditedCA,o={},c=kr"


@dataclass
class World:
    """The cloud and the servers of its issuers."""

    cloud: LocalCloud
    pki: DemoPki
    openssl: OpensslResponder
    faulty: FaultyResponder
    directory: Directory
    customers: int = 0

    def phone(self) -> Phone:
        self.customers += 1
        device = Authenticator(seed.RP_ID, seed.ORIGIN)
        number = f"+8210{self.customers:08d}"
        enrolled = seed.enrol(self.cloud, f"customer-{self.customers}", phone=number, device=device)
        phone = Phone(self.cloud.url, enrolled, device=device)
        assert phone.log_in().status == 200
        return phone

    def certificate(self, operator: str, **arguments: Any) -> CustomerCertificate:
        first, last = one_year_from(datetime.now(UTC))
        url = self.directory.url(ENTRY.format(operator))
        usual: dict[str, Any] = {"not_before": first, "not_after": last, "crl_url": url}
        return self.pki.issue_customer(operator=operator, key="ec", **usual | arguments)

    def publish(self, operator: str, *entries: Revoked, **overrides: Any) -> None:
        """Write a new CRL of the operator to its entry of the directory."""
        url, now = self.directory.url(ENTRY.format(operator)), datetime.now(UTC)
        arguments: dict[str, Any] = {"this_update": now - timedelta(minutes=1), "idp": scope(uris=[url])}
        arguments["number"] = int(now.timestamp() * 1000)
        crl = make_crl(self.pki.issuers[operator], entries, **arguments | overrides)
        self.directory.put(ENTRY.format(operator), crl)

    def forget_lists_and_failures(self) -> None:
        """Reset CRLs and breakers, as if time had passed, so that every source is queried."""
        s3, bucket = self.cloud.client("s3"), self.cloud.physical("RevocationBucket")
        for kept in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
            s3.delete_object(Bucket=bucket, Key=kept["Key"])
        dynamodb, table = self.cloud.client("dynamodb"), self.cloud.physical("IssuersTable")
        for item in dynamodb.scan(TableName=table)["Items"]:
            if item["pk"]["S"] in ("BREAKER", "FETCH"):
                dynamodb.delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})

    def ask_again(self) -> None:
        """Query every deferred upload now, as an admin does."""
        self.cloud.invoke("RetryDeferredFunction", {"all": True})


@pytest.fixture(scope="module")
def world(pki: DemoPki) -> Iterator[World]:
    now = datetime.now(UTC)
    key = rsa.generate_private_key(65537, 2048)
    of_root = issue_responder(pki.root, key, not_before=now - timedelta(days=1), not_after=now + timedelta(days=9))
    with ExitStack() as stack:
        openssl = stack.enter_context(OpensslResponder(pki.issuers["yessign"], responder=of_root))
        faulty = stack.enter_context(FaultyResponder(of_root))
        directory = stack.enter_context(Directory())
        document = pki.trust_document(version=1)
        for operator, ocsp in (("yessign", openssl.url), ("signkorea", faulty.url), ("kica", None)):
            sources = {"ocsp": ocsp, "crl": [] if operator == "yessign" else [directory.origin]}
            document["operators"][operator]["revocation"] |= sources
        cloud = stack.enter_context(LocalCloud.start(seed.parameters(pki)))
        report = seed.propose_trust(cloud, document)
        assert report["activated"], json.dumps(report)
        yield World(cloud, pki, openssl, faulty, directory)
        assert not surprises(cloud)


@pytest.fixture(autouse=True)
def _fresh(world: World) -> None:
    world.forget_lists_and_failures()
    world.faulty.mode = "good"
    world.publish("kica")
    world.publish("signkorea")


Upload = Callable[[CustomerCertificate], dict[str, Any]]


def test_status_of_the_openssl_responder_decides(world: World) -> None:
    phone = world.phone()
    expected = {
        None: ("AWAITING_PROOF", None),
        "keyCompromise": ("REJECTED", "REVOKED_BY_ISSUER"),
        "certificateHold": ("REJECTED", "ISSUER_ON_HOLD"),
        "superseded": ("REJECTED", "REVOKED_RENEWED"),
        "unknown": ("REJECTED", "REVOCATION_STATUS_UNKNOWN"),
    }
    certificates = {said: world.certificate("yessign") for said in expected}
    world.openssl.set_entries(
        [
            Entry(certificate.certificate.serial_number, said)
            for said, certificate in certificates.items()
            if said != "unknown"
        ]
    )
    for said, (state, headline) in expected.items():
        view = phone.upload({"signCert.der": certificates[said].der})
        assert (view["state"], view["headline"]) == (state, headline), said


SILENT = {
    "tryLater": "REVOCATION_UNAVAILABLE",
    "unauthorized": "REVOCATION_UNAVAILABLE",
    "http500": "REVOCATION_UNAVAILABLE",
    "closed": "REVOCATION_UNAVAILABLE",
    "redirect": "REVOCATION_UNAVAILABLE",
    "slow": "REVOCATION_UNAVAILABLE",
    "huge": "REVOCATION_UNAVAILABLE",
    "garbage": "REVOCATION_ANSWER_INVALID",
    "wrong_serial": "REVOCATION_ANSWER_INVALID",
    "wrong_signer": "REVOCATION_ANSWER_INVALID",
    "replayed": "REVOCATION_ANSWER_INVALID",
    "stale": "REVOCATION_STALE",
}


@pytest.mark.parametrize("mode", SILENT)
def test_faulty_responder_defers_until_it_recovers(world: World, mode: str) -> None:
    """The directory does not respond either; after recovery the same upload registers."""
    phone, certificate = world.phone(), world.certificate("signkorea")
    world.directory.put(ENTRY.format("signkorea"))
    world.faulty.mode = mode
    requests_before = world.faulty.requests
    view = phone.upload({"signCert.der": certificate.der})
    assert (view["state"], view["headline"]) == ("DEFERRED", SILENT[mode])
    assert world.faulty.requests == requests_before + 1
    consent = {"consent_version": "2026-11-30"}
    assert phone.call("POST", f"/uploads/{view['upload_id']}/registration", consent).status == 409
    world.faulty.mode = "good"
    world.ask_again()
    view = phone.wait_for_decision(view["upload_id"], while_deferred=True)
    assert view["state"] == "AWAITING_PROOF", view
    assert phone.prove(view, certificate).status == 201


@pytest.mark.parametrize("mode", ["tryLater", "garbage", "wrong_signer", "stale", "closed"])
def test_crl_decides_when_the_responder_fails(world: World, mode: str) -> None:
    phone, revoked, good = world.phone(), world.certificate("signkorea"), world.certificate("signkorea")
    world.publish("signkorea", _entry(revoked, x509.ReasonFlags.key_compromise))
    world.faulty.mode = mode
    assert phone.upload({"signCert.der": revoked.der})["headline"] == "REVOKED_BY_ISSUER"
    assert phone.upload({"signCert.der": good.der})["state"] == "AWAITING_PROOF"


def _entry(certificate: CustomerCertificate, reason: x509.ReasonFlags) -> Revoked:
    return Revoked(certificate.certificate.serial_number, datetime.now(UTC) - timedelta(days=2), reason)


@pytest.mark.parametrize(
    ("reason", "headline"),
    [
        (x509.ReasonFlags.cessation_of_operation, "REVOKED_BY_ISSUER"),
        (x509.ReasonFlags.superseded, "REVOKED_RENEWED"),
        (x509.ReasonFlags.certificate_hold, "ISSUER_ON_HOLD"),
    ],
)
def test_crl_alone_decides(world: World, reason: x509.ReasonFlags, headline: str) -> None:
    phone, certificate = world.phone(), world.certificate("kica")
    world.publish("kica", _entry(certificate, reason))
    assert phone.upload({"signCert.der": certificate.der})["headline"] == headline


def test_crl_is_fetched_once_until_the_next_is_due(world: World) -> None:
    first, second = world.certificate("kica"), world.certificate("kica")
    assert world.phone().upload({"signCert.der": first.der})["state"] == "AWAITING_PROOF"
    world.directory.put(ENTRY.format("kica"))  # another fetch would find no CRL
    assert world.phone().upload({"signCert.der": second.der})["state"] == "AWAITING_PROOF"


WRONG: dict[str, tuple[str, Callable[[World], dict[str, Any]]]] = {
    "over": (
        "REVOCATION_STALE",
        lambda _: {
            "this_update": datetime.now(UTC) - timedelta(days=3),
            "next_update": datetime.now(UTC) - timedelta(days=2),
        },
    ),
    "forged": ("REVOCATION_ANSWER_INVALID", lambda world: {"signing_key": world.pki.issuers["yessign"].key}),
    "another partition": (
        "REVOCATION_ANSWER_INVALID",
        lambda world: {"idp": scope(uris=[world.directory.url("ou=dp2,ou=AccreditedCA,o=kica,c=kr")])},
    ),
    "for CAs": ("REVOCATION_ANSWER_INVALID", lambda _: {"idp": scope(only_ca=True)}),
    "delta": (
        "REVOCATION_ANSWER_INVALID",
        lambda _: {"extra_extensions": [(x509.DeltaCRLIndicator(1), True)]},
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_untrusted_crl_defers_and_a_good_one_registers(world: World, wrong: str) -> None:
    phone, certificate = world.phone(), world.certificate("kica")
    headline, overrides = WRONG[wrong]
    world.publish("kica", **overrides(world))
    view = phone.upload({"signCert.der": certificate.der})
    assert (view["state"], view["headline"]) == ("DEFERRED", headline)
    world.publish("kica")
    world.forget_lists_and_failures()
    world.ask_again()
    view = phone.wait_for_decision(view["upload_id"], while_deferred=True)
    assert phone.prove(view, certificate).status == 201


def test_address_that_is_not_allowed_is_never_contacted(world: World) -> None:
    """The certificate names the loopback address of a server that would report GOOD."""
    phone = world.phone()
    certificate = world.certificate("kica", crl_url="http://127.0.0.1:1/crl", ocsp_url=world.faulty.url)
    requests_before = world.faulty.requests
    view = phone.upload({"signCert.der": certificate.der})
    assert (view["state"], view["headline"]) == ("DEFERRED", "REVOCATION_UNAVAILABLE")
    assert world.faulty.requests == requests_before


def test_renewed_certificate_supersedes_the_revoked_one(world: World) -> None:
    """The issuer renews and revokes the old certificate; the customer registers the new one in its place."""
    phone, now = world.phone(), datetime.now(UTC)
    old = world.certificate(
        "yessign", not_before=now - timedelta(days=340), not_after=end_of_day_in_seoul(now + timedelta(days=20))
    )
    new = world.certificate("yessign")
    serials = old.certificate.serial_number, new.certificate.serial_number
    world.openssl.set_entries([Entry(serial) for serial in serials])
    view = phone.upload({"signCert.der": old.der})
    assert view["state"] == "AWAITING_PROOF", view
    first = phone.prove(view, old).json()
    world.openssl.set_entries([Entry(serials[0], "superseded", now), Entry(serials[1])])
    assert phone.upload({"signCert.der": old.der})["headline"] == "REVOKED_RENEWED"
    view = phone.upload({"signCert.der": new.der})
    answer = phone.prove(view, new, replaces=first["registration_id"])
    assert answer.status == 201, answer.body
    assert answer.json()["replaces"] == first["registration_id"]
    listed = {r["registration_id"]: r for r in phone.call("GET", "/registrations").json()["registrations"]}
    assert listed[first["registration_id"]]["status"] == "SUPERSEDED"
    assert [r["usable"] for r in listed.values()].count(True) == 1
