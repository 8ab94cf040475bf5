"""Relying services on the local cloud: who is denied, and what a status says right after the customer acts."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.credentials import Credentials

from registrar.domain.access.relying_service import RelyingService, Use
from tests.support.expect import refused_by_the_gateway
from tests.support.samples import relying_sample
from tools.cloud import relying
from tools.cloud.emulator import ACCESS_KEY, SECRET_KEY
from tools.cloud.http_calls import HttpResponse, send
from tools.cloud.local_cloud import LocalCloud
from tools.cloud.relying import RelyingClient, client_of
from tools.demo.phone import Phone
from tools.pki.authorities import CustomerCertificate

pytestmark = pytest.mark.cloud

NewPhone = Callable[..., Phone]
NewCertificate = Callable[..., CustomerCertificate]
NOBODYS = {"certificate": {"fingerprint": "0" * 64}, "purpose": "VIEW"}


def with_credentials(
    cloud: LocalCloud, access_key: str, secret_key: str, token: str | None = None
) -> RelyingClient:
    return RelyingClient(cloud.relying_url, Credentials(access_key, secret_key, token))


def unsigned(cloud: LocalCloud) -> HttpResponse:
    return send("POST", f"{cloud.relying_url}/status", NOBODYS)


def with_a_wrong_key(cloud: LocalCloud) -> HttpResponse:
    right = client_of(cloud, "transfers").credentials
    return with_credentials(cloud, right.access_key, "wrong", right.token).call("POST", "/status", NOBODYS)


def with_an_unknown_key(cloud: LocalCloud) -> HttpResponse:
    return with_credentials(cloud, "AKIA" + 16 * "0", "x" * 40).call("POST", "/status", NOBODYS)


def with_a_changed_body(cloud: LocalCloud) -> HttpResponse:
    """Another body under the signature of the first."""
    headers = client_of(cloud, "transfers").signed("POST", "/status", json.dumps(NOBODYS).encode())
    other = json.dumps({**NOBODYS, "purpose": "NORMAL"}).encode()
    return send("POST", f"{cloud.relying_url}/status", other, headers)


def of_a_role_without_permission(cloud: LocalCloud) -> HttpResponse:
    relying.enter(cloud, relying.make_role(cloud, "idle", []), relying.SEEDED[0])
    return client_of(cloud, "idle").call("POST", "/status", NOBODYS)


def of_a_role_with_another_method(cloud: LocalCloud) -> HttpResponse:
    role = relying.make_role(cloud, "batches", ["POST/status/batch", "GET/status"])
    relying.enter(cloud, role, relying.SEEDED[0])
    client = client_of(cloud, "batches")
    batch = {"certificates": [NOBODYS["certificate"]], "purpose": "VIEW"}
    assert client.call("POST", "/status/batch", batch).status == 200
    return client.call("POST", "/status", NOBODYS)


def of_a_function(cloud: LocalCloud) -> HttpResponse:
    """With the role of a function of the service itself, as whoever stole it."""
    name = cloud.client("lambda").get_function_configuration(FunctionName=cloud.physical("LoginFunction"))["Role"]
    given = cloud.client("sts").assume_role(RoleArn=name, RoleSessionName="stolen")["Credentials"]
    keys = given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]
    return with_credentials(cloud, *keys).call("POST", "/status", NOBODYS)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (unsigned, "RELYING_SERVICE_NOT_SIGNED"),
        (with_a_wrong_key, "RELYING_SERVICE_NOT_SIGNED"),
        (with_an_unknown_key, "MALFORMED_REQUEST"),
        (with_a_changed_body, "RELYING_SERVICE_NOT_SIGNED"),
    ],
)
def test_a_call_without_a_valid_signature_is_refused(
    cloud: LocalCloud, call: Callable[[LocalCloud], HttpResponse], code: str
) -> None:
    refused_by_the_gateway(call(cloud), code)


@pytest.mark.parametrize("call", [of_a_role_without_permission, of_a_role_with_another_method, of_a_function])
def test_iam_denies_the_call(cloud: LocalCloud, call: Callable[[LocalCloud], HttpResponse]) -> None:
    answer = call(cloud)

    # The emulator responds before its gateway: in AWS it has the problem document of the template.
    assert answer.status == 403
    assert "code" not in answer.json()


def without_an_entry(cloud: LocalCloud) -> HttpResponse:
    relying.make_role(cloud, "stranger")
    return client_of(cloud, "stranger").call("POST", "/status", NOBODYS)


def of_the_account_itself(cloud: LocalCloud) -> HttpResponse:
    return with_credentials(cloud, ACCESS_KEY, SECRET_KEY).call("POST", "/status", NOBODYS)


def of_a_user_with_the_name_of_a_role(cloud: LocalCloud) -> HttpResponse:
    iam = cloud.client("iam")
    name = relying.role_name("transfers")
    iam.create_user(UserName=name)
    policy = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [policy]})
    iam.put_user_policy(UserName=name, PolicyName="call", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return with_credentials(cloud, key["AccessKeyId"], key["SecretAccessKey"]).call("POST", "/status", NOBODYS)


@pytest.mark.parametrize("call", [without_an_entry, of_the_account_itself, of_a_user_with_the_name_of_a_role])
def test_a_principal_without_an_entry_is_refused(
    cloud: LocalCloud, call: Callable[[LocalCloud], HttpResponse]
) -> None:
    answer = call(cloud)

    assert (answer.status, answer.json()["code"]) == (403, "RELYING_SERVICE_UNKNOWN")


def test_a_service_without_the_use_is_refused(cloud: LocalCloud) -> None:
    service = RelyingService("cards", {"ko": "카드", "en": "Cards"}, frozenset({Use.VERIFY}), frozenset())
    relying.enter(cloud, relying.make_role(cloud, "cards"), service)

    answer = client_of(cloud, "cards").call("POST", "/status", NOBODYS)

    assert (answer.status, answer.json()["code"]) == (403, "RELYING_SERVICE_NOT_ALLOWED")


def test_neither_api_accepts_the_callers_of_the_other(cloud: LocalCloud, new_phone: NewPhone) -> None:
    phone = new_phone()
    token = {"Authorization": f"Bearer {phone.token}"}
    service = client_of(cloud, "transfers")

    refused_by_the_gateway(send("POST", f"{cloud.relying_url}/status", NOBODYS, token), "MALFORMED_REQUEST")
    there = RelyingClient(cloud.url, service.credentials)
    assert there.call("GET", "/registrations").status == 401


def status_of(client: RelyingClient, certificate: dict[str, str], purpose: str = "NORMAL") -> Any:
    answer = client.call("POST", "/status", {"certificate": certificate, "purpose": purpose})
    assert answer.status == 200, answer.body
    return answer.json()


def test_a_status_follows_the_customer_at_once(
    cloud: LocalCloud, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone = new_phone()
    certificate = new_certificate()
    registered = phone.prove(phone.upload({"signCert.der": certificate.der}), certificate).json()
    fingerprint = hashlib.sha256(certificate.der).hexdigest()
    transfers = client_of(cloud, "transfers")
    loans = client_of(cloud, "loans")

    before = status_of(transfers, {"fingerprint": fingerprint}, "HIGH_VALUE")
    assert before["usable"]
    assert (before["customer_id"], before["registration_id"]) == (phone.customer.id, registered["registration_id"])
    assert before["revocation"]["fresh"]

    phone.call("POST", f"/registrations/{registered['registration_id']}/loss")

    named = {"customer_id": phone.customer.id, "registration_id": registered["registration_id"]}
    for client in (transfers, loans):
        after = status_of(client, named, "VIEW")
        assert (after["usable"], after["reason"]["code"]) == (False, "REG_SUSPENDED")


def test_the_sample_of_the_document_gets_the_status_of_a_registered_certificate(
    cloud: LocalCloud, new_phone: NewPhone, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    phone = new_phone()
    certificate = new_certificate()
    phone.prove(phone.upload({"signCert.der": certificate.der}), certificate)
    name = {"fingerprint": hashlib.sha256(certificate.der).hexdigest()}
    program = tmp_path / "sample.py"
    program.write_text(
        f"{relying_sample('python')}\n"
        f"name = {name!r}\n"
        "usable, answer = may_use(name, 'NORMAL')\n"
        "batch = may_use_each([name, {'fingerprint': '0' * 64}], 'VIEW')\n"
        "print(json.dumps([usable, answer['customer_id'], [each['usable'] for each in batch]]))\n",
        encoding="utf-8",
    )
    shell = relying.shell_variables(cloud.emulator, "transfers")
    done = subprocess.run(  # noqa: S603 - our own document
        ["/bin/sh", "-c", f'{shell}exec "$0" "$1"', sys.executable, str(program)],
        env={"PATH": os.defpath, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [True, phone.customer.id, [True, False]]
