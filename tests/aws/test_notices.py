"""The notices' table: a claim has one holder at a time, an end is final, and the window only moves forward."""

from datetime import timedelta

import pytest

from registrar.aws.notices import RETENTION, Notices, NoticeState, notice_id
from registrar.aws.registrations import Due
from registrar.domain.errors import ConditionFailed
from registrar.domain.expiry import NOTICE_LEASE
from tests.aws.account import Account
from tests.builders import NOW

SECOND = timedelta(seconds=1)
NOTICE = notice_id(Due("hong", "r1", NOW), 7)


@pytest.fixture
def notices(account: Account) -> Notices:
    return Notices(account.client("dynamodb"), account.physical["NoticesTable"])


def test_a_notice_is_one_registration_one_end_one_threshold() -> None:
    dues = [Due("hong", "r1", NOW), Due("hong", "r2", NOW), Due("hong", "r1", NOW + SECOND)]
    assert len({notice_id(due, days) for due in dues for days in (7, 14)}) == 6


def test_a_claim_has_one_holder_until_the_lease_ends(account: Account, notices: Notices) -> None:
    assert notices.claim(NOTICE, NOW) == 1
    for moment in (NOW, NOW + NOTICE_LEASE - SECOND):
        with pytest.raises(ConditionFailed):
            notices.claim(NOTICE, moment)
    assert notices.claim(NOTICE, NOW + NOTICE_LEASE) == 2
    (item,) = account.items("NoticesTable")
    assert item["state"]["S"] == "CLAIMED"
    assert int(item["ttl"]["N"]) == int((NOW + NOTICE_LEASE + RETENTION).timestamp())


@pytest.mark.parametrize("state", [NoticeState.SENT, NoticeState.DROPPED])
def test_a_closed_notice_is_never_claimed_again(account: Account, notices: Notices, state: NoticeState) -> None:
    notices.claim(NOTICE, NOW)
    notices.close(NOTICE, state, NOW)
    with pytest.raises(ConditionFailed):
        notices.claim(NOTICE, NOW + timedelta(days=30))
    (item,) = account.items("NoticesTable")
    assert (item["state"]["S"], "lease_until" in item) == (state.value, False)


def test_what_is_closed_stays_as_it_is(account: Account, notices: Notices) -> None:
    notices.claim(NOTICE, NOW)
    notices.close(NOTICE, NoticeState.SENT, NOW)
    before = account.items("NoticesTable")
    notices.close(NOTICE, NoticeState.DROPPED, NOW + SECOND)
    assert account.items("NoticesTable") == before


def test_an_unknown_notice_is_not_made_by_closing_it(account: Account, notices: Notices) -> None:
    notices.close(NOTICE, NoticeState.SENT, NOW)
    assert account.items("NoticesTable") == []


def test_a_notice_is_open_while_somebody_holds_it(notices: Notices) -> None:
    assert not notices.is_open(NOTICE)
    notices.claim(NOTICE, NOW)
    assert notices.is_open(NOTICE)
    notices.close(NOTICE, NoticeState.SENT, NOW)
    assert not notices.is_open(NOTICE)


def test_the_last_run_never_moves_backwards(notices: Notices) -> None:
    assert notices.last_run() is None
    notices.finish_run(NOW)
    assert notices.last_run() == NOW
    notices.finish_run(NOW - timedelta(days=1))
    assert notices.last_run() == NOW
    notices.finish_run(NOW + SECOND)
    assert notices.last_run() == NOW + SECOND


def test_the_last_run_outlives_the_notices(account: Account, notices: Notices) -> None:
    notices.finish_run(NOW)
    assert "ttl" not in account.items("NoticesTable")[0]
