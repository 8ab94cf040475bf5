"""The audit on the local cloud: a deed of staff ends in the chain, and nobody else writes there."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from registrar.aws.buckets.audit_bucket import AuditBucket, audit_key
from registrar.domain.evidence.audit_chain import AuditEntry, read
from tests.support.builders import NOW
from tests.support.roles import AsRole, is_denied
from tools.admin.verify_audit import S3Bucket, verify
from tools.cloud.automation import Automation
from tools.cloud.local_cloud import LocalCloud
from tools.demo.phone import Phone
from tools.pki.authorities import CustomerCertificate

pytestmark = pytest.mark.cloud
NewPhone = Callable[..., Phone]
NewCertificate = Callable[..., CustomerCertificate]
REASON = "unusual transfers, case 4711-audit"


def lines_with(cloud: LocalCloud, text: str) -> list[dict[str, Any]]:
    """The entries of the chain whose line contains a text."""
    bucket = S3Bucket(cloud.client("s3"), cloud.outputs["AuditBucket"])
    entries = [entry for number in bucket.numbers() for entry in read(bucket.read(number))]
    return [entry for entry in entries if text in entry["line"]]


def waited_for(cloud: LocalCloud, text: str, *, seconds: float = 60) -> list[dict[str, Any]]:
    """Wait until the chain has such an entry."""
    deadline = time.monotonic() + seconds
    while not (found := lines_with(cloud, text)):
        if time.monotonic() > deadline:
            raise TimeoutError(f"no entry with {text!r} within {seconds} s")
        time.sleep(0.2)
    return found


def test_a_hold_by_staff_is_in_the_chain_and_the_chain_verifies(
    cloud: LocalCloud, automation: Automation, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone = new_phone()
    certificate = new_certificate()
    registered = phone.prove(phone.upload({"signCert.der": certificate.der}), certificate)
    registration_id = registered.json()["registration_id"]

    automation.act("fraud.lee", "Hold", CustomerId=phone.customer.id, RegistrationId=registration_id, Reason=REASON)

    (entry, *_) = waited_for(cloud, REASON)
    assert entry["group"] == "/registrar/set_bank_hold"
    assert "fraud.lee" in entry["line"]
    assert registration_id in entry["line"]
    report = verify(S3Bucket(cloud.client("s3"), cloud.outputs["AuditBucket"]), now=NOW)
    assert report.wrong == []
    assert report.entries >= 1


def test_writers_that_race_never_fork_the_chain(cloud: LocalCloud) -> None:
    name = cloud.outputs["AuditBucket"]

    def append(writer: int) -> None:
        # A writer of its own each, which knows no head yet.
        bucket = AuditBucket(cloud.client("s3"), name)
        for number in range(3):
            bucket.append([AuditEntry(f"race-{writer}-{number}", "/race", "2026-11-29T00:00:00Z", "race")])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(append, range(4)))

    assert len({entry["id"] for entry in lines_with(cloud, "race") if entry["group"] == "/race"}) == 12
    assert verify(S3Bucket(cloud.client("s3"), name), now=NOW).wrong == []


def test_only_the_audit_path_may_write_or_read_the_chain(cloud: LocalCloud, as_role: AsRole) -> None:
    # Every role and action: tests/local/test_permissions.py.
    put = {"Bucket": cloud.outputs["AuditBucket"], "Key": audit_key(1), "Body": b"forged"}
    queue = {"QueueUrl": cloud.physical("AuditQueue"), "MessageBody": "{}"}

    for name in ("SetBankHold", "ConfirmBlock", "CollectAudit"):
        assert is_denied(as_role(name, "s3"), "PutObject", put)
    for name in ("SetBankHold", "ConfirmBlock", "KeepAudit"):
        assert is_denied(as_role(name, "sqs"), "SendMessage", queue)
