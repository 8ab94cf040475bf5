"""The demo PKI is shaped like the real one: compared with certificates made by others, judged by OpenSSL."""

import shutil
import stat
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID, NameOID, SignatureAlgorithmOID

from tests.support.builders import NOW, a_certificate, a_pki
from tests.support.others import a_vector
from tools.pki.authorities import (
    ID_KISA_IDENTIFY_DATA,
    Authority,
    CustomerCertificate,
    DemoPki,
    identify_data,
    one_year_from,
    virtual_id,
)

CUSTOMER_EXTENSIONS = [
    ("2.5.29.35", False),
    ("2.5.29.14", False),
    ("2.5.29.15", True),
    ("2.5.29.32", True),
    ("2.5.29.17", False),
    ("2.5.29.31", False),
    ("1.3.6.1.5.5.7.1.1", False),
]
ISSUER_EXTENSIONS = [
    ("2.5.29.35", False),
    ("2.5.29.14", False),
    ("2.5.29.15", True),
    ("2.5.29.32", True),
    ("2.5.29.17", False),
    ("2.5.29.19", True),
    ("2.5.29.36", True),
    ("2.5.29.31", False),
]


def profile(certificate: x509.Certificate) -> list[tuple[str, bool]]:
    return [(e.oid.dotted_string, e.critical) for e in certificate.extensions]


def der_shape(der: bytes) -> list[str]:
    """The tags of a DER value with their depth, without lengths and values."""
    tags: list[str] = []

    def walk(content: bytes, depth: int) -> None:
        while content:
            tag, length, header = content[0], content[1], 2
            if length & 0x80:
                header += length & 0x7F
                length = int.from_bytes(content[2:header])
            value, content = content[header : header + length], content[header + length :]
            tags.append(f"{depth}:{tag:02x}")
            if tag & 0x20:
                walk(value, depth + 1)

    walk(der, 0)
    return tags


