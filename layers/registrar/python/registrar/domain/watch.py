"""Which lists the bank has to look at, and what a change on one means for the registrations it names."""

from collections.abc import Iterator

from registrar.domain.certificates import Certificate
from registrar.domain.distribution_points import Point, points_of
from registrar.domain.trust import Operator, TrustStore


def authorities(store: TrustStore) -> Iterator[tuple[Certificate, Certificate, Operator]]:
    """Every CA on a path of the trust document, with the CA above it and the operator whose path it is."""
    for issuer in store.issuers:
        above = (issuer.anchor.certificate, *issuer.authorities)
        for authority, signer in zip(issuer.authorities, above, strict=False):
            yield authority, signer, issuer.operator


def authority_points(store: TrustStore) -> tuple[Point, ...]:
    """Where the lists lie on which those CAs would stand (authority revocation lists), each once."""
    found = (
        points_of(authority, signer.key_digest, operator) for authority, signer, operator in authorities(store)
    )
    return tuple(dict.fromkeys(point for points in found for point in points))


def signer_of(store: TrustStore, key_digest: str) -> Certificate | None:
    """The configured CA or anchor with this key (SHA-256 of its SubjectPublicKeyInfo)."""
    pairs = (pair for authority, signer, _ in authorities(store) for pair in (authority, signer))
    return next((certificate for certificate in pairs if certificate.key_digest == key_digest), None)
