"""POST /step-up and POST /logout: a proof for one operation on one object, once, and the end of a session."""

import dataclasses
from datetime import timedelta

import pytest

from registrar.domain.access.challenge import MAX_TRIES, PROOF_LIFE, Operation
from registrar.domain.access.throttles import STEP_UP_LIMIT, WAITS
from registrar.domain.registrations.upload import DAILY_UPLOADS
from registrar.domain.times import iso
from tests.support.account import Account
from tests.support.app import App, an_event, assert_problem
from tests.support.builders import NOW
from tests.support.methods import with_passkey, wrong_code
from tests.support.prepared import prepared
from tests.support.rows import a_proof, sessions_of

CONTENT = b"content of a file"


@pytest.fixture
def app(app: App) -> App:
    """Logged in, and the code of the login has expired."""
    prepared(app, log_in)
    return app


def log_in(app: App) -> None:
    app.log_in()
    app.account.pass_time(seconds=31)


def proof(app: App, operation: str = "register", object_id: str | None = None) -> str:
    challenge_id = app.step_up(operation, object_id).body["challenge_id"]
    return str(app.give_code(challenge_id).body["proof_id"])


def test_a_step_up_is_a_challenge_and_then_a_proof(app: App, account: Account) -> None:
    challenge = app.step_up("deregister", "r1").body
    assert challenge.keys() == {
        *("challenge_id", "operation", "object", "methods", "tries_left", "expires_at", "asked")
    }
    assert (challenge["operation"], challenge["object"], challenge["methods"]) == (
        "deregister",
        "r1",
        ["otp", "sms"],
    )
    response = app.give_code(challenge["challenge_id"])
    assert response.status == 200
    assert response.body == {
        "kind": "identity_proof",
        "proof_id": challenge["challenge_id"],
        "operation": "deregister",
        "object": "r1",
        "expires_at": iso(account.at + PROOF_LIFE),
    }


def test_a_step_up_leaves_the_session_as_it_is(app: App, account: Account) -> None:
    before = sessions_of(account).find("hong")
    proof(app)
    assert sessions_of(account).find("hong") == before


@pytest.mark.parametrize("operation", ["login", "", "REGISTER", "transfer", None, 7])
def test_an_unknown_operation_cannot_be_proved(app: App, operation: object) -> None:
    response = app.call("POST", "/step-up", {"operation": operation})
    assert_problem(response, "MALFORMED_REQUEST", field="operation")


@pytest.mark.parametrize("object_id", ["", "x" * 65, "a b", "a/b", 7, "홍"])
def test_an_object_is_an_id(app: App, object_id: object) -> None:
    response = app.call("POST", "/step-up", {"operation": "resume", "object": object_id})
    assert_problem(response, "MALFORMED_REQUEST", field="object")


def test_a_step_up_needs_a_session(app: App) -> None:
    assert_problem(App(app.account, signed_in=False).step_up("register"), "AUTH_REQUIRED")


def test_a_code_used_for_the_login_is_refused(app: App, account: Account) -> None:
    account.pass_time(minutes=5)
    code = app.code()
    app.log_in()
    challenge_id = app.step_up("register").body["challenge_id"]
    assert_problem(app.give_code(challenge_id, code), "STEP_UP_REUSED")
    app.proof_id = challenge_id
    assert_problem(app.announce(CONTENT), "STEP_UP_REQUIRED")


def test_a_challenge_proves_once(app: App, account: Account) -> None:
    challenge_id = app.step_up("register").body["challenge_id"]
    assert app.give_code(challenge_id).status == 200
    account.pass_time(seconds=31)
    assert_problem(app.give_code(challenge_id), "STEP_UP_EXPIRED")


def test_repeated_wrong_codes_lock_the_step_up(app: App, account: Account) -> None:
    challenge_id = app.step_up("register").body["challenge_id"]
    for _ in range(MAX_TRIES - 1):
        app.give_code(challenge_id, wrong_code(app))
    again_at = account.at + WAITS[0]
    assert_problem(app.give_code(challenge_id, wrong_code(app)), "STEP_UP_LOCKED", again_at=iso(again_at))
    locked = app.step_up("register")
    assert_problem(locked, "STEP_UP_LOCKED", again_at=iso(again_at))
    assert locked.headers["Retry-After"] == "60"
    account.at = again_at
    assert proof(app)


