"""For any bytes the result is a container, a wrong password or a reason, and never more rounds than the budget.

Cut at every byte, and changed at random, the same changes in every run.
"""

import random
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registrar.domain.files.formats import Bare, recognise
from registrar.domain.files.kdf_budget import MAX_ROUNDS, KdfBudget
from registrar.domain.reasons.errors import Refusal, WrongPassword
from tests.support.customer_folders import FOLDERS, CustomerFolder
from tests.support.npki_samples import PASSWORD, R, Sample, a_customer, an_ec_customer, samples
from tests.support.others import OTHERS
from tools.pki.npki_containers import KEY_BAG, SHROUDED_KEY_BAG, bag, cert_bag, data_part, encrypted_part, pfx_of
from tools.pki.npki_files import Seed, encrypted_key, private_key_info

# `cryptography` warns of odd certificates that it reads all the same.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

NAMES = (
    "der", "pem", "p7b", "p7b-pem", "pair", "pair-pbes2", "pair-scrypt", "pair-pem", "pfx", "pfx-sealed", "pfx-ber",
)  # fmt: skip
INSIDE = ("key", "part", "parts")
ENDS = {
    "opened",
    "bare",
    "wrong",
    "FILE_UNREADABLE",
    "FILE_ENCRYPTION_UNSUPPORTED",
    "FILE_KDF_COST_TOO_HIGH",
    "FILE_NO_CERTIFICATE",
    "FILE_SEVERAL_CERTIFICATES",
    "FILE_KEY_MISMATCH",
    "CERT_MALFORMED",
    "UPLOAD_EMPTY",
    "UPLOAD_TOO_LARGE",
}
# Values that turn lengths, tags, counts and types into others.
BYTES = (0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x24, 0x30, 0x31, 0x7F, 0x80, 0x81, 0x82, 0x84, 0x89, 0xA0, 0xFF)


def outcome(files: Sequence[bytes], password: str) -> str:
    """How it ends: a code, `wrong`, `bare` or `opened`. A budget of 30,000 keeps the tests fast."""
    budget = KdfBudget(limit=30_000)
    try:
        container = recognise(files)
        if isinstance(container, Bare):
            return "bare"
        container.open(password, budget)
    except WrongPassword:
        return "wrong"
    except Refusal as refusal:
        return refusal.code
    finally:
        assert budget.spent <= budget.limit < MAX_ROUNDS
    return "opened"


@pytest.mark.parametrize("name", NAMES)
def test_file_truncated_at_any_byte_is_handled(name: str) -> None:
    files, password = samples()[name]
    for number, content in enumerate(files):
        ends = {
            outcome([*files[:number], content[:end], *files[number + 1 :]], password) for end in range(len(content))
        }
        assert "opened" not in ends or name == "pair-pem"
        assert "FILE_UNREADABLE" in ends
        if not content.startswith(b"0"):
            continue
        # Cut DER is never anything but unreadable.
        assert ends == {"FILE_UNREADABLE", "UPLOAD_EMPTY"}


def test_truncated_files_of_a_customers_folder_are_handled(folder: CustomerFolder) -> None:
    certificate, key = folder.certificate, folder.key
    for content, beside in ((certificate, [key]), (key, [certificate]), (folder.pfx, [])):
        ends = {outcome([content[:end], *beside], "") for end in range(len(content))}
        assert ends == {"FILE_UNREADABLE", "UPLOAD_EMPTY"}


def changed(content: bytes, chance: random.Random) -> bytes:
    """One to four changes: a bit, a telling byte, a few bytes out, doubled or from elsewhere."""
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        # Structure stands at the beginning of values: half of the changes go to the first bytes.
        at = chance.randrange(min(len(data), 120) if chance.random() < 0.5 else len(data))
        kind, size = chance.randrange(6), chance.randrange(1, 9)
        if kind == 0:
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            data[at] = chance.choice(BYTES)
        elif kind == 2:
            del data[at : at + size]
        elif kind == 3:
            data[at:at] = data[at : at + size]
        elif kind == 4:
            data[at:at] = bytes(chance.choice(BYTES) for _ in range(size))
        else:
            other = chance.randrange(len(data))
            data[at : at + size] = data[other : other + size]
        if not data:
            data = bytearray(b"0")
    return bytes(data)


def check_changed(sample: Sample, chance: random.Random) -> str:
    files = list(sample.files)
    number = chance.randrange(len(files))
    files[number] = changed(files[number], chance)
    end = outcome(files, sample.password)
    assert end in ENDS
    return end


def changed_inside(name: str, chance: random.Random) -> Sample:
    """An upload that was changed by its owner: under the right password, with a MAC that holds."""
    customer = chance.choice((a_customer(), an_ec_customer()))
    info, fast = private_key_info(customer.key, R), Seed(1)
    if name == "key":
        return Sample((customer.der, encrypted_key(changed(info, chance), PASSWORD, fast)), PASSWORD)
    key = bag(SHROUDED_KEY_BAG, encrypted_key(info, PASSWORD, fast))
    if name == "part":
        part = encrypted_part(PASSWORD, fast, changed(cert_bag(customer.der) + bag(KEY_BAG, info), chance))
    else:
        part = changed(data_part(cert_bag(customer.der), key), chance)
    return Sample((pfx_of([part], PASSWORD, mac_rounds=1),), PASSWORD)


def check_changed_inside(name: str, chance: random.Random) -> str:
    sample = changed_inside(name, chance)
    end = outcome(sample.files, sample.password)
    assert end in ENDS
    return end


@settings(max_examples=300, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(name=st.sampled_from(NAMES), chance=st.randoms(use_true_random=False))
def test_mutated_files_are_handled(name: str, chance: random.Random) -> None:
    check_changed(samples()[name], chance)


@settings(max_examples=300, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(name=st.sampled_from(INSIDE), chance=st.randoms(use_true_random=False))
def test_files_mutated_under_the_right_password_are_handled(name: str, chance: random.Random) -> None:
    check_changed_inside(name, chance)


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(
    content=st.binary(max_size=200), beginning=st.sampled_from([b"", b"0\x80", b"0\x82", b"0\x30", b"-----BEGIN "])
)
def test_random_bytes_are_handled(content: bytes, beginning: bytes) -> None:
    assert outcome([beginning + content], "x") != "opened"


@pytest.mark.slow
def test_ten_thousand_files_mutated_under_the_right_password() -> None:
    chance = random.Random(20261124)  # noqa: S311 - the same changes in every run
    ends = {check_changed_inside(INSIDE[number % len(INSIDE)], chance) for number in range(10_000)}

    expected = {"FILE_KEY_MISMATCH", "FILE_NO_CERTIFICATE", "FILE_ENCRYPTION_UNSUPPORTED", "FILE_UNREADABLE"}
    assert expected | {"wrong", "opened"} <= ends


@pytest.mark.slow
def test_ten_thousand_mutated_files() -> None:
    corpus: list[Sample] = list(samples().values())
    for folder in (make() for make in FOLDERS.values()):
        corpus += [
            Sample((folder.certificate, folder.key), folder.password),
            Sample((folder.pfx,), folder.password),
        ]
    corpus += [Sample((path.read_bytes(),)) for path in sorted(OTHERS.glob("vectors/ca/*.der"))]
    chance = random.Random(20261123)  # noqa: S311 - the same changes in every run
    ends = {check_changed(corpus[number % len(corpus)], chance) for number in range(10_000)}

    assert {
        "FILE_UNREADABLE",
        "FILE_ENCRYPTION_UNSUPPORTED",
        "FILE_NO_CERTIFICATE",
        "wrong",
        "bare",
        "opened",
    } <= ends
