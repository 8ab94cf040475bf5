"""Hostile PFX files: counts beyond the budget at any place, nesting, and other kinds of protection."""

import time
from collections.abc import Callable

import pytest

from registrar.domain.files.formats import LockedPfx, recognise
from registrar.domain.files.kdf_budget import KdfBudget
from registrar.domain.reasons.errors import Refusal, WrongPassword
from tests.support.npki_samples import PASSWORD, an_ec_customer, opened, refusal
from tools.pki.authorities import _oid, _tlv
from tools.pki.npki_containers import (
    DATA,
    KEY_BAG,
    SAFE_CONTENTS_BAG,
    SHROUDED_KEY_BAG,
    SIGNED_DATA,
    as_ber,
    bag,
    cert_bag,
    content_info,
    data_part,
    encrypted_part,
    mac_data,
    pfx,
    pfx_of,
    pfx_with,
)
from tools.pki.npki_files import Pkcs12, algorithm_identifier, encrypted_key, integer, private_key_info

UNSUPPORTED = "FILE_ENCRYPTION_UNSUPPORTED"

FAST = Pkcs12(rounds=1)
MANY = [1_000_001, 10_000_000, 2**31, 2**63, 2**20_000]
each_count = pytest.mark.parametrize("rounds", MANY, ids=int.bit_length)


def costly_key(rounds: int, oid: str = "1.2.840.113549.1.12.1.3") -> bytes:
    """A key bag that states so many rounds; it was never encrypted."""
    algorithm = algorithm_identifier(oid, _tlv(0x30, _tlv(0x04, b"saltsalt"), integer(rounds)))
    return bag(SHROUDED_KEY_BAG, _tlv(0x30, algorithm, _tlv(0x04, bytes(48))))


def costly_part(rounds: int) -> bytes:
    algorithm = algorithm_identifier(
        "1.2.840.113549.1.12.1.6", _tlv(0x30, _tlv(0x04, b"saltsalt"), integer(rounds))
    )
    content = _tlv(0x30, _oid(DATA), algorithm, _tlv(0x80, bytes(48)))
    return content_info("1.2.840.113549.1.7.6", _tlv(0x30, integer(0), content))


def test_certificate_bag_opens_within_the_budget() -> None:
    assert opened(pfx(an_ec_customer(), PASSWORD, key_scheme=FAST, mac_rounds=1)).der == an_ec_customer().der


@each_count
@pytest.mark.parametrize(
    "make",
    [
        lambda rounds: pfx_with(_tlv(0x30), mac_data("1.3.14.3.2.26", bytes(20), b"saltsalt", rounds)),
        lambda rounds: pfx_of([data_part(costly_key(rounds))], PASSWORD, mac_rounds=1),
        lambda rounds: pfx_of([costly_part(rounds)], PASSWORD, mac_rounds=1),
    ],
    ids=["mac", "key", "part"],
)
def test_unencrypted_counts_are_refused_before_a_password(make: Callable[[int], bytes], rounds: int) -> None:
    content, started = make(rounds), time.process_time()
    with pytest.raises(Refusal) as refused:
        recognise([content])
    assert refused.value.code == "FILE_KDF_COST_TOO_HIGH"
    assert refused.value.params["limit"] == 1_000_000
    assert time.process_time() - started < 0.2


@each_count
def test_encrypted_counts_are_refused_after_decryption(rounds: int) -> None:
    part = encrypted_part(PASSWORD, FAST, costly_key(rounds), cert_bag(an_ec_customer().der))
    container = recognise([pfx_of([part], PASSWORD, mac_rounds=1)])
    assert isinstance(container, LockedPfx)
    budget = KdfBudget()
    with pytest.raises(Refusal, match="FILE_KDF_COST_TOO_HIGH"):
        container.open(PASSWORD, budget)
    assert budget.spent == 1 + 3  # the MAC and the cover


def test_counts_add_up() -> None:
    # A 3DES key and its IV are three blocks: 3 · (10 + 200,000 + 133,323), and the MAC.
    parts = [encrypted_part(PASSWORD, Pkcs12(rounds=10)), data_part(costly_key(200_000), costly_key(133_323))]
    recognise([pfx_of(parts, PASSWORD, mac_rounds=1)])
    with pytest.raises(Refusal) as refused:
        recognise([pfx_of(parts, PASSWORD, mac_rounds=2)])
    assert refused.value.params == {"rounds": 1_000_001, "limit": 1_000_000}


def test_negative_count_adds_nothing_to_the_budget() -> None:
    content = [data_part(costly_key(-1_000_000), costly_key(300_000), costly_key(300_000))]
    assert refusal(pfx_of(content, PASSWORD, mac_rounds=1)) == "FILE_UNREADABLE"
    mac = mac_data("1.3.14.3.2.26", bytes(20), b"saltsalt", -5)
    assert refusal(pfx_with(_tlv(0x30), mac)) == "FILE_UNREADABLE"


def test_deeply_nested_bags_are_unreadable() -> None:
    nested = cert_bag(an_ec_customer().der)
    for _ in range(300):
        nested = bag(SAFE_CONTENTS_BAG, _tlv(0x30, nested))
    assert refusal(pfx_of([data_part(nested)], PASSWORD, mac_rounds=1)) == "FILE_UNREADABLE"
    hidden = encrypted_part(PASSWORD, FAST, nested)
    assert refusal(pfx_of([hidden], PASSWORD, mac_rounds=1)) == "FILE_UNREADABLE"
    deep = b""
    for _ in range(5000):
        deep = _tlv(0x30, deep)
    assert refusal(pfx_of([data_part(deep)], PASSWORD, mac_rounds=1)) == "FILE_UNREADABLE"
    assert refusal(b"\x30\x80" * 30_000) == "FILE_UNREADABLE"


