"""The entries of a CRL (RFC 5280 section 5.3), read from their bytes.

A CRL may have a million. They are taken apart by a regular expression made of the shapes met so far: each shape is
read strictly once, and what matches it later differs in serial, date and values only. Those are read strictly when
the entry is looked up.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from registrar.domain.asn1 import der
from registrar.domain.asn1.extensions import FALSE
from registrar.domain.reasons.errors import CrlUnusable, DerMalformed

REASONS = {
    0: "unspecified",
    1: "keyCompromise",
    2: "cACompromise",
    3: "affiliationChanged",
    4: "superseded",
    5: "cessationOfOperation",
    6: "certificateHold",
    9: "privilegeWithdrawn",
    10: "aACompromise",
}
ON_HOLD = REASONS[6]
HOLD_CODE = bytes.fromhex("0a0106")
"""The bytes of that reason, which all entries with it contain, and few others."""

# RFC 5280 4.1.2.2 allows 20; more is tolerated as long as a header of two bytes can say it.
_MOST_SERIAL_BYTES = 64
_MOST_ENTRY_BYTES = 4096
_MOST_SHAPES = 64
# A batch that is parsed at once stays in the processor's cache.
_BATCH_BYTES = 1 << 17
_REASON_CODE = bytes.fromhex("551d15")
_CERTIFICATE_ISSUER = bytes.fromhex("551d1d")
# holdInstructionCode and invalidityDate may be critical: neither makes a revoked certificate good.
_UNDERSTOOD = frozenset({_REASON_CODE, bytes.fromhex("551d17"), bytes.fromhex("551d18")})
_TRUE = bytes.fromhex("0101ff")


@dataclass(frozen=True, slots=True)
class Entry:
    """One revoked certificate. `reason` is named as in RFC 5280 5.3.1, None where the CRL gives none."""

    serial: int
    revoked_at: datetime
    reason: str | None

    @property
    def on_hold(self) -> bool:
        """Whether the certificate may become valid again."""
        return self.reason == ON_HOLD


def serial_octets(serial: int) -> bytes:
    """The contents of the DER INTEGER (X.690 8.3): as few bytes as it takes."""
    return serial.to_bytes((serial if serial >= 0 else ~serial).bit_length() // 8 + 1, signed=True)


def octets_of(raw: bytes) -> bytes:
    """The serial's octets in the bytes of one entry that was taken apart before."""
    at = 3 if raw[1] < 0x80 else raw[1] - 0x80 + 3
    return raw[at + 1 : at + 1 + raw[at]]


def worst(entries: list[Entry]) -> Entry | None:
    """What counts of several entries with one serial: a revocation before a hold, then the earlier date."""
    return min(entries, key=lambda entry: (entry.on_hold, entry.revoked_at), default=None)


def read_entry(raw: bytes) -> Entry:
    """One entry, strictly. Raises CrlUnusable."""
    entry, stop, _ = _read(raw, 0, len(raw))
    if stop != len(raw):
        raise CrlUnusable("bytes after an entry")
    return entry


def batches(data: bytes, at: int, end: int, shortest: int = 1) -> Iterator[list[bytes]]:
    """The bytes of all entries between `at` and `end`, in their order, in lists. Raises CrlUnusable.

    In a list of more than one, all have a header of two bytes and serials of at least `shortest` bytes. Other bytes
    between two entries may be left out: then all entries together are shorter than `end - at`.
    """
    shapes: dict[bytes, None] = {}
    one = one_or_rest = re.compile(b"")
    while at < end:
        if 0 < len(shapes) <= _MOST_SHAPES and data[at] == der.SEQUENCE:
            stop = min(at + _BATCH_BYTES, end)
            # What is cut off at `stop`, or has no known shape, is found together with all that follows.
            found = one_or_rest.findall(data, at, stop)
            at = stop
            if not one.fullmatch(found[-1]):
                at -= len(found.pop())
            if found:
                yield found
                continue
        _, stop, shape = _read(data, at, end)
        raw = data[at:stop]
        at = stop
        yield [raw]
        if shape not in shapes and raw[1] < 0x80 and len(octets_of(raw)) >= shortest:
            shapes[shape] = None
            one = re.compile(b"(?s)0(?:" + b"|".join(shapes) + b")")
            one_or_rest = re.compile(b"(?s)0(?:" + b"|".join(shapes) + b"|.*)")


