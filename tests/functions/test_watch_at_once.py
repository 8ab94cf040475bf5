"""Runs of the watch that overlap: whatever list the slow one applied, the newest decides."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from registrar.aws.tables.registrations import Registrations
from registrar.domain.registrations.registration import Hold, Lifecycle
from registrar.net.limits import Limits
from registrar.steps.crl_store import CrlQuery
from tests.support.account import Account, Call, an_account
from tests.support.app import DONE, trust_demo_issuers
from tests.support.builders import NOW, a_trust_store
from tests.support.crl_watch import ISSUER, POINT, REASON, listed, now_of, publish, registered, watch
from tests.support.rows import registrations_of


@pytest.fixture
def account() -> Iterator[Account]:
    with an_account() as made:
        trust_demo_issuers(made)
        yield made


def test_concurrent_runs_have_the_same_result(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    (bad, revoked), (held, on_hold) = registered(account), registered(account, "kim")
    publish(account, listed(revoked), listed(on_hold, REASON.certificate_hold))
    real, runs = Registrations.find_by_issuer_serial, [1]

    def with_a_whole_run_in_between(*arguments: Any) -> Any:
        found = real(*arguments)
        if runs:
            runs.pop()
            assert watch(account) == DONE
        return found

    monkeypatch.setattr(Registrations, "find_by_issuer_serial", with_a_whole_run_in_between)
    assert watch(account) == DONE
    assert not runs
    assert now_of(account, bad).lifecycle is Lifecycle.REVOKED_BY_ISSUER
    assert now_of(account, held).holds == {Hold.ISSUER}


def holds(call: Call) -> bool:
    return call.operation == "TransactWriteItems" and ":hold" in str(call.params)


def notes(call: Call) -> bool:
    return call.operation == "PutObject" and call.params["Key"].endswith("/watched")


@pytest.mark.parametrize("before", [holds, notes])
def test_a_slow_run_leaves_no_hold_that_a_newer_list_lifted(
    account: Account, before: Callable[[Call], bool]
) -> None:
    """The newer run never saw the hold on the list: no later difference would lift it."""
    registration, certificate = registered(account)
    publish(account, listed(certificate, REASON.certificate_hold))

    def a_newer_run() -> None:
        account.pass_time(minutes=2)
        publish(account)
        assert watch(account) == DONE

    with account.interrupted(before, a_newer_run):
        assert watch(account) == DONE
    assert now_of(account, registration).holds == frozenset()
    account.pass_time(days=1)
    calls = account.recorded(lambda: watch(account))
    assert not [call for call in calls if call.operation in ("BatchGetItem", "PutObject")], "nothing is left to do"


def test_a_slow_run_of_a_newer_list_lifts_holds_of_an_older_one(account: Account) -> None:
    registration, certificate = registered(account)
    publish(account, listed(certificate, REASON.certificate_hold))
    crls = account.function("watch_crl").crls
    rules = a_trust_store().rules.revocation
    crls.renew(POINT, CrlQuery([ISSUER.certificate], ISSUER.operator, rules, NOW, Limits(60.0, 0)))
    with_hold = crls.indexes.whole(POINT)
    account.pass_time(minutes=2)
    publish(account)

    def an_older_run_ends() -> None:
        registrations_of(account).add_hold("hong", registration.id, Hold.ISSUER, account.at)
        crls.indexes.watched(POINT, "", with_hold.content, None)

    with account.interrupted(notes, an_older_run_ends):
        assert watch(account) == DONE
    assert now_of(account, registration).holds == frozenset()
