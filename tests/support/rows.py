"""Named builders for what lies in the tables; each gives a good thing by default."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from registrar.aws import dynamo
from registrar.aws.tables.announcements import Announcements
from registrar.aws.tables.challenges import Challenges
from registrar.aws.tables.registrations import Registrations
from registrar.aws.tables.sessions import Sessions
from registrar.aws.tables.upload_checks import UploadChecks
from registrar.aws.tables.uploads import Uploads
from registrar.domain.access.challenge import Challenge, Operation, new_challenge
from registrar.domain.access.customer import Customer
from registrar.domain.certificates.decision import Report
from registrar.domain.certificates.file_decision import decide
from registrar.domain.certificates.verdicts import verdict_of
from registrar.domain.registrations.new_registration import new_registration
from registrar.domain.registrations.registration import Registration
from registrar.domain.registrations.upload import (
    UPLOAD_LIFE,
    AwaitingProof,
    Checking,
    Issued,
    Validating,
    new_upload_id,
)
from registrar.domain.registrations.upload_files import AnnouncedFile
from tests.support.account import Account
from tests.support.builders import NOW, a_certificate, a_good_status, a_trust_store
from tools.pki.authorities import CustomerCertificate

PASSWORD = "correct horse 배터리"
TOTP_SECRET = b"12345678901234567890"
PHONE = "+821012345678"


@cache
def a_password_hash() -> str:
    """At the least cost that Argon2id has (RFC 9106 3.1): test_passwords.py tests the real one."""
    kdf = Argon2id(salt=bytes(16), length=32, iterations=1, lanes=1, memory_cost=8)
    return kdf.derive_phc_encoded(PASSWORD.encode())


def a_customer(customer_id: str = "hong", **overrides: Any) -> Customer:
    values: dict[str, Any] = {
        "id": customer_id,
        "kind": "personal",
        "name": "홍길동",
        "language": "ko",
        "phone": PHONE,
        "password_hash": a_password_hash(),
        "totp_ciphertext": b"sealed",
    }
    return Customer(**values | overrides)


def a_requested_upload(
    customer_id: str = "hong", *, key: str | None = None, at: datetime = NOW, **overrides: Any
) -> Issued:
    values: dict[str, Any] = {
        "id": new_upload_id(customer_id, key),
        "customer_id": customer_id,
        "customer_kind": "personal",
        "files": (AnnouncedFile("signCert.der", 1460, "ab" * 32),),
        "method": "otp",
        "proved_at": at - timedelta(minutes=1),
        "created_at": at,
        "expires_at": at + UPLOAD_LIFE,
    }
    return Issued(**values | overrides)


def a_proof(
    account: Account,
    customer_id: str = "hong",
    operation: Operation = Operation.REGISTER,
    object_id: str = "",
    *,
    proved_at: datetime = NOW,
    method: str = "otp",
) -> Challenge:
    """A proof of identity in the table, as a verify function leaves it; nothing of it is recorded."""
    asked_at = proved_at - timedelta(seconds=20)
    challenge = new_challenge(
        customer_id, "personal", (method,), asked_at, operation=operation, object_id=object_id
    )
    with account.aside():
        challenges = Challenges(account.client("dynamodb"), account.physical["ChallengesTable"])
        challenges.add(challenge)
        return challenges.prove(challenge, method, proved_at)


def a_report(certificate: CustomerCertificate, at: datetime = NOW) -> Report:
    report = decide(certificate.der, a_trust_store(), "personal", at)
    assert report.accepted, report.findings
    return report


def uploads_of(account: Account) -> Uploads:
    client, physical = account.client("dynamodb"), account.physical
    return Uploads(client, physical["UploadsTable"], Announcements(client, physical["AnnouncementsTable"]))


def a_claimed_upload(uploads: Uploads, upload: Issued, at: datetime = NOW) -> Validating:
    """An upload whose only file arrived."""
    claimed = uploads.receive(uploads.add(upload).id, 0, at)
    assert claimed is not None
    return claimed


def registrations_of(account: Account) -> Registrations:
    physical = account.physical
    tables = (physical[name] for name in ("RegistrationsTable", "DenyListTable", "KeptStatesTable"))
    return Registrations(account.client("dynamodb"), *tables)


def sessions_of(account: Account) -> Sessions:
    return Sessions(account.client("dynamodb"), account.physical["SessionsTable"])


def a_checked_upload(
    account: Account, certificate: CustomerCertificate, customer_id: str = "hong", at: datetime = NOW
) -> Checking:
    """An upload of the table whose certificate passed; its issuer is asked next."""
    uploads, verdict = uploads_of(account), verdict_of(a_report(certificate, at))
    claimed = a_claimed_upload(uploads, a_requested_upload(customer_id, at=at), at)
    uploads.decide_and_publish(claimed, verdict, at)
    checking = uploads.find(claimed.id)
    assert isinstance(checking, Checking)
    return checking


def an_awaiting_upload(
    account: Account, certificate: CustomerCertificate, customer_id: str = "hong", at: datetime = NOW
) -> AwaitingProof:
    """An upload of the table that only the owner's proof is missing from."""
    checks = UploadChecks(account.client("dynamodb"), account.physical["UploadsTable"])
    checking = a_checked_upload(account, certificate, customer_id, at)
    return checks.accept(checking, [], a_good_status(at), at)


def a_registration(
    account: Account,
    certificate: CustomerCertificate | None = None,
    customer_id: str = "hong",
    at: datetime = NOW,
) -> Registration:
    """A registration of the table, come about as all do."""
    upload = an_awaiting_upload(account, certificate or a_certificate(key="ec"), customer_id, at)
    registration = new_registration(upload, "signature", "2026-11", at)
    registrations_of(account).add(registration, upload, account.physical["UploadsTable"], at)
    return registration


def check_obstacles(
    account: Account,
    new: Registration,
    replaced: Registration | None = None,
    older_key_ids: Collection[str] = (),
) -> None:
    """Read what stands in the way, and judge it. Raises CertificateTaken, Refusal."""
    registrations = registrations_of(account)
    keys = registrations.obstacle_keys(new.customer_id, new.fingerprint, new.key_digest, older_key_ids)
    found = list(dynamo.get_from(registrations.client, keys))
    registrations.check_obstacles(new, replaced, found)


def register(
    account: Account,
    registration: Registration,
    upload: AwaitingProof,
    replaced: Registration | None = None,
    older_key_ids: Collection[str] = (),
) -> None:
    """Check what stands in the way, and add it, as the handler does. Raises CertificateTaken."""
    registrations = registrations_of(account)
    check_obstacles(account, registration, replaced, older_key_ids)
    registrations.add(registration, upload, account.physical["UploadsTable"], NOW, replaced)


def put(account: Account, table: str, item: Mapping[str, Any]) -> None:
    account.client("dynamodb").put_item(TableName=account.physical[table], Item=item)
