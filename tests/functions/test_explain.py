"""What an agent reads about a customer: what was tried, what it means, what to say; masked, audited, only by id."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from registrar.aws.log_search import LogSearch
from registrar.domain.reasons.errors import LogSearchTimedOut
from registrar.domain.reasons.next_actions import NEXT_ACTIONS
from registrar.domain.reasons.reason import LANGUAGES, NextAction
from registrar.entry.log import customer_ref
from tests.support.account import Account
from tests.support.app import App, a_batch
from tests.support.builders import NOW, a_certificate
from tests.support.rows import PHONE
from tests.support.shape import ROUTES, verb
from tests.support.staff import act, arn


def explain(account: Account, by: str, wanted: str, **other: str) -> dict[str, Any]:
    fields = {"by": by, "id": wanted, "staff_id": "park.agent", "language": "ko", **other}
    return act(account, "explain", fields)


def an_upload_that_is_refused(app: App) -> dict[str, Any]:
    """A certificate that expired: the view of its upload."""
    certificate = a_certificate(key="ec", not_before=NOW - timedelta(days=400), not_after=NOW - timedelta(days=8))
    announced = app.announce(certificate.der).body
    app.send_file(announced["upload_id"], certificate.der)
    app.deliver(announced["upload_id"])
    return app.look(announced["upload_id"]).body


def test_an_upload_is_explained_in_the_words_that_the_customer_reads(app: App, account: Account) -> None:
    shown = an_upload_that_is_refused(app)

    found = explain(account, "upload", shown["upload_id"])["done"]

    (upload,) = found["uploads"]
    assert (upload["upload_id"], upload["state"]) == (shown["upload_id"], "REJECTED")
    (finding,) = [each for each in upload["findings"] if each["level"] == "FAIL"]
    (read,) = [each for each in shown["findings"] if each["level"] == "FAIL"]
    assert (finding["code"], finding["title"], finding["say"]) == (read["code"], read["title"], read["text"])
    assert finding["do"] == NEXT_ACTIONS[NextAction(read["next_action"])]["ko"]
    decided = [event for event in found["about"]["events"] if event["what"] == "upload.decided"]
    assert [event["code"] for event in decided] == ["CERT_EXPIRED"]


def test_a_support_reference_leads_to_the_request_its_customer_and_upload(app: App, account: Account) -> None:
    shown = an_upload_that_is_refused(app)
    (reference,) = {line["support_ref"] for line in account.logged() if line["message"] == "upload.issued"}

    found = explain(account, "reference", reference, language="en")["done"]

    assert found["customer"]["customer_id"] == "hong"
    assert [upload["upload_id"] for upload in found["uploads"]] == [shown["upload_id"]]
    assert {event["support_ref"] for event in found["about"]["events"]} == {reference}
    assert "expired" in found["uploads"][0]["findings"][-1]["say"] + found["uploads"][0]["findings"][0]["say"]


def test_a_failed_uploads_reference_is_its_id(app: App, account: Account) -> None:
    upload = an_upload_that_is_refused(app)["upload_id"]

    assert explain(account, "reference", upload)["done"]["uploads"][0]["upload_id"] == upload


def test_a_customer_is_explained_with_registrations_notices_and_waits(app: App, account: Account) -> None:
    registered = app.register(a_certificate(key="ec", not_after=NOW + timedelta(days=8))).body
    for _ in range(6):
        app.give_password("a wrong password")
    (warning,) = [each for each in account.sent_to("NoticeQueue") if each["kind"] == "login_locked"]
    account.invoke("send_notice", a_batch(warning))

    found = explain(account, "customer", "hong")["done"]

    (registration,) = found["registrations"]
    assert registration["registration_id"] == registered["registration_id"]
    assert registration["status"] == "ACTIVE"
    assert "login_waits_until" in found["customer"]
    assert found["customer"]["locked_out_by_the_bank"] is False
    refused = [event for event in found["events"] if event["what"] == "login.refused"]
    assert refused
    assert found["notices"]
    assert {notice["channel"] for notice in found["notices"]} == {"sms"}


def test_a_held_registration_is_explained(app: App, account: Account) -> None:
    held = app.register(a_certificate(key="ec")).body["registration_id"]
    named = {"customer_id": "hong", "registration_id": held, "reason": "case 4711"}
    act(account, "set_bank_hold", {**named, "hold": "on"})

    (registration,) = explain(account, "customer", "hong")["done"]["registrations"]

    assert (registration["code"], registration["holds"]) == ("REG_SUSPENDED", ["bank"])
    assert registration["do"]


def test_why_a_certificate_is_not_available_is_for_the_bank_only(app: App, account: Account) -> None:
    certificate = a_certificate(key="ec")
    App(account, "kim").register(certificate)
    app.register(certificate)

    events = explain(account, "customer", "hong", language="en")["done"]["events"]

    (refused,) = [event for event in events if event["what"] == "registration.refused"]
    assert (refused["code"], refused["note"]) == (
        "CERT_HELD_BY_OTHER",
        "For the bank only: never tell the customer.",
    )
    assert "say" not in refused


def test_requests_that_were_answered_as_expected_are_left_out(app: App, account: Account) -> None:
    upload = an_upload_that_is_refused(app)["upload_id"]
    for _ in range(3):
        app.look(upload)

    events = explain(account, "customer", "hong")["done"]["events"]

    assert [event["what"] for event in events if event["function"] == "get_upload"] == []
    assert [event["what"] for event in events][:2] == ["upload.issued", "upload.decided"]


def test_nothing_whole_is_shown(app: App, account: Account) -> None:
    app.register(a_certificate(key="ec"))

    found = explain(account, "customer", "hong")["done"]

    text = json.dumps(found, ensure_ascii=False)
    assert found["customer"]["name"] == "홍*동"
    for whole in ("홍길동", PHONE, PHONE[-8:], "argon2"):
        assert whole not in text


def test_who_asked_for_what_is_audited_even_where_nothing_is_found(app: App, account: Account) -> None:
    explain(account, "customer", "nobody")
    explain(account, "reference", "2222-2222")

    lines = [line for line in account.logged() if line["message"] == "customer.explained"]
    assert [line["staff_id"] for line in lines] == [arn("park.agent")] * 2
    assert lines[0]["customer_ref"] == customer_ref("nobody")
    assert (lines[1]["by"], lines[1]["wanted"]) == ("reference", "2222-2222")


@pytest.mark.parametrize(
    ("by", "wanted"),
    [
        ("reference", "short"),
        ("reference", "x" * 37),
        ("reference", "registrar"),
        ("reference", "timestamp"),
        ("reference", "2026-11-29"),
        ("reference", "INFO"),
        ("reference", "ab12ab12ab12ab12"),
        ("reference", "7KQ2-M4XA"),
        ("reference", "0OIL-0OIL"),
        ("reference", "7K-Q2M4XD"),
        ("reference", "a/ | limit 1"),
        ("reference", "홍길동홍길동홍길동"),
        ("customer", "hong gildong"),
        ("customer", "+821012345678"),
        ("upload", "r1"),
        ("upload", "../../etc"),
    ],
)
def test_what_is_no_id_is_refused_and_searched_nowhere(app: App, account: Account, by: str, wanted: str) -> None:
    refused = explain(account, by, wanted)

    assert refused["refused"] == "STATE_CONFLICT"
    assert refused["text"].startswith("무슨 일: 입력하신 값은 이 항목의 형식이 아니어서 조회하지 않았습니다.\n")
    assert "[" not in refused["text"], "words, no pattern"
    assert account.queries == []


@pytest.mark.parametrize(
    ("by", "wanted", "why"),
    [
        ("customer", "nobody", "There is no such customer."),
        ("reference", "2222-2222", "Nothing is known of 2222-2222 in 7 days. Logs are kept for 90 days."),
        ("upload", "u" * 32, f"Nothing is known of {'u' * 32} in 7 days. Logs are kept for 90 days."),
    ],
)
def test_an_unknown_id_is_refused_with_the_reason(
    app: App, account: Account, by: str, wanted: str, why: str
) -> None:
    happened, say, do = explain(account, by, wanted, language="en")["text"].splitlines()

    assert happened == f"What happened: {why}"
    assert say.startswith('Say to the customer: "')
    assert do.startswith("Do: ")


def test_a_reference_that_names_no_upload_leads_to_the_digest_of_its_customer(app: App, account: Account) -> None:
    app.give_password("a wrong password")
    (reference,) = {line["support_ref"] for line in account.logged() if line["message"] == "login.refused"}

    found = explain(account, "reference", reference)["done"]

    assert (found["customer"], found["customer_refs"]) == (None, [customer_ref("hong")])
    assert [event["code"] for event in found["events"] if event["what"] == "refused"] == ["LOGIN_FAILED"]


GATEWAY_ID = "79104ae7-5d5e-4dd7-9e1b-1d2f3a4b5c6d"  # that of tests/events/api_request.json


def sent_with(app: App, gateway_id: str, route: str, **path: str) -> None:
    """A request whose client chose API Gateway's id (x-amzn-RequestId)."""
    event = app.event("GET", route, **path)
    event["requestContext"]["requestId"] = gateway_id
    app.send(event)


