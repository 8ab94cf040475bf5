"""Trust as data: which issuers the bank accepts, under which anchors, for which policies, and when.

The document is JSON that an admin edits in the console (docs/runbook.md shows it, trust_document.py reads it).
Whatever it says, an anchor counts only if its fingerprint is pinned outside the document, and an issuing CA only
if a path of configured certificates leads from it to such an anchor.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from registrar.domain.certificates import Certificate

Text = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Policy:
    """A certificate policy an operator uses; `accepted` says whether the bank registers such certificates."""

    oid: str
    kind: str
    label: Text
    accepted: bool


@dataclass(frozen=True, slots=True)
class Operator:
    """A CA operator, whatever generations of CA certificates it has."""

    id: str
    name: Text
    policies: Mapping[str, Policy]


@dataclass(frozen=True, slots=True)
class Period:
    """From when until when the bank accepts a CA certificate, both ends included."""

    start: datetime
    end: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at <= self.end


@dataclass(frozen=True, slots=True)
class Anchor:
    """A root the bank trusts."""

    certificate: Certificate
    accepted: Period


@dataclass(frozen=True, slots=True)
class Issuer:
    """An issuing CA; `authorities` is its path from the CA below the anchor down to itself."""

    certificate: Certificate
    operator: Operator
    accepted: Period
    anchor: Anchor
    authorities: tuple[Certificate, ...]

    def accepted_at(self, at: datetime) -> bool:
        """Whether the bank accepts this CA now: its own period, its anchor's, and every certificate's dates."""
        dates = (at >= c.not_before and at <= c.not_after for c in (*self.authorities, self.anchor.certificate))
        return at in self.accepted and at in self.anchor.accepted and all(dates)


@dataclass(frozen=True, slots=True)
class TrustStore:
    """A checked trust document."""

    version: int
    issuers: tuple[Issuer, ...]

    def candidates(self, certificate: Certificate) -> tuple[Issuer, ...]:
        """The configured CAs with the issuer name of `certificate`, those with its authority key id first."""
        named = (i for i in self.issuers if i.certificate.subject == certificate.issuer)
        return tuple(sorted(named, key=lambda i: i.certificate.subject_key_id != certificate.authority_key_id))
