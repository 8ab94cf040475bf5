"""What a developer does first: start the local cloud, open the printed address, register an issued certificate."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.checkout import copy_checkout, page_of, run
from tests.support.visitor import DESKTOP, Visitor
from tools.cloud.seed import DemoCustomer
from tools.demo.phone import Phone

pytestmark = [pytest.mark.slow, pytest.mark.cloud]


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Path]:
    """A copy of this checkout without the page; a cloud that the test left running is stopped."""
    copy = tmp_path / "checkout"
    copy_checkout(copy, with_page=False)
    yield copy
    run("make down", copy)


def test_a_certificate_issued_by_the_tool_is_registered_at_the_printed_address(fresh: Path, browser: Any) -> None:
    started = run("make up", fresh)
    issued = run(".venv/bin/python -m tools.pki.issue build/NPKI/yessign/USER/mine", fresh)
    values = dict(re.findall(r"^export (\w+)=(\S+)$", (fresh / "build/sandbox.env").read_text(), re.MULTILINE))
    (password,) = re.findall(r"^password +(\S+)", issued, re.MULTILINE)
    secret = bytes.fromhex(values["TOTP_SECRET"])
    customer = DemoCustomer(values["CUSTOMER_ID"], "", "", "", values["CUSTOMER_PASSWORD"].strip("'"), secret, "")
    phone = Phone(values["API"], customer)

    visitor = Visitor.arrive(browser, page_of(started), phone, None, size=DESKTOP, language="ko-KR")
    visitor.open("register")
    visitor.log_in()
    visitor.choose_folder(fresh / "build/NPKI")
    visitor.select("홍*동")  # beside it the same certificate as a PFX
    visitor.press("등록")
    visitor.agree_and_sign(password)
    visitor.is_at("등록되었습니다")
    visitor.follow("등록된 인증서 보기")
    visitor.sees("사용 가능")
    visitor.leave()
