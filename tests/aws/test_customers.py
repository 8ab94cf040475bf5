"""The customers' table: a change is written over what was read, and over nothing else."""

from dataclasses import replace

import pytest

from registrar.aws.tables.customers import Customers, to_item
from registrar.domain.reasons.errors import ConditionFailed
from tests.support.account import Account
from tests.support.rows import a_customer, put

NEW_PHONE = "+821099990000"


@pytest.fixture
def customers(account: Account) -> Customers:
    put(account, "CustomersTable", to_item(a_customer()))
    return Customers(account.client("dynamodb"), account.physical["CustomersTable"])


def test_each_change_is_written_over_the_one_before(customers: Customers) -> None:
    for number, phone in enumerate((NEW_PHONE, "+821088880000"), 1):
        read = customers.find("hong")
        assert read is not None
        customers.save(replace(read, phone=phone))
        assert customers.find("hong") == a_customer(phone=phone, version=number)


@pytest.mark.parametrize("changes", [1, 2])
def test_change_of_a_customer_that_changed_meanwhile_fails(customers: Customers, changes: int) -> None:
    read = a_customer()
    for _ in range(changes):
        read = customers.find("hong") or read
        customers.save(replace(read, phone=NEW_PHONE))

    with pytest.raises(ConditionFailed):
        customers.save(replace(read, phone="+821077770000"))
    found = customers.find("hong")
    assert found is not None
    assert (found.phone, found.version) == (NEW_PHONE, changes)


@pytest.mark.parametrize("version", [0, 1])
def test_change_of_an_unknown_customer_creates_no_row(account: Account, customers: Customers, version: int) -> None:
    with pytest.raises(ConditionFailed):
        customers.save(a_customer("kim", version=version))
    assert len(account.items("CustomersTable")) == 1
