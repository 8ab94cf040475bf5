"""One list of an issuer and the registrations on it, for the tests of watch_crl."""

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from cryptography import x509

from registrar.domain.registrations.registration import Registration
from registrar.domain.revocation.distribution_points import Point
from tests.support.account import Account
from tests.support.app import a_delivery
from tests.support.builders import NOW, a_certificate, a_pki, a_trust_store
from tests.support.rows import a_registration, registrations_of
from tools.pki.authorities import CustomerCertificate
from tools.pki.crls import Revoked, make_crl, scope

URL = "ldap://ds.yessign.example:389/ou=dp5p1,ou=AccreditedCA,o=yessign,c=kr?certificateRevocationList"
CA = a_pki().issuers["yessign"]
ISSUER = next(i for i in a_trust_store().issuers if i.operator.id == "yessign")
POINT = Point(ISSUER.certificate.key_digest, URL, "yessign")
FAILED = {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
REASON = x509.ReasonFlags
DAY = timedelta(days=1)


def publish(account: Account, *entries: Revoked, **overrides: Any) -> None:
    """A new list of the issuer, in its directory."""
    values: dict[str, Any] = {"this_update": account.at, "idp": scope(uris=[URL])}
    values["number"] = int(account.at.timestamp())
    account.lists[URL] = make_crl(CA, entries, **values | overrides)


def watch(account: Account, point: Point = POINT, **more: Any) -> Any:
    batch = a_delivery("")
    batch["Records"][0]["body"] = json.dumps({"point": asdict(point), **more})
    return account.invoke("watch_crl", batch)


def registered(account: Account, customer: str = "hong") -> tuple[Registration, CustomerCertificate]:
    certificate = a_certificate(key="ec", crl_url=URL)
    return a_registration(account, certificate, customer), certificate


def listed(certificate: CustomerCertificate, reason: x509.ReasonFlags | None = None) -> Revoked:
    return Revoked(certificate.certificate.serial_number, NOW - DAY, reason)


def now_of(account: Account, registration: Registration) -> Registration:
    found = registrations_of(account).find(registration.customer_id, registration.id)
    assert found is not None
    return found


def counts(account: Account) -> dict[str, int]:
    """The counts in the last run's log."""
    lines = [line for line in account.logged() if line["message"] == "crl watched"]
    found: dict[str, int] = lines[-1]["counts"]
    return found


# ---- changes that are applied
