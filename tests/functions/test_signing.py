"""A signature request from its creation to a result that never changes."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jsonschema_rs
import jwt
import pytest

from registrar.domain.registrations.registration import Hold, Lifecycle
from registrar.domain.signing.signature_request import ANSWERING, MAX_SILENCES
from tests.support.account import Account, Call
from tests.support.app import Answer, App, assert_problem
from tests.support.builders import a_certificate, an_ec_key
from tests.support.cms_messages import signed_by
from tests.support.prepared import prepared
from tests.support.relying import System, a_service
from tests.support.rows import a_registration, registrations_of
from tests.support.signing import DOCUMENT, POLL, TRANSFER, Signer, a_signer
from tests.support.stream import SCHEMAS, a_record, published
from tools.demo.phone import sign


@pytest.fixture
def signer(app: App) -> Signer:
    """The customer hong, whose certificate is registered."""
    return prepared(app, a_signer)


def row(account: Account) -> dict[str, Any]:
    (found,) = account.items("SignatureRequestsTable")
    return found


def reason(found: dict[str, Any]) -> str:
    return str(found["reason"]["code"])


# ---- asking


def test_a_signature_completes_the_request(signer: Signer) -> None:
    created = signer.ask()
    request_id = created.body["request_id"]
    assert (created.status, created.body["state"], created.body["hint"]) == (201, "PENDING", "OUTSTANDING")
    assert signer.pending() == [request_id]

    answered = signer.sign(request_id)

    assert (answered.status, answered.body["state"]) == (200, "COMPLETED")
    result = signer.poll(request_id)
    assert (result["state"], result["registration_id"]) == ("COMPLETED", signer.registration.id)
    assert (result["hint"], result["reason"]) == (None, None)
    assert result["finished_at"] == "2026-11-23T03:00:00Z"
    assert signer.pending() == []


def test_a_completed_request_has_evidence_and_a_receipt_for_its_service(signer: Signer) -> None:
    request_id = signer.asked()
    signer.sign(request_id)
    result = signer.poll(request_id)
    evidence = result["evidence"]

    published_keys = signer.app.account.invoke("get_jwks", signer.app.event("GET", "/.well-known/jwks.json"))
    keys = jwt.PyJWKSet.from_json(published_keys["body"])
    key = keys[jwt.get_unverified_header(result["receipt"])["kid"]]
    claims = jwt.decode(result["receipt"], key, algorithms=["ES256"], audience="transfers")

    assert claims["jti"] == request_id
    assert claims["document_sha256"] == DOCUMENT
    assert claims["evidence_sha256"] == evidence["sha256"]
    assert claims["certificate_sha256"] == signer.registration.fingerprint
    bucket = signer.app.account.physical["EvidenceBucket"]
    stored = signer.app.account.client("s3").get_object(Bucket=bucket, Key=evidence["key"])["Body"].read()
    assert hashlib.sha256(stored).hexdigest() == evidence["sha256"]
    with pytest.raises(jwt.InvalidAudienceError):
        jwt.decode(result["receipt"], key, algorithms=["ES256"], audience="loans")


def test_the_same_key_gives_the_same_request(signer: Signer) -> None:
    first = signer.ask(key="transfer-77")
    again = signer.ask(key="transfer-77")

    assert (first.status, again.status) == (201, 200)
    assert again.body == first.body
    assert len(signer.app.account.items("SignatureRequestsTable")) == 1


def test_a_repeat_gets_the_result_that_came_meanwhile(signer: Signer) -> None:
    request_id = signer.ask(key="transfer-77").body["request_id"]
    signer.sign(request_id)

    assert signer.ask(key="transfer-77").body == signer.poll(request_id)


@pytest.mark.parametrize(
    "changed",
    [
        {"values": {**TRANSFER, "payee": "김철호"}},
        {"document_sha256": "5f" * 32},
        {"expires_in": 301},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_the_same_key_with_other_content_is_refused(signer: Signer, changed: dict[str, Any]) -> None:
    request_id = signer.ask(key="transfer-77").body["request_id"]
    before = signer.text(request_id)

    assert_problem(signer.ask(key="transfer-77", **changed), "IDEMPOTENCY_KEY_REUSED")
    assert signer.text(request_id) == before


def test_of_two_requests_with_one_key_at_once_one_is_made(signer: Signer) -> None:
    meanwhile: list[Answer] = []

    with signer.app.account.interrupted(
        lambda call: call.operation == "PutItem", lambda: meanwhile.append(signer.ask(key="transfer-77"))
    ):
        first = signer.ask(key="transfer-77")

    assert (meanwhile[0].status, first.status) == (201, 200)
    assert first.body == meanwhile[0].body


def test_a_key_counts_for_its_service_and_customer(signer: Signer) -> None:
    first = signer.ask(key="transfer-77").body["request_id"]
    of_other_customer = signer.ask(key="transfer-77", customer_id="kim").body["request_id"]
    signer.system = System(signer.app.account, role="relying-second").enter(a_service("second"))
    of_other_service = signer.ask(key="transfer-77").body["request_id"]

    assert len({first, of_other_customer, of_other_service}) == 3


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"customer_id": "hong kim"}, "customer_id"),
        ({"kind": "gift"}, "kind"),
        ({"kind": None}, "kind"),
        ({"values": "payee"}, "values"),
        ({"values": {**TRANSFER, "memo": "a\nbank: OTHER"}}, "values.memo"),
        ({"document_sha256": "5E" * 32}, "document_sha256"),
        ({"document_sha256": "5e" * 31}, "document_sha256"),
        ({"expires_in": 59}, "expires_in"),
        ({"expires_in": 3601}, "expires_in"),
        ({"expires_in": "300"}, "expires_in"),
        ({"expires_in": 10**30}, "expires_in"),
    ],
)
def test_a_malformed_request_is_refused_by_member(signer: Signer, changed: dict[str, Any], field: str) -> None:
    assert_problem(signer.ask(**changed), "MALFORMED_REQUEST", field=field)
    assert signer.app.account.items("SignatureRequestsTable") == []


def test_a_request_without_a_key_is_refused(signer: Signer) -> None:
    answer = signer.system.call("POST", "/signature-requests", {})

    assert_problem(answer, "MALFORMED_REQUEST", field="Idempotency-Key")


def test_a_kind_that_the_service_may_not_ask_for_is_refused(signer: Signer) -> None:
    values = {"merchant": "a", "amount": 1, "instalments": 1, "card": "4321"}

    assert_problem(signer.ask(kind="card", values=values), "SIGNING_KIND_NOT_ALLOWED")


def test_a_principal_without_entry_can_neither_ask_nor_poll(signer: Signer) -> None:
    request_id = signer.asked()
    signer.system = System(signer.app.account, role="stranger")

    assert_problem(signer.ask(), "RELYING_SERVICE_UNKNOWN")
    answer = signer.system.call("GET", POLL, customer_id="hong", request_id=request_id)
    assert_problem(answer, "RELYING_SERVICE_UNKNOWN")


# ---- who sees what


def test_another_services_request_is_not_found(signer: Signer) -> None:
    request_id = signer.asked()
    other = System(signer.app.account, role="relying-second").enter(a_service("second"))

    answer = other.call("GET", POLL, customer_id="hong", request_id=request_id)
    unknown = other.call("GET", POLL, customer_id="hong", request_id="s" + "0" * 32)

    assert_problem(answer, "SIGNING_REQUEST_NOT_FOUND")
    assert answer == unknown


@pytest.mark.parametrize(
    ("customer_id", "request_id"), [("kim", None), ("hong kim", None), ("hong", "S" * 33), ("hong", "s1")]
)
def test_an_address_that_names_no_request_is_not_found(
    signer: Signer, customer_id: str, request_id: str | None
) -> None:
    named = request_id or signer.asked()
    answer = signer.system.call("GET", POLL, customer_id=customer_id, request_id=named)

    assert_problem(answer, "SIGNING_REQUEST_NOT_FOUND")


def test_another_customers_request_is_not_found(signer: Signer) -> None:
    request_id = signer.asked()
    signature = sign(signer.certificate.key, signer.text(request_id))
    kim = replace(signer, app=App(signer.app.account, "kim"))
    registration_id = signer.registration.id

    assert kim.pending() == []
    for answer in (kim.look(request_id), kim.give(request_id, signature, registration_id), kim.decline(request_id)):
        assert_problem(answer, "SIGNING_REQUEST_NOT_FOUND")
    assert signer.poll(request_id)["state"] == "PENDING"


def test_pending_requests_are_listed_the_first_to_end_first(signer: Signer) -> None:
    later = signer.asked(expires_in=600)
    first = signer.asked(expires_in=60)
    declined, signed = signer.asked(), signer.asked()
    signer.decline(declined)
    signer.sign(signed)

    assert signer.pending() == [first, later]
    signer.app.account.pass_time(seconds=60)
    assert signer.pending() == [later]


def test_the_hint_states_that_the_app_has_loaded_the_text(signer: Signer) -> None:
    request_id = signer.asked()
    signer.pending()
    before = signer.poll(request_id)["hint"]
    signer.look(request_id)

    assert (before, signer.poll(request_id)["hint"]) == ("OUTSTANDING", "SEEN_BY_APP")


def test_the_text_is_shown_as_long_as_it_can_be_signed(signer: Signer) -> None:
    request_id = signer.asked()
    body = signer.look(request_id).body
    assert "금액 / Amount: 1,500,000원 / KRW 1,500,000" in body["text"].split("\n")
    assert (body["title"], body["service"]) == ("이체 / Transfer", "이체")

    signer.decline(request_id)

    assert "text" not in signer.look(request_id).body


# ---- answering


def test_a_cms_signature_is_accepted(signer: Signer) -> None:
    request_id = signer.asked()
    message = b64encode(signed_by(signer.certificate, signer.text(request_id).encode())).decode()
    body = {"registration_id": signer.registration.id, "cms": message}

    answer = signer.app.call("POST", "/signature-requests/{request_id}/signature", body, request_id=request_id)

    assert answer.body["state"] == "COMPLETED"


def test_a_second_answer_changes_nothing(signer: Signer) -> None:
    request_id = signer.asked()
    text = signer.text(request_id)
    signer.sign(request_id)
    before = row(signer.app.account), signer.poll(request_id)

    again = signer.give(request_id, sign(signer.certificate.key, text))
    wrong = signer.give(request_id, sign(an_ec_key("other"), text))
    declined = signer.decline(request_id)

    assert [(each.status, each.body["state"]) for each in (again, wrong, declined)] == [(200, "COMPLETED")] * 3
    assert (row(signer.app.account), signer.poll(request_id)) == before


def test_declining_is_final(signer: Signer) -> None:
    request_id = signer.asked()
    signature = sign(signer.certificate.key, signer.text(request_id))

    states = [signer.decline(request_id), signer.decline(request_id), signer.give(request_id, signature)]

    assert [(each.status, each.body["state"]) for each in states] == [(200, "DECLINED")] * 3
    assert signer.poll(request_id)["receipt"] is None


def test_three_wrong_signatures_end_the_request(signer: Signer) -> None:
    request_id = signer.asked()
    text = signer.text(request_id)
    wrong = sign(an_ec_key("other"), text)

    assert_problem(signer.give(request_id, wrong), "SIGNING_SIGNATURE_INVALID", tries_left=2)
    assert signer.poll(request_id)["hint"] == "SIGNED_WRONGLY"
    assert_problem(signer.give(request_id, wrong), "SIGNING_SIGNATURE_INVALID", tries_left=1)
    third = signer.give(request_id, wrong)
    right = signer.give(request_id, sign(signer.certificate.key, text))

    assert [(each.status, each.body["state"]) for each in (third, right)] == [(200, "FAILED")] * 2
    assert reason(signer.poll(request_id)) == "SIGNING_ATTEMPTS_EXCEEDED"


def test_a_right_signature_after_a_wrong_one_completes(signer: Signer) -> None:
    request_id = signer.asked()
    signer.give(request_id, sign(an_ec_key("other"), signer.text(request_id)))

    assert signer.sign(request_id).body["state"] == "COMPLETED"


def test_wrong_signatures_at_once_are_all_counted(signer: Signer) -> None:
    request_id = signer.asked()
    wrong = sign(an_ec_key("other"), signer.text(request_id))
    meanwhile: list[Answer] = []

    with signer.app.account.interrupted(
        lambda call: call.operation == "UpdateItem", lambda: meanwhile.append(signer.give(request_id, wrong))
    ):
        answer = signer.give(request_id, wrong)

    assert_problem(meanwhile[0], "SIGNING_SIGNATURE_INVALID", tries_left=2)
    assert_problem(answer, "SIGNING_SIGNATURE_INVALID", tries_left=1)


def altered(text: str) -> dict[str, str]:
    """Texts that a swindler would have signed instead."""
    return {
        "another payee": text.replace("김철수", "김철호"),
        "another amount": text.replace("1,500,000", "1,500"),
        "another document": text.replace("5e" * 32, "5f" * 32),
        "another bank": text.replace("은행: ", "은행: X"),
        "a line more": text + "\n",
        "other ends of lines": text.replace("\n", "\r\n"),
        "a line less": text.rpartition("\n")[0],
    }


def test_a_signature_over_an_altered_text_is_refused(signer: Signer) -> None:
    for number in range(7):
        request_id = signer.asked()
        name, other = list(altered(signer.text(request_id)).items())[number]
        answer = signer.give(request_id, sign(signer.certificate.key, other))
        assert answer.status == 422, name
        assert_problem(answer, "SIGNING_SIGNATURE_INVALID", tries_left=2)


def test_a_signature_for_another_request_is_refused(signer: Signer) -> None:
    first, second = signer.asked(), signer.asked()
    signature = sign(signer.certificate.key, signer.text(first))
    signer.give(first, signature)

    assert_problem(signer.give(second, signature), "SIGNING_SIGNATURE_INVALID", tries_left=2)


def test_an_unknown_or_anothers_registration_signs_nothing_and_costs_no_try(signer: Signer) -> None:
    request_id = signer.asked()
    certificate = a_certificate(key=an_ec_key("kim"))
    of_kim = a_registration(signer.app.account, certificate, "kim")
    signature = sign(certificate.key, signer.text(request_id))

    for registration_id in (of_kim.id, "r" + "0" * 32):
        assert_problem(signer.give(request_id, signature, registration_id), "REG_NOT_FOUND")
    assert signer.sign(request_id).body["state"] == "COMPLETED"


def test_an_answer_after_the_end_is_refused_and_then_the_request_is_expired(signer: Signer) -> None:
    request_id = signer.asked()
    signature = sign(signer.certificate.key, signer.text(request_id))
    signer.app.account.pass_time(minutes=5)

    assert_problem(signer.give(request_id, signature), "SIGNING_REQUEST_EXPIRED")
    assert_problem(signer.decline(request_id), "SIGNING_REQUEST_EXPIRED")
    # What came in the last second may be in work.
    assert signer.poll(request_id)["state"] == "PENDING"
    signer.app.account.pass_time(seconds=ANSWERING.total_seconds())
    assert signer.poll(request_id)["state"] == "EXPIRED"
    assert signer.look(request_id).body["state"] == "EXPIRED"


# ---- certificates that may not be used


def denied(signer: Signer) -> None:
    """The key is denied with another registration of it."""
    account = signer.app.account
    item = {"id": {"S": f"DENY#KEY#{signer.registration.key_digest}"}, "denied_at": {"S": "2026-11-23T03:00:00Z"}}
    with account.aside():
        account.client("dynamodb").put_item(TableName=account.physical["DenyListTable"], Item=item)


def held(by: Hold) -> Callable[[Signer], object]:
    return lambda signer: registrations_of(signer.app.account).add_hold(
        "hong", signer.registration.id, by, signer.app.account.at
    )


def revoked(signer: Signer) -> None:
    at = signer.app.account.at
    registrations_of(signer.app.account).revoke("hong", signer.registration.id, "superseded", at, at)


def deregistered(signer: Signer) -> None:
    registrations_of(signer.app.account).deregister(signer.registration, signer.app.account.at)


UNUSABLE: dict[str, tuple[Callable[[Signer], object], str]] = {
    "held by the customer": (held(Hold.CUSTOMER), "REG_SUSPENDED"),
    "held by the bank": (held(Hold.BANK), "REG_SUSPENDED"),
    "held by the issuer": (held(Hold.ISSUER), "REG_HELD"),
    "revoked": (revoked, "REG_REVOKED"),
    "deregistered": (deregistered, "REG_DEREGISTERED"),
    "denied": (denied, "REG_BLOCKED"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_certificate_that_may_not_be_used_fails_the_request(signer: Signer, name: str) -> None:
    become, code = UNUSABLE[name]
    request_id = signer.asked()
    text = signer.text(request_id)
    become(signer)

    answer = signer.give(request_id, sign(signer.certificate.key, text))

    assert (answer.status, answer.body["state"], reason(answer.body)) == (200, "FAILED", code)
    assert reason(signer.poll(request_id)) == code
    assert signer.poll(request_id)["receipt"] is None


def test_an_expired_certificate_fails_the_request_with_its_end(app: App) -> None:
    signer = a_signer(app, a_certificate(key="ec", not_after=app.account.at + timedelta(minutes=2)))
    assert signer.registration.lifecycle is Lifecycle.LIVE
    app.account.pass_time(minutes=3)

    answer = signer.sign(signer.asked())

    assert (answer.body["state"], reason(answer.body)) == ("FAILED", "REG_EXPIRED")
    assert "2026년 11월 23일" in answer.body["reason"]["detail"]


@pytest.mark.parametrize(("mode", "code"), [("revoked", "REG_REVOKED"), ("hold", "REG_HELD")])
def test_what_the_issuer_states_is_applied_and_fails_the_request(signer: Signer, mode: str, code: str) -> None:
    request_id = signer.asked()
    signer.app.account.issuers.set_mode(signer.certificate.certificate, mode)

    answer = signer.sign(request_id)

    assert (answer.body["state"], reason(answer.body)) == ("FAILED", code)
    found = registrations_of(signer.app.account).get("hong", signer.registration.id)
    assert found.reason_at(signer.app.account.at) == code


@pytest.mark.parametrize("mode", ["tryLater", "garbage", "replayed", "old", "unknown"])
def test_a_silent_issuer_leaves_the_request_pending(signer: Signer, mode: str) -> None:
    request_id = signer.asked(expires_in=3600)
    signer.app.account.issuers.mode = mode

    refused = signer.sign(request_id)

    assert_problem(refused, "REVOCATION_NOT_CONFIRMED")
    assert refused.headers["Retry-After"] == "30"
    assert signer.poll(request_id)["hint"] == "ISSUER_SILENT"
    signer.app.account.issuers.mode = "good"
    signer.app.account.pass_time(minutes=10)
    assert signer.sign(request_id).body["state"] == "COMPLETED"


def test_an_issuer_that_stays_silent_fails_the_request(signer: Signer) -> None:
    request_id = signer.asked()
    signer.app.account.issuers.mode = "tryLater"
    for _ in range(MAX_SILENCES - 1):
        assert_problem(signer.sign(request_id), "REVOCATION_NOT_CONFIRMED")

    answer = signer.sign(request_id)

    assert (answer.body["state"], reason(answer.body)) == ("FAILED", "REVOCATION_NOT_CONFIRMED")
    assert "yessign" in answer.body["reason"]["detail"]


# ---- at the same time


def before_the_decision(call: Call) -> bool:
    return call.operation == "TransactWriteItems"


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_certificate_that_becomes_unusable_in_the_same_second_fails_the_request(
    signer: Signer, name: str
) -> None:
    become, code = UNUSABLE[name]
    request_id = signer.asked()
    signature = sign(signer.certificate.key, signer.text(request_id))

    with signer.app.account.interrupted(before_the_decision, lambda: become(signer)):
        answer = signer.give(request_id, signature)

    assert (answer.status, answer.body["state"], reason(answer.body)) == (200, "FAILED", code)
    assert (signer.poll(request_id)["state"], signer.poll(request_id)["receipt"]) == ("FAILED", None)


def test_a_suspension_right_after_the_decision_leaves_it_completed(signer: Signer) -> None:
    request_id = signer.asked()
    signer.sign(request_id)
    held(Hold.CUSTOMER)(signer)

    assert signer.poll(request_id)["state"] == "COMPLETED"


def test_a_hold_that_was_lifted_before_the_decision_does_not_count(signer: Signer) -> None:
    request_id = signer.asked()
    held(Hold.BANK)(signer)
    registrations_of(signer.app.account).lift_hold("hong", signer.registration.id, Hold.BANK, signer.app.account.at)

    assert signer.sign(request_id).body["state"] == "COMPLETED"


def test_of_two_certificates_at_once_one_wins(signer: Signer) -> None:
    other = a_signer(signer.app, a_certificate(key=an_ec_key("other")))
    request_id = signer.asked()
    meanwhile: list[Answer] = []

    with signer.app.account.interrupted(before_the_decision, lambda: meanwhile.append(other.sign(request_id))):
        answer = signer.sign(request_id)

    assert meanwhile[0].body["registration_id"] == other.registration.id
    assert answer.body == meanwhile[0].body
    assert signer.poll(request_id)["registration_id"] == other.registration.id


def test_declining_while_a_signature_is_checked_wins_and_stays(signer: Signer) -> None:
    request_id = signer.asked()

    with signer.app.account.interrupted(before_the_decision, lambda: signer.decline(request_id)):
        answer = signer.sign(request_id)

    assert answer.body["state"] == signer.poll(request_id)["state"] == "DECLINED"


def test_a_failure_does_not_undo_what_completed_meanwhile(signer: Signer) -> None:
    """The last wrong signature and a right one at once."""
    request_id = signer.asked()
    text = signer.text(request_id)
    wrong = sign(an_ec_key("other"), text)
    right = sign(signer.certificate.key, text)
    for _ in range(2):
        signer.give(request_id, wrong)

    def third(call: Call) -> bool:
        return call.operation == "UpdateItem" and ":failed" in call.params["ExpressionAttributeValues"]

    with signer.app.account.interrupted(third, lambda: signer.give(request_id, right)):
        answer = signer.give(request_id, wrong)

    assert answer.body["state"] == signer.poll(request_id)["state"] == "COMPLETED"


# ---- events and logs


def ended(signer: Signer, how: str) -> dict[str, Any]:
    """The stream's record of a request's end."""
    request_id = signer.asked()
    signature = sign(signer.certificate.key, signer.text(request_id))
    before = row(signer.app.account)
    if how == "SignatureDeclined":
        signer.decline(request_id)
    else:
        if how == "SignatureFailed":
            held(Hold.CUSTOMER)(signer)
        signer.give(request_id, signature)
    return a_record(before, row(signer.app.account))


@pytest.mark.parametrize("name", ["SignatureCompleted", "SignatureDeclined", "SignatureFailed"])
def test_the_end_of_a_request_is_an_event_without_what_was_signed(signer: Signer, name: str) -> None:
    (entry,) = published(signer.app.account, ended(signer, name))

    assert entry["DetailType"] == name
    detail = jsonschema_rs.validator_for(SCHEMAS[name], validate_formats=True)
    members = json.loads(entry["Detail"])
    detail.validate(members)
    assert members.keys() == SCHEMAS[name]["properties"].keys()
    assert members["service"] == "transfers"
    assert "김철수" not in entry["Detail"]


def test_no_other_change_of_a_request_is_an_event(signer: Signer) -> None:
    request_id = signer.asked()
    new = row(signer.app.account)
    signer.look(request_id)
    seen = row(signer.app.account)
    signer.sign(request_id)
    completed = row(signer.app.account)

    records = [a_record(None, new), a_record(new, seen), a_record(completed, completed), a_record(completed, None)]
    assert published(signer.app.account, *records) == []


def test_logs_contain_nothing_of_what_is_signed(signer: Signer) -> None:
    request_id = signer.asked(values={**TRANSFER, "memo": "비밀 메모"})
    text = signer.text(request_id)
    wrong, right = sign(an_ec_key("other"), text), sign(signer.certificate.key, text)
    signer.give(request_id, wrong)
    signer.give(request_id, right)
    signer.poll(request_id)
    nonce = text.partition("일회용 값: ")[2].partition("\n")[0]

    logged = signer.app.account.log.getvalue()

    assert request_id in logged
    for secret in (*map(str, TRANSFER.values()), "비밀 메모", wrong, right, nonce, "홍길동"):
        assert secret not in logged
