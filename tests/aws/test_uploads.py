"""The uploads' table: every transition has one winner."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Any

import pytest

from bench.units import size_of
from registrar.aws.tables import upload_items as store
from registrar.aws.tables.texts import Texts
from registrar.aws.tables.uploads import Uploads
from registrar.domain.certificates.verdicts import verdict_of
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import ConditionFailed, Refusal
from registrar.domain.registrations.upload import (
    DAILY_UPLOADS,
    MAX_BAD_PROOFS,
    PROOF_DEADLINE,
    RETENTION,
    TEXT_LIFE,
    UPLOAD_LIFE,
    VALIDATION_LEASE,
    Checking,
    Upload,
    UploadState,
    Validating,
    Verdict,
    failure,
    new_upload_id,
)
from tests.support.account import Account, Killed
from tests.support.builders import NOW, a_certificate
from tests.support.rows import a_claimed_upload, a_report, a_requested_upload, an_awaiting_upload, uploads_of

SECOND = timedelta(seconds=1)
REFUSED = Verdict((failure(Code.FILE_UNREADABLE),), trust_version=7)


@pytest.fixture
def uploads(account: Account) -> Uploads:
    return uploads_of(account)


@pytest.fixture
def texts(account: Account) -> Texts:
    return Texts(account.client("dynamodb"), account.physical["TextsTable"])


def found(uploads: Uploads, upload: Upload) -> Upload:
    known = uploads.find(upload.id)
    assert known is not None
    return known


def quota_used(account: Account) -> list[int]:
    return [
        int(item["used"]["N"])
        for item in account.items("AnnouncementsTable")
        if item["id"]["S"].startswith("quota:")
    ]


def test_an_upload_is_read_as_it_was_written() -> None:
    upload = a_requested_upload()
    assert store.from_item(store.to_item(upload)) == upload


def test_an_upload_is_found_by_its_id(uploads: Uploads) -> None:
    upload = uploads.add(a_requested_upload())
    assert uploads.find(upload.id) == upload
    assert uploads.find("0" * 32) is None


def test_an_upload_is_read_consistently(account: Account, uploads: Uploads) -> None:
    row, announced = account.recorded(lambda: uploads.find("0" * 32))
    assert row.params["RequestItems"][uploads.table]["ConsistentRead"]
    assert (announced.operation, announced.params["TableName"]) == ("GetItem", uploads.announcements.table)
    assert announced.params["ConsistentRead"]


def test_the_same_request_twice_is_one_upload_and_counts_once(account: Account, uploads: Uploads) -> None:
    first = uploads.add(a_requested_upload(key="12345678"))
    again = uploads.add(a_requested_upload(key="12345678", at=NOW + 5 * SECOND))
    assert again == first
    assert quota_used(account) == [1]


def test_two_customers_with_the_same_key_have_two_uploads() -> None:
    assert new_upload_id("hong", "12345678") != new_upload_id("kim", "12345678")


def test_the_daily_quota_ends_uploads_until_the_next_day(account: Account, uploads: Uploads) -> None:
    first = uploads.add(a_requested_upload(key="number-01"))
    for _ in range(DAILY_UPLOADS - 1):
        uploads.add(a_requested_upload())
    with pytest.raises(Refusal) as refused:
        uploads.add(a_requested_upload())
    assert refused.value.code == "UPLOAD_LIMIT_REACHED"
    assert refused.value.params == {
        "limit": DAILY_UPLOADS,
        "again_at": NOW.replace(hour=0) + timedelta(days=1),
    }
    assert quota_used(account) == [DAILY_UPLOADS]
    assert len(account.items("AnnouncementsTable")) == DAILY_UPLOADS + 1

    assert uploads.add(a_requested_upload(key="number-01")) == first, "a repeated request costs nothing even then"
    uploads.add(a_requested_upload("kim"))
    uploads.add(a_requested_upload(at=NOW + timedelta(days=1)))


def test_a_claim_takes_the_lease_and_numbers_it(uploads: Uploads) -> None:
    upload = a_requested_upload()
    claimed = a_claimed_upload(uploads, upload)
    assert (claimed.state, claimed.attempts) == (UploadState.VALIDATING, 1)
    assert claimed.lease_until == NOW + VALIDATION_LEASE
    assert found(uploads, upload) == claimed


def test_a_second_delivery_finds_the_lease_taken_until_it_ends(uploads: Uploads) -> None:
    upload = a_claimed_upload(uploads, a_requested_upload())
    with pytest.raises(ConditionFailed):
        uploads.receive(upload.id, 0, NOW + VALIDATION_LEASE - SECOND)
    held = found(uploads, upload)
    assert isinstance(held, Validating)
    assert held.attempts == 1
    assert uploads.claim(upload.id, NOW + VALIDATION_LEASE).attempts == 2


def test_a_started_validation_is_retried_past_the_uploads_deadline(uploads: Uploads) -> None:
    upload = a_claimed_upload(uploads, a_requested_upload(), NOW + UPLOAD_LIFE - SECOND)
    assert uploads.claim(upload.id, NOW + UPLOAD_LIFE + VALIDATION_LEASE).attempts == 2


def test_an_expired_or_unknown_upload_is_not_claimed(account: Account, uploads: Uploads) -> None:
    upload = uploads.add(a_requested_upload())
    with pytest.raises(ConditionFailed):
        uploads.receive(upload.id, 0, NOW + UPLOAD_LIFE)
    assert found(uploads, upload) == upload
    with pytest.raises(ConditionFailed):
        uploads.receive("0" * 32, 0, NOW)
    with pytest.raises(ConditionFailed):
        uploads.claim(upload.id, NOW)
    assert account.items("UploadsTable") == [], "a claim creates nothing"


def test_a_decided_upload_is_not_claimed_again(account: Account, uploads: Uploads) -> None:
    awaiting = an_awaiting_upload(account, a_certificate(key="ec"))
    with pytest.raises(ConditionFailed):
        uploads.claim(awaiting.id, NOW + timedelta(hours=1))
    rejected = a_claimed_upload(uploads, a_requested_upload())
    uploads.decide_and_publish(rejected, REFUSED, NOW)
    with pytest.raises(ConditionFailed):
        uploads.claim(rejected.id, NOW + timedelta(hours=1))


def test_an_accepted_upload_awaits_its_proof_of_possession(account: Account) -> None:
    certificate = a_certificate(key="ec")
    upload, report = an_awaiting_upload(account, certificate), a_report(certificate)
    assert upload.state is UploadState.AWAITING_PROOF
    assert upload.der == certificate.der
    assert upload.summary == report.summary
    assert upload.expires_at == NOW + PROOF_DEADLINE
    assert upload.nonce_expires_at == NOW + TEXT_LIFE
    assert len(upload.nonce) == 32


def test_a_rejected_upload_keeps_its_findings(uploads: Uploads) -> None:
    upload = a_claimed_upload(uploads, a_requested_upload())
    uploads.decide_and_publish(upload, REFUSED, NOW)
    rejected = found(uploads, upload)
    assert rejected.state is UploadState.REJECTED
    assert rejected.findings == REFUSED.findings


def test_a_lost_lease_saves_no_verdict(uploads: Uploads) -> None:
    slow = a_claimed_upload(uploads, a_requested_upload())
    other = uploads.claim(slow.id, NOW + VALIDATION_LEASE)
    with pytest.raises(ConditionFailed):
        uploads.decide_and_publish(slow, REFUSED, NOW)
    with pytest.raises(ConditionFailed):
        uploads.decide(slow, REFUSED, NOW + VALIDATION_LEASE)
    assert found(uploads, slow) == other

    uploads.decide_and_publish(other, REFUSED, NOW)
    with pytest.raises(ConditionFailed):
        uploads.decide(other, REFUSED, NOW + VALIDATION_LEASE)
    assert found(uploads, other).state is UploadState.REJECTED


def test_a_renewed_text_has_a_new_nonce_and_five_more_minutes(
    account: Account, uploads: Uploads, texts: Texts
) -> None:
    upload = an_awaiting_upload(account, a_certificate(key="ec"))
    later = NOW + timedelta(hours=1)
    renewed = texts.renew(upload, later)
    assert renewed.nonce != upload.nonce
    assert renewed.nonce_expires_at == later + TEXT_LIFE
    assert replace(renewed, nonce=upload.nonce, nonce_expires_at=upload.nonce_expires_at) == upload
    assert texts.latest(upload) == renewed
    assert found(uploads, upload) == upload, "the uploads' table is not written"


def test_concurrent_renewals_return_one_text_until_it_expires(account: Account, texts: Texts) -> None:
    upload = an_awaiting_upload(account, a_certificate(key="ec"))
    first = texts.renew(upload, NOW + timedelta(hours=1))
    second = texts.renew(upload, NOW + timedelta(hours=1) + SECOND)
    assert first == second
    assert texts.renew(upload, first.nonce_expires_at).nonce != first.nonce


def test_a_renewed_text_ends_with_the_acceptance_that_it_was_written_for(account: Account, texts: Texts) -> None:
    upload = an_awaiting_upload(account, a_certificate(key="ec"))
    renewed = texts.renew(upload, NOW + timedelta(hours=1))
    accepted_again = replace(upload, accepted_as="11" * 16, nonce="11" * 16)
    assert texts.latest(accepted_again) == accepted_again
    assert texts.renew(accepted_again, NOW + timedelta(hours=1)).nonce != renewed.nonce


def test_invalid_proofs_are_counted_and_end_the_upload(account: Account, uploads: Uploads) -> None:
    upload = an_awaiting_upload(account, a_certificate(key="ec"))
    counted = [uploads.count_proof(upload) for _ in range(MAX_BAD_PROOFS)]
    assert counted == list(range(1, MAX_BAD_PROOFS + 1))
    with pytest.raises(ConditionFailed):
        uploads.count_proof(upload)
    ended = found(uploads, upload)
    assert ended.state_at(NOW) is UploadState.REJECTED
    assert [f.code for f in ended.findings_at(NOW)] == ["PROOF_ATTEMPTS_EXCEEDED"]


def test_invalid_proofs_are_counted_only_while_a_proof_is_awaited(account: Account, uploads: Uploads) -> None:
    upload = an_awaiting_upload(account, a_certificate(key="ec"))
    uploads.refuse(upload, failure(Code.NOT_AVAILABLE_FOR_REGISTRATION))
    refused = found(uploads, upload)
    with pytest.raises(ConditionFailed):
        uploads.count_proof(upload)
    uploads.return_proof_try(upload)
    assert found(uploads, upload) == refused


def test_a_returned_try_can_be_taken_again_and_never_more_than_were_taken(
    account: Account, uploads: Uploads
) -> None:
    upload = an_awaiting_upload(account, a_certificate(key="ec"))
    assert uploads.count_proof(upload) == 1
    for _ in range(3):
        uploads.return_proof_try(upload)
    assert [uploads.count_proof(upload) for _ in range(MAX_BAD_PROOFS)] == [1, 2, 3]


def test_a_refused_upload_loses_certificate_and_nonce(account: Account, uploads: Uploads) -> None:
    upload = an_awaiting_upload(account, a_certificate(key="ec"))
    uploads.refuse(upload, failure(Code.NOT_AVAILABLE_FOR_REGISTRATION))
    refused = found(uploads, upload)
    assert refused.state is UploadState.REJECTED
    (row,) = (item for item in account.items("UploadsTable") if item["id"]["S"] == upload.id)
    assert row.keys().isdisjoint({"der", "nonce"})

    uploads.refuse(upload, failure(Code.ALREADY_REGISTERED, registration_id="r1"))
    assert found(uploads, upload) == refused, "repeating it changes nothing"


def test_every_upload_and_quota_item_has_a_ttl(account: Account, uploads: Uploads) -> None:
    uploads.add(a_requested_upload())
    a_claimed_upload(uploads, a_requested_upload())
    items = account.items("UploadsTable") + account.items("AnnouncementsTable")
    ends = [int(item["ttl"]["N"]) for item in items]
    assert ends == [int((NOW + RETENTION).timestamp())] * 4


# --- the certificate, apart from the row ----------------------------------------------------------


def stored(account: Account, upload: Upload) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The upload's row, and its certificates."""
    items = {item["id"]["S"]: item for item in account.items("UploadsTable")}
    return items.pop(upload.id), [item for name, item in items.items() if name.startswith(f"{upload.id}.")]


