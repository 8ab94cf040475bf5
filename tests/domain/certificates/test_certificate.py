"""The facts of a certificate, and bytes that are malformed or not a certificate."""

import hashlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from registrar.domain.certificates import certificate as certificate_module
from registrar.domain.certificates.certificate import (
    ANY_POLICY,
    Certificate,
    key_id,
    key_strength,
    read_certificate,
    spki_digest,
)
from registrar.domain.reasons.errors import CertificateMalformed
from tests.support.builders import a_certificate, a_link, a_pki, an_ec_key, an_rsa_key
from tests.support.customer_folders import CustomerFolder
from tests.support.ocsp_answers import of_the_root
from tests.support.others import a_vector
from tools.pki.authorities import ID_KISA_IDENTIFY_DATA, PrivateKey, _oid, _tlv, certificate_policies, identify_data

SHA256_WITH_RSA = bytes.fromhex("300d06092a864886f70d01010b0500")
SHA384_WITH_RSA = bytes.fromhex("300d06092a864886f70d01010c0500")


def test_facts_of_a_customers_certificate(folder: CustomerFolder) -> None:
    certificate = read_certificate(folder.certificate)
    assert certificate.serial == 4562037
    assert certificate.not_before == folder.not_before
    assert certificate.not_after == folder.not_after
    assert certificate.policies == frozenset({"1.2.410.200005.1.1.4"})
    assert certificate.real_name == "HKD"
    assert (certificate.is_ca, certificate.path_length, certificate.refused_extensions) == (False, None, ())
    assert (certificate.require_explicit_policy, certificate.inhibit_any_policy) == (None, None)
    assert certificate.key_usage is not None
    assert certificate.key_usage.digital_signature
    assert certificate.key_usage.content_commitment
    assert not certificate.key_usage.key_encipherment
    assert not certificate.self_issued
    assert key_strength(certificate.public_key) == "RSA 2048"
    assert certificate.fingerprint == hashlib.sha256(certificate.der).hexdigest()
    assert certificate.fingerprint == folder.fingerprint
    issuer = read_certificate(folder.issuer)
    assert certificate.authority_key_id == issuer.subject_key_id
    assert certificate.issuer == issuer.subject


@pytest.mark.parametrize(
    ("operator", "serial", "real_name"),
    [
        ("yessign", 0x1000, "금융결제원"),
        ("kica", 0x1001, "한국정보인증"),
        ("signkorea", 0x1002, "(주)코스콤"),
        ("crosscert", 0x1003, "한국전자인증"),
        ("tradesign", 0x1004, "한국무역정보통신"),
    ],
)
def test_facts_of_the_demo_issuers(operator: str, serial: int, real_name: str) -> None:
    der = a_pki().issuers[operator].certificate.public_bytes(Encoding.DER)
    check_facts_of_an_issuer(read_certificate(der), serial, real_name, hashlib.sha256(der).hexdigest())


def check_facts_of_an_issuer(certificate: Certificate, serial: int, real_name: str, fingerprint: str) -> None:
    assert certificate.serial == serial
    assert certificate.real_name == real_name
    assert certificate.fingerprint == fingerprint
    assert (certificate.is_ca, certificate.path_length) == (True, 0)
    assert certificate.policies == frozenset({ANY_POLICY})
    assert certificate.require_explicit_policy == 0
    assert certificate.refused_extensions == ()


@pytest.mark.parametrize(
    ("name", "serial", "real_name", "fingerprint"),
    [
        (
            "yessignCA-Class-3",
            0x1028,
            "금융결제원",
            "0a54ef7e5faa25c4ee250e4f86ccbbd1cf1f6f50f8bb396d1feacf9180dfaebf",
        ),
        ("SignKorea-CA4", 0x102B, "(주)코스콤", "636f48b8b2ab925427ecbe9991fb9ad15c70cafb9f1720eda568c2d9fff90915"),
        (
            "signGATE-CA6",
            0x1031,
            "한국정보인증",
            "75c535364b0020599e03b4287721596ce9e9dd84e70cd44288ef0d77c05970cc",
        ),
        (
            "TradeSignCA4",
            0x1035,
            "한국무역정보통신",
            "2a4724aacd47fe9646b98cf5f4bab57623e04e467ac9cba47e0f9b06098de8f0",
        ),
        (
            "CrossCertCA4",
            0x1038,
            "한국전자인증",
            "c779740066bcac76a2c753d5fd64e5c4f90c6cd32033437ff701db249c6182c0",
        ),
    ],
)
def test_facts_of_the_production_issuers(name: str, serial: int, real_name: str, fingerprint: str) -> None:
    check_facts_of_an_issuer(read_certificate(a_vector(f"ca/{name}.der")), serial, real_name, fingerprint)


