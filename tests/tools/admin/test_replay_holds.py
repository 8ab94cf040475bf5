"""Holds that were lost with data are printed from the audit, for the function that puts them again."""

import json
from pathlib import Path
from typing import Any

import pytest

from registrar.aws.buckets.audit_bucket import audit_key
from registrar.domain.evidence.audit_chain import AuditEntry, Head, append
from registrar.entry.log import customer_ref
from tests.support.account import Account
from tools.admin.replay_holds import HOLDING, main
from tools.cloud.automation import checked, documents

SINCE = "2026-11-29T03:00:00Z"


def entry(hour: int, action: str, customer_id: str = "hong", registration_id: str = "r1") -> AuditEntry:
    line = {"message": action, "customer_ref": customer_ref(customer_id), "registration_id": registration_id}
    return AuditEntry(f"{hour}{action}", "/registrar/x", f"2026-11-29T{hour:02d}:00:00Z", json.dumps(line))


@pytest.fixture
def customers(account: Account) -> str:
    table = account.physical["CustomersTable"]
    for each in ("hong", "kim"):
        account.client("dynamodb").put_item(TableName=table, Item={"id": {"S": each}})
    return table


def run(
    account: Account, folder: Path, customers: str, entries: list[AuditEntry], capsys: pytest.CaptureFixture[str]
) -> tuple[int, list[dict[str, Any]], str]:
    (folder / "audit").mkdir()
    (folder / audit_key(1)).write_bytes(append(Head(), entries)[1])
    arguments = [str(folder), "--since", SINCE, "--customers", customers]
    code = main(arguments, account.client("dynamodb"))
    printed = capsys.readouterr()
    return code, [json.loads(line) for line in printed.out.splitlines()], printed.err


@pytest.mark.parametrize(
    "action", ["loss.reported", "bank_hold.on", "registration.blocked", "registration.deregistered"]
)
def test_what_must_not_be_used_is_held(
    account: Account, tmp_path: Path, customers: str, capsys: pytest.CaptureFixture[str], action: str
) -> None:
    assert run(account, tmp_path, customers, [entry(4, action)], capsys)[:2] == (
        0,
        [
            {
                "CustomerId": ["hong"],
                "RegistrationId": ["r1"],
                "Reason": [f"lost with data: {action} 2026-11-29T04:00:00Z"],
            }
        ],
    )


def test_what_was_released_again_or_is_older_is_not_held(
    account: Account, tmp_path: Path, customers: str, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = [
        entry(2, "bank_hold.on", registration_id="older"),
        entry(5, "loss.taken_back"),
        entry(4, "loss.reported"),
        entry(6, "session.started", "kim"),
        entry(7, "bank_hold.on", "kim", "r2"),
        entry(8, "bank_hold.off", "kim", "r2"),
        entry(9, "bank_hold.on", "kim", "r2"),
    ]
    code, forms, _ = run(account, tmp_path, customers, entries, capsys)

    assert (code, [(each["CustomerId"], each["RegistrationId"]) for each in forms]) == (0, [(["kim"], ["r2"])])


def test_a_release_of_one_hold_leaves_the_other(
    account: Account, tmp_path: Path, customers: str, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = [entry(4, "loss.reported"), entry(5, "bank_hold.on"), entry(6, "loss.taken_back")]
    _, (form,), _ = run(account, tmp_path, customers, entries, capsys)

    assert form["Reason"] == ["lost with data: bank_hold.on 2026-11-29T05:00:00Z"]


def test_a_customer_who_is_not_there_is_reported(
    account: Account, tmp_path: Path, customers: str, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = [entry(4, "loss.reported", "gone"), entry(4, "bank_hold.on", "kim")]
    code, forms, error = run(account, tmp_path, customers, entries, capsys)

    assert (code, [each["CustomerId"] for each in forms]) == (1, [["kim"]])
    assert customer_ref("gone") in error


def test_a_copy_that_is_not_whole_is_refused(
    account: Account, tmp_path: Path, customers: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "audit").mkdir()
    (tmp_path / audit_key(2)).write_bytes(append(Head(1, 1), [entry(4, "loss.reported")])[1])
    arguments = [str(tmp_path), "--since", SINCE, "--customers", customers]

    assert main(arguments, account.client("dynamodb")) == 1
    assert capsys.readouterr().out == ""


def test_what_is_printed_fills_in_the_form(
    account: Account, tmp_path: Path, customers: str, capsys: pytest.CaptureFixture[str]
) -> None:
    deeds = [entry(4, action, registration_id="r" + "0" * 32) for action in HOLDING]
    _, (form,), _ = run(account, tmp_path, customers, deeds, capsys)

    assert checked(documents()["Hold"], {name: value for name, (value,) in form.items()}) == form
