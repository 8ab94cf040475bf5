"""The receipt of a signature request: a JWS in compact form (RFC 7515 7.1), signed with ES256 (RFC 7518 3.4).

Whoever has the public keys (RFC 7517, `GET /.well-known/jwks.json`) can check it without this service. `typ` says
what it is (RFC 8725 3.11), `aud` for whom: a receipt is no token, and no other service's. Standard library only.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

ALGORITHM = "ES256"
TYPE = "signature-receipt+jwt"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the bank states of a completed signature request.

    A row keeps the signature alone, and the rest is written again from the row: if you change a claim, receipts of
    requests that are not erased yet do not verify any more.

    `issuer` is the bank's code, `service` the relying service's name; digests are SHA-256, 64 lower-case hex
    digits; `certificate` is the fingerprint of the one that signed.
    """

    issuer: str
    service: str
    customer_id: str
    request_id: str
    kind: str
    result: str
    document_sha256: str
    certificate: str
    evidence_sha256: str
    signed_at: datetime

    def claims(self) -> dict[str, Any]:
        """The payload (RFC 7519 4.1). It has no `exp`: what happened stays true."""
        return {
            "iss": issuer_name(self.issuer),
            "aud": self.service,
            "sub": self.customer_id,
            "jti": self.request_id,
            "iat": int(self.signed_at.timestamp()),
            "kind": self.kind,
            "result": self.result,
            "document_sha256": self.document_sha256,
            "certificate_sha256": self.certificate,
            "evidence_sha256": self.evidence_sha256,
        }

    def to_sign(self, key_id: str) -> bytes:
        """The JWS Signing Input (RFC 7515 5.1); `key_id` is how the JWKS names the key."""
        header = {"alg": ALGORITHM, "typ": TYPE, "kid": key_id}
        return f"{_part(header)}.{_part(self.claims())}".encode()

    def compact(self, key_id: str, signature: bytes) -> str:
        """The receipt as it is handed out; `signature` is R and S over `to_sign`."""
        return f"{self.to_sign(key_id).decode()}.{base64url(signature)}"


def issuer_name(bank: str) -> str:
    """The bank as `iss`, a URI (RFC 7519 4.1.1)."""
    return f"urn:registrar:bank:{bank}"


def _part(value: Mapping[str, Any]) -> str:
    return base64url(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())


def base64url(content: bytes) -> str:
    """Base64 as in URLs, without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
