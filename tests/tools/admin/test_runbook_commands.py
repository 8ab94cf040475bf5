"""The runbook's commands on the audit and on recovering are ones that the tools take."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from registrar.aws.buckets.audit_bucket import audit_key
from registrar.domain.evidence.audit_chain import AuditEntry, Head, append
from registrar.entry.log import customer_ref
from tests.support.account import Account
from tools.admin import customer_refs, rebuild_table, replay_holds, verify_audit
from tools.cloud.emulator import ROOT

RUNBOOK = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")
LINE = '{"message": "bank_hold.on", "customer_ref": "%s", "registration_id": "r1"}'


def commands(tool: str) -> list[list[str]]:
    """The arguments of each command of a tool, without what the shell does with its output."""
    found = re.findall(rf"python -m tools\.admin\.{tool} ([^#>\n]*)", RUNBOOK)
    assert found
    return [shlex.split(line) for line in found]


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Head:
    """`audit-copy` in the current folder, and the head of its chain."""
    (tmp_path / "audit-copy/audit").mkdir(parents=True)
    entry = AuditEntry("x", "/g", "2026-11-29T04:00:00Z", LINE % customer_ref("hong"))
    head, content = append(Head(), [entry])
    (tmp_path / "audit-copy" / audit_key(1)).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    return head


@pytest.fixture
def filled(account: Account, copy: Head) -> Callable[[str], str]:
    """What a word of a command stands for here."""
    table = account.physical["CustomersTable"]
    account.client("dynamodb").put_item(TableName=table, Item={"id": {"S": "hong"}})
    words = {
        "$CUSTOMERS_TABLE": table,
        "$AUDIT_BUCKET": account.physical["AuditBucket"],
        "1f2e3d4c5b6a7988": customer_ref("hong"),
        "48213:9f86d08…": f"{copy.entry}:{copy.chain}",
    }
    return lambda word: words.get(word, word)


@pytest.mark.parametrize("command", commands("verify_audit"), ids=" ".join)
def test_a_check_of_the_audit_runs(account: Account, filled: Callable[[str], str], command: list[str]) -> None:
    content = Path("audit-copy", audit_key(1)).read_bytes()
    where = {"Bucket": account.physical["AuditBucket"], "Key": audit_key(1)}
    account.client("s3").put_object(**where, Body=content, ChecksumAlgorithm="SHA256")

    assert verify_audit.main([filled(word) for word in command], account.client("s3")) == verify_audit.RIGHT


@pytest.mark.parametrize(("tool", "name"), [(customer_refs, "customer_refs"), (replay_holds, "replay_holds")])
def test_a_customer_of_the_audit_is_found(
    account: Account, filled: Callable[[str], str], tool: Any, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in commands(name):
        assert tool.main([filled(word) for word in command], account.client("dynamodb")) == 0
        assert "hong" in capsys.readouterr().out


def test_a_table_of_the_template_is_rebuilt() -> None:
    for command in commands("rebuild_table"):
        assert command[0] in rebuild_table.tables()
