"""What the lives know for certain, from responses: who got which certificate and key; and what contradicts it."""

import hashlib
import threading
from collections import Counter
from dataclasses import dataclass, field

from registrar.domain.certificates.certificate import key_id
from tools.pki.authorities import CustomerCertificate


class Violation(Exception):
    """An invariant does not hold; the message says which, and about whom."""


def fingerprint_of(certificate: CustomerCertificate) -> str:
    """SHA-256 of the DER, hex."""
    return hashlib.sha256(certificate.der).hexdigest()


@dataclass
class Ledger:
    """Shared by all lives; every method may be called from any thread."""

    owners: dict[str, str] = field(default_factory=dict)
    """Fingerprint or key id → the customer who was told that it is registered."""
    refused: dict[str, set[str]] = field(default_factory=dict)
    """Fingerprint → customers who were told that another has it."""
    resumes: Counter[str] = field(default_factory=Counter)
    """Registration → how often its customer began to lift the hold."""
    failed_uploads: set[str] = field(default_factory=set)
    """Uploads that the service gave up."""
    counts: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def won(self, certificate: CustomerCertificate, customer_id: str) -> None:
        """The customer was told that it is registered. Raises Violation where another was told so before."""
        with self._lock:
            for name in (fingerprint_of(certificate), key_id(certificate.certificate.public_key())):
                owner = self.owners.setdefault(name, customer_id)
                if owner != customer_id:
                    raise Violation(f"two winners of {name}: {owner} and {customer_id}")

    def lost(self, certificate: CustomerCertificate, customer_id: str) -> None:
        """The customer was told that another has it."""
        with self._lock:
            self.refused.setdefault(fingerprint_of(certificate), set()).add(customer_id)

    def count(self, name: str) -> None:
        """One more of what the report counts."""
        with self._lock:
            self.counts[name] += 1

    def failed(self, upload_id: str) -> None:
        """The customer was told that the service gave the upload up."""
        with self._lock:
            self.failed_uploads.add(upload_id)

    def resuming(self, registration_id: str) -> None:
        """The customer is about to lift their hold."""
        with self._lock:
            self.resumes[registration_id] += 1

    def resumes_of(self, registration_id: str) -> int:
        """How often the customer began to lift their hold."""
        with self._lock:
            return self.resumes[registration_id]

    def races_without_winner(self) -> list[str]:
        """Certificates that were refused to somebody because of another, whom nobody knows."""
        with self._lock:
            return [
                fingerprint
                for fingerprint, losers in self.refused.items()
                if self.owners.get(fingerprint) in (None, *losers)
            ]
