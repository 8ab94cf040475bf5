"""A function may be killed at any moment: before or after each of its writes, in turn, for every write.

Each way says what the killed call was for, who goes on afterwards (the customer who got no response, the queue
that delivers again, the next run), and what must be true in the end however far the killed one came.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from registrar.aws.buckets.trust_bucket import ACTIVE, CONFIRMATION, INCOMING, REPORT
from tests.support.account import Killed
from tests.support.app import (
    DONE,
    TRUST_PROPOSED,
    Answer,
    App,
    assert_problem,
    get_trust,
    put_trust,
)
from tests.support.builders import NOW, a_certificate, a_trust_document
from tests.support.crashes import AFTER_THE_LEASE, SIDES, each_crash

SECOND = json.dumps(a_trust_document(2)).encode()


@pytest.fixture(params=SIDES)
def after(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


# ---- login


def enrolled(app: App) -> None:
    app.enrol()


def password_given(app: App) -> str:
    app.enrol()
    return str(app.give_password().body["challenge_id"])


def test_login(after: bool) -> None:
    for crash in each_crash(enrolled, lambda app, _: app.give_password(), after=after):
        crash.account.pass_time(seconds=5)
        assert crash.app.log_in().status == 200
        assert len(crash.account.items("SessionsTable")) == 1


def test_verify_otp(after: bool) -> None:
    for crash in each_crash(password_given, lambda app, challenge: app.give_code(challenge), after=after):
        app = crash.app
        crash.account.pass_time(seconds=5)
        again = app.give_code(crash.state)
        if again.status != 200:
            assert_problem(again, "STEP_UP_EXPIRED")
            assert crash.account.items("SessionsTable"), "only where the session was written is the code used"
            crash.account.pass_time(seconds=31)
            again = app.log_in()
        assert again.status == 200
        (session,) = crash.account.items("SessionsTable")
        assert session["customer_id"]["S"] == "hong"


# ---- upload


def announce(app: App, content: bytes) -> Answer:
    return app.announce(content, key="a-lost-response")


def test_request_upload(after: bool) -> None:
    for crash in each_crash(lambda app: a_certificate(key="ec").der, announce, after=after):
        crash.account.pass_time(seconds=5)
        response = announce(crash.app, crash.state)
        assert (response.status, response.body["state"]) == (201, "ISSUED")
        rows = {item["id"]["S"]: item for item in crash.account.items("AnnouncementsTable")}
        assert len(rows) == 2
        assert rows[f"quota:hong:{NOW:%Y-%m-%d}"]["used"]["N"] == "1"
        crash.app.send_file(response.body["upload_id"], crash.state)
        crash.app.deliver(response.body["upload_id"])
        crash.app.ask_issuer(response.body["upload_id"])
        assert crash.app.look(response.body["upload_id"]).body["state"] == "AWAITING_PROOF"


def sent(content: bytes) -> Callable[[App], str]:
    def prepare(app: App) -> str:
        upload_id = str(app.announce(content).body["upload_id"])
        app.send_file(upload_id, content)
        return upload_id

    return prepare


def deliver(app: App, upload_id: str) -> object:
    return app.deliver(upload_id)


@pytest.mark.parametrize("state", ["AWAITING_PROOF", "REJECTED"])
def test_validate_upload(after: bool, state: str) -> None:
    content = a_certificate(key="ec").der if state == "AWAITING_PROOF" else b"no certificate"
    for crash in each_crash(sent(content), deliver, after=after):
        crash.account.pass_time(seconds=AFTER_THE_LEASE.total_seconds())
        assert crash.app.deliver(crash.state) == DONE
        assert crash.app.ask_issuer(crash.state) == DONE
        view = crash.app.look(crash.state).body
        assert view["state"] == state
        assert [f["code"] for f in view["findings"]] == ([] if state == "AWAITING_PROOF" else ["FILE_UNREADABLE"])
        assert crash.account.keys("UploadBucket") == []
        assert "lease_until" not in str(crash.account.items("UploadsTable"))


def test_validate_upload_redelivered_before_the_lease_ends(after: bool) -> None:
    """A message that came early is kept by the queue until it is done."""
    for crash in each_crash(sent(a_certificate(key="ec").der), deliver, after=after):
        for _ in range(3):
            crash.account.pass_time(seconds=30)
            if crash.app.deliver(crash.state) == DONE:
                break
        assert crash.app.ask_issuer(crash.state) == DONE
        assert crash.app.look(crash.state).body["state"] == "AWAITING_PROOF"
        assert crash.account.keys("UploadBucket") == []


@pytest.mark.parametrize("first", range(3), ids=["at the claim", "at the decision", "at the deletion"])
def test_validate_upload_killed_twice(after: bool, first: int) -> None:
    def killed_once(app: App) -> str:
        upload_id = sent(a_certificate(key="ec").der)(app)
        with pytest.raises(Killed), app.account.killed_at(first, after=True):
            app.deliver(upload_id)
        app.account.pass_time(seconds=AFTER_THE_LEASE.total_seconds())
        return upload_id

    for crash in each_crash(killed_once, deliver, after=after):
        crash.account.pass_time(seconds=AFTER_THE_LEASE.total_seconds())
        assert crash.app.deliver(crash.state) == DONE
        assert crash.app.ask_issuer(crash.state) == DONE
        assert crash.app.look(crash.state).body["state"] == "AWAITING_PROOF"
        assert crash.account.keys("UploadBucket") == []


# ---- registration


def awaiting(app: App) -> tuple[dict[str, Any], Any]:
    certificate = a_certificate(key="ec")
    return app.upload(certificate.der), certificate


def awaiting_again(app: App) -> tuple[dict[str, Any], Any]:
    certificate = a_certificate(key="ec")
    assert app.register(certificate).status == 201
    return app.upload(certificate.der), certificate


def awaiting_anothers(app: App) -> tuple[dict[str, Any], Any]:
    certificate = a_certificate(key="ec")
    kim = App(app.account, "kim")
    kim.enrol()
    assert kim.register(certificate).status == 201
    return app.upload(certificate.der), certificate


def prove(app: App, state: tuple[dict[str, Any], Any]) -> Answer:
    return app.prove(*state)


def test_register_certificate(after: bool) -> None:
    for crash in each_crash(awaiting, prove, after=after):
        crash.account.pass_time(seconds=5)
        response = prove(crash.app, crash.state)
        assert response.status in (200, 201)
        assert crash.app.registrations() == [response.body]
        assert response.body["registration_id"] == f"r{crash.state[0]['upload_id']}"
        assert crash.app.look(crash.state[0]["upload_id"]).body["state"] == "REGISTERED"
        assert len(crash.account.items("RegistrationsTable")) == 4


def test_register_certificate_with_a_text_that_expires_meanwhile(after: bool) -> None:
    for crash in each_crash(awaiting, prove, after=after):
        crash.account.pass_time(minutes=6)
        response = prove(crash.app, crash.state)
        if response.status not in (200, 201):
            assert_problem(response, "PROOF_EXPIRED")
            view = crash.app.look(crash.state[0]["upload_id"]).body
            assert crash.app.prove(view, crash.state[1]).status == 201
        assert len(crash.app.registrations()) == 1


def test_register_a_certificate_the_customer_has(after: bool) -> None:
    for crash in each_crash(awaiting_again, prove, after=after):
        response = prove(crash.app, crash.state)
        assert response.status == 200
        assert crash.app.registrations() == [response.body]
        view = crash.app.look(crash.state[0]["upload_id"]).body
        assert (view["state"], view["headline"]) == ("REJECTED", "ALREADY_REGISTERED")


def test_register_a_certificate_another_customer_has(after: bool) -> None:
    for crash in each_crash(awaiting_anothers, prove, after=after):
        assert_problem(prove(crash.app, crash.state), "NOT_AVAILABLE_FOR_REGISTRATION")
        assert crash.app.registrations() == []
        assert len(App(crash.account, "kim").registrations()) == 1
        view = crash.app.look(crash.state[0]["upload_id"]).body
        assert (view["state"], view["headline"]) == ("REJECTED", "NOT_AVAILABLE_FOR_REGISTRATION")


# ---- trust


def proposed(app: App) -> None:
    put_trust(app.account, INCOMING, SECOND)


def proposed_and_confirmed(app: App) -> None:
    proposed(app)
    activate(app)
    assert get_trust(app.account, ACTIVE)["version"] == 1
    put_trust(app.account, CONFIRMATION, hashlib.sha256(SECOND).hexdigest().encode())


def proposed_wrong(app: App) -> None:
    put_trust(app.account, INCOMING, b"a slip")


def activate(app: App, _: object = None) -> object:
    return app.account.invoke("activate_trust", TRUST_PROPOSED)


@pytest.mark.parametrize(
    ("prepare", "version"),
    [(proposed, 1), (proposed_and_confirmed, 2), (proposed_wrong, 1)],
    ids=["proposed", "confirmed", "wrong"],
)
def test_activate_trust(after: bool, prepare: Callable[[App], None], version: int) -> None:
    for crash in each_crash(prepare, activate, after=after):
        crash.account.pass_time(seconds=60)
        assert activate(crash.app) == DONE
        assert get_trust(crash.account, ACTIVE)["version"] == version
        report = get_trust(crash.account, REPORT)
        etag = crash.account.client("s3").head_object(Bucket=crash.account.physical["TrustBucket"], Key=INCOMING)
        assert report["proposed_etag"] == etag["ETag"]
        assert report["activated"] is (version == 2)
