"""Which CRLs the bank watches, and the effect of a change in one on the registrations it lists."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from registrar.domain.certificates.certificate import Certificate
from registrar.domain.certificates.trust import Operator, TrustStore
from registrar.domain.revocation.crl_entries import HOLD_CODE, Entry, batches, read_entry
from registrar.domain.revocation.crl_index import Head, Read, difference, lookup, read_head
from registrar.domain.revocation.distribution_points import Point, points_of


class Step(StrEnum):
    """A change by the issuer to a certificate's status since the last comparison, or a hold that it repeats."""

    REVOKED = "revoked"
    HELD = "held"
    LIFTED = "lifted"
    STILL_HELD = "still held"


def authorities(store: TrustStore) -> Iterator[tuple[Certificate, Certificate, Operator]]:
    """Every CA on a path of the trust document, with the CA above it and the operator whose path it is."""
    for issuer in store.issuers:
        above = (issuer.anchor.certificate, *issuer.authorities)
        for authority, signer in zip(issuer.authorities, above, strict=False):
            yield authority, signer, issuer.operator


def authority_points(store: TrustStore) -> tuple[Point, ...]:
    """The distribution points of the CRLs that would list those CAs (authority revocation lists), each once."""
    found = (points_of(below, above.key_digest, operator) for below, above, operator in authorities(store))
    return tuple(dict.fromkeys(point for points in found for point in points))


def publisher(store: TrustStore, point: Point) -> tuple[Certificate, Operator] | None:
    """The configured CA or anchor that signs the list at `point`, and the operator that serves it there."""
    operator = next((i.operator for i in store.issuers if i.operator.id == point.operator), None)
    pairs = (pair for authority, signer, _ in authorities(store) for pair in (authority, signer))
    signer = next((each for each in pairs if each.key_digest == point.issuer_key_digest), None)
    return (signer, operator) if signer and operator else None


def revoked_authorities(store: TrustStore, head: Head, read: Read) -> Iterator[tuple[Certificate, Entry]]:
    """The configured CAs that a CRL lists, each once."""
    listed = {
        authority.fingerprint: authority
        for authority, signer, _ in authorities(store)
        if signer.key_digest == head.issuer_key_digest
    }
    for authority in listed.values():
        if entry := lookup(head, read, authority.serial):
            yield authority, entry


def steps(before: bytes | None, after: bytes, counts: Counter[str]) -> Iterator[tuple[Step, Entry]]:
    """The changes between two indexes of a CRL, each step with the entry of its serial.

    Without an earlier index (None), every entry is a step. `counts` grows by what was `changed`. Raises
    CrlUnusable.

    A hold that is listed as before is a step too: a response for a time in between may have lifted it here. A
    revocation that is no longer listed is ignored: CRLs drop expired certificates. A hold that is no longer
    listed was lifted, unless the CRL now covers other certificates than before.
    """
    head = _head(after)
    if before is None:
        for batch in batches(after, head.start, len(after)):
            counts["changed"] += len(batch)
            yield from map(_listed, map(read_entry, batch))
        return
    found = difference(before, after)
    counts["changed"] += len(found.added) + len(found.changed) + len(found.removed)
    yield from map(_listed, (*found.added.values(), *found.changed.values()))
    if _head(before).scope == head.scope:
        yield from ((Step.LIFTED, entry) for entry in found.removed.values() if entry.on_hold)
    stated = found.added.keys() | found.changed.keys()
    yield from ((Step.STILL_HELD, entry) for entry in _held(after, head) if entry.serial not in stated)


def issued_at(index: bytes) -> datetime:
    """thisUpdate of the list in an index. Raises CrlUnusable."""
    return _head(index).this_update


def _held(index: bytes, head: Head) -> Iterator[Entry]:
    """The entries that are on hold, of which a list has few."""
    for batch in batches(index, head.start, len(index)):
        found = (read_entry(raw) for raw in batch if HOLD_CODE in raw)
        yield from (entry for entry in found if entry.on_hold)


def _listed(entry: Entry) -> tuple[Step, Entry]:
    return (Step.HELD if entry.on_hold else Step.REVOKED), entry


def _head(index: bytes) -> Head:
    return read_head(lambda start, length: index[start : start + length])