FORMS: list[Callable[[str], str]] = [
    str,
    str.lower,
    lambda reference: reference.replace("-", ""),
    lambda reference: f" {reference} ",
    lambda reference: " ".join(reference.replace("-", "")),
    lambda reference: reference.replace("-", "\N{EN DASH}"),
    lambda reference: "".join(chr(ord(each) + 0xFEE0) for each in reference),  # full width
]


@pytest.mark.parametrize("form", FORMS)
def test_a_support_reference_is_found_however_it_is_written(
    app: App, account: Account, form: Callable[[str], str]
) -> None:
    reference = app.look("0" * 32).body["support_ref"]

    found = explain(account, "reference", form(reference))["done"]

    assert found["about"]["id"] == reference
    assert {event["support_ref"] for event in found["events"]} == {reference}


def test_a_reference_of_the_gateway_leads_to_the_request(app: App, account: Account) -> None:
    sent_with(app, GATEWAY_ID.replace("7", "8"), "/uploads/{upload_id}", upload_id="0" * 32)

    found = explain(account, "reference", GATEWAY_ID.replace("7", "8").upper())["done"]

    assert found["customer_refs"] == [customer_ref("hong")]


def test_where_nothing_is_shown_nobody_was_shown(app: App, account: Account) -> None:
    assert explain(account, "upload", "0" * 32)["refused"] == "STATE_CONFLICT"
    assert [line for line in account.logged() if line["message"] == "customer.shown"] == []


