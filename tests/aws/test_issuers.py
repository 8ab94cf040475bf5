"""The issuers' table: a failing source is paused, one caller probes it, one caller fetches a list."""

from dataclasses import replace
from datetime import timedelta

import pytest

from registrar.aws import dynamo
from registrar.aws.tables.issuers import FETCH_PAUSE, Breaker, Issuers
from registrar.domain.revocation.distribution_points import Point
from tests.support.account import Account
from tests.support.builders import NOW, a_trust_store

MILLISECOND = timedelta(milliseconds=1)
RULES = replace(a_trust_store().rules.revocation, breaker_failures=3, breaker_rest=timedelta(seconds=30))
POINT = Point("ab" * 32, "ldap://ds.yessign.example:389/ou=dp5p1?certificateRevocationList", "yessign")


@pytest.fixture
def issuers(account: Account) -> Issuers:
    return Issuers(account.client("dynamodb"), account.physical["IssuersTable"])


def ask(issuers: Issuers, at: timedelta = timedelta(0), *, source: str = "ocsp") -> Breaker | None:
    return issuers.may_query("yessign", source, NOW + at, RULES)


def fail(issuers: Issuers, times: int) -> None:
    for _ in range(times):
        breaker = ask(issuers)
        assert breaker is not None
        issuers.record_failure(breaker, NOW, RULES)


def test_a_working_source_costs_one_read(account: Account, issuers: Issuers) -> None:
    def ask_a_source_that_works() -> None:
        breaker = ask(issuers)
        assert breaker is not None
        issuers.record_success(breaker)

    (call,) = account.recorded(ask_a_source_that_works)
    assert (call.operation, call.params["ConsistentRead"]) == ("GetItem", True)
    assert account.items("IssuersTable") == []


def test_a_source_is_paused_after_consecutive_failures(issuers: Issuers) -> None:
    fail(issuers, 3)
    assert ask(issuers) is None
    assert ask(issuers, RULES.breaker_rest - MILLISECOND) is None
    assert ask(issuers, source="crl") is not None, "another source of the same operator"
    assert issuers.may_query("kica", "ocsp", NOW, RULES) is not None, "the same source of another operator"


def test_failures_that_are_not_consecutive_do_not_pause_a_source(issuers: Issuers) -> None:
    fail(issuers, 2)
    breaker = ask(issuers)
    assert breaker is not None
    issuers.record_success(breaker)
    fail(issuers, 2)
    assert ask(issuers) is not None


def test_after_the_pause_one_caller_probes(issuers: Issuers) -> None:
    fail(issuers, 3)
    rested = RULES.breaker_rest
    probe = ask(issuers, rested)
    assert probe is not None
    assert ask(issuers, rested) is None, "one is at it"
    issuers.record_failure(probe, NOW + rested, RULES)
    assert ask(issuers, 2 * rested - MILLISECOND) is None
    probe = ask(issuers, 2 * rested)
    assert probe is not None
    issuers.record_success(probe)
    assert ask(issuers, 2 * rested) is not None
    assert ask(issuers, 2 * rested) is not None, "the source is back for everybody"


def test_of_callers_that_read_the_end_of_the_pause_together_one_probes(
    issuers: Issuers, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(issuers, 3)
    read = dynamo.get(
        issuers.client, issuers.table, {"pk": dynamo.text("BREAKER"), "sk": dynamo.text("yessign#ocsp")}
    )
    assert read is not None
    monkeypatch.setattr("registrar.aws.dynamo.get", lambda *_: read)

    probes = [ask(issuers, RULES.breaker_rest) for _ in range(3)]
    assert [probe is not None for probe in probes] == [True, False, False]


def test_a_killed_probe_is_followed_by_another(issuers: Issuers) -> None:
    fail(issuers, 3)
    assert ask(issuers, RULES.breaker_rest) is not None
    assert ask(issuers, 2 * RULES.breaker_rest) is not None


def test_a_point_is_written_once(account: Account, issuers: Issuers) -> None:
    issuers.ensure_point(POINT, NOW)
    first = account.items("IssuersTable")
    again = account.recorded(lambda: issuers.ensure_point(POINT, NOW + timedelta(days=1)))
    assert [call.operation for call in again] == ["GetItem"]
    assert account.items("IssuersTable") == first
    assert list(issuers.points()) == [POINT]


def test_points_are_one_per_key_and_address(issuers: Issuers) -> None:
    points = {
        POINT,
        replace(POINT, issuer_key_digest="cd" * 32),
        replace(POINT, url=POINT.url.replace("dp5p1", "dp5p2")),
    }
    for point in points:
        issuers.ensure_point(point, NOW)
    assert set(issuers.points()) == points
    assert len({point.id for point in points}) == 3


def test_two_callers_that_add_the_same_point_both_succeed(
    issuers: Issuers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registrar.aws.dynamo.get", lambda *_: None)  # each looks before the other writes
    issuers.ensure_point(POINT, NOW)
    issuers.ensure_point(POINT, NOW + timedelta(days=1))
    assert list(issuers.points()) == [POINT]


def test_a_list_is_fetched_by_one_caller_at_a_time(issuers: Issuers) -> None:
    assert [issuers.may_fetch(POINT, NOW) for _ in range(3)] == [True, False, False]
    assert not issuers.may_fetch(POINT, NOW + FETCH_PAUSE - MILLISECOND)
    assert issuers.may_fetch(replace(POINT, url="ldap://elsewhere.example/ou=dp1"), NOW)
    assert issuers.may_fetch(POINT, NOW + FETCH_PAUSE), "whoever it was may have been killed"


def test_a_fetch_lease_is_not_listed_as_a_point(issuers: Issuers) -> None:
    issuers.may_fetch(POINT, NOW)
    assert list(issuers.points()) == []
