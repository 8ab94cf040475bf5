"""Attacks with the stolen role of one function: what it writes has no effect outside the function's own work."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from registrar.aws import dynamo
from registrar.domain.access.session import read_token, secret_digest
from registrar.domain.possession.texts_to_sign import CONSENT_VERSION
from registrar.domain.registrations.upload import UploadState
from tests.support.expect import problem, refused_by_the_gateway
from tests.support.grants import HOLDERS, ROLES
from tests.support.roles import AsRole, is_denied
from tools.cloud.local_cloud import LocalCloud
from tools.demo.phone import Phone
from tools.pki.authorities import CustomerCertificate

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

NewPhone = Callable[..., Phone]
NewCertificate = Callable[..., CustomerCertificate]
DECIDING = HOLDERS["dynamodb:UpdateItem", "UploadsTable"]
STARTING = HOLDERS["dynamodb:UpdateItem", "SessionsTable"]
SET_OPENED = {
    "UpdateExpression": "SET #state = :state, opened = :true",
    "ExpressionAttributeNames": {"#state": "state"},
    "ExpressionAttributeValues": {":state": {"S": "AWAITING_PROOF"}, ":true": {"BOOL": True}},
}


def register(phone: Phone, upload_id: str) -> Any:
    return phone.call("POST", f"/uploads/{upload_id}/registration", {"consent_version": CONSENT_VERSION})


@pytest.mark.parametrize("name", sorted(set(ROLES) - DECIDING))
def test_a_role_that_decides_nothing_cannot_write_an_upload(name: str, cloud: LocalCloud, as_role: AsRole) -> None:
    table, key = cloud.physical("UploadsTable"), {"id": dynamo.text("x" * 32)}
    dynamodb = as_role(name, "dynamodb")

    assert is_denied(dynamodb, "UpdateItem", {"TableName": table, "Key": key, **SET_OPENED})
    assert is_denied(dynamodb, "PutItem", {"TableName": table, "Item": key})
    transaction = [{"Update": {"TableName": table, "Key": key, **SET_OPENED}}]
    assert is_denied(dynamodb, "TransactWriteItems", {"TransactItems": transaction})


@pytest.mark.parametrize("name", sorted(set(ROLES) - STARTING))
def test_a_role_that_checks_no_factor_cannot_write_a_session(name: str, cloud: LocalCloud, as_role: AsRole) -> None:
    table, key = cloud.physical("SessionsTable"), {"customer_id": dynamo.text("nobody")}
    start = {
        "UpdateExpression": "SET secret_digest = :digest",
        "ExpressionAttributeValues": {":digest": dynamo.binary(bytes(32))},
    }
    dynamodb = as_role(name, "dynamodb")

    assert is_denied(dynamodb, "UpdateItem", {"TableName": table, "Key": key, **start})
    assert is_denied(dynamodb, "PutItem", {"TableName": table, "Item": key})


def test_who_may_announce_uploads_registers_no_strangers_certificate(
    cloud: LocalCloud, as_role: AsRole, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    """The certificate is public: neither its key nor its owner's R is known to the attacker."""
    phone, certificate = new_phone(), new_certificate()
    upload_id = phone.announce({"signCert.der": certificate.der}).json()["upload_id"]
    table = cloud.physical("AnnouncementsTable")
    announced = dynamo.get(cloud.client("dynamodb"), table, {"id": dynamo.text(upload_id)})
    assert announced is not None
    in_a_day = datetime.now(UTC) + timedelta(days=1)
    decided = {
        "state": dynamo.text(UploadState.AWAITING_PROOF),
        "opened": {"BOOL": True},
        "der": dynamo.binary(certificate.der),
        "nonce": dynamo.text("00" * 16),
        "nonce_expires_at": dynamo.instant(in_a_day),
        "expires_at": dynamo.instant(in_a_day),
    }

    as_role("RequestUpload", "dynamodb").put_item(TableName=table, Item={**announced, **decided})

    problem(register(phone, upload_id), "IN_PROGRESS")
    assert phone.call("GET", f"/uploads/{upload_id}").json()["state"] == "ISSUED"
    assert phone.call("GET", "/registrations").json() == {"registrations": []}


@pytest.mark.parametrize("name", ["Authorize", "Logout"])
def test_who_may_record_the_use_of_sessions_starts_none(
    name: str, cloud: LocalCloud, as_role: AsRole, new_phone: NewPhone
) -> None:
    phone = new_phone(log_in=False)
    stranger = Phone(phone.url, phone.customer, address=phone.address)
    handle = str(new_phone().token).partition(".")[0]
    stranger.token = f"{handle}.{'A' * 43}"
    claimed = read_token(stranger.token)
    assert claimed is not None
    item = {
        "id": dynamo.text(secret_digest(claimed[1]).hex()),
        "customer_id": dynamo.text(claimed[0]),
        "secret_digest": dynamo.binary(secret_digest(claimed[1])),
        "seen_at": dynamo.instant(datetime.now(UTC) + timedelta(days=1)),
    }
    values = {f":{n}": value for n, value in item.items() if n != "id"}
    call = {
        "TableName": cloud.physical("SessionUsesTable"),
        "Key": {"id": item["id"]},
        "UpdateExpression": "SET customer_id = :customer_id, secret_digest = :secret_digest, seen_at = :seen_at",
        "ExpressionAttributeValues": values,
    }

    # AWS denies it, since it limits the attributes; the local cloud does not check those of a write.
    is_denied(as_role(name, "dynamodb"), "UpdateItem", call)

    refused_by_the_gateway(stranger.call("GET", "/registrations"), "SESSION_EXPIRED")


def test_logging_out_ends_the_session_for_every_route(new_phone: NewPhone) -> None:
    phone = new_phone()
    assert phone.call("GET", "/registrations").status == 200
    assert phone.call("POST", "/logout").status == 200

    refused_by_the_gateway(phone.call("GET", "/registrations"), "SESSION_EXPIRED")


def test_who_shows_uploads_can_change_the_text_to_sign_and_nothing_else(
    cloud: LocalCloud, as_role: AsRole, new_phone: NewPhone
) -> None:
    writable = {
        table
        for table in (name for name in cloud.resources if name.endswith("Table"))
        if not is_denied(
            as_role("GetUpload", "dynamodb"),
            "UpdateItem",
            {
                "TableName": cloud.physical(table),
                "Key": {"id": dynamo.text(hashlib.sha256(b"nobody").hexdigest())},
                "ConditionExpression": "attribute_exists(nobody)",
            },
        )
    }

    assert writable == {"TextsTable"}
