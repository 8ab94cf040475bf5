"""CRLs beside two other readers: openssl and the library's own classes agree with ours on every certificate."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from registrar.domain.certificates.certificate import read_certificate
from registrar.domain.revocation.crl import read_crl
from registrar.domain.revocation.crl_index import index_crl, lookup, read_head
from registrar.domain.revocation.crl_status import Age, combined, statement_of
from registrar.domain.revocation.status import StatusValue
from tests.support.builders import NOW, a_certificate, a_pki, an_ec_key
from tests.support.npki_samples import openssl
from tools.pki.crls import Revoked, make_crl, scope
from tools.pki.npki_containers import pem

CA = a_pki().issuers["yessign"]
ISSUER = read_certificate(CA.certificate.public_bytes(Encoding.DER))
POINT = "ldap://ds.yessign.example:389/ou=dp1,ou=AccreditedCA,o=yessign,c=kr?certificateRevocationList"
OTHER = POINT.replace("dp1", "dp2")
AGE = Age(most=timedelta(days=7), skew=timedelta(0))
REVOKED = [
    Revoked(5, NOW, x509.ReasonFlags.key_compromise),
    Revoked(2**100, NOW, x509.ReasonFlags.certificate_hold),
    Revoked(0x80, NOW - timedelta(days=1)),
]


def answer(content: bytes, serial: int, now_after: timedelta) -> StatusValue:
    leaf = read_certificate(a_certificate(serial_number=serial, key=an_ec_key(), crl_url=POINT).der)
    index = index_crl(read_crl(content, ISSUER))

    def read(at: int, length: int) -> bytes:
        return index[at : at + length]

    head = read_head(read)
    return combined([statement_of(leaf, head, lookup(head, read, serial), NOW + now_after, AGE)]).value


def openssl_verifies(folder: Path, content: bytes, serial: int, now_after: timedelta) -> bool:
    """Whether `openssl verify -crl_check` accepts the certificate, the roots' policies aside."""
    issuer, crl, leaf = (folder / name for name in ("issuer.pem", "crl.pem", "leaf.pem"))
    issuer.write_bytes(CA.certificate.public_bytes(Encoding.PEM))
    crl.write_bytes(pem("X509 CRL", content))
    leaf.write_bytes(a_certificate(serial_number=serial, key=an_ec_key(), crl_url=POINT).pem)
    files = ("-CAfile", str(issuer), "-CRLfile", str(crl), str(leaf))
    seconds = str(int((NOW + now_after).timestamp()))
    try:
        openssl("verify", "-partial_chain", "-crl_check", "-extended_crl", "-attime", seconds, *files)
    except AssertionError:
        return False
    return True


@pytest.mark.parametrize(
    ("idp", "now_after", "serial", "expected"),
    [
        (scope(uris=[POINT]), timedelta(hours=1), 77, StatusValue.GOOD),
        (scope(uris=[POINT]), timedelta(hours=1), 5, StatusValue.REVOKED),
        (scope(uris=[POINT]), timedelta(hours=1), 2**100, StatusValue.ON_HOLD),
        (scope(uris=[POINT]), timedelta(hours=1), 0x80, StatusValue.REVOKED),
        (scope(uris=[POINT], only_user=True), timedelta(hours=1), 77, StatusValue.GOOD),
        (scope(uris=[OTHER]), timedelta(hours=1), 77, StatusValue.INVALID),
        (scope(uris=[POINT], only_ca=True), timedelta(hours=1), 77, StatusValue.INVALID),
        (scope(uris=[POINT]), timedelta(hours=25), 77, StatusValue.STALE),
        (scope(uris=[POINT]), timedelta(hours=-1), 77, StatusValue.INVALID),
        (None, timedelta(hours=1), 77, StatusValue.GOOD),
    ],
)
def test_openssl_accepts_exactly_the_good_certificates(
    idp: x509.IssuingDistributionPoint | None,
    now_after: timedelta,
    serial: int,
    expected: StatusValue,
    tmp_path: Path,
) -> None:
    content = make_crl(CA, REVOKED, this_update=NOW, idp=idp)

    assert answer(content, serial, now_after) is expected
    assert openssl_verifies(tmp_path, content, serial, now_after) is (expected is StatusValue.GOOD)


def test_openssl_reads_the_same_entries(tmp_path: Path) -> None:
    content = make_crl(CA, REVOKED, this_update=NOW, idp=scope(directory_name=CA.certificate.subject), number=77)
    crl = tmp_path / "crl"
    crl.write_bytes(content)
    read = read_crl(content, ISSUER)

    text = openssl("crl", "-inform", "DER", "-in", str(crl), "-noout", "-text", "-crlnumber").decode()

    assert read.number == 77
    assert "crlNumber=0x4D" in text
    assert "Issuing Distribution Point: critical" in text
    assert [line.split()[-1] for line in text.splitlines() if "Serial Number:" in line] == [
        "05",
        "10000000000000000000000000",
        "80",
    ]


def test_library_finds_the_same_serials() -> None:
    content = make_crl(CA, REVOKED, this_update=NOW)
    theirs = x509.load_der_x509_crl(content)
    assert theirs.is_signature_valid(CA.key.public_key())
    for serial in (5, 6, 2**100, 2**100 + 1, 0x80, 0x8000):
        listed = theirs.get_revoked_certificate_by_serial_number(serial) is not None
        found = answer(content, serial, timedelta(0))
        assert (found in (StatusValue.REVOKED, StatusValue.ON_HOLD)) is listed
        assert (found is StatusValue.GOOD) is not listed
