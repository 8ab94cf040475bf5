"""signPri.key in every envelope: the right password opens it at the expected cost, nothing else does."""

import hashlib
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from registrar.domain.files.kdf_budget import KdfBudget
from registrar.domain.files.key_envelopes import read_envelope
from registrar.domain.files.password_forms import Password
from registrar.domain.files.private_keys import PrivateKey
from registrar.domain.reasons.errors import Refusal, WrongPassword
from tests.support.customer_folders import CustomerFolder
from tests.support.npki_samples import (
    KOREAN,
    PASSWORD,
    R,
    a_customer,
    an_ec_customer,
    each_scheme,
    key_der,
    open_envelope,
)
from tools.pki.authorities import _oid, _tlv
from tools.pki.npki_files import (
    Pbes2,
    Scheme,
    ScryptScheme,
    Seed,
    algorithm_identifier,
    encrypted_key,
    integer,
    pbkdf2_algorithm,
    private_key_info,
    sign_pri_key,
)

SALT, IV = b"saltsalt", bytes(16)


def spki(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def test_key_file_of_a_customers_folder_opens(folder: CustomerFolder) -> None:
    budget = KdfBudget()
    key = open_envelope(folder.key, folder.password, budget)

    assert key.random_number == folder.random_number
    assert key.public_key == spki(x509.load_der_x509_certificate(folder.certificate))
    assert budget.spent == 2048
    (derived,) = read_envelope(folder.key).scheme.keys(Password.of(folder.password), KdfBudget())
    assert (derived.key, derived.iv) == (folder.seed_key, folder.seed_iv)


def test_seed_key_equals_a_known_answer_of_pbkdf1() -> None:
    """The one that Crypto++ and PyCrypto test with."""
    parameters = _tlv(0x30, _tlv(0x04, bytes.fromhex("78578e5a5d63cb06")), integer(1000))
    envelope = read_envelope(
        _tlv(0x30, algorithm_identifier("1.2.410.200004.1.15", parameters), _tlv(0x04, bytes(32)))
    )
    (derived,) = envelope.scheme.keys(Password.of("password"), KdfBudget())

    assert derived.key.hex() == "dc19847e05c64d2faf10ebfb4a3d2a20"


@each_scheme
def test_each_envelope_opens_at_the_expected_cost(scheme: Scheme, rounds: int) -> None:
    budget = KdfBudget()
    key = open_envelope(sign_pri_key(a_customer(), PASSWORD, scheme), PASSWORD, budget)

    assert key == PrivateKey(spki(a_customer().certificate), R)
    assert budget.spent == rounds


@each_scheme
def test_korean_password_in_utf_8_costs_the_same(scheme: Scheme, rounds: int) -> None:
    budget = KdfBudget()
    assert open_envelope(sign_pri_key(an_ec_customer(), KOREAN, scheme), KOREAN, budget).random_number == R
    assert budget.spent == rounds


@pytest.mark.parametrize(
    ("scheme", "rounds"),
    [
        (Seed(100, encoding="cp949"), 2 * 100),
        (Pbes2(rounds=100, encoding="cp949"), 2 * 100),
        # UTF-8 with SHA-256, with SHA-1 (two blocks), then CP949 with SHA-256.
        (Pbes2("aes256", "sha256", rounds=100, encoding="cp949"), 100 + 200 + 100),
        (Pbes2("aes256", "sha256", "sha1", rounds=100, encoding="cp949"), 2 * (100 + 200)),
    ],
    ids=str,
)
def test_korean_password_in_cp949_opens_at_the_second_try(scheme: Scheme, rounds: int) -> None:
    budget = KdfBudget()
    assert open_envelope(sign_pri_key(an_ec_customer(), KOREAN, scheme), KOREAN, budget).random_number == R
    assert budget.spent == rounds


def test_envelope_declaring_sha256_but_using_sha1_opens() -> None:
    budget = KdfBudget()
    der = sign_pri_key(an_ec_customer(), PASSWORD, Pbes2(prf="sha256", used_prf="sha1"))

    assert open_envelope(der, PASSWORD, budget).random_number == R
    assert budget.spent == 2 * 2048


@pytest.mark.parametrize(
    ("scheme", "password", "rounds"),
    [
        (Seed(100), "wrong", 100),
        (Seed(100), KOREAN, 200),
        (Pbes2(rounds=100), "wrong", 100),
        (Pbes2(prf="sha256", rounds=100), "wrong", 200),
        (Pbes2(prf="sha256", rounds=100), KOREAN, 400),
        (Pbes2(rounds=100), "\ud800", 0),
        (Seed(100), "", 100),
    ],
    ids=str,
)
def test_a_wrong_password_costs_one_try_for_each_form(scheme: Scheme, password: str, rounds: int) -> None:
    budget = KdfBudget()
    with pytest.raises(WrongPassword) as wrong:
        open_envelope(sign_pri_key(an_ec_customer(), PASSWORD, scheme), password, budget)
    assert budget.spent == rounds
    assert wrong.value.__context__ is None
    assert str(wrong.value) == ""


def test_empty_password_opens_its_envelope() -> None:
    assert open_envelope(sign_pri_key(an_ec_customer(), ""), "", KdfBudget()).random_number == R


def test_wrong_passwords_with_valid_padding_do_not_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.pki.npki_files.secrets.token_bytes", lambda size: bytes(range(size)))
    der = sign_pri_key(an_ec_customer(), PASSWORD, Seed(1))
    envelope, padded = read_envelope(der), 0
    for number in range(2000):
        wrong = f"wrong-{number}"
        padded += len(list(envelope.scheme.plaintexts(envelope.data, Password.of(wrong), KdfBudget())))
        with pytest.raises(WrongPassword):
            open_envelope(der, wrong, KdfBudget())
    assert 2 <= padded <= 20  # 1 in 256 is to be expected


class TestCost:
    """Counts are read first: nothing is derived for one over the budget."""

    @pytest.fixture(autouse=True)
    def _no_derivation(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def never(*arguments: Any, **named: Any) -> None:
            raise AssertionError("a key was derived")

        for name in ("pbkdf2_hmac", "scrypt", "sha1", "new"):
            monkeypatch.setattr(hashlib, name, never)

    @pytest.mark.parametrize("rounds", [1_000_001, 10_000_000, 2**31, 2**64, 2**30_000], ids=int.bit_length)
    def test_too_many_rounds_are_refused(self, rounds: int) -> None:
        parameters = _tlv(0x30, _tlv(0x04, SALT), integer(rounds))
        for algorithm in (
            algorithm_identifier("1.2.410.200004.1.15", parameters),
            algorithm_identifier("1.2.410.200004.1.4", parameters),
            pbes2(pbkdf2_algorithm(SALT, Pbes2(rounds=rounds))),
        ):
            self.check_refused(algorithm, "FILE_KDF_COST_TOO_HIGH")

    @pytest.mark.parametrize("rounds", [0, -1, -(2**31), -(2**30_000)], ids=int.bit_length)
    def test_zero_rounds_are_unreadable(self, rounds: int) -> None:
        parameters = _tlv(0x30, _tlv(0x04, SALT), integer(rounds))
        self.check_refused(algorithm_identifier("1.2.410.200004.1.15", parameters), "FILE_UNREADABLE")
        self.check_refused(pbes2(pbkdf2_algorithm(SALT, Pbes2(rounds=rounds))), "FILE_UNREADABLE")

    @pytest.mark.parametrize(
        "numbers", [(2**16, 8, 1), (2**15, 8, 5), (2**15, 8, 4), (2**60, 8, 1), (2, 2**100, 1)]
    )
    def test_too_costly_scrypt_is_refused(self, numbers: tuple[int, int, int]) -> None:
        self.check_refused(pbes2(scrypt_algorithm(*numbers)), "FILE_KDF_COST_TOO_HIGH")

    def test_remaining_budget_limits_the_rounds(self) -> None:
        der = _tlv(0x30, pbes2(pbkdf2_algorithm(SALT, Pbes2(rounds=2048))), _tlv(0x04, bytes(32)))
        budget = KdfBudget(spent=998_000)
        with pytest.raises(Refusal) as refused:
            open_envelope(der, PASSWORD, budget)
        assert refused.value.params == {"rounds": 1_000_048, "limit": 1_000_000}
        assert budget.spent == 998_000

    def check_refused(self, algorithm: bytes, code: str) -> None:
        budget = KdfBudget()
        with pytest.raises(Refusal) as refused:
            open_envelope(_tlv(0x30, algorithm, _tlv(0x04, bytes(32))), PASSWORD, budget)
        assert (refused.value.code, budget.spent) == (code, 0)


def test_wrong_password_is_reported_where_a_retry_exceeds_the_budget() -> None:
    der = _tlv(0x30, pbes2(pbkdf2_algorithm(SALT, Pbes2(prf="sha256", rounds=6000))), _tlv(0x04, bytes(32)))
    budget = KdfBudget(limit=10_000)
    with pytest.raises(WrongPassword):
        open_envelope(der, PASSWORD, budget)
    assert budget.spent == 6000


def pbes2(derivation: bytes, cipher: str = "1.2.410.200004.1.4", iv: bytes = _tlv(0x04, IV)) -> bytes:
    encryption = algorithm_identifier(cipher, iv)
    return algorithm_identifier("1.2.840.113549.1.5.13", _tlv(0x30, derivation, encryption))


def scrypt_algorithm(*numbers: int) -> bytes:
    return algorithm_identifier(
        "1.3.6.1.4.1.11591.4.11", _tlv(0x30, _tlv(0x04, SALT), *(integer(number) for number in numbers))
    )


def pbkdf2(*parameters: bytes) -> bytes:
    return algorithm_identifier("1.2.840.113549.1.5.12", _tlv(0x30, *parameters))


PBE = _tlv(0x30, _tlv(0x04, SALT), integer(1))
GOOD = pbkdf2_algorithm(SALT, Pbes2(rounds=1))


@pytest.mark.parametrize(
    "algorithm",
    [
        algorithm_identifier("1.2.840.113549.1.5.3", PBE),  # pbeWithMD5AndDES-CBC
        algorithm_identifier("1.2.840.113549.1.5.11", PBE),  # pbeWithSHA1AndRC2-CBC
        algorithm_identifier("1.2.840.113549.1.12.1.1", PBE),  # pbeWithSHAAnd128BitRC4
        pbes2(GOOD, "1.2.410.200046.1.1.1"),  # aria128-ecb
        pbes2(GOOD, "1.2.410.200046.1.1.5"),  # aria128-ctr
        pbes2(GOOD, "1.2.410.200046.1.1.36"),  # aria256-gcm
        pbes2(GOOD, "1.3.14.3.2.7", _tlv(0x04, bytes(8))),  # des-cbc
        pbes2(GOOD, "1.2.840.113549.3.2", _tlv(0x30, integer(58), _tlv(0x04, bytes(8)))),  # rc2-cbc
        pbes2(GOOD, "2.16.840.1.101.3.4.1.46"),  # aes256-gcm
        pbes2(pbkdf2(_tlv(0x04, SALT), integer(1), algorithm_identifier("1.2.643.7.1.1.4.2", _tlv(0x05)))),  # GOST
        pbes2(algorithm_identifier("1.2.840.113549.1.5.12.1", PBE)),
    ],
)
def test_unsupported_encryption_is_reported_before_a_password(algorithm: bytes) -> None:
    with pytest.raises(Refusal, match="FILE_ENCRYPTION_UNSUPPORTED"):
        read_envelope(_tlv(0x30, algorithm, _tlv(0x04, bytes(32))))


@pytest.mark.parametrize(
    "der",
    [
        b"",
        _tlv(0x30),
        _tlv(0x30, pbes2(GOOD), _tlv(0x04)),
        _tlv(0x30, pbes2(GOOD), _tlv(0x04, bytes(31))),
        _tlv(0x30, pbes2(GOOD), _tlv(0x04, bytes(32)), _tlv(0x05)),
        _tlv(0x30, pbes2(GOOD, iv=_tlv(0x04, bytes(15))), _tlv(0x04, bytes(32))),
        _tlv(0x30, pbes2(GOOD, iv=_tlv(0x05)), _tlv(0x04, bytes(32))),
        _tlv(0x30, pbes2(pbkdf2(_tlv(0x04, SALT), integer(1), integer(17))), _tlv(0x04, bytes(32))),
        _tlv(0x30, pbes2(pbkdf2(_tlv(0x04, SALT), integer(1), integer(2**70))), _tlv(0x04, bytes(32))),
        _tlv(0x30, pbes2(pbkdf2(_tlv(0x30, _oid("1.2.3")), integer(1))), _tlv(0x04, bytes(32))),
        _tlv(0x30, pbes2(scrypt_algorithm(2, 1, 1, 17)), _tlv(0x04, bytes(32))),
        _tlv(0x30, pbes2(scrypt_algorithm(3, 1, 1)), _tlv(0x04, bytes(32))),
        _tlv(0x30, algorithm_identifier("1.2.410.200004.1.15", _tlv(0x05)), _tlv(0x04, bytes(32))),
        _tlv(0x30, algorithm_identifier("1.2.410.200004.1.15"), _tlv(0x04, bytes(32))),
        encrypted_key(b"x", "password", Seed(1)) + b"\n",
        encrypted_key(b"x", "password", Seed(1))[:-1],
    ],
    ids=len,
)
def test_malformed_envelope_is_unreadable(der: bytes) -> None:
    with pytest.raises(Refusal, match="FILE_UNREADABLE"):
        read_envelope(der)


def test_disabled_cipher_is_not_a_wrong_password(monkeypatch: pytest.MonkeyPatch) -> None:
    from cryptography.exceptions import UnsupportedAlgorithm

    from registrar.domain.files import password_encryption

    def without_legacy(*arguments: Any) -> None:
        raise UnsupportedAlgorithm("SEED")

    der = sign_pri_key(an_ec_customer(), PASSWORD, Seed(1))
    monkeypatch.setattr(password_encryption, "Cipher", without_legacy)
    with pytest.raises(Refusal, match="FILE_ENCRYPTION_UNSUPPORTED"):
        open_envelope(der, PASSWORD, KdfBudget())


def test_decrypted_content_that_is_not_a_key_is_refused() -> None:
    for plain in (
        b"not a key",
        b"",
        an_ec_customer().der,
        _tlv(0x30, integer(2), private_key_info(an_ec_customer().key)[5:]),
    ):
        with pytest.raises(WrongPassword):
            open_envelope(encrypted_key(plain, PASSWORD, Seed(1)), PASSWORD, KdfBudget())


def test_repr_contains_no_key() -> None:
    key = open_envelope(sign_pri_key(an_ec_customer(), PASSWORD), PASSWORD, KdfBudget())
    envelope = read_envelope(sign_pri_key(an_ec_customer(), PASSWORD, ScryptScheme(2)))
    printed = f"{key!r} {Password.of(PASSWORD)!r} {envelope!r}"

    assert R.hex() not in printed
    assert repr(R) not in printed
    assert PASSWORD not in printed
    assert key_der(an_ec_customer()).hex() not in printed
