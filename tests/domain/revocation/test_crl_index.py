"""The index of a CRL: the right entry for every serial, few bytes read, differences found page by page."""

import json
import random
from collections.abc import Sequence
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from registrar.domain.asn1.ber import der_value
from registrar.domain.certificates.certificate import read_certificate
from registrar.domain.reasons.errors import CrlUnusable
from registrar.domain.revocation.crl import read_crl
from registrar.domain.revocation.crl_entries import Entry, octets_of, read_entry
from registrar.domain.revocation.crl_index import HEAD_BYTES, Difference, difference, index_crl, lookup, read_head
from tests.support.builders import NOW, a_pki
from tools.pki.crls import Revoked, entry_der, large_crl, make_crl, random_entries, scope

CA = a_pki().issuers["kica"]
ISSUER = read_certificate(CA.certificate.public_bytes(Encoding.DER))
MANY = 20_000


def indexed(entries: Sequence[bytes]) -> bytes:
    return index_crl(read_crl(large_crl(CA, b"".join(entries), this_update=NOW), ISSUER))


class Reader:
    """Reads from an index as from a bucket, and counts the bytes."""

    def __init__(self, index: bytes) -> None:
        self.index = index
        self.bytes_read = self.reads = 0

    def __call__(self, at: int, length: int) -> bytes:
        found = self.index[at : at + length]
        self.bytes_read += len(found)
        self.reads += 1
        return found

    def entry(self, serial: int) -> Entry | None:
        return lookup(read_head(self), self, serial)


def serial_of(raw: bytes) -> int:
    return int.from_bytes(octets_of(raw), signed=True)


@pytest.mark.parametrize(
    "serials",
    [
        pytest.param([serial_of(raw) for raw in random_entries(MANY, NOW)], id="random, 8 and 16 bytes"),
        pytest.param([serial_of(raw) for raw in random_entries(MANY, NOW, (1, 2, 3, 19, 20))], id="1 to 20 bytes"),
        pytest.param(list(range(0x1000000, 0x1000000 + MANY)), id="one after the other"),
        pytest.param([number << 16 for number in range(1, MANY)], id="in steps of 65,536"),
        pytest.param([*range(2**72, 2**72 - MANY, -1), 1, 2, 300], id="falling, then short ones"),
        pytest.param([-129, -128, -1, 0, 127, 128, 255, 2**160, 2**500], id="of odd sizes"),
        pytest.param([*range(40, 60), 0x3012], id="like the first bytes of an entry"),
        pytest.param([], id="none"),
    ],
)
def test_only_listed_serials_are_found(serials: list[int]) -> None:
    entries = [entry_der(serial, NOW, 4 if serial % 3 else None) for serial in serials]
    read = Reader(indexed(entries))
    listed = set(serials)

    for serial in [*serials[:300], *serials[-300:]]:
        found = read.entry(serial)
        assert found == Entry(serial, NOW, "superseded" if serial % 3 else None)
        for other in (serial + 1, serial ^ 0x8000, -serial, serial * 256):
            if other not in listed:
                assert read.entry(other) is None
    assert read_head(read).entries == len(serials)


def test_lookup_reads_less_than_100_kb_of_a_long_crl() -> None:
    entries = random_entries(100_000, NOW)
    index = indexed(entries)
    for raw in random.Random(7).sample(entries, 200):  # noqa: S311 - the same in every run
        read = Reader(index)
        assert read.entry(serial_of(raw)) == read_entry(raw)
        assert read.bytes_read <= 100_000
        assert read.reads == 2, "the head, and one page"


def test_head_matches_the_crl() -> None:
    content = make_crl(CA, this_update=NOW, number=2**159, idp=scope(only_user=True, uris=["http://a.example/1"]))
    crl = read_crl(content, ISSUER)

    head = read_head(Reader(index_crl(crl)))

    assert (head.this_update, head.next_update) == (crl.this_update, crl.next_update)
    assert (head.number, head.scope, head.issuer_key_digest) == (2**159, crl.scope, ISSUER.key_digest)


