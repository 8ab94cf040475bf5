"""Load in small: storms of logins meet the documented limits, and no count is lost."""

import pytest

from bench.load import storms
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
