"""The registration: a certificate its owner may use with this bank. Standard library only.

What is true now is computed when read: a certificate past its end is EXPIRED even if no job ran.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from registrar.domain.findings import instant
from registrar.domain.uploads import Upload, registration_id

EXPIRING = timedelta(days=30)


class Lifecycle(StrEnum):
    """LIVE as stored; EXPIRED by the clock."""

    LIVE = "LIVE"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True)
class Registration:
    """`issuer` and `policy` are names in ko and en; `proof` says what the registration rests on."""

    id: str
    customer_id: str
    lifecycle: Lifecycle
    operator: str
    issuer: Mapping[str, str]
    name_masked: str
    kind: str
    policy: Mapping[str, str]
    serial: str
    fingerprint: str
    key_digest: str
    issuer_key_digest: str
    not_before: datetime
    not_after: datetime
    der: bytes
    registered_at: datetime
    proof: str
    consent_version: str
    expiry_flagged_at: datetime | None = None

    def lifecycle_at(self, now: datetime) -> Lifecycle:
        """The lifecycle at `now`."""
        return Lifecycle.EXPIRED if now > self.not_after else self.lifecycle

    def usable_at(self, now: datetime) -> bool:
        """Whether a transaction may use the certificate at `now`."""
        return self.lifecycle_at(now) is Lifecycle.LIVE and now >= self.not_before

    def expiring_at(self, now: datetime) -> bool:
        """Whether the owner should renew now: usable, and at its end within 30 days."""
        return self.usable_at(now) and self.not_after - now <= EXPIRING


def new_registration(upload: Upload, proof: str, consent_version: str, now: datetime) -> Registration:
    """The registration of an upload whose proof was given at `now`. Raises ValueError where it awaits none."""
    summary, der = upload.summary, upload.der
    if summary is None or der is None:
        raise ValueError("the upload awaits no proof")
    return Registration(
        id=registration_id(upload.id),
        customer_id=upload.customer_id,
        lifecycle=Lifecycle.LIVE,
        operator=summary["operator"],
        issuer=summary["issuer"],
        name_masked=summary["name_masked"],
        kind=summary["kind"],
        policy=summary["policy"],
        serial=summary["serial"],
        fingerprint=summary["fingerprint"],
        key_digest=summary["key_digest"],
        issuer_key_digest=summary["issuer_key_digest"],
        not_before=instant(summary["not_before"]),
        not_after=instant(summary["not_after"]),
        der=der,
        registered_at=now,
        proof=proof,
        consent_version=consent_version,
    )


def issuer_serial(issuer_key_digest: str, serial: str) -> str:
    """What identifies a certificate for its issuer: the CA's key and the serial (hex)."""
    return f"{issuer_key_digest}#{serial}"
