"""What the agent reads while the customer is on the line: what happened, what to say, what to do; then the rest.

It is put together from the JSON of explanation.py, so that both say the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.reason import NextAction
from registrar.domain.registrations.upload import UploadState
from registrar.domain.times import instant, last_moment, local_date
from registrar.entry import agent_words as words

MOST_LINES = 30
"""Lines of the log, the last ones: the JSON has more."""
View = Mapping[str, Any]
_REFUSALS = (".refused", ".not_added", ".not_changed", ".unusable")
_DECISIONS = ("upload.decided", "upload.checked")
_WAITS = {NextAction.WAIT_NOTICE: UploadState.DEFERRED, NextAction.ENTER_PASSWORD: UploadState.NEEDS_PASSWORD}
"""Actions that decide on an upload: their code may be a warning, or what it waits for."""


class _Told(NamedTuple):
    happened: str
    say: str
    do: str


def agent_text(found: View, language: str) -> str:
    """The text about `found`, as `explain` returns it."""
    about = found["about"]
    told = _story(found, language)
    customer = found.get("customer")
    if customer is None:
        told = told._replace(do=f"{told.do} {found['note']}")
    lines = [*_three(told, language), words.ONLY_PROVED[language]]
    if "typed" in about:  # before anything is said of a request that may be another customer's
        lines.insert(0, words.READ_AS[language].format(typed=about["typed"], read=about["id"]))
    if customer is not None:
        lines += ["", *_customer_lines(found, language)]
    lines += _list("events", _events(found, language), language)
    since = words.SINCE[language].format(since=about["searched_since"])
    return "\n".join([*lines, "", f"{_heading('searched', language)}: {since}"])


def refusal_text(story: words.Story, language: str, **values: object) -> str:
    """The text where nothing can be shown."""
    return "\n".join(_three(_Told(*(each[language].format(**values) for each in story)), language))


def _three(told: _Told, language: str) -> list[str]:
    """The lines that the agent needs first."""
    return [
        f"{_heading('happened', language)}: {told.happened}",
        f'{_heading("say", language)}: "{told.say}"',
        f"{_heading('do', language)}: {told.do}",
    ]


def _story(found: View, language: str) -> _Told:
    """The story of what was asked for: of an upload, its state; else that of the last thing that was tried."""
    uploads: Sequence[View] = found.get("uploads", ())
    about = found["about"]
    wanted = next((each for each in uploads if each["upload_id"] == about["id"]), None)
    if wanted is not None:
        return _of_upload(wanted, language)
    events = about.get("events") or found["events"]
    last = next((each for each in reversed(events) if _is_notable(each)), None)
    if last is None:
        return _plain(words.NOTHING_WRONG, language)
    if "note" in last:
        told = _plain(words.FOR_THE_BANK, language)
        return told._replace(happened=f"{_tried(last, language)}: {told.happened} ({last['code']}).")
    state = _waits_in(last)
    if state is not None:
        told = _plain(words.STATES[state], language)
        return told._replace(happened=f"{_tried(last, language)}: {told.happened}")
    if "code" not in last or _outcome(last) is words.PASSED:
        told = _plain(words.SUCCEEDED, language)
        return told._replace(happened=f"{_tried(last, language)}: {_outcome(last)[language]}. {told.happened}")
    upload = next((each for each in uploads if each["upload_id"] == last.get("upload_id")), None)
    shown = next((each for each in upload["findings"] if each["code"] == last["code"]), last) if upload else last
    return _of_code(f"{_tried(last, language)}: {words.REFUSED[language]}", shown, language)


def _of_upload(upload: View, language: str) -> _Told:
    """The story of an upload: the reason that ended it or keeps it waiting, else its state."""
    state = UploadState(upload["state"])
    told = _plain(words.STATES[state], language)
    began = f"{upload['announced']} - {told.happened}"
    failed = [each for each in upload["findings"] if each["level"] == "FAIL"]
    first = next(iter(failed or upload["findings"]), None)
    if first is None or state not in (UploadState.REJECTED, UploadState.EXPIRED, UploadState.FAILED):
        return told._replace(happened=began)
    return _of_code(began, first, language)


def _of_code(happened: str, shown: View, language: str) -> _Told:
    """The story of a reason: its title, its text as the customer reads it, its next action, what the agent adds."""
    entry = CATALOGUE[Code(shown["code"])]
    duty = words.OWN_DUTIES.get(entry.code) or words.DUTIES.get(entry.next_action, words.DUTY)
    return _Told(
        f"{happened.rstrip('.')}. {shown['title']} ({shown['code']}).",
        shown.get("say") or f"{shown['title']}. {shown['do']}",
        words.NEXT_STEP[language].format(step=shown["do"], duty=duty[language]),
    )


def _plain(story: words.Story, language: str) -> _Told:
    return _Told(*(each[language] for each in story))


def _is_notable(event: View) -> bool:
    """Whether an event says what became of something that the customer tried."""
    return "code" in event or (event["what"] in words.DONE and event["function"] != "send_notice")


def _tried(event: View, language: str) -> str:
    return f"{event['at']} - {_word(words.TRIED, event['function'], language)}"


def _outcome(event: View) -> words.Text:
    """What became of what an event says."""
    what = event["what"]
    if "code" in event and what in _DECISIONS and "note" not in event:
        action = CATALOGUE[Code(event["code"])].next_action
        return {NextAction.CONTINUE: words.PASSED, **dict.fromkeys(_WAITS, words.PUT_OFF)}.get(
            action, words.REFUSED
        )
    if "code" in event or what.endswith(_REFUSALS):
        return words.REFUSED
    plain = {"ko": what, "en": what}
    return words.DONE.get(what, words.PASSED if what in _DECISIONS else plain)


def _waits_in(event: View) -> UploadState | None:
    """The state in which an upload waits, where the event says that it was put off."""
    if "code" not in event or _outcome(event) is not words.PUT_OFF:
        return None
    return _WAITS[CATALOGUE[Code(event["code"])].next_action]


def _events(found: View, language: str) -> list[str]:
    """The log, each thing once: the lines of what was asked for first, then the customer's last ones."""
    own = dict.fromkeys(_lines(found["about"].get("events", ()), language))
    others = dict.fromkeys(_lines(found["events"], language))
    left = [each for each in others if each not in own]
    return [*own, *left[-max(MOST_LINES - len(own), 0) :]] if len(own) < MOST_LINES else list(own)[-MOST_LINES:]