def test_a_step_up_that_was_locked_does_not_lock_the_login(app: App) -> None:
    challenge_id = app.step_up("register").body["challenge_id"]
    for _ in range(MAX_TRIES):
        app.give_code(challenge_id, wrong_code(app))
    assert_problem(app.step_up("register"), "STEP_UP_LOCKED")
    assert app.log_in().status == 200


def test_a_new_login_clears_the_wrong_codes_of_the_session_before(app: App, account: Account) -> None:
    """Malware that answers wrongly keeps its customer out of step-ups for as long as its session lasts."""
    challenge_id = app.step_up("register").body["challenge_id"]
    for _ in range(MAX_TRIES):
        app.give_code(challenge_id, wrong_code(app))
    app.log_in()
    new = dataclasses.replace(app, proved_at=account.at)
    assert_problem(app.step_up("register"), "STEP_UP_LOCKED")
    account.pass_time(seconds=31)
    assert proof(new)


def test_a_success_without_counted_tries_leaves_no_row(app: App, account: Account) -> None:
    prover = prepared(app, with_passkey)
    with account.aside():
        for row in account.items("ThrottlesTable"):
            account.client("dynamodb").delete_item(
                TableName=account.physical["ThrottlesTable"], Key={"id": row["id"]}
            )
    assert prover.by_passkey(prover.step_up("register")).status == 200
    assert all("ttl" in row for row in account.items("ThrottlesTable")), "every row is deleted some day"


def test_step_ups_that_nobody_answers_lock_nothing(app: App, account: Account) -> None:
    for _ in range(3):
        for _ in range(STEP_UP_LIMIT.per_minute):
            assert app.step_up("register").status == 200
        account.pass_time(minutes=1)
    assert proof(app)


def test_all_open_challenges_share_the_tries_of_codes(app: App, account: Account) -> None:
    opened = [app.step_up("register").body["challenge_id"] for _ in range(MAX_TRIES + 1)]
    for left, challenge_id in zip(range(MAX_TRIES - 1, 0, -1), opened, strict=False):
        assert_problem(app.give_code(challenge_id, wrong_code(app)), "STEP_UP_INVALID", tries_left=left)
    again_at = iso(account.at + WAITS[0])
    assert_problem(app.give_code(opened[-2], wrong_code(app)), "STEP_UP_LOCKED", again_at=again_at)
    assert_problem(app.give_code(opened[-1]), "STEP_UP_LOCKED", again_at=again_at)


def test_whoever_floods_step_ups_from_elsewhere_has_to_wait_alone(app: App) -> None:
    thief = dataclasses.replace(app, address="198.51.100.7")
    for _ in range(STEP_UP_LIMIT.per_minute):
        assert thief.step_up("register").status == 200
    assert_problem(thief.step_up("register"), "RATE_LIMITED")
    assert proof(app)


def test_a_new_login_has_a_budget_of_its_own(app: App, account: Account) -> None:
    """The flood comes from the customer's own phone, in a session that the login ends."""
    for _ in range(STEP_UP_LIMIT.per_minute):
        assert app.step_up("register").status == 200
    assert_problem(app.step_up("register"), "RATE_LIMITED")
    assert dataclasses.replace(app, proved_at=account.at).step_up("register").status == 200


def test_wrong_codes_leave_the_methods_that_cannot_be_guessed(app: App, account: Account) -> None:
    prover = prepared(app, with_passkey)
    challenge = prover.step_up("register")
    for _ in range(MAX_TRIES - 1):
        prover.by_otp(challenge, wrong_code(app))
    assert_problem(prover.by_otp(challenge, wrong_code(app)), "STEP_UP_LOCKED")
    challenge = prover.step_up("register")
    assert challenge["methods"] == ["passkey"]
    assert prover.by_passkey(challenge).status == 200
    assert "otp" in prover.step_up("register")["methods"], "the customer proved who they are: the count is cleared"


def test_wrong_signatures_end_their_challenge_and_lock_nothing(app: App) -> None:
    prover = prepared(app, with_passkey)
    challenge = prover.step_up("register")
    for left in range(MAX_TRIES - 1, 0, -1):
        assert_problem(prover.by_passkey(challenge, challenge=b"x" * 32), "STEP_UP_INVALID", tries_left=left)
    for _ in range(2):
        assert_problem(prover.by_passkey(challenge, challenge=b"x" * 32), "STEP_UP_EXPIRED")
    assert prover.by_passkey(prover.step_up("register")).status == 200


# ---- the use of a proof of identity


