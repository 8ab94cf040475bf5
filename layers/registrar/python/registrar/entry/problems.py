"""Problem documents (RFC 9457), findings and reasons, with their texts in the customer's language.

They are apart from responses.py, so that a function loads the catalogue of reasons when it shows one.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from registrar.domain.reasons.catalogue import reason
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.reasons.findings import Finding
from registrar.domain.reasons.reason import NextAction, Reason
from registrar.domain.reasons.rendering import render
from registrar.domain.times import iso
from registrar.entry.responses import Response, uncached
from registrar.settings import bank

PROBLEM_TYPE = "urn:registrar:problem:"


def problem(refusal: Refusal, language: str, support_ref: str) -> Response:
    """The problem document for a refusal."""
    entry = reason(refusal.code)
    params = {name: _plain(value) for name, value in refusal.params.items()}
    title, text = render(refusal.code, language, bank().params | {"support_ref": support_ref} | params)
    body = {
        "type": PROBLEM_TYPE + entry.faq,
        "title": title,
        "status": entry.status,
        "detail": text,
        "code": entry.code,
        "retryable": entry.retryable,
        "next_action": entry.next_action.value,
        "params": _shown_params(entry, params, language),
        "support_ref": support_ref,
        "findings": [],
    }
    headers = {"Content-Type": "application/problem+json; charset=utf-8", "Content-Language": language}
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    return uncached(entry.status, body, headers)


def reason_in(language: str, code: Code, params: Mapping[str, object]) -> dict[str, Any]:
    """A reason that is no error, with its texts."""
    title, text = render(code, language, bank().params | dict(params))
    plain = {name: _plain(value) for name, value in params.items()}
    return {
        "code": code.value,
        "title": title,
        "detail": text,
        "next_action": reason(code).next_action.value,
        "params": _shown_params(reason(code), plain, language),
    }


def findings_in(language: str, findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings with their texts, in the order in which the checks ran."""
    shown = []
    for finding in findings:
        entry = reason(finding.code)
        title, text = render(finding.code, language, bank().params | dict(finding.params))
        params = {name: _plain(value) for name, value in finding.params.items()}
        shown.append(
            {
                "check": finding.check,
                "level": finding.level.value,
                "code": finding.code.value,
                "title": title,
                "text": text,
                "next_action": entry.next_action.value,
                "faq": entry.faq,
                "params": _shown_params(entry, params, language),
            }
        )
    return shown


def _plain(value: object) -> object:
    return iso(value) if isinstance(value, datetime) else value


def _shown_params(entry: Reason, params: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The parameters in one language; where the customer is to call, the number too, for a button that calls."""
    number = {"help_desk": bank().help_desk} if entry.next_action is NextAction.CALL else {}
    return number | {n: v[language] if isinstance(v, Mapping) else v for n, v in params.items()}
