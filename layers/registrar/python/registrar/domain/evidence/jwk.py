"""Keys and signatures of receipts, from the forms of KMS (DER) to those of JOSE (RFC 7517, RFC 7518)."""

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from registrar.domain.evidence.receipt import ALGORITHM, base64url

_COORDINATE_BYTES = 32


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
    point = {name: base64url(getattr(numbers, name).to_bytes(_COORDINATE_BYTES)) for name in ("x", "y")}
    return {"kty": "EC", "crv": "P-256", **point, "use": "sig", "alg": ALGORITHM, "kid": key_id}
