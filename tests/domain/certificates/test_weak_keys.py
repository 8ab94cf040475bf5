"""Each known weakness of a public key, with a key made weak in just that way; and none in good keys."""

import math
import random

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key
from hypothesis import given, settings
from hypothesis import strategies as st

from registrar.domain.certificates import weak_keys
from registrar.domain.certificates.weak_keys import weakness
from tests.support.builders import a_pki, an_rsa_key
from tests.support.customer_folders import CustomerFolder
from tests.support.others import a_vector
from tools.pki.authorities import _oid, _tlv

CA_CERTIFICATES = (
    "ca/KISA-RootCA-4.der",
    "ca/yessignCA-Class-3.der",
    "ca/SignKorea-CA4.der",
    "ca/signGATE-CA6.der",
    "ca/TradeSignCA4.der",
    "ca/CrossCertCA4.der",
    "ca/TradeSignOCSP4.der",
    "ca/Kisa-Test-RootCA-7.der",
    "ca/yessignCA-Test-Class-4.der",
)
HALF = 3 << 1022  # the product of two numbers of this size has 2048 bits
FEW = settings(max_examples=40, derandomize=True, database=None, deadline=None)


def a_public_key(modulus: int, exponent: int = 65537) -> rsa.RSAPublicKey:
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


def a_random_modulus(bits: int, seed: int = 0) -> int:
    """An odd number of that size without small factors; it has no structure, like an RSA modulus."""
    source = random.Random(seed)  # noqa: S311 - a test that gives the same numbers every time
    while True:
        modulus = source.getrandbits(bits) | 1 | 1 << (bits - 1)
        if math.gcd(modulus, weak_keys._SMALL_PRODUCT) == 1:
            return modulus


def is_probable_prime(number: int) -> bool:
    return all(pow(base, number - 1, number) == 1 for base in (2, 3, 5))


# --- good keys --------------------------------------------------------------------------------------


@pytest.mark.parametrize("bits", [2048, 3072])
def test_new_key_is_not_weak(bits: int) -> None:
    assert weakness(an_rsa_key("weakness", bits).public_key()) is None


def test_demo_hierarchy_keys_are_not_weak() -> None:
    for authority in (a_pki().root, *a_pki().issuers.values()):
        assert weakness(authority.key.public_key()) is None


def test_key_of_a_customers_folder_is_not_weak(folder: CustomerFolder) -> None:
    assert weakness(x509.load_der_x509_certificate(folder.certificate).public_key()) is None


@pytest.mark.parametrize("name", CA_CERTIFICATES)
def test_a_key_in_use_is_not_weak(name: str) -> None:
    key = x509.load_der_x509_certificate(a_vector(name)).public_key()

    assert weakness(key) is None


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()])
def test_a_nist_curve_is_not_weak(curve: ec.EllipticCurve) -> None:
    assert weakness(ec.generate_private_key(curve).public_key()) is None


# --- kind, size, exponent -----------------------------------------------------------------------------


@pytest.mark.parametrize("curve", [ec.SECP224R1(), ec.SECP256K1(), ec.BrainpoolP256R1()])
def test_unsupported_curve_is_weak(curve: ec.EllipticCurve) -> None:
    assert weakness(ec.generate_private_key(curve).public_key()) == "curve"


def test_unsupported_key_type_is_weak() -> None:
    assert weakness(ed25519.Ed25519PrivateKey.generate().public_key()) == "key-type"


@pytest.mark.parametrize("bits", [1024, 2047, 8193, 16384, 65536])
def test_modulus_of_a_wrong_size_is_weak(bits: int) -> None:
    assert weakness(a_public_key(1 << (bits - 1) | 1)) == "rsa-size"


@pytest.mark.parametrize("bits", [2048, 2049, 4096, 8192])
def test_modulus_of_a_right_size_is_not_weak(bits: int) -> None:
    assert weakness(a_public_key(a_random_modulus(bits))) is None


@pytest.mark.parametrize("exponent", [3, 17, 65535, 2**32 + 1, 2**64 + 1])
def test_wrong_exponent_is_weak(exponent: int) -> None:
    assert weakness(a_public_key(a_random_modulus(2048), exponent)) == "rsa-exponent"


@pytest.mark.parametrize("exponent", [65537, 65539, 2**32 - 1])
def test_unusual_but_valid_exponent_is_not_weak(exponent: int) -> None:
    assert weakness(a_public_key(a_random_modulus(2048), exponent)) is None


