"""Signing a transaction in the browser."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.signing import a_transfer
from tests.support.visitor import DESKTOP, PHONE, Visitor, write_npki
from tests.web.page.conftest import Bank
from tools.cloud.relying import client_of
from tools.pki.authorities import CustomerCertificate
from tools.pki.issue import FILE_PASSWORD

pytestmark = [pytest.mark.slow, pytest.mark.cloud]

NewVisitor = Callable[..., Visitor]
NewCertificate = Callable[..., CustomerCertificate]


def asked(bank: Bank, visitor: Visitor) -> str:
    body = a_transfer(customer_id=visitor.phone.customer.id)
    key = str(uuid.uuid4())
    answer = client_of(bank.cloud, "transfers").call("POST", "/signature-requests", body, Idempotency_Key=key)
    assert answer.status == 201, answer.json()
    return str(answer.json()["request_id"])


def result(bank: Bank, visitor: Visitor, request_id: str) -> dict[str, Any]:
    path = f"/customers/{visitor.phone.customer.id}/signature-requests/{request_id}"
    return dict(client_of(bank.cloud, "transfers").call("GET", path).json())


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_a_transfer_is_read_whole_and_signed(
    size: tuple[int, int], bank: Bank, new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor, certificate = new_visitor(size=size), new_certificate()
    registration_id = visitor.has_registered(certificate)
    write_npki(tmp_path, certificate)

    visitor.open("requests")
    visitor.log_in()
    visitor.sees("서명 대기 중인 요청이 없습니다.")
    request_id = asked(bank, visitor)  # it appears by itself
    visitor.follow("내용 보기")
    text = visitor.page.locator(".to-sign")
    expect(text).to_contain_text("거래 내용을 확인하고 서명 / Check and sign this transaction")
    assert "\n" in text.inner_text()
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.fill("인증서 비밀번호", FILE_PASSWORD)
    visitor.press("서명하기")
    visitor.sees("서명했습니다.")

    signed = result(bank, visitor, request_id)
    assert (signed["state"], signed["registration_id"]) == ("COMPLETED", registration_id)


def test_a_transfer_is_declined(bank: Bank, new_visitor: NewVisitor) -> None:
    visitor = new_visitor()
    request_id = asked(bank, visitor)

    visitor.open()
    visitor.log_in()
    visitor.sees("서명 대기 중인 요청이 1건 있습니다.")
    visitor.follow("서명 요청 보기")
    visitor.follow("내용 보기")
    visitor.press("거절하기")
    visitor.sees("거절했습니다.")

    assert result(bank, visitor, request_id)["state"] == "DECLINED"


def test_a_suspended_certificate_signs_nothing_and_the_page_says_why(
    bank: Bank, new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor, certificate = new_visitor(), new_certificate()
    registration_id = visitor.has_registered(certificate)
    assert visitor.phone.call("POST", f"/registrations/{registration_id}/loss").status == 200
    write_npki(tmp_path, certificate)
    request_id = asked(bank, visitor)

    visitor.open(f"requests/{request_id}")
    visitor.log_in()
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.fill("인증서 비밀번호", FILE_PASSWORD)
    visitor.press("서명하기")
    visitor.sees("서명하지 못했습니다.")
    visitor.sees("사용이 정지된 인증서입니다")

    assert result(bank, visitor, request_id)["state"] == "FAILED"


def test_an_unregistered_certificate_is_not_sent(
    bank: Bank, new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor = new_visitor()
    write_npki(tmp_path, new_certificate())
    request_id = asked(bank, visitor)

    visitor.open(f"requests/{request_id}")
    visitor.log_in()
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.fill("인증서 비밀번호", FILE_PASSWORD)
    visitor.press("서명하기")
    visitor.sees("등록된 인증서가 아닙니다")

    assert result(bank, visitor, request_id)["state"] == "PENDING"
