"""The events of signature requests, and that they match docs/events."""

from dataclasses import replace
from typing import Any

import jsonschema_rs
import pytest

from registrar.domain.reasons.codes import Code
from registrar.domain.registrations.events import Event
from registrar.domain.signing.events import signing_events
from registrar.domain.signing.signature_request import Completed, Failure, SignatureRequest, SigningState
from tests.support.builders import NOW
from tests.support.signing import a_request
from tests.support.stream import SCHEMAS
from tools.cloud.emulator import ROOT

PENDING = a_request()
COMPLETED = replace(
    PENDING,
    state=SigningState.COMPLETED,
    finished_at=NOW,
    completed=Completed("r" + "0" * 32, "ab" * 32, "cd" * 32, "key", b"\x00" * 64),
)
DECLINED = replace(PENDING, state=SigningState.DECLINED, finished_at=NOW)
FAILED = replace(PENDING, state=SigningState.FAILED, finished_at=NOW, failure=Failure(Code.REG_HELD))
OF_ALL = {
    "version": 1,
    "occurred_at": "2026-11-23T03:00:00Z",
    "customer_id": "hong",
    "request_id": PENDING.id,
    "service": "transfers",
    "kind": "transfer",
    "document_sha256": "5e" * 32,
}
ENDS: dict[str, tuple[SignatureRequest, dict[str, Any]]] = {
    "SignatureCompleted": (COMPLETED, {"registration_id": "r" + "0" * 32, "evidence_sha256": "cd" * 32}),
    "SignatureDeclined": (DECLINED, {}),
    "SignatureFailed": (FAILED, {"reason": "REG_HELD"}),
}


def of(old: SignatureRequest | None, new: SignatureRequest | None) -> list[Event]:
    return signing_events("4f2a", NOW, old, new)


@pytest.mark.parametrize("name", ENDS)
def test_an_end_gives_its_event(name: str) -> None:
    ended, members = ENDS[name]

    (event,) = of(PENDING, ended)

    assert event == Event(name, {**OF_ALL, "id": f"4f2a:{name}", **members})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (None, PENDING),
        (PENDING, replace(PENDING, seen_at=NOW)),
        (PENDING, replace(PENDING, tries=1)),
        (COMPLETED, COMPLETED),
        (PENDING, None),
        (COMPLETED, None),
    ],
    ids=["asked", "seen", "signed wrongly", "written again", "erased", "erased when completed"],
)
def test_any_other_change_is_no_event(old: SignatureRequest | None, new: SignatureRequest | None) -> None:
    assert of(old, new) == []


@pytest.mark.parametrize("name", ENDS)
def test_the_schema_names_exactly_its_members(name: str) -> None:
    (event,) = of(PENDING, ENDS[name][0])
    check = jsonschema_rs.validator_for(SCHEMAS[name], validate_formats=True)

    check.validate(dict(event.detail))
    assert event.detail.keys() == SCHEMAS[name]["properties"].keys() == set(SCHEMAS[name]["required"])
    for member in event.detail:
        assert not check.is_valid({key: value for key, value in event.detail.items() if key != member}), member


def test_schemas_and_events_correspond() -> None:
    assert ENDS.keys() == {name for name in SCHEMAS if name.startswith("Signature")}
    listed = (ROOT / "docs/events/README.md").read_text()
    assert all(f"[{name}]({name}.json)" in listed for name in ENDS)