def _lines(events: Iterable[View], language: str) -> Iterable[str]:
    # The line "answered" repeats the status of what "refused" explains.
    return (_event(event, language) for event in events if event["what"] != "answered")


def _event(event: View, language: str) -> str:
    """A line of the log."""
    about = f"{event['title']} ({event['code']})" if "title" in event else event.get("code")
    if "note" in event:
        about = f"{event['code']} - {event['note']}"
    reference = f" [{event['support_ref']}]" if "support_ref" in event else ""
    return f"{_tried(event, language)}: {_outcome(event)[language]}{f' - {about}' if about else ''}{reference}"


def _customer_lines(found: View, language: str) -> list[str]:
    customer = found["customer"]
    kind = _word(words.CUSTOMER_KINDS, customer["kind"], language)
    phone = f", {customer['phone']}" if customer["phone"] else ""
    methods = ", ".join(_word(words.METHODS, each, language) for each in customer["methods"])
    who = f"{_heading('customer', language)}: {customer['name']} ({customer['customer_id']}, {kind}{phone})"
    lines = [
        f"{who} customer_ref {found['customer_ref']}",
        f"{_heading('methods', language)}: {methods or _heading('none', language)}",
    ]
    if customer["locked_out_by_the_bank"]:
        lines.append(_heading("locked", language))
    waits = (wait for wait in ("login_waits_until", "codes_wait_until") if wait in customer)
    lines += [f"{_heading(wait, language)}: {customer[wait]}" for wait in waits]
    lines += _list("uploads", (each for upload in found["uploads"] for each in _upload(upload, language)), language)
    shown = (each for one in found["registrations"] for each in _registration(one, language))
    lines += _list("registrations", shown, language)
    sent = (
        f"{notice['at']} - {_word(words.NOTICES, notice.get('kind', ''), language)}"
        f" ({_word(words.CHANNELS, notice.get('channel', ''), language)})"
        for notice in found["notices"]
    )
    return lines + _list("notices", sent, language)


def _upload(upload: View, language: str) -> list[str]:
    state = words.STATES[UploadState(upload["state"])].happened[language]
    lines = [f"{upload['announced']} - {state} ({upload['upload_id']})"]
    for finding in upload["findings"]:
        level = _word(words.LEVELS, finding["level"], language)
        lines.append(f"  {level}: {finding['title']} ({finding['code']}). {finding['say']}")
    return lines


def _registration(shown: View, language: str) -> list[str]:
    certificate = shown["certificate"]
    status = _word(words.STATUSES, shown["status"], language)
    holds = ", ".join(_word(words.HOLDS, each, language) for each in shown["holds"])
    ends = local_date(last_moment(instant(certificate["not_after"])), language)
    named = f"{certificate['issuer']}, {certificate['name_masked']}"
    held = f" ({holds})" if holds else ""
    line = f"{named}, ~ {ends}: {status}{held} ({shown['registration_id']})"
    if "title" not in shown:
        return [line]
    return [line, f"  {_heading('meaning', language)}: {shown['title']}. {shown.get('say', '')} {shown['do']}"]


def _list(name: str, lines: Iterable[str], language: str) -> list[str]:
    """A heading with its lines below; lines that begin with spaces belong to the one before."""
    found = [each if each.startswith(" ") else f"- {each}" for each in lines]
    return ["", f"{_heading(name, language)}:", *found] if found else []


def _heading(name: str, language: str) -> str:
    return words.HEADINGS[name][language]


def _word(table: Mapping[str, words.Text], name: str, language: str) -> str:
    """A word of a table; the name itself where a release that ran before or after this one wrote it."""
    return table[name][language] if name in table else name
