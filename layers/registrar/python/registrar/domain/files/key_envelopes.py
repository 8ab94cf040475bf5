"""A private key encrypted under a password: signPri.key, a PEM block, the key bag of a PFX.

EncryptedPrivateKeyInfo ::= SEQUENCE { encryptionAlgorithm AlgorithmIdentifier, encryptedData OCTET STRING }

Nothing here keeps a decrypted byte beyond the call that made it, and errors are raised outside the `except` that
caught their cause, so that no traceback holds the frame in which the key was readable.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from registrar.domain.asn1.structures import TLV, Algorithm, EncryptedPrivateKeyInfo, read
from registrar.domain.files.kdf_budget import KdfBudget
from registrar.domain.files.password_encryption import Scheme, scheme_of
from registrar.domain.files.password_forms import Password
from registrar.domain.files.private_keys import PrivateKey, read_private_key
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Envelope:
    """Data encrypted under a password; everything that needs no password has been checked."""

    scheme: Scheme
    data: bytes = field(repr=False)

    @property
    def cost(self) -> int:
        """Rounds that opening it takes at least."""
        return self.scheme.derivation.cost

    def open(self, password: Password, budget: KdfBudget, reader: Callable[[bytes], T]) -> T | None:
        """The result of `reader` for the first plaintext it can read; None if the password is wrong.

        `reader` raises ValueError for bytes that are not what was encrypted. Raises Refusal: whatever it
        raises, and FILE_KDF_COST_TOO_HIGH.
        """
        for plaintext in self.scheme.plaintexts(self.data, password, budget):
            try:
                return reader(plaintext)
            except ValueError:
                continue
        return None


def envelope_of(algorithm: Algorithm, data: bytes) -> Envelope:
    """An envelope whose scheme is known and whose data may be its ciphertext.

    Raises Refusal: FILE_ENCRYPTION_UNSUPPORTED, FILE_UNREADABLE, and FILE_KDF_COST_TOO_HIGH where no budget
    is large enough, so that no password is requested in vain.
    """
    scheme = scheme_of(algorithm)
    scheme.check(data)
    KdfBudget().check(scheme.derivation.cost)
    return Envelope(scheme, data)


def read_envelope(der: bytes | TLV) -> Envelope:
    """An EncryptedPrivateKeyInfo (RFC 5208 section 6, RFC 5958 section 3), not opened. Raises as `envelope_of`."""
    try:
        sealed = read(EncryptedPrivateKeyInfo, der)
    except ValueError:
        raise Refusal(Code.FILE_UNREADABLE) from None
    return envelope_of(sealed.algorithm, sealed.data)


def open_key(envelope: Envelope, password: Password, budget: KdfBudget) -> PrivateKey | None:
    """The key in `envelope`, or None where the password is wrong: only a PrivateKeyInfo counts as opened.

    Raises Refusal: FILE_KDF_COST_TOO_HIGH, and FILE_UNREADABLE for a key that opens but is invalid.
    """
    return envelope.open(password, budget, read_private_key)
