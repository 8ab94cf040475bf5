"""Trust as data: which issuers the bank accepts, under which anchors, for which policies, and when.

The document is JSON that an admin edits in the console (docs/runbook.md shows it, trust_document.py reads it).
Whatever it says, an anchor counts only if its fingerprint is pinned outside the document, and an issuing CA only
if a path of configured certificates leads from it to such an anchor.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Literal

from registrar.domain.certificates import path
from registrar.domain.certificates.certificate import Certificate
from registrar.domain.reasons.errors import PathInvalid
from registrar.domain.reasons.findings import Level
from registrar.domain.times import has_passed

Text = Mapping[str, str]


class Family(StrEnum):
    """What customers call the certificate: 공동인증서, a file they hold, or 금융인증서, kept by its issuer."""

    JOINT = "joint"
    FINANCIAL = "financial"


@dataclass(frozen=True, slots=True)
class Policy:
    """A certificate policy an operator uses; `accepted` says whether the bank registers such certificates."""

    oid: str
    kind: str
    label: Text
    accepted: bool
    family: Family = Family.JOINT


@dataclass(frozen=True, slots=True)
class Sources:
    """The servers of an operator. The service contacts no others, whatever a certificate says.

    `ocsp` is the responder's address, `crl` are origins (`ldap://host:port`) from which CRLs may be fetched,
    `responders` are certificates that sign OCSP responses though the issuing CA did not issue them, `certid_hash`
    is the hash in the CertID of a request (RFC 6960 4.1.1): `sha1` or `sha256`. `exempts_nocheck` says whether a
    responder with id-pkix-ocsp-nocheck is believed whatever the lists of its issuer say.
    """

    ocsp: str | None
    crl: tuple[str, ...]
    responders: tuple[Certificate, ...]
    certid_hash: Literal["sha1", "sha256"]
    exempts_nocheck: bool = False


@dataclass(frozen=True, slots=True)
class Period:
    """From when until when the bank accepts a CA certificate, both seconds included."""

    start: datetime
    end: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at and not has_passed(self.end, at)


@dataclass(frozen=True, slots=True)
class Announced:
    """A CA of a coming generation by its name: it is valid for `period`, and its root is not pinned yet.

    It says why a certificate under it is refused, and never accepts one.
    """

    name: str
    root: str
    period: Period


def is_same_name(one: str, other: str) -> bool:
    """Whether two names of CAs are the same but for case and spaces."""
    return "".join(one.casefold().split()) == "".join(other.casefold().split())


@dataclass(frozen=True, slots=True)
class Operator:
    """A CA operator, whatever generations of CA certificates it has, and those that it has announced."""

    id: str
    name: Text
    policies: Mapping[str, Policy]
    sources: Sources
    announced: tuple[Announced, ...] = ()


@dataclass(frozen=True, slots=True)
class Anchor:
    """A root the bank trusts."""

    certificate: Certificate
    accepted: Period


@dataclass(frozen=True, slots=True)
class Issuer:
    """An issuing CA by one of its paths; `authorities` runs from the CA below the anchor down to itself.

    `above` are the periods in which the bank accepts the CAs between the anchor and this one. `window` is from when
    until when it accepts this CA: all these periods and every certificate's dates on the path; None where they have
    no moment in common.
    """

    certificate: Certificate
    operator: Operator
    accepted: Period
    anchor: Anchor
    authorities: tuple[Certificate, ...]
    above: tuple[Period, ...] = ()
    window: Period | None = field(init=False, compare=False)

    def __post_init__(self) -> None:
        certificates = (*self.authorities, self.anchor.certificate)
        validity = (Period(certificate.not_before, certificate.not_after) for certificate in certificates)
        periods = (self.accepted, self.anchor.accepted, *self.above, *validity)
        start = max(each.start for each in periods)
        end = min(each.end for each in periods)
        object.__setattr__(self, "window", Period(start, end) if start <= end else None)

    def accepted_at(self, at: datetime) -> bool:
        """Whether the bank accepts this CA now."""
        return self.window is not None and at in self.window

    @property
    def chain(self) -> tuple[Certificate, ...]:
        """The path from the anchor down to this CA."""
        return (self.anchor.certificate, *self.authorities)

    def list_signers(self, authority: Certificate) -> tuple[Certificate, ...]:
        """Whose keys may sign the CRLs of `authority`, a CA of this path: its own, and other keys of the CA above.

        A CA that changed its key has several certificates with its name, and may sign one CRL for all. RFC 5280
        6.3.3 (f) lets any of them sign it that is valid below the same anchor. Here it has to be on the path: the
        path depends on such a key anyway, and ends where it is revoked.
        """
        below = self.chain.index(authority)
        return tuple(ca for ca in self.chain[below::-1] if ca.subject == authority.subject)


class Purpose(StrEnum):
    """What a certificate's status is needed for."""

    REGISTERING = "registering"
    HIGH_VALUE = "high_value"


