"""KMS: secrets of customers, each bound to its customer by the encryption context."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class CustomerSecrets:
    """Encrypts and decrypts a customer's secrets; a ciphertext of one customer never opens for another."""

    client: Any
    key_id: str

    def open(self, customer_id: str, ciphertext: bytes) -> bytes:
        answer = self.client.decrypt(
            KeyId=self.key_id, CiphertextBlob=ciphertext, EncryptionContext={"customer": customer_id}
        )
        plaintext: bytes = answer["Plaintext"]
        return plaintext

    def seal(self, customer_id: str, plaintext: bytes) -> bytes:
        answer = self.client.encrypt(
            KeyId=self.key_id, Plaintext=plaintext, EncryptionContext={"customer": customer_id}
        )
        ciphertext: bytes = answer["CiphertextBlob"]
        return ciphertext
