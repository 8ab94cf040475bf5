"""Pictures of the main steps, in Korean, for the customers' guide: `make images` copies them to docs/images."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.visitor import Visitor, write_npki
from tools.cloud.emulator import ROOT
from tools.pki.authorities import CustomerCertificate, end_of_day_in_seoul

pytestmark = [pytest.mark.slow, pytest.mark.cloud]

NewVisitor = Callable[..., Visitor]
NewCertificate = Callable[..., CustomerCertificate]
PICTURES = ROOT / "build/images"
WIDTH = 720
# The browser writes PNG; WebP is a fifth of that.
AS_WEBP = """
async (png) => {
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext("2d").drawImage(image, 0, 0);
  const webp = await canvas.convertToBlob({ type: "image/webp", quality: 0.3 });
  const bytes = new Uint8Array(await webp.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
"""


def test_pictures_of_a_registration(
    new_visitor: NewVisitor, new_certificate: NewCertificate, browser: Browser, tmp_path: Path
) -> None:
    visitor = new_visitor(size=(WIDTH, 500))
    soon = end_of_day_in_seoul(datetime.now(UTC) + timedelta(days=20))
    visitor.has_registered(new_certificate(operator="kica", not_after=soon))
    assert visitor.phone.log_out().status == 200
    write_npki(tmp_path, new_certificate())
    PICTURES.mkdir(parents=True, exist_ok=True)

    def picture(name: str) -> None:
        png = visitor.page.screenshot(full_page=True, animations="disabled")
        page = browser.new_page()
        webp = base64.b64decode(page.evaluate(AS_WEBP, base64.b64encode(png).decode()))
        page.close()
        (PICTURES / f"{name}.webp").write_bytes(webp)

    visitor.open("register")
    visitor.is_at("로그인")
    picture("login")
    visitor.log_in()
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.sees("인증서 1개를 찾았습니다.")
    picture("choose")
    visitor.press("등록")
    visitor.is_at("동의와 서명")
    picture("agree")
    visitor.agree_and_sign()
    visitor.is_at("등록되었습니다")
    picture("registered")
    visitor.page.get_by_role("navigation").get_by_role("link", name="인증서 관리").click()
    visitor.sees("사용 가능")
    picture("certificates")

    sizes = {path.name: path.stat().st_size for path in PICTURES.glob("*.webp")}
    assert len(sizes) == 5
    assert max(sizes.values()) < 60_000, sizes
