"""Checks the chain of audit entries: what was removed, changed, inserted or moved, and where.

    python -m tools.admin.verify_audit --bucket BUCKET [--month 2026-11] [--head ENTRY:DIGEST]
    python -m tools.admin.verify_audit FOLDER …

FOLDER is a copy of the bucket (`aws s3 sync`). Each line says what is wrong; the last one states the head: the
number and digest of the last entry. Note it down, and give it as --head later: then nobody can have rewritten the
chain before it, not even all of it. With --month only the objects with entries of that month (UTC) are checked,
from what the object before them states. Exit code 0: nothing is wrong; 1: something is; 2: nothing to check.
"""

import argparse
import re
import sys
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import boto3

from registrar.aws.buckets.audit_bucket import audit_key
from registrar.domain.evidence.audit_chain import START, Head, faults, head_after, read
from registrar.domain.reasons.errors import ChainUnreadable

RIGHT = 0
WRONG = 1
USAGE_ERROR = 2
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


@dataclass
class S3Bucket:
    """The bucket itself. The first version of an object counts: Object Lock keeps it, whatever came after it."""

    client: Any
    name: str
    _first: dict[int, str] = field(default_factory=dict)
    _odd: list[str] = field(default_factory=list)

    def numbers(self) -> list[int]:
        """The numbers of the objects, in order."""
        pages = self.client.get_paginator("list_object_versions").paginate(Bucket=self.name)
        for page in pages:
            # S3 lists the versions of a key from the newest to the oldest.
            for version in page.get("Versions", []):
                self._note(version)
            for marker in page.get("DeleteMarkers", []):
                self._odd.append(
                    f"{marker['Key']} was deleted on {marker['LastModified']:%Y-%m-%d}: it is still there"
                )
        return sorted(self._first)

    def oddities(self) -> list[str]:
        """What is odd about the list, once it was read."""
        return self._odd

    def read(self, number: int) -> bytes:
        """The first version of an object."""
        version = self._first[number]
        found = self.client.get_object(Bucket=self.name, Key=audit_key(number), VersionId=version)
        content: bytes = found["Body"].read()
        return content

    def _note(self, version: Mapping[str, Any]) -> None:
        match = _NAME.fullmatch(version["Key"])
        if match is None:
            self._odd.append(f"{version['Key']} is no object of the chain")
            return
        number = int(match[1])
        if number in self._first:
            self._odd.append(f"{version['Key']} was written again: its first version is checked")
        self._first[number] = version["VersionId"]


@dataclass
class Report:
    """What was checked, and what is wrong."""

    entries: int = 0
    objects: int = 0
    repeated: int = 0
    wrong: list[str] = field(default_factory=list)
    head: Head = field(default_factory=Head)

    def lines(self) -> Iterator[str]:
        """All of it, for people."""
        yield from (f"WRONG  {line}" for line in self.wrong)
        if self.repeated:
            yield f"{self.repeated} entries were delivered twice (the same id): that is no fault"
        yield f"{self.entries} entries in {self.objects} objects checked"
        yield f"head {self.head.entry}:{self.head.chain}"


def verify(source: Source, *, month: str | None = None, head: tuple[int, str] | None = None) -> Report:
    """Check the chain, or the part of it with the entries of a month (`2026-11`)."""
    report = Report()
    numbers = source.numbers()
    wanted = _of_month(source, numbers, month) if month else numbers
    if wanted:
        _start(source, numbers, wanted[0], report)
    ids: set[str] = set()
    promised = head is None
    for number in wanted:
        expected = report.head.object + 1
        if number > expected:
            gone = audit_key(expected) if number == expected + 1 else f"{audit_key(expected)} to {number - 1}"
            report.wrong.append(f"{gone} missing")
        try:
            entries = read(source.read(number))
        except ChainUnreadable as error:
            report.wrong.append(f"{audit_key(number)} cannot be read: {error}")
            report.head = Head(number, report.head.entry, report.head.chain)
            continue
        report.wrong += [f"{audit_key(number)}: {fault}" for fault in faults(report.head, entries)]
        report.head = head_after(entries, number)
        report.objects += 1
        report.entries += len(entries)
        report.repeated += len(entries) - len({entry["id"] for entry in entries} - ids)
        ids |= {entry["id"] for entry in entries}
        promised = promised or any((entry["number"], entry["chain"]) == head for entry in entries)
    if not promised and head:
        report.wrong.append(f"no entry {head[0]} with the digest that was noted down")
    report.wrong += source.oddities()
    return report


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


def _of_month(source: Source, numbers: Sequence[int], month: str) -> list[int]:
    """The objects from the last that begins before the month to the first that begins after it.

    Entries arrive in about the order of their times; one object more at each end takes in those that were late.
    """
    after = f"{month}-99"
    first = bisect_left(numbers, month, key=lambda number: _begins(source, number))
    last = bisect_left(numbers, after, key=lambda number: _begins(source, number))
    return list(numbers[max(0, first - 1) : last + 1])


def _begins(source: Source, number: int) -> str:
    try:
        return str(read(source.read(number))[0]["at"])
    except ChainUnreadable:
        return ""


def main(arguments: Sequence[str] | None = None, client: Any = None) -> int:
    """Check what the command names."""
    parser = argparse.ArgumentParser(prog="python -m tools.admin.verify_audit", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--bucket")
    parser.add_argument("--month", type=_month)
    parser.add_argument("--head", type=_noted, metavar="ENTRY:DIGEST")
    given = parser.parse_args(arguments)
    if (given.folder is None) is (given.bucket is None):
        parser.error("name a folder or --bucket")
    source: Source = Folder(given.folder)
    if given.bucket:
        source = S3Bucket(client or boto3.client("s3"), given.bucket)
    report = verify(source, month=given.month, head=given.head)
    if not report.objects and not report.wrong:
        print("no audit entries there", file=sys.stderr)
        return USAGE_ERROR
    print("\n".join(report.lines()))
    return WRONG if report.wrong else RIGHT


def _month(text: str) -> str:
    return datetime.strptime(text, "%Y-%m").strftime("%Y-%m")  # noqa: DTZ007 - a month, not a moment


def _noted(text: str) -> tuple[int, str]:
    match = _HEAD.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError("not of the form ENTRY:DIGEST, as the last line of an earlier check")
    return int(match[1]), match[2]


if __name__ == "__main__":
    sys.exit(main())
