"""The verifier of the audit: it names each change, in a copy and in the bucket itself."""

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pytest

from registrar.aws.buckets.audit_bucket import AuditBucket, audit_key
from registrar.domain.evidence.audit_chain import AuditEntry, Head, append, read
from tests.support.account import Account
from tests.support.builders import NOW
from tests.support.shape import PARAMETERS
from tools.admin.verify_audit import KEPT_DAYS, RIGHT, USAGE_ERROR, WRONG, main


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


def run(
    capsys: pytest.CaptureFixture[str], *arguments: str, client: Any = None, now: datetime = NOW
) -> tuple[int, list[str]]:
    code = main(arguments, client, now=now)
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


def days_after(entry: str, days: int) -> datetime:
    return datetime.fromisoformat(entry) + timedelta(days=days)


FIRST_LEFT = "2026-11-03T00:00:00Z"
"""The time of the third object's entries."""


def without(folder: Path, *numbers: int) -> Path:
    for number in numbers:
        (folder / audit_key(number)).unlink()
    return folder


@pytest.mark.parametrize(("numbers", "gone"), [((1, 2), "1.jsonl.gz to 2"), ((2,), "2.jsonl.gz")])
def test_objects_whose_time_was_over_may_be_missing(
    folder: Path, capsys: pytest.CaptureFixture[str], numbers: tuple[int, ...], gone: str
) -> None:
    without(folder, *numbers)
    at = days_after(FIRST_LEFT, KEPT_DAYS)
    code, lines = run(capsys, str(folder), now=at)

    assert code == RIGHT
    assert lines[0] == f"audit/0000000000000000000{gone} erased, as their time was over"
    assert lines[-1] == f"head 12:{last_chain(folder, 6)}"


def test_objects_before_one_that_is_not_old_are_missing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    without(folder, 1, 2)
    at = days_after(FIRST_LEFT, KEPT_DAYS - 32)
    code, lines = run(capsys, str(folder), now=at)

    assert (code, lines[0]) == (WRONG, f"WRONG  {audit_key(1)} to 2 missing")
    # Where the stack keeps them for a shorter time they were erased.
    assert run(capsys, str(folder), "--days", "1000", now=at)[0] == RIGHT


def test_what_was_changed_after_an_erased_part_is_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rewritten(folder, 4, batches()[3][:1])
    without(folder, 1, 2)
    code, lines = run(capsys, str(folder), now=days_after(FIRST_LEFT, KEPT_DAYS))

    assert code == WRONG
    assert lines[0] == f"WRONG  {audit_key(5)}: entry 8 missing before entry 9"


@pytest.mark.parametrize("forged", [False, True])
def test_the_noted_head_before_an_erased_part_checks_its_first_entry(
    folder: Path, capsys: pytest.CaptureFixture[str], forged: bool
) -> None:
    noted = f"4:{last_chain(folder, 2)}"
    without(folder, 1, 2)
    if forged:
        before = Head(2, 4, "ab" * 32)
        (folder / audit_key(3)).write_bytes(append(before, batches()[2])[1])
    code, lines = run(capsys, str(folder), "--head", noted)

    assert code == (WRONG if forged else RIGHT)
    if forged:
        assert lines[0].startswith(f"WRONG  {audit_key(3)}: entry 5 changed")


def test_the_years_are_those_of_the_template() -> None:
    assert PARAMETERS["AuditRetentionDays"]["Default"] == KEPT_DAYS


class Listed:
    """A bucket whose objects were written at given times, in the order of their numbers."""

    def __init__(self, folder: Path, written: list[datetime], markers: dict[int, datetime]) -> None:
        self.folder = folder
        self.written = written
        self.markers = markers

    def get_paginator(self, operation: str) -> Self:
        return self

    def paginate(self, **call: str) -> Iterator[dict[str, Any]]:
        for number, at in enumerate(self.written, 1):
            marker = {"Key": audit_key(number), "LastModified": self.markers.get(number)}
            yield {"DeleteMarkers": [marker]} if number in self.markers else {}
            if (self.folder / audit_key(number)).exists():
                yield {"Versions": [{"Key": audit_key(number), "VersionId": "1", "LastModified": at}]}

    def get_object(self, **call: str) -> dict[str, Any]:
        return {"Body": io.BytesIO((self.folder / call["Key"]).read_bytes())}


@pytest.mark.parametrize(("days", "code"), [(KEPT_DAYS, RIGHT), (KEPT_DAYS - 1, WRONG)])
def test_what_the_lifecycle_rule_hides_was_not_deleted(
    folder: Path, capsys: pytest.CaptureFixture[str], days: int, code: int
) -> None:
    written = [datetime.fromisoformat(entries[0].at) for entries in batches()]
    markers = {2: written[1] + timedelta(days=days)}
    client = Listed(folder, written, markers)

    assert run(capsys, "--bucket", "b", client=client, now=markers[2])[0] == code


def test_a_marker_of_an_erased_object_is_no_deletion(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written = [datetime.fromisoformat(entries[0].at) for entries in batches()]
    client = Listed(without(folder, 1), written, {1: days_after(FIRST_LEFT, KEPT_DAYS)})

    assert run(capsys, "--bucket", "b", client=client, now=days_after(FIRST_LEFT, KEPT_DAYS))[0] == RIGHT


def test_a_month_is_checked_by_when_objects_were_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # An entry of November that failed queues held back is written in December, between newer ones.
    times = ["2026-10-01", "2026-11-01", "2026-12-09", "2026-11-28", "2026-12-11", "2027-02-01"]
    written = ["2026-10-01", "2026-11-01", "2026-12-09", "2026-12-10", "2026-12-11", "2027-02-01"]
    (tmp_path / "audit").mkdir()
    head = Head()
    for time in times:
        head, content = append(head, [AuditEntry(time, "/g", f"{time}T00:00:00Z", "line")])
        (tmp_path / audit_key(head.object)).write_bytes(content)
    client = Listed(tmp_path, [datetime.fromisoformat(f"{day}T01:00:00Z") for day in written], {})
    arguments = ["--bucket", "b", "--month", "2026-11"]
    code, lines = run(capsys, *arguments, client=client)

    assert (code, lines[:2]) == (RIGHT, ["2 entries are of 2026-11", "4 entries in 4 objects checked"])
    rewritten(tmp_path, 4, [AuditEntry("x", "/g", "2026-11-28T00:00:00Z", "forged")])
    code, lines = run(capsys, *arguments, client=client)
    assert (code, lines[0]) == (WRONG, f"WRONG  {audit_key(5)}: entry 5 changed, or put in another's place")


def test_a_month_of_a_copy_is_checked_with_the_whole_copy(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = run(capsys, str(folder), "--month", "2026-11")

    assert (code, lines[:2]) == (RIGHT, ["4 entries are of 2026-11", "12 entries in 6 objects checked"])


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
