"""S3 → SQS → validate_upload: every delivery ends in one decision and an empty bucket."""

from datetime import timedelta

import pytest

from registrar.domain.registrations.upload import LEASE_PAUSE, MAX_ATTEMPTS, VALIDATION_LEASE, Verdict
from tests.support.account import Account
from tests.support.app import DONE, App, a_delivery, an_event, trust_demo_issuers
from tests.support.builders import NOW, a_certificate
from tests.support.prepared import prepared, uploaded_certificate

FAILED = {"batchItemFailures": [{"itemIdentifier": "message-0"}]}


def state(app: App, upload_id: str) -> tuple[str, str | None]:
    view = app.look(upload_id).body
    return view["state"], view["headline"]


def checked(app: App, upload_id: str) -> tuple[str, str | None]:
    """The state after the status query."""
    assert app.ask_issuer(upload_id) == DONE
    return state(app, upload_id)


@pytest.mark.parametrize("key", ["rsa", "ec"])
@pytest.mark.parametrize("form", ["der", "pem"])
def test_a_good_certificate_awaits_its_proof_and_its_file_is_deleted(app: App, key: str, form: str) -> None:
    certificate = a_certificate(key=key)
    view = app.upload(certificate.der if form == "der" else certificate.pem)
    assert view["state"] == "AWAITING_PROOF"
    assert app.account.keys("UploadBucket") == []


def test_a_bad_file_is_rejected_with_all_reasons_and_deleted(app: App) -> None:
    certificate = a_certificate(key="rsa", rsa_bits=1024, not_after=NOW - timedelta(days=1), encipherment=True)
    view = app.upload(certificate.der)
    assert view["state"] == "REJECTED"
    assert {f["code"] for f in view["findings"]} >= {
        "CERT_USAGE_NOT_ALLOWED",
        "CERT_EXPIRED",
        "CERT_KEY_TOO_WEAK",
    }
    assert view["headline"] == view["findings"][0]["code"]
    assert all(f["title"] and f["text"] and f["faq"] and f["next_action"] for f in view["findings"])
    assert app.account.keys("UploadBucket") == []


def test_a_warning_does_not_refuse(app: App) -> None:
    _, view = prepared(app, uploaded_certificate, not_after=NOW + timedelta(days=10))
    assert (view["state"], view["headline"]) == ("AWAITING_PROOF", "CERT_EXPIRES_SOON")


def test_reasons_are_in_the_customers_language(app: App) -> None:
    upload_id = app.upload(b"no certificate")["upload_id"]
    korean = app.look(upload_id).body["findings"]
    app.language = "en"
    english = app.look(upload_id).body["findings"]
    assert [f["code"] for f in korean] == [f["code"] for f in english] == ["FILE_UNREADABLE"]
    assert english[0]["text"].isascii()
    assert not korean[0]["text"].isascii()


@pytest.mark.parametrize("other", [b"", b"other content", b"x" * 100_000])
def test_a_file_other_than_the_announced_one_is_rejected(app: App, other: bytes) -> None:
    upload_id = app.announce(a_certificate(key="ec").der).body["upload_id"]
    app.send_file(upload_id, other)
    assert app.deliver(upload_id) == DONE
    assert state(app, upload_id) == ("REJECTED", "UPLOAD_CHANGED")
    assert app.account.keys("UploadBucket") == []


def test_a_url_encoded_key_is_decoded(app: App) -> None:
    upload_id = app.sent(a_certificate(key="ec").der)
    assert app.account.invoke("validate_upload", a_delivery(f"uploads%2F{upload_id}%2F0")) == DONE
    assert checked(app, upload_id) == ("AWAITING_PROOF", None)


def test_the_test_event_of_s3_is_ignored(app: App) -> None:
    app.account.function("validate_upload")
    calls = app.account.recorded(
        lambda: app.account.invoke("validate_upload", an_event("sqs_s3_test_event")) == DONE
    )
    assert calls == []


