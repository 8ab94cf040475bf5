"""POST /uploads/{upload_id}/password: open a container; its files are deleted before the verdict is visible."""

import base64
import gc
import json
from collections.abc import Callable
from datetime import timedelta
from types import FrameType
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from registrar.aws.buckets.trust_bucket import ACTIVE
from registrar.domain.registrations.upload import MAX_PASSWORD_TRIES, PASSWORD_DEADLINE
from tests.support.account import Account, Call
from tests.support.app import App, assert_problem, get_trust, put_trust, seal_to, sealed_bytes
from tests.support.builders import NOW, a_certificate, a_pki, an_ec_key, an_rsa_key
from tests.support.containers import SECRET, files_of, mismatch, steps, tries
from tests.support.prepared import prepared, uploaded_container
from tools.pki.npki_containers import pfx
from tools.pki.npki_files import Pbes2, Seed, encrypted_key, private_key_info, sign_pri_key

PASSWORD = "/uploads/{upload_id}/password"
CONTAINERS = ["pair", "pair in PEM", "one PEM", "PFX"]


@pytest.mark.parametrize("kind", CONTAINERS)
@pytest.mark.parametrize("key", ["rsa", "ec"])
def test_the_right_password_proves_key_and_owner_so_only_consent_is_missing(
    app: App, account: Account, kind: str, key: str
) -> None:
    certificate = a_certificate(key=key)
    files = files_of(certificate, kind)
    view = app.upload(*files)
    assert (view["state"], view["findings"]) == ("NEEDS_PASSWORD", [])
    assert view["password"].keys() == {"nonce", "tries_left", "sealing_keys"}
    assert view["password"]["tries_left"] == MAX_PASSWORD_TRIES
    assert "certificate" not in view
    assert "proof" not in view
    assert len(account.keys("UploadBucket")) == len(files)
    response = app.open(view, SECRET)
    assert (response.status, response.body["state"]) == (200, "AWAITING_PROOF")
    assert response.body["proof"].keys() == {"kind", "given", "consent"}
    assert response.body["proof"]["given"] == "container"
    assert response.body["certificate"]["name_masked"] == "홍*동"
    assert response.body == app.look(view["upload_id"]).body
    assert account.keys("UploadBucket") == []
    account.pass_time(hours=23)
    registered = app.agree(response.body)
    assert (registered.status, registered.body["proof"]) == (201, "container")


def test_the_files_are_deleted_before_the_verdict_is_visible(app: App, account: Account) -> None:
    _, view = prepared(app, uploaded_container)
    sealed = app.seal(view["upload_id"], view["password"]["nonce"], SECRET)
    path = {"upload_id": view["upload_id"]}
    calls = account.recorded(lambda: app.call("POST", "/uploads/{upload_id}/password", {"sealed": sealed}, **path))
    assert steps(calls) == ["write", "write", "save CHECKING", "delete 0", "delete 1", "write CHECKING"]


def test_a_refused_password_is_not_held_in_memory(app: App) -> None:
    """A warm function hardly ever searches for garbage, and an error may hold the frames that it passed."""
    _, view = prepared(app, uploaded_container)
    wrong = SECRET + "?"
    gc.disable()
    try:
        assert_problem(app.open(view, wrong), "FILE_PASSWORD_WRONG")
        frames = [each for each in gc.get_objects() if isinstance(each, FrameType)]
        assert [each for each in frames if each.f_code.co_filename != __file__ and wrong in holds(each)] == []
    finally:
        gc.enable()


def holds(frame: FrameType) -> list[str]:
    return [value for value in frame.f_locals.values() if isinstance(value, str)]


