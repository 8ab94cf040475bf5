"""The expiry run and the notices of events: each event notifies the customer exactly once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tools.cloud import expiry_run
from tools.cloud.local_cloud import LocalCloud
from tools.demo.phone import Phone
from tools.pki.authorities import CustomerCertificate, end_of_day_in_seoul

pytestmark = pytest.mark.cloud

NewPhone = Callable[..., Phone]
NewCertificate = Callable[..., CustomerCertificate]


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


def _ending(new_certificate: NewCertificate, days: int, **arguments: Any) -> CustomerCertificate:
    now = datetime.now(UTC)
    last = end_of_day_in_seoul(now + timedelta(days=days))
    return new_certificate(not_before=now - timedelta(days=300), not_after=last, **arguments)


def test_registration_notifies_by_stream_bus_and_queue(
    cloud: LocalCloud, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone = new_phone()
    _registered(phone, new_certificate())

    (text,) = cloud.wait_for_sms(phone.customer.phone, "등록완료")

    assert text == "[전북은행] 홍*동님 타기관 인증서 등록완료(금융결제원). 본인 아니면 1588-0000 신고"


def test_bank_hold_notifies_the_customer(
    cloud: LocalCloud, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone = new_phone(language="en")
    registration_id = _registered(phone, new_certificate())
    cloud.client("dynamodb").update_item(
        TableName=cloud.physical("RegistrationsTable"),
        Key={"pk": {"S": f"CUST#{phone.customer.id}"}, "sk": {"S": f"REG#{registration_id}"}},
        UpdateExpression="ADD holds :hold",
        ExpressionAttributeValues={":hold": {"SS": ["bank"]}},
    )

    assert len(cloud.wait_for_sms(phone.customer.phone, "Certificate suspended by the bank (KFTC)")) == 1


@pytest.mark.slow
def test_repeated_expiry_run_notifies_once(
    cloud: LocalCloud, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    said = {"ko": "인증서 2건 만료 안내", "en": "2 certificates end"}
    phones = {language: new_phone(language=language) for language in said}
    ids = {
        language: [_registered(phone, _ending(new_certificate, days)) for days in (7, 3)]
        for language, phone in phones.items()
    }
    assert "expiry_flagged_at" not in _row(cloud, phones["ko"], ids["ko"][0])
    expiry_run.forget(cloud)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: cloud.invoke("FlagExpiringFunction", {}), range(2)))
    expiry_run.wait(cloud)
    texts = {language: cloud.wait_for_sms(phones[language].customer.phone, said[language]) for language in said}
    expiry_run.forget(cloud)
    expiry_run.run(cloud)

    cloud.wait_for_empty_queue("ExpiryNoticeQueue")
    for language, phone in phones.items():
        (text,) = texts[language]
        assert "홍길동" not in text
        assert "expiry_flagged_at" in _row(cloud, phone, ids[language][0])
        view = phone.call("GET", f"/registrations/{ids[language][0]}").json()
        assert (view["expiring"], view["usable"], view["days_left"]) == (True, True, 7)
        assert cloud.wait_for_sms(phone.customer.phone, said[language]) == [text]


def test_later_expiry_is_not_flagged(
    cloud: LocalCloud, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone = new_phone()
    registration_id = _registered(phone, _ending(new_certificate, 40))
    expiry_run.forget(cloud)

    expiry_run.run(cloud)
    cloud.wait_for_empty_queue("ExpiryNoticeQueue")

    assert [text for text in cloud.sms(phone.customer.phone) if "만료됩니다" in text] == []
    assert "expiry_flagged_at" not in _row(cloud, phone, registration_id)


def test_unknown_customer_does_not_block_other_notices(
    cloud: LocalCloud, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    gone, there = new_phone(), new_phone()
    for phone in (gone, there):
        _registered(phone, _ending(new_certificate, 3))
    customers = cloud.physical("CustomersTable")
    cloud.client("dynamodb").delete_item(TableName=customers, Key={"id": {"S": gone.customer.id}})
    expiry_run.forget(cloud)

    expiry_run.run(cloud)

    assert len(cloud.wait_for_sms(there.customer.phone, "만료됩니다")) == 1
    assert [text for text in cloud.sms(gone.customer.phone) if "만료됩니다" in text] == []
