"""The stores of containers: arrivals, passwords, verdicts, sealing keys, samples."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from registrar.aws.keys import SealingKey, SealingKeys
from registrar.aws.tables import samples as sample_store
from registrar.aws.tables.samples import Samples
from registrar.aws.tables.uploads import Uploads
from registrar.domain.certificates.verdicts import verdict_of
from registrar.domain.possession.sealing import Sealed
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import ConditionFailed, SealedSecretInvalid
from registrar.domain.registrations.upload import (
    MAX_PASSWORD_TRIES,
    PASSWORD_DEADLINE,
    VALIDATION_DEADLINE,
    VALIDATION_LEASE,
    NeedsPassword,
    Upload,
    UploadState,
    Verdict,
    failure,
)
from registrar.domain.registrations.upload_files import AnnouncedFile
from tests.support.account import Account
from tests.support.builders import NOW, a_certificate
from tests.support.rows import a_claimed_upload, a_registration, a_report, a_requested_upload, uploads_of

FILES = (AnnouncedFile("signCert.der", 1, "ab" * 32), AnnouncedFile("signPri.key", 1, "cd" * 32))
REFUSED = Verdict((failure(Code.FILE_KEY_MISMATCH),), trust_version=7)
IDN = "9001011234567"


@pytest.fixture
def uploads(account: Account) -> Uploads:
    return uploads_of(account)


def found(uploads: Uploads, upload: Upload) -> Upload:
    known = uploads.find(upload.id)
    assert known is not None
    return known


def waiting(uploads: Uploads) -> NeedsPassword:
    claimed = a_claimed_upload(uploads, a_requested_upload())
    uploads.request_password(claimed, NOW)
    asked = found(uploads, claimed)
    assert isinstance(asked, NeedsPassword)
    return asked


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 0, 1), (1, 1, 1, 0)])
def test_a_pair_is_claimed_when_its_last_file_arrives(uploads: Uploads, order: tuple[int, ...]) -> None:
    upload = uploads.add(a_requested_upload(files=FILES))
    for index in order[:-1]:
        assert uploads.receive(upload.id, index, NOW) is None
    claimed = uploads.receive(upload.id, order[-1], NOW)
    assert claimed is not None
    assert (claimed.state, claimed.attempts) == (UploadState.VALIDATING, 1)
    with pytest.raises(ConditionFailed):
        uploads.receive(upload.id, 0, NOW)
    again = uploads.receive(upload.id, 0, NOW + VALIDATION_LEASE)
    assert again is not None
    assert again.attempts == 2


def test_requesting_the_password_sets_a_nonce_and_ten_minutes(uploads: Uploads) -> None:
    claimed = a_claimed_upload(uploads, a_requested_upload())
    uploads.request_password(claimed, NOW)
    upload = found(uploads, claimed)
    assert isinstance(upload, NeedsPassword)
    assert upload.expires_at == NOW + PASSWORD_DEADLINE
    assert len(upload.nonce) == 32
    with pytest.raises(ConditionFailed):
        uploads.request_password(claimed, NOW)


def test_each_try_is_counted_up_to_the_limit(uploads: Uploads) -> None:
    """Requests that race hold the same row: each takes its own try, and none is made beyond the last."""
    upload = waiting(uploads)
    counted = [uploads.count_password(upload, NOW).password_tries for _ in range(MAX_PASSWORD_TRIES)]
    assert counted == [1, 2, 3, 4, 5]
    with pytest.raises(ConditionFailed):
        uploads.count_password(upload, NOW)
    assert found(uploads, upload).state_at(NOW) is UploadState.REJECTED


def test_no_try_is_allowed_after_the_deadline_or_the_verdict(uploads: Uploads) -> None:
    upload = waiting(uploads)
    with pytest.raises(ConditionFailed):
        uploads.count_password(upload, NOW + PASSWORD_DEADLINE)
    uploads.decide(upload, REFUSED, NOW)
    with pytest.raises(ConditionFailed):
        uploads.count_password(upload, NOW)


def test_a_verdict_is_saved_once_and_then_visible(uploads: Uploads) -> None:
    upload = waiting(uploads)
    accepted = verdict_of(a_report(a_certificate(key="ec")), opened=True)
    uploads.decide(upload, accepted, NOW)
    decided = found(uploads, upload)
    assert isinstance(decided, NeedsPassword)
    assert decided.outcome is UploadState.CHECKING
    with pytest.raises(ConditionFailed):
        uploads.decide(upload, REFUSED, NOW)
    for _ in range(2):
        uploads.publish(decided, decided.outcome)
    shown = found(uploads, upload)
    assert (shown.state, shown.opened) == (UploadState.CHECKING, True)
    assert shown.expires_at == NOW + VALIDATION_DEADLINE


def test_a_lost_lease_neither_saves_nor_requests_the_password(uploads: Uploads) -> None:
    slow = a_claimed_upload(uploads, a_requested_upload())
    uploads.claim(slow.id, NOW + VALIDATION_LEASE)
    with pytest.raises(ConditionFailed):
        uploads.decide(slow, REFUSED, NOW)
    with pytest.raises(ConditionFailed):
        uploads.decide_and_publish(slow, REFUSED, NOW)
    with pytest.raises(ConditionFailed):
        uploads.request_password(slow, NOW)


# --- sealing keys ---------------------------------------------------------------------------------


def sealed(account: Account, name: str, secret: str = "R", upload_id: str = "u", nonce: str = "n") -> Sealed:
    arn = account.physical[name]
    public = load_der_public_key(SealingKey(account.client("kms"), arn).public_half(NOW))
    plaintext = json.dumps({"upload": upload_id, "nonce": nonce, "secret": secret}).encode()
    ciphertext: bytes = public.encrypt(plaintext, OAEP(MGF1(SHA256()), SHA256(), None))  # type: ignore[union-attr]
    return Sealed(arn, ciphertext)


def sealing_keys(account: Account) -> SealingKeys:
    return SealingKeys(account.client("kms"), [account.physical[f"SealingKey{name}"] for name in "AB"])


@pytest.mark.parametrize("name", ["SealingKeyA", "SealingKeyB"])
def test_the_current_and_the_retired_key_decrypt(account: Account, name: str) -> None:
    assert sealing_keys(account).unseal(sealed(account, name), "u", "n") == "R"


def test_a_wrong_key_purpose_upload_or_nonce_does_not_decrypt(account: Account) -> None:
    keys, good = sealing_keys(account), sealed(account, "SealingKeyA")
    tampered = good.ciphertext[:-1] + bytes([good.ciphertext[-1] ^ 1])
    for wrong in (
        replace(good, ciphertext=tampered),
        replace(good, ciphertext=b"short"),
        replace(good, key_id=account.physical["SealingKeyB"]),
        replace(good, key_id=account.physical["IdentityKey"]),
        replace(good, key_id="unknown"),
    ):
        with pytest.raises(SealedSecretInvalid):
            keys.unseal(wrong, "u", "n")
    for upload_id, nonce in (("v", "n"), ("u", "m")):
        with pytest.raises(SealedSecretInvalid):
            keys.unseal(good, upload_id, nonce)


# --- samples --------------------------------------------------------------------------------------


def test_samples_contain_decided_uploads_and_live_registrations(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads = uploads_of(account)
    uploads.add(a_requested_upload())
    kept = [a_claimed_upload(uploads, a_requested_upload()) for _ in range(3)]
    for number, upload in enumerate(kept):
        replace(uploads, apart=number > 0).decide_and_publish(
            upload, verdict_of(a_report(a_certificate(key="ec"))), NOW
        )
    live, ended = a_registration(account), a_registration(account, at=NOW + timedelta(days=0))
    client, physical = account.client("dynamodb"), account.physical
    client.update_item(
        TableName=physical["RegistrationsTable"],
        Key={"pk": {"S": "CUST#hong"}, "sk": {"S": f"REG#{ended.id}"}},
        UpdateExpression="SET lifecycle = :ended",
        ExpressionAttributeValues={":ended": {"S": "REVOKED_BY_ISSUER"}},
    )
    real = client.scan

    def small_pages(**arguments: Any) -> Any:
        return real(**arguments, Limit=2)

    samples = Samples(client, physical["UploadsTable"], physical["RegistrationsTable"])
    monkeypatch.setattr(client, "scan", small_pages)
    taken = list(samples.take())
    assert {s.id for s in taken if s.source == "upload"} == {upload.id for upload in kept}
    assert [s.id for s in taken if s.source == "registration"] == [live.id]
    assert {s.customer_kind for s in taken} == {"personal"}
    monkeypatch.setattr(sample_store, "MOST_OF_EACH", 1)
    assert [s.source for s in samples.take()] == ["upload", "registration"]
