"""The quick walk over a CRL's entries against a plain one: the same entries, and no list that breaks a rule.

The lists are signed ones in effect: `index_crl` reads entries after the signature was checked.
"""

import random
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from registrar.domain.asn1 import der
from registrar.domain.asn1.ber import der_value
from registrar.domain.certificates.certificate import read_certificate
from registrar.domain.reasons.errors import CrlUnusable, DerMalformed
from registrar.domain.revocation import crl_entries, crl_index
from registrar.domain.revocation.crl import read_crl
from registrar.domain.revocation.crl_entries import batches, read_entry
from registrar.domain.revocation.crl_index import index_crl
from tests.support.builders import NOW, a_pki
from tools.pki.crls import Revoked, entry_der, make_crl, random_entries

CA = a_pki().issuers["yessign"]
ISSUER = read_certificate(CA.certificate.public_bytes(Encoding.DER))
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.410.200004.99"), b"\x05\x00")
INVALID_SINCE = x509.InvalidityDate(NOW.replace(tzinfo=None))
CRL = read_crl(
    make_crl(CA, [Revoked(7, NOW, extensions=((INVALID_SINCE, True), (UNKNOWN, False)))], this_update=NOW), ISSUER
)
ENTRIES = [
    *random_entries(20, NOW, (1, 2, 8, 8, 9, 20)),
    CRL.der[CRL.entries_at : CRL.entries_end],
    # A header of three bytes, and a date of the other type.
    der_value(
        0x30, entry_der(9, NOW, None)[2:] + der_value(0x30, der_value(0x30, b"\x06\x01\x2a\x04\x70" + bytes(112)))
    ),
    der_value(0x30, b"\x02\x01\x0c" + der_value(0x18, b"20261130000000Z")),
]
OTHER_BYTES = [b"\0", b"\x05\0", b"0", b"0\0", b"\x31\x02\x05\0", b"0\x80", b"00000000"]


def of(entries: bytes) -> list[bytes] | None:
    """The entries as they are walked over, None where the list is refused."""
    crl = replace(CRL, der=entries, entries_at=0, entries_end=len(entries))
    try:
        index_crl(crl)
        return [raw for batch in batches(entries, 0, len(entries)) for raw in batch]
    except CrlUnusable:
        return None


def plainly(entries: bytes) -> list[bytes] | None:
    """The entries by their lengths, None where something else stands between them."""
    found = []
    at = 0
    while at < len(entries):
        try:
            _, end = der.expect(entries, at, len(entries), der.SEQUENCE)
        except DerMalformed:
            return None
        found.append(entries[at:end])
        at = end
    return found


def is_readable(raw: bytes) -> bool:
    try:
        read_entry(raw)
    except CrlUnusable:
        return False
    return True


def with_usual_values(raw: bytes) -> bytes:
    """The entry with another serial and date of the same lengths: those are read when the entry is looked up."""
    start, end = der.expect(raw, 0, len(raw), der.SEQUENCE)
    serial, serial_end = der.expect(raw, start, end, der.INTEGER)
    _, date, date_end = der.element(raw, serial_end, end)
    usual = b"20261130000000Z"[-(date_end - date) :]
    return raw[:serial] + b"\1" * (serial_end - serial) + raw[serial_end:date] + usual + raw[date_end:]


def altered(entries: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(entries))
    end = at + chance.randrange(1, 50)
    return chance.choice(
        [
            entries,
            entries[:at] + bytes([entries[at] ^ chance.randrange(1, 256)]) + entries[at + 1 :],
            entries[:at] + entries[at + 1 :],
            entries[:at] + entries[end:],
            entries[:end] + entries[at:],
            entries[:at] + chance.choice(OTHER_BYTES) + entries[at:],
        ]
    )


