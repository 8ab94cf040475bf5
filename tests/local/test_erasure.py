"""Erasure of an ended registration: nothing of it stays in the cloud after its retention."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from registrar.aws import dynamo
from registrar.aws.tables.registration_items import row_key
from registrar.domain.registrations.retention import RULES
from registrar.domain.times import iso
from tests.support import places
from tools.cloud.local_cloud import LocalCloud
from tools.cloud.secret_forms import forms
from tools.demo.phone import Phone
from tools.pki.authorities import CustomerCertificate

pytestmark = pytest.mark.cloud

NAME = "독고영재"
KEPT = RULES["ended registrations"]


def _personal(certificate: CustomerCertificate) -> re.Pattern[bytes]:
    """Name (as it is, escaped, masked), serial and certificate, in every encoding."""
    names = [NAME, f"{NAME[0]}{'*' * (len(NAME) - 2)}{NAME[-1]}"]
    known = {form for name in names for form in forms(name.encode())}
    known |= {json.dumps(name).strip('"').encode() for name in names}
    serial = certificate.certificate.serial_number
    known |= {f"{serial:x}".encode(), f"{serial:X}".encode(), str(serial).encode()}
    # A part of the signature: the rest is common to many certificates.
    known |= forms(certificate.der[-48:]) | forms(certificate.der)
    return re.compile(b"|".join(map(re.escape, known)))


def _found(cloud: LocalCloud, personal: re.Pattern[bytes]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Items and other places that contain it, without the bank's record of the customer."""
    for table, item in places.items(cloud):
        if table != cloud.physical("CustomersTable") and any(personal.search(c) for _, c in places.content(item)):
            yield table, item
    for kind in (places.buckets, places.queues, places.logs):
        yield from ((place, {}) for place, content in kind(cloud) if personal.search(content))


def _registered(phone: Phone, certificate: CustomerCertificate) -> str:
    answer = phone.prove(phone.upload({"signCert.der": certificate.der}), certificate)
    assert answer.status == 201, answer.body
    return str(answer.json()["registration_id"])


def test_ended_registration_is_erased_and_a_live_one_is_kept(
    cloud: LocalCloud,
    new_phone: Callable[..., Phone],
    new_certificate: Callable[..., CustomerCertificate],
) -> None:
    phone, table = new_phone(name=NAME), cloud.physical("RegistrationsTable")
    certificates = [new_certificate(real_name=NAME) for _ in range(2)]
    ended, live = (_registered(phone, certificate) for certificate in certificates)
    proof = phone.prove_identity("deregister", ended)
    assert phone.call("DELETE", f"/registrations/{ended}", **{"Proof-Id": str(proof)}).status == 200
    cloud.wait_for_sms(phone.customer.phone, "등록해제")  # all that follows from the end is done
    assert table in {place for place, _ in _found(cloud, _personal(certificates[0]))}
    now = datetime.now(UTC)
    before = [item for name, item in places.items(cloud) if name == table and live in json.dumps(item, default=str)]

    assert cloud.invoke("EraseEndedFunction", {})["due"] == 0
    cloud.client("dynamodb").update_item(
        TableName=table,
        Key=row_key(phone.customer.id, ended),
        UpdateExpression="SET over_since = :past",
        ExpressionAttributeValues={":past": dynamo.text(iso(now - KEPT))},
    )
    assert cloud.invoke("EraseEndedFunction", {}) == {"due": 1, "erased": 1}

    serial = re.compile(f"{certificates[0].certificate.serial_number:x}".encode())
    left = list(_found(cloud, _personal(certificates[0])))
    of_the_live = [item for item in left if item[1] in before or live in json.dumps(item[1], default=str)]
    uploads = [item for item in left if item not in of_the_live]
    assert {place for place, _ in uploads} == {cloud.physical("UploadsTable")}
    assert all(int(item["ttl"]["N"]) <= (now + KEPT).timestamp() for _, item in uploads)
    assert {place for place, _ in _found(cloud, serial)} == {cloud.physical("UploadsTable")}
    assert phone.call("GET", f"/registrations/{ended}").status == 404
    assert phone.call("GET", f"/registrations/{live}").json()["usable"] is True
    after = [item for name, item in places.items(cloud) if name == table and live in json.dumps(item, default=str)]
    assert after == before
    assert len(before) == 4
