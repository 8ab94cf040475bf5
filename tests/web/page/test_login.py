"""Logging in by every method, the end of a session, two tabs, two languages."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.support.visitor import Visitor, write_npki
from tests.web.page.conftest import Bank
from tools.pki.authorities import CustomerCertificate, end_of_day_in_seoul
from tools.pki.issue import FILE_PASSWORD

pytestmark = [pytest.mark.slow, pytest.mark.cloud]

NewVisitor = Callable[..., Visitor]
NewCertificate = Callable[..., CustomerCertificate]


def test_login_by_a_code_of_the_authenticator_app(new_visitor: NewVisitor) -> None:
    visitor = new_visitor(passkey=False)

    visitor.open()
    visitor.enter_login()
    visitor.fill("OTP 번호", "000000")
    visitor.press("확인")
    expect(visitor.page.get_by_role("alert")).to_be_visible()
    visitor.fill("OTP 번호", visitor.phone.code())
    visitor.press("확인")

    visitor.is_at("인증서 관리")


def test_login_by_text_message(bank: Bank, new_visitor: NewVisitor) -> None:
    visitor = new_visitor(passkey=False)

    visitor.open()
    visitor.enter_login()
    visitor.select("문자 인증번호")
    visitor.press("인증번호 받기")
    visitor.sees("인증번호를 보냈습니다")
    (text,) = bank.cloud.sms(visitor.phone.customer.phone)
    (code,) = re.findall(r"\d{6}", text)
    visitor.fill("인증번호", code)
    visitor.press("확인")

    visitor.is_at("인증서 관리")


def test_login_by_passkey(new_visitor: NewVisitor) -> None:
    visitor = new_visitor()

    visitor.open()
    visitor.enter_login()
    visitor.press("패스키로 확인")

    visitor.is_at("인증서 관리")


def test_login_by_password_and_a_registered_certificate(
    new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor, certificate = new_visitor(), new_certificate()
    visitor.has_registered(certificate)
    sooner = end_of_day_in_seoul(datetime.now(UTC) + timedelta(days=100))
    visitor.has_registered(new_certificate(operator="kica", key="ec", not_after=sooner))
    write_npki(tmp_path, certificate)

    visitor.open()
    visitor.enter_login()
    visitor.select("등록된 인증서")
    visitor.sees("타기관 인증서로 본인 확인 / Prove your identity with a registered certificate")
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.fill("인증서 비밀번호", FILE_PASSWORD)
    visitor.press("서명하기")

    visitor.is_at("인증서 관리")


def test_login_by_a_certificate_alone(
    new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor, certificate, unknown = new_visitor(), new_certificate(), new_certificate()
    visitor.has_registered(certificate)
    mine, strange = write_npki(tmp_path / "mine", certificate), write_npki(tmp_path / "strange", unknown)

    visitor.open("credentials")
    visitor.follow("인증서로 로그인")
    visitor.sees("인증서로 로그인 / Log in with a registered certificate")
    first = visitor.page.locator(".to-sign").inner_text()
    visitor.choose_folder(strange)
    visitor.fill("인증서 비밀번호", FILE_PASSWORD)
    visitor.press("인증서로 로그인")
    expect(visitor.page.get_by_role("alert")).to_be_visible()
    expect(visitor.page.locator(".to-sign")).not_to_have_text(first)  # a text counts once
    visitor.choose_folder(mine)
    visitor.fill("인증서 비밀번호", FILE_PASSWORD)
    visitor.press("인증서로 로그인")

    visitor.is_at("본인 확인 수단")  # where the customer wanted to go


def test_a_wrong_password_is_refused_with_the_way_on(new_visitor: NewVisitor) -> None:
    visitor = new_visitor()

    visitor.open()
    visitor.fill("고객 ID", visitor.phone.customer.id)
    visitor.fill("로그인 비밀번호", "wrong-password")
    visitor.press("다음")

    alert = visitor.page.get_by_role("alert")
    expect(alert).to_contain_text("문의 번호")
    expect(alert.get_by_role("link", name="자세한 안내 보기")).to_have_attribute(
        "href", "./guide.html#login-failed"
    )
    password = visitor.page.get_by_label("로그인 비밀번호")
    expect(password).to_be_focused()
    expect(password).to_have_value("")
    expect(visitor.page.get_by_label("고객 ID")).to_have_value(visitor.phone.customer.id)


def test_an_expired_challenge_leads_back_to_the_password(bank: Bank, new_visitor: NewVisitor) -> None:
    visitor = new_visitor(passkey=False)

    visitor.open()
    visitor.enter_login()
    for _ in range(5):
        visitor.fill("OTP 번호", "000000")
        visitor.press("확인")
        expect(visitor.page.get_by_label("OTP 번호")).to_have_value("")
        expect(visitor.page.get_by_role("alert")).to_be_visible()
    visitor.press("본인 확인 다시 하기")

    visitor.is_at("로그인")


def test_the_session_ends_when_it_is_not_used_after_a_warning(new_visitor: NewVisitor) -> None:
    visitor = new_visitor()
    visitor.page.clock.install()

    visitor.open("credentials")
    visitor.log_in()
    visitor.sees("010-****")
    visitor.rests()
    visitor.page.clock.fast_forward("08:30")
    dialog = visitor.page.get_by_role("dialog", name="자동 로그아웃 안내")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="로그인 연장").click()
    expect(visitor.page.get_by_role("timer")).to_have_text(re.compile("10:00|9:5"))
    expect(dialog).to_be_hidden()
    visitor.page.clock.fast_forward("08:30")
    expect(dialog).to_be_visible()
    visitor.page.clock.fast_forward("02:00")

    visitor.is_at("로그인")
    visitor.sees("사용하지 않아 자동으로 로그아웃되었습니다.")
    visitor.log_in()
    visitor.is_at("본인 확인 수단")


def test_a_late_answer_counts_from_when_it_was_asked_for(new_visitor: NewVisitor) -> None:
    """Of the view of credentials: it makes one request, and no other answer renews the time."""
    visitor = new_visitor()
    visitor.page.clock.install()
    visitor.open("certificates")
    visitor.log_in()
    visitor.sees("등록된 인증서가 없습니다.")
    visitor.rests()
    held: list[Route] = []
    visitor.context.route("**/credentials", lambda route: held.append(route))  # noqa: PLW0108 - it is marked
    visitor.page.clock.fast_forward("06:00")
    with visitor.page.expect_request("**/credentials"):
        visitor.follow("본인 확인 수단")
    timer = visitor.page.get_by_role("timer")
    visitor.page.clock.fast_forward("00:25")
    expect(timer).to_have_text(re.compile("남은 시간 [23]:"))

    held[0].continue_()
    visitor.sees("010-****")
    expect(timer).not_to_have_text(re.compile("남은 시간 [23]:"))

    assert not re.search("10:|9:[45]", timer.inner_text())


@pytest.mark.parametrize("same", [True, False])
def test_a_choice_waits_for_its_customer_after_an_idle_end(
    same: bool, new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor = new_visitor()
    write_npki(tmp_path, new_certificate())
    visitor.page.clock.install()

    visitor.open("register")
    visitor.log_in()
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.sees("인증서 1개를 찾았습니다.")
    visitor.rests()
    visitor.page.clock.fast_forward("08:30")
    expect(visitor.page.get_by_role("dialog", name="자동 로그아웃 안내")).to_be_visible()
    visitor.page.clock.fast_forward("02:00")
    visitor.is_at("로그인")
    if not same:
        visitor.phone, visitor.device = new_visitor(passkey=False).phone, None
    visitor.log_in()

    visitor.is_at("타기관 인증서 등록")
    expect(visitor.page.locator("main")).to_contain_text("인증서 1개를 찾았습니다." if same else "폴더")
    assert visitor.page.get_by_text("홍*동").count() == int(same)


def test_logging_out_ends_the_session(new_visitor: NewVisitor) -> None:
    visitor = new_visitor()

    visitor.open()
    visitor.log_in()
    with visitor.page.expect_response("**/logout") as answered:
        visitor.press("로그아웃")

    assert answered.value.ok
    visitor.is_at("로그인")
    visitor.sees("로그아웃되었습니다.")
    visitor.page.go_back()
    visitor.page.go_forward()
    visitor.is_at("로그인")


def test_a_login_in_another_tab_ends_the_session_of_the_first(new_visitor: NewVisitor) -> None:
    visitor = new_visitor()
    visitor.open("credentials")
    visitor.log_in()
    visitor.is_at("본인 확인 수단")
    first, second = visitor.page, visitor.new_tab()

    visitor.page = second
    visitor.open()
    visitor.log_in()
    visitor.sees("다른 기기나 창의 로그인은 종료되었습니다.")
    visitor.page = first
    visitor.page.get_by_role("navigation").get_by_role("link", name="인증서 관리").click()

    visitor.is_at("로그인")
    visitor.sees("다른 곳에서 로그인하셨거나 시간이 지났습니다.")
    visitor.page = second
    visitor.page.get_by_role("navigation").get_by_role("link", name="본인 확인 수단").click()
    visitor.is_at("본인 확인 수단")


@pytest.mark.parametrize(("language", "heading"), [("en-GB", "Log in"), ("ko-KR", "로그인"), ("fr-FR", "로그인")])
def test_the_language_is_the_browsers_and_can_be_changed(
    language: str, heading: str, new_visitor: NewVisitor
) -> None:
    visitor = new_visitor(language=language)

    visitor.open()
    visitor.is_at(heading)
    visitor.press("English")
    visitor.is_at("Log in")
    expect(visitor.page.locator("html")).to_have_attribute("lang", "en")
    expect(visitor.page).to_have_title(re.compile("^Log in - "))
    visitor.page.reload()
    visitor.is_at("Log in")
    visitor.press("한국어")
    visitor.is_at("로그인")


def test_texts_of_the_service_change_with_the_language(
    new_visitor: NewVisitor, new_certificate: NewCertificate
) -> None:
    visitor = new_visitor()
    registration_id = visitor.has_registered(new_certificate())

    visitor.open(f"certificates/{registration_id}")
    visitor.log_in()
    visitor.sees("금융결제원 (yessign)")
    visitor.press("English")
    visitor.sees("KFTC yessign")


def test_an_unknown_address_is_said_to_be_none(new_visitor: NewVisitor) -> None:
    visitor = new_visitor()

    visitor.open("no/such/view")
    visitor.log_in()

    visitor.is_at("페이지를 찾을 수 없습니다")
    visitor.follow("인증서 관리로 이동")
    visitor.is_at("인증서 관리")
