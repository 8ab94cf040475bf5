"""Issuers' lists: fetched once for all queries, read by a few kilobytes, never replaced by an older one."""

import gc
import hashlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509

from registrar.aws.buckets.bucket import Bucket
from registrar.aws.buckets.crl_indexes import CrlIndexes
from registrar.aws.tables.issuers import FETCH_PAUSE, Issuers
from registrar.domain.certificates.certificate import Certificate, read_certificate
from registrar.domain.reasons.errors import CrlUnusable, IssuerUnreachable
from registrar.domain.revocation.distribution_points import Point
from registrar.domain.revocation.status import ListIdentity, Status, StatusValue
from registrar.net.limits import Limits
from registrar.steps.crl_store import CrlQuery, CrlStore
from tests.support.account import Account, Call
from tests.support.builders import NOW, a_certificate, a_pki, a_trust_store
from tools.pki.crls import Revoked, entry_der, large_crl, make_crl, random_entries, scope

URL = "ldap://ds.yessign.example:389/ou=dp5p1,ou=AccreditedCA,o=yessign,c=kr?certificateRevocationList"
OTHER_URL = URL.replace("dp5p1", "dp5p2")
ISSUER = next(i for i in a_trust_store().issuers if i.operator.id == "yessign")
RULES = a_trust_store().rules.revocation
CA = a_pki().issuers["yessign"]
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
COMPROMISE, HOLD = x509.ReasonFlags.key_compromise, x509.ReasonFlags.certificate_hold


