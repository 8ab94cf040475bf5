"""Certificates as CAs write them: what has one meaning is read, and all else of its kind is malformed."""

import string
from collections.abc import Sequence

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from registrar.domain.asn1.ber import der_value
from registrar.domain.asn1.names import common_name
from registrar.domain.certificates.certificate import read_certificate
from registrar.domain.certificates.certificate_form import parse_certificate
from registrar.domain.certificates.file_decision import decide
from tests.support.as_written import (
    FALSE,
    a_usual_certificate,
    certificate_with,
    certificate_with_end,
    certificate_with_text,
    replaced,
    signed_certificate,
    with_critical,
)
from tests.support.builders import NOW, a_certificate, a_trust_store, an_ec_key
from tests.support.npki_samples import an_issuer, openssl
from tools.pki.authorities import Extensions
from tools.pki.npki_containers import p7b_unsorted, pem

BASIC = x509.ObjectIdentifier("2.5.29.19")
CA_FALSE = bytes.fromhex("3003010100")
PRINTABLE, TELETEX, IA5, GENERAL, BMP, UTF8 = 0x13, 0x14, 0x16, 0x1B, 0x1E, 0x0C
UTC_TIME, GENERALIZED_TIME = 0x17, 0x18


def codes(content: bytes, *, bank: str = "") -> list[str]:
    return [f.code for f in decide(content, a_trust_store(), "personal", NOW, bank=bank).findings]


def check_malformed(der: bytes) -> None:
    """In whatever file it comes, and never as a file that another export would help with."""
    for content in (der, der + b"\r\n", pem("CERTIFICATE", der), p7b_unsorted(an_issuer(), der)):
        assert codes(content) == ["CERT_MALFORMED"]


def check_accepted(der: bytes) -> None:
    """As it came, and never with another byte in it."""
    for content in (der, p7b_unsorted(an_issuer(), der)):
        report = decide(content, a_trust_store(), "personal", NOW)
        assert (report.findings, report.der) == ((), der)
    found = read_certificate(der)
    assert found.der == der
    assert found.signed in der
    changed = der.replace(found.signed, found.signed[:-1] + bytes([found.signed[-1] ^ 1]))
    assert not decide(changed, a_trust_store(), "personal", NOW).accepted


def with_basic_constraints(value: bytes, *, critical: bool = True) -> bytes:
    extra: Extensions = [(x509.UnrecognizedExtension(BASIC, value), critical)]
    return a_certificate(key=an_ec_key(), extra_extensions=extra).der


@pytest.mark.parametrize("critical", [True, False])
def test_ca_false_written_out_is_read(critical: bool) -> None:
    der = with_basic_constraints(CA_FALSE, critical=critical)
    check_accepted(der)
    found = read_certificate(der)
    assert (found.is_ca, found.path_length, found.signed.count(CA_FALSE)) == (False, None, 1)


@pytest.mark.parametrize(
    "value",
    [
        "3003010101",
        "300301017f",
        "3006010100020100",
        "30040101000500",
        "3081030101 00",
        "3080010100 0000",
        "30020100",
    ],
)
def test_other_forms_of_basic_constraints_are_malformed(value: str) -> None:
    check_malformed(with_basic_constraints(bytes.fromhex(value)))


def test_critical_false_written_out_is_read() -> None:
    usual = a_usual_certificate().certificate
    der = signed_certificate(with_critical(usual.tbs_certificate_bytes))
    optional = [extension for extension in usual.extensions if not extension.critical]
    assert der.count(FALSE) >= len(optional) > 1

    check_accepted(der)
    assert list(parse_certificate(der).extensions) == list(usual.extensions)


@pytest.mark.parametrize("written", ["0101ff", "010101", "01020000", "01810100", "0500", "010100010100", "020100"])
def test_other_forms_of_critical_are_malformed_or_mean_true(written: str) -> None:
    der = signed_certificate(
        with_critical(a_usual_certificate().certificate.tbs_certificate_bytes, bytes.fromhex(written))
    )
    if written == "0101ff":
        assert set(codes(der)) == {"CERT_CRITICAL_EXTENSION_UNKNOWN"}
    else:
        check_malformed(der)


def test_certificate_in_the_strict_form_is_parsed_from_its_own_bytes() -> None:
    der = a_usual_certificate().der
    assert parse_certificate(der) == x509.load_der_x509_certificate(der)
    assert parse_certificate(der).tbs_certificate_bytes in der


