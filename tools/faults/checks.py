"""What has to be true after each cell, read as the deployer: from tables, texts, events, logs, dead letters."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from registrar.domain.registrations.upload import UploadState
from registrar.entry.log import customer_ref
from tools.admin.verify_audit import verify
from tools.cloud.secret_forms import forms
from tools.faults.customer import FaultyDay
from tools.faults.episodes import ONCE, OUTAGE_CALLS, Fault, Kind
from tools.faults.scenario import Scenario
from tools.faults.world import World

LOCKS = 3
ENDED = frozenset({UploadState.REGISTERED, UploadState.REJECTED})
# An upload that nothing decides ends by the clock: every open state has one of these.
DEADLINES = ("expires_at", "lease_until")


def missing(world: World, day: FaultyDay, scenario: Scenario, faults: tuple[Fault, ...]) -> Iterator[str]:
    """What has not come yet, and will if nothing is lost."""
    texts = world.texts(day)[day.facts["texts before"] :]
    throttled = any(fault.operation.name == "Publish" for fault in faults) and world.put_off()
    for words, count in scenario.texts.items():
        found = sum(words in text for text in texts)
        if found < count and not throttled:
            yield f"{found} text messages {words!r}, not {count}"
    types = Counter(kind for kind, _ in _events(world, day))
    for kind, count in scenario.events.items():
        if types[kind] < count:
            yield f"{types[kind]} events {kind}, not {count}"

    about = (customer_ref(day.phone.customer.id), day.facts.get("registration", day.phone.customer.id))
    for function, message in scenario.audited:
        if not world.audited(function, message, *about):
            yield f"no entry {message} of {function} in the audit"


def wrong(
    world: World, day: FaultyDay, scenario: Scenario, faults: tuple[Fault, ...], since: float
) -> Iterator[str]:
    """What must never be."""
    yield from _doubled(world, day, scenario, faults)
    yield from _stored(world, day, scenario)
    if scenario.audited:
        yield from verify(world.audit, now=datetime.now(UTC)).wrong
    for queue, count in world.dead_letters().items():
        yield f"{count} messages in {queue}"
    written = {form for secret in day.secrets for form in forms(secret)}
    functions = sorted({operation.function for operation in world.proxy.episode.calls})
    for function, line in world.logged(functions, since):
        if any(form in line.encode() for form in written):
            yield f"a secret of the customer in the log of {function}"


def _doubled(world: World, day: FaultyDay, scenario: Scenario, faults: tuple[Fault, ...]) -> Iterator[str]:
    texts = world.texts(day)[day.facts["texts before"] :]
    # Documented: a notice whose record is lost is sent once more, and then never again.
    most = 2 if any(fault.operation.function == "send_notice" for fault in faults) else 1
    lasting = [fault for fault in faults if fault.kind not in ONCE and fault.kind is not Kind.LATENCY]
    most += OUTAGE_CALLS * sum(fault.operation.function == scenario.texts_first for fault in lasting)
    for words, count in scenario.texts.items():
        found = sum(words in text for text in texts)
        if found > count * most:
            yield f"{found} text messages {words!r}, not {count}"
    types = Counter(kind for kind, _ in _events(world, day))
    for kind, count in types.items():
        if count > scenario.events.get(kind, 0):
            yield f"{count} events {kind}, not {scenario.events.get(kind, 0)}"


def _events(world: World, day: FaultyDay) -> set[tuple[str, str]]:
    """Types and ids of the events since `play` began: a repeat has the id of the first."""
    found = {(each["detail-type"], each["detail"]["id"]) for each in world.events(day)}
    before: set[tuple[str, str]] = day.facts["events before"]
    return found - before


def _stored(world: World, day: FaultyDay, scenario: Scenario) -> Iterator[str]:
    rows = world.rows(day)
    if len(rows) != scenario.registrations:
        yield f"{len(rows)} registrations, not {scenario.registrations}"
    named = Counter(lock["registration_id"]["S"] for lock in world.locks(day))
    for row in rows:
        registration_id = row["sk"]["S"].removeprefix("REG#")
        if row["lifecycle"]["S"] == "LIVE" and named[registration_id] != LOCKS:
            yield f"{named[registration_id]} locks of a live registration, not {LOCKS}"
    if set(named) - {row["sk"]["S"].removeprefix("REG#") for row in rows}:
        yield "locks without a registration"
    for upload in world.owned("UploadsTable", day):
        state = upload.get("state", {}).get("S")
        if state is not None and state not in ENDED and not any(name in upload for name in DEADLINES):
            yield f"an upload is {state} without a deadline"


def note_what_was(world: World, day: FaultyDay) -> None:
    """Note what there is before `play` begins."""
    day.facts["texts before"] = len(world.texts(day))
    day.facts["events before"] = {(each["detail-type"], each["detail"]["id"]) for each in world.events(day)}