def test_number_of_bags_and_parts_is_limited() -> None:
    small = _tlv(0x30, _oid("1.2.3"), _tlv(0xA0, _tlv(0x05)))
    assert refusal(pfx_of([data_part(*[small] * 41)], PASSWORD, mac_rounds=1)) == "FILE_UNREADABLE"
    assert refusal(pfx_of([data_part()] * 9, PASSWORD, mac_rounds=1)) == "FILE_UNREADABLE"
    assert refusal(pfx_of([data_part()] * 8, PASSWORD, mac_rounds=1)) == "FILE_NO_CERTIFICATE"


def _by_length(value: bytes | str) -> str:
    """Files differ from run to run in their salts; workers have to agree on names."""
    return f"{len(value)} bytes" if isinstance(value, bytes) else value


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (pfx_with(_tlv(0x30), None), "FILE_ENCRYPTION_UNSUPPORTED"),
        (pfx_with(_tlv(0x30), None, content_type=SIGNED_DATA), "FILE_ENCRYPTION_UNSUPPORTED"),
        (
            pfx_with(_tlv(0x30), mac_data("1.2.840.113549.2.5", bytes(16), b"salt", 1)),
            "FILE_ENCRYPTION_UNSUPPORTED",
        ),
        # PBMAC1 (RFC 9579): parameters where a digest has none.
        (
            pfx_with(
                _tlv(0x30),
                _tlv(
                    0x30,
                    _tlv(
                        0x30,
                        algorithm_identifier("1.2.840.113549.1.5.14", _tlv(0x30, _tlv(0x30), _tlv(0x30))),
                        _tlv(0x04, bytes(32)),
                    ),
                    _tlv(0x04, b"NOT USED"),
                    integer(1),
                ),
            ),
            "FILE_ENCRYPTION_UNSUPPORTED",
        ),
        (pfx_of([data_part(bag(KEY_BAG, _tlv(0x30)))], "", mac_rounds=1), "FILE_ENCRYPTION_UNSUPPORTED"),
        (
            pfx_of([content_info("1.2.840.113549.1.7.3", _tlv(0x30))], "", mac_rounds=1),
            "FILE_ENCRYPTION_UNSUPPORTED",
        ),
        (pfx_of([content_info("1.2.3.4", _tlv(0x30))], "", mac_rounds=1), "FILE_UNREADABLE"),
        (pfx_with(_tlv(0x30), mac_data("1.3.14.3.2.26", b"", b"", 1), version=2), "FILE_UNREADABLE"),
        (pfx_with(_tlv(0x30), None, content_type="1.2.3.4"), "FILE_UNREADABLE"),
        (pfx_with(b"junk", mac_data("1.3.14.3.2.26", bytes(20), b"", 1)), "FILE_UNREADABLE"),
        (pfx_of([data_part(_tlv(0x30))], "", mac_rounds=1), "FILE_UNREADABLE"),
        (pfx_of([data_part(bag(SHROUDED_KEY_BAG, _tlv(0x30)))], "", mac_rounds=1), "FILE_UNREADABLE"),
    ],
    ids=_by_length,
)
def test_defects_reported_before_a_password(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        recognise([content])
    assert refused.value.code == code


def test_content_that_the_right_password_does_not_open_has_a_reason() -> None:
    certificate, info = cert_bag(an_ec_customer().der), private_key_info(an_ec_customer().key)
    other = bag(SHROUDED_KEY_BAG, encrypted_key(info, "another", FAST))
    assert refusal(pfx_of([data_part(certificate, other)], PASSWORD, mac_rounds=1)) == UNSUPPORTED
    covered = encrypted_part("another", FAST, certificate)
    assert refusal(pfx_of([covered], PASSWORD, mac_rounds=1)) == UNSUPPORTED
    open_key = encrypted_part(PASSWORD, FAST, certificate, bag(KEY_BAG, _tlv(0x30)))
    assert refusal(pfx_of([open_key], PASSWORD, mac_rounds=1)) == "FILE_UNREADABLE"


def test_mac_detects_a_changed_byte() -> None:
    good = pfx(an_ec_customer(), PASSWORD, key_scheme=FAST, mac_rounds=1)
    at = good.index(an_ec_customer().der) + 100
    with pytest.raises(WrongPassword):
        opened(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])


def test_malformed_constructed_ciphertext_is_unreadable() -> None:
    good = pfx(an_ec_customer(), PASSWORD, key_scheme=FAST, certificate_scheme=FAST, mac_rounds=1)
    assert opened(as_ber(good)).der == an_ec_customer().der
    algorithm = algorithm_identifier("1.2.840.113549.1.12.1.3", _tlv(0x30, _tlv(0x04, b"salt"), integer(1)))
    for data, code in (
        (_tlv(0xA0, _tlv(0x04, bytes(8))), None),
        (_tlv(0xA0, _tlv(0x02, b"\1")), "FILE_UNREADABLE"),
    ):
        part = _tlv(0x30, integer(0), _tlv(0x30, _oid(DATA), algorithm, data))
        content = pfx_of([content_info("1.2.840.113549.1.7.6", part)], PASSWORD, mac_rounds=1)
        if code:
            assert refusal(content) == code
        else:
            recognise([content])