def test_facts_of_the_demo_root_and_of_a_responder() -> None:
    root, responder = a_pki().root.certificate, of_the_root().certificate
    check_facts_of_root_and_responder(*(each.public_bytes(Encoding.DER) for each in (root, responder)))


def test_facts_of_the_production_root_and_of_a_responder() -> None:
    check_facts_of_root_and_responder(a_vector("ca/KISA-RootCA-4.der"), a_vector("ca/TradeSignOCSP4.der"))


def check_facts_of_root_and_responder(root_der: bytes, responder_der: bytes) -> None:
    root = read_certificate(root_der)
    assert root.self_issued
    assert (root.is_ca, root.policies, root.key_usage, root.real_name) == (True, None, None, None)
    responder = read_certificate(responder_der)
    assert not responder.is_ca
    assert responder.refused_extensions == (ExtensionOID.EXTENDED_KEY_USAGE.dotted_string,)


def test_key_digest_covers_the_subject_public_key_info() -> None:
    certificate = read_certificate(a_certificate(key=an_ec_key()).der)
    assert spki_digest(certificate.public_key) == spki_digest(an_ec_key().public_key())
    assert spki_digest(certificate.public_key) != spki_digest(an_ec_key("another").public_key())


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        (an_rsa_key(bits=1024), "RSA 1024"),
        (an_ec_key(), "EC secp256r1"),
        (ec.derive_private_key(7, ec.SECP256K1()), "EC secp256k1"),
        (ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)), "Ed25519"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_key_strength_in_words(key: PrivateKey, shown: str) -> None:
    assert key_strength(key.public_key()) == shown


def test_unknown_critical_extensions_and_two_known_ones_are_refused() -> None:
    private = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.410.200004.99"), b"\5\0")
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
    mappings = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.33"), b"\x30\0")
    constraints = x509.NameConstraints([x509.DNSName("example")], None)

    def refused(*extensions: tuple[x509.ExtensionType, bool]) -> tuple[str, ...]:
        der = a_certificate(key=an_ec_key(), extra_extensions=extensions).der
        return read_certificate(der).refused_extensions

    assert refused((private, False), (usage, False)) == ()
    assert refused((private, True), (usage, True)) == ("1.2.410.200004.99", "2.5.29.37")
    assert refused((mappings, False), (constraints, False)) == ("2.5.29.30", "2.5.29.33")


def test_policy_constraints_are_read() -> None:
    extensions = [
        (x509.PolicyConstraints(require_explicit_policy=2, inhibit_policy_mapping=None), True),
        (x509.InhibitAnyPolicy(3), True),
    ]
    certificate = a_link("A CA", path_length=1, extensions=extensions).certificate
    assert (certificate.require_explicit_policy, certificate.inhibit_any_policy) == (2, 3)
    assert certificate.path_length == 1


def test_certificate_without_extensions_has_empty_facts() -> None:
    omitted = [
        ExtensionOID.CERTIFICATE_POLICIES,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
        ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
        ExtensionOID.SUBJECT_KEY_IDENTIFIER,
    ]
    certificate = read_certificate(a_certificate(key=an_ec_key(), omit=omitted).der)
    assert (certificate.policies, certificate.key_usage, certificate.real_name) == (None, None, None)
    assert (certificate.authority_key_id, certificate.subject_key_id) == (None, None)


# --- broken ---------------------------------------------------------------------------------------


