"""A passkey authenticator in software (WebAuthn L3, ES256), for tests and the demo.

Everything it states can be made wrong: the keyword arguments of `create` and `get` replace single facts.
"""

import base64
import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor

PRESENT = 0x01
VERIFIED = 0x04
BACKUP_ELIGIBLE = 0x08
ATTESTED = 0x40
_AAGUID = bytes(16)


def websafe(value: bytes) -> str:
    """base64url without padding, as WebAuthn's JSON writes bytes."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def from_websafe(value: str) -> bytes:
    """The inverse of `websafe`."""
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))


def _b64(value: bytes) -> str:
    return base64.b64encode(value).decode()


@dataclass
class Authenticator:
    """One device of one customer. Each proof of identity adds `step` to `counter`; with step 0 it stays."""

    rp_id: str
    origin: str
    step: int = 1
    counter: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1()), repr=False
    )

    def create(self, challenge: bytes, /, *, cose: dict[int, Any] | None = None, **facts: Any) -> dict[str, str]:
        """What `navigator.credentials.create` returns: client data and attestation object, base64."""
        key = cbor.encode(cose or self._cose())
        attested = _AAGUID + struct.pack(">H", len(self.credential_id)) + self.credential_id + key
        facts = {"flags": PRESENT | VERIFIED | ATTESTED, "type": "webauthn.create", **facts}
        data = self._authenticator_data(facts) + (attested if facts["flags"] & ATTESTED else b"")
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return {
            "client_data_json": _b64(self._client_data(challenge, facts)),
            "attestation_object": _b64(attestation),
        }

    def get(self, challenge: bytes, /, **facts: Any) -> dict[str, str]:
        """What `navigator.credentials.get` returns, base64."""
        self.counter += self.step
        facts = {"flags": PRESENT | VERIFIED, "type": "webauthn.get", **facts}
        data = self._authenticator_data(facts)
        client_data = self._client_data(challenge, facts)
        key = facts.get("key", self.key)
        signature = key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256()))
        return {
            "credential_id": _b64(facts.get("credential_id", self.credential_id)),
            "authenticator_data": _b64(data),
            "client_data_json": _b64(client_data),
            "signature": _b64(signature),
        }

    def _cose(self) -> dict[int, Any]:
        numbers = self.key.public_key().public_numbers()
        return {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}

    def _authenticator_data(self, facts: dict[str, Any]) -> bytes:
        rp_id_hash = hashlib.sha256(facts.get("rp_id", self.rp_id).encode()).digest()
        return rp_id_hash + struct.pack(">BI", facts["flags"], facts.get("counter", self.counter))

    def _client_data(self, challenge: bytes, facts: dict[str, Any]) -> bytes:
        said: dict[str, Any] = {
            "type": facts["type"],
            "challenge": websafe(facts.get("challenge", challenge)),
            "origin": facts.get("origin", self.origin),
            "crossOrigin": facts.get("cross_origin", False),
            **({"topOrigin": facts["top_origin"]} if "top_origin" in facts else {}),
        }
        return json.dumps(said, separators=(",", ":")).encode()
