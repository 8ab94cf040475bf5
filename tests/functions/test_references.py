"""A support reference is ours: no client chooses it, and it can be read out."""

import pytest

from registrar.entry.references import ALPHABET, new_reference, read_reference
from tests.support.account import Account
from tests.support.app import App


def test_a_reference_has_only_characters_that_cannot_be_mistaken() -> None:
    assert not set(ALPHABET) & set("01OILZSBAEU")
    assert len(ALPHABET) == len(set(ALPHABET)) == 25


def test_a_reference_is_read_as_it_was_made() -> None:
    references = [new_reference() for _ in range(50)]

    assert len(set(references)) == len(references)
    assert all(read_reference(each) == ((each,), ("support_ref",)) for each in references)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("7kq2m4xd", {"7KQ2-M4XD"}),
        ("7KQ2 M4XD", {"7KQ2-M4XD"}),
        ("7 K Q 2 - M 4 X D", {"7KQ2-M4XD"}),
        ("7KQZ-M4XD", {"7KQ2-M4XD"}),
        ("SBU2-M4XD", {"58V2-M4XD"}),
        ("7KO2-M4XD", {"7KQ2-M4XD", "7KD2-M4XD"}),
        ("7KQ2-M4X0", {"7KQ2-M4XQ", "7KQ2-M4XD"}),
        ("IKQ2-M4XD", {"7KQ2-M4XD", "TKQ2-M4XD"}),
        ("10Q2-M4XD", {"7QQ2-M4XD", "7DQ2-M4XD", "TQQ2-M4XD", "TDQ2-M4XD"}),
    ],
)
def test_what_looks_like_another_character_is_read_as_that(written: str, meant: set[str]) -> None:
    found = read_reference(written)

    assert found is not None
    assert (set(found[0]), found[1]) == (meant, ("support_ref",))


@pytest.mark.parametrize("written", ["7KQ2-M4XA", "7KE2-M4XD", "7KQ2--M4XD", "7KQ-2M4XD", "7KQ2-M4X", "OOII-LL4X"])
def test_what_cannot_be_one_is_no_reference(written: str) -> None:
    assert read_reference(written) is None


def test_two_requests_with_one_id_of_the_gateway_have_two_references(app: App, account: Account) -> None:
    first = app.look("0" * 32).body["support_ref"]
    second = app.look("0" * 32).body["support_ref"]

    assert first != second
    assert len({line["gateway_id"] for line in account.logged()}) == 1
