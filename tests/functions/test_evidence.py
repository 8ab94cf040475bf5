"""The evidence that the service keeps verifies without it, whatever the status rests on."""

import hashlib
import json
from typing import Any

import jwt
import pytest
from cryptography import x509

from registrar.aws.buckets.trust_bucket import ACTIVE
from tests.support.app import App, put_trust, trust_demo_issuers
from tests.support.builders import NOW, a_pki
from tests.support.samples import relying_sample
from tests.support.signing import Signer, a_signer
from tools.admin.verify_evidence import Findings, verify
from tools.pki.crls import make_crl

DOCUMENT = b"the order"


def kept(signer: Signer, result: dict[str, Any]) -> bytes:
    account = signer.app.account
    place = {"Bucket": account.physical["EvidenceBucket"], "Key": result["evidence"]["key"]}
    content: bytes = account.client("s3").get_object(**place)["Body"].read()
    return content


def completed(signer: Signer) -> dict[str, Any]:
    request_id = signer.asked(document_sha256=hashlib.sha256(DOCUMENT).hexdigest())
    assert signer.sign(request_id).body["state"] == "COMPLETED"
    return signer.poll(request_id)


def checked(signer: Signer) -> Findings:
    return verify(kept(signer, completed(signer)))


def the_lists_of(app: App) -> None:
    """The root's list of CAs and each CA's list, all empty."""
    pki = a_pki()
    for authority, below in [(pki.root, ca.certificate) for ca in pki.issuers.values()]:
        (point,) = below.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
        app.account.lists[point.full_name[0].value] = make_crl(authority, [], this_update=NOW)


@pytest.fixture
def signer(app: App) -> Signer:
    trust_demo_issuers(app.account)
    return a_signer(app)


def test_kept_evidence_verifies(signer: Signer) -> None:
    found = checked(signer)

    assert found.wrong == []
    assert any("OCSP response says that the certificate is good as of" in line for line in found.checked)


def test_the_lists_on_which_the_cas_are_good_are_named(signer: Signer) -> None:
    document = a_pki().trust_document(check_authorities=True)
    put_trust(signer.app.account, ACTIVE, json.dumps(document).encode())
    the_lists_of(signer.app)

    found = checked(signer)

    assert found.wrong == []
    assert any("for the list number" in line for line in found.unchecked)
    assert not any("not looked up" in line for line in found.unchecked)


def test_the_sample_of_the_document_checks_a_receipt(signer: Signer) -> None:
    result = completed(signer)
    app = signer.app
    app.signed_in = False
    keys = json.loads(app.account.invoke("get_jwks", app.event("GET", "/.well-known/jwks.json"))["body"])
    sample: dict[str, Any] = {}
    exec(relying_sample("receipt"), sample)  # noqa: S102 - our own document
    given = (result["receipt"], DOCUMENT, result["request_id"])

    claims = sample["check_receipt"](*given, "transfers", "JBB", keys)

    assert claims["evidence_sha256"] == result["evidence"]["sha256"]
    with pytest.raises(jwt.InvalidAudienceError):
        sample["check_receipt"](*given, "loans", "JBB", keys)
    with pytest.raises(jwt.InvalidIssuerError):
        sample["check_receipt"](*given, "transfers", "XYZ", keys)
    with pytest.raises(ValueError, match="something else"):
        sample["check_receipt"](result["receipt"], b"another", result["request_id"], "transfers", "JBB", keys)
