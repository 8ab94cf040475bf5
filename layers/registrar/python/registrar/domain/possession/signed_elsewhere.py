"""A signature that was made elsewhere, over content of somebody else: CMS (RFC 5652) or raw (RFC 8017, X9.62).

The content may be anything, so one confusion is possible that the bank's own texts exclude: what a CMS message
signs is the DER of its attributes, and whoever has such a message could call those bytes a document that was
signed. Content of that form is refused. A digest does not show it: who sends one has to know the content.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from registrar.domain.certificates.certificate import Certificate
from registrar.domain.possession.cms_signature import (
    Content,
    ContentDigest,
    check_cms_signature,
    is_signed_attributes,
    read_signer,
)
from registrar.domain.possession.proofs import Proof
from registrar.domain.reasons.errors import PossessionProofInvalid

MAX_CONTENT_BYTES = 256 * 1024
"""Of longer content the digest is sent."""
CLOCKS_DIFFER = timedelta(minutes=5)
"""By how much the times of a service, a signer and this service may differ."""


@dataclass(frozen=True, slots=True)
class SignedElsewhere:
    """`proof` over `content`, made at `signed_at` as the relying service states."""

    proof: Proof
    content: Content
    signed_at: datetime

    def check(self, certificate: Certificate) -> None:
        """Check that the certificate's key made it. Raises PossessionProofInvalid, whatever the bytes are."""
        if self.proof.kind == "cms":
            check_cms_signature(self.proof.signature, certificate.der, self.content)
        elif isinstance(self.content, ContentDigest):
            _check_raw(certificate, self.proof.signature, self.content.sha256, Prehashed(SHA256()))
        elif is_signed_attributes(self.content):
            raise PossessionProofInvalid("the content is the signed attributes of a CMS message")
        else:
            _check_raw(certificate, self.proof.signature, self.content, SHA256())


def _check_raw(certificate: Certificate, signature: bytes, signed: bytes, digest: SHA256 | Prehashed) -> None:
    key = certificate.public_key
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(digest))
        else:
            raise PossessionProofInvalid("the certificate's key is neither RSA nor EC")
    except InvalidSignature:
        raise PossessionProofInvalid("signature does not verify") from None
    except (UnsupportedAlgorithm, ValueError):
        raise PossessionProofInvalid("signature cannot be verified with this key") from None


def signer_in(cms: bytes) -> bytes | None:
    """The certificate (DER) that a CMS message brings for its signer, unchecked.

    None where it brings none; empty where the message cannot be read.
    """
    try:
        return read_signer(cms).certificate
    except PossessionProofInvalid:
        return b""