def test_a_certificate_that_passed_is_written_once_and_the_row_stays_small(
    account: Account, uploads: Uploads
) -> None:
    certificate = a_certificate()
    upload = an_awaiting_upload(account, certificate)
    row, (apart,) = stored(account, upload)
    assert row.keys().isdisjoint({"der", "summary"})
    assert bytes(apart["der"]["B"]) == certificate.der
    # TTL erases items one by one, in any order, within days.
    assert int(apart["ttl"]["N"]) - int(row["ttl"]["N"]) == timedelta(days=7).total_seconds()
    assert uploads.count_proof(upload) == 1
    row, written = stored(account, upload)
    assert (size_of(row) < 1024, size_of(apart) < 2048) == (True, True), "one write unit each time, two once"
    assert written == [apart]
    assert found(uploads, upload) == replace(upload, bad_proofs=1)


def test_a_delivery_that_lost_its_lease_changes_no_certificate(account: Account, uploads: Uploads) -> None:
    claimed = a_claimed_upload(uploads, a_requested_upload())
    verdict = verdict_of(a_report(a_certificate(key="ec")))
    uploads.decide_and_publish(claimed, verdict, NOW)
    before = found(uploads, claimed)
    with pytest.raises(ConditionFailed):
        uploads.decide_and_publish(claimed, verdict_of(a_report(a_certificate(key="ec"))), NOW)
    assert found(uploads, claimed) == before
    assert len(stored(account, claimed)[1]) == 2, "the other is never read, and erased with the row"