def a_v1_certificate() -> bytes:
    """A certificate without version and extensions, as roots of the nineties were (X.509 version 1)."""
    key, name = an_ec_key(), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "A root")]).public_bytes()
    algorithm = _tlv(0x30, _oid("1.2.840.10045.4.3.2"))
    validity = _tlv(0x30, _tlv(0x17, b"200101000000Z"), _tlv(0x17, b"300101000000Z"))
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    signed = _tlv(0x30, _tlv(0x02, b"\x01"), algorithm, name, validity, name, spki)
    signature = key.sign(signed, ec.ECDSA(hashes.SHA256()))
    return _tlv(0x30, signed, algorithm, _tlv(0x03, b"\0", signature))


def test_version_one_is_malformed() -> None:
    der = a_v1_certificate()
    assert x509.load_der_x509_certificate(der).version is x509.Version.v1
    with pytest.raises(CertificateMalformed):
        read_certificate(der)


def test_unknown_version_is_malformed() -> None:
    der = a_certificate(key=an_ec_key()).der.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x05", 1)
    with pytest.raises(CertificateMalformed):
        read_certificate(der)


def test_bytes_without_a_certificate_are_malformed() -> None:
    der = a_certificate(key=an_ec_key()).der
    for broken in (b"", b"0", b"0\x80", der[:-1], der[:100], der + b"\0", b"\x31" + der[1:], der[4:]):
        with pytest.raises(CertificateMalformed):
            read_certificate(broken)


def test_duplicate_extension_is_malformed() -> None:
    other = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.99"), b"\x03\x02\x06\xc0")
    der = a_certificate(key=an_ec_key(), extra_extensions=[(other, True)]).der
    assert read_certificate(der).refused_extensions == ("2.5.29.99",)
    key_usage = b"\x06\x03\x55\x1d\x0f"
    assert key_usage in der
    with pytest.raises(CertificateMalformed):
        read_certificate(der.replace(b"\x06\x03\x55\x1d\x63", key_usage))


def test_duplicate_policy_is_malformed() -> None:
    oid = "1.2.410.200005.1.1.4"
    with pytest.raises(CertificateMalformed):
        read_certificate(a_certificate(key=an_ec_key(), policy_oids=[oid, oid]).der)
    two = read_certificate(a_certificate(key=an_ec_key(), policy_oids=[oid, "1.2.410.200005.1.1.1"]).der)
    assert two.policies == frozenset({oid, "1.2.410.200005.1.1.1"})


@pytest.mark.parametrize(
    "value",
    ["3000", "3003130141", "30060c01413001 00", "30030c01ff", "0c0141", "30050c01410500"],
    ids=["no name", "PrintableString", "broken info", "no UTF-8", "no sequence", "something else"],
)
def test_broken_identification_data_is_malformed(value: str) -> None:
    name = x509.SubjectAlternativeName([x509.OtherName(ID_KISA_IDENTIFY_DATA, bytes.fromhex(value))])
    der = _with_extension(a_certificate(key=an_ec_key()).certificate, name)
    with pytest.raises(CertificateMalformed):
        read_certificate(der)


def _with_extension(certificate: x509.Certificate, value: x509.ExtensionType) -> bytes:
    issuer = a_link("A CA")
    builder = x509.CertificateBuilder(
        issuer.certificate.parsed.subject,
        certificate.subject,
        certificate.public_key(),
        certificate.serial_number,
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
    ).add_extension(value, critical=False)
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_real_name_is_read_with_or_without_vid_and_other_names() -> None:
    certificate = a_certificate(key=an_ec_key()).certificate
    only_name = _with_extension(certificate, identify_data("홍길동"))
    assert read_certificate(only_name).real_name == "홍길동"
    others = [x509.DNSName("host.example"), x509.OtherName(x509.ObjectIdentifier("1.2.3.4"), b"\x05\0")]
    (kisa,) = identify_data("홍길동", bytes(32))
    assert isinstance(kisa, x509.OtherName)
    assert read_certificate(_with_extension(certificate, x509.SubjectAlternativeName([*others, kisa]))).real_name
    assert read_certificate(_with_extension(certificate, x509.SubjectAlternativeName(others))).real_name is None


