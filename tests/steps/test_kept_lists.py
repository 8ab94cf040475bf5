"""Lists that a warm function keeps: used only while the issuers' table shows that no other can be stored."""

from datetime import datetime, timedelta

import pytest

from registrar.aws.buckets.bucket import Bucket
from registrar.aws.buckets.crl_indexes import CrlIndexes, Index
from registrar.aws.tables.issuers import FETCH_PAUSE, Issuers
from registrar.domain.certificates.certificate import Certificate, read_certificate
from registrar.domain.reasons.errors import ConditionFailed
from registrar.domain.revocation.crl import read_crl
from registrar.domain.revocation.distribution_points import Point
from registrar.domain.revocation.status import Status, StatusValue
from registrar.steps.kept_lists import KEPT_LIFE, LONGEST_FETCH, MOST_KEPT, KeptLists
from registrar.steps.known_statuses import KnownStatuses
from tests.support.account import Account
from tests.support.builders import NOW, a_certificate, a_pki, a_trust_store
from tests.support.grants import HOLDERS
from tests.support.shape import function_property
from tools.pki.crls import Revoked, make_crl, scope

URL = "ldap://ds.yessign.example:389/ou=dp5p1,ou=AccreditedCA,o=yessign,c=kr?certificateRevocationList"
ISSUER = next(i for i in a_trust_store().issuers if i.operator.id == "yessign").certificate
CA = a_pki().issuers["yessign"]
POINT = Point(ISSUER.key_digest, URL, "yessign")
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@pytest.fixture
def lists(account: Account) -> KeptLists:
    return KeptLists(CrlIndexes(Bucket(account.client("s3"), account.physical["RevocationBucket"])))


@pytest.fixture
def issuers(account: Account) -> Issuers:
    return Issuers(account.client("dynamodb"), account.physical["IssuersTable"])


@pytest.fixture
def known(lists: KeptLists, issuers: Issuers) -> KnownStatuses:
    return KnownStatuses(lists, issuers)


def store(lists: KeptLists, *entries: Revoked, number: int = 1) -> None:
    crl = make_crl(CA, entries, this_update=NOW - HOUR + number * SECOND, number=number, idp=scope(uris=[URL]))
    lists.indexes.keep(POINT, [read_crl(crl, ISSUER)])


def fetch(issuers: Issuers, lists: KeptLists, at: datetime, *entries: Revoked, number: int = 1) -> None:
    """As a function does that reads a list: it records the fetch, and stores the list."""
    assert issuers.may_fetch(POINT, at)
    store(lists, *entries, number=number)


def a_registrable() -> Certificate:
    return read_certificate(a_certificate(key="ec", crl_url=URL).der)


def reads(account: Account, known: KnownStatuses, certificate: Certificate, after: timedelta) -> list[str]:
    calls = account.recorded(lambda: known.status(certificate, ISSUER.key_digest, NOW + after))
    return [call.operation for call in calls]


def test_a_list_is_read_once_while_no_other_is_fetched(
    account: Account, lists: KeptLists, issuers: Issuers, known: KnownStatuses
) -> None:
    certificate = a_registrable()
    fetch(issuers, lists, NOW)
    first, second, third = (reads(account, known, certificate, LONGEST_FETCH + n * SECOND) for n in range(3))
    assert (first, second, third) == (["BatchGetItem", "GetObject"], ["BatchGetItem"], ["BatchGetItem"])


def test_a_list_that_another_function_fetched_is_read_before_the_next_status(
    account: Account, lists: KeptLists, issuers: Issuers, known: KnownStatuses
) -> None:
    certificate = a_registrable()
    fetch(issuers, lists, NOW)
    later = LONGEST_FETCH + SECOND
    assert known.status(certificate, ISSUER.key_digest, NOW + later) is None
    fetch(issuers, lists, NOW + later, Revoked(certificate.serial, NOW - HOUR, None), number=2)
    status = known.status(certificate, ISSUER.key_digest, NOW + later + SECOND)
    assert isinstance(status, Status)
    assert status.value is StatusValue.REVOKED


