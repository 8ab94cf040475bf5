"""A certificate as responders and lists name it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from registrar.domain.certificates.certificate import Certificate
from registrar.domain.revocation.distribution_points import Point, named_urls


@dataclass(frozen=True, slots=True)
class Named:
    """A certificate, and the addresses at which lists may name it."""

    certificate: Certificate
    issuer_key_digest: str
    points: Sequence[Point]

    @classmethod
    def of(cls, certificate: Certificate, issuer_key_digest: str, more_urls: Collection[str] = ()) -> "Named":
        """`more_urls` are other addresses of its issuer's lists. An address that is no longer accepted counts: its
        list was accepted when it was read."""
        urls = dict.fromkeys((*named_urls(certificate), *more_urls))
        return cls(certificate, issuer_key_digest, [Point(issuer_key_digest, url, "") for url in urls])

    @property
    def id(self) -> tuple[str, int]:
        """What a responder's statement names it by."""
        return self.issuer_key_digest, self.certificate.serial
