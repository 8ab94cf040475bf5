"""Changing the ways to prove identity in the browser; a recovery shown and cancelled."""

import base64
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from playwright.sync_api import expect

from tests.support.visitor import Visitor
from tests.web.page.conftest import Bank, approve_recovery
from tools.cloud.emulator import ROOT
from tools.demo.phone import code_at

pytestmark = [pytest.mark.slow, pytest.mark.cloud]

NewVisitor = Callable[..., Visitor]
READER = ROOT / "web/node_modules/jsqr/dist/jsQR.js"
# Draws the picture that is shown, so that a reader of pixels sees what a phone's camera sees.
PIXELS = """
async (svg) => {
  const copy = svg.cloneNode(true);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const size = 400;
  copy.setAttribute("width", size);
  copy.setAttribute("height", size);
  const image = new Image();
  const loaded = new Promise((resolve, reject) => { image.onload = resolve; image.onerror = reject; });
  image.src = "data:image/svg+xml," + encodeURIComponent(new XMLSerializer().serializeToString(copy));
  await loaded;
  const canvas = new OffscreenCanvas(size, size).getContext("2d");
  canvas.drawImage(image, 0, 0, size, size);
  return [...canvas.getImageData(0, 0, size, size).data];
}
"""


def test_a_passkey_is_added_and_logs_in(new_visitor: NewVisitor) -> None:
    visitor = new_visitor(passkey=False)
    visitor.hold_passkey(None)

    visitor.open("credentials")
    visitor.log_in()
    visitor.follow("패스키 추가")
    visitor.passes_step_up()
    visitor.fill("기기 이름", "회사 노트북")
    visitor.press("패스키 만들기")
    visitor.sees("패스키를 추가했습니다.")
    visitor.page.get_by_role("main").get_by_role("link", name="본인 확인 수단").click()
    visitor.sees("회사 노트북")
    visitor.press("로그아웃")
    visitor.enter_login()
    visitor.press("패스키로 확인")

    visitor.is_at("본인 확인 수단")


def test_a_browser_without_a_passkey_says_so_and_offers_the_other_ways(new_visitor: NewVisitor) -> None:
    visitor = new_visitor()
    assert visitor.authenticator
    visitor.authenticator.send("WebAuthn.disable")
    visitor.authenticator.send("WebAuthn.enable")  # with no authenticator at all

    visitor.open()
    visitor.enter_login()
    visitor.press("패스키로 확인")
    visitor.sees("처리 중입니다.")
    visitor.press("취소")
    visitor.select("OTP 앱")
    visitor.fill("OTP 번호", visitor.phone.code())
    visitor.press("확인")

    visitor.is_at("인증서 관리")


def test_an_authenticator_app_is_enrolled_by_its_qr_code(new_visitor: NewVisitor, browser: Any) -> None:
    visitor = new_visitor()

    visitor.open("credentials/totp")
    visitor.log_in()
    visitor.passes_step_up()
    picture = visitor.page.get_by_role("img", name="OTP 앱으로 스캔하는 QR 코드")
    expect(picture).to_be_visible()
    address = read_qr_code(visitor, picture, browser)
    assert unquote(address).startswith("otpauth://totp/전북은행:")
    (secret,) = parse_qs(urlsplit(address).query)["secret"]
    typed = visitor.page.locator("dt", has_text="직접 입력하는 키").locator("xpath=following-sibling::dd[1]")
    assert typed.inner_text().replace(" ", "") == secret
    visitor.fill("새 OTP 앱에 표시된 6자리 숫자", "000000")
    visitor.press("등록")
    expect(visitor.page.get_by_role("alert")).to_be_visible()
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    visitor.fill("새 OTP 앱에 표시된 6자리 숫자", code_at(key, current_step()))
    visitor.press("등록")

    visitor.sees("OTP 앱을 등록했습니다.")
    expect(visitor.page.get_by_text(secret[:4])).to_have_count(0)


def current_step() -> int:
    import time

    from registrar.domain.access.totp import STEP_SECONDS

    return int(time.time()) // STEP_SECONDS


def read_qr_code(visitor: Visitor, picture: Any, browser: Any) -> str:
    # In a page of its own: the page's policy rightly allows neither the reader nor its picture.
    markup = picture.evaluate("(svg) => svg.outerHTML")
    page = browser.new_page()
    page.set_content(f"<body>{markup}</body>")
    pixels = page.locator("svg").evaluate(PIXELS)
    page.add_script_tag(path=READER)
    read = page.evaluate("(pixels) => jsQR(new Uint8ClampedArray(pixels), 400, 400).data", pixels)
    page.close()
    return str(read)


def test_the_phone_number_is_changed_by_a_code_to_the_new_one(bank: Bank, new_visitor: NewVisitor) -> None:
    visitor = new_visitor()
    new = visitor.phone.customer.phone.replace("+82105", "+82106")

    visitor.open("credentials/phone")
    visitor.log_in()
    visitor.passes_step_up()
    visitor.fill("새 휴대폰 번호", "02-123-4567")
    visitor.press("인증번호 받기")
    expect(visitor.page.get_by_label("새 휴대폰 번호")).to_have_attribute("aria-invalid", "true")
    visitor.sees("휴대폰 번호를 확인해 주십시오.")
    visitor.fill("새 휴대폰 번호", f"0{new[3:5]}-{new[5:9]}-{new[9:]}")
    visitor.press("인증번호 받기")
    visitor.sees("인증번호를 보냈습니다")
    (text,) = bank.cloud.sms(new)
    (code,) = re.findall(r"\d{6}", text)
    visitor.fill("인증번호", code)
    visitor.press("번호 바꾸기")
    visitor.sees("휴대폰 번호를 바꾸었습니다.")
    visitor.page.get_by_role("main").get_by_role("link", name="본인 확인 수단").click()

    visitor.sees(f"010-****-{new[9:]}")


def test_a_passkey_is_removed_but_never_the_last_way(new_visitor: NewVisitor) -> None:
    visitor = new_visitor()

    visitor.open("credentials")
    visitor.log_in()
    visitor.page.get_by_role("link", name=re.compile("OTP 앱 .*삭제")).click()
    visitor.passes_step_up()
    visitor.press("삭제하기")
    visitor.sees("삭제했습니다.")
    visitor.page.get_by_role("main").get_by_role("link", name="본인 확인 수단").click()
    visitor.page.get_by_role("link", name=re.compile("패스키 .*삭제")).click()
    visitor.passes_step_up()
    visitor.press("삭제하기")

    alert = visitor.page.get_by_role("alert")
    expect(alert).to_be_visible()
    expect(alert.get_by_role("link", name="본인 확인 수단")).to_be_visible()


def test_a_recovery_that_is_cooling_off_is_shown_and_cancelled(bank: Bank, new_visitor: NewVisitor) -> None:
    visitor = new_visitor()
    approve_recovery(bank, visitor.phone.customer.id)

    visitor.open("credentials")
    visitor.log_in()
    visitor.sees("본인 확인 수단 재설정이 예정되어 있습니다")
    visitor.sees("010-****-8888")
    visitor.press("재설정 취소")

    expect(visitor.page.get_by_text("재설정이 예정되어 있습니다")).to_have_count(0)
    assert visitor.phone.log_in("login").status == 200
    assert "recovery" not in visitor.phone.call("GET", "/credentials").json()
