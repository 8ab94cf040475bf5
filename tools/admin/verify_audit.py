"""Checks the chain of audit entries: what was removed, changed, inserted or moved, and where.

    python -m tools.admin.verify_audit --bucket BUCKET [--month 2026-11] [--head ENTRY:DIGEST]
    python -m tools.admin.verify_audit FOLDER …

FOLDER is a copy of the bucket (`aws s3 sync`). Each line says what is wrong; the last one states the head: the
number and digest of the last entry. Note it down, and give it as --head later: then nobody can have rewritten the
chain before it, not even all of it. Of a bucket, --month checks the objects that were written in that month (UTC)
or up to 35 days later, as entries may be that late, from what the object before them states; a copy is checked as a
whole. Exit code 0: nothing is wrong; 1: something is; 2: nothing to check.

Objects may be missing where the entries after them are about as old as --days (AuditRetentionDays): the lifecycle
rule erased them. The first entry that is left has nothing to be checked against, unless --head is the entry before.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import boto3

from registrar.aws.buckets.audit_bucket import audit_key
from registrar.domain.evidence.audit_chain import START, Head, faults, head_after, read
from registrar.domain.reasons.errors import ChainUnreadable

RIGHT = 0
WRONG = 1
USAGE_ERROR = 2
KEPT_DAYS = 1827
"""AuditRetentionDays of a stack that sets none."""
# How long it may be between the last entry that was erased and the next: an object has entries of other days, too.
QUIET = timedelta(days=31)
# An entry waits for a day in CloudWatch Logs, and for 14 in each queue of failed ones.
LATE = timedelta(days=35)
_NAME = re.compile(r"audit/(\d{20})\.jsonl\.gz")
_HEAD = re.compile(r"(\d+):([0-9a-f]{64})")


class Source(Protocol):
    """Where the objects are."""

    def numbers(self) -> list[int]:
        """The numbers of the objects, in order."""

    def oddities(self) -> list[str]:
        """What is odd about the list, once it was read."""

    def read(self, number: int) -> bytes:
        """The first version of an object."""

    def of_month(self, numbers: Sequence[int], month: datetime) -> list[int]:
        """Those of the objects that may have entries of a month."""


@dataclass
class Folder:
    """A copy of the bucket."""

    path: Path
    _odd: list[str] = field(default_factory=list)

    def numbers(self) -> list[int]:
        """The numbers of the objects, in order."""
        found = []
        for path in sorted(self.path.rglob("*")):
            name = path.relative_to(self.path).as_posix()
            if match := _NAME.fullmatch(name):
                found.append(int(match[1]))
            elif path.is_file():
                self._odd.append(f"{name} is no object of the chain")
        return found

    def oddities(self) -> list[str]:
        """What is odd about the list, once it was read."""
        return self._odd

    def read(self, number: int) -> bytes:
        """The first version of an object."""
        return (self.path / audit_key(number)).read_bytes()

    def of_month(self, numbers: Sequence[int], month: datetime) -> list[int]:  # noqa: ARG002 - as the bucket's
        """All: a file's time is not the object's, and an entry's time is no order."""
        return list(numbers)


@dataclass
class S3Bucket:
    """The bucket itself. The first version of an object counts: Object Lock keeps it, whatever came after it."""

    client: Any
    name: str
    days: int = KEPT_DAYS
    _first: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    _odd: list[str] = field(default_factory=list)

    def numbers(self) -> list[int]:
        """The numbers of the objects, in order."""
        markers: list[Mapping[str, Any]] = []
        for page in self.client.get_paginator("list_object_versions").paginate(Bucket=self.name):
            # S3 lists the versions of a key from the newest to the oldest.
            for version in page.get("Versions", []):
                self._note(version)
            markers += page.get("DeleteMarkers", [])
        for marker in markers:
            if not self._is_of_lifecycle(marker):
                self._odd.append(
                    f"{marker['Key']} was deleted on {marker['LastModified']:%Y-%m-%d}: it is still there"
                )
        return sorted(self._first)

    def oddities(self) -> list[str]:
        """What is odd about the list, once it was read."""
        return self._odd

    def read(self, number: int) -> bytes:
        """The first version of an object."""
        version = self._first[number]["VersionId"]
        found = self.client.get_object(Bucket=self.name, Key=audit_key(number), VersionId=version)
        content: bytes = found["Body"].read()
        return content

    def of_month(self, numbers: Sequence[int], month: datetime) -> list[int]:
        """From the first object that was written in the month to the last that may have late entries of it."""
        end = (month + timedelta(days=32)).replace(day=1) + LATE
        found = [number for number in numbers if month <= self._first[number]["LastModified"] < end]
        return [number for number in numbers if found and found[0] <= number <= found[-1]]

    def _note(self, version: Mapping[str, Any]) -> None:
        match = _NAME.fullmatch(version["Key"])
        if match is None:
            self._odd.append(f"{version['Key']} is no object of the chain")
            return
        number = int(match[1])
        if number in self._first:
            self._odd.append(f"{version['Key']} was written again: its first version is checked")
        self._first[number] = version

    def _is_of_lifecycle(self, marker: Mapping[str, Any]) -> bool:
        """Whether a delete marker came when the object's time was over; without a version it hides nothing."""
        match = _NAME.fullmatch(marker["Key"])
        version = self._first.get(int(match[1])) if match else None
        if version is None:
            return match is not None
        return bool(marker["LastModified"] - version["LastModified"] >= timedelta(days=self.days))


