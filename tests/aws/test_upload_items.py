"""Items of uploads: each state is read as its class, and an item that lacks what its state needs is an error."""

from typing import Any

import pytest

from registrar.aws import dynamo
from registrar.aws.tables.upload_items import findings_json, from_item, read_as, to_item
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import ItemIncomplete
from registrar.domain.registrations.upload import (
    AwaitingProof,
    Checking,
    Deferred,
    Issued,
    NeedsPassword,
    Registered,
    Rejected,
    Upload,
    UploadState,
    Validating,
    failure,
)
from tests.support.builders import NOW, a_certificate, an_ec_key, an_upload
from tests.support.rows import a_requested_upload

AWAITING = an_upload(a_certificate(key=an_ec_key()))
PASSED = {"summary": dynamo.as_json(AWAITING.summary.to_map()), "der": dynamo.binary(AWAITING.der)}
TEXT = {"nonce": dynamo.text("00" * 16), "nonce_expires_at": dynamo.instant(NOW)}
NEEDS: dict[type[Upload], dict[str, Any]] = {
    Issued: {},
    Validating: {"lease_until": dynamo.instant(NOW)},
    NeedsPassword: {"nonce": dynamo.text("00" * 16)},
    Checking: PASSED,
    Deferred: PASSED | {"due_at": dynamo.instant(NOW)},
    AwaitingProof: PASSED | TEXT | {"status": dynamo.as_json(AWAITING.status.to_map())},
    Registered: {"summary": PASSED["summary"]},
    Rejected: {},
}


def an_item(wanted: type[Upload]) -> dict[str, dict[str, Any]]:
    """An item in that state with what it needs and nothing else."""
    return to_item(a_requested_upload()) | {"state": dynamo.text(wanted.state)} | NEEDS[wanted]


def test_every_state_that_is_stored_has_a_class() -> None:
    computed = {UploadState.EXPIRED, UploadState.FAILED}
    assert {wanted.state for wanted in NEEDS} == set(UploadState) - computed
    for state in computed:
        with pytest.raises(ItemIncomplete, match=f"no upload is stored as {state}"):
            from_item(an_item(Issued) | {"state": dynamo.text(state)})


@pytest.mark.parametrize("wanted", NEEDS)
def test_an_item_is_read_as_the_class_of_its_state(wanted: type[Upload]) -> None:
    assert type(from_item(an_item(wanted))) is wanted


@pytest.mark.parametrize("wanted", NEEDS)
def test_attributes_of_other_states_are_ignored(wanted: type[Upload]) -> None:
    others = {name: value for needs in NEEDS.values() for name, value in needs.items()}
    assert type(from_item(others | an_item(wanted))) is wanted


@pytest.mark.parametrize(
    ("wanted", "missing"), [(wanted, name) for wanted, names in NEEDS.items() for name in names]
)
def test_an_item_without_a_required_attribute_is_an_error_that_names_it(wanted: type[Upload], missing: str) -> None:
    item = an_item(wanted)
    del item[missing]
    with pytest.raises(ItemIncomplete, match=f"{item['id']['S']} is {wanted.state} without '{missing}'"):
        from_item(item)


@pytest.mark.parametrize(("name", "part"), [("summary", "serial"), ("status", "asked_at")])
def test_a_missing_value_inside_an_attribute_is_named(name: str, part: str) -> None:
    item = an_item(AwaitingProof)
    whole = dynamo.read_json(item, name)
    del whole[part]
    with pytest.raises(ItemIncomplete, match=f"is AWAITING_PROOF without '{part}'"):
        from_item(item | {name: dynamo.as_json(whole)})


def test_summary_status_and_findings_are_read_as_they_were_written() -> None:
    findings = (failure(Code.REVOKED_BY_ISSUER, revoked_on=NOW, issuer={"ko": "가", "en": "a"}),)
    upload = read_as(an_item(AwaitingProof) | {"findings": findings_json(findings)}, AwaitingProof)
    assert (upload.summary, upload.status, upload.findings) == (AWAITING.summary, AWAITING.status, findings)


def test_an_upload_in_another_state_is_not_found() -> None:
    with pytest.raises(TypeError, match="is ISSUED, not CHECKING"):
        read_as(an_item(Issued), Checking)
