"""The events of a change of a registration, and that they match docs/events."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import jsonschema_rs
import pytest

from registrar.domain.registrations.events import Change, Event, Row, events_of
from registrar.domain.registrations.registration import Lifecycle
from tests.support.builders import NOW
from tests.support.stream import SCHEMAS as ALL_SCHEMAS
from tools.cloud.emulator import ROOT

DAY = timedelta(days=1)
SCHEMAS = {name: schema for name, schema in ALL_SCHEMAS.items() if not name.startswith("Signature")}
LIVE = Row("hong", "r1", Lifecycle.LIVE, frozenset(), "yessign", "personal", NOW + 7 * DAY)
HELD = replace(LIVE, holds=frozenset({"customer", "issuer"}))
ACTIVATED = {"operator": "yessign", "kind": "personal", "not_after": "2026-11-30T03:00:00Z"}
OF_ALL = {"version", "id", "occurred_at", "customer_id", "registration_id"}
# Old row, new row, and the events: name with what is particular to it.
CHANGES: dict[str, tuple[Row | None, Row | None, list[tuple[str, dict[str, Any]]]]] = {
    "registered": (
        None,
        LIVE,
        [
            (
                "RegistrationActivated",
                {"operator": "yessign", "kind": "personal", "not_after": "2026-11-30T03:00:00Z"},
            )
        ],
    ),
    "a successor registered": (
        None,
        replace(LIVE, replaces="r0"),
        [("RegistrationActivated", {**ACTIVATED, "replaces": "r0"})],
    ),
    "two holds at once": (LIVE, HELD, [("HoldAdded", {"hold": "customer"}), ("HoldAdded", {"hold": "issuer"})]),
    "one hold for another": (
        replace(LIVE, holds=frozenset({"issuer"})),
        replace(LIVE, holds=frozenset({"bank"})),
        [("HoldAdded", {"hold": "bank"}), ("HoldLifted", {"hold": "issuer"})],
    ),
    "one of two holds lifted": (
        HELD,
        replace(LIVE, holds=frozenset({"issuer"})),
        [("HoldLifted", {"hold": "customer"})],
    ),
    "revoked": (
        LIVE,
        replace(LIVE, lifecycle=Lifecycle.REVOKED_BY_ISSUER, end_reason="keyCompromise"),
        [("RevokedByIssuer", {"reason": "keyCompromise"})],
    ),
    "revoked without a reason": (
        LIVE,
        replace(LIVE, lifecycle=Lifecycle.REVOKED_BY_ISSUER),
        [("RevokedByIssuer", {"reason": "unspecified"})],
    ),
    "superseded": (
        LIVE,
        replace(LIVE, lifecycle=Lifecycle.SUPERSEDED, superseded_by="r2"),
        [("Superseded", {"by": "r2"})],
    ),
    "blocked while held": (HELD, replace(HELD, lifecycle=Lifecycle.BLOCKED), [("Blocked", {})]),
    "deregistered": (LIVE, replace(LIVE, lifecycle=Lifecycle.DEREGISTERED), [("Deregistered", {})]),
    "flagged": (
        LIVE,
        replace(LIVE, flagged_at=NOW),
        [("Expiring", {"not_after": "2026-11-30T03:00:00Z", "days_left": 7})],
    ),
    "flagged again": (
        replace(LIVE, flagged_at=NOW - 7 * DAY),
        replace(LIVE, flagged_at=NOW),
        [("Expiring", {"not_after": "2026-11-30T03:00:00Z", "days_left": 7})],
    ),
    "flagged before, and held": (
        replace(LIVE, flagged_at=NOW),
        replace(LIVE, flagged_at=NOW, holds=frozenset({"bank"})),
        [("HoldAdded", {"hold": "bank"})],
    ),
    "noted as over before, and held": (
        replace(LIVE, expiry_noted_at=NOW),
        replace(LIVE, expiry_noted_at=NOW + DAY, holds=frozenset({"bank"})),
        [("HoldAdded", {"hold": "bank"})],
    ),
    "noted as over": (
        LIVE,
        replace(LIVE, expiry_noted_at=NOW + 8 * DAY),
        [("Expired", {"not_after": "2026-11-30T03:00:00Z"})],
    ),
    "nothing of this": (LIVE, LIVE, []),
    "deleted": (LIVE, None, []),
}


def of(old: Row | None, new: Row | None) -> list[Event]:
    return events_of(Change("4f2a", NOW, old, new))


@pytest.mark.parametrize("name", CHANGES)
def test_change_gives_its_events(name: str) -> None:
    old, new, expected = CHANGES[name]
    found = of(old, new)
    assert [(e.type, {k: v for k, v in e.detail.items() if k not in OF_ALL}) for e in found] == expected
    for event in found:
        assert (event.detail["customer_id"], event.detail["registration_id"]) == ("hong", "r1")
        assert (event.detail["version"], event.detail["occurred_at"]) == (1, "2026-11-23T03:00:00Z")


@pytest.mark.parametrize("name", CHANGES)
def test_each_event_matches_its_schema(name: str) -> None:
    old, new, _ = CHANGES[name]
    for event in of(old, new):
        schema = SCHEMAS[event.type]
        jsonschema_rs.validator_for(schema, validate_formats=True).validate(dict(event.detail))
        assert event.detail.keys() <= schema["properties"].keys(), "a member that the schema does not tell of"


def test_schemas_and_events_correspond() -> None:
    assert {name for *_, events in CHANGES.values() for name, _ in events} == SCHEMAS.keys()
    listed = (ROOT / "docs/events/README.md").read_text()
    assert all(f"[{name}]({name}.json)" in listed for name in SCHEMAS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_refuses_a_changed_event(name: str) -> None:
    check = jsonschema_rs.validator_for(SCHEMAS[name], validate_formats=True)
    (event,) = {e.type: e for old, new, _ in CHANGES.values() for e in of(old, new) if e.type == name}.values()
    for member in SCHEMAS[name]["required"]:
        assert not check.is_valid({key: value for key, value in event.detail.items() if key != member}), member
    assert not check.is_valid({**event.detail, "occurred_at": "yesterday"})


def test_event_ids_are_repeatable_and_unique() -> None:
    old, new, _ = CHANGES["one hold for another"]
    first, second = ([event.detail["id"] for event in of(old, new)] for _ in range(2))
    assert first == second == ["4f2a:HoldAdded:bank", "4f2a:HoldLifted:issuer"]


def test_events_contain_no_personal_name() -> None:
    for schema in SCHEMAS.values():
        assert not {"name", "phone", "name_masked", "serial", "fingerprint"} & schema["properties"].keys()
