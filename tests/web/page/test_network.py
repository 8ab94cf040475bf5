"""The network and the service fail in the middle: nothing is lost, and nothing happens twice."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.support.visitor import Visitor, write_npki
from tests.web.page.conftest import Bank
from tools.pki.authorities import CustomerCertificate

pytestmark = [pytest.mark.slow, pytest.mark.cloud]

NewVisitor = Callable[..., Visitor]
NewCertificate = Callable[..., CustomerCertificate]


def uploads_used(bank: Bank, visitor: Visitor) -> int:
    rows = bank.cloud.client("dynamodb").scan(TableName=bank.cloud.physical("AnnouncementsTable"))["Items"]
    quota = f"quota:{visitor.phone.customer.id}:"
    return sum(int(row["used"]["N"]) for row in rows if row["id"]["S"].startswith(quota))


def storage(bank: Bank) -> str:
    return f"{bank.cloud.emulator.url}/{bank.cloud.outputs['UploadBucket']}**"


def test_a_connection_lost_in_the_middle_of_the_upload_is_taken_up_again(
    bank: Bank, new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor = new_visitor()
    write_npki(tmp_path, new_certificate())
    cut: list[Route] = []

    def cut_once(route: Route) -> None:
        if route.request.method == "POST" and not cut:
            cut.append(route)
            route.abort("connectionreset")
        else:
            route.continue_()

    visitor.context.route(storage(bank), cut_once)
    visitor.open("register")
    visitor.log_in()
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.press("등록")
    visitor.agree_and_sign()
    visitor.is_at("등록되었습니다")

    assert len(cut) == 1
    assert uploads_used(bank, visitor) == 1


def test_a_connection_that_stays_lost_keeps_what_was_chosen(
    bank: Bank, new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor = new_visitor()
    write_npki(tmp_path, new_certificate())

    visitor.context.route(storage(bank), lambda route: route.abort("connectionreset"))
    visitor.open("register")
    visitor.log_in()
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.press("등록")
    visitor.sees("연결할 수 없습니다")
    visitor.sees("인증서 1개를 찾았습니다.")
    visitor.context.unroute_all()
    visitor.press("등록")
    visitor.agree_and_sign()
    visitor.is_at("등록되었습니다")

    assert uploads_used(bank, visitor) == 1


@pytest.mark.parametrize("size", [(360, 740)])
def test_a_browser_that_goes_offline_says_so_and_goes_on_afterwards(
    size: tuple[int, int], new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor = new_visitor(size=size)
    registration_id = visitor.has_registered(new_certificate())

    visitor.open()
    visitor.log_in()
    visitor.sees("사용 가능")
    visitor.context.set_offline(True)
    visitor.follow("홍*동, 금융결제원 (yessign): 상세 보기")
    visitor.sees("연결할 수 없습니다")
    visitor.context.set_offline(False)
    visitor.press("다시 시도")
    visitor.sees("사용 가능")

    expect(visitor.page).to_have_url(f"{visitor.origin}/#/certificates/{registration_id}")


def test_a_lost_response_to_the_registration_registers_once(
    bank: Bank, new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor = new_visitor()
    write_npki(tmp_path, new_certificate())
    lost: list[int] = []

    def lose_the_response(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)
            route.abort("connectionreset")
        else:
            route.continue_()

    visitor.context.route("**/registration", lose_the_response)
    visitor.open("register")
    visitor.log_in()
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.press("등록")
    visitor.agree_and_sign()
    visitor.is_at("등록되었습니다")

    assert lost == [201]
    assert len(visitor.registrations()) == 1


def test_a_session_that_ends_in_the_middle_is_taken_up_after_a_login(
    new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor = new_visitor()
    write_npki(tmp_path, new_certificate())

    visitor.open("register")
    visitor.log_in()
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.press("등록")
    visitor.is_at("동의와 서명")
    assert visitor.phone.log_in("login").status == 200  # on another device
    visitor.agree_and_sign()
    visitor.is_at("로그인")
    visitor.sees("다른 곳에서 로그인하셨거나 시간이 지났습니다.")
    visitor.log_in()
    visitor.is_at("동의와 서명")
    visitor.sees("선택한 인증서")  # the files are still chosen, the password is not kept
    visitor.agree_and_sign()
    visitor.is_at("등록되었습니다")


def test_a_text_to_sign_that_expired_is_replaced_and_shown_again(
    new_visitor: NewVisitor, new_certificate: NewCertificate, bank: Bank, tmp_path: Path
) -> None:
    visitor = new_visitor()
    write_npki(tmp_path, new_certificate())

    visitor.open("register")
    visitor.log_in()
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.press("등록")
    visitor.is_at("동의와 서명")
    first = visitor.page.locator(".to-sign").inner_text()
    expire_text(bank, visitor.page.url.rsplit("/", 1)[1])
    visitor.agree_and_sign()
    visitor.sees("서명할 내용이 새로 바뀌었습니다.")
    assert visitor.page.locator(".to-sign").inner_text() != first
    visitor.agree_and_sign()
    visitor.is_at("등록되었습니다")


def expire_text(bank: Bank, upload_id: str) -> None:
    """As if five minutes had passed since the text to sign was made."""
    bank.cloud.client("dynamodb").update_item(
        TableName=bank.cloud.physical("UploadsTable"),
        Key={"id": {"S": upload_id}},
        UpdateExpression="SET nonce_expires_at = :now",
        ExpressionAttributeValues={":now": {"S": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}},
    )


def test_two_tabs_at_one_registration_register_once(
    new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor = new_visitor()
    write_npki(tmp_path, new_certificate())

    visitor.open("register")
    visitor.log_in()
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.press("등록")
    visitor.is_at("동의와 서명")
    first, view = visitor.page, visitor.page.url.rsplit("#/", 1)[1]
    visitor.page = visitor.new_tab()
    visitor.open(view)
    visitor.log_in()
    visitor.is_at("동의와 서명")
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.agree_and_sign()
    visitor.is_at("등록되었습니다")
    visitor.page = first
    visitor.agree_and_sign()
    visitor.enter_login()
    visitor.select("OTP 앱")
    visitor.fill("OTP 번호", visitor.phone.code())
    visitor.press("확인")
    visitor.is_at("등록되었습니다")

    assert len(visitor.registrations()) == 1


def test_a_service_that_fails_is_said_so_with_a_reference(
    bank: Bank, new_visitor: NewVisitor, new_certificate: NewCertificate
) -> None:
    visitor = new_visitor()
    headers = {"Access-Control-Allow-Origin": visitor.origin}
    body: dict[str, Any] = {
        "type": "urn:registrar:problem:system-retry",
        "title": "일시적인 오류가 발생했습니다",
        "detail": "잠시 후 다시 시도해 주십시오.",
        "status": 500,
        "code": "SYSTEM_RETRY",
        "retryable": True,
        "next_action": "WAIT_NOTICE",
        "params": {},
        "support_ref": "7KQ2-M4XD",
        "findings": [],
    }

    visitor.open()
    visitor.log_in()
    visitor.context.route(
        "**/credentials",
        lambda route: route.fulfill(
            status=500, body=json.dumps(body), content_type="application/problem+json", headers=headers
        ),
    )
    visitor.page.get_by_role("navigation").get_by_role("link", name="본인 확인 수단").click()
    visitor.sees("문의 번호: 7KQ2-M4XD")
    visitor.context.unroute_all()
    visitor.context.route("**/credentials", lambda route: route.fulfill(status=502, body="bad gateway"))
    with visitor.page.expect_response(lambda response: response.status == 502):  # the text is the one shown before
        visitor.press("다시 시도")
    visitor.sees("일시적인 오류가 발생했습니다")
    visitor.context.unroute_all()
    visitor.press("다시 시도")
    visitor.sees("OTP 앱")
