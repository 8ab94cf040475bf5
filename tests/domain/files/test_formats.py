"""Recognition of an upload by its bytes: every kind, every mixture, and refusals before a password."""

import base64
import io
import zipfile
from collections.abc import Sequence

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat

from registrar.domain.files.formats import Bare, LockedPair, LockedPfx, Opened, recognise
from registrar.domain.files.kdf_budget import KdfBudget
from registrar.domain.reasons.errors import Refusal, WrongPassword
from registrar.domain.registrations.upload_files import check_sizes
from tests.support.builders import NOW, a_certificate
from tests.support.customer_folders import CustomerFolder
from tests.support.npki_samples import (
    PASSWORD,
    R,
    a_customer,
    an_ec_customer,
    an_issuer,
    key_der,
    opened,
    samples,
)
from tests.support.others import made_by_others
from tools.pki.authorities import CustomerCertificate
from tools.pki.npki_containers import as_ber, p7b, p7b_unsorted, pem, pfx
from tools.pki.npki_files import Pkcs12, Seed, sign_pri_key

FAST = Seed(1)


def a_key(password: str = PASSWORD) -> bytes:
    return sign_pri_key(an_ec_customer(), password, FAST)


def a_pfx() -> bytes:
    return pfx(an_ec_customer(), PASSWORD, key_scheme=Pkcs12(rounds=1), mac_rounds=1)


def refused(*files: bytes) -> tuple[str, dict[str, object]]:
    with pytest.raises(Refusal) as refusal:
        recognise(files)
    assert refusal.value.__context__ is None
    return refusal.value.code, dict(refusal.value.params)


@pytest.mark.parametrize(
    "name",
    [
        "der",
        "pem",
        "p7b",
        "p7b-pem",
        "pair",
        "pair-pbes2",
        "pair-scrypt",
        "pair-pem",
        "pfx",
        "pfx-sealed",
        "pfx-ber",
    ],
)
def test_each_kind_of_upload_is_recognised(name: str) -> None:
    files, password = samples()[name]
    container = recognise(files)
    if not password:
        assert container in (Bare(a_customer().der), Bare(an_ec_customer().der))
    else:
        assert isinstance(container, LockedPfx if name.startswith("pfx") else LockedPair)
        got = container.open(password, KdfBudget())
        assert got in (Opened(a_customer().der, R), Opened(an_ec_customer().der, R))
        assert container.certificate == (None if name.startswith("pfx") else got.der)


def test_files_of_a_customers_folder_are_recognised(folder: CustomerFolder) -> None:
    certificate, key = folder.certificate, folder.key
    assert recognise([certificate]) == Bare(certificate)
    for files in ([certificate, key], [key, certificate], [folder.pfx]):
        assert opened(*files, password=folder.password).der == certificate
        with pytest.raises(WrongPassword):
            opened(*files, password="not the password")


class TestPair:
    """A certificate and a key, in one file or two."""

    def test_any_order_and_encoding_is_read(self) -> None:
        certificate, key = an_ec_customer().der, a_key()
        key_pem = pem("ENCRYPTED PRIVATE KEY", key)
        for files in (
            [certificate, key],
            [key, certificate],
            [an_ec_customer().pem, key],
            [key_pem, certificate],
            [key_pem + an_ec_customer().pem],
            [an_ec_customer().pem + b"\nBag Attributes: <none>\n" + pem("CERTIFICATE", an_issuer()) + key_pem],
            [p7b(certificate, an_issuer()), key],
            [certificate, key, key, certificate],
        ):
            assert opened(*files) == Opened(certificate, R)

    def test_key_of_another_certificate_is_a_mismatch_after_opening(self) -> None:
        container = recognise([a_customer().der, a_key()])
        assert isinstance(container, LockedPair)
        assert container.certificate == a_customer().der
        with pytest.raises(WrongPassword):
            container.open("wrong", KdfBudget())
        with pytest.raises(Refusal, match="FILE_KEY_MISMATCH"):
            container.open(PASSWORD, KdfBudget())

    def test_encryption_certificate_and_key_are_a_pair(self) -> None:
        customer = a_certificate(encipherment=True, random_number=R)
        assert opened(customer.der, sign_pri_key(customer, PASSWORD, FAST)).der == customer.der

    def test_error_keeps_no_frame_with_a_decrypted_key(self) -> None:
        for password in ("wrong", PASSWORD):
            with pytest.raises((WrongPassword, Refusal)) as error:
                opened(a_customer().der, a_key(), password=password)
            names, trace = [], error.value.__traceback__
            while trace:
                names.append(trace.tb_frame.f_code.co_name)
                trace = trace.tb_next
            assert names[-2:] == ["open", "_without_traces"]
            assert error.value.__context__ is None


