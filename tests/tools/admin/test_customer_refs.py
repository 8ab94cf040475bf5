"""A digest of a customer id leads back to the customer."""

import pytest

from registrar.entry.log import customer_ref
from tests.support.account import Account
from tools.admin.customer_refs import main


def customers(account: Account, *ids: str) -> str:
    table = account.physical["CustomersTable"]
    for each in ids:
        account.client("dynamodb").put_item(TableName=table, Item={"id": {"S": each}, "name": {"S": "홍길동"}})
    return table


def test_the_customer_of_a_digest_is_found(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    table = customers(account, "hong", "kim", "lee")
    code = main(
        ["find", customer_ref("kim"), customer_ref("hong"), "--customers", table], account.client("dynamodb")
    )

    assert code == 0
    lines = [f"{customer_ref(each)} {each}" for each in ("hong", "kim")]
    assert capsys.readouterr().out.splitlines() == sorted(lines)


def test_a_digest_that_fits_nobody_is_named(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    table = customers(account, "hong")

    assert main(["find", "0" * 16, "--customers", table], account.client("dynamodb")) == 1
    assert capsys.readouterr().err == f"{'0' * 16} fits no customer of {table}\n"


def test_nothing_but_ids_is_read(account: Account) -> None:
    table = customers(account, "hong")
    calls = account.recorded(lambda: main(["find", "0" * 16, "--customers", table], account.client("dynamodb")))

    assert [call.params["ProjectionExpression"] for call in calls if call.operation == "Scan"] == ["id"]


def test_the_digest_of_a_customer_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["of", "hong"]) == 0
    assert capsys.readouterr().out == f"{customer_ref('hong')} hong\n"
