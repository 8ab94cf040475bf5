"""POST /uploads and GET /uploads/{upload_id}: one announced file, one form, and its state."""

import json
from datetime import timedelta
from typing import Any

import pytest

from registrar.domain.access.challenge import PROOF_LIFE, Operation
from registrar.domain.registrations.upload import DAILY_UPLOADS, TEXT_LIFE, UPLOAD_LIFE
from registrar.domain.times import iso
from tests.support.account import Account
from tests.support.app import App, assert_problem
from tests.support.builders import NOW, a_certificate
from tests.support.prepared import prepared, uploaded_certificate
from tests.support.rows import a_proof

CONTENT = b"content of a file"


def quota(account: Account) -> int:
    (row,) = [item for item in account.items("AnnouncementsTable") if item["id"]["S"].startswith("quota:")]
    return int(row["used"]["N"])


def test_an_announced_file_gets_a_form(app: App, account: Account) -> None:
    response = app.announce(CONTENT)
    assert response.status == 201
    assert response.body.keys() == {"upload_id", "state", "expires_at", "poll_after", "files"}
    assert (response.body["state"], response.body["expires_at"]) == ("ISSUED", iso(NOW + UPLOAD_LIFE))
    (file,) = response.body["files"]
    assert file.keys() == {"name", "url", "fields"}
    assert file["name"] == "signCert.der"
    assert file["fields"]["key"] == f"uploads/{response.body['upload_id']}/0"
    assert file["url"].startswith(f"https://{account.physical['UploadBucket']}.")


def test_without_a_key_every_request_is_a_new_upload(app: App, account: Account) -> None:
    assert app.announce(CONTENT).body["upload_id"] != app.announce(CONTENT).body["upload_id"]
    assert quota(account) == 2


def test_the_same_key_and_file_is_the_same_upload(app: App, account: Account) -> None:
    first = app.announce(CONTENT, key="a-lost-response")
    account.pass_time(seconds=30)
    again = app.announce(CONTENT, key="a-lost-response")
    assert (first.status, again.status) == (201, 201)
    assert first.body["upload_id"] == again.body["upload_id"]
    assert first.body["expires_at"] == again.body["expires_at"]
    assert quota(account) == 1


def test_the_same_key_for_another_file_is_a_conflict(app: App, account: Account) -> None:
    app.announce(CONTENT, key="a-lost-response")
    assert_problem(app.announce(CONTENT + b"!", key="a-lost-response"), "STATE_CONFLICT")
    assert_problem(app.announce(CONTENT, key="a-lost-response", name="other.der"), "STATE_CONFLICT")
    assert quota(account) == 1


def test_the_same_key_of_another_customer_is_another_upload(app: App, account: Account) -> None:
    kim = App(account, "kim")
    first, other = app.announce(CONTENT, key="same-key"), kim.announce(CONTENT, key="same-key")
    assert first.body["upload_id"] != other.body["upload_id"]
    assert_problem(kim.look(first.body["upload_id"]), "UPLOAD_NOT_FOUND")


def test_a_repeated_request_needs_the_customers_own_proof_of_identity(app: App, account: Account) -> None:
    """The one that the first request used, or an unused one: neither a stranger's nor one for anything else."""
    used = a_proof(account, proved_at=NOW).id
    app.proof_id = used
    first = app.announce(CONTENT, key="a-lost-response")
    elsewhere = a_proof(account, proved_at=NOW).id
    app.proof_id = elsewhere
    assert app.announce(b"another", key="another-request").status == 201
    wrong = {
        "stranger's": a_proof(account, "kim", proved_at=NOW).id,
        "for another operation": a_proof(account, operation=Operation.ENROL, object_id="phone", proved_at=NOW).id,
        "used for another upload": elsewhere,
        "expired": a_proof(account, proved_at=NOW - PROOF_LIFE - timedelta(seconds=1)).id,
        "unknown": "A" * 22,
    }
    for app.proof_id in wrong.values():
        assert_problem(app.announce(CONTENT, key="a-lost-response"), "STEP_UP_REQUIRED")

    for right in (used, a_proof(account, proved_at=NOW).id):
        app.proof_id = right
        assert app.announce(CONTENT, key="a-lost-response").body["upload_id"] == first.body["upload_id"]
    account.pass_time(minutes=11)
    app.proof_id = used
    assert app.announce(CONTENT, key="a-lost-response").status == 201, "the form may be asked for again"


@pytest.mark.parametrize("key", ["short", "x" * 65, "has a space", "홍길동홍길동홍길동", "a;b;c;d;e", "12345678\n"])
def test_a_malformed_idempotency_key_is_refused(app: App, account: Account, key: str) -> None:
    assert_problem(app.announce(CONTENT, key=key), "MALFORMED_REQUEST", field="Idempotency-Key")
    assert account.items("AnnouncementsTable") == []


def test_a_replayed_form_does_not_restore_an_ended_upload(app: App) -> None:
    upload_id = app.announce(CONTENT, key="a-lost-response").body["upload_id"]
    app.account.pass_time(minutes=9, seconds=59)
    assert app.announce(CONTENT, key="a-lost-response").body["state"] == "ISSUED"
    app.account.pass_time(seconds=1)
    again = app.announce(CONTENT, key="a-lost-response")
    assert (again.body["upload_id"], again.body["state"]) == (upload_id, "EXPIRED")
    app.send_file(upload_id, CONTENT)
    app.deliver(upload_id)
    assert app.account.keys("UploadBucket") == []
    assert app.look(upload_id).body["state"] == "EXPIRED"


