"""Puts the text of a notice together, in the customer's language, from its parameters and what they refer to."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from string import Formatter
from typing import TYPE_CHECKING, Any

from registrar.domain.access.challenge import Operation
from registrar.domain.masking import masked
from registrar.domain.notices.kinds import Kind
from registrar.domain.notices.texts import TEXTS
from registrar.domain.notices.texts_access import PURPOSES
from registrar.domain.notices.texts_expiry import expiry_text, reference
from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.rendering import as_shown, one_line
from registrar.domain.reasons.wording import Wording

if TYPE_CHECKING:  # functions that send codes need not load it
    from registrar.domain.registrations.registration import Registration


def notice_text(
    kind: Kind,
    language: str,
    params: Mapping[str, Any],
    at: datetime,
    *,
    customer_name: str = "",
    registrations: "Sequence[Registration]" = (),
) -> Wording:
    """Title and text of a notice that is sent at `at`.

    Names of parameters ending in `_on` are days, in `_at` times. Texts also use what follows from them: `name` (the
    customer's, masked), `purpose` (of `operation`), `in_brackets` (`detail`, if there is one), `reason` (of
    `code`), `expiring` (all of `registrations`); of the first registration `issuer`, `registered_at`, `reference`.
    Raises KeyError if a parameter of the text is missing.
    """
    wording = TEXTS[kind].in_language(language)
    derived: dict[str, Callable[[], str]] = {
        "name": lambda: one_line(masked(customer_name)),
        "purpose": lambda: PURPOSES[Operation(params["operation"])][language],
        "in_brackets": lambda: _in_brackets(params["detail"]),
        "reason": lambda: as_shown("reason", CATALOGUE[Code(params["code"])].title, language),
    }
    if registrations:
        first = registrations[0]
        derived |= {
            "issuer": lambda: as_shown("issuer", first.issuer, language),
            "registered_at": lambda: as_shown("registered_at", first.registered_at, language),
            "reference": lambda: reference(first),
            "expiring": lambda: expiry_text(language, one_line(masked(customer_name)), registrations, at),
        }
    shown = {
        field: derived[field]() if field in derived else one_line(as_shown(field, params[field], language))
        for field in _fields(wording)
    }
    return Wording(wording.title.format(**shown), wording.text.format(**shown))


def _fields(wording: Wording) -> set[str]:
    return {field for each in wording for _, field, _, _ in Formatter().parse(each) if field}


def _in_brackets(detail: str) -> str:
    line = one_line(detail)
    return f" ({line})" if line else ""
