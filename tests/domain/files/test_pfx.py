"""PFX files: every mixture of MAC and encryption opens at its cost and gives certificate and R."""

import hmac

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12

from registrar.domain.files.formats import LockedPfx, Opened, recognise
from registrar.domain.files.kdf_budget import KdfBudget
from registrar.domain.reasons.errors import Refusal, WrongPassword
from tests.support.builders import a_certificate
from tests.support.customer_folders import CustomerFolder
from tests.support.npki_samples import (
    KOREAN,
    PASSWORD,
    R,
    a_customer,
    an_ec_customer,
    an_issuer,
    each_scheme,
    opened,
    refusal,
)
from tools.pki.authorities import CustomerCertificate, _tlv
from tools.pki.npki_containers import (
    CRL_BAG,
    KEY_BAG,
    SECRET_BAG,
    SHROUDED_KEY_BAG,
    as_ber,
    bag,
    cert_bag,
    data_part,
    encrypted_part,
    mac_data,
    pfx,
    pfx_of,
    pfx_with,
)
from tools.pki.npki_files import (
    HashName,
    Pbes2,
    Pkcs12,
    Scheme,
    ScryptScheme,
    Seed,
    encrypted_key,
    private_key_info,
    sign_pri_key,
)

FAST = Pkcs12(rounds=1)


def key_bag(customer: CustomerCertificate, scheme: Scheme = FAST, random_number: bytes | None = R) -> bytes:
    info = private_key_info(customer.key, random_number)
    return bag(SHROUDED_KEY_BAG, encrypted_key(info, PASSWORD, scheme))


def test_pfx_of_a_customers_folder_opens(folder: CustomerFolder) -> None:
    budget = KdfBudget()
    got = opened(folder.pfx, password=folder.password, budget=budget)

    assert got.der == folder.certificate
    assert got.random_number == folder.random_number
    # The MAC, two blocks of key and one of IV.
    assert budget.spent == 1024 + 3 * 1024


@each_scheme
def test_each_scheme_decrypts_key_and_certificates(scheme: Scheme, rounds: int) -> None:
    customer = an_ec_customer()
    clear = pfx(customer, PASSWORD, key_scheme=scheme, mac_rounds=10)
    sealed = pfx(
        customer, PASSWORD, key_scheme=scheme, certificate_scheme=scheme, chain=[an_issuer()], mac_rounds=10
    )
    for content, cost in ((clear, 10 + rounds), (sealed, 10 + 2 * rounds), (as_ber(sealed), 10 + 2 * rounds)):
        budget = KdfBudget()
        got = opened(content, budget=budget)
        assert (got.der, got.random_number, budget.spent) == (customer.der, R, cost)


@pytest.mark.parametrize("mac", ["sha1", "sha224", "sha256", "sha384", "sha512"])
@pytest.mark.parametrize("rounds", [1, 100])
def test_each_mac_is_verified(mac: HashName, rounds: int) -> None:
    content = pfx(an_ec_customer(), PASSWORD, key_scheme=FAST, mac=mac, mac_rounds=rounds)
    budget = KdfBudget()

    assert opened(content, budget=budget).random_number == R
    assert budget.spent == rounds + 3
    budget = KdfBudget()
    with pytest.raises(WrongPassword):
        opened(content, password="wrong", budget=budget)
    assert budget.spent == rounds  # nothing is decrypted under a password that the MAC refutes
    pkcs12.load_key_and_certificates(content, PASSWORD.encode())  # the writer is right


@pytest.mark.parametrize("password", [KOREAN, "ü", "𝄞 clef"])
@pytest.mark.parametrize("scheme", [Pkcs12(rounds=2), Pbes2("aes256", "sha256", rounds=2), Seed(2)], ids=str)
def test_any_text_works_as_password(password: str, scheme: Scheme) -> None:
    content = pfx(an_ec_customer(), password, key_scheme=scheme, certificate_scheme=scheme, mac_rounds=2)
    assert opened(content, password=password).random_number == R


def test_password_widened_byte_by_byte_by_old_openssl_opens() -> None:
    for encoding in ("utf-8", "cp949"):
        old = KOREAN.encode(encoding).decode("latin-1")
        content = pfx(an_ec_customer(), old, key_scheme=Pkcs12(rounds=10), mac_rounds=10)
        budget = KdfBudget()
        assert opened(content, password=KOREAN, budget=budget).random_number == R
        # The MAC tells which form it is; only that one is used after it.
        assert budget.spent == (20 if encoding == "utf-8" else 30) + 30
        with pytest.raises(WrongPassword):
            opened(content, password=old[1:])


def test_pbes2_with_a_cp949_password_opens() -> None:
    scheme = Pbes2("aes256", "sha256", rounds=5, encoding="cp949")
    content = pfx(an_ec_customer(), KOREAN, key_scheme=scheme, certificate_scheme=scheme, mac_rounds=1)

    assert opened(content, password=KOREAN).random_number == R


def test_certificate_is_unknown_before_the_password() -> None:
    container = recognise([pfx(an_ec_customer(), PASSWORD)])
    assert isinstance(container, LockedPfx)
    assert container.certificate is None


@pytest.mark.parametrize(
    "scheme", [Pkcs12(rounds=2), Pbes2("aes256", "sha256", rounds=2), Seed(2), ScryptScheme(16)], ids=str
)
def test_empty_password_is_refused_before_a_password_is_requested(scheme: Scheme) -> None:
    customer = an_ec_customer()
    for files in (
        [pfx(customer, "", key_scheme=scheme, certificate_scheme=scheme, mac_rounds=2)],
        [customer.der, sign_pri_key(customer, "", scheme)],
    ):
        with pytest.raises(Refusal, match="FILE_ENCRYPTION_UNSUPPORTED"):
            recognise(files)