@pytest.mark.parametrize("order", [1, -1])
def test_worse_of_two_entries_with_one_serial_is_used(order: int) -> None:
    hold, revoked = Revoked(9, NOW, x509.ReasonFlags.certificate_hold), Revoked(9, NOW + timedelta(hours=1))
    content = make_crl(CA, [hold, revoked][::order], this_update=NOW)

    found = Reader(index_crl(read_crl(content, ISSUER))).entry(9)

    assert found == Entry(9, NOW + timedelta(hours=1), None)


def test_entries_on_a_thousand_pages_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registrar.domain.revocation.crl_index._USUAL_PAGE_BYTES", 64)
    entries = random_entries(1500, NOW)
    index = indexed(entries)
    assert len(read_head(Reader(index)).ends) == 1025

    for raw in entries[::10]:
        assert Reader(index).entry(serial_of(raw)) == read_entry(raw)


def test_entries_with_a_header_of_three_bytes_are_found() -> None:
    """Most have one of two: these stand elsewhere in their bytes."""
    long = der_value(0x30, der_value(0x30, b"\x06\x01\x2a" + der_value(0x04, bytes(120))))
    serials = range(0x1000000, 0x1000000 + 400 * 0x10307, 0x10307)
    entries = [der_value(0x30, entry_der(serial, NOW, None)[2:] + long) for serial in serials]
    index = indexed(entries)
    assert len(read_head(Reader(index)).ends) > 2, "on more than one page"

    for serial, raw in zip(serials, entries, strict=True):
        assert Reader(index).entry(serial) == read_entry(raw)


def test_a_serial_inside_another_is_not_found() -> None:
    read = Reader(indexed([entry_der(0x1234567890, NOW, 1)]))

    assert read.entry(0x345678) is None
    assert read.entry(0x1234567890) is not None


def test_unreadable_entry_raises() -> None:
    # The same shape as the first, so it is parsed only when it is looked up.
    broken = entry_der(2, NOW, 1).replace(b"261123", b"269923")
    read = Reader(indexed([entry_der(1, NOW, 1), broken]))

    assert read.entry(1) is not None
    with pytest.raises(CrlUnusable, match="revocation date"):
        read.entry(2)


@pytest.mark.parametrize("length", [0, 4, 11, 30, 400, -1])
def test_truncated_index_raises(length: int) -> None:
    read = Reader(indexed([entry_der(serial, NOW, 1) for serial in range(1, 60)])[:length])

    with pytest.raises(CrlUnusable):
        read.entry(1)


def test_malformed_index_raises() -> None:
    for other in (b"", b"\x30\x03\x02\x01\x01", b"CRLPAGES" + bytes(HEAD_BYTES), b"CRLPAGES\0\0\0\x02{}"):
        with pytest.raises(CrlUnusable, match="not an index"):
            read_head(Reader(other))


def test_differences_match_the_entries() -> None:
    entries = [entry_der(serial, NOW, 6 if serial % 5 else None) for serial in range(2**40, 2**40 + MANY)]
    added = [entry_der(2**40 + MANY + 5, NOW, 1), entry_der(3, NOW, None)]
    changed = entry_der(2**40 + 1, NOW, 4)
    now = [*entries[:1], changed, *entries[2:500], *entries[501:], *added]

    found = difference(indexed(entries), indexed(now))

    assert found == Difference(
        added={serial_of(raw): read_entry(raw) for raw in added},
        removed={2**40 + 500: read_entry(entries[500])},
        changed={2**40 + 1: Entry(2**40 + 1, NOW, "superseded")},
    )


def test_difference_of_a_negative_serial_is_found() -> None:
    """CAs must not write one (RFC 5280 section 4.1.2.2), and some did."""
    usual, negative = entry_der(7, NOW, 1), entry_der(-200, NOW, 1)

    assert difference(indexed([usual]), indexed([usual, negative])).added == {-200: read_entry(negative)}


def test_order_and_page_count_make_no_difference() -> None:
    entries = random_entries(MANY, NOW)
    nothing = Difference({}, {}, {})
    assert difference(indexed(entries), indexed(entries[::-1])) == nothing
    few, more = indexed(entries[:3000]), indexed(entries)
    assert len(difference(few, more).added) == MANY - 3000
    assert len(difference(more, few).removed) == MANY - 3000