@dataclass
class Report:
    """What was checked, and what is wrong."""

    entries: int = 0
    objects: int = 0
    repeated: int = 0
    of_month: int = 0
    month: str = ""
    erased: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    head: Head = field(default_factory=Head)

    def lines(self) -> Iterator[str]:
        """All of it, for people."""
        yield from (f"WRONG  {line}" for line in self.wrong)
        yield from (f"{gone} erased, as their time was over" for gone in self.erased)
        if self.repeated:
            yield f"{self.repeated} entries were delivered twice (the same id): that is no fault"
        if self.month:
            yield f"{self.of_month} entries are of {self.month}"
        yield f"{self.entries} entries in {self.objects} objects checked"
        yield f"head {self.head.entry}:{self.head.chain}"


def verify(
    source: Source,
    *,
    now: datetime,
    days: int = KEPT_DAYS,
    month: str | None = None,
    head: tuple[int, str] | None = None,
) -> Report:
    """Check the chain, or the part of it that may have entries of a month (`2026-11`)."""
    report = Report(month=month or "")
    numbers = source.numbers()
    wanted = source.of_month(numbers, _begins(month)) if month else numbers
    if wanted:
        _start(source, numbers, wanted[0], report)
    ids: set[str] = set()
    promised = head is None
    for number in wanted:
        try:
            entries = read(source.read(number))
        except ChainUnreadable as error:
            _note_missing(report, number)
            report.wrong.append(f"{audit_key(number)} cannot be read: {error}")
            report.head = Head(number, report.head.entry, report.head.chain)
            continue
        unchecked = entries
        if number > report.head.object + 1:
            if head and head[0] == entries[0]["number"] - 1 > report.head.entry:
                report.erased.append(_gone(report, number))
                report.head = Head(number - 1, *head)
                promised = True
            elif _is_old(entries[0], now, days) and entries[0]["number"] > report.head.entry:
                report.erased.append(_gone(report, number))
                report.head = head_after(entries[:1], number)
                unchecked = entries[1:]
            else:
                _note_missing(report, number)
        report.wrong += [f"{audit_key(number)}: {fault}" for fault in faults(report.head, unchecked)]
        report.head = head_after(entries, number)
        report.objects += 1
        report.entries += len(entries)
        report.of_month += sum(entry["at"].startswith(f"{month}-") for entry in entries)
        report.repeated += len(entries) - len({entry["id"] for entry in entries} - ids)
        ids |= {entry["id"] for entry in entries}
        promised = promised or any((entry["number"], entry["chain"]) == head for entry in entries)
    if not promised and head:
        report.wrong.append(f"no entry {head[0]} with the digest that was noted down")
    report.wrong += source.oddities()
    return report


def _gone(report: Report, number: int) -> str:
    """The objects that are not there between the last one and this."""
    first = report.head.object + 1
    return audit_key(first) if number == first + 1 else f"{audit_key(first)} to {number - 1}"


def _note_missing(report: Report, number: int) -> None:
    if number > report.head.object + 1:
        report.wrong.append(f"{_gone(report, number)} missing")


def _is_old(entry: Mapping[str, Any], now: datetime, days: int) -> bool:
    """Whether what was before an entry may have been erased by now."""
    try:
        written = datetime.fromisoformat(entry["at"])
    except ValueError:
        return False
    return written.tzinfo is not None and now - written >= timedelta(days=days) - QUIET


def _start(source: Source, numbers: Sequence[int], first: int, report: Report) -> None:
    """Begin after the object before the first that is checked, as that one states itself."""
    before = [number for number in numbers if number < first]
    if not before:
        report.head = Head(0, 0, START)
        return
    try:
        report.head = head_after(read(source.read(before[-1])), before[-1])
    except ChainUnreadable as error:
        report.wrong.append(f"{audit_key(before[-1])} cannot be read: {error}")
        report.head = Head(before[-1], 0, START)


def main(arguments: Sequence[str] | None = None, client: Any = None, *, now: datetime | None = None) -> int:
    """Check what the command names."""
    parser = argparse.ArgumentParser(prog="python -m tools.admin.verify_audit", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--bucket")
    parser.add_argument("--month", type=_month)
    parser.add_argument("--days", type=int, default=KEPT_DAYS, help="AuditRetentionDays of the stack")
    parser.add_argument("--head", type=_noted, metavar="ENTRY:DIGEST")
    given = parser.parse_args(arguments)
    if (given.folder is None) is (given.bucket is None):
        parser.error("name a folder or --bucket")
    source: Source = Folder(given.folder)
    if given.bucket:
        source = S3Bucket(client or boto3.client("s3"), given.bucket, given.days)
    at = now or datetime.now(UTC)
    report = verify(source, now=at, days=given.days, month=given.month, head=given.head)
    if not report.objects and not report.wrong:
        print("no audit entries there", file=sys.stderr)
        return USAGE_ERROR
    print("\n".join(report.lines()))
    return WRONG if report.wrong else RIGHT


def _month(text: str) -> str:
    return _begins(text).strftime("%Y-%m")


def _begins(month: str) -> datetime:
    return datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)


def _noted(text: str) -> tuple[int, str]:
    match = _HEAD.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError("not of the form ENTRY:DIGEST, as the last line of an earlier check")
    return int(match[1]), match[2]


if __name__ == "__main__":
    sys.exit(main())
