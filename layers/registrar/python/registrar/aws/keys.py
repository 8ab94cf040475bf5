"""KMS: secrets of customers, each bound to its customer by the encryption context, and secrets that phones seal."""

import base64
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from registrar.domain.possession.sealing import Sealed, unwrap
from registrar.domain.reasons.errors import SealedSecretInvalid

SEALING_ALGORITHM = "RSAES_OAEP_SHA_256"
PUBLIC_HALF_LIFE = timedelta(hours=1)
"""How long a function keeps a public key. KMS never changes it: the limit is for a key that was disabled."""


@dataclass(frozen=True, slots=True)
class CustomerSecrets:
    """Encrypts and decrypts a customer's secrets; a ciphertext of one customer is never decrypted for another."""

    client: Any
    key_id: str

    def open(self, customer_id: str, ciphertext: bytes) -> bytes:
        response = self.client.decrypt(
            KeyId=self.key_id, CiphertextBlob=ciphertext, EncryptionContext={"customer": customer_id}
        )
        plaintext: bytes = response["Plaintext"]
        return plaintext

    def seal(self, customer_id: str, plaintext: bytes) -> bytes:
        response = self.client.encrypt(
            KeyId=self.key_id, Plaintext=plaintext, EncryptionContext={"customer": customer_id}
        )
        ciphertext: bytes = response["CiphertextBlob"]
        return ciphertext


@dataclass(frozen=True, slots=True)
class SealingKeys:
    """The KMS RSA keys that phones seal to: the first is the current one, the others are being retired."""

    client: Any
    key_ids: Collection[str]

    def unseal(self, sealed: Sealed, upload_id: str, nonce: str) -> str:
        """The secret that was sealed for this upload and nonce. Raises SealedSecretInvalid."""
        if sealed.key_id not in self.key_ids:
            raise SealedSecretInvalid
        try:
            response = self.client.decrypt(
                KeyId=sealed.key_id, CiphertextBlob=sealed.ciphertext, EncryptionAlgorithm=SEALING_ALGORITHM
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "InvalidCiphertextException":
                raise SealedSecretInvalid from None
            raise
        return unwrap(response["Plaintext"], upload_id, nonce)


@dataclass(slots=True)
class SealingKey:
    """The current sealing key, as the API returns it; its public half is kept in memory for an hour."""

    client: Any
    key_id: str
    _kept: tuple[datetime, bytes] | None = field(default=None, init=False)

    def public_half(self, now: datetime) -> bytes:
        """The SubjectPublicKeyInfo, DER."""
        if self._kept is None or now - self._kept[0] >= PUBLIC_HALF_LIFE:
            self._kept = (now, self.client.get_public_key(KeyId=self.key_id)["PublicKey"])
        return self._kept[1]


@dataclass(frozen=True, slots=True)
class CurrentSealingKeys:
    """The keys to which phones seal now: two, so that the function that may decrypt an R decrypts no password."""

    passwords: SealingKey
    random_numbers: SealingKey

    def shown(self, now: datetime) -> dict[str, Any]:
        """Both keys, as the API returns them."""
        return {**_shown(self.passwords, now), "random_number": _shown(self.random_numbers, now)}


def _shown(key: SealingKey, now: datetime) -> dict[str, str]:
    public_key = base64.b64encode(key.public_half(now)).decode()
    return {"key_id": key.key_id, "algorithm": SEALING_ALGORITHM, "public_key": public_key}
