"""The chain of audit entries: a removed, changed, inserted or moved entry shows, and where.

An object of the audit bucket is a gzipped file with one JSON object a line, an entry each:

    {"number": 17, "id": …, "group": …, "at": …, "line": …, "chain": …}

`number` counts all entries without a gap. `line` is the log line as the function wrote it, `group` its log group,
`id` and `at` what CloudWatch Logs gave it. `chain` is the SHA-256 (hex) of the `chain` of the entry before, a line
feed, and the entry's own JSON without `chain` (keys sorted, no spaces, ASCII). The first entry follows START.
"""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registrar.domain.reasons.errors import ChainUnreadable

START = "0" * 64
"""What the first entry follows."""
_MEMBERS = frozenset({"number", "id", "group", "at", "line", "chain"})


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A log line, and what CloudWatch Logs says about it."""

    id: str
    group: str
    at: str
    line: str


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: its last object, its last entry, and that entry's digest."""

    object: int = 0
    entry: int = 0
    chain: str = START


def append(head: Head, entries: Sequence[AuditEntry]) -> tuple[Head, bytes]:
    """The object that follows `head`, and the head after it."""
    lines = []
    chain = head.chain
    for number, entry in enumerate(entries, start=head.entry + 1):
        content = {"number": number, "id": entry.id, "group": entry.group, "at": entry.at, "line": entry.line}
        chain = _digest(chain, content)
        lines.append(_canonical({**content, "chain": chain}))
    new = Head(head.object + 1, head.entry + len(entries), chain)
    # Without a time in it: the bytes follow from the entries alone.
    return new, gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0)


def read(content: bytes) -> list[dict[str, Any]]:
    """The entries of an object. Raises ChainUnreadable."""
    try:
        entries = [json.loads(line) for line in gzip.decompress(content).decode().splitlines()]
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise ChainUnreadable(str(error)) from error
    if not entries or any(not _is_entry(entry) for entry in entries):
        raise ChainUnreadable("not lines of entries")
    return entries


def faults(before: Head, entries: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """What is wrong with the entries that follow `before`: a sentence for each place.

    After a fault the check goes on from what the entry itself states, so that one change is reported once.
    """
    expected = before.entry + 1
    chain = before.chain
    for entry in entries:
        number = entry["number"]
        content = {name: value for name, value in entry.items() if name != "chain"}
        follows = _digest(chain, content) == entry["chain"]
        if number > expected:
            missing = f"entry {expected}" if number == expected + 1 else f"entries {expected} to {number - 1}"
            yield f"{missing} missing before entry {number}"
        elif number < expected:
            yield f"entry {number} inserted or moved: entry {expected} should be here"
        elif not follows:
            yield f"entry {number} changed, or put in another's place"
        expected = max(expected, number + 1)
        chain = entry["chain"]


def head_after(entries: Sequence[Mapping[str, Any]], number: int) -> Head:
    """The head after an object, as its last entry states it."""
    return Head(number, entries[-1]["number"], entries[-1]["chain"])


def _digest(before: str, content: Mapping[str, Any]) -> str:
    return hashlib.sha256(f"{before}\n{_canonical(content)}".encode()).hexdigest()


def _canonical(content: Mapping[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


def _is_entry(entry: object) -> bool:
    if not isinstance(entry, dict) or entry.keys() != _MEMBERS:
        return False
    return type(entry["number"]) is int and all(isinstance(entry[name], str) for name in _MEMBERS - {"number"})