@pytest.mark.parametrize("count", [1, 2])
def test_key_without_certificate_is_refused(count: int) -> None:
    keys = [sign_pri_key(customer, PASSWORD, FAST) for customer in (a_customer(), an_ec_customer())][:count]
    assert refused(*keys)[0] == "FILE_NO_CERTIFICATE"
    assert refused(*(pem("ENCRYPTED PRIVATE KEY", key) for key in keys))[0] == "FILE_NO_CERTIFICATE"


def test_ambiguous_upload_is_refused() -> None:
    one, other = a_customer(), an_ec_customer()
    several = "FILE_SEVERAL_CERTIFICATES"
    assert refused(one.der, other.der) == (several, {"count": 2})
    assert refused(one.pem + other.pem) == (several, {"count": 2})
    assert refused(one.der, other.der, a_key(), sign_pri_key(one, PASSWORD, FAST)) == (several, {"count": 2})
    assert refused(one.der, a_key(), sign_pri_key(one, PASSWORD, FAST)) == (several, {"count": 2})
    assert refused(a_pfx(), a_pfx()) == (several, {"count": 2})
    assert refused(a_pfx(), one.der) == (several, {"count": 2})
    assert refused(a_pfx(), a_key()) == (several, {"count": 2})
    assert recognise([one.der, one.pem]) == Bare(one.der)


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_unencrypted_key_is_refused(form: PrivateFormat) -> None:
    for customer, label in ((a_customer(), "RSA PRIVATE KEY"), (an_ec_customer(), "EC PRIVATE KEY")):
        key = key_der(customer, form)
        name = "PRIVATE KEY" if form is PrivateFormat.PKCS8 else label
        for files in ([key], [customer.der, key], [customer.pem + pem(name, key)], [pem(name, key)]):
            assert refused(*files) == ("FILE_ENCRYPTION_UNSUPPORTED", {})


def test_traditional_openssl_encryption_is_refused() -> None:
    key = b"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: DES-EDE3-CBC,AB\n\nAAE=\n"
    assert refused(key + b"-----END RSA PRIVATE KEY-----")[0] == "FILE_ENCRYPTION_UNSUPPORTED"


@pytest.mark.parametrize("label", ["CERTIFICATE REQUEST", "PUBLIC KEY", "X509 CRL", "DH PARAMETERS"])
def test_pem_without_certificate_or_key_is_refused(label: str) -> None:
    assert refused(pem(label, b"whatever")) == ("FILE_NO_CERTIFICATE", {})
    assert recognise([pem(label, b"whatever") + a_customer().pem]) == Bare(a_customer().der)


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("signCert.der", b"0\x82")
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        zipped(),
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"%PDF-1.7",
        b"<!DOCTYPE html><html>",
        "인증서".encode(),
        b"\0",
        b"0",
        b"0\x82",
        b"0\0",
        b"0\x80\0\0",
        b"00000000",
        b"0 is how this text begins",
        b"\x30\x03\x02\x01\x05",
        b"\x30\x84\xff\xff\xff\xff",
        b"\x1f\x8b\x08",
        bytes(65_536),
        b"-----BEGIN CERTIFICATE-----",
        pem("CERTIFICATE", b"no certificate"),
        pem("PKCS7", b"no chain"),
        pem("CERTIFICATE", b""),
    ],
)
def test_other_files_are_unreadable(content: bytes) -> None:
    assert refused(content) == ("FILE_UNREADABLE", {})


