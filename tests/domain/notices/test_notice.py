"""Messages of the notice queue, and the hours at which they are sent."""

from datetime import timedelta

import pytest

from registrar.domain.notices.kinds import Kind, Sending
from registrar.domain.notices.notice import Notice, Part, lock_notice, quiet_until
from registrar.domain.notices.queue_messages import HOLDS_ADDED, HOLDS_LIFTED, notice_of
from registrar.domain.notices.texts import TEXTS
from registrar.domain.registrations.registration import Hold
from tests.support.builders import NOW

HOUR = timedelta(hours=1)  # NOW is noon in Seoul


@pytest.mark.parametrize(
    ("later", "wait"),
    [(8.99, None), (9, 11), (11.5, 8.5), (12, 8), (19.5, 0.5), (20, None), (0, None)],
    ids=["20:59", "21:00", "23:30", "0:00", "7:30", "8:00", "12:00"],
)
def test_quiet_hours_end_in_the_morning(later: float, wait: float | None) -> None:
    at = NOW + later * HOUR
    assert quiet_until(at, "21-8") == (None if wait is None else at + wait * HOUR)


def test_quiet_hours_may_be_within_a_day_or_empty() -> None:
    assert quiet_until(NOW, "12-13") == NOW + HOUR
    assert quiet_until(NOW + HOUR, "12-13") is None
    assert quiet_until(NOW, "12-12") is None
    assert quiet_until(NOW, "0-0") is None


def test_hold_has_the_notice_of_its_kind() -> None:
    detail = {"id": "e1", "customer_id": "hong", "registration_id": "r1", "hold": "issuer"}
    notice = notice_of({"detail-type": "HoldLifted", "detail": detail})
    assert notice == Notice("event:e1", Kind.HOLD_LIFTED_ISSUER, "hong", detail)
    assert notice.parts == [Part("event:e1", "r1")]


def test_each_hold_has_a_notice_when_added_and_lifted() -> None:
    assert set(HOLDS_ADDED) == set(HOLDS_LIFTED) == set(Hold)


@pytest.mark.parametrize("kind", [kind for kind in Kind if TEXTS[kind].sending is Sending.AT_ONCE])
def test_kind_sent_at_once_is_refused_from_the_queue(kind: Kind) -> None:
    with pytest.raises(ValueError, match="at once"):
        notice_of({"id": "n1", "kind": kind, "customer_id": "hong", "params": {}})


def test_lock_of_an_unknown_customer_has_no_notice() -> None:
    budget = "account:AAAA"
    assert notice_of(lock_notice(None, budget, NOW).message) is None
    assert notice_of(lock_notice("hong", budget, NOW).message) == lock_notice("hong", budget, NOW)


def test_notice_id_of_a_lock_is_unique_and_repeatable() -> None:
    assert lock_notice("hong", "account:AAAA", NOW) == lock_notice("hong", "account:AAAA", NOW)
    others = [lock_notice("hong", "account:AAAA", NOW + HOUR), lock_notice("hong", "account:BBBB", NOW)]
    assert lock_notice("hong", "account:AAAA", NOW).id not in [each.id for each in others]


@pytest.mark.parametrize("member", ["id", "kind", "customer_id", "params"])
def test_message_with_a_missing_member_is_an_error(member: str) -> None:
    message = {"id": "n1", "kind": "login_locked", "customer_id": "hong", "params": {}}
    with pytest.raises(KeyError):
        notice_of({name: value for name, value in message.items() if name != member})