def test_an_expired_proof_of_identity_is_refused(app: App, account: Account) -> None:
    app.proved_at = NOW - PROOF_LIFE
    assert app.announce(CONTENT).status == 201
    app.proved_at = NOW - PROOF_LIFE - timedelta(seconds=1)
    assert_problem(app.announce(CONTENT), "STEP_UP_REQUIRED")
    assert quota(account) == 1


def test_a_customer_has_twenty_uploads_a_day(app: App) -> None:
    for _ in range(DAILY_UPLOADS):
        assert app.announce(CONTENT).status == 201
    assert_problem(app.announce(CONTENT), "UPLOAD_LIMIT_REACHED", limit=20, again_at="2026-11-24T00:00:00Z")


@pytest.mark.parametrize(
    ("size", "code"),
    [(0, "UPLOAD_EMPTY"), (64 * 1024 + 1, "UPLOAD_TOO_LARGE"), (10**30, "UPLOAD_TOO_LARGE")],
)
def test_an_impossible_size_is_refused_before_any_write(app: App, account: Account, size: int, code: str) -> None:
    assert_problem(app.announce(CONTENT, size=size), code)
    assert account.items("AnnouncementsTable") == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("size", True),
        ("size", -1),
        ("size", 1.5),
        ("size", "17"),
        ("size", None),
        ("size", [17]),
        ("name", None),
        ("name", ""),
        ("name", "x" * 256),
        ("name", "a\u0000b"),
        ("name", "a\u202eb"),
        ("name", "\ud800"),
        ("name", {"ko": "signCert.der"}),
        ("sha256", "AB" * 32),
        ("sha256", "ab" * 31),
        ("sha256", 0),
        ("sha256", "ab" * 32 + "\n"),
    ],
)
def test_each_malformed_member_of_a_file_is_named(app: App, account: Account, field: str, value: Any) -> None:
    event = app.event("POST", "/uploads", "")
    file = {"name": "signCert.der", "size": 17, "sha256": "ab" * 32, field: value}
    event["body"] = json.dumps({"files": [file]})
    assert_problem(app.send(event), "MALFORMED_REQUEST", field=f"files[0].{field}")
    assert account.items("AnnouncementsTable") == []


@pytest.mark.parametrize("files", [None, [], {}, "file", [1], [[]], [{}] * 21, 7, True])
def test_files_is_a_list_of_objects(app: App, files: Any) -> None:
    assert_problem(app.call("POST", "/uploads", {"files": files}), "MALFORMED_REQUEST", field="files")


def test_an_upload_without_its_file_is_issued(app: App) -> None:
    upload_id = app.announce(CONTENT).body["upload_id"]
    view = app.look(upload_id)
    assert view.status == 200
    assert view.body == {
        "upload_id": upload_id,
        "state": "ISSUED",
        "expires_at": iso(NOW + UPLOAD_LIFE),
        "headline": None,
        "findings": [],
        "poll_after": 2,
    }


def test_an_upload_without_its_file_expires_by_time(app: App) -> None:
    upload_id = app.announce(CONTENT).body["upload_id"]
    app.account.pass_time(minutes=10)
    view = app.look(upload_id).body
    assert (view["state"], view["headline"]) == ("EXPIRED", "UPLOAD_EXPIRED")
    assert "poll_after" not in view


def test_an_accepted_upload_shows_the_text_to_sign(app: App) -> None:
    _, view = prepared(app, uploaded_certificate)
    assert (view["state"], view["headline"], view["findings"]) == ("AWAITING_PROOF", None, [])
    assert view["certificate"]["name_masked"] == "홍*동"
    assert view["certificate"]["issuing_bank"] == "우리은행"
    assert "key_digest" not in view["certificate"]
    assert "홍길동" not in str(view)
    assert view["proof"]["expires_at"] == iso(NOW + TEXT_LIFE)
    assert view["proof"]["text"].splitlines()[1:4] == [
        "은행: 전북은행(JBB)",
        "용도: 은행 거래에 사용할 인증서 등록",
        f"등록 요청 번호: {view['upload_id']}",
    ]
    assert "동의" in view["proof"]["consent"]["text"]


def test_an_expired_text_is_renewed_on_read(app: App, account: Account) -> None:
    _, view = prepared(app, uploaded_certificate)
    account.pass_time(minutes=4, seconds=59)
    assert app.look(view["upload_id"]).body["proof"] == view["proof"]
    account.pass_time(seconds=1)
    renewed = app.look(view["upload_id"]).body
    assert renewed["proof"]["text"] != view["proof"]["text"]
    assert renewed["proof"]["expires_at"] == iso(account.at + TEXT_LIFE)
    assert renewed["expires_at"] == view["expires_at"], "the day for the proof is not prolonged"


def test_a_text_is_not_renewed_after_the_day_for_the_proof(app: App, account: Account) -> None:
    upload_id = app.upload(a_certificate(key="ec").der)["upload_id"]
    account.pass_time(hours=24)
    view = app.look(upload_id).body
    assert (view["state"], view["headline"]) == ("EXPIRED", "UPLOAD_EXPIRED")
    assert "proof" not in view
    assert "certificate" not in view


@pytest.mark.parametrize(
    "upload_id",
    ["0" * 32, "0" * 31, "0" * 5000, "quota:hong:2026-11-23", "../uploads", "A" * 32, "홍길동" * 11, ""],
)
def test_an_unknown_or_malformed_upload_id_is_not_found(app: App, upload_id: str) -> None:
    app.announce(CONTENT)
    assert_problem(app.look(upload_id), "UPLOAD_NOT_FOUND")


def test_another_customers_upload_looks_like_an_unknown_one(app: App, account: Account) -> None:
    upload_id = app.announce(CONTENT).body["upload_id"]
    kim = App(account, "kim")
    assert kim.look(upload_id) == kim.look("0" * 32)