def test_a_password_is_counted_before_it_is_tried(
    app: App, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, view = prepared(app, uploaded_container)
    function = account.function("open_container")
    real = function.open_locked
    before: list[str] = []

    def noting(*arguments: Any) -> Any:
        before.extend(call.operation for call in account.calls)
        return real(*arguments)

    monkeypatch.setattr(function, "open_locked", noting)
    account.recorded(lambda: app.open(view, SECRET))
    assert before.count("UpdateItem") == 1


def test_an_internal_failure_costs_no_try(app: App, account: Account) -> None:
    _, view = prepared(app, uploaded_container)
    account.restart()
    trusted = get_trust(account, ACTIVE)
    account.client("s3").delete_object(Bucket=account.physical["TrustBucket"], Key=ACTIVE)
    assert_problem(app.open(view, SECRET), "SYSTEM_RETRY")
    assert app.look(view["upload_id"]).body["password"]["tries_left"] == MAX_PASSWORD_TRIES
    put_trust(account, ACTIVE, json.dumps(trusted).encode())
    assert app.open(view, SECRET).status == 200


def test_an_untrusted_certificate_is_not_compared_with_the_customers_number(app: App, account: Account) -> None:
    stranger = a_pki(2).issue_customer(
        not_before=NOW, not_after=NOW + timedelta(days=9), key="ec", idn="1111111111118"
    )
    view = app.upload(pfx(stranger, SECRET))
    calls = account.recorded(lambda: app.open(view, SECRET))
    codes = [finding["code"] for finding in app.look(view["upload_id"]).body["findings"]]
    assert "OWNER_MISMATCH" not in codes
    assert "TRUST_ISSUER_UNKNOWN" in codes
    assert [call.operation for call in calls].count("Decrypt") == 1, "the password's, not the number's"


def without_r() -> list[bytes]:
    certificate = a_certificate(key="ec")
    return [certificate.der, encrypted_key(private_key_info(certificate.key), SECRET)]


REFUSED: dict[str, Callable[[], list[bytes]]] = {
    "FILE_KEY_MISMATCH": mismatch,
    "OWNER_MISMATCH": lambda: files_of(a_certificate(key="ec", idn="9001011234568")),
    "OWNER_UNVERIFIABLE": without_r,
    "CERT_EXPIRED": lambda: [pfx(a_certificate(key="ec", not_after=NOW - timedelta(days=1)), SECRET)],
}


@pytest.mark.parametrize("code", REFUSED)
def test_a_finding_in_the_opened_container_refuses_after_the_files_are_deleted(
    app: App, account: Account, code: str
) -> None:
    view = app.upload(*REFUSED[code]())
    assert view["state"] == "NEEDS_PASSWORD"
    calls = account.recorded(lambda: app.open(view, SECRET))
    told = steps(calls)
    assert told[:2] == ["write", "save REJECTED"]
    assert told[-1] == "write REJECTED"
    assert set(told[2:-1]) <= {"delete 0", "delete 1"}
    after = app.look(view["upload_id"]).body
    assert (after["state"], after["headline"]) == ("REJECTED", code)
    assert account.keys("UploadBucket") == []
    assert_problem(app.open(view, SECRET), code)
    assert tries(account, view["upload_id"]) == 1


@pytest.mark.parametrize("lacking", ["VID", "idn"])
def test_without_vid_or_number_the_owner_cannot_be_checked(app: App, account: Account, lacking: str) -> None:
    if lacking == "idn":
        app.idn = None
        app.enrol()
    view = app.upload(*files_of(a_certificate(key="ec", vid=lacking != "VID")))
    response = app.open(view, SECRET)
    assert (response.body["state"], response.body["headline"]) == ("REJECTED", "OWNER_UNVERIFIABLE")


def test_the_encryption_pair_is_refused_without_asking_for_a_password(app: App, account: Account) -> None:
    km = a_certificate(key="ec", encipherment=True)
    upload_id = app.sent(*files_of(km))
    app.deliver(upload_id, 0)
    calls = account.recorded(lambda: app.deliver(upload_id, 1))
    assert steps(calls)[-4:] == ["save REJECTED", "delete 0", "delete 1", "write REJECTED"]
    view = app.look(upload_id).body
    assert (view["state"], view["headline"]) == ("REJECTED", "CERT_USAGE_NOT_ALLOWED")
    assert account.keys("UploadBucket") == []


@pytest.mark.parametrize("kind", ["pair", "PFX"])
def test_five_wrong_passwords_end_the_upload_and_delete_the_files(app: App, account: Account, kind: str) -> None:
    _, view = prepared(app, uploaded_container, kind)
    for left in (4, 3, 2, 1):
        assert_problem(app.open(view, "wrong"), "FILE_PASSWORD_WRONG", tries_left=left)
        assert app.look(view["upload_id"]).body["password"]["tries_left"] == left
        assert account.keys("UploadBucket")
    assert_problem(app.open(view, "wrong"), "FILE_PASSWORD_ATTEMPTS_EXCEEDED")
    assert account.keys("UploadBucket") == []
    after = app.look(view["upload_id"]).body
    assert (after["state"], after["headline"]) == ("REJECTED", "FILE_PASSWORD_ATTEMPTS_EXCEEDED")
    assert_problem(app.open(view, SECRET), "FILE_PASSWORD_ATTEMPTS_EXCEEDED")


@pytest.mark.parametrize("files", [1, 2])
def test_a_request_that_loses_its_files_to_another_one_has_to_be_repeated(
    app: App, account: Account, files: int
) -> None:
    _, view = prepared(app, uploaded_container, "pair" if files == 2 else "PFX")

    def end_the_upload() -> None:
        for _ in range(MAX_PASSWORD_TRIES):
            app.open(view, "wrong")

    def reads_a_file(call: Call) -> bool:
        return call.operation == "GetObject" and call.params["Bucket"] == account.physical["UploadBucket"]

    with account.interrupted(reads_a_file, end_the_upload):
        assert_problem(app.open(view, SECRET), "IN_PROGRESS")
    assert_problem(app.open(view, SECRET), "FILE_PASSWORD_ATTEMPTS_EXCEEDED")


def test_the_fifth_try_can_succeed(app: App) -> None:
    _, view = prepared(app, uploaded_container)
    for _ in range(MAX_PASSWORD_TRIES - 1):
        app.open(view, "wrong")
    assert app.open(view, SECRET).body["state"] == "AWAITING_PROOF"


@pytest.mark.parametrize(
    "scheme", [Seed(encoding="cp949"), Pbes2(prf="sha256", encoding="cp949"), Seed(), Pbes2("aes256", "sha256")]
)
def test_a_korean_password_opens_in_each_encoding(app: App, scheme: Any) -> None:
    certificate = a_certificate(key="ec")
    view = app.upload(certificate.der, sign_pri_key(certificate, "비밀번호1!", scheme))
    assert app.open(view, "비밀번호1!").body["state"] == "AWAITING_PROOF"


def sealed_wrong(app: App, view: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Secrets that were not sealed for this upload and nonce."""
    key, upload_id, nonce = app.call("GET", "/sealing-key").body, view["upload_id"], view["password"]["nonce"]
    good = app.seal(upload_id, nonce, SECRET)

    def raw(plaintext: object) -> dict[str, str]:
        text = plaintext if isinstance(plaintext, bytes) else json.dumps(plaintext).encode()
        return {**good, "ciphertext": base64.b64encode(sealed_bytes(key["public_key"], text)).decode()}

    stranger = an_rsa_key("a stranger's").public_key()
    other_key = base64.b64encode(stranger.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    return {
        "another upload": app.seal("f" * 32, nonce, SECRET),
        "another nonce": app.seal(upload_id, "f" * 32, SECRET),
        "empty": app.seal(upload_id, nonce, ""),
        "too long": app.seal(upload_id, nonce, "x" * 129),
        "another key": {**seal_to("x", other_key, upload_id, nonce, SECRET), "key_id": good["key_id"]},
        "unknown key": {**good, "key_id": "arn:aws:kms:ap-northeast-2:123456789012:key/unknown"},
        "tampered": {**good, "ciphertext": base64.b64encode(bytes(512)).decode()},
        "short": {**good, "ciphertext": "AAAA"},
        "not JSON": raw(b"Hong!1234"),
        "a list": raw([upload_id, nonce, SECRET]),
        "a number": raw({"upload": upload_id, "nonce": nonce, "secret": 1234}),
        "no secret": raw({"upload": upload_id, "nonce": nonce}),
    }


def test_a_password_not_sealed_for_this_upload_costs_no_try(app: App, account: Account) -> None:
    _, view = prepared(app, uploaded_container)
    for what, sealed in sealed_wrong(app, view).items():
        response = app.open(view, SECRET, sealed=sealed)
        assert response.body["code"] == "MALFORMED_REQUEST", what
        assert_problem(response, "MALFORMED_REQUEST", field="sealed")
    assert tries(account, view["upload_id"]) == 0
    assert app.open(view, SECRET).body["state"] == "AWAITING_PROOF"


def test_a_password_sealed_for_one_upload_is_refused_in_another(app: App, account: Account) -> None:
    files = files_of(a_certificate(key="ec"))
    first, second = app.upload(*files), app.upload(*files)
    replayed = app.seal(first["upload_id"], first["password"]["nonce"], SECRET)
    assert_problem(app.open(second, SECRET, sealed=replayed), "MALFORMED_REQUEST", field="sealed")
    assert tries(account, second["upload_id"]) == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "sealed"),
        ({"sealed": "text"}, "sealed"),
        ({"sealed": {}}, "sealed.key_id"),
        ({"sealed": {"key_id": 7, "ciphertext": "AAAA"}}, "sealed.key_id"),
        ({"sealed": {"key_id": "a"}}, "sealed.ciphertext"),
        ({"sealed": {"key_id": "a", "ciphertext": "비밀"}}, "sealed.ciphertext"),
        ({"sealed": {"key_id": "a", "ciphertext": "AAAA" * 200}}, "sealed.ciphertext"),
        ({"password": SECRET}, "sealed"),
    ],
)
def test_each_malformed_member_is_named(app: App, body: object, field: str) -> None:
    response = app.call("POST", PASSWORD, body, upload_id="0" * 32)
    assert_problem(response, "MALFORMED_REQUEST", field=field)
    assert SECRET not in str(response.body)


def test_an_upload_in_another_state_takes_no_password(app: App, account: Account) -> None:
    any_nonce = {"password": {"nonce": "0" * 32}}
    issued = app.announce(b"content").body
    assert_problem(app.open({**issued, **any_nonce}, SECRET), "IN_PROGRESS")
    bare = app.upload(a_certificate(key="ec").der)
    assert_problem(app.open({**bare, **any_nonce}, SECRET), "STATE_CONFLICT")
    waiting = app.upload(*files_of(a_certificate(key="ec")))
    assert_problem(App(account, "kim").open(waiting, SECRET), "UPLOAD_NOT_FOUND")
    consent = {"consent_version": "2026-11-30", "signature": "AAAA"}
    route = "/uploads/{upload_id}/registration"
    assert_problem(app.call("POST", route, consent, upload_id=waiting["upload_id"]), "FILE_PASSWORD_REQUIRED")
    account.pass_time(seconds=PASSWORD_DEADLINE.total_seconds())
    assert_problem(app.open(waiting, SECRET), "UPLOAD_EXPIRED")


def test_no_opened_secret_is_stored_or_logged(app: App, account: Account) -> None:
    certificate = a_certificate(key=an_ec_key("kept nowhere"))
    view = app.upload(*files_of(certificate))
    sealed = app.seal(view["upload_id"], view["password"]["nonce"], SECRET)
    assert app.open(view, SECRET, sealed=sealed).status == 200
    secret_number = certificate.key.private_numbers().private_value.to_bytes(32)  # type: ignore[union-attr]
    kept = str([account.items(table) for table in ("UploadsTable", "RegistrationsTable")]) + account.log.getvalue()
    for secret in (certificate.random_number, secret_number, SECRET.encode()):
        for form in (str(secret)[2:-1], secret.hex(), base64.b64encode(secret).decode()):
            assert form not in kept
    for text in (sealed["ciphertext"], app.idn or "-"):
        assert text not in kept
