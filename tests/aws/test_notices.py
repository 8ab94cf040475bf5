"""The notices' table: a claim has one holder at a time, and SENT and DROPPED are final."""

from datetime import timedelta

import pytest

from registrar.aws.tables.notices import RETENTION, Notices, NoticeState
from registrar.domain.notices.expiry import Due
from registrar.domain.notices.notice import NOTICE_LEASE, expiry_notice
from registrar.domain.notices.queue_messages import notice_of
from registrar.domain.reasons.errors import ConditionFailed
from tests.support.account import Account
from tests.support.builders import NOW
from tools.cloud.emulator import ROOT

SECOND = timedelta(seconds=1)
NOTICE = "login-locked:hong:1"


@pytest.fixture
def notices(account: Account) -> Notices:
    return Notices(account.client("dynamodb"), account.physical["NoticesTable"])


def test_a_notice_id_covers_registration_end_and_threshold() -> None:
    dues = [Due("hong", "r1", NOW), Due("hong", "r2", NOW), Due("hong", "r1", NOW + SECOND)]
    notice = notice_of(expiry_notice("hong", [(due, days) for due in dues for days in (7, 14)], NOW).message)
    assert notice is not None
    assert len({part.id for part in notice.parts}) == 6


def test_a_claim_has_one_holder_until_the_lease_ends(account: Account, notices: Notices) -> None:
    notices.claim([NOTICE], NOW)
    for moment in (NOW, NOW + NOTICE_LEASE - SECOND):
        assert not notices.claim([NOTICE], moment)
    assert notices.claim([NOTICE], NOW + NOTICE_LEASE)
    (item,) = account.items("NoticesTable")
    assert (item["state"]["S"], item["sends"]["N"]) == ("CLAIMED", "2")
    assert int(item["ttl"]["N"]) == int((NOW + NOTICE_LEASE + RETENTION).timestamp())


def test_a_notice_is_claimed_twice_at_most_without_an_outcome(notices: Notices) -> None:
    for later in range(2):
        notices.claim([NOTICE], NOW + later * NOTICE_LEASE)
    with pytest.raises(ConditionFailed):
        notices.claim([NOTICE], NOW + timedelta(days=30))


def test_a_notice_that_was_given_up_is_sent_after_what_the_runbook_says(account: Account, notices: Notices) -> None:
    assert "set `sends` to 0 in the row and redrive" in (ROOT / "docs/runbook.md").read_text()
    for delivery in range(2):
        notices.claim([NOTICE], NOW + delivery * NOTICE_LEASE)
    account.client("dynamodb").update_item(
        TableName=account.physical["NoticesTable"],
        Key={"id": {"S": NOTICE}},
        UpdateExpression="SET sends = :none",
        ExpressionAttributeValues={":none": {"N": "0"}},
    )
    assert notices.claim([NOTICE], NOW + 2 * NOTICE_LEASE)


def test_a_released_claim_is_free_at_once_and_does_not_count(account: Account, notices: Notices) -> None:
    for _ in range(5):
        notices.claim([NOTICE], NOW)
        notices.release([NOTICE], NOW)
    (item,) = account.items("NoticesTable")
    assert item["sends"]["N"] == "0"


def test_a_release_whose_response_was_lost_is_not_counted_twice(account: Account, notices: Notices) -> None:
    notices.claim([NOTICE], NOW)
    for _ in range(2):
        notices.release([NOTICE], NOW)
    (item,) = account.items("NoticesTable")
    assert item["sends"]["N"] == "0"
    assert notices.claim([NOTICE], NOW)


@pytest.mark.parametrize("later", [SECOND, NOTICE_LEASE + SECOND])
def test_a_late_release_takes_back_no_other_delivery_s_claim(
    account: Account, notices: Notices, later: timedelta
) -> None:
    notices.claim([NOTICE], NOW)
    if later < NOTICE_LEASE:
        notices.release([NOTICE], NOW)
    assert notices.claim([NOTICE], NOW + later)
    (held,) = account.items("NoticesTable")

    notices.release([NOTICE], NOW)  # repeated after a lost response, or by a delivery that outlived its lease
    assert account.items("NoticesTable") == [held]
    assert not notices.claim([NOTICE], NOW + later + SECOND)


def test_several_notices_are_claimed_together_or_not_at_all(account: Account, notices: Notices) -> None:
    notices.claim(["b"], NOW)
    assert not notices.claim(["a", "b", "c"], NOW)
    leases = {item["id"]["S"]: item["lease_until"]["S"] for item in account.items("NoticesTable")}
    assert leases.keys() == {"a", "b"}
    assert notices.claim(["a"], NOW)


@pytest.mark.parametrize("state", [NoticeState.SENT, NoticeState.DROPPED])
def test_a_closed_notice_is_never_claimed_again(account: Account, notices: Notices, state: NoticeState) -> None:
    notices.claim([NOTICE], NOW)
    assert not notices.is_closed(NOTICE)
    notices.close([NOTICE], state, NOW)
    assert notices.is_closed(NOTICE)
    assert not notices.claim([NOTICE], NOW + timedelta(days=30))
    (item,) = account.items("NoticesTable")
    assert (item["state"]["S"], "lease_until" in item) == (state.value, False)


def test_a_closed_notice_is_not_closed_again(account: Account, notices: Notices) -> None:
    notices.claim([NOTICE], NOW)
    notices.close([NOTICE], NoticeState.SENT, NOW)
    before = account.items("NoticesTable")
    notices.close([NOTICE], NoticeState.DROPPED, NOW + SECOND)
    assert account.items("NoticesTable") == before


def test_closing_an_unknown_notice_creates_no_item(account: Account, notices: Notices) -> None:
    assert not notices.is_closed(NOTICE)
    notices.close([NOTICE], NoticeState.SENT, NOW)
    assert account.items("NoticesTable") == []


def test_a_closed_notice_is_not_released(account: Account, notices: Notices) -> None:
    notices.claim([NOTICE], NOW)
    notices.close([NOTICE], NoticeState.SENT, NOW)
    before = account.items("NoticesTable")
    notices.release([NOTICE], NOW)
    assert account.items("NoticesTable") == before