def test_a_list_is_not_kept_while_a_fetch_may_still_write_another(
    account: Account, lists: KeptLists, issuers: Issuers, known: KnownStatuses
) -> None:
    """A slow function began to fetch, and writes its list after this one was read."""
    certificate = a_registrable()
    store(lists)
    assert issuers.may_fetch(POINT, NOW)
    assert known.status(certificate, ISSUER.key_digest, NOW + LONGEST_FETCH - SECOND) is None
    store(lists, Revoked(certificate.serial, NOW - HOUR, None), number=2)
    status = known.status(certificate, ISSUER.key_digest, NOW + LONGEST_FETCH)
    assert status is not None
    assert status.value is StatusValue.REVOKED


def test_no_function_that_may_write_a_list_runs_longer_than_a_kept_list_waits() -> None:
    writers = HOLDERS["s3:PutObject", "RevocationBucket/crl/x/y/current"]
    seconds = max(int(function_property(f"{name}Function", "Timeout")) for name in writers)
    assert timedelta(seconds=seconds) + timedelta(minutes=2) <= LONGEST_FETCH
    assert FETCH_PAUSE < LONGEST_FETCH


def test_a_list_is_kept_for_an_hour_at_most(
    account: Account, lists: KeptLists, issuers: Issuers, known: KnownStatuses
) -> None:
    certificate = a_registrable()
    fetch(issuers, lists, NOW)
    assert reads(account, known, certificate, LONGEST_FETCH) == ["BatchGetItem", "GetObject"]
    assert reads(account, known, certificate, LONGEST_FETCH + KEPT_LIFE - SECOND) == ["BatchGetItem"]
    assert reads(account, known, certificate, LONGEST_FETCH + KEPT_LIFE) == ["BatchGetItem", "GetObject"]


def test_that_an_address_was_never_fetched_is_kept_until_it_is(
    account: Account, lists: KeptLists, issuers: Issuers, known: KnownStatuses
) -> None:
    certificate = a_registrable()
    first, second = (reads(account, known, certificate, n * SECOND) for n in range(2))
    assert (first, second) == (["BatchGetItem", "GetObject"], ["BatchGetItem"])
    fetch(issuers, lists, NOW, Revoked(certificate.serial, NOW - HOUR, None))
    status = known.status(certificate, ISSUER.key_digest, NOW + SECOND)
    assert status is not None
    assert status.value is StatusValue.REVOKED


def test_a_list_that_the_table_of_issuers_does_not_know_is_read_each_time(
    account: Account, lists: KeptLists, known: KnownStatuses
) -> None:
    """The table was lost, and the bucket was not."""
    certificate = a_registrable()
    store(lists)
    for _ in range(2):
        assert reads(account, known, certificate, HOUR) == ["BatchGetItem", "GetObject"]


def test_the_addresses_used_last_are_kept(lists: KeptLists, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def read(_: object, point: Point) -> list[tuple[str, Index]]:
        asked.append(point.url)
        return []

    monkeypatch.setattr(CrlIndexes, "lists", read)
    points = [Point(ISSUER.key_digest, f"{URL}{number}", "yessign") for number in range(MOST_KEPT + 1)]
    for point in (*points[:-1], points[0], points[-1], points[0], points[1]):
        lists.at(point, NOW, NOW + HOUR)
    assert asked == [point.url for point in (*points, points[1])]


def test_a_kept_list_whose_pages_were_replaced_is_read_again(
    lists: KeptLists, issuers: Issuers, known: KnownStatuses, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = a_registrable()
    fetch(issuers, lists, NOW, Revoked(certificate.serial, NOW - HOUR, None))
    (index,) = lists.at(POINT, None, NOW)

    def replaced(start: int, length: int) -> bytes:
        raise ConditionFailed

    with monkeypatch.context() as patched:
        patched.setattr(CrlIndexes, "lists", lambda *_: iter([("", Index(index.etag, index.head, replaced))]))
        lists.at(POINT, NOW + FETCH_PAUSE, NOW + HOUR)
    status = known.status(certificate, ISSUER.key_digest, NOW + HOUR)
    assert status is not None
    assert status.value is StatusValue.REVOKED
