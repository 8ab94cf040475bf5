"""KMS: secrets of customers, each bound to its customer by the encryption context, and secrets that phones seal."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from registrar.domain.possession.sealing import Sealed, unwrap
from registrar.domain.reasons.errors import SealedSecretInvalid

SEALING_ALGORITHM = "RSAES_OAEP_SHA_256"


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


@dataclass(frozen=True, slots=True)
class SealingKey:
    """The current sealing key, as the API returns it."""

    client: Any
    key_id: str

    def public_half(self) -> bytes:
        """The SubjectPublicKeyInfo, DER."""
        public_key: bytes = self.client.get_public_key(KeyId=self.key_id)["PublicKey"]
        return public_key
