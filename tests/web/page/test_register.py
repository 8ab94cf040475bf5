"""Registering a certificate in the browser: on the device, as a container, refused, deferred, and come back to."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.visitor import DESKTOP, PHONE, Visitor, write_npki
from tests.web.page.conftest import Bank
from tools.pki.authorities import CustomerCertificate
from tools.pki.issue import FILE_PASSWORD, OUTCOMES, customer_files, issue_for

pytestmark = [pytest.mark.slow, pytest.mark.cloud]

NewVisitor = Callable[..., Visitor]
NewCertificate = Callable[..., CustomerCertificate]


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
@pytest.mark.parametrize("key", ["rsa", "ec"])
def test_a_certificate_of_a_chosen_folder_is_registered(
    size: tuple[int, int], key: str, new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor, certificate = new_visitor(size=size), new_certificate(key=key)
    write_npki(tmp_path, certificate)

    visitor.open("register")
    visitor.log_in()
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.sees("인증서 1개를 찾았습니다.")
    visitor.sees("홍*동")
    visitor.press("등록")
    visitor.is_at("동의와 서명")
    visitor.sees("타기관 인증서 등록 / Register a certificate of another institution")
    visitor.agree_and_sign()

    visitor.is_at("등록되었습니다")
    visitor.follow("등록된 인증서 보기")
    visitor.sees("사용 가능")
    (registration,) = visitor.registrations()
    assert registration["usable"]
    assert registration["proof"] == "signature"
    assert registration["certificate"]["serial"] == f"{certificate.certificate.serial_number:x}"


def test_one_of_several_certificates_in_a_folder_is_chosen(
    new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor = new_visitor()
    certificates = [new_certificate(operator=operator) for operator in ("yessign", "kica", "signkorea")]
    for certificate in certificates:
        write_npki(tmp_path, certificate)
    for_encipherment = new_certificate(encipherment=True)
    (tmp_path / "NPKI/kmCert.der").write_bytes(for_encipherment.der)
    (tmp_path / "NPKI/readme.txt").write_text("notes")

    visitor.open("register")
    visitor.log_in()
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.sees("인증서 3개를 찾았습니다.")
    visitor.sees("그 밖의 파일 2개")
    visitor.select("한국정보인증")
    visitor.press("등록")
    visitor.agree_and_sign()
    visitor.is_at("등록되었습니다")

    (registration,) = visitor.registrations()
    assert registration["certificate"]["operator"] == "kica"


@pytest.mark.parametrize("form", ["pair", "pfx"])
def test_files_dropped_on_the_page_are_registered(
    form: str, new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor, certificate = new_visitor(), new_certificate()
    files = customer_files(certificate, FILE_PASSWORD)
    names = ("signCert.der", "signPri.key") if form == "pair" else ("certificate.pfx",)
    for name in names:
        (tmp_path / name).write_bytes(files[name])

    visitor.open("register")
    visitor.log_in()
    visitor.drop(*(tmp_path / name for name in names))
    visitor.sees("인증서 1개를 찾았습니다.")
    if form == "pfx":
        visitor.fill("인증서 비밀번호", "wrong-password")
        visitor.press("등록")
        visitor.sees("인증서 비밀번호가 맞지 않습니다")
        visitor.fill("인증서 비밀번호", FILE_PASSWORD)
    visitor.press("등록")
    visitor.is_at("동의와 서명")
    visitor.select("위 내용을 확인하였으며 동의합니다.")
    if form == "pair":
        visitor.fill("인증서 비밀번호", FILE_PASSWORD)
    visitor.press("동의하고 서명하여 등록")

    visitor.is_at("등록되었습니다")
    (registration,) = visitor.registrations()
    assert registration["proof"] == "signature"


@pytest.mark.parametrize("form", ["pair", "pfx"])
def test_a_locked_file_is_sent_with_its_password_sealed(
    form: str, new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor, certificate = new_visitor(), new_certificate()
    files = customer_files(certificate, FILE_PASSWORD)
    names = ("signCert.der", "signPri.key") if form == "pair" else ("certificate.pfx",)
    for name in names:
        (tmp_path / name).write_bytes(files[name])

    visitor.open("register")
    visitor.log_in()
    visitor.choose(*(tmp_path / name for name in names))
    visitor.select("비밀번호로 보호된 파일 전송")
    visitor.press("등록")
    visitor.is_at("인증서 비밀번호 입력")
    visitor.fill("인증서 비밀번호", "wrong-password")
    visitor.press("확인")
    visitor.sees("인증서 비밀번호가 맞지 않습니다")
    visitor.sees("남은 입력 횟수: 4회")
    visitor.fill("인증서 비밀번호", FILE_PASSWORD)
    visitor.press("확인")
    visitor.is_at("동의와 서명")
    visitor.select("위 내용을 확인하였으며 동의합니다.")
    visitor.press("동의하고 등록")

    visitor.is_at("등록되었습니다")
    (registration,) = visitor.registrations()
    assert registration["proof"] == "container"


def test_a_wrong_password_is_asked_for_again_without_a_limit(
    new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor, certificate = new_visitor(), new_certificate()
    write_npki(tmp_path, certificate)

    visitor.open("register")
    visitor.log_in()
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.press("등록")
    for _ in range(6):
        visitor.agree_and_sign("wrong-password")
        visitor.sees("인증서 비밀번호가 맞지 않습니다")
        expect(visitor.page.get_by_label("인증서 비밀번호", exact=True)).to_have_value("")
    visitor.agree_and_sign()
    visitor.is_at("등록되었습니다")


@pytest.mark.parametrize("name", [name for name, outcome in OUTCOMES.items() if outcome.code])
def test_every_refusal_is_shown_with_its_place_in_the_guide(
    name: str, bank: Bank, new_visitor: NewVisitor, tmp_path: Path
) -> None:
    outcome = OUTCOMES[name]
    assert outcome.code
    certificate = issue_for(outcome, bank.pki, datetime.now(UTC))
    bank.issuers.set_mode(certificate.certificate, outcome.mode)
    visitor = new_visitor()
    write_npki(tmp_path, certificate)

    visitor.open("register")
    visitor.log_in()
    visitor.choose_folder(tmp_path / "NPKI")
    if name == "encipherment":  # the page passes it over
        visitor.sees("인증서를 찾지 못했습니다")
        return
    visitor.press("등록")
    if name in ("wrong-owner", "no-owner"):
        visitor.agree_and_sign()
    link = visitor.page.get_by_role("link", name="자세한 안내 보기")
    anchor = outcome.code.lower().replace("_", "-")
    expect(link.first).to_have_attribute("href", f"./guide.html#{anchor}")

    with visitor.context.expect_page() as opened:
        link.first.click()
    expect(opened.value.locator(f"p:has(> #{anchor}) + h4")).to_be_in_viewport()


def test_all_findings_are_shown_the_headline_first(
    new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor = new_visitor()
    weak = new_certificate(rsa_bits=1024, bank_ou="JBB", key="rsa")
    write_npki(tmp_path, weak)

    visitor.open("register")
    visitor.log_in()
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.press("등록할 수 있는지 먼저 확인")
    visitor.sees("등록할 수 없는 인증서입니다.")
    before = visitor.page.locator(".notice-title").all_inner_texts()
    visitor.press("등록")
    visitor.is_at("등록할 수 없습니다")

    titles = visitor.page.locator(".notice-title").all_inner_texts()
    assert len(titles) == 2
    assert titles == before
    visitor.follow("다시 등록하기")
    visitor.is_at("타기관 인증서 등록")


def test_a_certificate_is_checked_before_a_login(
    new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor, certificate = new_visitor(), new_certificate()
    write_npki(tmp_path, certificate)

    visitor.open()
    visitor.page.get_by_role("main").get_by_role("link", name="사전 확인").click()
    visitor.is_at("사전 확인")
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.press("등록할 수 있는지 먼저 확인")
    visitor.sees("등록할 수 있는 인증서입니다.")

    sent = [request for request in visitor.requests if request.method == "POST"]
    assert [request.url.rsplit("/", 1)[1] for request in sent] == ["precheck"]


def test_accepted_issuers_and_kinds_are_shown_before_a_login_and_lead_on_from_a_refusal(
    new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor = new_visitor()
    write_npki(tmp_path, new_certificate(policy_oid="1.2.410.200005.1.1.1.10"))

    visitor.open("precheck")
    visitor.sees("파일 2개, 합하여 64 KB까지")
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.press("등록할 수 있는지 먼저 확인")
    visitor.sees("금융인증서는 아직 등록할 수 없습니다")
    visitor.page.get_by_role("main").get_by_role("link", name="등록할 수 있는 발급기관").last.click()

    visitor.is_at("등록할 수 있는 발급기관과 종류")
    visitor.sees("금융결제원 (yessign)")
    visitor.sees("개인 금융인증서")
    visitor.sees("yessignCA Class 4")


def test_a_silent_issuer_defers_and_the_customer_comes_back(
    bank: Bank, new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor, certificate = new_visitor(), new_certificate()
    bank.issuers.set_mode(certificate.certificate, "tryLater")
    write_npki(tmp_path, certificate)

    visitor.open("register")
    visitor.log_in()
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.press("등록")
    visitor.is_at("발급기관의 응답을 기다리고 있습니다")
    visitor.press("지금 상태 보기")
    visitor.sees("아직 발급기관이 응답하지 않았습니다.")
    # The customer closes the page; meanwhile the issuer responds.
    bank.issuers.set_mode(certificate.certificate, "good")
    bank.cloud.invoke("RetryDeferredFunction", {"all": True})
    upload_id = visitor.page.url.rsplit("/", 1)[1]
    assert visitor.phone.log_in("login").status == 200
    assert visitor.phone.wait_for_decision(upload_id, while_deferred=True)["state"] == "AWAITING_PROOF"
    visitor.open()
    visitor.log_in()
    visitor.follow("이어서 하기")
    visitor.is_at("동의와 서명")
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.agree_and_sign()

    visitor.is_at("등록되었습니다")
    visitor.open()
    visitor.log_in()
    visitor.sees("사용 가능")
    expect(visitor.page.get_by_role("link", name="이어서 하기")).to_have_count(0)


def test_a_logout_leaves_nothing_to_the_next_customer(
    new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor = new_visitor()
    write_npki(tmp_path, new_certificate())

    visitor.open("register")
    visitor.log_in()
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.press("등록")
    visitor.is_at("동의와 서명")
    visitor.press("로그아웃")

    expect(visitor.page.get_by_role("button", name="로그아웃")).to_have_count(0)
    assert visitor.page.evaluate("localStorage.uploads") == "[]"


def test_a_reload_at_each_step_leads_back_to_it(
    new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor, certificate = new_visitor(), new_certificate()
    write_npki(tmp_path, certificate)

    visitor.open("register")
    visitor.enter_login()
    visitor.page.reload()
    visitor.log_in()
    visitor.is_at("타기관 인증서 등록")
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.page.reload()
    visitor.log_in()
    visitor.is_at("타기관 인증서 등록")
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.press("등록")
    visitor.is_at("동의와 서명")
    shown = visitor.page.locator(".to-sign").inner_text()
    visitor.page.reload()
    visitor.log_in()
    visitor.is_at("동의와 서명")
    assert visitor.page.locator(".to-sign").inner_text() == shown
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.agree_and_sign()
    visitor.is_at("등록되었습니다")
    visitor.page.reload()
    visitor.log_in()
    visitor.is_at("등록되었습니다")


def test_back_leads_one_step_back_and_forward_again(
    new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor, certificate = new_visitor(), new_certificate()
    write_npki(tmp_path, certificate)

    visitor.open()
    visitor.enter_login()
    visitor.page.go_back()
    visitor.is_at("로그인")
    visitor.log_in()
    visitor.is_at("인증서 관리")
    visitor.page.get_by_role("main").get_by_role("link", name="타기관 인증서 등록").click()
    visitor.is_at("타기관 인증서 등록")
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.sees("인증서 1개를 찾았습니다.")
    visitor.press("등록")
    visitor.sees("인증서를 등록하려면 본인 확인이 필요합니다.")
    visitor.page.go_back()
    visitor.sees("인증서 1개를 찾았습니다.")  # nothing is lost
    visitor.press("등록")
    visitor.passes_step_up()
    visitor.is_at("동의와 서명")
    visitor.page.go_back()
    visitor.is_at("타기관 인증서 등록")
    visitor.sees("인증서 1개를 찾았습니다.")
    visitor.page.go_back()
    visitor.is_at("인증서 관리")
    visitor.page.go_forward()
    visitor.page.go_forward()
    visitor.is_at("동의와 서명")
    visitor.agree_and_sign()
    visitor.is_at("등록되었습니다")


def test_another_certificate_than_the_one_sent_signs_nothing(
    new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor, certificate, other = new_visitor(), new_certificate(), new_certificate()
    mine, others = write_npki(tmp_path / "mine", certificate), write_npki(tmp_path / "others", other)

    visitor.open("register")
    visitor.log_in()
    visitor.choose_folder(mine)
    visitor.press("등록")
    visitor.is_at("동의와 서명")
    visitor.press("다른 파일 선택")
    visitor.choose_folder(others)
    visitor.agree_and_sign()
    visitor.sees("다른 인증서를 선택하셨습니다")
    visitor.choose_folder(mine)
    visitor.agree_and_sign()
    visitor.is_at("등록되었습니다")


def test_a_certificate_without_its_key_is_sent_but_signs_only_with_the_key(
    new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor, certificate = new_visitor(), new_certificate()
    folder = write_npki(tmp_path, certificate)

    visitor.open("register")
    visitor.log_in()
    visitor.choose(folder / "signCert.der")
    visitor.sees("개인키 없음")
    visitor.press("등록")
    visitor.agree_and_sign()
    visitor.sees("개인키 파일이 없습니다")
    visitor.press("다른 파일 선택")
    visitor.choose(folder / "signCert.der", folder / "signPri.key")
    visitor.agree_and_sign()
    visitor.is_at("등록되었습니다")


def test_the_same_certificate_again_leads_to_its_registration(
    new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor, certificate = new_visitor(), new_certificate()
    write_npki(tmp_path, certificate)
    visitor.has_registered(certificate)

    visitor.open("register")
    visitor.log_in()
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.press("등록")
    visitor.agree_and_sign()
    visitor.is_at("이미 등록하신 인증서입니다")
    visitor.follow("등록된 인증서 보기")
    visitor.sees("사용 가능")
