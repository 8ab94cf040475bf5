"""Which CRLs the bank watches, and the effect of a change in one on the registrations it lists."""

from collections import Counter
from collections.abc import Iterator, Sequence
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


def publisher(store: TrustStore, point: Point, at: datetime) -> tuple[Sequence[Certificate], Operator] | None:
    """Who may sign the list at `point`, first the CA or anchor that it is of, and the operator that serves it.

    Others may by a path that is accepted `at` this time (Issuer.list_signers).
    """
    operator = next((i.operator for i in store.issuers if i.operator.id == point.operator), None)
    found = [(i, ca) for i in store.issuers for ca in i.chain if ca.key_digest == point.issuer_key_digest]
    if operator is None or not found:
        return None
    by_path = (signer for issuer, ca in found if issuer.accepted_at(at) for signer in issuer.list_signers(ca))
    signers = {signer.key_digest: signer for signer in (found[0][1], *by_path)}
    return list(signers.values()), operator


def revoked_authorities(
    store: TrustStore, issuer_key_digest: str, head: Head, read: Read
) -> Iterator[tuple[Certificate, Entry]]:
    """The configured CAs that a CRL lists of those that this key issued, each once."""
    listed = {
        authority.fingerprint: authority
        for authority, signer, _ in authorities(store)
        if signer.key_digest == issuer_key_digest
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
