"""Public keys that are known to be weak although their signatures verify.

| id | what is wrong | rule |
| --- | --- | --- |
| `key-type` | neither RSA nor EC | |
| `curve` | not P-256, P-384, P-521 (explicit parameters are refused when the certificate is read) | FIPS 186-5 |
| `rsa-size` | modulus under 2048 or over 8192 bits | SP 800-57 part 1; the upper end bounds our work |
| `rsa-exponent` | even, under 65537, or 2^32 and more | SP 800-89 5.3.3; the upper end bounds our work |
| `small-factor` | the modulus is even or has a factor below 752 | SP 800-89 5.3.3 |
| `roca` | both primes are powers of 65537 modulo many small primes | CVE-2017-15361 |
| `fermat` | the primes are so close that 100 steps of Fermat's method part them | CVE-2022-26320 |

Every check of an RSA key together costs less than verifying one signature with it: one remainder modulo the
product of all small primes serves three of them. Standard library and `cryptography` only; nothing raises.
"""

import math

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

CURVES = frozenset({"secp256r1", "secp384r1", "secp521r1"})
RSA_BITS = range(2048, 8193)
RSA_EXPONENTS = range(65537, 2**32, 2)

FERMAT_STEPS = 100
_SMALL_PRIMES = tuple(sorted(set(range(2, 752)) - {m for d in range(2, 28) for m in range(d * d, 752, d)}))
# 2^6 so that the remainder also gives the modulus modulo 64.
_SMALL_PRODUCT = math.prod(_SMALL_PRIMES) * 2**5

_ROCA_GENERATOR = 65537
_ROCA_LAST_PRIME = 167  # the primorial of the shortest keys: longer keys use more primes, never fewer
_FERMAT_MODULI = (64, 3, 5, 7, 11, 13, 17, 19, 23)
_FERMAT_PRODUCT = math.prod(_FERMAT_MODULI)


def weakness(public_key: PublicKeyTypes) -> str | None:
    """The id (see the module's table) of the first weakness of `public_key`, or None where none is known."""
    if isinstance(public_key, rsa.RSAPublicKey):
        return _rsa_weakness(public_key)
    if isinstance(public_key, ec.EllipticCurvePublicKey):
        return None if public_key.curve.name in CURVES else "curve"
    return "key-type"


def _rsa_weakness(public_key: rsa.RSAPublicKey) -> str | None:
    if public_key.key_size not in RSA_BITS:
        return "rsa-size"
    numbers = public_key.public_numbers()
    if numbers.e not in RSA_EXPONENTS:
        return "rsa-exponent"
    residue = numbers.n % _SMALL_PRODUCT
    if math.gcd(_SMALL_PRODUCT, residue) != 1:
        return "small-factor"
    if _has_roca_fingerprint(residue):
        return "roca"
    if _has_close_primes(numbers.n, residue):
        return "fermat"
    return None


def _subgroup(prime: int) -> frozenset[int]:
    """The powers of 65537 modulo `prime`."""
    powers = set[int]()
    power = 1
    while power not in powers:
        powers.add(power)
        power = power * _ROCA_GENERATOR % prime
    return frozenset(powers)


def _roca_sets() -> tuple[tuple[int, frozenset[int]], ...]:
    """(prime, powers of 65537) where the powers are not all residues; the most selective prime first."""
    primes = [p for p in _SMALL_PRIMES if 2 < p <= _ROCA_LAST_PRIME]
    sets = [(p, powers) for p in primes if len(powers := _subgroup(p)) < p - 1]
    return tuple(sorted(sets, key=lambda entry: len(entry[1]) / (entry[0] - 1)))


_ROCA_SETS = _roca_sets()


def _has_roca_fingerprint(residue: int) -> bool:
    """Whether the modulus is a power of 65537 modulo every listed prime (Nemec et al., CCS 2017, section 2.3).

    The flawed library made primes k*M + (65537^a mod M), M a primorial, so their product is such a power modulo
    each prime of M. Another modulus passes with a probability of 2^-27.8.
    """
    for prime, powers in _ROCA_SETS:  # noqa: SIM110 - all() costs as much as the usual two rounds
        if residue % prime not in powers:
            return False
    return True


def _fermat_masks(modulus: int) -> tuple[int, ...]:
    """For each residue c: bit a is set where a^2 - c is a square modulo `modulus`; long enough to be shifted."""
    squares = {x * x % modulus for x in range(modulus)}
    masks = [0] * modulus
    for a in range(modulus):
        for square in squares:
            masks[(a * a - square) % modulus] |= 1 << a
    repeats = sum(1 << start for start in range(0, modulus + FERMAT_STEPS, modulus))
    return tuple(mask * repeats for mask in masks)


_FERMAT_MASKS = tuple((modulus, _fermat_masks(modulus)) for modulus in _FERMAT_MODULI)


def _has_close_primes(n: int, residue: int) -> bool:
    """Whether one of the first FERMAT_STEPS numbers a from sqrt(n) upwards makes a^2 - n a square.

    The steps are sieved at once, a bit for each: a square is a square modulo everything. About one step in a
    thousand is left and taken.
    """
    first = math.isqrt(n - 1) + 1
    known = residue % _FERMAT_PRODUCT
    start = first % _FERMAT_PRODUCT
    steps = (1 << FERMAT_STEPS) - 1
    for modulus, masks in _FERMAT_MASKS:
        steps &= masks[known % modulus] >> (start % modulus)
    while steps:
        a = first + (steps & -steps).bit_length() - 1
        square = a * a - n
        if math.isqrt(square) ** 2 == square:
            return True
        steps &= steps - 1
    return False