def test_a_file_without_an_upload_is_deleted(app: App, account: Account) -> None:
    s3, bucket = account.client("s3"), account.physical["UploadBucket"]
    for key in ("uploads/홍길동 서명.der", "uploads/a/b", f"uploads/{'0' * 32}/0"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    delivery = a_delivery(
        "uploads/%ED%99%8D%EA%B8%B8%EB%8F%99+%EC%84%9C%EB%AA%85.der", "uploads/a/b", f"uploads/{'0' * 32}/0"
    )
    assert account.invoke("validate_upload", delivery) == DONE
    assert account.keys("UploadBucket") == []
    assert account.items("UploadsTable") == []


def test_a_second_delivery_of_a_decided_upload_changes_nothing(app: App, account: Account) -> None:
    upload_id = app.upload(a_certificate(key="ec").der)["upload_id"]
    before = account.items("UploadsTable")
    account.pass_time(hours=1)
    assert app.deliver(upload_id) == DONE
    assert account.items("UploadsTable") == before


def test_a_delivery_during_another_lease_is_retried(app: App, account: Account) -> None:
    """Were it taken off the queue and the other one killed, the upload would never be decided."""
    upload_id = app.sent(a_certificate(key="ec").der)
    account.function("validate_upload").uploads.receive(upload_id, 0, NOW)
    assert app.deliver(upload_id) == FAILED
    assert state(app, upload_id) == ("VALIDATING", None)
    assert account.keys("UploadBucket") == [f"uploads/{upload_id}/0"]
    received = 1
    while app.deliver(upload_id) == FAILED:
        account.pass_time(seconds=LEASE_PAUSE.total_seconds())
        received += 1
    assert received < MAX_ATTEMPTS, "before the queue gives the message up"
    assert checked(app, upload_id) == ("AWAITING_PROOF", None)
    hidden = [c.params["VisibilityTimeout"] for c in account.calls if c.operation == "ChangeMessageVisibility"]
    assert set(hidden) == {LEASE_PAUSE.total_seconds()}
    assert [line for line in account.logged() if line["level"] == "ERROR"] == []


def test_a_delivery_that_lost_its_lease_finds_the_upload_decided(app: App, account: Account) -> None:
    upload_id = app.sent(a_certificate(key="ec").der)

    def meanwhile() -> None:
        account.pass_time(seconds=VALIDATION_LEASE.total_seconds())
        assert app.deliver(upload_id) == DONE

    with account.interrupted(lambda call: call.operation == "GetObject", meanwhile):
        assert app.deliver(upload_id) == DONE
    assert checked(app, upload_id) == ("AWAITING_PROOF", None)


def test_a_slow_delivery_that_lost_its_lease_saves_nothing(app: App, account: Account) -> None:
    certificate = a_certificate(key="ec")
    upload_id = app.sent(certificate.der)
    validate = account.function("validate_upload")
    slow = validate.uploads.receive(upload_id, 0, NOW)
    account.pass_time(seconds=90)
    assert app.deliver(upload_id) == DONE
    before = account.items("UploadsTable")
    with pytest.raises(validate.ConditionFailed):
        validate.outcomes.decide(slow, Verdict((), 1), NOW)
    assert account.items("UploadsTable") == before


def test_a_file_that_arrives_after_the_deadline_is_deleted(app: App, account: Account) -> None:
    upload_id = app.sent(a_certificate(key="ec").der)
    account.pass_time(minutes=10)
    assert app.deliver(upload_id) == DONE
    assert state(app, upload_id) == ("EXPIRED", "UPLOAD_EXPIRED")
    assert account.keys("UploadBucket") == []


def test_one_bad_message_does_not_stop_the_others(app: App, account: Account) -> None:
    first, second = app.sent(a_certificate(key="ec").der), app.sent(b"no certificate")
    delivery = a_delivery(f"uploads/{first}/0", "x", "x", "x", "x", f"uploads/{second}/0")
    for number, body in enumerate(('{"Records":', "[]", '{"Records": [{}]}', "null"), start=1):
        delivery["Records"][number]["body"] = body
    assert account.invoke("validate_upload", delivery) == {
        "batchItemFailures": [{"itemIdentifier": f"message-{number}"} for number in range(1, 5)]
    }
    assert checked(app, first) == ("AWAITING_PROOF", None)
    assert state(app, second) == ("REJECTED", "FILE_UNREADABLE")


def test_without_trust_document_the_upload_waits_and_fails_after_five_tries(account: Account) -> None:
    app = App(account)
    upload_id = app.sent(a_certificate(key="ec").der)
    for _ in range(MAX_ATTEMPTS):
        assert state(app, upload_id)[0] in ("ISSUED", "VALIDATING")
        assert app.deliver(upload_id) == FAILED
        account.pass_time(seconds=90)
    assert state(app, upload_id) == ("FAILED", "SYSTEM_RETRY")
    assert account.keys("UploadBucket") == [f"uploads/{upload_id}/0"], "an admin may redrive it"


def test_a_failed_upload_continues_after_a_redrive(account: Account) -> None:
    app = App(account)
    upload_id = app.sent(a_certificate(key="ec").der)
    for _ in range(MAX_ATTEMPTS):
        app.deliver(upload_id)
        account.pass_time(seconds=90)
    trust_demo_issuers(account)
    assert app.deliver(upload_id) == DONE
    assert checked(app, upload_id) == ("AWAITING_PROOF", None)
    assert account.keys("UploadBucket") == []


def test_a_refused_upload_is_stored_without_its_file(app: App, account: Account) -> None:
    content = b"-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"
    view = app.upload(content)
    assert view["headline"] == "FILE_ENCRYPTION_UNSUPPORTED"
    assert "c2VjcmV0" not in str(account.items("UploadsTable"))
    assert account.keys("UploadBucket") == []
