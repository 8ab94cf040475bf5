"""The nightly run: what is about to end is flagged, and its owner is told exactly once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.cloud import LocalCloud
from local.phone import Phone
from local.pki import CustomerCertificate, end_of_day_in_seoul

pytestmark = pytest.mark.cloud

NewPhone = Callable[..., Phone]
NewCertificate = Callable[..., CustomerCertificate]


def _run(cloud: LocalCloud) -> dict[str, int]:
    counts: dict[str, int] = cloud.invoke("FlagExpiringFunction", {})
    return counts


def _forget_runs(cloud: LocalCloud) -> None:
    """As on the first evening: the window reaches back one day."""
    cloud.client("dynamodb").delete_item(
        TableName=cloud.physical("NoticesTable"), Key={"id": {"S": "run:flag_expiring"}}
    )


def _registered(phone: Phone, certificate: CustomerCertificate) -> str:
    view = phone.upload({"signCert.der": certificate.der})
    answer = phone.prove(view, certificate)
    assert answer.status == 201, answer.body
    registration_id: str = answer.json()["registration_id"]
    return registration_id


def _row(cloud: LocalCloud, phone: Phone, registration_id: str) -> dict[str, Any]:
    key = {"pk": {"S": f"CUST#{phone.customer.id}"}, "sk": {"S": f"REG#{registration_id}"}}
    table = cloud.physical("RegistrationsTable")
    row: dict[str, Any] = cloud.client("dynamodb").get_item(TableName=table, Key=key)["Item"]
    return row


def _ending(new_certificate: NewCertificate, days: int) -> CustomerCertificate:
    now = datetime.now(UTC)
    return new_certificate(
        not_before=now - timedelta(days=300), not_after=end_of_day_in_seoul(now + timedelta(days=days))
    )


@pytest.mark.parametrize(("language", "said"), [("ko", "만료 안내"), ("en", "Certificate expiry")])
def test_an_owner_is_told_once_however_often_it_runs(
    language: str, said: str, cloud: LocalCloud, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone = new_phone(language=language)
    registration_id = _registered(phone, _ending(new_certificate, 7))
    assert "expiry_flagged_at" not in _row(cloud, phone, registration_id)
    _forget_runs(cloud)

    with ThreadPoolExecutor(2) as pool:
        at_once = list(pool.map(lambda _: _run(cloud), range(2)))
    _forget_runs(cloud)
    again = _run(cloud)

    assert sum(counts["sent"] for counts in at_once) == 1
    assert (again["sent"], again["failed"]) == (0, 0)
    (text,) = cloud.sms(phone.customer.phone)
    assert said in text
    assert registration_id[-6:] in text
    assert "홍*동" in text
    assert "홍길동" not in text
    assert "http" not in text
    assert "expiry_flagged_at" in _row(cloud, phone, registration_id)
    view = phone.call("GET", f"/registrations/{registration_id}").json()
    assert (view["expiring"], view["usable"], view["days_left"]) == (True, True, 7)


def test_what_ends_later_is_left_alone(
    cloud: LocalCloud, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone = new_phone()
    registration_id = _registered(phone, _ending(new_certificate, 40))
    _forget_runs(cloud)

    assert _run(cloud)["failed"] == 0

    assert cloud.sms(phone.customer.phone) == []
    assert "expiry_flagged_at" not in _row(cloud, phone, registration_id)


def test_an_owner_who_is_gone_does_not_keep_others_from_being_told(
    cloud: LocalCloud, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    gone, there = new_phone(), new_phone()
    for phone in (gone, there):
        _registered(phone, _ending(new_certificate, 3))
    customers = cloud.physical("CustomersTable")
    cloud.client("dynamodb").delete_item(TableName=customers, Key={"id": {"S": gone.customer.id}})
    _forget_runs(cloud)

    counts = _run(cloud)

    assert (counts["sent"], counts["failed"]) == (1, 0)
    assert cloud.sms(gone.customer.phone) == []
    assert len(cloud.sms(there.customer.phone)) == 1
