"""The hold of a re-evaluation beside those of people."""

import pytest

from registrar.aws.tables.registrations import Registrations
from registrar.domain.reasons.errors import ConditionFailed
from registrar.domain.registrations.registration import REEVALUATION, Hold
from tests.support.account import Account
from tests.support.builders import NOW
from tests.support.rows import a_registration, registrations_of


@pytest.fixture
def registrations(account: Account) -> Registrations:
    return registrations_of(account)


def test_a_re_evaluation_lifts_its_own_hold_only(account: Account, registrations: Registrations) -> None:
    r = a_registration(account)
    for _ in range(2):
        held = registrations.hold_by_reevaluation("hong", r.id, NOW)
        assert (held.holds, held.bank_hold_reason) == (frozenset({Hold.BANK}), REEVALUATION)
    lifted = registrations.lift_by_reevaluation("hong", r.id, NOW)
    assert (lifted.holds, lifted.bank_hold_reason) == (frozenset(), None)
    registrations.add_hold("hong", r.id, Hold.BANK, NOW)
    for change in (registrations.lift_by_reevaluation, registrations.hold_by_reevaluation):
        with pytest.raises(ConditionFailed):
            change("hong", r.id, NOW)
    assert registrations.get("hong", r.id).bank_hold_reason is None


def test_a_bank_hold_replaces_the_hold_of_a_re_evaluation(account: Account, registrations: Registrations) -> None:
    r = a_registration(account)
    registrations.hold_by_reevaluation("hong", r.id, NOW)
    for which in (Hold.CUSTOMER, Hold.ISSUER):
        assert registrations.add_hold("hong", r.id, which, NOW).bank_hold_reason == REEVALUATION
    assert registrations.add_hold("hong", r.id, Hold.BANK, NOW).bank_hold_reason is None
    registrations.lift_hold("hong", r.id, Hold.BANK, NOW)
    registrations.hold_by_reevaluation("hong", r.id, NOW)
    assert registrations.lift_hold("hong", r.id, Hold.BANK, NOW).bank_hold_reason is None