def test_unreadable_general_name_is_malformed() -> None:
    party = x509.UnrecognizedExtension(ExtensionOID.SUBJECT_ALTERNATIVE_NAME, bytes.fromhex("3004a5028100"))
    certificate = a_certificate(key=an_ec_key()).certificate
    with pytest.raises(CertificateMalformed):
        read_certificate(_with_extension(certificate, party))


def test_different_inner_and_outer_algorithms_are_malformed() -> None:
    der = a_certificate(key=an_ec_key()).der
    first, last = der.index(SHA256_WITH_RSA), der.rindex(SHA256_WITH_RSA)
    assert first < last
    for at in (first, last):
        with pytest.raises(CertificateMalformed):
            read_certificate(der[:at] + SHA384_WITH_RSA + der[at + len(SHA384_WITH_RSA) :])
    both = der.replace(SHA256_WITH_RSA, SHA384_WITH_RSA)
    assert isinstance(read_certificate(both).parsed.signature_hash_algorithm, hashes.SHA384)


@pytest.mark.parametrize("unused", range(1, 9))
def test_a_signature_with_unused_bits_is_malformed(unused: int) -> None:
    """Anybody could alter a certificate so: it would have another fingerprint, and openssl refuses it."""
    der = a_certificate(key=an_ec_key()).der
    at = len(der) - len(read_certificate(der).parsed.signature) - 1
    assert der[at] == 0

    with pytest.raises(CertificateMalformed):
        read_certificate(der[:at] + bytes([unused]) + der[at + 1 :])


def test_policies_with_qualifiers_are_read() -> None:
    policies = certificate_policies(["1.2.3.4", ANY_POLICY], cps="http://www.example/cps", notice="알림")
    certificate = a_certificate(key=an_ec_key()).certificate
    assert read_certificate(_with_extension(certificate, policies)).policies == frozenset({"1.2.3.4", ANY_POLICY})


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()], ids=lambda curve: curve.name)
def test_key_id_of_an_ec_key_is_of_its_curve_and_x(curve: ec.EllipticCurve) -> None:
    for scalar in (*range(1, 20), 2**255 + 1):
        key = ec.derive_private_key(scalar, curve).public_key()
        text = f"ec {curve.name} {key.public_numbers().x:x}"
        assert key_id(key) == hashlib.sha256(text.encode()).hexdigest()


def test_key_id_of_an_ec_key_does_not_depend_on_how_its_point_is_encoded() -> None:
    key = an_ec_key().public_key()
    compressed = key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)

    assert certificate_module._key_id(key, b"head" * 16 + compressed) == key_id(key)


def test_key_id_of_a_certificate_is_that_of_its_key() -> None:
    for kind in ("rsa", "ec"):
        certificate = read_certificate(a_certificate(key=kind).der)
        assert certificate.key_id == key_id(certificate.public_key)


def test_key_id_is_that_of_the_private_key_whatever_the_public_form() -> None:
    """One private key: an RSA key of another exponent, the EC point of the same x coordinate, compressed or not."""
    numbers = an_rsa_key().public_key().public_numbers()
    rsa_forms = [rsa.RSAPublicNumbers(exponent, numbers.n).public_key() for exponent in (65537, 65539)]
    key = an_ec_key().public_key()
    x, y = key.public_numbers().x, key.public_numbers().y
    prime = 2**256 - 2**224 + 2**192 + 2**96 - 1
    negated = ec.EllipticCurvePublicNumbers(x, prime - y, key.curve).public_key()
    compressed = key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    ec_forms = [key, negated, ec.EllipticCurvePublicKey.from_encoded_point(key.curve, compressed)]

    assert len({key_id(each) for each in rsa_forms}) == 1
    assert len({key_id(each) for each in ec_forms}) == 1
    others = {key_id(an_rsa_key("other").public_key()), key_id(an_ec_key("other").public_key())}
    assert len({*others, key_id(rsa_forms[0]), key_id(key)}) == 4
