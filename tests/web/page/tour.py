"""A walk through every view of the page, which stops at each with its name."""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import expect

from tests.support.signing import a_transfer
from tests.support.visitor import Visitor, write_npki
from tests.web.page.conftest import Bank, approve_recovery
from tools.cloud.relying import client_of
from tools.pki.authorities import CustomerCertificate, end_of_day_in_seoul
from tools.pki.issue import FILE_PASSWORD


def tour(bank: Bank, visitor: Visitor, issue: Callable[..., CustomerCertificate], folder: Path) -> Iterator[str]:
    """Register, manage, change credentials, sign. The caller checks the page at each stop."""
    yield from _without_a_session(visitor, folder, issue)
    yield from _registering(bank, visitor, folder, issue)
    yield from _containers(visitor, folder, issue)
    yield from _managing(bank, visitor, folder, issue)
    yield from _credentials(bank, visitor)
    yield from _signing(bank, visitor)


def _without_a_session(visitor: Visitor, folder: Path, issue: Callable[..., CustomerCertificate]) -> Iterator[str]:
    visitor.open()
    visitor.is_at("로그인")
    yield "login"
    visitor.fill("고객 ID", visitor.phone.customer.id)
    visitor.fill("로그인 비밀번호", "wrong-password")
    visitor.press("다음")
    expect(visitor.page.get_by_role("alert")).to_be_visible()
    yield "login-refused"
    visitor.follow("인증서로 로그인")
    visitor.sees("Log in with a registered certificate")
    yield "login-certificate"
    visitor.open("loss")
    visitor.is_at("분실 신고")
    yield "loss-without-session"
    visitor.open("issuers")
    visitor.sees("yessignCA Class 4")
    yield "issuers"
    visitor.open("precheck")
    refused = folder / "refused"
    write_npki(refused, issue(rsa_bits=1024, key="rsa", bank_ou="JBB"))
    (refused / "NPKI/broken.der").write_bytes(b"not a certificate")
    (refused / "NPKI/notes.txt").write_bytes(b"notes")
    visitor.choose_folder(refused / "NPKI")
    visitor.sees("사용할 수 없는 파일")
    visitor.press("등록할 수 있는지 먼저 확인")
    visitor.sees("등록할 수 없는 인증서입니다.")
    yield "precheck-refused"


def _registering(
    bank: Bank, visitor: Visitor, folder: Path, issue: Callable[..., CustomerCertificate]
) -> Iterator[str]:
    mine, soon = issue(), issue(not_after=end_of_day_in_seoul(datetime.now(UTC) + timedelta(days=7)))
    bank.issuers.set_mode(soon.certificate, "tryLater")
    write_npki(folder / "both", mine)
    write_npki(folder / "both", soon)
    visitor.open("register")
    visitor.enter_login()
    yield "challenge"
    visitor.select("문자 인증번호")
    visitor.press("인증번호 받기")
    visitor.sees("인증번호를 보냈습니다")
    yield "challenge-sms"
    visitor.select("패스키")
    visitor.prove()
    visitor.is_at("타기관 인증서 등록")
    yield "register"
    visitor.choose_folder(folder / "both/NPKI")
    visitor.sees("인증서 2개를 찾았습니다.")
    visitor.page.get_by_role("radio").nth(0).check()
    yield "register-chosen"
    visitor.press("등록")
    visitor.is_at("동의와 서명")
    yield "agreement"
    visitor.agree_and_sign("wrong-password")
    visitor.sees("인증서 비밀번호가 맞지 않습니다")
    yield "agreement-wrong-password"
    visitor.agree_and_sign()
    visitor.is_at("등록되었습니다")
    yield "registered"
    visitor.open("register")
    visitor.log_in()
    visitor.choose_folder(folder / "both/NPKI")
    visitor.page.get_by_role("radio").nth(1).check()
    visitor.press("등록")
    visitor.is_at("발급기관의 응답을 기다리고 있습니다")
    yield "deferred"
    visitor.page.get_by_role("navigation").get_by_role("link", name="인증서 관리").click()
    visitor.sees("진행 중인 등록이 있습니다.")
    yield "certificates"
    visitor.page.get_by_role("navigation").get_by_role("link", name="인증서 등록").click()
    visitor.choose_folder(folder / "refused/NPKI")
    visitor.press("등록")
    visitor.sees("본인 확인이 필요합니다")
    yield "register-step-up"
    visitor.passes_step_up()
    visitor.is_at("등록할 수 없습니다")
    yield "refused"