def test_a_proof_authorises_one_upload(app: App) -> None:
    app.proof_id = spent = proof(app)
    assert app.announce(CONTENT).status == 201
    app.proof_id = spent
    assert_problem(app.announce(CONTENT), "STEP_UP_REQUIRED")


def test_the_same_request_with_its_proof_finds_its_upload(app: App, account: Account) -> None:
    app.proof_id = spent = proof(app)
    first = app.announce(CONTENT, key="a-lost-response")
    app.proof_id = spent
    account.pass_time(minutes=9)
    again = app.announce(CONTENT, key="a-lost-response")
    assert (first.status, again.status) == (201, 201)
    assert first.body["upload_id"] == again.body["upload_id"]
    app.proof_id = spent
    assert_problem(app.announce(CONTENT, key="another-key"), "STEP_UP_REQUIRED")


def test_the_upload_stores_method_and_time_of_the_proof(app: App, account: Account) -> None:
    app.proof_id = proof(app)
    proved_at = account.at
    account.pass_time(minutes=3)
    upload_id = app.announce(CONTENT).body["upload_id"]
    (upload,) = [item for item in account.items("AnnouncementsTable") if item["id"]["S"] == upload_id]
    assert (upload["method"]["S"], upload["proved_at"]["S"]) == ("otp", iso(proved_at))


def test_an_upload_that_is_refused_costs_no_proof(app: App, account: Account) -> None:
    app.proof_id = kept = proof(app)
    app.announce(CONTENT, size=10**9)
    app.proof_id = kept
    assert app.announce(CONTENT).status == 201


def test_an_exhausted_daily_quota_costs_no_proof(app: App, account: Account) -> None:
    for _ in range(DAILY_UPLOADS):
        assert app.announce(CONTENT).status == 201
    app.proof_id = kept = proof(app)
    assert_problem(app.announce(CONTENT), "UPLOAD_LIMIT_REACHED")
    assert app.account.function("request_upload").challenges.find(kept).used_for is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"customer_id": "kim"},
        {"operation": Operation.DEREGISTER},
        {"object_id": "r1"},
        {"proved_at": NOW - PROOF_LIFE - timedelta(seconds=1)},
    ],
    ids=str,
)
def test_a_proof_for_another_operation_is_refused(app: App, account: Account, wrong: dict[str, object]) -> None:
    account.at = NOW
    app.proof_id = a_proof(account, **wrong).id  # type: ignore[arg-type]
    assert_problem(app.announce(CONTENT), "STEP_UP_REQUIRED")
    assert account.items("AnnouncementsTable") == []


def test_an_unanswered_challenge_authorises_nothing(app: App) -> None:
    app.proof_id = app.step_up("register").body["challenge_id"]
    assert_problem(app.announce(CONTENT), "STEP_UP_REQUIRED")


def test_a_request_without_a_proof_requires_a_step_up(app: App) -> None:
    files = [{"name": "signCert.der", "size": 17, "sha256": "ab" * 32}]
    assert_problem(app.call("POST", "/uploads", {"files": files}), "STEP_UP_REQUIRED")
    response = app.call("POST", "/uploads", {"files": files, "proof_id": "no id"})
    assert_problem(response, "MALFORMED_REQUEST", field="proof_id")


# ---- logout


def is_allowed(account: Account, token: str) -> bool:
    event = an_event("authorizer_request") | {"headers": {"Authorization": f"Bearer {token}"}}
    return bool(account.invoke("authorize", event)["policyDocument"]["Statement"][0]["Effect"] == "Allow")


def log_out(app: App, token: str) -> int:
    app.extra_headers = {"Authorization": f"Bearer {token}"}
    response = app.call("POST", "/logout")
    app.extra_headers = {}
    assert response.body == {"logged_out": True}
    return response.status


def test_logging_out_ends_the_session(app: App, account: Account) -> None:
    token = app.log_in().body["token"]
    assert log_out(app, token) == 200
    assert not is_allowed(account, token)
    assert log_out(app, token) == 200, "repeating it is harmless"
    account.pass_time(minutes=1)
    assert app.log_in().body["ended_other_session"] is False, "it had ended already"


def test_logging_out_does_not_end_a_newer_session(app: App, account: Account) -> None:
    old = app.log_in().body["token"]
    account.pass_time(minutes=1)
    new = app.log_in().body["token"]
    log_out(app, old)
    assert is_allowed(account, new)


def test_logging_out_without_a_token_requires_login(app: App) -> None:
    app.extra_headers = {"Authorization": "Basic abc"}
    assert_problem(app.call("POST", "/logout"), "AUTH_REQUIRED")