@dataclass
class Server:
    """What the issuer's directory holds; `asked` are the addresses that were asked for."""

    lists: dict[str, tuple[bytes, ...]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    failed: bool = True

    def fetch(self, url: str, origins: Sequence[str], limits: Limits) -> tuple[bytes, ...]:
        assert limits.most_bytes > 0
        self.asked.append(url)
        if url not in self.lists:
            raise IssuerUnreachable("no address takes a connection", server_failed=self.failed)
        return self.lists[url]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    made = Server()
    monkeypatch.setattr("registrar.steps.crl_store.fetch_crl", made.fetch)
    return made


@pytest.fixture
def crls(account: Account, server: Server) -> CrlStore:
    issuers = Issuers(account.client("dynamodb"), account.physical["IssuersTable"])
    return CrlStore(CrlIndexes(Bucket(account.client("s3"), account.physical["RevocationBucket"])), issuers)


def a_list(*entries: Revoked, **overrides: Any) -> bytes:
    values: dict[str, Any] = {"this_update": NOW - HOUR, "idp": scope(uris=[URL])}
    return make_crl(CA, entries, **values | overrides)


def a_large_list(listed: Certificate, others: int, **overrides: Any) -> bytes:
    entries = [*random_entries(others, NOW - DAY), entry_der(listed.serial, NOW - DAY, 1)]
    return large_crl(CA, b"".join(entries), **{"this_update": NOW - HOUR} | overrides)


def a_registrable(**overrides: Any) -> Certificate:
    return read_certificate(a_certificate(key="ec", **{"crl_url": URL} | overrides).der)


def revoked(certificate: Certificate, reason: x509.ReasonFlags = COMPROMISE) -> Revoked:
    return Revoked(certificate.serial, NOW - DAY, reason)


def status(
    crls: CrlStore, certificate: Certificate, at: timedelta = timedelta(0), max_age: timedelta | None = DAY
) -> Status:
    signers, operator = [ISSUER.certificate], ISSUER.operator
    return crls.status(certificate, signers, operator, RULES, NOW + at, max_age, Limits(60.0, 0))


def asked(at: timedelta = timedelta(0)) -> CrlQuery:
    return CrlQuery([ISSUER.certificate], ISSUER.operator, RULES, NOW + at, Limits(60.0, 0))


def the_point(url: str = URL) -> Point:
    return Point(ISSUER.certificate.key_digest, url, "yessign")


# ---- the status of a certificate


def test_the_first_query_fetches_and_later_ones_read_the_index(
    account: Account, crls: CrlStore, server: Server
) -> None:
    good, bad, held = a_registrable(), a_registrable(), a_registrable()
    server.lists[URL] = (a_list(revoked(bad), revoked(held, HOLD)),)
    assert status(crls, good).value is StatusValue.GOOD
    found = status(crls, bad)
    assert (found.value, found.reason, found.revoked_at) == (StatusValue.REVOKED, "keyCompromise", NOW - DAY)
    assert (found.source, found.as_of, found.until) == ("crl", NOW - HOUR, NOW - HOUR + DAY)
    assert status(crls, held).value is StatusValue.ON_HOLD
    assert server.asked == [URL]
    calls = account.recorded(lambda: status(crls, good))
    assert [call.operation for call in calls] == ["GetObject"], "a short list is read with its head"


def test_a_decision_reads_less_than_100_kb_of_a_large_list(
    account: Account, crls: CrlStore, server: Server
) -> None:
    listed, certificate = a_registrable(serial_number=1 << 60 | 5), a_registrable(serial_number=1 << 60 | 7)
    server.lists[URL] = (a_large_list(listed, 10_000),)
    assert status(crls, listed).value is StatusValue.REVOKED
    assert status(crls, certificate).value is StatusValue.GOOD
    calls = account.recorded(lambda: status(crls, certificate))
    assert [call.operation for call in calls] == ["GetObject", "GetObject"], "the head, then one page"
    asked_for = [call.params["Range"].removeprefix("bytes=").split("-") for call in calls]
    assert sum(int(last) - int(first) + 1 for first, last in asked_for) < 100 * 1024
    (key,) = account.keys("RevocationBucket")
    assert key == f"crl/{ISSUER.certificate.key_digest}/{the_point().id[65:]}/current"


def test_a_list_too_old_for_the_purpose_is_fetched_again(crls: CrlStore, server: Server) -> None:
    certificate = a_registrable()
    server.lists[URL] = (a_list(),)
    assert status(crls, certificate, max_age=2 * HOUR).value is StatusValue.GOOD
    server.lists[URL] = (a_list(revoked(certificate), this_update=NOW + 3 * HOUR, number=2),)
    assert status(crls, certificate, HOUR - SECOND, 2 * HOUR).value is StatusValue.GOOD
    assert len(server.asked) == 1
    assert status(crls, certificate, 4 * HOUR, 2 * HOUR).value is StatusValue.REVOKED
    assert len(server.asked) == 2


def test_without_a_maximum_age_a_list_is_valid_until_its_next_update(crls: CrlStore, server: Server) -> None:
    certificate = a_registrable()
    server.lists[URL] = (a_list(this_update=NOW - 100 * DAY, next_update=NOW + 80 * DAY),)
    assert status(crls, certificate, max_age=None).value is StatusValue.GOOD
    assert status(crls, certificate, 81 * DAY, None).value is StatusValue.STALE


@pytest.mark.parametrize("url", ["ldap://evil.example:389/ou=dp5p1?certificateRevocationList", "http://10.0.0.1/a"])
def test_a_certificate_without_an_accepted_address_causes_no_query(
    account: Account, crls: CrlStore, server: Server, url: str
) -> None:
    found = status(crls, a_registrable(crl_url=url))
    assert (found.value, found.why) == (
        StatusValue.UNAVAILABLE,
        "the certificate names no list at an accepted address",
    )
    assert server.asked == []
    assert account.items("IssuersTable") == []


def test_an_unreachable_server_is_reported_and_then_paused(crls: CrlStore, server: Server) -> None:
    certificate = a_registrable()
    for number in range(RULES.breaker_failures):
        found = status(crls, certificate, number * FETCH_PAUSE)
        assert (found.value, found.why) == (StatusValue.UNAVAILABLE, "no address takes a connection")
    others = a_registrable(crl_url=OTHER_URL)
    rests = status(crls, others, (RULES.breaker_failures - 1) * FETCH_PAUSE)
    assert (rests.value, rests.why) == (StatusValue.UNAVAILABLE, "the source rests after failures")
    assert len(server.asked) == RULES.breaker_failures


def test_a_list_that_is_missing_or_wrong_pauses_no_server(crls: CrlStore, server: Server) -> None:
    """Another list on the same server may be good."""
    certificate = a_registrable()
    for number in range(2 * RULES.breaker_failures):
        if number < RULES.breaker_failures:
            server.lists[URL] = (a_list(idp=scope(uris=[OTHER_URL])),)
        else:
            server.lists.pop(URL, None)
            server.failed = False
        assert status(crls, certificate, number * FETCH_PAUSE).value is not StatusValue.GOOD
    server.lists[OTHER_URL] = (a_list(idp=scope(uris=[OTHER_URL])),)
    others = a_registrable(crl_url=OTHER_URL)
    assert status(crls, others, 2 * RULES.breaker_failures * FETCH_PAUSE).value is StatusValue.GOOD


def test_a_failing_server_does_not_invalidate_a_fresh_list(crls: CrlStore, server: Server) -> None:
    certificate = a_registrable()
    server.lists[URL] = (a_list(),)
    status(crls, certificate)
    del server.lists[URL]
    assert status(crls, certificate, HOUR).value is StatusValue.GOOD
    assert status(crls, certificate, 2 * DAY).value is StatusValue.STALE


def test_during_a_fetch_other_callers_get_unavailable(crls: CrlStore, server: Server) -> None:
    certificate = a_registrable()
    server.lists[URL] = (a_list(),)
    crls.issuers.may_fetch(the_point(), NOW)
    found = status(crls, certificate)
    assert (found.value, found.why) == (StatusValue.UNAVAILABLE, "it is being fetched, or was a moment ago")
    assert server.asked == []
    assert status(crls, certificate, FETCH_PAUSE).value is StatusValue.GOOD


def test_a_query_during_a_fetch_does_not_fetch_again(crls: CrlStore, server: Server) -> None:
    first, second = a_registrable(), a_registrable()
    server.lists[URL] = (a_list(),)
    meanwhile: list[StatusValue] = []
    real = server.fetch

    def fetch(url: str, origins: Sequence[str], limits: Limits) -> tuple[bytes, ...]:
        meanwhile.append(status(crls, second).value)
        return real(url, origins, limits)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("registrar.steps.crl_store.fetch_crl", fetch)
        assert status(crls, first).value is StatusValue.GOOD
    assert meanwhile == [StatusValue.UNAVAILABLE]
    assert server.asked == [URL]
    assert status(crls, second).value is StatusValue.GOOD


# ---- invalid lists


each_wrong_list = pytest.mark.parametrize(
    "wrong",
    [
        {"signing_key": a_pki().issuers["kica"].key},
        {"issuer_name": a_pki().issuers["kica"].certificate.subject},
        {"idp": scope(uris=[OTHER_URL])},
        {"this_update": NOW + DAY},
    ],
    ids=["forged", "another issuer's name", "another partition's", "of tomorrow"],
)


@each_wrong_list
def test_a_list_of_another_issuer_or_point_is_not_stored(
    account: Account, crls: CrlStore, server: Server, wrong: dict[str, Any]
) -> None:
    server.lists[URL] = (a_list(**wrong),)
    assert status(crls, a_registrable()).value is StatusValue.INVALID
    assert account.keys("RevocationBucket") == []


@each_wrong_list
def test_a_refused_list_is_freed_without_a_search_for_garbage(
    crls: CrlStore, server: Server, wrong: dict[str, Any]
) -> None:
    """It has up to 128 MB, is fetched again each minute, and a warm function hardly ever searches."""
    content = a_list(**wrong)
    server.lists[URL] = (content,)
    certificate = a_registrable()
    gc.disable()
    try:
        held = sys.getrefcount(content)
        assert status(crls, certificate).value is StatusValue.INVALID
        assert sys.getrefcount(content) == held
    finally:
        gc.enable()


def fetched(crls: CrlStore, server: Server, age: timedelta, at: timedelta) -> None:
    server.lists[URL] = (a_list(this_update=NOW - age),)
    crls.renew(the_point(), asked(at))


@pytest.mark.parametrize("before", ["PutObject", "GetObject"], ids=["write", "second read of a long head"])
def test_of_two_concurrently_fetched_lists_the_newer_is_stored(
    account: Account, crls: CrlStore, server: Server, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    for module in ("aws.buckets.crl_indexes", "domain.revocation.crl_index"):
        monkeypatch.setattr(f"registrar.{module}.HEAD_BYTES", 64)
    fetched(crls, server, 2 * HOUR, timedelta(0))

    def interrupts(call: Call) -> bool:
        return call.operation == before and "IfMatch" in call.params

    with account.interrupted(interrupts, lambda: fetched(crls, server, HOUR, 2 * FETCH_PAUSE)):
        fetched(crls, server, timedelta(0), FETCH_PAUSE)
    index = crls.indexes.index(the_point())
    assert index is not None
    assert index.head.this_update == NOW


def test_a_forged_list_does_not_replace_a_good_one(crls: CrlStore, server: Server) -> None:
    certificate = a_registrable()
    server.lists[URL] = (a_list(),)
    status(crls, certificate)
    forged = a_list(this_update=NOW + HOUR, signing_key=a_pki().issuers["kica"].key)
    server.lists[URL] = (forged,)
    with pytest.raises(CrlUnusable):
        crls.renew(the_point(), asked(2 * HOUR))
    assert status(crls, certificate, 2 * HOUR).as_of == NOW - HOUR


@pytest.mark.parametrize("older", [{"this_update": NOW - 2 * HOUR, "number": 1}, {"number": 1}])
def test_an_older_list_does_not_replace_a_newer_one(crls: CrlStore, server: Server, older: dict[str, Any]) -> None:
    certificate = a_registrable()
    server.lists[URL] = (a_list(revoked(certificate), number=2),)
    assert status(crls, certificate).value is StatusValue.REVOKED
    server.lists[URL] = (a_list(**older),)
    crls.renew(the_point(), asked(2 * FETCH_PAUSE))
    assert status(crls, certificate, 2 * FETCH_PAUSE).value is StatusValue.REVOKED


def test_a_later_list_with_a_lower_number_is_refused(crls: CrlStore, server: Server) -> None:
    server.lists[URL] = (a_list(number=7),)
    crls.renew(the_point(), asked())
    server.lists[URL] = (a_list(number=6, this_update=NOW),)
    with pytest.raises(CrlUnusable, match="lower number"):
        crls.renew(the_point(), asked(FETCH_PAUSE))


def test_the_newest_of_several_lists_in_an_entry_is_used(crls: CrlStore, server: Server) -> None:
    certificate = a_registrable()
    forged = a_list(this_update=NOW, signing_key=a_pki().issuers["kica"].key)
    newest = a_list(revoked(certificate), this_update=NOW - SECOND, number=3)
    server.lists[URL] = (forged, a_list(), newest, b"\x30\x00")
    assert status(crls, certificate).as_of == NOW - SECOND
    assert status(crls, certificate).value is StatusValue.REVOKED


def test_an_index_of_an_old_format_is_replaced(account: Account, crls: CrlStore, server: Server) -> None:
    certificate = a_registrable()
    server.lists[URL] = (a_list(),)
    status(crls, certificate)
    (key,) = account.keys("RevocationBucket")
    account.client("s3").put_object(Bucket=crls.indexes.bucket.name, Key=key, Body=b"of another time")
    assert status(crls, certificate, FETCH_PAUSE).value is StatusValue.GOOD
    assert len(server.asked) == 2


def test_a_list_replaced_during_a_read_is_read_again(
    account: Account, crls: CrlStore, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, other = a_registrable(serial_number=1 << 60 | 5), a_registrable(serial_number=1 << 60 | 7)
    server.lists[URL] = (a_large_list(other, 5_000),)
    assert status(crls, certificate).value is StatusValue.GOOD
    server.lists[URL] = (a_large_list(certificate, 5_000, this_update=NOW, number=2),)
    real: Callable[..., Any] = Bucket.read_part
    times: list[int] = []

    def replaced_after_the_head(bucket: Bucket, key: str, start: int, *more: Any) -> Any:
        times.append(start)
        if len(times) == 2:
            crls.renew(the_point(), asked(FETCH_PAUSE))
        return real(bucket, key, start, *more)

    monkeypatch.setattr(Bucket, "read_part", replaced_after_the_head)
    assert status(crls, certificate, FETCH_PAUSE).value is StatusValue.REVOKED
    assert times[0] == 0


def test_an_index_is_written_completely_or_not_at_all(account: Account, crls: CrlStore, server: Server) -> None:
    certificate = a_registrable()
    server.lists[URL] = (a_list(),)
    calls = account.recorded(lambda: status(crls, certificate))
    assert [call.operation for call in calls].count("PutObject") == 1
    assert calls[-1].operation == "GetObject"


# ---- lists of CAs


ROOT_URL = "ldap://ds.yessign.example:389/CN=KISA-Demo-RootCA,OU=Korea-Certification-Authority-Central,O=KISA,C=KR?authorityRevocationList"


@pytest.mark.parametrize("listed", [False, True])
def test_a_ca_is_looked_up_on_the_list_of_its_issuer(crls: CrlStore, server: Server, listed: bool) -> None:
    root, authority = a_pki().root, ISSUER.certificate
    entries = [Revoked(authority.serial, NOW - DAY, x509.ReasonFlags.ca_compromise)] if listed else []
    server.lists[ROOT_URL] = (
        make_crl(root, entries, this_update=NOW - 30 * DAY, next_update=NOW + 60 * DAY, idp=scope(only_ca=True)),
    )
    signers, operator = [ISSUER.anchor.certificate], ISSUER.operator
    found = crls.status(authority, signers, operator, RULES, NOW, None, Limits(60.0, 0))
    assert found.value is (StatusValue.REVOKED if listed else StatusValue.GOOD)
    assert server.asked == [ROOT_URL]


def test_a_status_names_the_list_it_rests_on(crls: CrlStore, server: Server) -> None:
    certificate, listed = a_registrable(), a_list(number=41)
    server.lists[URL] = (listed,)

    (named,) = status(crls, certificate).shown_by

    assert isinstance(named, ListIdentity)
    assert (named.about, named.issuer_key_digest) == (certificate.fingerprint, ISSUER.certificate.key_digest)
    assert (named.number, named.sha256) == (41, hashlib.sha256(listed).hexdigest())


def test_no_list_is_named_for_a_status_that_it_does_not_give(crls: CrlStore, server: Server) -> None:
    server.lists[URL] = (a_list(this_update=NOW - 3 * DAY),)

    assert status(crls, a_registrable()).shown_by == ()
