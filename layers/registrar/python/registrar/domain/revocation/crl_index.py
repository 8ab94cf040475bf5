"""A verified CRL as pages of entries: a decision reads the head and one page, however long the CRL is.

    8 bytes    mark
    4 bytes    length of the head
    head       JSON: what the CRL says beside its entries, how a serial finds its page, where the pages end
    pages      entries as they stood in the CRL, DER after DER

Entries are dealt out to pages by two bytes of the serial that differ most: the last ones that every serial has, the
lower one first. That puts the serials of a page into one place without sorting a million of them, which alone takes
ten times the signature check. Serials shorter than most go to a page of their own. Where this makes a page too
large (numbers in steps of 65,536, say), the CRC-32 of the serial decides; that is slower to make, not to read.

The order in a page is that of the CRL, so two issues of one CRL have equal pages wherever nothing changed.
"""

import hashlib
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate, chain
from typing import Any

from registrar.domain.asn1.der import element
from registrar.domain.reasons.errors import CrlUnusable, DerMalformed
from registrar.domain.revocation.crl import Crl
from registrar.domain.revocation.crl_entries import Entry, batches, octets_of, read_entry, serial_octets, worst
from registrar.domain.revocation.crl_scope import Scope, directory_key

Read = Callable[[int, int], bytes]

# A head with a thousand pages has 8 KB; what the first read brings too much of is the start of a page.
HEAD_BYTES = 12 * 1024
_MARK = b"CRLPAGES"
_MOST_HEAD_BYTES = 256 * 1024
_MOST_PAGE_BYTES = 80 * 1024
_USUAL_PAGE_BYTES = 48 * 1024
_SERIAL_AT = 4
_MOST_WAITING = 25_000
_SAMPLE = 5000
_MOST_SERIAL_BYTES = 64
_LONG = 0x80
_TAG_AND_LENGTH = 2


@dataclass(frozen=True, slots=True)
class Head:
    """All of an index but its entries: what the CRL is, and how a serial finds its page.

    `issuer` is a name as `crl_scope.directory_key` writes it. `shortest` is the number of serial bytes that decides
    which two count, 0 where CRC-32 does. `ends` are the ends of the pages in the index, the last page being the one
    for short serials. `sha256` is the digest of the CRL's DER (hex), None in an index from before 2026-11-29.
    """

    issuer: str
    issuer_key_digest: str
    this_update: datetime
    next_update: datetime
    number: int | None
    scope: Scope
    entries: int
    shortest: int
    start: int
    ends: tuple[int, ...]
    sha256: str | None = None


