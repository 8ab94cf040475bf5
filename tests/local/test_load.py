"""Storms of logins in small meet the documented limits; no count is lost, and clients repeat within the rule."""

import pytest

from bench.load import retries, storms
from bench.load.repeating import LONGEST_WAIT, MOST_TRIES
from registrar.domain.access.throttles import ADDRESS_LIMIT
from tools.cloud.local_cloud import LocalCloud

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

LOGINS = 12
each_password = pytest.mark.parametrize(
    "password", [storms.PASSWORD, storms.WRONG_PASSWORD], ids=["right", "wrong"]
)


@each_password
def test_one_address_is_let_through_up_to_its_limit(cloud: LocalCloud, password: str) -> None:
    storm = storms.from_one_address(cloud, LOGINS, password, ADDRESS_LIMIT.per_minute - 5)

    assert storm.wrong == []
    # Where the storm meets the end of a minute, the next one lets five more through.
    assert storm.let_through in range(5, 11)
    assert storm.answers[storms.REFUSED] == LOGINS - storm.let_through


@each_password
def test_attempts_at_one_customer_are_counted_from_all_addresses(cloud: LocalCloud, password: str) -> None:
    storm = storms.at_one_customer(cloud, LOGINS, password)

    assert storm.wrong == []
    assert storm.answers[storms.REFUSED] == 0


@each_password
def test_many_customers_at_once_are_not_refused_for_each_other(cloud: LocalCloud, password: str) -> None:
    assert storms.by_many_customers(cloud, LOGINS, password).wrong == []


def test_clients_that_repeat_a_refused_login_send_no_more_than_the_rule_allows(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("bench.load.repeating.sleep", waited.append)  # as if the time had passed

    phones = retries.run(cloud, clients=2)

    assert retries.wrong(phones) == []
    assert all(0 < sum(phone.refused.values()) <= MOST_TRIES for phone in phones)
    assert sum(waited) <= LONGEST_WAIT * len(phones)