@pytest.mark.parametrize("exponent", [1, 2, 65538])
def test_exponent_that_no_parser_accepts(exponent: int) -> None:
    numbers = [n.to_bytes(n.bit_length() // 8 + 1) for n in (a_random_modulus(2048), exponent)]
    rsa_key = _tlv(0x30, *(_tlv(0x02, number) for number in numbers))
    algorithm = _tlv(0x30, _oid("1.2.840.113549.1.1.1"), _tlv(0x05))

    with pytest.raises(ValueError, match="e must be"):
        load_der_public_key(_tlv(0x30, algorithm, _tlv(0x03, b"\0", rsa_key)))
    assert exponent not in weak_keys.RSA_EXPONENTS


# --- small factors ------------------------------------------------------------------------------------


@pytest.mark.parametrize("factor", [2, 3, 5, 641, 743, 751])
def test_small_factor_is_weak(factor: int) -> None:
    cofactor = a_random_modulus(2049 - factor.bit_length())

    assert weakness(a_public_key(cofactor * factor)) == "small-factor"


def test_first_prime_above_the_limit_is_not_a_small_factor() -> None:
    assert weakness(a_public_key(a_random_modulus(2040) * 757)) is None


def test_small_primes_are_complete() -> None:
    found = weak_keys._SMALL_PRIMES

    assert found == tuple(p for p in range(2, 752) if all(p % d for d in range(2, p)))


# --- ROCA ---------------------------------------------------------------------------------------------

# M of the flawed library for moduli from 1984 to 3936 bits: the product of the first 126 primes.
ROCA_M = math.prod(p for p in range(2, 702) if all(p % d for d in range(2, p)))
# Published before the attack (Nemec et al., CCS 2017): the primes modulo which the powers of 65537 are few.
TELLING_PRIMES = {11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157}


def a_roca_number(seed: int) -> int:
    """k*M + (65537^a mod M) of 1024 bits. Seeds 18 and 168 give primes."""
    source = random.Random(seed)  # noqa: S311 - a test that gives the same numbers every time
    exponent = source.randrange(2, 2**64)
    multiple = source.randrange(2**1023 // ROCA_M + 1, 2**1024 // ROCA_M)
    return multiple * ROCA_M + pow(65537, exponent, ROCA_M)


def test_roca_key_is_weak() -> None:
    p, q = a_roca_number(18), a_roca_number(168)
    assert is_probable_prime(p)
    assert is_probable_prime(q)

    assert weakness(a_public_key(p * q)) == "roca"


@FEW
@given(seeds=st.tuples(st.integers(0, 2**32), st.integers(0, 2**32)), more=st.integers(1, 2**64))
def test_roca_structure_is_found_for_any_numbers(seeds: tuple[int, int], more: int) -> None:
    p, q = map(a_roca_number, seeds)

    assert weak_keys._has_roca_fingerprint(p * q % weak_keys._SMALL_PRODUCT)
    assert weak_keys._has_roca_fingerprint((p + more * ROCA_M) * q % weak_keys._SMALL_PRODUCT)


def test_one_roca_prime_alone_is_not_weak() -> None:
    other = a_random_modulus(1024)

    assert not weak_keys._has_roca_fingerprint(a_roca_number(18) * other % weak_keys._SMALL_PRODUCT)


def test_roca_primes_match_the_publication() -> None:
    assert {prime for prime, _ in weak_keys._ROCA_SETS} == TELLING_PRIMES


def test_false_positive_rate_is_negligible() -> None:
    by_chance = math.prod(len(powers) / (prime - 1) for prime, powers in weak_keys._ROCA_SETS)
    source = random.Random(1)  # noqa: S311 - a test that gives the same numbers every time
    random_moduli = (source.getrandbits(2048) | 1 | 1 << 2047 for _ in range(2000))

    assert -27.9 < math.log2(by_chance) < -27.8
    assert not any(weak_keys._has_roca_fingerprint(n % weak_keys._SMALL_PRODUCT) for n in random_moduli)


# --- close primes -------------------------------------------------------------------------------------


def fermat_step(modulus: int, most: int) -> int | None:
    """The step (from 1) at which Fermat's method parts `modulus`, as the books write it."""
    first = math.isqrt(modulus - 1) + 1
    for step in range(most):
        square = (first + step) ** 2 - modulus
        if math.isqrt(square) ** 2 == square:
            return step + 1
    return None


def has_close_primes(modulus: int) -> bool:
    return weak_keys._has_close_primes(modulus, modulus % weak_keys._SMALL_PRODUCT)


def test_close_primes_are_weak() -> None:
    p, q = HALF + 1037, HALF + 1697
    assert is_probable_prime(p)
    assert is_probable_prime(q)

    assert weakness(a_public_key(p * q)) == "fermat"


def test_squared_prime_is_weak() -> None:
    assert weakness(a_public_key((HALF + 1037) ** 2)) == "fermat"


@FEW
@given(wanted=st.integers(1, 200), offset=st.integers(1, 2**64).map(lambda n: 2 * n + 1))
def test_sieve_agrees_with_the_plain_method(wanted: int, offset: int) -> None:
    p = HALF + offset
    # (q - p)^2 / 8p is the number of steps that it takes.
    q = p + (math.isqrt(8 * p * wanted) & ~1)
    step = fermat_step(p * q, 300)
    assert step is not None
    assert abs(step - wanted) <= 1

    assert has_close_primes(p * q) is (step <= 100)


def test_exactly_one_hundred_fermat_steps_are_tried() -> None:
    for step in (1, 2, 99, 100, 101, 102):
        # (a + b)(a - b) = a^2 - b^2, and the root of that is about a - b^2 / 2a.
        a = HALF
        b = math.isqrt(2 * a * (step - 1) + a)
        modulus = a * a - b * b
        assert fermat_step(modulus, 300) == step
        assert has_close_primes(modulus) is (step <= 100)


def test_distant_primes_are_not_weak() -> None:
    for seed in range(50):
        modulus = a_random_modulus(2048, seed)
        assert fermat_step(modulus, weak_keys.FERMAT_STEPS) is None
        assert not has_close_primes(modulus)
