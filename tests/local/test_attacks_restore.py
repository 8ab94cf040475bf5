"""Attacks on the deployed service by what the bank does: a restore of a table, a hold, a denied key."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.support.expect import problem
from tools.admin.restore import main
from tools.cloud.automation import Automation
from tools.cloud.http_calls import HttpResponse
from tools.cloud.local_cloud import LocalCloud
from tools.demo.phone import Phone
from tools.pki.authorities import CustomerCertificate

pytestmark = [pytest.mark.cloud, pytest.mark.slow]
NewPhone = Callable[..., Phone]
NewCertificate = Callable[..., CustomerCertificate]
REASON = "unusual transfers, case 4711"


def prove(phone: Phone, certificate: CustomerCertificate) -> HttpResponse:
    """Upload, prove possession and ownership."""
    view = phone.upload({"signCert.der": certificate.der})
    assert view["state"] == "AWAITING_PROOF", view
    return phone.prove(view, certificate)


def registered(phone: Phone, certificate: CustomerCertificate) -> str:
    answer = prove(phone, certificate)
    assert answer.status == 201, answer.body
    return str(answer.json()["registration_id"])


def again(phone: Phone) -> None:
    """Another proof of identity: each is for one upload."""
    phone.proof_id = phone.step_up("register").json()["proof_id"]


def set_hold(automation: Automation, phone: Phone, registration_id: str, hold: str) -> dict[str, Any]:
    named = {"CustomerId": phone.customer.id, "RegistrationId": registration_id, "Reason": REASON}
    return automation.act("fraud.lee", "Hold" if hold == "on" else "Lift", **named)


def rows_of(cloud: LocalCloud, phone: Phone) -> list[dict[str, Any]]:
    answer = cloud.client("dynamodb").query(
        TableName=cloud.physical("RegistrationsTable"),
        KeyConditionExpression="pk = :customer",
        ExpressionAttributeValues={":customer": {"S": f"CUST#{phone.customer.id}"}},
        ConsistentRead=True,
    )
    return list(answer["Items"])


def status(phone: Phone, registration_id: str) -> str:
    return str(phone.call("GET", f"/registrations/{registration_id}").json()["status"])


@pytest.mark.parametrize(
    ("what", "expected"), [("loss", "SUSPENDED"), ("hold", "SUSPENDED"), ("removal", "DEREGISTERED")]
)
def test_a_restore_undoes_no_loss_report_hold_or_removal(
    cloud: LocalCloud,
    automation: Automation,
    new_phone: NewPhone,
    new_certificate: NewCertificate,
    what: str,
    expected: str,
) -> None:
    phone = new_phone()
    registration_id = registered(phone, new_certificate())
    client, table = cloud.client("dynamodb"), cloud.physical("RegistrationsTable")
    earlier = rows_of(cloud, phone)
    if what == "loss":
        assert phone.call("POST", f"/registrations/{registration_id}/loss").status == 200
    elif what == "hold":
        set_hold(automation, phone, registration_id, "on")
    else:
        proof = phone.step_up("deregister", registration_id).json()["proof_id"]
        assert phone.call("DELETE", f"/registrations/{registration_id}", **{"Proof-Id": str(proof)}).status == 200
    for item in earlier:
        client.put_item(TableName=table, Item=item)
    assert status(phone, registration_id) == expected

    copy = f"copy-{secrets.token_hex(4)}"
    keys = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
    types = [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")]
    client.create_table(TableName=copy, KeySchema=keys, AttributeDefinitions=types, BillingMode="PAY_PER_REQUEST")
    for item in earlier:
        client.put_item(TableName=copy, Item=item)
    kept = cloud.physical("KeptStatesTable")
    assert main(["registrations", "--from", copy, "--to", table, "--kept", kept], client) == 0
    client.delete_table(TableName=copy)
    assert status(phone, registration_id) == expected
    (row,) = rows_of(cloud, phone)
    assert row["lifecycle"]["S"] == ("DEREGISTERED" if what == "removal" else "LIVE")


def test_whom_the_bank_holds_registers_no_renewed_certificate(
    cloud: LocalCloud, automation: Automation, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone = new_phone()
    held = registered(phone, new_certificate())
    assert set_hold(automation, phone, held, "on")["done"]["status"] == "SUSPENDED"
    again(phone)
    problem(prove(phone, new_certificate()), "REG_SUSPENDED")
    assert set_hold(automation, phone, held, "off")["done"]["status"] == "ACTIVE"
    again(phone)
    assert status(phone, registered(phone, new_certificate())) == "ACTIVE"


class _OtherExponent:
    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        numbers = key.private_numbers()
        secret = pow(65539, -1, (numbers.p - 1) * (numbers.q - 1))
        public = rsa.RSAPublicNumbers(65539, numbers.p * numbers.q)
        parts = numbers.p, numbers.q, secret
        rest = rsa.rsa_crt_dmp1(secret, numbers.p), rsa.rsa_crt_dmq1(secret, numbers.q), numbers.iqmp
        self.key = rsa.RSAPrivateNumbers(*parts, *rest, public).private_key()


def test_a_blocked_key_does_not_come_back_with_another_exponent(
    automation: Automation, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone, thief = new_phone(), new_phone()
    key = rsa.generate_private_key(65537, 2048)
    registration_id = registered(phone, new_certificate(key=key))
    named = {"CustomerId": phone.customer.id, "RegistrationId": registration_id}
    automation.act("fraud.lee", "ProposeBlock", **named, Reason="phone stolen, 4711")
    digest = automation.act("kim.manager", "ViewBlock", **named)["done"]["digest"]
    automation.act("kim.manager", "ConfirmBlock", **named, Confirm=digest)
    assert status(phone, registration_id) == "BLOCKED"
    problem(prove(thief, new_certificate(key=_OtherExponent(key).key)), "NOT_AVAILABLE_FOR_REGISTRATION")
