"""Which of the addresses in a certificate may be queried for its issuer's CRL."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from registrar.domain.certificates.certificate import Certificate, read_certificate
from registrar.domain.certificates.trust import Operator
from registrar.domain.revocation.distribution_points import Point, points_of
from tests.support.builders import NOW, a_certificate, a_pki, a_trust_store, an_ec_key

URL = "ldap://ds.yessign.example:389/ou=dp5p1,ou=AccreditedCA,o=yessign,c=kr?certificateRevocationList"
ISSUER = next(i for i in a_trust_store().issuers if i.operator.id == "yessign")


def operator(*origins: str) -> Operator:
    sources = replace(ISSUER.operator.sources, crl=origins or ("ldap://ds.yessign.example:389",))
    return replace(ISSUER.operator, sources=sources)


def with_points(*points: x509.DistributionPoint) -> Certificate:
    made = (
        a_pki()
        .issuers["yessign"]
        .issue(
            x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "홍길동")]),
            an_ec_key().public_key(),
            [(x509.CRLDistributionPoints(points), False)] if points else [],
            not_before=NOW,
            not_after=NOW + timedelta(days=365),
        )
    )
    return read_certificate(made.public_bytes(Encoding.DER))


def point(
    *urls: str, crl_issuer: str | None = None, reasons: frozenset[x509.ReasonFlags] | None = None
) -> x509.DistributionPoint:
    names = [x509.UniformResourceIdentifier(url) for url in urls]
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, crl_issuer)]) if crl_issuer else None
    return x509.DistributionPoint(names, None, reasons, [x509.DirectoryName(issuer)] if issuer else None)


def found(certificate: Certificate, *origins: str) -> list[str]:
    return [p.url for p in points_of(certificate, ISSUER.certificate.key_digest, operator(*origins))]


def test_allowed_address_is_a_distribution_point_of_the_issuers_key() -> None:
    certificate = read_certificate(a_certificate(key="ec", crl_url=URL).der)
    assert points_of(certificate, ISSUER.certificate.key_digest, operator()) == (
        Point(ISSUER.certificate.key_digest, URL, "yessign"),
    )


@pytest.mark.parametrize(
    "url",
    [
        "ldap://169.254.169.254/ou=dp1?certificateRevocationList",
        "ldap://ds.yessign.example:390/ou=dp1?certificateRevocationList",
        "http://ds.yessign.example:389/dp1.crl",
        "ldap://ds.yessign.example:389@evil.example/ou=dp1",
        "file:///etc/passwd",
    ],
)
def test_unlisted_address_is_ignored(url: str) -> None:
    assert found(with_points(point(url))) == []


def test_certificate_without_the_extension_has_no_point() -> None:
    assert found(with_points()) == []


def test_allowed_addresses_are_unique_and_in_certificate_order() -> None:
    http = "http://crl.yessign.example/dp5p1.crl"
    certificate = with_points(point("ldap://evil.example/ou=dp1", http, URL), point(http))
    assert found(certificate, "ldap://ds.yessign.example:389", "http://crl.yessign.example") == [http, URL]


def test_sixteen_addresses_of_a_certificate_count() -> None:
    urls = [URL.replace("dp5p1", f"dp5p{number}") for number in range(17)]

    assert found(with_points(*map(point, urls))) == urls[:16]


def test_crl_that_cannot_prove_good_is_skipped() -> None:
    some_reasons = frozenset({x509.ReasonFlags.key_compromise})
    assert found(with_points(point(URL, crl_issuer="another CA"))) == []
    assert found(with_points(point(URL, reasons=some_reasons))) == []


def test_id_of_a_point_is_safe_in_an_object_key() -> None:
    (one,) = points_of(read_certificate(a_certificate(key="ec", crl_url=URL).der), "ab" * 32, operator())
    digest, _, address = one.id.partition("#")
    assert (digest, len(address)) == ("ab" * 32, 32)
    assert int(address, 16) >= 0
