"""Texts of the notices a customer gets without asking: a certificate ends soon, a certificate was registered.

They fit one long message (LMS, 2,000 bytes in CP949), carry a masked name only and no link: a customer who
learns that the bank sends no links here is harder to deceive.
"""

from datetime import datetime

from registrar.domain.catalogue import local_date, local_time, one_line


def expiry_notice(
    language: str,
    *,
    masked_name: str,
    issuer: str,
    not_after: datetime,
    days_left: int,
    registration_ref: str,
) -> str:
    """The notice before, on and (should a run have been missed) after the last day of a certificate."""
    day = local_date(not_after, language)
    name, issuer, reference = one_line(masked_name), one_line(issuer), one_line(registration_ref)
    if language == "ko":
        return (
            f"[타기관 인증서 만료 안내] {name} 고객님, 등록하신 인증서(발급기관: {issuer})의 유효기간이 "
            f"{_when_ko(day, days_left)} {_advice_ko(days_left)} (등록 번호 {reference})"
        )
    if language == "en":
        return (
            f"[Certificate expiry] {name}, your registered certificate (issuer: {issuer}) "
            f"{_when_en(day, days_left)} {_advice_en(days_left)} (Registration {reference})"
        )
    raise KeyError(language)


def registered_notice(
    language: str, *, masked_name: str, issuer: str, registered_at: datetime, registration_ref: str
) -> str:
    """The notice that a certificate was registered, so that a customer who did not do it can act at once."""
    moment = local_time(registered_at, language)
    name, issuer, reference = one_line(masked_name), one_line(issuer), one_line(registration_ref)
    if language == "ko":
        return (
            f"[타기관 인증서 등록 안내] {name} 고객님, {moment}에 "
            f"인증서(발급기관: {issuer})가 등록되었습니다. "
            f"본인이 등록하지 않았다면 즉시 은행 고객센터로 전화해 주십시오. (등록 번호 {reference})"
        )
    if language == "en":
        return (
            f"[Certificate registered] {name}, a certificate (issuer: {issuer}) was registered on {moment}. "
            f"Was it not you? Call the bank's help desk at once. (Registration {reference})"
        )
    raise KeyError(language)


def _when_ko(day: str, days_left: int) -> str:
    if days_left < 0:
        return f"{day}에 끝났습니다."
    if days_left == 0:
        return f"오늘({day}) 끝납니다."
    if days_left == 1:
        return f"내일({day}) 끝납니다."
    return f"{day}에 끝납니다({days_left}일 남음)."


def _when_en(day: str, days_left: int) -> str:
    if days_left < 0:
        return f"ended on {day}."
    if days_left == 0:
        return f"ends today ({day})."
    if days_left == 1:
        return f"ends tomorrow ({day})."
    return f"ends on {day} ({days_left} days left)."


def _advice_ko(days_left: int) -> str:
    if days_left < 0:
        return "발급기관에서 다시 발급받은 뒤 새 인증서를 앱에 등록해 주십시오."
    return (
        "갱신은 만료 30일 전부터 발급기관에서 할 수 있습니다. "
        "갱신하면 이전 인증서는 쓸 수 없으니 새 인증서를 앱에 다시 등록해 주십시오."
    )


def _advice_en(days_left: int) -> str:
    if days_left < 0:
        return "Have it reissued by the issuer and register the new certificate in the app."
    return (
        "Renewal opens 30 days before the end, at the issuer. "
        "It ends the old certificate, so register the new one in the app afterwards."
    )
