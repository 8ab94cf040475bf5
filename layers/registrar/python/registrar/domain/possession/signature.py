"""Proof of possession: the check of the signature over the text of texts_to_sign.py.

These keys also sign contracts, so the key is never asked to sign a bare nonce: the text says in words what it
is for, and binds bank, upload, certificate and end of validity.
"""

from collections.abc import Iterable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from registrar.domain.certificates.certificate_form import parse_certificate
from registrar.domain.possession.cms_signature import check_cms_signature
from registrar.domain.possession.headings import TextToSign
from registrar.domain.possession.proofs import Proof
from registrar.domain.reasons.errors import PossessionProofInvalid


def check_one_signed(der: bytes, texts: Iterable[TextToSign], proof: Proof) -> TextToSign:
    """The text that the key of the certificate `der` signed, of the versions of one. Raises PossessionProofInvalid
    where it is none of them."""
    failure = PossessionProofInvalid("no text")
    for text in texts:
        try:
            check_possession(der, text, proof)
        except PossessionProofInvalid as error:
            failure = error
        else:
            return text
    try:
        raise failure
    finally:
        del failure  # its traceback has this frame, and one of the caller's that holds the customer's number


def check_possession(der: bytes, text: TextToSign, proof: Proof) -> None:
    """Check that the key of the certificate `der` made the signature over the UTF-8 bytes of `text`.

    `cms` is detached SignedData (RFC 5652); `signature` is RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 8.2) or ECDSA
    with SHA-256, DER-encoded (RFC 3279 2.2.3). Raises PossessionProofInvalid.
    """
    if proof.kind == "cms":
        check_cms_signature(proof.signature, der, text.encode())
        return
    key = parse_certificate(der).public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(proof.signature, text.encode(), padding.PKCS1v15(), SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(proof.signature, text.encode(), ec.ECDSA(SHA256()))
        else:
            raise PossessionProofInvalid("key is neither RSA nor EC")
    except InvalidSignature:
        raise PossessionProofInvalid("signature does not verify") from None