def _read(data: bytes, at: int, end: int) -> tuple[Entry, int, bytes]:
    """The entry at `at`, where it ends, and its shape: a pattern of what follows its first byte."""
    try:
        start, stop = der.expect(data, at, end, der.SEQUENCE)
        if stop - start > _MOST_ENTRY_BYTES:
            raise CrlUnusable("an entry that is too long")
        first, serial_end = der.expect(data, start, stop, der.INTEGER)
        octets = data[first:serial_end]
        if not octets or len(octets) > _MOST_SERIAL_BYTES:
            raise CrlUnusable("a serial number of no or too many bytes")
        serial = int.from_bytes(octets, signed=True)
        if serial_octets(serial) != octets:
            raise CrlUnusable("a serial number longer than needed")
        tag, time_start, time_end = der.element(data, serial_end, stop)
        revoked_at = _time(tag, data[time_start:time_end])
        shape = [re.escape(data[at + 1 : first]), _any(len(octets)), re.escape(data[serial_end:time_start])]
        shape.append(_any(time_end - time_start))
        reason = None
        if time_end < stop:
            reason, more = _extensions(data, time_end, stop)
            shape += more
    except DerMalformed as error:
        raise CrlUnusable(f"an entry: {error}") from None
    return Entry(serial, revoked_at, reason), stop, b"".join(shape)


def _any(count: int) -> bytes:
    # Possessive: the expression keeps no place to return to.
    return b".{%d}+" % count if count else b""


def _extensions(data: bytes, at: int, end: int) -> tuple[str | None, list[bytes]]:
    """The reason, and the shape of all entry extensions (RFC 5280 5.3): their values are what may differ."""
    start, stop = der.expect(data, at, end, der.SEQUENCE)
    if stop != end or start == stop:
        raise CrlUnusable("entry extensions")
    seen: set[bytes] = set()
    reason = None
    shape = list[bytes]()
    fixed = at
    while start < stop:
        inside, after = der.expect(data, start, stop, der.SEQUENCE)
        oid_start, oid_end = der.expect(data, inside, after, der.OBJECT_IDENTIFIER)
        oid = data[oid_start:oid_end]
        value_at = oid_end
        critical = data.startswith(_TRUE, oid_end, after)
        if critical or data.startswith(FALSE, oid_end, after):
            value_at += len(_TRUE)
        value_start, value_end = der.expect(data, value_at, after, der.OCTET_STRING)
        if value_end != after or oid in seen:
            raise CrlUnusable("entry extensions")
        if oid == _CERTIFICATE_ISSUER or (critical and oid not in _UNDERSTOOD):
            raise CrlUnusable("an entry extension that is not understood")
        if oid == _REASON_CODE:
            reason = _reason(data[value_start:value_end])
        seen.add(oid)
        shape += [re.escape(data[fixed:value_start]), _any(value_end - value_start)]
        fixed = value_end
        start = after
    return reason, shape


def _reason(value: bytes) -> str | None:
    """The name of a reason; None for one that is unknown or does not belong here, such as removeFromCRL.

    Such an entry counts as a revocation like one without a reason: the certificate is listed, and the other entries
    of the list stay in force.
    """
    if len(value) != 3 or value[:2] != bytes([der.ENUMERATED, 1]):
        return None
    return REASONS.get(value[2])


def _time(tag: int, value: bytes) -> datetime:
    """A UTCTime or GeneralizedTime as RFC 5280 5.2.4 to 5.2.6 writes it: to the second, ending in Z."""
    digits = value[:-1]
    length = {der.UTC_TIME: 12, der.GENERALIZED_TIME: 14}.get(tag)
    if len(digits) != length or value[-1:] != b"Z" or not (digits.isascii() and digits.isdigit()):
        raise CrlUnusable("a revocation date that is none")
    if tag == der.UTC_TIME:
        digits = (b"20" if digits < b"50" else b"19") + digits
    try:
        return datetime.strptime(digits.decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        raise CrlUnusable("a revocation date that is none") from None
