"""Certificates that write a default FALSE out are read as if they left it out; nothing else is repaired."""

import pytest
from cryptography import x509

from registrar.domain.certificates.certificate import read_certificate
from registrar.domain.certificates.decision import decide
from registrar.domain.certificates.written_defaults import parse_certificate
from tests.support.builders import NOW, a_certificate, a_trust_store, an_ec_key
from tools.pki.authorities import Extensions

BASIC = x509.ObjectIdentifier("2.5.29.19")
CA_FALSE = bytes.fromhex("3003010100")


def with_basic_constraints(value: bytes, *, critical: bool = True) -> bytes:
    extra: Extensions = [(x509.UnrecognizedExtension(BASIC, value), critical)]
    return a_certificate(key=an_ec_key(), extra_extensions=extra).der


@pytest.mark.parametrize("critical", [True, False])
def test_certificate_with_ca_false_written_out_is_accepted(critical: bool) -> None:
    der = with_basic_constraints(CA_FALSE, critical=critical)
    report = decide(der, a_trust_store(), "personal", NOW)
    assert report.findings == ()
    assert report.der == der


def test_facts_are_those_of_the_bytes_as_they_came() -> None:
    der = with_basic_constraints(CA_FALSE)
    found = read_certificate(der)
    assert (found.der, found.is_ca, found.path_length) == (der, False, None)
    assert found.signed in der
    assert found.signed.count(CA_FALSE) == 1


def test_changed_byte_beside_a_written_default_breaks_the_signature() -> None:
    der = bytearray(with_basic_constraints(CA_FALSE))
    at = der.index("홍길동".encode())
    der[at] ^= 1
    der[at] ^= 2
    codes = {finding.code for finding in decide(bytes(der), a_trust_store(), "personal", NOW).findings}
    assert codes & {"TRUST_SIGNATURE_INVALID", "CERT_MALFORMED", "FILE_UNREADABLE"}


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
    report = decide(with_basic_constraints(bytes.fromhex(value)), a_trust_store(), "personal", NOW)
    assert [finding.code for finding in report.findings] == ["CERT_MALFORMED"]


def test_critical_false_written_out_is_read() -> None:
    der = a_certificate(key=an_ec_key()).der
    plain = bytes.fromhex("0603551d0e0416")  # SubjectKeyIdentifier, not critical
    assert plain in der
    written = _grown(der, plain)
    assert list(parse_certificate(written).extensions) == list(parse_certificate(der).extensions)


def test_certificate_without_a_written_default_is_parsed_from_its_own_bytes() -> None:
    der = a_certificate(key=an_ec_key()).der
    assert parse_certificate(der) == x509.load_der_x509_certificate(der)


def _grown(der: bytes, mark: bytes) -> bytes:
    """`der` with critical FALSE after the OID in `mark`: each value around it is three bytes longer."""
    at = der.index(mark)
    out = bytearray(der[: at + 5] + bytes.fromhex("010100") + der[at + 5 :])
    position = 0
    while position < at:
        first = out[position + 1]
        header = 2 + (first - 0x80 if first >= 0x80 else 0)
        length = int.from_bytes(out[position + 2 : position + header]) if first >= 0x80 else first
        if position + header + length > at:
            size = header - 2
            new = length + 3
            if size:
                out[position + 2 : position + header] = new.to_bytes(size)
            else:
                out[position + 1] = new
            position += header
        else:
            position += header + length
    return bytes(out)
