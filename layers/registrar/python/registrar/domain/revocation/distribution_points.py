"""The addresses of the CRL that would list a certificate (RFC 5280 section 4.2.1.13)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509

from registrar.domain.certificates.certificate import Certificate
from registrar.domain.certificates.trust import Operator
from registrar.domain.reasons.errors import CrlUnusable
from registrar.domain.revocation.addresses import allowed
from registrar.domain.revocation.crl_scope import Scope, scope_of


@dataclass(frozen=True, slots=True)
class Point:
    """One address at which one CA key publishes a CRL, and the operator whose allow-list let it in."""

    issuer_key_digest: str
    url: str
    operator: str

    @property
    def id(self) -> str:
        """64 + 32 hex digits: the CA's key and the address. Safe in keys of tables and buckets."""
        return f"{self.issuer_key_digest}#{hashlib.sha256(self.url.encode()).hexdigest()[:32]}"


def points_of(certificate: Certificate, issuer_key_digest: str, operator: Operator) -> tuple[Point, ...]:
    """The points that a certificate names and its operator's allow-list lets in, in the certificate's order.

    CRLs that another CA signs (`cRLIssuer`) and CRLs of some reasons only are skipped: neither can prove that
    a certificate is good. The result is empty if the certificate names no allowed address.
    """
    return tuple(
        Point(issuer_key_digest, url, operator.id)
        for url in named_urls(certificate)
        if allowed(url, operator.sources.crl)
    )


def named_urls(certificate: Certificate) -> tuple[str, ...]:
    """Every address of a complete CRL that a certificate names, accepted or not, each once."""
    urls = [
        name.value
        for point in announced_points(certificate)
        if point.full_name and not point.crl_issuer and not point.reasons
        for name in point.full_name
        if isinstance(name, x509.UniformResourceIdentifier)
    ]
    return tuple(dict.fromkeys(urls))


def announced_points(certificate: Certificate) -> Sequence[x509.DistributionPoint]:
    """The contents of the certificate's extension, which may be missing."""
    try:
        return list(certificate.parsed.extensions.get_extension_for_class(x509.CRLDistributionPoints).value)
    except x509.ExtensionNotFound:
        return ()


def check_point(scope: Scope, point: Point, issuer: Certificate) -> None:
    """Check that a CRL of this scope is the one of `point`, not another partition's. Raises CrlUnusable."""
    here = x509.IssuingDistributionPoint(
        [x509.UniformResourceIdentifier(point.url)], None, False, False, None, False, False
    )
    names = scope_of(here, issuer.subject).names or frozenset()
    if scope.names is not None and not scope.names & names:
        raise CrlUnusable("a CRL for another distribution point")