def index_crl(crl: Crl) -> bytes:
    """The index of a verified CRL. Raises CrlUnusable where the entries are not in order."""
    size = crl.entries_end - crl.entries_at
    count = 1 << (size // _USUAL_PAGE_BYTES).bit_length()
    shortest = _shortest_serial(crl)
    pages, entries = _dealt(crl, count, shortest)
    sizes = _sizes(pages)
    if shortest and max(sizes) > _MOST_PAGE_BYTES:
        shortest = 0
        pages, entries = _dealt(crl, count, shortest)
        sizes = _sizes(pages)
    if sum(sizes) != size:
        raise CrlUnusable("bytes between two entries")
    if max(sizes) > 2 * _MOST_PAGE_BYTES:
        raise CrlUnusable("too many entries for one serial")
    head = {
        "issuer": directory_key(crl.issuer),
        "issuer_key_digest": crl.issuer_key_digest,
        "this_update": crl.this_update.timestamp(),
        "next_update": crl.next_update.timestamp(),
        "number": None if crl.number is None else f"{crl.number:x}",
        "scope": crl.scope.to_map(),
        "entries": entries,
        "shortest": shortest,
        "sizes": sizes,
        "sha256": hashlib.sha256(crl.der).hexdigest(),
    }
    text = json.dumps(head, separators=(",", ":")).encode()
    return b"".join([_MARK, len(text).to_bytes(4), text, *chain.from_iterable(pages)])


def read_head(read: Read) -> Head:
    """The head of the index that `read(offset, length)` reads from; fewer bytes come at its end.

    Raises CrlUnusable where it is no index.
    """
    first = read(0, HEAD_BYTES)
    start = len(_MARK) + 4
    length = int.from_bytes(first[len(_MARK) : start])
    if not first.startswith(_MARK) or length > _MOST_HEAD_BYTES:
        raise CrlUnusable("not an index")
    if len(first) < start + length:
        first += read(len(first), start + length - len(first))
    try:
        values = json.loads(first[start : start + length])
        sizes, shortest = _checked(values)
        _, *ends = accumulate(sizes, initial=start + length)
        return Head(
            issuer=values["issuer"],
            issuer_key_digest=values["issuer_key_digest"],
            this_update=datetime.fromtimestamp(values["this_update"], UTC),
            next_update=datetime.fromtimestamp(values["next_update"], UTC),
            number=None if values["number"] is None else int(values["number"], 16),
            scope=Scope.from_map(values["scope"]),
            entries=values["entries"],
            shortest=shortest,
            start=start + length,
            ends=tuple(ends),
            sha256=values.get("sha256"),
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise CrlUnusable("not an index") from error


def _checked(values: Mapping[str, Any]) -> tuple[list[int], int]:
    """The sizes of the pages, which are a power of two and one more, and `shortest`. Raises ValueError.

    A damaged index is replaced by a new one only if it is recognised: anything that reads it later trusts these.
    """
    sizes = values["sizes"]
    shortest = values["shortest"]
    numbers = (*sizes, shortest)
    if any(type(number) is not int or number < 0 for number in numbers) or shortest > _MOST_SERIAL_BYTES:
        raise ValueError("a number that is none")
    pages = len(sizes) - 1
    if pages < 1 or pages & (pages - 1) or max(sizes) > 2 * _MOST_PAGE_BYTES:
        raise ValueError("pages")
    return sizes, shortest


def lookup(head: Head, read: Read, serial: int) -> Entry | None:
    """The entry of `serial` in the CRL, None if it is not listed. Raises CrlUnusable for an unreadable entry."""
    octets = serial_octets(serial)
    page = _page_of(octets, head.shortest, len(head.ends) - 1)
    start = head.ends[page - 1] if page else head.start
    raw = read(start, head.ends[page] - start)
    if len(raw) != head.ends[page] - start:
        raise CrlUnusable("the index is cut off")
    return worst([read_entry(entry) for entry in _listed(raw, octets)])


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed from one issue of a CRL to the next, by serial. `removed` has the entries as they were."""

    added: dict[int, Entry]
    removed: dict[int, Entry]
    changed: dict[int, Entry]


def difference(old: bytes, new: bytes) -> Difference:
    """What changed between two indexes of one CRL; equal pages are only compared. Raises CrlUnusable."""
    was, now = (read_head(_reader(index)) for index in (old, new))
    found = Difference({}, {}, {})
    for before, after in _unequal_pages(old, was, new, now):
        touched = {octets_of(raw) for raw in set(before) ^ set(after)}
        left, joined = (_by_serial(entries, touched) for entries in (before, after))
        for octets in touched:
            serial = int.from_bytes(octets, signed=True)
            if octets not in left:
                found.added[serial] = joined[octets]
            elif octets not in joined:
                found.removed[serial] = left[octets]
            elif left[octets] != joined[octets]:
                found.changed[serial] = joined[octets]
    return found


def _reader(index: bytes) -> Read:
    return lambda at, length: index[at : at + length]


def _unequal_pages(old: bytes, was: Head, new: bytes, now: Head) -> Iterator[tuple[list[bytes], list[bytes]]]:
    """The entries of pages that differ, or all where the two indexes deal serials to pages in two ways."""
    if (was.shortest, len(was.ends)) != (now.shortest, len(now.ends)):
        yield _split(old[was.start :]), _split(new[now.start :])
        return
    for (start, end), (start_now, end_now) in zip(_spans(was), _spans(now), strict=True):
        before = old[start:end]
        after = new[start_now:end_now]
        if before != after:
            yield _split(before), _split(after)


def _spans(head: Head) -> Iterator[tuple[int, int]]:
    return zip((head.start, *head.ends), head.ends, strict=False)


def _by_serial(entries: list[bytes], wanted: set[bytes]) -> dict[bytes, Entry]:
    """The worst entry of each wanted serial that is listed."""
    found: dict[bytes, list[Entry]] = {}
    for raw in entries:
        if (octets := octets_of(raw)) in wanted:
            found.setdefault(octets, []).append(read_entry(raw))
    return {octets: entry for octets, listed in found.items() if (entry := worst(listed)) is not None}


def _page_of(octets: bytes, shortest: int, pages: int) -> int:
    """The number of the page a serial is on; `pages` is a power of two, the page for short serials comes after."""
    if not shortest:
        return zlib.crc32(octets) % pages
    if len(octets) < shortest:
        return pages
    return _two_bytes(octets[shortest - 1], octets[shortest - 2] if shortest > 1 else len(octets), pages)


def _two_bytes(low: int, high: int, pages: int) -> int:
    return ((low << 8) + high) * pages >> 16


def _shortest_serial(crl: Crl) -> int:
    """The length of the shortest serial among the first entries: all lengths but the rarest occur there."""
    seen = 0
    shortest = _MOST_SERIAL_BYTES
    for batch in batches(crl.der, crl.entries_at, crl.entries_end):
        seen += len(batch)
        shortest = min(shortest, *(len(octets_of(raw)) for raw in batch))
        if seen >= _SAMPLE:
            break
    return shortest


def _dealt(crl: Crl, count: int, shortest: int) -> tuple[list[tuple[bytes, ...]], int]:
    """The parts of the `count` pages and of the one for short serials, and how many entries they hold."""
    waiting: list[list[bytes]] = [[] for _ in range(count + 1)]
    rows = _rows(waiting, count)
    low = _SERIAL_AT + shortest - 1
    high = _SERIAL_AT + shortest - 2
    parts = list[list[bytes]]()
    # Entries that are freed in the order in which they were made leave their memory in order for the next ones.
    held = list[list[bytes]]()
    entries = flushed = 0
    for batch in batches(crl.der, crl.entries_at, crl.entries_end, shortest):
        entries += len(batch)
        held.append(batch)
        if shortest and len(batch) > 1:
            for raw in batch:
                rows[raw[high]][raw[low]].append(raw)
        else:
            for raw in batch:
                waiting[_page_of(octets_of(raw), shortest, count)].append(raw)
        if entries - flushed > _MOST_WAITING:
            parts.append(_flushed(waiting))
            held.clear()
            flushed = entries
    parts.append(_flushed(waiting))
    return list(zip(*parts, strict=True)), entries


def _rows(waiting: list[list[bytes]], count: int) -> list[list[list[bytes]]]:
    """Where entries wait, by the higher and then the lower byte.

    Higher bytes that make no difference share a row: all rows together stay in the processor's cache.
    """
    step = min(256, 65536 // count)
    rows = list[list[list[bytes]]]()
    for high in range(0, 256, step):
        rows += [[waiting[_two_bytes(low, high, count)] for low in range(256)]] * step
    return rows


def _flushed(waiting: list[list[bytes]]) -> list[bytes]:
    """What waits for each page, joined: a million small objects at once would take more memory than the CRL."""
    parts = list(map(b"".join, waiting))
    for entries in waiting:
        entries.clear()
    return parts


def _sizes(pages: list[tuple[bytes, ...]]) -> list[int]:
    return [sum(map(len, parts)) for parts in pages]


def _listed(page: bytes, octets: bytes) -> list[bytes]:
    """The entries of a page with this serial: only those before a place where its bytes stand are walked over."""
    found = list[bytes]()
    at = 0
    while (place := page.find(octets, at)) >= 0:
        while (end := _end(page, at)) <= place:
            at = end
        if octets_of(page[at:end]) == octets:
            found.append(page[at:end])
        at = end
    return found


def _split(page: bytes) -> list[bytes]:
    """All entries of a page."""
    entries = list[bytes]()
    at = 0
    while at < len(page):
        end = _end(page, at)
        entries.append(page[at:end])
        at = end
    return entries


def _end(page: bytes, at: int) -> int:
    """Where the entry at `at` ends. Raises CrlUnusable where that is beyond the page, or it has no serial."""
    # All but the oddest entries have a length of one byte.
    length = page[at + 1] if at + 1 < len(page) else _LONG
    if _TAG_AND_LENGTH <= length < _LONG and at + 2 + length <= len(page):
        return at + 2 + length
    if length < _TAG_AND_LENGTH:
        raise CrlUnusable("an entry of the index has no serial")
    try:
        return element(page, at, len(page))[2]
    except DerMalformed:
        raise CrlUnusable("a page of the index is cut off") from None
