"""What the expiry notice says of the certificates that are about to end: one message for all of a customer's."""

from collections.abc import Sequence
from datetime import datetime

from registrar.domain.notices.names import short_issuer
from registrar.domain.reasons.rendering import one_line
from registrar.domain.registrations.registration import Registration
from registrar.domain.times import days_left, has_passed, last_moment, local_date, short_date

MOST_LISTED = 5
"""Certificates that one message lists; of more it tells the number."""


def expiring(language: str, ending: Sequence[Registration], at: datetime) -> str:
    """Every certificate, before, on and (should a run have been missed) after its last day.

    The first of `ending` is the most urgent.
    """
    return {"ko": _listed_ko, "en": _listed_en}[language](ending, at)


def expiring_short(language: str, ending: Sequence[Registration], at: datetime) -> str:
    """The same for a text message: the most urgent certificate, or how many there are, and what to do."""
    return {"ko": _short_ko, "en": _short_en}[language](ending, at)


def reference(registration: Registration) -> str:
    """What a customer reads out to the help desk: the end of the registration's id."""
    return registration.id[-6:]


def _listed_ko(ending: Sequence[Registration], at: datetime) -> str:
    said = [
        f"{one_line(each.issuer['ko'])} 인증서가 {_when_ko(each.not_after, at)}(등록 번호 {reference(each)})"
        for each in ending[:MOST_LISTED]
    ]
    more = f", 외 {len(ending) - MOST_LISTED}건도 곧 만료됩니다" if len(ending) > MOST_LISTED else ""
    return f"{', '.join(said)}{more}"


def _listed_en(ending: Sequence[Registration], at: datetime) -> str:
    said = [
        f"the one from {one_line(each.issuer['en'])} {_when_en(each.not_after, at)} "
        f"(registration {reference(each)})"
        for each in ending[:MOST_LISTED]
    ]
    more = f"; {len(ending) - MOST_LISTED} more end soon" if len(ending) > MOST_LISTED else ""
    return f"{'; '.join(said)}{more}"


def _days_left(not_after: datetime, at: datetime) -> int:
    """Days until the last day; negative once it ended, on the last day itself too if the run comes after it."""
    left = days_left(not_after, at)
    return min(left, -1) if has_passed(not_after, at) else left


def _when_ko(not_after: datetime, at: datetime) -> str:
    day = local_date(last_moment(not_after), "ko")
    left = _days_left(not_after, at)
    if left < 0:
        return f"{day}에 만료되었습니다"
    if left == 0:
        return f"오늘({day}) 만료됩니다"
    if left == 1:
        return f"내일({day}) 만료됩니다"
    return f"{day}에 만료됩니다(D-{left})"


def _when_en(not_after: datetime, at: datetime) -> str:
    day = local_date(last_moment(not_after), "en")
    left = _days_left(not_after, at)
    if left < 0:
        return f"ended on {day}"
    if left == 0:
        return f"ends today ({day})"
    if left == 1:
        return f"ends tomorrow ({day})"
    return f"ends on {day} ({left} days left)"


def _short_ko(ending: Sequence[Registration], at: datetime) -> str:
    first = ending[0]
    left = _days_left(first.not_after, at)
    day = short_date(last_moment(first.not_after), "ko")
    if len(ending) > 1:
        # Some may have ended already: the app says which to renew, and which to have issued anew.
        return f"인증서 {len(ending)}건 만료 안내(먼저 {day}). 앱에서 확인해 주십시오"
    issuer = short_issuer(first.issuer, "ko")
    if left < 0:
        return f"인증서({issuer})가 만료되었습니다({day}). 새로 발급 후 등록"
    days = f"D-{left}" if left else "오늘"
    return f"인증서({issuer})가 만료됩니다({days}, {day}). 갱신 후 재등록"


def _short_en(ending: Sequence[Registration], at: datetime) -> str:
    first = ending[0]
    left = _days_left(first.not_after, at)
    day = short_date(last_moment(first.not_after), "en")
    if len(ending) > 1:
        return f"{len(ending)} certificates end, the first on {day}. See the app."
    issuer = short_issuer(first.issuer, "en")
    if left < 0:
        return f"Your {issuer} certificate ended on {day}. Get and register a new one."
    days = f"in {left} days" if left > 1 else ("tomorrow" if left else "today")
    return f"Your {issuer} certificate ends {day} ({days}). Renew and register it."