def test_a_request_or_a_broken_certificate_in_der_is_unreadable() -> None:
    der = a_customer().der
    assert refused(der[:-1])[0] == "FILE_UNREADABLE"
    assert refused(as_ber(der))[0] == "FILE_UNREADABLE"  # a certificate is DER


def test_pem_after_text_that_looks_like_der_is_read() -> None:
    assert recognise([b"0 first line\n" + a_customer().pem]) == Bare(a_customer().der)


@pytest.mark.parametrize("padding", [b"\0" * 600, b"\xff" * 1000, b"\r\n", b"\n", b"\0\0\r\n", b" \t"], ids=repr)
@pytest.mark.parametrize("name", ["der", "p7b", "pair", "pfx", "pfx-sealed", "pfx-ber", "pair-pem", "p7b-pem"])
def test_padding_after_a_value_is_ignored(name: str, padding: bytes) -> None:
    files, password = samples()[name]
    padded = [each + padding for each in files]
    assert outcome(padded, password) == outcome(files, password)
    if files[0].startswith(b"0"):
        blocks = [pem("CERTIFICATE", each) for each in padded]
        assert outcome(blocks, password) == outcome(files, password)


@pytest.mark.parametrize("name", ["der", "p7b", "pair", "pfx", "pfx-ber"])
@pytest.mark.parametrize(
    "label",
    [
        "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE", "NEW CERTIFICATE", "PKCS7", "PKCS #7 SIGNED DATA",
        "PKCS12", "PFX", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "CERTIFICATE REQUEST", "whatever", "",
    ],
)  # fmt: skip
def test_block_is_told_by_its_bytes_whatever_the_label(name: str, label: str) -> None:
    files, password = samples()[name]
    assert outcome([pem(label, each) for each in files], password) == outcome(files, password)


@pytest.mark.parametrize("label", ["CERTIFICATE", "PUBLIC KEY", "ENCRYPTED PRIVATE KEY"])
def test_unencrypted_key_under_any_label_is_refused(label: str) -> None:
    key = key_der(a_customer(), PrivateFormat.PKCS8)
    assert refused(a_customer().pem + pem(label, key))[0] == "FILE_ENCRYPTION_UNSUPPORTED"


@pytest.mark.parametrize("name", ["der", "p7b", "pair", "pfx", "pfx-ber"])
def test_base64_without_lines_around_it_is_read(name: str) -> None:
    files, password = samples()[name]
    for newline in (b"", b"\n", b"\r\n"):
        texts = [newline.join(base64.encodebytes(each).splitlines()) + newline for each in files]
        for form in (
            texts,
            [text.decode().encode("utf-16") for text in texts],
            [b"\xef\xbb\xbf" + t for t in texts],
        ):
            assert outcome(form, password) == outcome(files, password)
    assert refused(base64.b64encode(b"0whatever"))[0] == "FILE_UNREADABLE"


def test_request_and_list_are_no_certificates_under_any_label() -> None:
    key = an_ec_customer().key
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, SHA256())
    crl = x509.CertificateRevocationListBuilder().issuer_name(x509.Name([])).last_update(NOW).next_update(NOW)
    for other in (request.public_bytes(Encoding.DER), crl.sign(key, SHA256()).public_bytes(Encoding.DER)):
        assert refused(other)[0] == "FILE_UNREADABLE"
        assert refused(pem("CERTIFICATE", other))[0] == "FILE_UNREADABLE"
        assert recognise([pem("X509 CRL", other) + a_customer().pem]) == Bare(a_customer().der)