def test_removal_of_one_duplicate_entry_is_a_difference() -> None:
    hold, revoked = entry_der(9, NOW, 6), entry_der(9, NOW, 1)
    both, held = indexed([hold, revoked]), indexed([hold])

    assert difference(both, held).changed == {9: Entry(9, NOW, "certificateHold")}
    assert difference(held, both).changed == {9: Entry(9, NOW, "keyCompromise")}


def with_head(index: bytes, **values: object) -> bytes:
    """An index whose head says something else."""
    size = int.from_bytes(index[8:12])
    head = json.loads(index[12 : 12 + size]) | values
    text = json.dumps(head).encode()
    return index[:8] + len(text).to_bytes(4) + text + index[12 + size :]


@pytest.mark.parametrize(
    "values",
    [
        {"sizes": []},
        {"sizes": [10]},
        {"sizes": [10, 10, 10, 10]},
        {"sizes": [-10, 20]},
        {"sizes": ["1", "2"]},
        {"sizes": [1.0, 2.0]},
        {"sizes": [10**9, 0]},
        {"sizes": None},
        {"shortest": -1},
        {"shortest": 65},
        {"shortest": "1"},
        {"shortest": True},
        {"this_update": 1e300},
        {"next_update": float("nan")},
        {"next_update": "tomorrow"},
        {"number": 7},
        {"scope": []},
        {"scope": {"names": [[]]}},
    ],
    ids=str,
)
def test_damaged_head_is_no_index(values: dict[str, object]) -> None:
    damaged = Reader(with_head(indexed([entry_der(serial, NOW, 1) for serial in range(1, 60)]), **values))

    with pytest.raises(CrlUnusable, match="not an index"):
        read_head(damaged)


def test_head_nested_too_deep_is_no_index() -> None:
    deep = b"[" * 100_000

    with pytest.raises(CrlUnusable, match="not an index"):
        read_head(Reader(b"CRLPAGES" + len(deep).to_bytes(4) + deep))


@pytest.mark.parametrize(
    "damaged", [b"\0", b"\x30\x00", b"\x30\x01\x01", b"\x30\x7f\x01", b"\x30\x84\xff\xff\xff\xff"]
)
def test_damaged_page_raises(damaged: bytes) -> None:
    index = indexed([entry_der(1, NOW, 1)])
    entry = entry_der(1, NOW, 1)
    page = index.index(entry)
    changed = index[:page] + damaged + index[page + len(damaged) :]

    with pytest.raises(CrlUnusable):
        Reader(changed).entry(1)
    with pytest.raises(CrlUnusable):
        difference(index, changed)


def test_entry_that_ends_beyond_its_page_is_noticed_though_nothing_else_differs_there() -> None:
    entries = [entry_der(serial, NOW, 1) for serial in range(1, 9)]
    old = longer_last(indexed(entries))
    new = longer_last(indexed([entry_der(1, NOW, 4), *entries[1:]]))

    with pytest.raises(CrlUnusable, match="cut off"):
        difference(old, new)


def longer_last(index: bytes) -> bytes:
    """The index, whose last entry says that it is a byte longer than it is."""
    head = read_head(Reader(index))
    last = len(index) - len(entry_der(8, NOW, 1))
    assert head.ends[0] == len(index)
    return index[: last + 1] + bytes([index[last + 1] + 1]) + index[last + 2 :]


@pytest.mark.parametrize(("count", "accepted"), [(40, True), (41, False)])
def test_one_serial_has_160_kb_of_entries_at_most(count: int, *, accepted: bool) -> None:
    filling = der_value(0x30, der_value(0x30, b"\x06\x01\x2a" + der_value(0x04, bytes(4059))))
    entry = der_value(0x30, entry_der(9, NOW, None)[2:] + filling)
    assert 40 * len(entry) == 160 * 1024

    if accepted:
        assert Reader(indexed([entry] * count)).entry(9) == read_entry(entry)
    else:
        with pytest.raises(CrlUnusable, match="too many entries for one serial"):
            indexed([entry] * count)
