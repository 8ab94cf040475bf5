"""Functions whose clocks differ by up to a minute: what one decided by its clock counts for the others."""

from datetime import timedelta

import pytest

from registrar.domain.registrations.upload import CLOCKS_DIFFER, TEXT_LIFE
from tests.support.account import Account
from tests.support.app import App, assert_problem
from tests.support.builders import NOW, a_certificate
from tests.support.prepared import prepared, uploaded_certificate


@pytest.mark.parametrize("behind", [1, 30, 60])
def test_text_that_a_function_with_a_fast_clock_renewed_can_be_signed(
    app: App, account: Account, behind: int
) -> None:
    certificate, view = prepared(app, uploaded_certificate)
    account.at = NOW + TEXT_LIFE
    renewed = app.look(view["upload_id"]).body
    assert renewed["proof"]["text"] != view["proof"]["text"]

    account.at -= timedelta(seconds=behind)
    assert app.prove(renewed, certificate).status == 201


def test_text_that_nobody_renewed_can_be_signed_until_its_end(app: App, account: Account) -> None:
    certificate, view = prepared(app, uploaded_certificate)
    account.at = NOW + TEXT_LIFE - CLOCKS_DIFFER / 2
    assert app.prove(view, certificate).status == 201


def test_text_that_only_a_function_with_a_fast_clock_finds_expired_costs_no_try(app: App, account: Account) -> None:
    certificate, view = prepared(app, uploaded_certificate)
    for _ in range(5):
        account.at = NOW + TEXT_LIFE + timedelta(seconds=30)
        assert_problem(app.prove(view, certificate), "PROOF_EXPIRED")
        account.at -= CLOCKS_DIFFER
        assert app.look(view["upload_id"]).body["proof"] == view["proof"]

    account.at = NOW + TEXT_LIFE
    assert app.prove(app.look(view["upload_id"]).body, certificate).status == 201


@pytest.mark.parametrize("first", [-30, 30])
def test_certificate_is_registered_by_functions_of_which_every_second_has_another_clock(
    app: App, account: Account, first: int
) -> None:
    error = timedelta(seconds=first)
    invoke = account.invoke

    def by_another_clock(*arguments: object, **named: object) -> object:
        nonlocal error
        right = account.at
        account.at = right + error
        error = -error
        try:
            return invoke(*arguments, **named)  # type: ignore[arg-type]
        finally:
            account.at = right

    account.invoke = by_another_clock  # type: ignore[method-assign]
    assert app.register(a_certificate()).status == 201
