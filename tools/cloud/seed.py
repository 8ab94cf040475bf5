"""Fills a fresh local cloud: the demo PKI's trust document, proposed as an admin would, a demo customer, and two
relying services.

The bank provides customers in production; here `enrol` writes what the bank would write.
"""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256

from registrar.aws.buckets.trust_bucket import INCOMING, REPORT
from registrar.aws.keys import CustomerSecrets
from registrar.aws.tables import customers as customer_items
from registrar.domain.access.credentials import Passkey
from registrar.domain.access.customer import Customer
from registrar.domain.access.passkeys import RelyingParty, check_creation
from registrar.domain.access.passwords import hash_password
from tools.cloud.automation import Automation
from tools.cloud.emulator import ROOT
from tools.cloud.local_cloud import LocalCloud
from tools.cloud.relying import seed_services
from tools.demo.authenticator import Authenticator, websafe
from tools.pki.authorities import DemoPki, kept_pki

# Not a real person's number: its check digit is wrong.
DEMO_IDN = "9001011234567"
DEMO_PHONE = "+821012345678"
# On a busy machine, the emulator's queue alone takes up to 30.
REPORT_SECONDS = 90
PKI_FOLDER = ROOT / "build/demo-pki"
RP_ID = "bank.example"
ORIGIN = "https://bank.example"


@dataclass(frozen=True)
class DemoCustomer:
    """A customer with their secrets."""

    id: str
    name: str
    kind: str
    phone: str
    password: str
    totp_secret: bytes
    idn: str

    @property
    def otpauth(self) -> str:
        """The URI that an authenticator app reads (secret in base32)."""
        secret = base64.b32encode(self.totp_secret).decode().rstrip("=")
        return f"otpauth://totp/Demo%20Bank:{self.id}?secret={secret}&issuer=Demo%20Bank"


def demo_pki(now: datetime) -> DemoPki:
    """The demo authorities, kept between runs so that a certificate issued yesterday stays valid."""
    return kept_pki(PKI_FOLDER, now)


def parameters(pki: DemoPki) -> dict[str, str]:
    """The stack's parameters: the demo root is pinned, and notices wait for neither morning nor SNS."""
    pin = pki.root.certificate.fingerprint(SHA256()).hex()
    return {
        "TrustAnchorPins": pin,
        "QuietHours": "0-0",
        "SmsPartsPerSecond": "1000",
        "PasskeyRpId": RP_ID,
        "PasskeyOrigins": ORIGIN,
    }


def propose_trust(cloud: LocalCloud, document: Mapping[str, Any]) -> dict[str, Any]:
    """Propose a trust document as an admin would, and wait for the report on this proposal."""
    content = json.dumps(document, ensure_ascii=False).encode()
    _put(cloud, INCOMING, content)
    digest = hashlib.sha256(content).hexdigest()
    return _report(cloud, lambda report: report.get("sha256") == digest)


def confirm_trust(automation: Automation, report: Mapping[str, Any]) -> dict[str, Any]:
    """Confirm the proposal of `report`, as another admin does after reading it."""
    done = automation.act("trust.lee", "ConfirmTrust", Confirm=str(report["sha256"]), Reason="report read")
    if "done" not in done:
        raise RuntimeError(f"the trust document was not confirmed: {done}")
    return _report(automation.cloud, lambda now: now.get("sha256") == report["sha256"] and now["activated"])


def _put(cloud: LocalCloud, key: str, content: bytes) -> None:
    cloud.client("s3").put_object(Bucket=cloud.outputs["TrustBucket"], Key=key, Body=content)


def _report(cloud: LocalCloud, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    s3 = cloud.client("s3")
    bucket = cloud.outputs["TrustBucket"]
    deadline = time.monotonic() + REPORT_SECONDS
    while time.monotonic() < deadline:
        try:
            report: dict[str, Any] = json.loads(s3.get_object(Bucket=bucket, Key=REPORT)["Body"].read())
        except s3.exceptions.NoSuchKey:
            report = {}
        if wanted(report):
            return report
        time.sleep(0.05)
    raise TimeoutError("no report on the proposed trust document")


def enrol(
    cloud: LocalCloud,
    customer_id: str,
    *,
    name: str = "홍길동",
    kind: str = "personal",
    phone: str = DEMO_PHONE,
    language: str = "ko",
    idn: str = DEMO_IDN,
    device: Authenticator | None = None,
    password: str | None = None,
) -> DemoCustomer:
    """Write a customer as the bank would, with a fresh one-time code secret and, unless it is given, password.

    With `device`, also write its passkey as add_passkey does. A password that is given to many is hashed once.
    """
    password_hash = _hash_of(password) if password else None
    password = password or secrets.token_urlsafe(9)
    totp_secret = secrets.token_bytes(20)
    customer = DemoCustomer(customer_id, name, kind, phone, password, totp_secret, idn)
    kms = cloud.client("kms")
    keys = CustomerSecrets(kms, cloud.outputs["CustomerKey"])
    identity = CustomerSecrets(kms, cloud.outputs["IdentityKey"])
    row = Customer(
        id=customer_id,
        kind=kind,
        name=name,
        language=language,
        phone=phone,
        password_hash=password_hash or hash_password(password),
        totp_ciphertext=keys.seal(customer_id, customer.totp_secret),
        idn_ciphertext=identity.seal(customer_id, idn.encode()),
        passkeys=(_passkey(device),) if device else (),
    )
    item = customer_items.to_item(row)
    cloud.client("dynamodb").put_item(TableName=cloud.outputs["CustomersTable"], Item=item)
    return customer


@cache
def _hash_of(password: str) -> str:
    return hash_password(password)


def _passkey(device: Authenticator) -> Passkey:
    challenge = secrets.token_bytes(16)
    made = {name: base64.b64decode(value) for name, value in device.create(challenge).items()}
    party = RelyingParty(RP_ID, "demo", frozenset({ORIGIN}))
    created = made["client_data_json"], made["attestation_object"]
    return check_creation(party, websafe(challenge), *created, "demo phone", datetime.now(UTC))


def seed(cloud: LocalCloud, pki: DemoPki, ocsp: str, *, language: str = "ko") -> DemoCustomer:
    """Activate the demo trust, whose OCSP responder is at the address `ocsp`, and enrol the demo customer and the
    relying services."""
    seed_services(cloud)
    report = propose_trust(cloud, pki.trust_document(version=1, ocsp=ocsp))
    if not report["activated"]:
        raise RuntimeError(f"the demo trust document was refused: {report['reasons']}")
    return enrol(cloud, "gildong", language=language)
