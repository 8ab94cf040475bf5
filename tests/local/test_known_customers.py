"""The test customers that `make up` seeds: each ends as docs/integrate.md says, every time."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from registrar.domain.certificates.trust_document import read_document
from tests.support.samples import GUIDE
from tests.support.signing import a_transfer
from tools.cloud import seed
from tools.cloud.known_customers import KNOWN, KnownCustomer, seed_known, write_folder
from tools.cloud.local_cloud import LocalCloud
from tools.cloud.relying import client_of
from tools.demo.phone import Phone, sign
from tools.pki.authorities import CustomerCertificate, DemoPki
from tools.pki.issue import OUTCOMES
from tools.pki.issuers import DemoIssuers

pytestmark = pytest.mark.cloud

each_customer = pytest.mark.parametrize("name", KNOWN)
TWICE = range(2)


@pytest.fixture(scope="module")
def known(cloud: LocalCloud, pki: DemoPki, issuers: DemoIssuers) -> Mapping[str, KnownCustomer]:
    document = json.dumps(pki.trust_document(version=1, ocsp=issuers.url)).encode()
    store = read_document(document, [seed.parameters(pki)["TrustAnchorPins"]])
    return seed_known(cloud, pki, store, issuers.set_mode)


def fingerprint(found: KnownCustomer) -> str:
    return hashlib.sha256((found.registered or found.new).der).hexdigest()


@each_customer
def test_the_login_by_certificate_ends_as_documented(
    name: str, cloud: LocalCloud, known: Mapping[str, KnownCustomer]
) -> None:
    phone = Phone(cloud.url, known[name].customer)
    for _ in TWICE:
        answer = phone.log_in_by_certificate(known[name].registered or known[name].new)
        assert answer.json().get("code") == KNOWN[name].login, answer.json()
        assert (answer.status == 200) is (KNOWN[name].login is None)


@each_customer
def test_the_status_is_as_documented(name: str, cloud: LocalCloud, known: Mapping[str, KnownCustomer]) -> None:
    transfers = client_of(cloud, "transfers")
    body = {"certificate": {"fingerprint": fingerprint(known[name])}, "purpose": "NORMAL"}
    for _ in TWICE:
        answer = transfers.call("POST", "/status", body).json()
        assert code_of(answer) == KNOWN[name].status, answer


def code_of(answer: dict[str, Any]) -> str | None:
    """The code of a problem document, or of the reason in a view; None where all is well."""
    code: str | None = answer["code"] if "code" in answer else (answer["reason"] or {}).get("code")
    return code


@each_customer
def test_a_signature_request_and_the_other_certificate_end_as_documented(
    name: str, cloud: LocalCloud, known: Mapping[str, KnownCustomer]
) -> None:
    found = known[name]
    phone = Phone(cloud.url, found.customer, address="198.18.200.1")
    assert phone.log_in().status == 200
    for _ in TWICE:
        answer = answered_request(cloud, phone, found)
        assert code_of(answer) == KNOWN[name].signing, answer
        assert (answer.get("state") == "COMPLETED") is (KNOWN[name].signing is None)
    assert code_of_registering(phone, found.new) == OUTCOMES[name].code


def answered_request(cloud: LocalCloud, phone: Phone, found: KnownCustomer) -> dict[str, Any]:
    """The response to a right signature for a new request."""
    body = a_transfer(customer_id=found.customer.id)
    asked = client_of(cloud, "transfers").call(
        "POST", "/signature-requests", body, Idempotency_Key=str(uuid.uuid4())
    )
    path = f"/signature-requests/{asked.json()['request_id']}"
    signature = sign((found.registered or found.new).key, phone.call("GET", path).json()["text"])
    given = {"registration_id": found.registration_id or "r" + "0" * 32, "signature": signature}
    return dict(phone.call("POST", f"{path}/signature", given).json())


def code_of_registering(phone: Phone, certificate: CustomerCertificate) -> str | None:
    view = phone.upload({"signCert.der": certificate.der})
    if view["state"] != "AWAITING_PROOF":
        return str(view["headline"])
    answer = phone.prove(view, certificate)
    return None if answer.status == 201 else str(answer.json()["code"])


def test_the_files_of_a_customer_are_those_that_a_customer_holds(
    known: Mapping[str, KnownCustomer], tmp_path: Path
) -> None:
    for name, found in known.items():
        write_folder(tmp_path / name, found, "export CUSTOMER_ID=…\n")
    assert {path.name for path in (tmp_path / "wrong-owner").iterdir()} == {"login.env", "new"}
    files = {path.name: path.read_bytes() for path in (tmp_path / "good/registered").iterdir()}
    assert files.keys() == {"signCert.der", "signPri.key", "certificate.pfx", "key.pem", "random_number.hex"}
    assert hashlib.sha256(files["signCert.der"]).hexdigest() == fingerprint(known["good"])


@each_customer
def test_the_document_lists_the_customer(name: str) -> None:
    (row,) = (line for line in GUIDE.splitlines() if line.startswith(f"| `test-{name}`"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    how = KNOWN[name]
    expected = [
        how.login or "a session",
        how.status or "usable",
        how.signing or "`COMPLETED`",
        OUTCOMES[name].code or "a registration",
    ]
    assert [cell.strip("`") for cell in cells[1:]] == [each.strip("`") for each in expected]