@dataclass(frozen=True, slots=True)
class RevocationRules:
    """How the bank checks whether a certificate was revoked.

    `order` names the sources, the first that responds decides; `max_age` is how old a status (its thisUpdate) may
    be; `skew` is how far clocks may differ; after `breaker_failures` in a row a source rests for `breaker_rest`;
    `retries` are the times of further queries after the first failed one; the last one ends the upload.
    """

    order: tuple[str, ...]
    check_authorities: bool
    max_age: Mapping[Purpose, timedelta]
    skew: timedelta
    breaker_failures: int
    breaker_rest: timedelta
    retries: tuple[timedelta, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """The bank's own demands. `levels` says per check that may be softened how much its finding weighs.

    `rsa_bits` are the least and the most; `hashes` are names as cryptography has them; `denied_keys` are SHA-256 of
    the SubjectPublicKeyInfo.
    """

    rsa_bits: tuple[int, int]
    curves: frozenset[str]
    hashes: frozenset[str]
    warn_days: int
    levels: Mapping[str, Level]
    denied_keys: frozenset[str]
    revocation: RevocationRules


@dataclass(frozen=True, slots=True)
class TrustStore:
    """A checked trust document: who is trusted for what, and by which rules the bank decides.

    `issuers` has each issuing CA once for each of its paths, the shortest first.
    """

    version: int
    issuers: tuple[Issuer, ...]
    rules: Rules

    def issuers_of(self, certificate: Certificate, key_digest: str, at: datetime) -> tuple[Issuer, ...]:
        """The configured CA with this key (SHA-256 of its SubjectPublicKeyInfo) that `certificate` names, by each
        path that is accepted `at` this time and along which the certificate's policy holds.

        Where there is no such path, by one other path; nothing where the CA is not configured.
        """
        found = [i for i in self.candidates(certificate) if i.certificate.key_digest == key_digest]
        accepted = [issuer for issuer in found if issuer.accepted_at(at)]
        valid = tuple(issuer for issuer in accepted if _policy_holds(issuer, certificate))
        return valid or (*accepted, *found)[:1]

    def same_keys(self, issuer: Issuer, at: datetime) -> Iterator[tuple[Issuer, Certificate, Certificate]]:
        """Each other configured certificate with a key of this path, its anchor's included.

        With a path that it is on (accepted `at` this time where there is one), and the certificate above it there.
        """
        done = {ca.fingerprint for ca in issuer.chain}
        keys = {ca.key_id for ca in issuer.chain}
        for other in sorted(self.issuers, key=lambda each: not each.accepted_at(at)):
            for above, authority in pairwise(other.chain):
                if authority.fingerprint not in done:
                    done.add(authority.fingerprint)
                    if authority.key_id in keys:
                        yield other, authority, above

    def candidates(self, certificate: Certificate) -> tuple[Issuer, ...]:
        """The configured CAs with the issuer name of `certificate`, by each path, those with its authority key id
        first."""
        named = [i for i in self.issuers if i.certificate.subject == certificate.issuer]
        return tuple(sorted(named, key=lambda i: i.certificate.subject_key_id != certificate.authority_key_id))


def _policy_holds(issuer: Issuer, certificate: Certificate) -> bool:
    try:
        path.valid_policies(issuer.authorities, certificate)
    except PathInvalid:
        return False
    return True