@pytest.mark.parametrize("batch_bytes", [30, 100, 257, 1 << 17])
def test_altered_lists_have_the_entries_of_a_plain_walk_or_are_refused(
    batch_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crl_entries, "_BATCH_BYTES", batch_bytes)
    monkeypatch.setattr(crl_index, "_MOST_WAITING", batch_bytes // 30)
    chance = random.Random(batch_bytes)  # noqa: S311 - the same in every run
    accepted = refused = 0
    for _ in range(1000):
        entries = altered(b"".join(chance.choices(ENTRIES, k=chance.randrange(1, 25))), chance)
        found = of(entries)
        plain = plainly(entries)
        if found is None:
            refused += 1
            assert plain is None or not all(map(is_readable, plain))
        else:
            accepted += 1
            assert found == plain
            assert all(is_readable(with_usual_values(raw)) for raw in found)
    assert min(accepted, refused) > 150


@pytest.mark.parametrize("other", OTHER_BYTES, ids=bytes.hex)
def test_bytes_between_entries_are_refused_wherever_they_are(other: bytes) -> None:
    entries = random_entries(40, NOW, (8,))
    assert of(b"".join(entries)) == entries

    for place in range(len(entries) + 1):
        assert of(b"".join([*entries[:place], other, *entries[place:]])) is None


def test_list_of_more_shapes_than_are_kept_is_read() -> None:
    lengths = [*range(1, 60), *range(1, 60)]
    entries = [entry_der(1 << 8 * length - 2, NOW, reason) for length in lengths for reason in (1, None)]

    assert of(b"".join(entries)) == entries


REASON = bytes.fromhex("0603551d15")
KEY_COMPROMISE = bytes.fromhex("04030a0101")
OTHER = bytes.fromhex("06012a")


def with_extensions(*extensions: bytes) -> bytes:
    """An entry with extensions, each made of these bytes."""
    return der_value(0x30, entry_der(9, NOW, None)[2:] + der_value(0x30, b"".join(extensions)))


def extension(*parts: bytes) -> bytes:
    return der_value(0x30, b"".join(parts))


@pytest.mark.parametrize(
    ("entry", "readable"),
    [
        pytest.param(with_extensions(extension(REASON, KEY_COMPROMISE)), True, id="a reason"),
        pytest.param(
            with_extensions(extension(REASON, KEY_COMPROMISE), extension(OTHER, b"\x04\0")), True, id="and another"
        ),
        pytest.param(
            with_extensions(extension(REASON, KEY_COMPROMISE, b"\x05\0")), False, id="bytes after a value"
        ),
        pytest.param(with_extensions(*[extension(REASON, KEY_COMPROMISE)] * 2), False, id="a reason twice"),
        pytest.param(with_extensions(*[extension(OTHER, b"\x04\0")] * 2), False, id="another twice"),
        pytest.param(with_extensions(), False, id="no extension"),
        pytest.param(with_extensions(extension(REASON, KEY_COMPROMISE)) + b"\x05\0", False, id="bytes after it"),
        pytest.param(
            der_value(
                0x30,
                entry_der(9, NOW, None)[2:] + der_value(0x30, extension(REASON, KEY_COMPROMISE)) + b"\x05\0",
            ),
            False,
            id="bytes after the extensions",
        ),
    ],
)
def test_entry_extensions_are_read_strictly(entry: bytes, *, readable: bool) -> None:
    assert is_readable(entry) is readable


@pytest.mark.parametrize(("length", "readable"), [(4096, True), (4097, False)])
def test_entry_of_more_than_4096_bytes_is_refused(length: int, *, readable: bool) -> None:
    filling = b"\x04\x82" + (length - 33).to_bytes(2) + bytes(length - 33)
    entry = with_extensions(extension(OTHER, filling))
    assert len(entry) == 4 + length

    assert is_readable(entry) is readable


@pytest.mark.parametrize(("count", "readable"), [(0, False), (1, True), (64, True), (65, False)])
def test_serial_of_no_or_more_than_64_bytes_is_refused(count: int, *, readable: bool) -> None:
    date = entry_der(9, NOW, None)[5:]

    assert is_readable(der_value(0x30, b"\x02" + bytes([count]) + b"\x01" * count + date)) is readable
