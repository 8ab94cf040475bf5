"""The revocation status of one certificate, by OCSP (RFC 6960) or from a CRL (RFC 5280 section 5)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from registrar.domain.times import instant, iso

if TYPE_CHECKING:  # functions that only show a status load no cryptography
    from registrar.domain.certificates.certificate import Certificate
    from registrar.domain.certificates.trust import Issuer

_NEVER = datetime.min.replace(tzinfo=UTC)
_KEY_IS_SAFE = frozenset({"affiliationChanged", "superseded", "cessationOfOperation"})


class StatusValue(StrEnum):
    """GOOD, REVOKED, ON_HOLD and UNKNOWN are stated by the issuer; the others mean that no status was obtained."""

    GOOD = "GOOD"
    REVOKED = "REVOKED"
    ON_HOLD = "ON_HOLD"
    UNKNOWN = "UNKNOWN"
    UNAVAILABLE = "UNAVAILABLE"
    STALE = "STALE"
    INVALID = "INVALID"


class Responder(NamedTuple):
    """An OCSP responder's certificate, and the CA or root that issued it."""

    certificate: "Certificate"
    issuer: "Certificate"


@dataclass(frozen=True, slots=True)
class OcspResponse:
    """What a status rests on: the DER of the response about the certificate with the fingerprint `about`, and that
    of the certificate by which the response was signed."""

    about: str
    der: bytes
    signer: bytes


@dataclass(frozen=True, slots=True)
class ListIdentity:
    """What a status rests on: which CRL, of the CA with this key, was searched for the certificate with the
    fingerprint `about`. `sha256` is the digest of its DER; None for an index from before digests were kept."""

    about: str
    issuer_key_digest: str
    number: int | None
    this_update: datetime
    next_update: datetime
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """One status. `as_of` and `until` are thisUpdate and nextUpdate; `why` is a phrase for logs and admins.

    `server_failed` says that the server gave no response, or none of the protocol; it is False for a response about
    this certificate, whatever it says, since another certificate's may be good.
    `revoked_at` and `reason` (as RFC 5280 5.3.1 names it, such as `keyCompromise`) come with REVOKED and ON_HOLD.
    `signed_by` is whoever responded for the CA, whose own certificate may be revoked too. `shown_by` is what a
    definite status rests on, that of the CAs above included where they were looked up. `path` is the path of CAs on
    which a certificate was queried.
    """

    value: StatusValue
    source: str
    as_of: datetime | None = None
    until: datetime | None = None
    revoked_at: datetime | None = None
    reason: str | None = None
    why: str = ""
    server_failed: bool = False
    signed_by: Responder | None = field(default=None, compare=False, repr=False)
    shown_by: tuple[OcspResponse | ListIdentity, ...] = field(default=(), compare=False, repr=False)
    path: "Issuer | None" = field(default=None, compare=False, repr=False)

    @property
    def leaves_key_safe(self) -> bool:
        """Whether the certificate was revoked for a reason that says nothing against its key.

        X.509 says of these alone that there is "no cause to suspect that the private key has been compromised".
        """
        return self.value is StatusValue.REVOKED and self.reason in _KEY_IS_SAFE

    @property
    def definite(self) -> bool:
        """Whether the issuer itself stated it: then no other source is queried."""
        return self.value in (StatusValue.GOOD, StatusValue.REVOKED, StatusValue.ON_HOLD, StatusValue.UNKNOWN)


@dataclass(frozen=True, slots=True)
class RecordedStatus:
    """The status on which an upload was accepted, for its row and the auditor.

    `fresh_until` is when it is too old to register on. `asked_at` and `points` (the ids of the distribution points
    that list the certificate) show whether a CRL was applied to registrations after the query.
    """

    value: StatusValue
    source: str
    as_of: datetime
    until: datetime | None
    fresh_until: datetime
    asked_at: datetime
    points: tuple[str, ...]

    def to_map(self) -> dict[str, object]:
        """The status as JSON types: times as `2026-12-31T14:59:59Z`."""
        return {
            "answer": self.value.value,
            "source": self.source,
            "as_of": iso(self.as_of),
            **({"until": iso(self.until)} if self.until else {}),
            "fresh_until": iso(self.fresh_until),
            "asked_at": iso(self.asked_at),
            "points": list(self.points),
        }

    @classmethod
    def from_map(cls, stored: Mapping[str, Any]) -> "RecordedStatus":
        """The inverse of `to_map`. Raises KeyError where a value is missing."""
        return cls(
            value=StatusValue(stored["answer"]),
            source=stored["source"],
            as_of=instant(stored["as_of"]),
            until=instant(stored["until"]) if "until" in stored else None,
            fresh_until=instant(stored["fresh_until"]),
            asked_at=instant(stored["asked_at"]),
            points=tuple(stored["points"]),
        )


def prevailing(status: Status, known: Status | None) -> Status:
    """What counts: the `status` that a source gave now, or what is `known` already (see `worst_known`).

    A revocation is final (RFC 5280 5.3.1: only a hold can be lifted). A hold counts until a status for a later
    time: a response from before the hold can be replayed while it is fresh.
    """
    if known is None or status.value is StatusValue.REVOKED:
        return status
    if known.value is StatusValue.REVOKED:
        return known
    return known if status.definite and not _is_later(status, known) else status


def _is_later(status: Status, hold: Status) -> bool:
    """Whether `status` is for a later time than a hold; never where the time of one is unknown."""
    return status.as_of is not None and hold.as_of is not None and status.as_of > hold.as_of


def worst_known(statuses: Iterable[Status]) -> Status | None:
    """Of what is known (REVOKED, INVALID, ON_HOLD) a revocation, then what cannot be read, then the hold for the
    latest time; None where nothing is."""
    return max(statuses, key=lambda each: (_RANK[each.value], each.as_of or _NEVER), default=None)


_RANK = {StatusValue.ON_HOLD: 0, StatusValue.INVALID: 1, StatusValue.REVOKED: 2}


def recorded(status: Status, max_age: timedelta, asked_at: datetime, points: tuple[str, ...]) -> RecordedStatus:
    """The record of a good status. Raises ValueError for one without a time: its age is unknown."""
    if status.as_of is None:
        raise ValueError("a status without a time")
    fresh_until = status.as_of + max_age
    return RecordedStatus(status.value, status.source, status.as_of, status.until, fresh_until, asked_at, points)