READ = {
    "PrintableString with & and _": (PRINTABLE, b"HONG_KIL & DONG"),
    "PrintableString with * and @": (PRINTABLE, b"hong*kil@example.com"),
    "PrintableString with all others": (PRINTABLE, string.punctuation.encode()),
    "TeletexString in ASCII": (TELETEX, b"HONG KIL DONG"),
    "TeletexString in Latin-1": (TELETEX, "José Müller".encode("latin-1")),
    "TeletexString in EUC-KR": (TELETEX, "홍길동".encode("euc-kr")),
    "TeletexString in UTF-8": (TELETEX, "홍길동".encode()),
}


@pytest.mark.parametrize(("tag", "text"), READ.values(), ids=READ)
def test_subject_in_the_wrong_string_type_is_read_as_openssl_reads_it(tag: int, text: bytes) -> None:
    der = certificate_with_text(tag, text)

    check_accepted(der)
    assert common_name(parse_certificate(der).subject) == text.decode("latin-1")
    options = ("-noout", "-subject", "-nameopt", "utf8,sep_multiline,lname,dn_rev")
    shown = openssl("x509", "-inform", "DER", *options, given=der).decode()
    assert f"commonName={text.decode('latin-1')}" in shown.replace("commonName = ", "commonName=")


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        (PRINTABLE, b"tab\there"),
        (PRINTABLE, b"zero\0here"),
        (PRINTABLE, "José".encode("latin-1")),
        (PRINTABLE, "홍길동".encode()),
        (IA5, "José".encode("latin-1")),
        (GENERAL, "José".encode("latin-1")),
        (UTF8, "José".encode("latin-1")),
        (BMP, "홍".encode("utf-16-be")[:-1]),
    ],
)
def test_subject_whose_text_has_several_meanings_or_none_is_malformed(tag: int, text: bytes) -> None:
    check_malformed(certificate_with_text(tag, text))


@pytest.mark.parametrize(
    ("tag", "unit"), [(TELETEX, b"JBB"), (PRINTABLE, b"jbb"), (PRINTABLE, b"J&B"), (UTF8, b"JBB")]
)
def test_own_unit_is_found_in_any_string_type(tag: int, unit: bytes) -> None:
    der = certificate_with_text(tag, unit, NameOID.ORGANIZATIONAL_UNIT_NAME)
    bank = unit.decode().upper()
    assert codes(der, bank=bank) == ["OWN_BANK_CERTIFICATE"]
    assert codes(der, bank="WOORI") == []


def test_issuer_in_the_wrong_string_type_is_malformed() -> None:
    usual = a_usual_certificate().certificate
    issuer = usual.issuer.public_bytes()
    was = der_value(UTF8, b"yessign")
    assert was in issuer
    for tag, text in ((PRINTABLE, b"yes&sign"), (TELETEX, "yessígn".encode("latin-1"))):
        check_malformed(certificate_with(issuer, replaced(issuer, was, der_value(tag, text))))


TIMES: Sequence[tuple[int, bytes]] = (
    (UTC_TIME, b"271122235959+0900"),
    (UTC_TIME, b"271122095959-0500"),
    (UTC_TIME, b"271122145959+0000"),
    (UTC_TIME, b"2711221459Z"),
    (UTC_TIME, b"271122145959"),
    (GENERALIZED_TIME, b"20271122235959+0900"),
    (GENERALIZED_TIME, b"20271122145959.5Z"),
    (GENERALIZED_TIME, b"20271122145959"),
)


@pytest.mark.parametrize(("tag", "end"), TIMES)
def test_time_with_an_offset_or_in_another_form_is_malformed_as_for_openssl(tag: int, end: bytes) -> None:
    """RFC 5280 4.1.2.5: in UTC, ending in Z, with seconds and without fractions. keytool reads most of these."""
    check_malformed(certificate_with_end(tag, end))


def test_generalized_time_before_2050_is_read() -> None:
    """RFC 5280 4.1.2.5 wants UTCTime for it, and every reader understands it."""
    der = certificate_with_end(GENERALIZED_TIME, b"20271122145959Z")
    check_accepted(der)
    assert read_certificate(der).not_after == read_certificate(a_usual_certificate().der).not_after
