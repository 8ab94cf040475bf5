"""Path validation over configured certificates only (RFC 5280 section 6.1, made stricter).

Nothing out of an uploaded file ever becomes an issuer, so a path is short and known: the certificate, its
issuing CAs, the trust anchor. Stricter than the RFC: policy mappings and name constraints are refused, every
CA below the anchor must be a v3 CA certificate with keyUsage keyCertSign. It never accepts what the RFC refuses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from registrar.domain.certificates.certificate import ANY_POLICY, Certificate
from registrar.domain.certificates.weak_keys import weakness
from registrar.domain.reasons.errors import PathInvalid
from registrar.domain.times import has_passed

WEAK_HASHES = (hashes.MD5, hashes.SHA1)
_RSA_SCHEMES = (padding.PKCS1v15, padding.PSS)


Signed = x509.Certificate | x509.CertificateRevocationList


def signature_hash(certificate: Certificate) -> hashes.HashAlgorithm | None:
    """The hash under the certificate's signature, or None where its algorithm is unknown or names none."""
    return _hash_of(certificate.parsed)


def _hash_of(parsed: Signed) -> hashes.HashAlgorithm | None:
    try:
        return parsed.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return None


def check_strong_hash(parsed: Signed) -> None:
    """Check that no broken hash is under the signature. Raises PathInvalid."""
    if isinstance(_hash_of(parsed), WEAK_HASHES):
        raise PathInvalid("signed with a weak hash")


def verify_signature(certificate: Certificate, issuer: Certificate) -> None:
    """Check that `issuer`'s key made `certificate`'s signature. Raises PathInvalid."""
    check_signature(certificate.parsed, certificate.signed, issuer.public_key)


def check_signature(parsed: Signed, signed: bytes | memoryview, key: CertificatePublicKeyTypes) -> None:
    """Check that `key` made the signature of `parsed` over the bytes `signed`. Raises PathInvalid."""
    algorithm = _hash_of(parsed)
    if algorithm is None:
        raise PathInvalid("signature algorithm not accepted")
    try:
        scheme = parsed.signature_algorithm_parameters
    except (UnsupportedAlgorithm, ValueError):
        raise PathInvalid("signature algorithm not accepted") from None
    check_signed(signed, parsed.signature, key, scheme, algorithm)


def check_signed(
    signed: bytes | memoryview,
    signature: bytes,
    key: CertificatePublicKeyTypes,
    scheme: object,
    algorithm: hashes.HashAlgorithm,
) -> None:
    """Check that `key` made `signature` over `signed`; `scheme` is as cryptography names it, such as PKCS1v15.

    Raises PathInvalid.
    """
    try:
        if isinstance(key, rsa.RSAPublicKey):
            if not isinstance(scheme, _RSA_SCHEMES):
                raise PathInvalid("signature algorithm is not the issuer key's")
            key.verify(signature, signed, scheme, algorithm)  # type: ignore[arg-type] # takes any buffer
        elif isinstance(key, ec.EllipticCurvePublicKey):
            if not isinstance(scheme, ec.ECDSA):
                raise PathInvalid("signature algorithm is not the issuer key's")
            key.verify(signature, signed, ec.ECDSA(algorithm))
        else:
            raise PathInvalid("issuer key is neither RSA nor EC")
    except InvalidSignature:
        raise PathInvalid("signature does not verify") from None
    except (UnsupportedAlgorithm, ValueError):
        raise PathInvalid("signature algorithm not accepted") from None


def check_issuance(certificate: Certificate, issuer: Certificate) -> None:
    """Check that `issuer` issued `certificate`: names chain, key ids agree, signature. Raises PathInvalid."""
    if certificate.issuer != issuer.subject:
        raise PathInvalid("issuer name differs")
    key_ids = (certificate.authority_key_id, issuer.subject_key_id)
    if None not in key_ids and key_ids[0] != key_ids[1]:
        raise PathInvalid("authority key identifier differs")
    verify_signature(certificate, issuer)


def check_ca_profile(certificate: Certificate) -> None:
    """Check what must hold for every issuing CA, whatever stands below it. Raises PathInvalid."""
    if not certificate.is_ca:
        raise PathInvalid("basicConstraints does not say CA")
    if certificate.key_usage is None or not certificate.key_usage.key_cert_sign:
        raise PathInvalid("keyUsage lacks keyCertSign")
    if certificate.refused_extensions:
        raise PathInvalid(f"extension {certificate.refused_extensions[0]} is not accepted")
    check_strong_hash(certificate.parsed)
    if weakness(certificate.public_key) is not None:
        raise PathInvalid(f"weak key: {weakness(certificate.public_key)}")


def check_dates(certificate: Certificate, at: datetime) -> None:
    """Check `not_before <= at <= not_after`, both seconds included (RFC 5280 4.1.2.5). Raises PathInvalid."""
    if at < certificate.not_before or has_passed(certificate.not_after, at):
        raise PathInvalid("outside its validity period")


def check_path_lengths(authorities: Sequence[Certificate]) -> None:
    """Check pathLenConstraint of each CA; `authorities` runs from the one below the anchor downwards."""
    for index, authority in enumerate(authorities):
        below = sum(not ca.self_issued for ca in authorities[index + 1 :])
        if authority.path_length is not None and below > authority.path_length:
            raise PathInvalid("path length exceeded")


@dataclass(slots=True)
class _PolicyState:
    """The variables of RFC 5280 6.1.2 that are left when mappings are refused: the tree is then a set."""

    explicit: int
    inhibit_any: int
    valid: frozenset[str]
    unrestricted: bool = True

    def meet(self, certificate: Certificate, *, last: bool) -> None:
        asserted = certificate.policies or frozenset()
        any_counts = ANY_POLICY in asserted and (self.inhibit_any > 0 or (not last and certificate.self_issued))
        if not any_counts:
            named = asserted - {ANY_POLICY}
            self.valid = named if self.unrestricted else self.valid & named
            self.unrestricted = False

    def constrain(self, certificate: Certificate) -> None:
        if not certificate.self_issued:
            self.explicit = max(self.explicit - 1, 0)
            self.inhibit_any = max(self.inhibit_any - 1, 0)
        if certificate.require_explicit_policy is not None:
            self.explicit = min(self.explicit, certificate.require_explicit_policy)
        if certificate.inhibit_any_policy is not None:
            self.inhibit_any = min(self.inhibit_any, certificate.inhibit_any_policy)


def valid_policies(
    authorities: Sequence[Certificate], leaf: Certificate, *, explicit: bool = True, inhibit_any: bool = False
) -> frozenset[str] | None:
    """The policies that hold along the path, or None where every policy does (anyPolicy throughout).

    `authorities` runs from the CA below the anchor downwards. Raises PathInvalid where the path demands an
    explicit policy and none is left.
    """
    length = len(authorities) + 1
    state = _PolicyState(0 if explicit else length + 1, 0 if inhibit_any else length + 1, frozenset())
    for authority in authorities:
        state.meet(authority, last=False)
        if state.explicit == 0 and not state.unrestricted and not state.valid:
            raise PathInvalid("no policy holds along the path")
        state.constrain(authority)
    state.meet(leaf, last=True)
    required = state.explicit <= 1 or leaf.require_explicit_policy == 0
    if required and not state.unrestricted and not state.valid:
        raise PathInvalid("no policy holds along the path")
    return None if state.unrestricted else state.valid
