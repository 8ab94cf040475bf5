"""What happened to a customer, as an agent of the bank reads it: what was tried, what it means, what to say.

Names and numbers are masked, as for the customer. Times are those of Seoul.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from registrar.domain.access.credentials import masked_phone
from registrar.domain.access.customer import Customer
from registrar.domain.masking import shown_name
from registrar.domain.reasons.catalogue import CATALOGUE, reason
from registrar.domain.reasons.codes import AdminCode, Code
from registrar.domain.reasons.next_actions import NEXT_ACTIONS
from registrar.domain.reasons.rendering import render
from registrar.domain.registrations.registration import Registration
from registrar.domain.registrations.upload import Upload
from registrar.domain.times import local_time
from registrar.entry.agent_words import UNNAMED, WITHOUT_LOGIN
from registrar.entry.ownership import Owned
from registrar.entry.problems import findings_in
from registrar.entry.registration_views import registration_view
from registrar.settings import bank

_FOR_THE_BANK = {
    "ko": "은행 내부용입니다. 고객에게 알리지 마십시오.",
    "en": "For the bank only: never tell the customer.",
}
MOST_EVENTS = 100
"""SSM keeps what a function returns as the output of a step: it has to stay short."""
FIRST_REFUSAL = 400
_SHOWN = (
    *("status", "support_ref", "upload_id", "registration_id", "operation", "factor", "method", "state", "kind"),
    *("channel", "tries_left", "waiting", "signed", "locked", "headline", "source", "answer", "why"),
)
"""Members of a line that are shown: ids, codes and counts. A line's trace is for engineers, in the logs."""
_MEANS: Mapping[str, Code] = {
    "certificate.unusable": Code.STEP_UP_METHOD_UNAVAILABLE,
    "certificate_login.refused": Code.LOGIN_CERTIFICATE_FAILED,
    "login.refused": Code.LOGIN_FAILED,
    "loss.refused": Code.LOGIN_FAILED,
    "otp.refused": Code.STEP_UP_INVALID,
    "passkey.not_added": Code.CREDENTIAL_INVALID,
    "password.refused": Code.FILE_PASSWORD_WRONG,
    "resume.refused": Code.SIGNATURE_INVALID,
    "step_up.refused": Code.STEP_UP_LOCKED,
}
"""What the customer read, where the line of an action does not say it and no session names the customer of the one
that does."""


def customer_view(customer: Customer, waits: Mapping[str, datetime], locked: bool, language: str) -> dict[str, Any]:
    """Who it is, masked, and what keeps them from logging in. `waits` are those that have not ended."""
    return {
        "customer_id": customer.id,
        "name": shown_name(customer.name, customer.kind),
        "phone": masked_phone(customer.phone),
        "kind": customer.kind,
        "methods": list(customer.methods),
        "locked_out_by_the_bank": locked,
        **{f"{name}_until": local_time(at, language) for name, at in waits.items()},
    }


def upload_explained(upload: Upload, language: str, now: datetime) -> dict[str, Any]:
    """An upload with what each finding means and what the customer does next."""
    return {
        "upload_id": upload.id,
        "announced": local_time(upload.created_at, language),
        "state": upload.state_at(now).value,
        "registration_id": upload.registration,
        "findings": [
            {
                "code": shown["code"],
                "level": shown["level"],
                "title": shown["title"],
                "say": shown["text"],
                "do": NEXT_ACTIONS[reason(Code(shown["code"])).next_action][language],
            }
            for shown in findings_in(language, upload.findings_at(now))
        ],
    }


def registration_explained(registration: Registration, language: str, now: datetime) -> dict[str, Any]:
    """A registration as the app shows it, and what its state means."""
    view = registration_view(registration, language, now)
    return {**view, **(_code(view["reason"], language) if view["reason"] else {})}


def unnamed(owned: Owned, language: str) -> dict[str, Any]:
    """What the logs say of a request that names no customer."""
    words = UNNAMED if owned.refs else WITHOUT_LOGIN
    refs = sorted(owned.refs)
    return {
        "customer": None,
        "customer_refs": refs,
        "note": words[language].format(refs=", ".join(refs)),
        "events": timeline(owned.lines, language),
    }


def timeline(lines: Iterable[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
    """The lines of a log that say what was done or refused, in their order; the same one once, the last ones.

    A request that was answered as expected is left out: what it did has a line of its own, and apps ask often.
    """
    seen: list[dict[str, Any]] = []
    for line in lines:
        if line["message"] == "answered" and line.get("status", 0) < FIRST_REFUSAL:
            continue
        event = {
            "at": local_time(line["timestamp"], language),
            "function": line["function"],
            "what": line["message"],
            **{name: line[name] for name in _SHOWN if line.get(name) is not None},
            **_code(line.get("code") or line.get("headline") or _MEANS.get(line["message"]), language, line),
        }
        if event not in seen:
            seen.append(event)
    return seen[-MOST_EVENTS:]


def notices_in(events: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The notices among the events of a timeline."""
    sent = (event for event in events if event["what"] == "notice.sent")
    return [{name: event[name] for name in ("at", "kind", "channel") if name in event} for event in sent]


def _code(code: object, language: str, values: Mapping[str, Any] | None = None) -> dict[str, str]:
    """What a code means; its text too, where `values` has what the text needs."""
    if code in frozenset(AdminCode):
        return {"code": str(code), "note": _FOR_THE_BANK[language]}
    if code not in CATALOGUE:
        return {}
    entry = CATALOGUE[Code(str(code))]
    params = bank().params | dict(values or {})
    text = {"say": render(entry.code, language, params)[1]} if params.keys() >= set(entry.params) else {}
    return {
        "code": entry.code.value,
        "title": entry.title[language],
        **text,
        "do": NEXT_ACTIONS[entry.next_action][language],
    }