def test_who_was_shown_is_audited(app: App, account: Account) -> None:
    an_upload_that_is_refused(app)
    (reference,) = {line["support_ref"] for line in account.logged() if line["message"] == "upload.issued"}
    explain(account, "reference", reference)

    (line,) = [line for line in account.logged() if line["message"] == "customer.shown"]
    assert (line["customer_ref"], line["staff_id"], line["audit"]) == (
        customer_ref("hong"),
        arn("park.agent"),
        True,
    )


@pytest.mark.parametrize("chosen", ["customer_ref", "upload_id", "gateway_id", "support_ref"])
def test_no_client_puts_events_into_another_customers_explanation(app: App, account: Account, chosen: str) -> None:
    upload = an_upload_that_is_refused(app)["upload_id"]
    (issued,) = [line for line in account.logged() if line["message"] == "upload.issued"]
    stranger = App(account, "kim")
    gateway_id = issued.get(chosen, GATEWAY_ID)
    sent_with(stranger, gateway_id, "/uploads/{upload_id}", upload_id=upload)
    strangers = {
        line["support_ref"] for line in account.logged() if line.get("customer_ref") == customer_ref("kim")
    }

    by_request = {"support_ref": issued["support_ref"]}
    for by, wanted in [("customer", "hong"), ("upload", upload), *by_request.items()]:
        found = explain(account, by.replace("support_ref", "reference"), wanted)["done"]
        assert found["customer"]["customer_id"] == "hong"
        events = found["events"] + found["about"].get("events", [])
        assert events
        assert not strangers & {event.get("support_ref") for event in events}