def _containers(visitor: Visitor, folder: Path, issue: Callable[..., CustomerCertificate]) -> Iterator[str]:
    write_npki(folder / "container", issue())
    visitor.open("register")
    visitor.log_in()
    visitor.choose_folder(folder / "container/NPKI")
    visitor.select("비밀번호로 보호된 파일 전송")
    visitor.press("등록")
    visitor.is_at("인증서 비밀번호 입력")
    yield "container-password"
    visitor.fill("인증서 비밀번호", FILE_PASSWORD)
    visitor.press("확인")
    visitor.is_at("동의와 서명")
    yield "container-agreement"
    visitor.select("위 내용을 확인하였으며 동의합니다.")
    visitor.press("동의하고 등록")
    visitor.is_at("등록되었습니다")


def _managing(
    bank: Bank, visitor: Visitor, folder: Path, issue: Callable[..., CustomerCertificate]
) -> Iterator[str]:
    certificate = issue()
    registration_id = visitor.has_registered(certificate)
    visitor.open(f"certificates/{registration_id}")
    visitor.log_in()
    visitor.sees("사용 가능")
    yield "certificate"
    visitor.page.get_by_role("main").get_by_role("link", name="분실 신고").click()
    visitor.sees("KISA(118)")
    yield "loss"
    visitor.press("분실 신고하기")
    visitor.sees("분실 신고가 접수되어")
    yield "loss-reported"
    visitor.follow("상세 보기")
    visitor.sees("사용이 정지된 인증서입니다")
    yield "certificate-suspended"
    visitor.follow("분실 신고 취소")
    visitor.passes_step_up()
    visitor.sees("Use a registered certificate again")
    yield "resume"
    visitor.page.goto(f"{visitor.origin}/#/certificates/{registration_id}/deregister")
    visitor.passes_step_up()
    visitor.sees("고객님만 다시 등록하실 수 있습니다.")
    yield "deregister"
    visitor.page.goto(f"{visitor.origin}/#/certificates/loss")
    visitor.sees("모든 인증서의 사용이 즉시 정지됩니다.")
    yield "loss-all"


def _credentials(bank: Bank, visitor: Visitor) -> Iterator[str]:
    approve_recovery(bank, visitor.phone.customer.id)
    visitor.open("credentials")
    visitor.log_in()
    visitor.sees("본인 확인 수단 재설정이 예정되어 있습니다")
    yield "credentials"
    for view, shown in (
        ("passkey", "기기 이름"),
        ("totp", "직접 입력하는 키"),
        ("phone", "새 휴대폰 번호"),
    ):
        visitor.page.goto(f"{visitor.origin}/#/credentials/{view}")
        visitor.passes_step_up()
        visitor.sees(shown)
        yield f"credentials-{view}"
    visitor.page.goto(f"{visitor.origin}/#/credentials")
    visitor.page.get_by_role("link", name="패스키").last.click()
    visitor.passes_step_up()
    yield "credentials-removal"
    visitor.page.goto(f"{visitor.origin}/#/nowhere")
    visitor.is_at("페이지를 찾을 수 없습니다")
    yield "not-found"


def _signing(bank: Bank, visitor: Visitor) -> Iterator[str]:
    body = a_transfer(customer_id=visitor.phone.customer.id)
    key = str(uuid.uuid4())
    asked = client_of(bank.cloud, "transfers").call("POST", "/signature-requests", body, Idempotency_Key=key)
    visitor.page.goto(f"{visitor.origin}/#/requests")
    visitor.sees("내용 보기")
    yield "requests"
    visitor.page.goto(f"{visitor.origin}/#/requests/{asked.json()['request_id']}")
    visitor.sees("Check and sign this transaction")
    yield "request"
    visitor.press("거절하기")
    visitor.sees("거절했습니다.")
    yield "request-declined"
