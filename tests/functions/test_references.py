"""A support reference is ours: no client chooses it, and it can be read out."""

from registrar.entry.references import ALPHABET, new_reference, read_reference
from tests.support.account import Account
from tests.support.app import App


def test_a_reference_has_only_characters_that_cannot_be_mistaken() -> None:
    assert not set(ALPHABET) & set("01OILZSBAEU")
    assert len(ALPHABET) == len(set(ALPHABET)) == 25


def test_a_reference_is_read_as_it_was_made() -> None:
    references = [new_reference() for _ in range(50)]

    assert len(set(references)) == len(references)
    assert all(read_reference(each) == (each, ("support_ref",)) for each in references)


def test_two_requests_with_one_id_of_the_gateway_have_two_references(app: App, account: Account) -> None:
    first = app.look("0" * 32).body["support_ref"]
    second = app.look("0" * 32).body["support_ref"]

    assert first != second
    assert len({line["gateway_id"] for line in account.logged()}) == 1
