"""The three ways in which a relying service names a certificate. Standard library only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ByRegistration:
    """A registration by its ids."""

    customer_id: str
    registration_id: str


@dataclass(frozen=True, slots=True)
class ByFingerprint:
    """A certificate by the SHA-256 of its DER, in hex."""

    fingerprint: str


@dataclass(frozen=True, slots=True)
class ByIssuerSerial:
    """A certificate by the SHA-256 of its CA's SubjectPublicKeyInfo, and its serial (hex, no leading zeros)."""

    issuer_key_digest: str
    serial: str


Selector = ByRegistration | ByFingerprint | ByIssuerSerial