def test_empty_password_is_found_at_any_cost_that_is_allowed() -> None:
    with pytest.raises(Refusal, match="FILE_ENCRYPTION_UNSUPPORTED"):
        recognise([pfx(an_ec_customer(), "", mac="sha256", mac_rounds=900_000)])


def test_empty_password_without_terminator_is_recognised() -> None:
    # Some programs derive from the two zero bytes of an empty BMPString, some from nothing.
    content = _tlv(
        0x30,
        data_part(
            cert_bag(an_ec_customer().der),
            bag(SHROUDED_KEY_BAG, encrypted_key(private_key_info(an_ec_customer().key), "", Seed(1))),
        ),
    )
    from registrar.domain.files.password_encryption import pkcs12_bytes

    key = pkcs12_bytes("sha1", b"", b"salt", 1, 3, 20)
    made = pfx_with(content, mac_data("1.3.14.3.2.26", hmac.digest(key, content, "sha1"), b"salt", 1))
    with pytest.raises(Refusal, match="FILE_ENCRYPTION_UNSUPPORTED"):
        recognise([made])


class TestWhichCertificate:
    """The one registrable pair of a certificate and its key."""

    def test_certificate_of_the_key_is_chosen_in_any_order(self) -> None:
        ours, other = cert_bag(an_ec_customer().der), cert_bag(a_customer().der)
        for bags in ([ours, other, cert_bag(an_issuer())], [cert_bag(an_issuer()), other, ours, ours]):
            content = pfx_of([data_part(key_bag(an_ec_customer()), *bags)], PASSWORD, mac_rounds=1)
            assert opened(content).der == an_ec_customer().der

    def test_other_bags_are_ignored(self) -> None:
        others = [bag(CRL_BAG, _tlv(0x30)), bag(SECRET_BAG, _tlv(0x30)), bag("1.2.3.4", _tlv(0x05))]
        parts = [
            data_part(*others),
            data_part(cert_bag(an_ec_customer().der)),
            data_part(key_bag(an_ec_customer())),
        ]
        assert opened(pfx_of(parts, PASSWORD, mac_rounds=1)).random_number == R

    def test_key_without_r_opens(self) -> None:
        bags = [cert_bag(an_ec_customer().der), key_bag(an_ec_customer(), random_number=None)]
        assert opened(pfx_of([data_part(*bags)], PASSWORD, mac_rounds=1)).random_number is None

    def test_key_and_certificate_in_one_encrypted_part_open(self) -> None:
        bags = [cert_bag(an_ec_customer().der), bag(KEY_BAG, private_key_info(an_ec_customer().key, R))]
        content = pfx_of([encrypted_part(PASSWORD, FAST, *bags)], PASSWORD, mac_rounds=1)
        assert opened(content).random_number == R

    def test_missing_certificate_is_refused(self) -> None:
        assert self.refused(key_bag(an_ec_customer())) == "FILE_NO_CERTIFICATE"
        assert self.refused() == "FILE_NO_CERTIFICATE"

    def test_certificate_of_another_key_is_refused(self) -> None:
        assert self.refused(key_bag(an_ec_customer()), cert_bag(a_customer().der)) == "FILE_KEY_MISMATCH"

    def test_pair_for_signing_is_chosen_beside_others(self) -> None:
        ours = an_ec_customer()
        ours_bags = [key_bag(ours), cert_bag(ours.der)]
        km = a_certificate(encipherment=True)
        pair_for_encipherment = [cert_bag(km.der), key_bag(km)]
        key_alone = [key_bag(a_customer())]
        under_another_password = [
            bag(SHROUDED_KEY_BAG, encrypted_key(private_key_info(a_customer().key), "another", Seed(1))),
            cert_bag(a_customer().der),
        ]
        for others in (pair_for_encipherment, key_alone, under_another_password, ours_bags):
            for bags in ([*ours_bags, *others], [*others, *ours_bags], [*others[::-1], *ours_bags[::-1]]):
                content = pfx_of([data_part(*bags)], PASSWORD, mac_rounds=1)
                assert opened(content) == Opened(ours.der, R)

    def test_pair_for_encipherment_alone_opens_to_be_refused_by_its_usage(self) -> None:
        km = a_certificate(encipherment=True)
        content = pfx_of([data_part(cert_bag(km.der), key_bag(km))], PASSWORD, mac_rounds=1)
        assert opened(content).der == km.der

    def test_two_registrable_pairs_are_refused(self) -> None:
        for customers in ([an_ec_customer(), a_customer()], [a_certificate(encipherment=True) for _ in range(2)]):
            bags = [made for each in customers for made in (cert_bag(each.der), key_bag(each))]
            assert self.refused(*bags) == "FILE_SEVERAL_CERTIFICATES"

    def test_two_certificates_for_one_key_are_refused(self) -> None:
        again = a_certificate(key=an_ec_customer().key)
        bags = [key_bag(an_ec_customer()), cert_bag(again.der), cert_bag(an_ec_customer().der)]
        assert self.refused(*bags) == "FILE_SEVERAL_CERTIFICATES"

    def test_more_than_twenty_certificates_are_refused(self) -> None:
        bags = [cert_bag(bytes([number])) for number in range(21)]
        assert self.refused(*bags) == "FILE_SEVERAL_CERTIFICATES"

    def test_missing_key_is_refused(self) -> None:
        assert self.refused(cert_bag(an_ec_customer().der)) == "FILE_UNREADABLE"

    def refused(self, *bags: bytes) -> str:
        return refusal(pfx_of([data_part(*bags)], PASSWORD, mac_rounds=1))