@pytest.mark.parametrize(
    ("good", "odd"),
    [
        (b"\x13\x02kr", b"\x13\x02k\x07"),  # a control character
        (b"\x06\x03\x55\x04\x03", b"\x06\x03\x55\x04\x83"),
    ],
    ids=["printable", "oid"],
)
def test_value_that_the_parser_refuses_whole_is_a_malformed_certificate(good: bytes, odd: bytes) -> None:
    der = a_customer().der
    assert good in der
    changed = der.replace(good, odd)
    for files in (
        [changed],
        [changed + b"\0"],
        [pem("CERTIFICATE", changed)],
        [p7b_unsorted(changed, an_issuer())],
    ):
        assert refused(*files)[0] == "CERT_MALFORMED"


def test_certificate_for_signing_is_chosen_beside_one_for_encipherment() -> None:
    km = a_certificate(encipherment=True)
    for files in (
        [a_customer().der, km.der],
        [km.pem + a_customer().pem],
        [p7b(km.der, an_issuer(), a_customer().der)],
    ):
        assert recognise(files) == Bare(a_customer().der)
    assert refused(km.der, a_certificate(encipherment=True).der)[0] == "FILE_SEVERAL_CERTIFICATES"


GIVEN_OUTCOMES = {
    "p7b-windows-trailing-zeros.p7b": "bare",
    "p7b-labelled-certificate.p7b": "bare",
    "cert-trailing-ff.der": "bare",
    "pfx-sign-and-km.pfx": "opened",
    "ec-explicit.signCert.der ec-explicit.signPri.key": "opened",
    "pfx-empty-password.pfx": "FILE_ENCRYPTION_UNSUPPORTED",
    "pfx-key-password-differs.pfx": "FILE_ENCRYPTION_UNSUPPORTED",
    "cert-printable-underscore.der": "bare",
    "cert-ca-false.der": "bare",
}


@pytest.mark.parametrize("names", GIVEN_OUTCOMES)
def test_files_of_other_products_reports_are_read_or_refused_with_the_right_reason(names: str) -> None:
    files = [made_by_others(f"cases/{name}").read_bytes() for name in names.split()]
    assert outcome(files, "demoPass1!")[0] == GIVEN_OUTCOMES[names]


def outcome(files: Sequence[bytes], password: str) -> tuple[str, bytes | None]:
    """Whether the files are a certificate alone, open, or are refused, and the certificate."""
    try:
        container = recognise(files)
        if isinstance(container, Bare):
            return "bare", container.der
        return "opened", container.open(password, KdfBudget()).der
    except Refusal as refusal:
        return refusal.code, None


class TestSizes:
    """Checked before anything is parsed."""

    @pytest.fixture(autouse=True)
    def _no_parser(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("ber_outline", "blocks_in"):
            monkeypatch.setattr(f"registrar.domain.files.formats.{name}", lambda *_: pytest.fail("was parsed"))

    def test_empty_file_is_refused(self) -> None:
        for files in ([], [b""], [a_customer().der, b""]):
            assert refused(*files) == ("UPLOAD_EMPTY", {})

    def test_too_large_file_is_refused(self) -> None:
        limit = {"max_bytes": 65_536}
        assert refused(bytes(65_537)) == ("UPLOAD_TOO_LARGE", limit)
        assert refused(bytes(40_000), bytes(25_537)) == ("UPLOAD_TOO_LARGE", limit)
        check_sizes([40_000, 25_536])


def test_a_certificate_is_at_most_16_kib() -> None:
    def of_size(size: int) -> CustomerCertificate:
        padding = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), bytes(size))
        return a_certificate(key=an_ec_customer().key, extra_extensions=[(padding, False)])

    small, large = of_size(15_000), of_size(16_384)
    assert recognise([small.der]) == Bare(small.der)
    for files in ([large.der], [large.pem], [p7b(large.der)], [large.der, sign_pri_key(large, PASSWORD, FAST)]):
        assert refused(*files) == ("UPLOAD_TOO_LARGE", {"max_bytes": 16_384})
