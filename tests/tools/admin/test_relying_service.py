"""Entering relying services: the runbook's commands, run against a table of an in-memory account."""

import re
import shlex

import pytest

from registrar.aws.tables.relying_services import RelyingServices
from registrar.domain.access.relying_service import RelyingService, Use
from tests.support.account import Account
from tests.support.builders import NOW
from tests.support.relying import ACCOUNT, System
from tools.admin.relying_service import main
from tools.cloud.emulator import ROOT

ROLE = f"arn:aws:iam::{ACCOUNT}:role/relying-transfers"
RUNBOOK = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")


def run(account: Account, command: str, **more: str) -> None:
    """The runbook's command with the account's names."""
    (line,) = re.findall(rf"python -m tools\.admin\.relying_service ({command}\b.*)", RUNBOOK)
    names = {"$TABLE": account.physical["RelyingServicesTable"], "$ROLE": ROLE} | more
    main([names.get(word, word) for word in shlex.split(line)])


def found(account: Account, principal: str = ROLE) -> RelyingService | None:
    return RelyingServices(account.client("dynamodb"), account.physical["RelyingServicesTable"]).find(
        principal, NOW
    )


def test_an_entered_service_is_found_by_its_role(account: Account) -> None:
    run(account, "enter")

    assert found(account) == RelyingService(
        "transfers", {"ko": "이체", "en": "Transfers"}, frozenset(Use), frozenset({"transfer"})
    )


def test_the_path_of_a_role_does_not_count(account: Account) -> None:
    run(account, "enter", **{"$ROLE": f"arn:aws:iam::{ACCOUNT}:role/bank/systems/relying-transfers"})

    assert found(account) is not None


def test_a_role_that_is_entered_again_has_the_new_entry_only(account: Account) -> None:
    System(account).enter()
    table = account.physical["RelyingServicesTable"]

    main(["enter", ROLE, "loans", "--ko", "대출", "--en", "Loans", "--table", table])

    assert found(account) == RelyingService("loans", {"ko": "대출", "en": "Loans"}, frozenset(), frozenset())


@pytest.mark.parametrize(("ko", "en"), [("이체", "Loans"), ("이 체", "Loans"), ("대출", "transfers")])
def test_two_services_have_no_title_in_common(account: Account, ko: str, en: str) -> None:
    run(account, "enter")
    other = ["enter", f"{ROLE}-2", "loans", "--ko", ko, "--en", en]

    with pytest.raises(SystemExit) as refused:
        main([*other, "--table", account.physical["RelyingServicesTable"]])

    assert "transfers has that title" in str(refused.value.code)
    assert found(account, f"{ROLE}-2") is None
    run(account, "enter", **{"$ROLE": f"{ROLE}-2"})
    assert found(account, f"{ROLE}-2") is not None, "two roles may be one service"


def test_a_removed_role_is_not_found(account: Account) -> None:
    run(account, "enter")
    run(account, "remove")

    assert found(account) is None


def test_the_list_names_each_role_with_what_it_may_do(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    run(account, "list")
    assert capsys.readouterr().out == "no service is entered\n"
    run(account, "enter")
    run(account, "list")
    assert capsys.readouterr().out == f"{ROLE}  transfers (이체): status, verify, kind transfer\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["enter", f"arn:aws:iam::{ACCOUNT}:user/transfers", "transfers", "--ko", "이체", "--en", "Transfers"],
        ["enter", f"arn:aws:iam::{ACCOUNT}:root", "transfers", "--ko", "이체", "--en", "Transfers"],
        ["enter", f"arn:aws:sts::{ACCOUNT}:assumed-role/a/b", "transfers", "--ko", "이체", "--en", "Transfers"],
        ["enter", ROLE, "Transfers!", "--ko", "이체", "--en", "Transfers"],
        ["enter", ROLE, "transfers", "--ko", "이\u202e체", "--en", "Transfers"],
        ["enter", ROLE, "transfers", "--ko", "", "--en", "Transfers"],
        ["enter", ROLE, "transfers", "--ko", "이체", "--en", "Transfers", "--kind", "Any kind"],
        ["enter", ROLE, "transfers", "--ko", "이체", "--en", "Transfers", "--kind", "transferr"],
        ["enter", ROLE, "transfers", "--ko", "금액", "--en", "Amount"],
        ["enter", ROLE, "transfers", "--ko", "요 청", "--en", "REQUESTED BY"],
        ["enter", ROLE, "transfers", "--ko", "받는 분 / Payee: 김철수", "--en", "Transfers"],
        ["enter", ROLE, "transfers", "--ko", "받는 분 / Payee 김철수", "--en", "Transfers"],
        ["enter", ROLE, "transfers", "--ko", "이체", "--en", "Trаnsfers"],
        ["enter", ROLE, "transfers", "--ko", "이체", "--en", "Transfers", "--use", "everything"],
        ["remove", "transfers"],
    ],
)
def test_what_cannot_be_an_entry_is_refused(account: Account, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main([*arguments, "--table", account.physical["RelyingServicesTable"]])

    assert refused.value.code
    assert account.items("RelyingServicesTable") == []
