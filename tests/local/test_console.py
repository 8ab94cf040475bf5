"""Forms that admins use in the console beside those that change something: explain, and jobs."""

from collections.abc import Callable

import pytest

from registrar.entry.log import customer_ref
from tests.support.expect import problem
from tests.support.roles import is_denied
from tools.cloud.automation import Automation, NotStarted
from tools.cloud.local_cloud import LocalCloud
from tools.demo.phone import Phone
from tools.pki.authorities import CustomerCertificate

pytestmark = pytest.mark.cloud


def test_an_agent_explains_an_upload_a_customer_and_a_reference(
    automation: Automation, new_phone: Callable[..., Phone], new_certificate: Callable[..., CustomerCertificate]
) -> None:
    phone = new_phone()
    certificate = new_certificate()
    view = phone.upload({"signCert.der": certificate.der})
    registered = phone.prove(view, certificate).json()["registration_id"]

    by_upload = automation.act("park.agent", "Explain", By="upload", Id=view["upload_id"])["done"]
    assert by_upload["customer"]["customer_id"] == phone.customer.id
    assert by_upload["customer"]["phone"] == f"010-****-{phone.customer.phone[-4:]}"
    (upload,) = by_upload["uploads"]
    assert (upload["state"], upload["registration_id"]) == ("REGISTERED", registered)
    by_customer = automation.act("park.agent", "Explain", By="customer", Id=phone.customer.id)["done"]
    assert [each["registration_id"] for each in by_customer["registrations"]] == [registered]

    refused = phone.call("GET", f"/uploads/{'u' * 32}")
    problem(refused, "UPLOAD_NOT_FOUND")
    phone.call("GET", f"/uploads/{'u' * 32}")  # the local cloud may keep the last lines until the next request
    read_out = refused.json()["support_ref"].lower().replace("-", " ")
    explained = automation.act("park.agent", "Explain", By="reference", Id=read_out)
    assert explained["text"].startswith("무슨 일: ")
    assert refused.json()["detail"] in explained["text"].splitlines()[1]
    by_reference = explained["done"]
    assert by_reference["customer_refs"] == [customer_ref(phone.customer.id)]
    assert "UPLOAD_NOT_FOUND" in [event.get("code") for event in by_reference["events"]]

    unknown = automation.act("park.agent", "Explain", By="customer", Id="nobody")
    assert unknown["refused"] == "STATE_CONFLICT"
    assert unknown["text"].startswith("무슨 일: 이 고객 ID의 고객이 없습니다.\n")
    with pytest.raises(NotStarted, match="Id does not match"):
        automation.act("park.agent", "Explain", By="customer", Id="홍길동")


def test_an_operator_runs_jobs_and_nothing_of_a_customer(cloud: LocalCloud, automation: Automation) -> None:
    for job in ("RunExpiry", "EraseEnded", "RetryDeferred"):
        assert automation.act("choi.operator", job) == {}
    with pytest.raises(NotStarted, match="Operator does not match"):
        automation.act("choi.operator", "WatchIssuers", Operator="all; drop")
    with pytest.raises(NotStarted, match="Queue is none of"):
        automation.act("choi.operator", "Redrive", Queue="arn:aws:sqs:ap-northeast-2:000000000000:another")
    role = automation.as_role_of("RunExpiry", "lambda")
    for name in ("SetBankHoldFunction", "ConfirmBlockFunction", "ExplainFunction"):
        assert is_denied(role, "Invoke", {"FunctionName": cloud.physical(name), "Payload": b"{}"})