def raw_extension(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> bytes:
    """The extension's bytes as they stand there: public_bytes() turns a BMPString into UTF8String."""
    der = certificate.tbs_certificate_bytes
    encoded_oid = b"\x06\x03" + bytes([0x55, 0x1D, int(oid.dotted_string.rsplit(".", 1)[1])])
    at = der.index(encoded_oid) + len(encoded_oid)
    at += 3 if der[at] == 0x01 else 0
    length, header = der[at + 1], 2
    if length & 0x80:
        header += length & 0x7F
        length = int.from_bytes(der[at + 2 : at + header])
    return der[at + header : at + header + length]


def test_customer_certificate_has_the_profile() -> None:
    certificate = a_certificate().certificate
    assert profile(certificate) == CUSTOMER_EXTENSIONS
    assert certificate.signature_algorithm_oid == SignatureAlgorithmOID.RSA_WITH_SHA256
    public_key = certificate.public_key()
    assert isinstance(public_key, rsa.RSAPublicKey)
    assert public_key.key_size == 2048


def test_issuers_and_root_have_the_profile() -> None:
    pki = a_pki()
    assert list(pki.issuers) == ["yessign", "kica", "signkorea", "crosscert", "tradesign"]
    for issuer in pki.issuers.values():
        assert profile(issuer.certificate) == ISSUER_EXTENSIONS
    assert profile(pki.root.certificate) == [("2.5.29.14", False), ("2.5.29.19", True)]


@pytest.mark.parametrize(
    ("vector", "ours"),
    [
        ("pypinksign/signCert.der", lambda: a_certificate().certificate),
        ("ca/yessignCA-Class-3.der", lambda: a_pki().issuers["yessign"].certificate),
        ("ca/signGATE-CA6.der", lambda: a_pki().issuers["kica"].certificate),
        ("ca/SignKorea-CA4.der", lambda: a_pki().issuers["signkorea"].certificate),
        ("ca/CrossCertCA4.der", lambda: a_pki().issuers["crosscert"].certificate),
        ("ca/TradeSignCA4.der", lambda: a_pki().issuers["tradesign"].certificate),
        ("ca/KISA-RootCA-4.der", lambda: a_pki().root.certificate),
    ],
)
def test_shape_equals_that_of_a_real_certificate(vector: str, ours: Any) -> None:
    theirs, made = x509.load_der_x509_certificate(a_vector(vector)), ours()
    assert profile(made) == profile(theirs)
    assert der_shape(made.public_bytes(Encoding.DER)) == der_shape(theirs.public_bytes(Encoding.DER))
    for extension in theirs.extensions:
        if extension.oid.dotted_string.startswith("2.5.29."):
            assert der_shape(raw_extension(made, extension.oid)) == der_shape(raw_extension(theirs, extension.oid))


def test_user_notice_is_a_bmp_string() -> None:
    policies = raw_extension(a_certificate().certificate, ExtensionOID.CERTIFICATE_POLICIES)
    assert "시연용".encode("utf-16-be") in policies


def test_subject_is_that_of_a_bank_customer() -> None:
    subject = a_certificate("김철수", bank_ou="IBK").certificate.subject
    assert subject.rfc4514_string().endswith(",OU=IBK,OU=personal4IB,O=yessign,C=kr")
    assert str(subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value).startswith("김철수()002004120261123")


def test_validity_ends_at_midnight_in_seoul() -> None:
    certificate = a_certificate().certificate
    assert certificate.not_valid_before_utc.isoformat() == "2026-11-22T15:00:00+00:00"
    assert certificate.not_valid_after_utc.isoformat() == "2027-11-22T14:59:59+00:00"


@pytest.mark.parametrize("idn", ["9001011234567", "1234567890"])
def test_vid_is_recomputed_from_number_and_random(idn: str) -> None:
    customer = a_certificate(idn=idn)
    assert len(customer.random_number) == 20
    # HashContent by hand, so that an error in the module's DER cannot hide: lengths are known here.
    content = b"\x13" + bytes([len(idn)]) + idn.encode() + b"\x03\x15\x00" + customer.random_number
    expected = _sha256(_sha256(b"\x30" + bytes([len(content)]) + content))
    assert virtual_id(idn, customer.random_number) == expected
    (name,) = customer.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert isinstance(name, x509.OtherName)
    assert name.type_id == ID_KISA_IDENTIFY_DATA
    assert name.value.endswith(b"\x04\x20" + expected)
    assert "홍길동".encode() in name.value


def _sha256(content: bytes) -> bytes:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(content)
    return digest.finalize()


def test_old_vid_uses_sha1() -> None:
    customer = a_certificate(vid_hash="sha1")
    (name,) = customer.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert isinstance(name, x509.OtherName)
    assert name.value.endswith(b"\x04\x14" + virtual_id("9001011234567", customer.random_number, "sha1"))


def test_key_belongs_to_the_certificate() -> None:
    for kind, key_type in (("rsa", rsa.RSAPrivateKey), ("ec", ec.EllipticCurvePrivateKey)):
        customer = a_certificate(key=kind)
        assert isinstance(customer.key, key_type)
        assert customer.key.public_key() == customer.certificate.public_key()


def test_key_can_be_reused() -> None:
    first = a_certificate(key="ec")
    second = a_certificate(key=first.key)
    assert second.key is first.key
    assert second.certificate.serial_number != first.certificate.serial_number


def test_neither_key_nor_random_number_shows_in_a_repr() -> None:
    customer = a_certificate(key="ec")
    assert "random_number" not in repr(customer)
    assert "key" not in repr(a_pki().root)


def test_each_defect_is_in_the_certificate() -> None:
    pki = a_pki()
    issuer = pki.issuers["yessign"].certificate
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")

    assert profile(a_certificate(encipherment=True).certificate) == CUSTOMER_EXTENSIONS
    usage = a_certificate(encipherment=True).certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.value == x509.KeyUsage(False, False, True, False, False, False, False, False, False)
    assert (unknown.oid.dotted_string, True) in profile(
        a_certificate(extra_extensions=[(unknown, True)]).certificate
    )
    assert ("2.5.29.19", True) in profile(a_certificate(is_ca=True).certificate)
    assert ("2.5.29.15", True) not in profile(a_certificate(omit={ExtensionOID.KEY_USAGE}).certificate)
    assert a_certificate(serial_number=77).certificate.serial_number == 77
    weak = a_certificate(rsa_bits=1024).certificate.public_key()
    assert isinstance(weak, rsa.RSAPublicKey)
    assert weak.key_size == 1024
    without_vid = a_certificate(vid=False).certificate.extensions
    assert without_vid.get_extension_for_class(x509.SubjectAlternativeName).value == identify_data("홍길동")
    two = a_certificate(policy_oids=["1.2.410.200005.1.1.1", "2.5.29.32.0"]).certificate.extensions
    assert [
        p.policy_identifier.dotted_string for p in two.get_extension_for_class(x509.CertificatePolicies).value
    ] == [
        "1.2.410.200005.1.1.1",
        "2.5.29.32.0",
    ]
    forged = a_certificate(signing_key=pki.root.key).certificate
    assert forged.issuer == issuer.subject
    with pytest.raises(InvalidSignature):
        forged.verify_directly_issued_by(issuer)
    with pytest.raises(ValueError, match="no such key usage"):
        a_certificate(key_usage=["signing"])


def test_sha1_signature_is_a_valid_signature() -> None:
    certificate = a_certificate(sha1_signature=True).certificate
    assert certificate.signature_algorithm_oid == SignatureAlgorithmOID.RSA_WITH_SHA1
    issuer_key = a_pki().issuers["yessign"].key.public_key()
    issuer_key.verify(
        certificate.signature,
        certificate.tbs_certificate_bytes,
        padding.PKCS1v15(),
        hashes.SHA1(),  # noqa: S303 - on purpose
    )


def test_every_operator_issues_under_an_accepted_personal_policy() -> None:
    operators = a_pki().trust_document()["operators"]
    for operator, issuer in a_pki().issuers.items():
        certificate = a_certificate(operator=operator, key="ec").certificate
        certificate.verify_directly_issued_by(issuer.certificate)
        (policy,) = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
        accepted = {p["oid"] for p in operators[operator]["policies"] if p["accepted"] and p["kind"] == "personal"}
        assert policy.policy_identifier.dotted_string in accepted


def test_saved_pki_loads_unchanged(tmp_path: Path) -> None:
    pki = a_pki()
    pki.save(tmp_path)
    loaded = DemoPki.load(tmp_path)
    assert loaded.trust_document(3) == pki.trust_document(3)
    first, last = one_year_from(NOW)
    customer = loaded.issue_customer(not_before=first, not_after=last, key="ec")
    customer.certificate.verify_directly_issued_by(pki.issuers["yessign"].certificate)
    for key in (tmp_path / "keys").iterdir():
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    pki.save(tmp_path)
    with pytest.raises(FileNotFoundError):
        DemoPki.load(tmp_path / "elsewhere")


def test_generations_differ() -> None:
    one, two = a_pki(), a_pki(2)
    assert one.root.certificate.subject != two.root.certificate.subject
    assert one.root.certificate.public_key() != two.root.certificate.public_key()


def openssl_verify(tmp_path: Path, customer: CustomerCertificate, issuer: Authority, *options: str) -> str:
    command = shutil.which("openssl")
    if command is None:
        pytest.skip("no openssl command")
    files = {
        "root.pem": a_pki().root.certificate.public_bytes(Encoding.PEM),
        "ca.pem": issuer.certificate.public_bytes(Encoding.PEM),
        "customer.pem": customer.pem,
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    at = str(int((NOW + timedelta(days=1)).timestamp()))
    arguments = [command, "verify", "-attime", at, *options]
    arguments += ["-CAfile", "root.pem", "-untrusted", "ca.pem", "customer.pem"]
    run = subprocess.run(arguments, cwd=tmp_path, capture_output=True, check=False)  # noqa: S603
    # A user notice is printed as raw UTF-16.
    return (run.stdout + run.stderr).decode(errors="replace")


@pytest.mark.parametrize("operator", ["yessign", "kica", "signkorea", "crosscert", "tradesign"])
def test_openssl_accepts_the_chain_under_its_policy(operator: str, tmp_path: Path) -> None:
    customer = a_certificate(operator=operator)
    (policy,) = customer.certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    options = ["-policy_check", "-explicit_policy", "-policy", policy.policy_identifier.dotted_string]
    answer = openssl_verify(tmp_path, customer, a_pki().issuers[operator], *options)
    assert answer.strip() == "customer.pem: OK"


def test_openssl_refuses_another_policy_and_a_forgery(tmp_path: Path) -> None:
    issuer = a_pki().issuers["yessign"]
    other_policy = ["-policy_check", "-explicit_policy", "-policy", "1.2.410.200005.1.1.1"]
    assert "no explicit policy" in openssl_verify(tmp_path, a_certificate(key="ec"), issuer, *other_policy)
    forged = a_certificate(key="ec", signing_key=a_pki().root.key)
    assert "certificate signature failure" in openssl_verify(tmp_path, forged, issuer)
