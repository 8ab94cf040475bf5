"""Proof of possession: the check of the signature over the text of proof_text.py.

These keys also sign contracts, so the key is never asked to sign a bare nonce: the text says in words what it
is for, and binds bank, upload, certificate and end of validity.
"""

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256


def verify_possession(der: bytes, text: str, signature: bytes) -> bool:
    """Whether the key of the certificate `der` made `signature` over the UTF-8 bytes of `text`.

    RSA: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 8.2); EC: ECDSA with SHA-256, DER-encoded (RFC 3279 2.2.3).
    """
    key = x509.load_der_x509_certificate(der).public_key()
    signed = text.encode()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), SHA256())
            return True
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(SHA256()))
            return True
    except InvalidSignature:
        return False
    return False
