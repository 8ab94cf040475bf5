"""The verifier of the audit: it names each change, in a copy and in the bucket itself."""

from pathlib import Path
from typing import Any

import pytest

from registrar.aws.buckets.audit_bucket import AuditBucket, audit_key
from registrar.domain.evidence.audit_chain import AuditEntry, Head, append, read
from tests.support.account import Account
from tools.admin.verify_audit import RIGHT, USAGE_ERROR, WRONG, main


def batches() -> list[list[AuditEntry]]:
    """Six objects of two entries, two each month from October to December."""
    return [
        [
            AuditEntry(f"{n}{half}", "/registrar/login", f"2026-{10 + n // 2}-0{n + 1}T00:00:00Z", f"{n}")
            for half in "ab"
        ]
        for n in range(6)
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    head = Head()
    (tmp_path / "audit").mkdir()
    for entries in batches():
        head, content = append(head, entries)
        (tmp_path / audit_key(head.object)).write_bytes(content)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str, client: Any = None) -> tuple[int, list[str]]:
    code = main(arguments, client)
    return code, capsys.readouterr().out.splitlines()


def last_chain(folder: Path, number: int) -> str:
    return str(read((folder / audit_key(number)).read_bytes())[-1]["chain"])


def test_an_unchanged_chain_passes_and_its_head_is_printed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, lines = run(capsys, str(folder))

    assert code == RIGHT
    assert lines == ["12 entries in 6 objects checked", f"head 12:{last_chain(folder, 6)}"]


def rewritten(folder: Path, number: int, entries: list[AuditEntry]) -> None:
    """Write an object anew as its author would, after the object before it."""
    before = read((folder / audit_key(number - 1)).read_bytes())[-1]
    _, content = append(Head(number - 1, before["number"], before["chain"]), entries)
    (folder / audit_key(number)).write_bytes(content)


def test_an_object_that_was_rewritten_without_an_entry_is_found(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rewritten(folder, 3, batches()[2][:1])
    code, lines = run(capsys, str(folder))

    assert code == WRONG
    assert lines[0] == f"WRONG  {audit_key(4)}: entry 6 missing before entry 7"


def test_an_object_that_was_rewritten_with_another_entry_is_found(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rewritten(folder, 3, [batches()[2][0], AuditEntry("x", "/registrar/login", "2026-11-03T00:00:00Z", "forged")])
    code, lines = run(capsys, str(folder))

    assert code == WRONG
    assert lines[0] == f"WRONG  {audit_key(4)}: entry 7 changed, or put in another's place"


def test_a_removed_object_is_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / audit_key(2)).unlink()
    code, lines = run(capsys, str(folder))

    assert code == WRONG
    assert lines[:2] == [
        f"WRONG  {audit_key(2)} missing",
        f"WRONG  {audit_key(3)}: entries 3 to 4 missing before entry 5",
    ]


def test_an_object_that_cannot_be_read_is_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / audit_key(2)).write_bytes(b"text")
    code, lines = run(capsys, str(folder))

    assert code == WRONG
    assert lines[0].startswith(f"WRONG  {audit_key(2)} cannot be read")


def test_objects_that_changed_places_are_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    second = (folder / audit_key(2)).read_bytes()
    (folder / audit_key(2)).write_bytes((folder / audit_key(3)).read_bytes())
    (folder / audit_key(3)).write_bytes(second)

    assert run(capsys, str(folder))[0] == WRONG


def test_a_file_that_is_no_object_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "audit/7.jsonl.gz").write_bytes(b"")

    assert run(capsys, str(folder)) == (
        WRONG,
        ["WRONG  audit/7.jsonl.gz is no object of the chain", *_right(folder)],
    )


def _right(folder: Path) -> list[str]:
    return ["12 entries in 6 objects checked", f"head 12:{last_chain(folder, 6)}"]


def test_an_end_that_was_cut_off_is_found_by_the_head_noted_down(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    noted = f"12:{last_chain(folder, 6)}"
    assert run(capsys, str(folder), "--head", noted)[0] == RIGHT
    (folder / audit_key(6)).unlink()

    assert run(capsys, str(folder))[0] == RIGHT
    code, lines = run(capsys, str(folder), "--head", noted)
    assert code == WRONG
    assert lines[0] == "WRONG  no entry 12 with the digest that was noted down"


def test_a_chain_that_was_rewritten_as_a_whole_is_found_by_the_head_noted_down(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    noted = f"6:{last_chain(folder, 3)}"
    head = Head()
    for entries in batches():
        head, content = append(head, [AuditEntry(e.id, e.group, e.at, "forged") for e in entries])
        (folder / audit_key(head.object)).write_bytes(content)

    assert run(capsys, str(folder))[0] == RIGHT
    assert run(capsys, str(folder), "--head", noted)[0] == WRONG


def test_a_month_is_checked_from_the_object_before_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = run(capsys, str(folder), "--month", "2026-11")

    assert (code, lines[0]) == (RIGHT, "8 entries in 4 objects checked")
    (folder / audit_key(1)).write_bytes(b"text")
    rewritten(folder, 4, batches()[3][:1])
    code, lines = run(capsys, str(folder), "--month", "2026-11")
    assert code == WRONG
    assert f"WRONG  {audit_key(5)}: entry 8 missing before entry 9" in lines


def test_repeated_deliveries_are_counted_and_no_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = Head()
    (tmp_path / "audit").mkdir()
    for entries in (batches()[0], batches()[0]):
        head, content = append(head, entries)
        (tmp_path / audit_key(head.object)).write_bytes(content)
    code, lines = run(capsys, str(tmp_path))

    assert (code, lines[0]) == (RIGHT, "2 entries were delivered twice (the same id): that is no fault")


@pytest.fixture
def bucket(account: Account) -> AuditBucket:
    bucket = AuditBucket(account.client("s3"), account.physical["AuditBucket"])
    for entries in batches():
        bucket.append(entries)
    return bucket


def test_the_bucket_is_checked_itself(
    bucket: AuditBucket, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "--bucket", bucket.name, client=bucket.client) == (RIGHT, _right(folder))


def test_what_was_written_over_an_object_or_hides_it_is_reported_and_the_first_version_checked(
    bucket: AuditBucket, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = append(Head(), [AuditEntry("x", "/g", "2026-10-01T00:00:00Z", "forged")])[1]
    bucket.client.put_object(Bucket=bucket.name, Key=audit_key(1), Body=forged, ChecksumAlgorithm="SHA256")
    bucket.client.delete_object(Bucket=bucket.name, Key=audit_key(2))
    code, lines = run(capsys, "--bucket", bucket.name, client=bucket.client)

    assert code == WRONG
    assert f"WRONG  {audit_key(1)} was written again: its first version is checked" in lines
    assert any(line.startswith(f"WRONG  {audit_key(2)} was deleted on") for line in lines)
    # Nothing was lost by either.
    assert lines[-2:] == _right(folder)


@pytest.mark.parametrize(
    "arguments", [[], ["x", "--bucket", "b"], ["x", "--head", "12"], ["x", "--month", "November"]]
)
def test_wrong_arguments_are_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit):
        main(arguments)


def test_an_empty_folder_has_nothing_to_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, str(tmp_path)) == (USAGE_ERROR, [])
