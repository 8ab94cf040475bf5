"""Puts the texts of a notice together, in the customer's language, from its parameters and what they refer to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from string import Formatter
from typing import TYPE_CHECKING, Any

from registrar.domain.access.challenge import Operation
from registrar.domain.bank import Bank
from registrar.domain.masking import PERSONAL, shown_name
from registrar.domain.notices.kinds import Kind
from registrar.domain.notices.names import short_issuer, short_name
from registrar.domain.notices.text_messages import for_carriers
from registrar.domain.notices.texts import TEXTS
from registrar.domain.notices.texts_access import PURPOSES
from registrar.domain.notices.texts_expiry import expiring, expiring_short, reference
from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.rendering import as_shown, one_line
from registrar.domain.times import short_time

if TYPE_CHECKING:  # functions that send codes need not load it
    from registrar.domain.registrations.registration import Registration


@dataclass(frozen=True, slots=True)
class NoticeText:
    """A notice that is ready to send.

    `short` is the text message, in the characters of carriers; `text` is for push, mail and AlimTalk. `template`
    names the AlimTalk template that `text` was made from, and `values` are those of its variables.
    """

    title: str
    short: str
    text: str = ""
    template: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


def notice_text(
    kind: Kind,
    language: str,
    params: Mapping[str, Any],
    at: datetime,
    bank: Bank,
    *,
    customer_name: str = "",
    customer_kind: str = PERSONAL,
    registrations: "Sequence[Registration]" = (),
) -> NoticeText:
    """The texts of a notice that is sent at `at`.

    Names of parameters ending in `_on` are days, in `_at` times, which texts also have as `_short`. Texts use what
    follows from parameters, too: `name` (a person's, masked, or a company's), `purpose` (of `operation`),
    `in_brackets` (`detail`, if there is one), `reason` (of `code`), `expiring` (all of `registrations`); of the
    first one `issuer`, `registered_at`, `reference`; and `bank` and `help_desk`.
    Raises KeyError if a parameter is missing.
    """
    wording = TEXTS[kind].in_language(language)
    given = {**params, **bank.params}
    derived: dict[str, Callable[[], str]] = {
        "name": lambda: one_line(shown_name(customer_name, customer_kind)),
        "purpose": lambda: PURPOSES[Operation(params["operation"])][language],
        "in_brackets": lambda: _in_brackets(params["detail"], language),
        "reason": lambda: as_shown("reason", CATALOGUE[Code(params["code"])].title, language),
        "until_short": lambda: short_time(params["until_at"], language),
        "effective_short": lambda: short_time(params["effective_at"], language),
    }
    if registrations:
        first = registrations[0]
        derived |= {
            "issuer": lambda: as_shown("issuer", first.issuer, language),
            "issuer_short": lambda: short_issuer(first.issuer, language),
            "registered_at": lambda: as_shown("registered_at", first.registered_at, language),
            "reference": lambda: reference(first),
            "expiring": lambda: expiring(language, registrations, at),
            "expiring_short": lambda: expiring_short(language, registrations, at),
        }

    def shown(text: str) -> dict[str, str]:
        return {
            name: derived[name]() if name in derived else as_shown(name, given[name], language)
            for name in fields(text)
        }

    values = shown(wording.text)
    short_values = shown(wording.short)
    if "name" in short_values:
        short_values["name"] = short_name(short_values["name"])
    return NoticeText(
        wording.title,
        for_carriers(wording.short.format(**short_values)),
        wording.text.format(**values),
        template_code(kind, language),
        values,
    )


def template_code(kind: Kind, language: str) -> str:
    """The code under which the bank registers the AlimTalk template of a kind."""
    return f"{kind}_{language}"


def fields(text: str) -> list[str]:
    """The names that a text uses, in their order."""
    return list(dict.fromkeys(name for _, name, _, _ in Formatter().parse(text) if name))


def _in_brackets(detail: str, language: str) -> str:
    line = short_name(detail)
    space = "" if language == "ko" else " "
    return f"{space}({line})" if line else ""
