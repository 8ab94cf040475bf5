"""From an uploaded file to its one certificate: DER or PEM, however the app or an editor wrote it."""

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from registrar.domain.certificate_file import single_certificate
from registrar.domain.errors import Refusal
from registrar.domain.uploads import MAX_FILE_BYTES, check_size
from tests.builders import a_certificate, a_vector, an_ec_key

CERTIFICATE = a_certificate(key=an_ec_key())
DER, PEM = CERTIFICATE.der, CERTIFICATE.pem
KEY = an_ec_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
BODY = PEM.removeprefix(b"-----BEGIN CERTIFICATE-----\n").removesuffix(b"-----END CERTIFICATE-----\n")


def refusal(content: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        single_certificate(content)
    return caught.value


@pytest.mark.parametrize(
    "content",
    [
        DER,
        PEM,
        PEM.replace(b"\n", b"\r\n"),
        PEM.replace(b"\n", b"\r"),
        PEM.replace(b"\n", b" "),
        PEM.rstrip(),
        b"\xef\xbb\xbf" + PEM,
        b"\n\n" + PEM + b"\n\n",
        b"subject=CN=...\nissuer=CN=...\n" + PEM + b"\nthe end\n",
        PEM.replace(BODY, BODY.replace(b"\n", b"")),
        PEM.replace(b" CERTIFICATE", b" X509 CERTIFICATE"),
        PEM + PEM,
        PEM + PEM.replace(b"\n", b"\r\n"),
        KEY + PEM,
        PEM + KEY,
    ],
    ids=[
        "DER",
        "PEM",
        "CRLF",
        "CR",
        "one line",
        "no last line end",
        "byte order mark",
        "empty lines",
        "text around",
        "long line",
        "old label",
        "twice the same",
        "twice, other line ends",
        "after a key",
        "before a key",
    ],
)
def test_files_with_one_certificate(content: bytes) -> None:
    assert single_certificate(content) == DER


def test_a_file_made_by_others() -> None:
    der = a_vector("pypinksign/signCert.der")
    assert single_certificate(der) == der


@pytest.mark.parametrize("extra", [1, 2])
def test_several_certificates(extra: int) -> None:
    others = [a_certificate(name, key=an_ec_key()).pem for name in ("김철수", "이영희")]
    found = refusal(PEM + b"".join(others[:extra]))
    assert (found.code, found.params) == ("FILE_SEVERAL_CERTIFICATES", {"count": 1 + extra})


@pytest.mark.parametrize(
    "content",
    [KEY, an_ec_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"password"))],
    ids=["plain", "encrypted"],
)
def test_a_private_key_alone(content: bytes) -> None:
    assert refusal(content).code == "FILE_NO_CERTIFICATE"


@pytest.mark.parametrize(
    "content",
    [
        b"not a certificate",
        b"0",
        b"\0" * 100,
        DER[:-1],
        DER + b"\n",
        DER[1:],
        an_ec_key().private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        b"-----BEGIN CERTIFICATE-----",
        b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
        PEM.replace(b"-----END CERTIFICATE-----", b"-----END SOMETHING-----"),
        PEM.replace(BODY[:40], BODY[:39] + b"!"),
        PEM.replace(BODY[:40], BODY[:39]),
        PEM.replace(BODY, b"7IKs656R\n"),
        PEM.replace(BODY, "인증서\n".encode()),
        PEM.decode().encode("utf-16"),
        DER.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x05", 1),
    ],
    ids=[
        "text",
        "one byte",
        "zeros",
        "truncated",
        "one more byte",
        "first byte lost",
        "DER key",
        "no end",
        "empty body",
        "other end",
        "no base64",
        "a character lost",
        "other bytes",
        "Korean",
        "UTF-16",
        "no such version",
    ],
)
def test_files_that_cannot_be_read(content: bytes) -> None:
    assert refusal(content).code == "FILE_UNREADABLE"


@pytest.mark.parametrize("name", ["pypinksign/test.pfx", "pypinksign/signPri.key"])
def test_other_files_of_a_customers_folder(name: str) -> None:
    assert refusal(a_vector(name)).code == "FILE_UNREADABLE"


def test_sizes_that_are_refused_before_anything_is_parsed() -> None:
    assert refusal(b"").code == "UPLOAD_EMPTY"
    found = refusal(PEM.ljust(MAX_FILE_BYTES + 1))
    assert (found.code, found.params) == ("UPLOAD_TOO_LARGE", {"max_bytes": 16384})
    assert single_certificate(PEM.ljust(MAX_FILE_BYTES)) == DER
    check_size(1)
    check_size(MAX_FILE_BYTES)