def test_uploads_that_a_customer_only_asked_for_push_out_none_of_theirs(app: App, account: Account) -> None:
    upload = an_upload_that_is_refused(app)["upload_id"]
    for number in range(12):
        app.look(f"{number:032x}")

    for by, wanted in [("customer", "hong"), ("upload", upload)]:
        assert [each["upload_id"] for each in explain(account, by, wanted)["done"]["uploads"]] == [upload]


def test_a_strangers_request_for_an_upload_does_not_lead_to_its_owner(app: App, account: Account) -> None:
    upload = an_upload_that_is_refused(app)["upload_id"]
    refused = App(account, "kim").look(upload)

    found = explain(account, "reference", refused.body["support_ref"])["done"]

    assert (found["customer"], found["customer_refs"]) == (None, [customer_ref("kim")])


def test_an_id_that_a_client_chose_for_two_requests_explains_neither(app: App, account: Account) -> None:
    app.look("0" * 32)
    App(account, "kim").look("0" * 32)  # with the same id of the gateway

    assert explain(account, "reference", GATEWAY_ID)["text"].startswith(
        f"무슨 일: {GATEWAY_ID}에 해당하는 요청이 여럿"
    )


def test_every_request_of_a_session_is_logged_with_its_customer_and_object(app: App, account: Account) -> None:
    upload = an_upload_that_is_refused(app)["upload_id"]

    (answered,) = [line for line in account.logged() if line["message"] == "answered"][-1:]

    assert (answered["customer_ref"], answered["upload_id"]) == (customer_ref("hong"), upload)


def test_it_searches_what_every_customers_route_logs_in_one_query(app: App, account: Account) -> None:
    searched = account.function("explain").FUNCTIONS

    assert {verb(name) for name in ROUTES.values()} <= set(searched)
    assert len(set(searched)) == len(searched) <= 50, "CloudWatch Logs reads 50 log groups in a query"


def test_every_next_action_has_a_sentence_in_every_language() -> None:
    assert NEXT_ACTIONS.keys() == set(NextAction)
    assert all(texts.keys() == set(LANGUAGES) for texts in NEXT_ACTIONS.values())


# ---- the search


class Logs:
    """Insights, with the statuses of one query."""

    def __init__(self, *statuses: str) -> None:
        self.statuses = list(statuses)

    def start_query(self, **_: Any) -> dict[str, str]:
        return {"queryId": "q"}

    def get_query_results(self, **_: Any) -> dict[str, Any]:
        row = [
            {"field": "@log", "value": "1:/registrar/login"},
            {"field": "@message", "value": '{"message": "m", "upload_id": "reference"}'},
        ]
        noise = [
            {"field": "@log", "value": "1:/registrar/login"},
            {"field": "@message", "value": "START reference"},
        ]
        stranger = [
            {"field": "@log", "value": "1:/registrar/login"},
            {"field": "@message", "value": '{"message": "m", "gateway_id": "reference"}'},
        ]
        return {
            "status": self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0],
            "results": [row, noise, stranger],
        }


def test_a_search_waits_until_it_is_complete_and_keeps_lines_by_exact_member() -> None:
    search = LogSearch(Logs("Scheduled", "Running", "Complete"), "registrar", lambda seconds: None)

    found = search.find(["reference"], ["upload_id"], ["login"], NOW, NOW)

    assert found == [{"message": "m", "upload_id": "reference", "function": "login"}]


@pytest.mark.parametrize("status", ["Running", "Failed", "Timeout"])
def test_a_search_that_does_not_end_is_refused(status: str) -> None:
    search = LogSearch(Logs(status), "registrar", lambda seconds: None)

    with pytest.raises(LogSearchTimedOut, match="choose fewer days"):
        search.find(["reference"], ["upload_id"], ["login"], NOW, NOW)


def test_a_term_that_would_change_the_query_is_refused() -> None:
    with pytest.raises(ValueError, match="limit"):
        LogSearch(Logs("Complete"), "registrar").find(["x/ | limit 1 | "], ["upload_id"], ["login"], NOW, NOW)
