"""Each rule of path validation, with a certificate that breaks just that rule."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID

from registrar.domain.certificates import path
from registrar.domain.certificates.certificate import Certificate, read_certificate
from registrar.domain.reasons.errors import PathInvalid
from tests.support.builders import NOW, Link, a_certificate, a_link, a_pki, an_ec_key, an_rsa_key
from tests.support.others import a_vector
from tools.pki.authorities import Extensions, _oid, _tlv

ROOT = a_link("A root", policies=None)
CA = a_link("A CA", ROOT, path_length=0)
RSA_ROOT = a_link("An RSA root", key=an_rsa_key("An RSA root"))


def why(check: object, *arguments: object) -> str:
    assert callable(check)
    with pytest.raises(PathInvalid) as caught:
        check(*arguments)
    assert str(caught.value) == caught.value.why
    return caught.value.why


# --- issued by ------------------------------------------------------------------------------------


def test_valid_chain_is_accepted() -> None:
    customer = a_link("홍길동", CA, ca=False, usage=("digital_signature",), policies=("1.2.3",))
    path.check_issuance(customer.certificate, CA.certificate)
    path.check_issuance(CA.certificate, ROOT.certificate)
    path.check_issuance(ROOT.certificate, ROOT.certificate)
    path.check_ca_profile(CA.certificate)
    path.check_path_lengths([CA.certificate])


def test_different_issuer_name_is_refused() -> None:
    other = a_link("A CA", ROOT, issuer_name="Another root")
    assert why(path.check_issuance, other.certificate, ROOT.certificate) == "issuer name differs"


def test_issuer_name_is_matched_case_insensitively() -> None:
    path.check_issuance(a_link("A CA", ROOT, issuer_name="a ROOT").certificate, ROOT.certificate)


def test_different_authority_key_identifier_is_refused() -> None:
    other = a_link("A CA", ROOT, authority_key_id=bytes(20))
    assert why(path.check_issuance, other.certificate, ROOT.certificate) == "authority key identifier differs"


def test_without_an_authority_key_identifier_the_signature_decides() -> None:
    omit = [ExtensionOID.AUTHORITY_KEY_IDENTIFIER]
    certificate = read_certificate(a_certificate(key=an_ec_key(), omit=omit).der)
    assert certificate.authority_key_id is None
    path.check_issuance(certificate, read_certificate(_der(a_pki().issuers["yessign"].certificate)))


@pytest.mark.parametrize(
    ("issuer", "forger"),
    [(ROOT, an_ec_key("A forger")), (RSA_ROOT, an_rsa_key("A forger"))],
    ids=["EC", "RSA"],
)
def test_signature_of_another_key_is_refused(issuer: Link, forger: ec.EllipticCurvePrivateKey) -> None:
    forged = a_link("A CA", issuer, signing_key=forger)
    assert why(path.check_issuance, forged.certificate, issuer.certificate) == "signature does not verify"


def test_changed_byte_under_the_signature_is_refused() -> None:
    changed = read_certificate(CA.certificate.der.replace(b"A CA", b"B CA"))
    assert why(path.check_issuance, changed, ROOT.certificate) == "signature does not verify"


@pytest.mark.parametrize("oid", ["1.2.840.113549.1.1.11", "1.3.101.112"], ids=["sha256WithRSA", "Ed25519"])
def test_algorithm_of_another_key_type_is_refused(oid: str) -> None:
    signed = _signed_by_ec(_tlv(0x30, _oid(oid)) if oid.startswith("1.3") else _tlv(0x30, _oid(oid), _tlv(0x05)))
    assert why(path.verify_signature, signed, ROOT.certificate).startswith("signature algorithm")


def test_ecdsa_algorithm_under_an_rsa_issuer_is_refused() -> None:
    signed = a_link("A CA", RSA_ROOT, signing_key=an_ec_key("A root"))
    assert why(path.verify_signature, signed.certificate, RSA_ROOT.certificate) == (
        "signature algorithm is not the issuer key's"
    )


def test_unknown_algorithm_is_refused() -> None:
    signed = _signed_by_ec(_tlv(0x30, _oid("1.2.410.200004.1.99")))
    assert path.signature_hash(signed) is None
    assert why(path.verify_signature, signed, ROOT.certificate) == "signature algorithm not accepted"


def test_unsupported_issuer_key_type_is_refused() -> None:
    key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "An Ed25519 root")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, NOW + timedelta(days=1))
    root = read_certificate(_der(builder.sign(key, None)))
    assert why(path.verify_signature, root, root) == "signature algorithm not accepted"
    signed = a_link("A CA", ROOT)
    assert why(path.verify_signature, signed.certificate, root) == "issuer key is neither RSA nor EC"


def test_pss_signature_is_verified_with_its_own_parameters() -> None:
    name = RSA_ROOT.certificate.parsed.subject
    key, scheme = RSA_ROOT.key, padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, NOW + timedelta(days=1))
    signed = read_certificate(_der(builder.sign(key, hashes.SHA256(), rsa_padding=scheme)))
    path.verify_signature(signed, RSA_ROOT.certificate)


def test_each_demo_issuer_is_issued_by_its_root_only() -> None:
    issuers = [_der(issuer.certificate) for issuer in a_pki().issuers.values()]
    check_issued_by_one_root_only(_der(a_pki().root.certificate), _der(a_pki(2).root.certificate), issuers)


def test_each_production_issuer_is_issued_by_its_root_only() -> None:
    root, test_root = (a_vector(f"ca/{name}.der") for name in ("KISA-RootCA-4", "Kisa-Test-RootCA-7"))
    names = ("yessignCA-Class-3", "SignKorea-CA4", "signGATE-CA6", "TradeSignCA4", "CrossCertCA4")
    check_issued_by_one_root_only(root, test_root, [a_vector(f"ca/{name}.der") for name in names])


def check_issued_by_one_root_only(root_der: bytes, other_der: bytes, issuers: Sequence[bytes]) -> None:
    root, other = read_certificate(root_der), read_certificate(other_der)
    path.check_issuance(root, root)
    assert len(issuers) == 5
    for der in issuers:
        issuer = read_certificate(der)
        path.check_issuance(issuer, root)
        path.check_ca_profile(issuer)
        assert why(path.check_issuance, issuer, other) == "issuer name differs"
        assert why(path.verify_signature, issuer, other) == "signature does not verify"


# --- profile of a CA ------------------------------------------------------------------------------

CONSTRAINTS = x509.NameConstraints([x509.DNSName("example")], None)
MAPPINGS = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.33"), b"\x30\0")
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.410.200004.99"), b"\5\0")


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        (a_link("x", ROOT, ca=False), "basicConstraints does not say CA"),
        (a_link("x", ROOT, usage=None), "keyUsage lacks keyCertSign"),
        (a_link("x", ROOT, usage=("crl_sign", "digital_signature")), "keyUsage lacks keyCertSign"),
        (a_link("x", ROOT, extensions=[(UNKNOWN, True)]), "extension 1.2.410.200004.99 is not accepted"),
        (a_link("x", ROOT, extensions=[(CONSTRAINTS, True)]), "extension 2.5.29.30 is not accepted"),
        (a_link("x", ROOT, extensions=[(CONSTRAINTS, False)]), "extension 2.5.29.30 is not accepted"),
        (a_link("x", ROOT, extensions=[(MAPPINGS, False)]), "extension 2.5.29.33 is not accepted"),
    ],
    ids=["no CA", "no usage", "other usage", "unknown", "constraints", "constraints, not critical", "mappings"],
)
def test_ca_outside_the_profile_is_refused(link: Link, reason: str) -> None:
    assert why(path.check_ca_profile, link.certificate) == reason


def test_ca_with_a_weak_key_is_refused() -> None:
    short = a_link("A short CA", RSA_ROOT, key=an_rsa_key("short", 1024))
    path.check_issuance(short.certificate, RSA_ROOT.certificate)
    assert why(path.check_ca_profile, short.certificate) == "weak key: rsa-size"


def test_unknown_non_critical_extension_is_ignored() -> None:
    path.check_ca_profile(a_link("x", ROOT, extensions=[(UNKNOWN, False)]).certificate)


def test_ca_signed_with_sha1_is_refused() -> None:
    root = a_pki().root
    own = a_pki().issuers["kica"].certificate
    weak = root.issue(
        own.subject,
        own.public_key(),
        [(extension.value, extension.critical) for extension in own.extensions],
        not_before=NOW,
        not_after=NOW + timedelta(days=1),
        sha1_signature=True,
    )
    path.check_issuance(read_certificate(_der(weak)), read_certificate(_der(root.certificate)))
    assert why(path.check_ca_profile, read_certificate(_der(weak))) == "signed with a weak hash"


# --- dates and lengths ----------------------------------------------------------------------------


def test_validity_period_includes_both_ends() -> None:
    certificate, second = CA.certificate, timedelta(seconds=1)
    for at in (certificate.not_before, NOW, certificate.not_after):
        path.check_dates(certificate, at)
    for at in (certificate.not_before - second, certificate.not_after + second):
        assert why(path.check_dates, certificate, at) == "outside its validity period"


def a_chain(*lengths: int | None, extensions: Extensions = ()) -> list[Certificate]:
    above, chain = ROOT, []
    for index, length in enumerate(lengths):
        above = a_link(f"CA {index}", above, path_length=length, extensions=extensions)
        chain.append(above.certificate)
    return chain


@pytest.mark.parametrize("lengths", [(), (None,), (0,), (None, None, None), (1, 0), (2, None, 0), (9, 9)])
def test_path_within_its_length_limit_is_accepted(lengths: Sequence[int | None]) -> None:
    path.check_path_lengths(a_chain(*lengths))


@pytest.mark.parametrize("lengths", [(0, None), (0, 0), (1, None, 0), (None, 0, 9), (1, 5, 5)])
def test_path_over_its_length_limit_is_refused(lengths: Sequence[int | None]) -> None:
    assert why(path.check_path_lengths, a_chain(*lengths)) == "path length exceeded"


def test_a_self_issued_ca_does_not_lengthen_the_path() -> None:
    above = a_link("CA 0", ROOT, path_length=0)
    again = a_link("CA 0", above, path_length=0, key=an_ec_key("CA 0, new key"))
    assert again.certificate.self_issued
    path.check_path_lengths([above.certificate, again.certificate])
    below = a_link("CA 1", again)
    assert why(path.check_path_lengths, [above.certificate, again.certificate, below.certificate]) == (
        "path length exceeded"
    )


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def _signed_by_ec(algorithm: bytes) -> Certificate:
    """A CA under ROOT with its ECDSA signature, that names another algorithm."""
    ecdsa = _tlv(0x30, _oid("1.2.840.10045.4.3.2"))
    whole = CA.certificate.parsed.tbs_certificate_bytes
    signed = _tlv(0x30, whole[whole.index(b"\xa0\x03\x02\x01\x02") :].replace(ecdsa, algorithm, 1))
    assert isinstance(ROOT.key, ec.EllipticCurvePrivateKey)
    signature = ROOT.key.sign(signed, ec.ECDSA(hashes.SHA256()))
    return read_certificate(_tlv(0x30, signed, algorithm, _tlv(0x03, b"\0", signature)))