def test_an_upload_and_its_certificate_are_read_in_one_call(account: Account, uploads: Uploads) -> None:
    upload = an_awaiting_upload(account, a_certificate(key="ec"))
    (call,) = account.recorded(lambda: uploads.find(upload.id))
    assert call.operation == "BatchGetItem"


def test_a_certificate_that_is_written_between_the_two_reads_of_a_batch_is_found(
    account: Account, uploads: Uploads
) -> None:
    """A batch is no snapshot: the row may be read after the certificate was looked for."""
    upload = an_awaiting_upload(account, a_certificate(key="ec"))
    (apart,) = stored(account, upload)[1]
    client, table = uploads.client, uploads.table
    client.delete_item(TableName=table, Key={"id": apart["id"]})
    put = partial(client.put_item, TableName=table, Item=apart)
    with account.interrupted(lambda call: call.operation == "GetItem", put):
        assert found(uploads, upload) == upload


@pytest.mark.parametrize("differs", ["der", "summary"])
def test_a_delivery_after_one_that_wrote_another_certificate_publishes_its_own(
    account: Account, uploads: Uploads, differs: str
) -> None:
    """The first was killed before it published; now another file arrived, or is described otherwise."""
    verdict = verdict_of(a_report(a_certificate(key="ec")))
    assert verdict.summary is not None
    claimed = a_claimed_upload(uploads, a_requested_upload())
    with account.killed_at(0, after=True), pytest.raises(Killed):
        uploads.decide_and_publish(claimed, verdict, NOW)
    later = NOW + VALIDATION_LEASE
    other = {
        "der": replace(
            verdict, der=b"another", summary=replace(verdict.summary, fingerprint=sha256(b"another").hexdigest())
        ),
        "summary": replace(verdict, summary=replace(verdict.summary, kind="another")),
    }[differs]

    uploads.decide_and_publish(uploads.claim(claimed.id, later), other, later)

    checking = found(uploads, claimed)
    assert isinstance(checking, Checking)
    assert (checking.der, checking.summary) == (other.der, other.summary)
    assert len(stored(account, claimed)[1]) == 2


def test_a_certificate_is_inside_the_row_while_an_earlier_release_reads_it(
    account: Account, uploads: Uploads
) -> None:
    claimed = a_claimed_upload(uploads, a_requested_upload())
    verdict = verdict_of(a_report(a_certificate(key="ec")))
    replace(uploads, apart=False).decide_and_publish(claimed, verdict, NOW)
    row, apart = stored(account, claimed)
    assert bytes(row["der"]["B"]) == verdict.der
    assert apart == []
    checking = found(uploads, claimed)
    assert isinstance(checking, Checking)
    assert (checking.der, checking.summary) == (verdict.der, verdict.summary)
