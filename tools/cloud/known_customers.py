"""Test customers whose outcome is known: what integrators log in as, sign with, ask about and register.

Each has two certificates of one outcome: one is registered (but that of `wrong-owner`, which cannot be), another is
there to register. Their files are in build/customers/<id>/registered and …/new, beside login.env.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509

from registrar.aws.tables.announcements import Announcements
from registrar.aws.tables.registrations import Registrations
from registrar.aws.tables.upload_checks import UploadChecks
from registrar.aws.tables.uploads import Uploads
from registrar.domain.certificates.file_decision import decide
from registrar.domain.certificates.trust import TrustStore
from registrar.domain.certificates.verdicts import verdict_of
from registrar.domain.possession.texts_to_sign import CONSENT_VERSION
from registrar.domain.registrations.new_registration import new_registration
from registrar.domain.registrations.registration import Registration
from registrar.domain.registrations.upload import UPLOAD_LIFE, Checking, Issued, new_upload_id
from registrar.domain.registrations.upload_files import AnnouncedFile
from registrar.domain.revocation.status import Status, StatusValue, recorded
from tools.cloud.local_cloud import LocalCloud
from tools.cloud.seed import DemoCustomer, enrol
from tools.pki.authorities import CustomerCertificate, DemoPki
from tools.pki.issue import FILE_PASSWORD, OUTCOMES, customer_files, issue_for

SetMode = Callable[[x509.Certificate, str], None]
AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Known:
    """How it ends for a test customer whose certificate was registered `days_ago`, if it was.

    The codes: of a login by the certificate alone, of its status for a usual transaction (`NORMAL`), and of a
    signature request that it signed; None where all is well.
    """

    registered: bool = True
    days_ago: int = 0
    login: str | None = None
    status: str | None = None
    signing: str | None = None


KNOWN: Final[Mapping[str, Known]] = {
    "good": Known(),
    "revoked": Known(login="REG_REVOKED", status="REG_REVOKED", signing="REG_REVOKED"),
    "on-hold": Known(login="REG_HELD", status="REG_HELD", signing="REG_HELD"),
    "expired": Known(days_ago=60, login="REG_EXPIRED", status="REG_EXPIRED", signing="REG_EXPIRED"),
    "no-response": Known(days_ago=30, status="STATUS_OUTDATED", signing="REVOCATION_NOT_CONFIRMED"),
    "wrong-owner": Known(
        registered=False, login="LOGIN_CERTIFICATE_FAILED", status="NOT_REGISTERED", signing="REG_NOT_FOUND"
    ),
}
"""By the outcome of the certificate that is there to register (tools/pki/issue.py)."""


@dataclass(frozen=True)
class KnownCustomer:
    """A test customer, their registration and its certificate, and the certificate that is there to register."""

    customer: DemoCustomer
    registration_id: str | None
    registered: CustomerCertificate | None
    new: CustomerCertificate


def seed_known(
    cloud: LocalCloud, pki: DemoPki, store: TrustStore, set_mode: SetMode, prefix: str = "test-"
) -> dict[str, KnownCustomer]:
    """Enrol and register them, by outcome. `set_mode` tells the issuers how to respond about a certificate."""
    now = datetime.now(UTC).replace(microsecond=0)
    seeded = {}
    for number, (name, known) in enumerate(KNOWN.items(), start=1):
        outcome = OUTCOMES[name]
        customer = enrol(cloud, f"{prefix}{name}", phone=f"+8210000000{number:02d}")
        new = issue_for(outcome, pki, now)
        set_mode(new.certificate, outcome.mode)
        registration: Registration | None = None
        held: CustomerCertificate | None = None
        if known.registered:
            held = issue_for(outcome, pki, now, not_before=now - timedelta(days=100))
            set_mode(held.certificate, outcome.mode)
            registration = _register(cloud, store, customer.id, held, now - timedelta(days=known.days_ago))
            _apply_mode(cloud, registration, outcome.mode, now)
        seeded[name] = KnownCustomer(customer, registration.id if registration else None, held, new)
    return seeded


def write_folder(folder: Path, known: KnownCustomer, login: str) -> None:
    """Write a test customer's files: `login` as login.env, and the certificates as customers hold them."""
    for name, certificate in (("registered", known.registered), ("new", known.new)):
        if certificate is not None:
            (folder / name).mkdir(parents=True, exist_ok=True)
            for file, content in customer_files(certificate, FILE_PASSWORD).items():
                (folder / name / file).write_bytes(content)
    (folder / "login.env").write_text(login)


def _register(
    cloud: LocalCloud, store: TrustStore, customer_id: str, certificate: CustomerCertificate, at: datetime
) -> Registration:
    """Register at `at`, which may be long ago, by the writes of the service's functions."""
    client = cloud.client("dynamodb")
    table = cloud.physical("UploadsTable")
    uploads = Uploads(client, table, Announcements(client, cloud.physical("AnnouncementsTable")))
    announced = Issued(
        id=new_upload_id(customer_id, None),
        customer_id=customer_id,
        customer_kind="personal",
        files=(AnnouncedFile("signCert.der", len(certificate.der), hashlib.sha256(certificate.der).hexdigest()),),
        method="otp",
        proved_at=at,
        created_at=at,
        expires_at=at + UPLOAD_LIFE,
    )
    claimed = uploads.receive(uploads.add(announced).id, 0, at)
    if claimed is None:
        raise RuntimeError(f"the upload of {customer_id} misses a file")
    uploads.decide_and_publish(claimed, verdict_of(decide(certificate.der, store, "personal", at)), at)
    checking = uploads.find(claimed.id)
    if not isinstance(checking, Checking):
        raise RuntimeError(f"the certificate of {customer_id} was refused: {checking}")
    good = recorded(Status(StatusValue.GOOD, "ocsp", as_of=at, until=at + timedelta(hours=1)), AN_HOUR, at, ())
    upload = UploadChecks(client, table).accept(checking, [], good, at)
    registration = new_registration(upload, "signature", CONSENT_VERSION, at)
    _registrations(cloud).add(registration, upload, table, at)
    return registration


def _apply_mode(cloud: LocalCloud, found: Registration, mode: str, now: datetime) -> None:
    """Record what the issuer responds, as the nightly watch would."""
    if mode == "revoked":
        _registrations(cloud).revoke(found.customer_id, found.id, "unspecified", now, now)
    if mode == "hold":
        _registrations(cloud).hold_by_issuer(found.customer_id, found.id, now, now)


def _registrations(cloud: LocalCloud) -> Registrations:
    names = ("RegistrationsTable", "DenyListTable", "KeptStatesTable")
    return Registrations(cloud.client("dynamodb"), *map(cloud.physical, names))
