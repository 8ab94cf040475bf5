"""The watch on the local cloud: a CRL in a real directory, one on a web server, and its effect on registrations.

It has its own cloud, since its trust document names these servers: kica publishes in the directory,
signkorea on the web server.
"""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography import x509

from registrar.aws.buckets.crl_indexes import CURRENT, WATCHED
from registrar.aws.tables.issuers import Breaker, Issuers
from registrar.domain.certificates.certificate import spki_digest
from registrar.domain.revocation.distribution_points import Point
from tests.support.builders import a_trust_store
from tools.cloud import seed
from tools.cloud.local_cloud import LocalCloud
from tools.demo.authenticator import Authenticator
from tools.demo.phone import Phone
from tools.pki import directory as directories
from tools.pki.authorities import CustomerCertificate, DemoPki, one_year_from
from tools.pki.crls import Revoked, make_crl, scope
from tools.pki.directory import Directory
from tools.pki.file_server import Fault, FileServer

pytestmark = [
    pytest.mark.cloud,
    pytest.mark.slow,
    pytest.mark.skipif(
        directories.missing_program() is not None, reason="NO WATCH TESTED: install slapd and ldap-utils"
    ),
]
ENTRY, PATH = "ou=dp7,ou=AccreditedCA,o=kica,c=kr", "/signkorea/dp7.crl"
OPERATORS = ("kica", "signkorea")
REASON = x509.ReasonFlags
RULES = a_trust_store().rules.revocation


@dataclass
class World:
    """The cloud and the servers of its issuers."""

    cloud: LocalCloud
    pki: DemoPki
    directory: Directory
    web: FileServer
    customers: int = 0

    def url(self, operator: str) -> str:
        return self.directory.url(ENTRY) if operator == "kica" else self.web.url(PATH)

    def registered(self, operator: str) -> tuple[Phone, str, CustomerCertificate]:
        """A customer with a registration under this operator."""
        self.customers += 1
        device = Authenticator(seed.RP_ID, seed.ORIGIN)
        number = f"+8210{self.customers:08d}"
        enrolled = seed.enrol(self.cloud, f"watched-{self.customers}", phone=number, device=device)
        phone = Phone(self.cloud.url, enrolled, device=device)
        assert phone.log_in().status == 200
        first, last = one_year_from(datetime.now(UTC))
        certificate = self.pki.issue_customer(
            operator=operator, key="ec", crl_url=self.url(operator), not_before=first, not_after=last
        )
        uploaded = phone.upload({"signCert.der": certificate.der})
        assert uploaded["state"] == "AWAITING_PROOF", uploaded
        answer = phone.prove(uploaded, certificate)
        while answer.json().get("code") == "IN_PROGRESS":  # the check is in progress: repeat
            answer = phone.prove(phone.wait_for_decision(uploaded["upload_id"]), certificate)
        assert answer.status == 201, answer.body
        return phone, answer.json()["registration_id"], certificate

    def publish(self, operator: str, *entries: Revoked, **overrides: Any) -> None:
        """Publish a new CRL of the operator."""
        now = datetime.now(UTC)
        values: dict[str, Any] = {"this_update": now, "idp": scope(uris=[self.url(operator)])}
        values["number"] = int(now.timestamp() * 1000)
        crl = make_crl(self.pki.issuers[operator], entries, **values | overrides)
        if operator == "kica":
            self.directory.put(ENTRY, crl)
        else:
            self.web.put(PATH, crl)

    def watch(self, operator: str | None = None) -> int:
        """Run the watch as an admin does, and wait for every planned CRL; return how many were planned."""
        self.forget_fetches()
        self.forget_watches()
        event = {"operator": operator} if operator else {}
        planned: int = self.cloud.invoke("WatchIssuersFunction", event)["planned"]
        self.cloud.wait_for_empty_queue("WatchQueue")
        return planned

    def point(self, operator: str) -> Point:
        """The distribution point of the operator."""
        key = spki_digest(self.pki.issuers[operator].certificate.public_key())
        return Point(key, self.url(operator), operator)

    def index(self, operator: str, name: str) -> dict[str, Any]:
        """The ETag and the time of the operator's stored index: `current`, or the `watched` one."""
        key = f"crl/{self.point(operator).id.replace('#', '/')}/{name}"
        head = self.cloud.client("s3").head_object(Bucket=self.cloud.physical("RevocationBucket"), Key=key)
        return {"etag": head["ETag"], "written": head["LastModified"]}

    def was_watched(self, operator: str) -> bool:
        """Whether the last `watch` searched registrations by the operator's CRL."""
        table, key = self.cloud.physical("IssuersTable"), self._row(operator)
        return "watched_from" in self.cloud.client("dynamodb").get_item(TableName=table, Key=key)["Item"]

    def forget_watches(self) -> None:
        """Delete the times of earlier watches."""
        dynamodb, table = self.cloud.client("dynamodb"), self.cloud.physical("IssuersTable")
        for operator in OPERATORS:
            key = self._row(operator)
            dynamodb.update_item(TableName=table, Key=key, UpdateExpression="REMOVE watched_from")

    def _row(self, operator: str) -> dict[str, Any]:
        return {"pk": {"S": "POINT"}, "sk": {"S": self.point(operator).id}}

    def forget_fetches(self) -> None:
        """Reset fetches and breakers, as if time had passed."""
        dynamodb, table = self.cloud.client("dynamodb"), self.cloud.physical("IssuersTable")
        for item in dynamodb.scan(TableName=table)["Items"]:
            if item["pk"]["S"] in ("BREAKER", "FETCH"):
                dynamodb.delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})


