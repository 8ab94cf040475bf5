"""The text of the expiry notice: one message for all certificates of a customer that are about to end."""

from collections.abc import Sequence
from datetime import datetime

from registrar.domain.reasons.rendering import one_line
from registrar.domain.registrations.registration import Registration
from registrar.domain.times import days_left, has_passed, last_moment, local_date

MOST_LISTED = 5
"""Certificates that one message lists; of more it tells the number."""


def expiry_text(language: str, name: str, ending: Sequence[Registration], at: datetime) -> str:
    """The text before, on and (should a run have been missed) after the last day of one or several certificates.

    `name` is shown as it is; the first of `ending` is the most urgent.
    """
    return {"ko": _expiry_ko, "en": _expiry_en}[language](name, ending, at)


def reference(registration: Registration) -> str:
    """What a customer reads out to the help desk: the end of the registration's id."""
    return registration.id[-6:]


def _expiry_ko(name: str, ending: Sequence[Registration], at: datetime) -> str:
    said = [
        f"{one_line(each.issuer['ko'])} 인증서가 {_when_ko(each.not_after, at)}(등록 번호 {reference(each)})"
        for each in ending[:MOST_LISTED]
    ]
    more = f" 외 {len(ending) - MOST_LISTED}건도 곧 끝납니다." if len(ending) > MOST_LISTED else ""
    count = f"등록하신 인증서 {len(ending)}건을 안내드립니다. " if len(ending) > 1 else ""
    return f"{name} 고객님, {count}{', '.join(said)}.{more} {_advice_ko(_days_left(ending[0].not_after, at))}"


def _expiry_en(name: str, ending: Sequence[Registration], at: datetime) -> str:
    said = [
        f"the certificate from {one_line(each.issuer['en'])} {_when_en(each.not_after, at)} "
        f"(registration {reference(each)})"
        for each in ending[:MOST_LISTED]
    ]
    more = f" {len(ending) - MOST_LISTED} more end soon." if len(ending) > MOST_LISTED else ""
    count = f"{len(ending)} of your registered certificates: " if len(ending) > 1 else ""
    return f"{name}, {count}{'; '.join(said)}.{more} {_advice_en(_days_left(ending[0].not_after, at))}"


def _days_left(not_after: datetime, at: datetime) -> int:
    """Days until the last day; negative once it ended, on the last day itself too if the run comes after it."""
    left = days_left(not_after, at)
    return min(left, -1) if has_passed(not_after, at) else left


def _when_ko(not_after: datetime, at: datetime) -> str:
    day = local_date(last_moment(not_after), "ko")
    left = _days_left(not_after, at)
    if left < 0:
        return f"{day}에 끝났습니다"
    if left == 0:
        return f"오늘({day}) 끝납니다"
    if left == 1:
        return f"내일({day}) 끝납니다"
    return f"{day}에 끝납니다({left}일 남음)"


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


def _advice_ko(left: int) -> str:
    if left < 0:
        return "발급기관에서 새로 발급받은 인증서를 앱에 등록해 주십시오."
    return (
        "갱신은 만료 30일 전부터 발급기관에서 할 수 있습니다. "
        "갱신하면 이전 인증서는 쓸 수 없으니 새 인증서를 앱에 다시 등록해 주십시오."
    )


def _advice_en(left: int) -> str:
    if left < 0:
        return "Have a new one issued by the issuer and register it in the app."
    return (
        "Renewal opens 30 days before the end, at the issuer. "
        "It ends the old certificate, so register the new one in the app afterwards."
    )
