"""The page for everybody: axe finds nothing, the keyboard suffices, nothing is cut off when it is large."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.accessible import NARROWEST, too_wide, violations
from tests.support.visitor import DESKTOP, PHONE, Visitor, write_npki
from tests.web.page.conftest import Bank
from tests.web.page.tour import tour
from tools.pki.authorities import CustomerCertificate
from tools.pki.issue import FILE_PASSWORD

pytestmark = [pytest.mark.slow, pytest.mark.cloud]

NewVisitor = Callable[..., Visitor]
NewCertificate = Callable[..., CustomerCertificate]
# WCAG 2.2, 1.4.4: text alone at 200 %.
WIDTH_AT_200 = 640


def test_no_view_has_a_violation_or_scrolls_sideways(
    bank: Bank, new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    """Axe at a desk in English, on a phone in Korean; in each language the width when the window or the text is
    enlarged."""
    visitor = new_visitor()
    page = visitor.page
    found: dict[str, list[str] | str | None] = {}

    for stop in tour(bank, visitor, new_certificate, tmp_path):
        for button, language, (width, height) in (("English", "en", DESKTOP), ("한국어", "ko", PHONE)):
            visitor.press(button)
            expect(page.locator("html")).to_have_attribute("lang", language)
            view = f"{stop} {language}"
            page.set_viewport_size({"width": width, "height": height})
            found[f"{view} axe"] = violations(page)
            for narrow in (WIDTH_AT_200, NARROWEST):
                page.set_viewport_size({"width": narrow, "height": 700})
                found[f"{view} {narrow}"] = too_wide(page)
            page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            found[f"{view} text"] = too_wide(page)
            page.evaluate("document.documentElement.style.fontSize = ''")

    assert {view: each for view, each in found.items() if each} == {}


@pytest.fixture
def keys(new_visitor: NewVisitor) -> "Keyboard":
    return Keyboard(new_visitor())


class Keyboard:
    """A customer without a mouse. Each element that gets the focus has to show it."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page = visitor, visitor.page

    def to(self, name: str) -> None:
        """Press Tab until the element of this name has the focus."""
        for _ in range(60):
            self.page.keyboard.press("Tab")
            if self.focused() == name:
                return
        raise AssertionError(f"the keyboard does not reach {name!r}")

    def focused(self) -> str:
        """The name of the element that has the focus, which must be visible."""
        state: Any = self.page.evaluate(
            """() => {
              const element = document.activeElement;
              const label = element.labels?.[0]?.innerText.split("\\n")[0];
              const shown = getComputedStyle(element).outlineStyle !== "none";
              return [label ?? element.innerText?.trim() ?? "", shown, element.tagName];
            }"""
        )
        name, shown, tag = state
        assert shown or tag in ("BODY", "H1"), f"no visible focus: {tag} {name!r}"
        return str(name)

    def type(self, text: str) -> None:
        """Type into the focused field."""
        self.page.keyboard.type(text)

    def press(self, key: str = "Enter") -> None:
        """Press a key."""
        self.page.keyboard.press(key)


def test_the_keyboard_alone_suffices_to_register(
    keys: Keyboard, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor, page = keys.visitor, keys.page
    write_npki(tmp_path, new_certificate())

    visitor.open("register")
    visitor.is_at("로그인")
    keys.to("본문으로 건너뛰기")
    keys.press()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    keys.to("고객 ID")
    keys.type(visitor.phone.customer.id)
    keys.to("로그인 비밀번호")
    keys.type(visitor.phone.customer.password)
    keys.press()
    visitor.is_at("본인 확인")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    keys.to("패스키로 확인")
    keys.press()
    visitor.is_at("타기관 인증서 등록")
    with page.expect_file_chooser() as opened:
        keys.to("폴더 선택")
        keys.press()
    opened.value.set_files(tmp_path / "NPKI")
    visitor.sees("인증서 1개를 찾았습니다.")
    keys.to("등록")
    keys.press()
    visitor.is_at("동의와 서명")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    keys.to("위 내용을 확인하였으며 동의합니다.")
    keys.press("Space")
    keys.to("인증서 비밀번호")
    keys.type(FILE_PASSWORD)
    keys.press()

    visitor.is_at("등록되었습니다")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    keys.to("등록된 인증서 보기")
    keys.press()
    visitor.sees("사용 가능")


def test_the_warning_before_the_session_ends_keeps_the_focus_and_gives_it_back(keys: Keyboard) -> None:
    keys.page.clock.install()
    keys.visitor.open()
    keys.visitor.log_in()
    keys.visitor.sees("등록된 인증서가 없습니다.")
    keys.visitor.rests()
    keys.to("타기관 인증서 등록")
    keys.page.clock.fast_forward("08:30")
    dialog = keys.page.get_by_role("dialog", name="자동 로그아웃 안내")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="로그인 연장")).to_be_focused()
    keys.press()
    expect(dialog).to_be_hidden()

    assert keys.focused() == "타기관 인증서 등록"


def test_what_happens_is_read_out(new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path) -> None:
    visitor = new_visitor()
    write_npki(tmp_path, new_certificate())
    live = visitor.page.locator("[aria-live=polite]")

    visitor.open("register")
    visitor.log_in()
    visitor.choose_folder(tmp_path / "NPKI")
    expect(live).to_have_text("인증서 1개를 찾았습니다.")
    visitor.press("등록")
    visitor.agree_and_sign("wrong-password")
    expect(visitor.page.get_by_role("alert")).to_contain_text("인증서 비밀번호가 맞지 않습니다")
    expect(visitor.page.get_by_label("인증서 비밀번호", exact=True)).to_be_focused()
    visitor.agree_and_sign()
    expect(live).to_have_text("이제 이 은행에서 이 인증서를 사용하실 수 있습니다. 등록 알림을 보내 드립니다.")
