"""ARIA against the vectors of RFC 5794 appendix A, and keys and PFX files against openssl's ARIA."""

import pytest

from registrar.domain.files import aria
from registrar.domain.files.formats import Opened, recognise
from registrar.domain.files.kdf_budget import KdfBudget
from registrar.domain.reasons.errors import Refusal, WrongPassword
from tests.support.npki_samples import (
    ARIA_SIZES,
    KOREAN,
    PASSWORD,
    R,
    a_customer,
    an_ec_customer,
    aria_key,
    open_envelope,
    opened,
    openssl,
)
from tools.pki.npki_containers import SHROUDED_KEY_BAG, bag, cert_bag, data_part, pfx_of
from tools.pki.npki_files import Pbes2, private_key_info

PLAIN = "00112233445566778899aabbccddeeff"
SHA256 = Pbes2(prf="sha256", rounds=100)
each_size = pytest.mark.parametrize("bits", ARIA_SIZES)


@pytest.mark.parametrize(
    ("bits", "cipher"),
    [
        (128, "d718fbd6ab644c739da95f3be6451778"),
        (192, "26449c1805dbe7aa25a468ce263a9e79"),
        (256, "f92bd7c79fb72e2f2b8f80c1972d24fc"),
    ],
)
def test_aria_matches_the_rfc_vectors(bits: int, cipher: str) -> None:
    key = bytes(range(bits // 8))
    assert aria.decrypt_cbc(key, bytes(16), bytes.fromhex(cipher)).hex() == PLAIN


@each_size
@pytest.mark.parametrize("size", [16, 48, 2048, 65_536])
def test_cbc_matches_openssl(size: int, bits: int) -> None:
    plain, iv = bytes(number * 7 % 251 for number in range(size)), bytes(range(100, 116))
    key = bytes(range(0, 8 * (bits // 8), 8))
    made = openssl("enc", f"-aria-{bits}-cbc", "-nopad", "-K", key.hex(), "-iv", iv.hex(), given=plain)

    assert aria.decrypt_cbc(key, iv, made) == plain


@each_size
@pytest.mark.parametrize("scheme", [Pbes2(rounds=100), SHA256, Pbes2(prf="sha512", rounds=100)], ids=str)
@pytest.mark.parametrize("password", [PASSWORD, KOREAN])
def test_key_under_aria_opens_with_r_at_the_cost_of_its_rounds(password: str, scheme: Pbes2, bits: int) -> None:
    budget = KdfBudget()
    made = aria_key(private_key_info(an_ec_customer().key, R), password, bits, scheme)
    key = open_envelope(made, password, budget)

    assert key.belongs_to(an_ec_customer().certificate)
    assert key.random_number == R
    assert budget.spent == 100 * (2 if scheme.prf is None and bits > 160 else 1)


@each_size
def test_pair_and_pfx_under_aria_open_with_the_right_password_only(bits: int) -> None:
    customer = a_customer()
    key = aria_key(private_key_info(customer.key, R), PASSWORD, bits, SHA256)
    content = pfx_of([data_part(cert_bag(customer.der), bag(SHROUDED_KEY_BAG, key))], PASSWORD, mac_rounds=1)

    for files in ([customer.der, key], [key, customer.der], [content]):
        assert opened(*files) == Opened(customer.der, R)
        with pytest.raises(WrongPassword):
            opened(*files, password="wrong")


def test_key_under_aria_of_another_certificate_is_a_mismatch() -> None:
    key = aria_key(private_key_info(an_ec_customer().key, R), PASSWORD, 128, SHA256)
    with pytest.raises(Refusal, match="FILE_KEY_MISMATCH"):
        opened(a_customer().der, key)


def test_rounds_of_a_key_under_aria_are_bounded_before_a_password() -> None:
    key = aria_key(b"whatever it holds", PASSWORD, 256, Pbes2(rounds=500_001), derived=bytes(32))
    with pytest.raises(Refusal, match="FILE_KDF_COST_TOO_HIGH"):
        recognise([a_customer().der, key])  # SHA-1 takes two blocks for 32 bytes
