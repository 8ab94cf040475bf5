"""docs/helpdesk.md is true: codes and actions exist, screens are the catalogue's, no words ask for a secret."""

import re
from pathlib import Path

import pytest

from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.reason import NextAction
from registrar.domain.registrations.upload import MAX_PASSWORD_TRIES, PROOF_DEADLINE
from registrar.entry.references import ALPHABET
from tests.support.shape import OPERATIONS
from tools.checks.helpdesk_page import with_screens

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/helpdesk.md").read_text()
SAID = re.findall(r'\*\*말\*\*: "([^"]+)"', PAGE)
SECRETS = r"(비밀번호|인증번호|보안카드|주민등록번호|signPri|PFX|개인키|파일)"
ASKED = r"(말씀해|불러|알려|보내|읽어|입력해 보내|전송해) ?(주|달라)"
"""What would ask for one of them."""


def test_every_code_and_next_action_of_the_page_exists() -> None:
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)*)`", PAGE))

    assert {"CERT_EXPIRED", "CALL"} <= named
    assert not named - set(Code) - set(NextAction) - {"NPKI"}, "NPKI is a folder"


def test_the_screens_are_those_of_the_catalogue() -> None:
    assert with_screens(PAGE) == PAGE, "run `make docs`"
    for code in re.findall(r"<!-- screen (\w+) -->", PAGE):
        assert f"> **화면: {CATALOGUE[Code(code)].title['ko']}** (`{code}`)" in PAGE


def test_a_screen_that_differs_from_the_catalogue_is_written_anew() -> None:
    (title,) = {CATALOGUE[Code.CERT_EXPIRED].title["ko"]}

    assert with_screens(PAGE.replace(title, "만료된 인증서입니다")) == PAGE


def test_every_question_has_the_words_to_say() -> None:
    (chapter,) = re.findall(r"^## 3\..*?(?=^## 4)", PAGE, re.MULTILINE | re.DOTALL)
    questions = chapter.split("\n### ")[1:]

    assert len(questions) >= 10
    for question in questions:
        assert question.count('**말**: "') == max(question.count("<!-- screen "), 1), question.splitlines()[0]


def asks_for_a_secret(sentence: str) -> bool:
    """Whether an agent who says this asks for something that only the customer may know or hold."""
    return re.search(f"{SECRETS}[^.?]*{ASKED}", sentence) is not None


def test_no_words_ask_for_a_secret() -> None:
    sentences = [sentence for said in SAID for sentence in re.split(r"(?<=[.?]) ", said)]

    assert sentences
    assert not [sentence for sentence in sentences if asks_for_a_secret(sentence)]
    for sentence in sentences:
        assert re.fullmatch(r".*(습니다|니다|십시오|까)[.?]", sentence), sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "인증서 비밀번호를 말씀해 주십시오.",
        "문자로 받으신 인증번호를 불러 주시겠습니까?",
        "PFX 파일을 메일로 보내 주십시오.",
    ],
)
def test_a_request_for_a_secret_is_detected(sentence: str) -> None:
    assert asks_for_a_secret(sentence)


def test_the_form_is_described_as_it_is() -> None:
    parameters = OPERATIONS["Resources"]["Explain"]["Properties"]["Content"]["parameters"]
    rows = {row[0]: row[1] for row in re.findall(r"^   \| `(\w+)` \| (.+) \|$", PAGE, re.MULTILINE)}
    (days,) = re.findall(r"\(([\d, ]+)\)", rows["Days"])

    assert rows.keys() == parameters.keys()
    assert set(parameters["By"]["allowedValues"]) == set(re.findall(r"`(\w+)`", rows["By"]))
    assert days.split(", ") == parameters["Days"]["allowedValues"]
    assert re.fullmatch(parameters["Id"]["allowedPattern"], "7kq2 m4xd")


def test_numbers_of_the_page_are_those_of_the_service() -> None:
    (never,) = re.findall(r"숫자 0과 1, 영문 ([A-Z, ]+)와 모음\(([A-Z, ]+)\)", PAGE)

    assert not set(ALPHABET) & set("01" + "".join(never))
    assert f"{MAX_PASSWORD_TRIES}번까지 입력합니다" in PAGE
    assert f"{PROOF_DEADLINE.total_seconds() / 3600:.0f}시간" in PAGE


def test_links_lead_somewhere_and_lead_here() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / "docs" / target).exists()
    for page in ("README.md", "docs/runbook.md"):
        assert "helpdesk.md" in (ROOT / page).read_text(), page


def test_the_customers_guide_leads_to_no_document_of_the_bank() -> None:
    guide = (ROOT / "docs/guide.md").read_text()

    assert re.findall(r"\]\((?!#|images/)[^)]*\)", guide) == []
