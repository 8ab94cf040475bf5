"""The receipt of a signature request: a JWS in compact form (RFC 7515 7.1), signed with ES256 (RFC 7518 3.4).

Whoever has the public keys (RFC 7517, `GET /.well-known/jwks.json`) can check it without this service. `typ` says
what it is (RFC 8725 3.11), `aud` for whom: a receipt is no token, and no other service's.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

ALGORITHM = "ES256"
TYPE = "signature-receipt+jwt"
_COORDINATE_BYTES = 32


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
        """The receipt as it is handed out; `signature` is R and S over `to_sign` (see `raw_signature`)."""
        return f"{self.to_sign(key_id).decode()}.{_base64url(signature)}"


def issuer_name(bank: str) -> str:
    """The bank as `iss`, a URI (RFC 7519 4.1.1)."""
    return f"urn:registrar:bank:{bank}"


def raw_signature(der: bytes) -> bytes:
    """The DER of an ECDSA signature as JWS has it: R and S, 32 bytes each (RFC 7518 3.4)."""
    r, s = decode_dss_signature(der)
    return r.to_bytes(_COORDINATE_BYTES) + s.to_bytes(_COORDINATE_BYTES)


def public_jwk(key_id: str, public_key: bytes) -> dict[str, str]:
    """The JWK (RFC 7517 4, RFC 7518 6.2.1) of a P-256 key, whose SubjectPublicKeyInfo is `public_key`.

    Raises ValueError for another key: the stack makes none.
    """
    key = load_der_public_key(public_key)
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("not a P-256 key")
    numbers = key.public_numbers()
    point = {name: _base64url(getattr(numbers, name).to_bytes(_COORDINATE_BYTES)) for name in ("x", "y")}
    return {"kty": "EC", "crv": "P-256", **point, "use": "sig", "alg": ALGORITHM, "kid": key_id}


def _part(value: Mapping[str, Any]) -> str:
    return _base64url(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
