"""What an agent reads about a customer: what was tried, what it means, what to say; masked, audited, only by id."""

import json
from datetime import timedelta
from typing import Any

import pytest

from registrar.aws.log_search import LogSearch
from registrar.domain.reasons.errors import AdminStepRefused
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
    explain(account, "reference", "no-such-reference")

    lines = [line for line in account.logged() if line["message"] == "customer.explained"]
    assert [line["staff_id"] for line in lines] == [arn("park.agent")] * 2
    assert lines[0]["customer_ref"] == customer_ref("nobody")
    assert (lines[1]["by"], lines[1]["wanted"]) == ("reference", "no-such-reference")


@pytest.mark.parametrize(
    ("by", "wanted"),
    [
        ("reference", "short"),
        ("reference", "x" * 37),
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
    assert refused["text"].startswith("this is no id of this kind: ")
    assert account.queries == []


@pytest.mark.parametrize(
    ("by", "wanted", "why"),
    [
        ("customer", "nobody", "no such customer"),
        ("reference", "no-such-reference", "nothing is known of this reference in 7 days"),
        ("upload", "u" * 32, "nothing is known of this upload in 7 days"),
    ],
)
def test_an_unknown_id_is_refused_with_the_reason(
    app: App, account: Account, by: str, wanted: str, why: str
) -> None:
    assert explain(account, by, wanted)["text"].startswith(why)


def test_a_reference_that_names_no_upload_leads_to_the_digest_of_its_customer(app: App, account: Account) -> None:
    app.give_password("a wrong password")
    (reference,) = {line["support_ref"] for line in account.logged() if line["message"] == "login.refused"}

    found = explain(account, "reference", reference)["done"]

    assert (found["customer"], found["customer_refs"]) == (None, [customer_ref("hong")])
    assert [event["code"] for event in found["events"] if event["what"] == "refused"] == ["LOGIN_FAILED"]


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
            {"field": "@message", "value": '{"message": "reference"}'},
        ]
        noise = [
            {"field": "@log", "value": "1:/registrar/login"},
            {"field": "@message", "value": "START reference"},
        ]
        return {
            "status": self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0],
            "results": [row, noise],
        }


def test_a_search_waits_until_it_is_complete_and_skips_the_platforms_lines() -> None:
    search = LogSearch(Logs("Scheduled", "Running", "Complete"), "registrar", lambda seconds: None)

    assert search.find("reference", ["login"], NOW, NOW) == [{"message": "reference", "function": "login"}]


@pytest.mark.parametrize("status", ["Running", "Failed", "Timeout"])
def test_a_search_that_does_not_end_is_refused(status: str) -> None:
    search = LogSearch(Logs(status), "registrar", lambda seconds: None)

    with pytest.raises(AdminStepRefused, match="choose fewer days"):
        search.find("reference", ["login"], NOW, NOW)


def test_a_term_that_would_change_the_query_is_refused() -> None:
    with pytest.raises(ValueError, match="limit"):
        LogSearch(Logs("Complete"), "registrar").find("x/ | limit 1 | ", ["login"], NOW, NOW)
