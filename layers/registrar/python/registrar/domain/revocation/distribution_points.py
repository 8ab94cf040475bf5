"""The addresses of the CRL that would list a certificate (RFC 5280 section 4.2.1.13)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509

from registrar.domain.certificates.certificate import Certificate
from registrar.domain.certificates.trust import Operator
from registrar.domain.reasons.errors import CrlUnusable
from registrar.domain.revocation.addresses import allowed
from registrar.domain.revocation.crl_scope import ALL_REASONS, Scope, reasons_of, scope_of

MOST_POINTS = 16
"""The most addresses of lists of one certificate that are queried; eight lists cover one reason each."""


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

    CRLs that another CA signs (`cRLIssuer`) are skipped. The result has MOST_POINTS at most, and none if no address
    is allowed, or if those have some reasons only: then CRLs cannot prove that the certificate is good.
    """
    urls = [
        (url, point)
        for point in announced_points(certificate)
        if not point.crl_issuer
        for url in _urls(point)
        if allowed(url, operator.sources.crl)
    ]
    if frozenset[str]().union(*(reasons_of(point.reasons) for _, point in urls)) != ALL_REASONS:
        return ()
    points = (Point(issuer_key_digest, url, operator.id) for url, _ in urls)
    return tuple(dict.fromkeys(points))[:MOST_POINTS]


def named_urls(certificate: Certificate) -> tuple[str, ...]:
    """Every address of a CRL of its issuer that a certificate names, accepted or not, each once."""
    points = (point for point in announced_points(certificate) if not point.crl_issuer)
    return tuple(dict.fromkeys(url for point in points for url in _urls(point)))


def announced_points(certificate: Certificate) -> Sequence[x509.DistributionPoint]:
    """The contents of the certificate's extension, which may be missing."""
    try:
        return list(certificate.parsed.extensions.get_extension_for_class(x509.CRLDistributionPoints).value)
    except x509.ExtensionNotFound:
        return ()


def _urls(point: x509.DistributionPoint) -> list[str]:
    names = point.full_name or ()
    return [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]


def check_point(scope: Scope, point: Point, issuer: Certificate) -> None:
    """Check that a CRL of this scope is the one of `point`, not another partition's. Raises CrlUnusable."""
    here = x509.IssuingDistributionPoint(
        [x509.UniformResourceIdentifier(point.url)], None, False, False, None, False, False
    )
    names = scope_of(here, issuer.subject).names or frozenset()
    if scope.names is not None and not scope.names & names:
        raise CrlUnusable("a CRL for another distribution point")
