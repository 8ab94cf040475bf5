"""Hostile files get a reason, and the page answers meanwhile; texts are never markup."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.visitor import Visitor, write_npki
from tools.pki.authorities import CustomerCertificate
from tools.pki.npki_files import Pbes2, Seed, sign_pri_key

pytestmark = [pytest.mark.slow, pytest.mark.cloud]

NewVisitor = Callable[..., Visitor]
NewCertificate = Callable[..., CustomerCertificate]
MOST_ROUNDS = 1_000_000
MARKUP = "<img src=x onerror=alert(1)><b>홍길동</b>"


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(5 * 1024**3)


def zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("signCert.der", b"0" * 1000)


def nested(path: Path) -> None:
    content = b""
    while len(content) < 60_000:
        size = len(content)
        length = bytes([size]) if size < 128 else bytes([0x82, size >> 8, size & 255])
        content = b"\x30" + length + content
    path.write_bytes(content)


def indefinite(path: Path) -> None:
    path.write_bytes(b"\x30\x80" * 30_000)


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (sparse, "파일이 너무 큽니다"),
        (zipped, "인증서 파일을 읽을 수 없습니다"),
        (nested, "인증서 파일을 읽을 수 없습니다"),
        (indefinite, "인증서 파일을 읽을 수 없습니다"),
        (empty, "내용이 없는 파일입니다"),
    ],
)
def test_a_hostile_file_gets_a_reason(
    make: Callable[[Path], None], reason: str, new_visitor: NewVisitor, tmp_path: Path
) -> None:
    visitor = new_visitor()
    file = tmp_path / "hostile.der"
    make(file)

    visitor.open("precheck")
    visitor.choose(file)

    visitor.sees("인증서를 찾지 못했습니다")
    visitor.sees("hostile.der")
    visitor.sees(reason)


def test_a_folder_of_thousands_of_files_is_looked_at_in_part(
    new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor = new_visitor()
    write_npki(tmp_path, new_certificate())
    for number in range(2500):
        (tmp_path / f"NPKI/{number}.txt").write_bytes(b"text")

    visitor.open("precheck")
    visitor.choose_folder(tmp_path / "NPKI")

    visitor.sees("인증서 1개를 찾았습니다.")
    visitor.sees("502개는 확인하지 않았습니다.")


@pytest.mark.parametrize("rounds", [MOST_ROUNDS + 1, 0x7FFFFF])
def test_a_key_that_asks_for_too_much_work_is_refused(
    rounds: int, new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor, certificate = new_visitor(), new_certificate(key="ec")
    folder = write_npki(tmp_path, certificate)
    claimed = (MOST_ROUNDS + 1).to_bytes(3, "big")
    key = sign_pri_key(certificate, "password-1", Pbes2(rounds=MOST_ROUNDS + 1))
    assert key.count(claimed) == 1
    (folder / "signPri.key").write_bytes(key.replace(claimed, rounds.to_bytes(3, "big")))

    visitor.open("register")
    visitor.log_in()
    visitor.choose_folder(tmp_path / "NPKI")

    visitor.sees("열 수 없는 설정의 파일입니다")
    visitor.sees(f"{rounds:,}회")


def test_the_page_answers_while_a_key_is_opened_and_the_work_can_be_stopped(
    new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor, certificate = new_visitor(), new_certificate(key="ec")
    folder = write_npki(tmp_path, certificate)
    key = sign_pri_key(certificate, "password-1", Seed(rounds=MOST_ROUNDS))
    (folder / "signPri.key").write_bytes(key)

    visitor.open("register")
    visitor.log_in()
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.press("등록")
    visitor.is_at("동의와 서명")
    visitor.select("위 내용을 확인하였으며 동의합니다.")
    visitor.fill("인증서 비밀번호", "password-1")
    # Within one task of the page: had it done the work itself, its answer would come after the work.
    answered = visitor.page.evaluate(
        """async () => {
          const named = (text) => [...document.querySelectorAll("button")].find((each) => each.innerText === text);
          const later = () => new Promise((resolve) => setTimeout(resolve));
          named("동의하고 서명하여 등록").click();
          await later();
          const busy = document.querySelector("main .busy")?.innerText;
          named("English").click();
          await later();
          const answer = document.documentElement.lang;
          named("한국어").click();
          await later();
          const still = document.querySelector("main .busy")?.innerText;
          named("취소").click();
          await later();
          return { busy, answer, still };
        }"""
    )
    assert answered == {"busy": "처리 중입니다.", "answer": "en", "still": "처리 중입니다."}
    expect(visitor.page.locator("main .busy")).to_have_count(0)

    visitor.fill("인증서 비밀번호", "password-1")  # and it goes on
    visitor.press("동의하고 서명하여 등록")
    visitor.is_at("등록되었습니다")


def test_names_of_files_are_texts(new_visitor: NewVisitor, tmp_path: Path) -> None:
    visitor = new_visitor()
    named = tmp_path / f"{MARKUP.replace('/', '')}.der"
    named.write_bytes(b"not a certificate")

    visitor.open("precheck")
    visitor.choose(named)

    visitor.sees(named.name)
    expect(visitor.page.locator("main img, main b")).to_have_count(0)


def test_names_in_certificates_and_texts_of_the_service_are_texts(
    new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor = new_visitor()
    write_npki(tmp_path, new_certificate(real_name="<b>"))
    problem = {
        "type": "urn:registrar:problem:rate-limited",
        "title": MARKUP,
        "detail": MARKUP,
        "status": 422,
        "code": "RATE_LIMITED",
        "retryable": False,
        "next_action": "WAIT",
        "params": {},
        "support_ref": MARKUP,
        "findings": [],
    }

    visitor.open("precheck")
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.sees("<*>")  # masked
    visitor.context.route(
        "**/precheck",
        lambda route: route.fulfill(
            status=422,
            body=json.dumps(problem),
            content_type="application/problem+json",
            headers={"Access-Control-Allow-Origin": visitor.origin},
        ),
    )
    visitor.press("등록할 수 있는지 먼저 확인")
    visitor.sees(MARKUP)

    expect(visitor.page.locator("main img, main b")).to_have_count(0)


def test_the_policy_of_the_page_stops_scripts_and_markup(new_visitor: NewVisitor) -> None:
    visitor = new_visitor()
    visitor.open("precheck")
    visitor.is_at("사전 확인")

    stopped = visitor.page.evaluate(
        """() => {
          const failed = (step) => {
            try { step(); return false; } catch (error) { return error instanceof TypeError; }
          };
          return [
            failed(() => { document.body.innerHTML = "<p>"; }),
            failed(() => new Worker("data:text/javascript,1")),
            failed(() => trustedTypes.createPolicy("another", { createHTML: (text) => text })),
          ];
        }"""
    )

    assert stopped == [True, True, True]
    visitor.may_err = True
