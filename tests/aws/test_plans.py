"""Plans of a re-evaluation: one is made at a time, and the next begins when its last segment is done."""

from datetime import timedelta
from typing import Any

import pytest

from registrar.aws.tables.reevaluations import Plans
from registrar.domain.reasons.errors import ConditionFailed
from tests.support.account import Account
from tests.support.builders import NOW

HOUR = timedelta(hours=1)


@pytest.fixture
def plans(account: Account) -> Plans:
    no_bucket: Any = None
    return Plans(account.client("dynamodb"), account.physical["NoticesTable"], no_bucket)


def test_plan_that_is_being_made_is_found_and_not_begun_again(plans: Plans) -> None:
    first = plans.begin(7, ["a", "b"], "kim", NOW)
    plans.done(first, "a")

    again = plans.begin(7, ["a", "b"], "lee", NOW + HOUR)
    assert (again.at, again.open, again.planned_by) == (NOW, frozenset({"b"}), "kim")
    assert plans.is_open(first, "b")
    assert not plans.is_open(first, "a")


def test_finished_plan_is_followed_by_a_later_one(plans: Plans) -> None:
    first = plans.begin(7, ["a"], "kim", NOW)
    assert plans.done(first, "a")

    later = plans.begin(7, ["a"], "lee", NOW + HOUR)
    assert (later.at, later.planned_by) == (NOW + HOUR, "lee")
    assert not plans.is_open(first, "a")
    with pytest.raises(ConditionFailed):
        plans.done(first, "a")
    assert plans.is_open(later, "a")
