"""docs/messages.md: its tables, and its protocol as it is sent."""

import re

from registrar.domain.notices.kinds import Kind
from registrar.domain.notices.message_parts import message_parts
from registrar.domain.notices.provider_messages import Credentials, alimtalk_body, authorization, text_body
from registrar.domain.notices.rendering import NoticeText
from registrar.domain.notices.text_messages import SMS_BYTES
from tests.support.builders import NOW
from tests.support.shape import PARAMETERS
from tools.checks.message_table import DOCUMENT, MESSAGES, TEMPLATES, messages, templates
from tools.checks.sections import with_section

TEXT = DOCUMENT.read_text(encoding="utf-8")


def test_the_tables_equal_the_texts() -> None:
    assert with_section(TEXT, *MESSAGES, messages()) == TEXT, "run `make docs`"
    assert with_section(TEXT, *TEMPLATES, templates()) == TEXT, "run `make docs`"


def test_every_kind_fits_one_sms_by_the_table() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (\d+) \| (\d+) \|$", messages(), re.MULTILINE)
    assert {kind for kind, *_ in rows} == set(Kind)
    assert all(int(usual) <= int(longest) <= SMS_BYTES for _, _, usual, longest in rows)
    assert {text for _, text, _, _ in rows if message_parts(text) > 1} == {
        text for _, text, _, _ in rows if text.startswith("[Jeonbuk Bank]") and "갤럭시" in text
    }


def test_the_members_of_a_message_are_described() -> None:
    notice = NoticeText("제목", "가" * 46, "본문", "registered_ko", {"name": "홍*동"})
    for body in (text_body("+821012345678", "15880000", notice), alimtalk_body("+821012345678", "1", notice)):
        for member in set(re.findall(r'"(\w+)":', body.decode())) - {"name"}:
            assert f"`{member}`" in TEXT, member


def test_the_example_of_a_signature_has_the_form_that_is_sent() -> None:
    (shown,) = re.findall(r"^Authorization: (.+)$", TEXT, re.MULTILINE)
    nonce = "9f86d081884c7d659a2feaa0c55ad015"
    sent = authorization(Credentials("bank-1", "x"), "/v1/messages", "5f0c", b"{}", NOW, nonce)
    assert (
        re.sub(r"timestamp=\d+", "timestamp=…", sent).rpartition("=")[0]
        == (re.sub(r"timestamp=\d+", "timestamp=…", shown).rpartition("=")[0])
    )


def test_the_parameters_are_named() -> None:
    for name in PARAMETERS:
        if name.startswith("MessageProvider"):
            assert f"`{name}" in TEXT or f"{name}=" in TEXT
