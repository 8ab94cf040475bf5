"""Renewed texts to sign: one at a time, for the acceptance that it was written for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from registrar.aws.tables.texts import Texts
from registrar.domain.registrations.upload import TEXT_LIFE
from tests.support.account import Account
from tests.support.builders import NOW, a_certificate, an_ec_key, an_upload

SECOND = timedelta(seconds=1)
UPLOAD = an_upload(a_certificate(key=an_ec_key()))
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def texts(account: Account) -> Texts:
    return Texts(account.client("dynamodb"), account.physical["TextsTable"])


def test_text_is_renewed_for_five_minutes(texts: Texts) -> None:
    renewed = texts.renew(UPLOAD, LATER)

    assert renewed.nonce != UPLOAD.nonce
    assert renewed.nonce_expires_at == LATER + TEXT_LIFE
    assert texts.latest(UPLOAD) == renewed
    assert texts.renew(UPLOAD, LATER + TEXT_LIFE - SECOND) == renewed


def test_text_that_expired_is_renewed_again(texts: Texts) -> None:
    first = texts.renew(UPLOAD, LATER)
    second = texts.renew(UPLOAD, LATER + TEXT_LIFE)

    assert second.nonce not in (first.nonce, UPLOAD.nonce)
    assert texts.latest(UPLOAD) == second


def test_text_of_an_earlier_acceptance_does_not_count(texts: Texts) -> None:
    first = texts.renew(UPLOAD, LATER)
    again = replace(UPLOAD, accepted_as="another", nonce="another")

    assert texts.latest(again) == again
    assert texts.renew(again, LATER).nonce not in (first.nonce, again.nonce)
