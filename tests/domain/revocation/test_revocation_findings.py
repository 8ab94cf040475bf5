"""The finding for each revocation status, and when the issuer is queried again."""

from datetime import timedelta

import pytest

from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.findings import Level
from registrar.domain.reasons.reason import NextAction
from registrar.domain.revocation.findings import finding_of, given_up, next_try, worst
from registrar.domain.revocation.status import RecordedStatus, Status, StatusValue, recorded
from tests.support.builders import NOW

ISSUER = {"ko": "금융결제원", "en": "KFTC"}
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440))


def said(answer: StatusValue, reason: str | None = None) -> Status:
    return Status(answer, "ocsp", as_of=NOW, revoked_at=NOW - timedelta(days=3), reason=reason)


TOLD = [
    (said(StatusValue.REVOKED, "keyCompromise"), {}, Level.FAIL, "REVOKED_BY_ISSUER"),
    (said(StatusValue.REVOKED), {}, Level.FAIL, "REVOKED_BY_ISSUER"),
    (said(StatusValue.REVOKED, "superseded"), {}, Level.FAIL, "REVOKED_RENEWED"),
    (said(StatusValue.REVOKED, "keyCompromise"), {"renewed": True}, Level.FAIL, "REVOKED_RENEWED"),
    (said(StatusValue.ON_HOLD, "certificateHold"), {}, Level.FAIL, "ISSUER_ON_HOLD"),
    (said(StatusValue.ON_HOLD, "certificateHold"), {"renewed": True}, Level.FAIL, "ISSUER_ON_HOLD"),
    (said(StatusValue.UNKNOWN), {}, Level.FAIL, "REVOCATION_STATUS_UNKNOWN"),
    (said(StatusValue.UNAVAILABLE), {}, Level.WARN, "REVOCATION_UNAVAILABLE"),
    (said(StatusValue.STALE), {}, Level.WARN, "REVOCATION_STALE"),
    (said(StatusValue.INVALID), {}, Level.WARN, "REVOCATION_ANSWER_INVALID"),
    (said(StatusValue.REVOKED, "superseded"), {"of_authority": True}, Level.FAIL, "TRUST_CA_REVOKED"),
    (said(StatusValue.ON_HOLD), {"of_authority": True}, Level.FAIL, "TRUST_CA_REVOKED"),
    (said(StatusValue.UNKNOWN), {"of_authority": True}, Level.FAIL, "TRUST_CA_REVOKED"),
    (said(StatusValue.STALE), {"of_authority": True}, Level.WARN, "REVOCATION_STALE"),
]


@pytest.mark.parametrize(("status", "about", "level", "code"), TOLD)
def test_finding_of_each_status(status: Status, about: dict[str, bool], level: Level, code: str) -> None:
    finding = finding_of(status, ISSUER, **about)
    assert finding is not None
    assert (finding.check, finding.level, finding.code) == ("revocation", level, code)
    assert set(CATALOGUE[Code(code)].params) <= finding.params.keys()


@pytest.mark.parametrize("about", [{}, {"of_authority": True}, {"renewed": True}])
def test_only_status_good_has_no_finding(about: dict[str, bool]) -> None:
    assert finding_of(said(StatusValue.GOOD), ISSUER, **about) is None
    others = [answer for answer in StatusValue if answer is not StatusValue.GOOD]
    assert all(finding_of(said(answer), ISSUER, **about) for answer in others)


def test_next_action_while_no_status_is_available_and_after() -> None:
    for answer in (StatusValue.UNAVAILABLE, StatusValue.STALE, StatusValue.INVALID):
        finding = finding_of(said(answer), ISSUER)
        assert finding is not None
        assert CATALOGUE[finding.code].next_action is NextAction.WAIT_NOTICE
    assert given_up(ISSUER).level is Level.FAIL
    assert CATALOGUE[given_up(ISSUER).code].next_action is NextAction.RESTART


@pytest.mark.parametrize(
    ("minutes_on", "next_minutes"),
    [(0, 1), (1, 5), (4.99, 5), (5, 30), (31, 120), (1439, 1440), (1440, None), (5000, None)],
)
def test_retry_plan_starts_at_the_first_failed_query(minutes_on: float, next_minutes: int | None) -> None:
    due = next_try(NOW, NOW + timedelta(minutes=minutes_on), RETRIES)
    assert due == (None if next_minutes is None else NOW + timedelta(minutes=next_minutes))


def test_invalid_status_is_reported_before_other_failures() -> None:
    unavailable, stale, invalid = (
        said(a) for a in (StatusValue.UNAVAILABLE, StatusValue.STALE, StatusValue.INVALID)
    )
    assert worst([unavailable, stale, invalid]) is invalid
    assert worst([unavailable, stale]) is stale
    assert worst([unavailable]) is unavailable


def test_recorded_status_on_the_upload_row() -> None:
    good = Status(StatusValue.GOOD, "crl", as_of=NOW, until=NOW + timedelta(days=1))
    asked = NOW + timedelta(minutes=1)
    kept = recorded(good, timedelta(hours=2), asked, ("a#b",))
    assert RecordedStatus.from_map(kept.to_map()) == kept
    assert kept.to_map() == {
        "answer": "GOOD",
        "source": "crl",
        "as_of": "2026-11-23T03:00:00Z",
        "until": "2026-11-24T03:00:00Z",
        "fresh_until": "2026-11-23T05:00:00Z",
        "asked_at": "2026-11-23T03:01:00Z",
        "points": ["a#b"],
    }


def test_recorded_status_without_next_update_or_time() -> None:
    endless = recorded(Status(StatusValue.GOOD, "crl", as_of=NOW), timedelta(hours=2), NOW, ())
    assert "until" not in endless.to_map()
    assert RecordedStatus.from_map(endless.to_map()) == endless
    with pytest.raises(ValueError, match="without a time"):
        recorded(Status(StatusValue.GOOD, "crl"), timedelta(hours=2), NOW, ())
