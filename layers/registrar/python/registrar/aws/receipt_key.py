"""KMS: the key that signs receipts. Apart from the other keys, since it needs cryptography."""

from dataclasses import dataclass
from typing import Any

from registrar.domain.evidence.jwk import raw_signature


@dataclass(frozen=True, slots=True)
class ReceiptKey:
    """A KMS key that signs receipts (ECC_NIST_P256); the private half never leaves KMS."""

    client: Any
    arn: str

    @property
    def key_id(self) -> str:
        """What the JWKS and receipts call it: the key's id, without the account's number."""
        return self.arn.rpartition("/")[2]

    def sign(self, message: bytes) -> bytes:
        """ECDSA with SHA-256 over at most 4,096 bytes: R and S, as JWS has them."""
        response = self.client.sign(
            KeyId=self.arn,
            Message=message,
            MessageType="RAW",
            SigningAlgorithm="ECDSA_SHA_256",
        )
        return raw_signature(response["Signature"])

    def public_half(self) -> bytes:
        """The SubjectPublicKeyInfo, DER."""
        public_key: bytes = self.client.get_public_key(KeyId=self.arn)["PublicKey"]
        return public_key
