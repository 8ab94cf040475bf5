"""Reports of a loss that meet another report, its cancellation, or a restore: whichever is later counts."""

from collections.abc import Callable

import pytest

from registrar.aws.tables.registrations import Registrations
from registrar.domain.reasons.errors import ConditionFailed
from registrar.domain.registrations.registration import Hold, Registration
from tests.support.account import Account
from tests.support.builders import NOW
from tests.support.prepared import prepared
from tests.support.rows import a_registration, put, registrations_of


@pytest.fixture
def registrations(account: Account) -> Registrations:
    return registrations_of(account)


def report(registrations: Registrations, r: Registration) -> Registration:
    return registrations.add_hold(r.customer_id, r.id, Hold.CUSTOMER, NOW)


def report_while(
    account: Account, registrations: Registrations, r: Registration, act: Callable[[], object]
) -> Registration:
    """A report that has read what stands, and writes after `act`."""
    with account.interrupted(lambda call: call.operation == "TransactWriteItems", act):
        return report(registrations, r)


def restore(account: Account, item: dict[str, object]) -> None:
    put(account, "RegistrationsTable", item)


def row_of(account: Account, r: Registration) -> dict[str, object]:
    (row,) = [each for each in account.items("RegistrationsTable") if each["sk"] == {"S": f"REG#{r.id}"}]
    return row


@pytest.mark.parametrize("restored", [False, True])
def test_of_two_reports_at_once_both_return_the_text_that_stands(
    account: Account, registrations: Registrations, restored: bool
) -> None:
    """Also where the row is restored between them, and only the kept state has the text of the first."""
    r = prepared(account, a_registration)
    earlier = row_of(account, r)
    others = []

    def act() -> None:
        others.append(report(registrations, r))
        if restored:
            restore(account, earlier)

    held = report_while(account, registrations, r, act)
    assert held.resume_nonce == others[0].resume_nonce
    assert registrations.resume(others[0], NOW).usable_at(NOW)


@pytest.mark.parametrize("restored", [False, True])
def test_a_report_that_meets_the_cancellation_of_an_earlier_one_needs_a_new_signature(
    account: Account, registrations: Registrations, restored: bool
) -> None:
    """Also where the row was restored before, and only the kept state had the text of the earlier one."""
    r = prepared(account, a_registration)
    earlier = row_of(account, r)
    first = report(registrations, r)
    if restored:
        restore(account, earlier)

    held = report_while(account, registrations, r, lambda: registrations.resume(report(registrations, r), NOW))
    assert held.resume_nonce not in (None, first.resume_nonce)
    with pytest.raises(ConditionFailed):
        registrations.resume(first, NOW)
    assert registrations.get("hong", r.id) == held
    assert registrations.resume(held, NOW).usable_at(NOW)
