"""Who acts is whoever SSM says started the document, and what they do is what SSM says the form says."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from registrar.aws.buckets.trust_bucket import ACTIVE, CONFIRMATION, INCOMING, REPORT
from registrar.domain.staff import EXECUTION_LIFE
from registrar.domain.two_persons import same_person
from tests.support.account import Account
from tests.support.app import TRUST_PROPOSED, App, get_trust, put_trust
from tests.support.builders import a_trust_document
from tests.support.methods import Prover
from tests.support.prepared import prepared, registered_certificate
from tests.support.staff import act, arn, form, function_of, started
from tools.cloud.automation import NotStarted, documents
from tools.cloud.emulator import ROOT

KIM = arn("kim@bank.example")
REASON = "customer called: phone stolen"


@pytest.fixture
def held(app: App) -> str:
    """A registration of hong."""
    return str(prepared(app, registered_certificate)[1]["registration_id"])


def a_hold(account: Account, held: str, by: str = KIM, document: str = "Hold") -> str:
    return started(account, document, by, CustomerId="hong", RegistrationId=held, Reason=REASON)


def usable(app: App, held: str) -> bool:
    found: bool = app.call("GET", "/registrations/{registration_id}", registration_id=held).body["usable"]
    return found


def audited(account: Account, message: str) -> list[dict[str, Any]]:
    return [line for line in account.logged() if line["message"] == message]


def test_a_hold_names_whoever_started_its_document(app: App, account: Account, held: str) -> None:
    execution = a_hold(account, held)

    done = account.invoke("set_bank_hold", {"execution_id": execution})

    assert done["done"]["holds"] == ["bank"]
    (line,) = audited(account, "bank_hold.on")
    assert (line["staff_id"], line["reason"], line["execution_id"]) == (KIM, REASON, execution)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"AutomationExecutionStatus": "Success"}, "the execution is not running: Success"),
        ({"DocumentName": "registrar-LockOut"}, "the document LockOut is not for this function"),
        ({"DocumentName": "others-Hold"}, "no such execution of a document of this service"),
        ({"DocumentName": "AWS-UpdateLinuxAmi"}, "no such execution of a document of this service"),
        ({"ParentAutomationExecutionId": "0" * 36}, "a person has to start the document itself, once"),
        ({"AssociationId": "0" * 36}, "a person has to start the document itself, once"),
        (
            {"Targets": [{"Key": "ParameterValues", "Values": ["hong", "kim"]}]},
            "a person has to start the document",
        ),
        ({"ExecutedBy": ""}, "the execution does not say who started it"),
    ],
)
def test_an_execution_that_no_person_runs_right_now_does_nothing(
    app: App, account: Account, held: str, change: dict[str, Any], why: str
) -> None:
    execution = a_hold(account, held)
    account.executions[execution] |= change

    refused = account.invoke("set_bank_hold", {"execution_id": execution})

    assert refused["refused"] == "STATE_CONFLICT"
    assert refused["text"].startswith(why)
    assert usable(app, held)
    (line,) = audited(account, "staff.not_identified")
    assert line["why"].startswith(why)


def test_an_execution_that_started_long_ago_does_nothing(app: App, account: Account, held: str) -> None:
    execution = a_hold(account, held)
    account.at += EXECUTION_LIFE + timedelta(seconds=1)

    refused = account.invoke("set_bank_hold", {"execution_id": execution})

    assert refused["text"].startswith("the execution started too long ago")
    assert not audited(account, "bank_hold.on")


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"customer_id": "hong", "hold": "on", "staff_id": "kim.teller", "reason": REASON},
        {"execution_id": "EXECUTION", "customer_id": "kim"},
        {"execution_id": "EXECUTION", "staff_id": arn("lee@bank.example")},
    ],
    ids=["nothing", "as before", "another customer", "another person"],
)
def test_a_payload_with_words_of_its_own_is_refused(
    app: App, account: Account, held: str, payload: dict[str, str]
) -> None:
    known = {"EXECUTION": a_hold(account, held)}

    refused = account.invoke("set_bank_hold", {name: known.get(value, value) for name, value in payload.items()})

    assert refused["text"] == "start a document: the payload is its execution_id and nothing else"
    assert usable(app, held)
    assert len(audited(account, "staff.not_identified")) == 1


@pytest.mark.parametrize("payload", [[], ["execution_id"], "execution_id", 7, None, True], ids=repr)
def test_a_payload_that_is_no_object_is_refused_and_audited(account: Account, payload: Any) -> None:
    refused = account.invoke("set_bank_hold", payload)

    assert refused["text"] == "start a document: the payload is its execution_id and nothing else"
    assert len(audited(account, "staff.not_identified")) == 1


@pytest.mark.parametrize("execution_id", ["0" * 36, "x", 7, None], ids=repr)
def test_an_unknown_execution_is_refused(app: App, account: Account, held: str, execution_id: object) -> None:
    refused = account.invoke("set_bank_hold", {"execution_id": execution_id})

    assert refused["refused"] in ("STATE_CONFLICT", "MALFORMED_REQUEST")
    assert usable(app, held)


def test_the_execution_of_one_half_does_not_do_the_other(account: Account, held: str) -> None:
    execution = a_hold(account, held, document="ProposeBlock")

    for function in ("confirm_block", "set_bank_hold"):
        refused = account.invoke(function, {"execution_id": execution})
        assert refused["text"] == "the document ProposeBlock is not for this function"


def test_a_form_names_no_person(app: App, account: Account, held: str) -> None:
    """Were the parameter ever added to a document."""
    execution = a_hold(account, held)
    account.executions[execution]["Parameters"] |= {"StaffId": ["somebody"], "Hold": ["off"]}

    account.invoke("set_bank_hold", {"execution_id": execution})

    (line,) = audited(account, "bank_hold.on")
    assert line["staff_id"] == KIM


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (KIM, True),
        (arn("KIM@bank.example"), True),
        (arn("kim@bank.example", "arn:aws:sts::999988887777:assumed-role/AnotherRole"), True),
        ("arn:aws:iam::999988887777:user/staff/kim@bank.example", True),
        (arn("lee@bank.example"), False),
    ],
)
def test_a_person_is_the_same_under_every_role(other: str, same: bool) -> None:
    assert same_person(KIM, other) is same


# ---- the forms


@pytest.mark.parametrize("document", [name for name in documents() if function_of(name) is not None])
def test_a_function_knows_the_documents_that_lead_to_it(document: str) -> None:
    handler = (ROOT / "functions" / str(function_of(document)) / "handler.py").read_text()
    inputs = documents()[document]["mainSteps"][0]["inputs"]
    frame = re.search(r"^@(?:command|invoked)\(executions\.find, (.*)\)$", handler, re.MULTILINE)

    if frame is None:  # a job: it needs nobody's name
        assert inputs["InvocationType"] == "Event"
        return
    assert f"{document}={{" in frame[1]
    assert inputs["InputPayload"] == {"execution_id": "{{ automation:EXECUTION_ID }}"}


@pytest.mark.parametrize(
    "path", sorted((ROOT / "functions").glob("*/handler.py")), ids=lambda path: path.parent.name
)
def test_a_document_exists_for_every_name_that_a_function_accepts(path: Any) -> None:
    frame = re.search(r"^@(?:command|invoked)\(executions\.find, (.*)\)$", path.read_text(), re.MULTILINE)
    for name in re.findall(r"(\w+)=\{", frame[1] if frame else ""):
        assert function_of(name) == path.parent.name


@pytest.mark.parametrize(
    "wrong",
    [
        {"CustomerId": "홍길동"},
        {"CustomerId": ""},
        {"RegistrationId": "r"},
        {"RegistrationId": f"r{'0' * 32}\n"},
        {"Reason": "x"},
        {"StaffId": "lee"},
        {"CustomerId": None},
    ],
    ids=repr,
)
def test_a_wrong_form_starts_nothing(wrong: dict[str, str | None]) -> None:
    given = {"CustomerId": "hong", "RegistrationId": f"r{'0' * 32}", "Reason": REASON, **wrong}

    with pytest.raises(NotStarted):
        form("Hold", **{name: value for name, value in given.items() if value is not None})
    assert form("Hold", CustomerId="hong", RegistrationId=f"r{'0' * 32}", Reason=REASON)


# ---- what a form does beside a registration


def lock(account: Account, lock: str, customer_id: str = "hong") -> dict[str, Any]:
    return act(account, "lock_customer", {"customer_id": customer_id, "lock": lock, "reason": REASON})


def test_a_hold_is_put_and_lifted_twice_as_once(app: App, account: Account, held: str) -> None:
    named = {"customer_id": "hong", "registration_id": held, "reason": REASON}

    for way, holds in (("on", ["bank"]), ("off", [])):
        first = act(account, "set_bank_hold", {**named, "hold": way})["done"]
        assert first["holds"] == holds
        assert act(account, "set_bank_hold", {**named, "hold": way})["done"] == first


def test_a_customer_who_is_locked_out_has_no_session_and_gets_none_until_unlocked(
    prover: Prover, account: Account
) -> None:
    assert prover.app.call("GET", "/registrations").status == 200

    for _ in range(2):
        assert lock(account, "out") == {"done": {"customer_id": "hong", "locked_out": True}}
        (row,) = account.items("SessionsTable")
        assert "locked_at" in row
        assert "secret_digest" not in row

    for _ in range(2):
        assert lock(account, "in") == {"done": {"customer_id": "hong", "locked_out": False}}
        (row,) = account.items("SessionsTable")
        assert "locked_at" not in row
        assert "secret_digest" not in row, "the session before is not revived"
    lines = [line for line in account.logged() if line["message"].startswith("customer.")]
    assert [line["message"] for line in lines] == ["customer.locked_out"] * 2 + ["customer.unlocked"] * 2
    assert {(line["staff_id"], line["reason"]) for line in lines} == {(arn("somebody"), REASON)}


def test_locking_out_an_unknown_customer_is_refused_and_writes_nothing(app: App, account: Account) -> None:
    before = account.items("SessionsTable")
    for way in ("out", "in"):
        assert lock(account, way, "nobody") == {"refused": "STATE_CONFLICT", "text": "no such customer"}
    assert account.items("SessionsTable") == before


def test_unlocking_who_never_logged_in_changes_nothing(app: App, account: Account) -> None:
    before = account.items("SessionsTable")
    assert lock(account, "in", "kim")["done"]["locked_out"] is False
    assert account.items("SessionsTable") == before


def propose_trust(account: Account, document: object) -> str:
    """A proposal with its report: its SHA-256."""
    put_trust(account, INCOMING, json.dumps(document).encode())
    account.invoke("activate_trust", TRUST_PROPOSED)
    return str(get_trust(account, REPORT)["sha256"])


def test_a_trust_document_is_confirmed_by_its_digest_and_only_then_activated(app: App, account: Account) -> None:
    digest = propose_trust(account, a_trust_document(2))
    for wrong in ("0" * 64, digest[::-1]):
        refused = act(account, "confirm_trust", {"confirm": wrong, "reason": "memo 12"})
        assert refused["text"].startswith("confirm is not the sha256 of reports/trust.json")
    assert CONFIRMATION not in account.keys("TrustBucket")

    for _ in range(2):
        done = act(account, "confirm_trust", {"confirm": digest, "reason": "memo 12", "staff_id": "lee"})
        assert done == {"done": {"sha256": digest, "version": 2}}
        account.invoke("activate_trust", TRUST_PROPOSED)
    assert get_trust(account, ACTIVE)["version"] == 2
    line, _ = audited(account, "trust.confirmed")
    assert (line["sha256"], line["version"], line["staff_id"]) == (digest, 2, arn("lee"))


def test_a_refused_trust_document_is_not_confirmed(app: App, account: Account) -> None:
    digest = propose_trust(account, {"version": 2})

    refused = act(account, "confirm_trust", {"confirm": digest, "reason": "memo 12"})

    assert refused["text"].startswith("the document was refused")
    assert CONFIRMATION not in account.keys("TrustBucket")


def test_without_a_proposal_there_is_nothing_to_confirm(account: Account) -> None:
    refused = act(account, "confirm_trust", {"confirm": "0" * 64, "reason": "memo 12"})

    assert refused["refused"] == "STATE_CONFLICT"
