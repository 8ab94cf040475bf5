"""Chains in one file: the customer's certificate is distinguished from its issuers', or the file is refused."""

from pathlib import Path

import pytest

from registrar.domain.certificates.certificate import Certificate
from registrar.domain.files.formats import Bare, recognise
from registrar.domain.files.pkcs7 import certificates_in, choose_end_entity
from registrar.domain.reasons.errors import Refusal
from tests.support.builders import Link, a_link
from tests.support.customer_folders import CustomerFolder
from tests.support.npki_samples import a_customer, an_ec_customer, an_issuer, openssl
from tools.pki.authorities import _tlv
from tools.pki.npki_containers import DATA, as_ber, content_info, p7b, p7b_unsorted, pem


def refused(*certificates: bytes) -> tuple[str, object]:
    with pytest.raises(Refusal) as refusal:
        choose_end_entity(certificates)
    return refusal.value.code, refusal.value.params.get("count")


def a_chain() -> tuple[Link, Link, Certificate]:
    root = a_link("Root")
    issuer = a_link("Issuer", root)
    return root, issuer, a_link("Customer", issuer, ca=False, usage=("digital_signature",)).certificate


def test_chain_of_a_customers_folder_is_read_in_any_order(folder: CustomerFolder) -> None:
    root, issuer, customer = folder.root, folder.issuer, folder.certificate
    for order in ([customer, issuer, root], [root, issuer, customer], [issuer, customer, root, customer]):
        assert choose_end_entity(order) == customer
        assert recognise([p7b_unsorted(*order)]) == Bare(customer)
        assert recognise([as_ber(p7b_unsorted(*order))]) == Bare(customer)


def test_single_certificate_is_always_chosen() -> None:
    assert choose_end_entity([an_issuer()]) == an_issuer()
    assert recognise([p7b(an_issuer())]) == Bare(an_issuer())


def test_issuer_in_the_chain_is_not_chosen_without_basic_constraints() -> None:
    root = a_link("Old root", ca=False, usage=None)
    customer = a_link("Customer", root, ca=False).certificate.der
    assert choose_end_entity([root.certificate.der, customer]) == customer


def test_self_signed_certificate_beside_an_unrelated_issuer_is_chosen() -> None:
    alone = a_link("Alone", ca=False).certificate.der
    assert choose_end_entity([alone, an_issuer()]) == alone


def test_ambiguous_chain_is_refused() -> None:
    customers = a_customer().der, an_ec_customer().der
    assert refused(*customers, an_issuer()) == ("FILE_SEVERAL_CERTIFICATES", 2)
    assert refused(*customers) == ("FILE_SEVERAL_CERTIFICATES", 2)


def test_chain_of_issuers_only_is_refused() -> None:
    root, issuer, _ = a_chain()
    assert refused(root.certificate.der, issuer.certificate.der) == ("FILE_NO_CERTIFICATE", None)


def test_malformed_or_too_large_certificate_in_the_chain_is_refused() -> None:
    assert refused(a_customer().der, b"\x30\x00")[0] == "FILE_UNREADABLE"
    assert refused(a_customer().der, bytes(16 * 1024 + 1))[0] == "UPLOAD_TOO_LARGE"


def test_more_than_twenty_certificates_are_refused() -> None:
    small = [_tlv(0x30, bytes([2, 1, number])) for number in range(21)]
    assert certificates_in(p7b_unsorted(*small[:20])) == small[:20]
    assert refused(*small) == ("FILE_SEVERAL_CERTIFICATES", 21)
    with pytest.raises(Refusal) as refusal:
        certificates_in(p7b_unsorted(*small))
    assert (refusal.value.code, refusal.value.params) == ("FILE_SEVERAL_CERTIFICATES", {"count": 21})


def test_forty_thousand_certificates_are_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    content = p7b_unsorted(*[an_ec_customer().der] * 40_000)
    monkeypatch.setattr("registrar.domain.files.formats.ber_outline", lambda der: pytest.fail("was parsed"))
    with pytest.raises(Refusal) as refusal:
        recognise([content])
    assert (refusal.value.code, refusal.value.params) == ("UPLOAD_TOO_LARGE", {"max_bytes": 65_536})


def test_thirty_thousand_empty_certificates_are_refused() -> None:
    with pytest.raises(Refusal, match="FILE_SEVERAL_CERTIFICATES"):
        recognise([p7b_unsorted(*[_tlv(0x30)] * 30_000)])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (p7b_unsorted(), "FILE_NO_CERTIFICATE"),
        (p7b_unsorted(_tlv(0xA1, b"attribute certificate")), "FILE_NO_CERTIFICATE"),
        (content_info(DATA, _tlv(0x04, b"text")), "FILE_UNREADABLE"),
        (content_info("1.2.840.113549.1.7.2", _tlv(0x30)), "FILE_UNREADABLE"),
        (content_info("1.2.840.113549.1.7.2", _tlv(0x04)), "FILE_UNREADABLE"),
    ],
)
def test_signed_data_without_certificate_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        recognise([content])
    assert refusal.value.code == code


def test_openssl_chain_is_read(tmp_path: Path) -> None:
    bundle = tmp_path / "chain.pem"
    bundle.write_bytes(pem("CERTIFICATE", an_issuer()) + a_customer().pem)
    for form in ("DER", "PEM"):
        made = openssl("crl2pkcs7", "-nocrl", "-certfile", str(bundle), "-outform", form)
        assert recognise([made]) == Bare(a_customer().der)
    printed = openssl("pkcs7", "-inform", "DER", "-print_certs", given=p7b(a_customer().der, an_issuer()))
    assert printed.count(b"BEGIN CERTIFICATE") == 2