@pytest.fixture(scope="module")
def world(pki: DemoPki) -> Iterator[World]:
    with ExitStack() as stack:
        directory, web = stack.enter_context(Directory()), stack.enter_context(FileServer())
        document = pki.trust_document(version=1)
        for operator, origin in (("kica", directory.origin), ("signkorea", web.origin)):
            document["operators"][operator]["revocation"] |= {"ocsp": None, "crl": [origin]}
        cloud = stack.enter_context(LocalCloud.start(seed.parameters(pki)))
        report = seed.propose_trust(cloud, document)
        assert report["activated"], json.dumps(report)
        made = World(cloud, pki, directory, web)
        issuers = Issuers(cloud.client("dynamodb"), cloud.physical("IssuersTable"))
        for operator in OPERATORS:
            made.publish(operator)
            issuers.ensure_point(made.point(operator), datetime.now(UTC))
        yield made


@pytest.fixture(autouse=True)
def _fresh(world: World) -> None:
    for operator in OPERATORS:
        world.publish(operator)
    world.forget_fetches()


def listed(certificate: CustomerCertificate, reason: x509.ReasonFlags) -> Revoked:
    return Revoked(certificate.certificate.serial_number, datetime.now(UTC) - timedelta(days=1), reason)


def view(phone: Phone, registration_id: str) -> dict[str, Any]:
    found: dict[str, Any] = phone.call("GET", f"/registrations/{registration_id}").json()
    return found


@pytest.mark.parametrize("operator", OPERATORS)
def test_certificate_revoked_by_the_issuer_revokes_the_registration(world: World, operator: str) -> None:
    (phone, bad, certificate), (other, good, _) = world.registered(operator), world.registered(operator)
    world.publish(operator, listed(certificate, REASON.key_compromise))
    assert world.watch(operator) == 1
    assert (view(phone, bad)["status"], view(phone, bad)["usable"]) == ("REVOKED_BY_ISSUER", False)
    assert (view(other, good)["status"], view(other, good)["usable"]) == ("ACTIVE", True)
    watched = world.index(operator, WATCHED)
    assert watched["etag"] == world.index(operator, CURRENT)["etag"]
    world.watch(operator)
    assert world.index(operator, WATCHED) == watched, "the same list is not processed twice"


@pytest.mark.parametrize("operator", OPERATORS)
def test_issuer_hold_is_added_and_lifted(world: World, operator: str) -> None:
    phone, held, certificate = world.registered(operator)
    world.publish(operator, listed(certificate, REASON.certificate_hold))
    world.watch(operator)
    assert (view(phone, held)["status"], view(phone, held)["holds"]) == ("HELD_BY_ISSUER", ["issuer"])
    world.publish(operator)
    world.watch(operator)
    assert (view(phone, held)["status"], view(phone, held)["holds"]) == ("ACTIVE", [])


def unreachable(world: World) -> None:
    world.web.put(PATH, b"", Fault.CLOSED)


def forged(world: World) -> None:
    world.publish("signkorea", signing_key=world.pki.issuers["kica"].key)


def endless(world: World) -> None:
    world.web.put(PATH, b"", Fault.REDIRECT)


@pytest.mark.parametrize("go_wrong", [unreachable, forged, endless])
def test_unavailable_crl_changes_nothing(world: World, go_wrong: Callable[[World], None]) -> None:
    phone, held, certificate = world.registered("signkorea")
    world.publish("signkorea", listed(certificate, REASON.certificate_hold))
    world.watch("signkorea")
    current = world.index("signkorea", CURRENT)
    go_wrong(world)
    world.watch("signkorea")
    assert world.was_watched("signkorea")
    assert world.index("signkorea", CURRENT) == current
    assert view(phone, held)["holds"] == ["issuer"]
    world.publish("signkorea")


def test_run_plans_every_crl(world: World) -> None:
    world.publish("kica")
    world.publish("signkorea")
    assert world.watch() == len(OPERATORS)
    assert all(world.was_watched(operator) for operator in OPERATORS)


def test_concurrent_checks_fetch_and_probe_once(world: World) -> None:
    issuers = Issuers(world.cloud.client("dynamodb"), world.cloud.physical("IssuersTable"))
    point, now = Point("ab" * 32, world.url("kica"), "kica"), datetime.now(UTC)
    rules = replace(RULES, breaker_failures=1)
    issuers.record_failure(Breaker("kica", "test", 0), now, rules)
    rested = now + rules.breaker_rest
    with ThreadPoolExecutor(8) as callers:
        fetch = list(callers.map(lambda _: issuers.may_fetch(point, now), range(16)))
        probe = list(callers.map(lambda _: issuers.may_query("kica", "test", rested, rules), range(16)))
    assert fetch.count(True) == 1
    assert probe.count(None) == 15


def test_s3_reads_a_range_of_one_version(world: World) -> None:
    """A decision relies on this if a CRL is replaced while it is read."""
    s3, target = world.cloud.client("s3"), {"Bucket": world.cloud.physical("RevocationBucket"), "Key": "pages"}
    first = s3.put_object(**target, Body=b"0123456789")["ETag"]
    part = s3.get_object(**target, Range="bytes=4-6", IfMatch=first)
    assert (part["Body"].read(), part["ETag"]) == (b"456", first)
    assert s3.get_object(**target, Range="bytes=8-99")["Body"].read() == b"89", "fewer at the end"
    s3.put_object(**target, Body=b"9876543210")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.get_object(**target, Range="bytes=4-6", IfMatch=first)
