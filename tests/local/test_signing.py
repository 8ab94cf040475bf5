"""Signature requests on the local cloud: asked for by a system, signed on the phone, proved to it alone."""

import base64
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest

from tests.support.samples import relying_sample
from tests.support.signing import a_transfer
from tools.cloud import relying
from tools.cloud.emulator import REGION
from tools.cloud.local_cloud import LocalCloud
from tools.cloud.relying import RelyingClient, client_of
from tools.demo.phone import Phone, sign
from tools.pki.authorities import CustomerCertificate

pytestmark = pytest.mark.cloud

NewPhone = Callable[..., Phone]
NewCertificate = Callable[..., CustomerCertificate]


def registered(phone: Phone, certificate: CustomerCertificate) -> str:
    answer = phone.prove(phone.upload({"signCert.der": certificate.der}), certificate)
    return str(answer.json()["registration_id"])


def asked(transfers: RelyingClient, phone: Phone, key: str) -> dict[str, Any]:
    body = a_transfer(customer_id=phone.customer.id)
    answer = transfers.call("POST", "/signature-requests", body, Idempotency_Key=key)
    assert answer.status == 201, answer.json()
    return dict(answer.json())


def path_of(request: dict[str, Any]) -> str:
    return f"/customers/{request['customer_id']}/signature-requests/{request['request_id']}"


def signed(phone: Phone, request: dict[str, Any], certificate: CustomerCertificate, registration_id: str) -> Any:
    text = phone.call("GET", f"/signature-requests/{request['request_id']}").json()["text"]
    body = {"registration_id": registration_id, "signature": sign(certificate.key, text)}
    return phone.call("POST", f"/signature-requests/{request['request_id']}/signature", body)


def test_a_transfer_is_signed_on_the_phone_and_proved_to_its_service_alone(
    cloud: LocalCloud, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone, certificate = new_phone(), new_certificate()
    registration_id = registered(phone, certificate)
    transfers, loans = client_of(cloud, "transfers"), client_of(cloud, "loans")
    request = asked(transfers, phone, "local-transfer-1")

    (pending,) = phone.call("GET", "/signature-requests").json()["signature_requests"]
    assert pending["request_id"] == request["request_id"]
    answer = signed(phone, request, certificate, registration_id)

    assert (answer.status, answer.json()["state"]) == (200, "COMPLETED")
    result = transfers.call("GET", path_of(request)).json()
    assert (result["state"], result["registration_id"]) == ("COMPLETED", registration_id)
    keys = jwt.PyJWKSet.from_dict(phone.call("GET", "/.well-known/jwks.json").json())
    key = keys[jwt.get_unverified_header(result["receipt"])["kid"]]
    claims = jwt.decode(result["receipt"], key, algorithms=["ES256"], audience="transfers")
    assert (claims["jti"], claims["sub"]) == (request["request_id"], phone.customer.id)
    assert claims["certificate_sha256"] == hashlib.sha256(certificate.der).hexdigest()
    stored = cloud.client("s3").get_object(Bucket=cloud.outputs["EvidenceBucket"], Key=result["evidence"]["key"])
    assert hashlib.sha256(stored["Body"].read()).hexdigest() == claims["evidence_sha256"]

    refused = loans.call("GET", path_of(request))
    assert (refused.status, refused.json()["code"]) == (404, "SIGNING_REQUEST_NOT_FOUND")
    assert loans.call("POST", "/signature-requests", a_transfer(), Idempotency_Key="local-loans-1").status == 403
    repeated = signed_again(phone, request, registration_id)
    assert repeated.json() == answer.json()


def signed_again(phone: Phone, request: dict[str, Any], registration_id: str) -> Any:
    """A second answer, whatever it holds."""
    body = {"registration_id": registration_id, "signature": base64.b64encode(b"another").decode()}
    return phone.call("POST", f"/signature-requests/{request['request_id']}/signature", body)


def test_a_suspended_certificate_signs_nothing_and_a_declined_request_is_final(
    cloud: LocalCloud, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone, certificate = new_phone(), new_certificate()
    registration_id = registered(phone, certificate)
    transfers = client_of(cloud, "transfers")
    declined = asked(transfers, phone, "local-declined-1")
    assert phone.call("POST", f"/signature-requests/{declined['request_id']}/decline").json()["state"] == "DECLINED"
    request = asked(transfers, phone, "local-suspended-1")
    phone.call("POST", f"/registrations/{registration_id}/loss")

    answer = signed(phone, request, certificate, registration_id)

    assert (answer.status, answer.json()["state"]) == (200, "FAILED")
    result = transfers.call("GET", path_of(request)).json()
    assert (result["state"], result["reason"]["code"], result["receipt"]) == ("FAILED", "REG_SUSPENDED", None)
    assert transfers.call("GET", path_of(declined)).json()["state"] == "DECLINED"


def test_the_sample_of_the_document_gets_a_receipt(
    cloud: LocalCloud, new_phone: NewPhone, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    phone, certificate = new_phone(), new_certificate()
    registration_id = registered(phone, certificate)
    program = tmp_path / "sample.py"
    values = a_transfer()["values"]
    program.write_text(
        f"{relying_sample('python')}\n{relying_sample('signing')}\n"
        f"print(sign_transfer({phone.customer.id!r}, {values!r}, b'the order, as it is executed'))\n",
        encoding="utf-8",
    )
    credentials = relying.credentials_of(cloud.emulator, "transfers")
    environment = {
        "PATH": os.defpath,
        "HOME": str(tmp_path),
        "RELYING_API": cloud.relying_url,
        "AWS_ACCESS_KEY_ID": credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
        "AWS_SESSION_TOKEN": str(credentials.token),
        "AWS_DEFAULT_REGION": REGION,
    }
    with subprocess.Popen(  # noqa: S603 - our own document
        [sys.executable, str(program)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        signed(phone, waited_for(phone), certificate, registration_id)
        printed, errors = running.communicate(timeout=60)

    assert running.returncode == 0, errors
    claims = jwt.decode(printed.strip(), options={"verify_signature": False})
    assert claims["document_sha256"] == hashlib.sha256(b"the order, as it is executed").hexdigest()


def waited_for(phone: Phone) -> dict[str, Any]:
    """The request that a system is about to create."""
    for _ in range(60):
        found = phone.call("GET", "/signature-requests").json()["signature_requests"]
        if found:
            return dict(found[0])
        time.sleep(0.5)
    raise AssertionError("no request came")
