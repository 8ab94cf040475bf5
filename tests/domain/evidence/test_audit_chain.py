"""The chain of audit entries: each kind of change shows, at its place."""

import gzip
import hashlib
import json
from typing import Any

import pytest

from registrar.domain.evidence.audit_chain import START, AuditEntry, Head, append, faults, read
from registrar.domain.reasons.errors import ChainUnreadable

ENTRIES = [
    AuditEntry(
        f"id-{n}", "/registrar/login", f"2026-11-2{n}T01:02:03Z", json.dumps({"audit": True, "n": n, "이름": n})
    )
    for n in range(5)
]


def a_chain() -> list[dict[str, Any]]:
    return read(append(Head(), ENTRIES)[1])


def found(entries: list[dict[str, Any]]) -> list[str]:
    return list(faults(Head(), entries))


def test_an_unchanged_chain_has_no_fault() -> None:
    assert found(a_chain()) == []


def test_an_object_goes_on_where_the_one_before_ended() -> None:
    head, first = append(Head(), ENTRIES[:2])
    end, second = append(head, ENTRIES[2:])

    assert (head.object, head.entry) == (1, 2)
    assert (end.object, end.entry) == (2, 5)
    assert [*read(first), *read(second)] == a_chain()
    assert list(faults(head, read(second))) == []
    # The digest depends on every entry before: an auditor who knows it knows all of them.
    assert end.chain == append(Head(), ENTRIES)[0].chain


def test_a_line_is_kept_as_it_was_written() -> None:
    assert [entry["line"] for entry in a_chain()] == [entry.line for entry in ENTRIES]


def test_the_digest_can_be_computed_with_other_tools() -> None:
    (first, *_) = gzip.decompress(append(Head(), ENTRIES)[1]).decode().splitlines()
    entry = json.loads(first)
    without = {name: value for name, value in entry.items() if name != "chain"}
    text = START + "\n" + json.dumps(without, sort_keys=True, separators=(",", ":"))

    assert entry["chain"] == hashlib.sha256(text.encode("ascii")).hexdigest()


@pytest.mark.parametrize("member", ["id", "group", "at", "line"])
def test_a_changed_entry_is_named(member: str) -> None:
    entries = a_chain()
    entries[2][member] += "x"

    assert found(entries) == ["entry 3 changed, or put in another's place"]


def test_a_removed_entry_is_named() -> None:
    entries = a_chain()
    del entries[1:3]

    assert found(entries) == ["entries 2 to 3 missing before entry 4"]


def test_an_inserted_entry_is_named() -> None:
    entries = a_chain()
    entries.insert(3, {**entries[1], "line": "forged"})

    assert found(entries)[0] == "entry 2 inserted or moved: entry 4 should be here"


def test_entries_that_changed_places_are_named() -> None:
    entries = a_chain()
    moved = entries[3]
    entries[3] = entries[2]
    entries[2] = moved

    assert found(entries)[:2] == [
        "entry 3 missing before entry 4",
        "entry 3 inserted or moved: entry 5 should be here",
    ]


def test_a_renumbered_chain_without_an_entry_does_not_pass() -> None:
    entries = a_chain()
    del entries[1]
    for number, entry in enumerate(entries, start=1):
        entry["number"] = number

    assert len(found(entries)) == 3


def test_an_entry_in_the_place_of_a_removed_one_does_not_pass() -> None:
    entries = a_chain()
    head, _ = append(Head(0, 1, entries[0]["chain"]), [AuditEntry("x", "/g", "2026-11-21T00:00:00Z", "forged")])
    entries[1] |= {"id": "x", "group": "/g", "at": "2026-11-21T00:00:00Z", "line": "forged", "chain": head.chain}

    assert found(entries) == ["entry 3 changed, or put in another's place"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"text",
        gzip.compress(b"", mtime=0),
        gzip.compress(b"[]\n", mtime=0),
        gzip.compress(b'{"number": "1"}\n', mtime=0),
        gzip.compress(b"\xff\n", mtime=0),
        append(Head(), ENTRIES)[1][:-9],
        gzip.compress(json.dumps({**a_chain()[0], "number": True}).encode(), mtime=0),
        gzip.compress(json.dumps({**a_chain()[0], "more": ""}).encode(), mtime=0),
    ],
)
def test_what_is_no_object_of_the_chain_is_refused(content: bytes) -> None:
    with pytest.raises(ChainUnreadable):
        read(content)
