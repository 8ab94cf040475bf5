"""Managing registered certificates in the browser: status, loss, taking it back, removal, renewal."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.visitor import DESKTOP, PHONE, Visitor, write_npki
from tests.web.page.conftest import Bank
from tools.pki.authorities import CustomerCertificate, end_of_day_in_seoul

pytestmark = [pytest.mark.slow, pytest.mark.cloud]

NewVisitor = Callable[..., Visitor]
NewCertificate = Callable[..., CustomerCertificate]


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_list_shows_each_certificate_with_its_status_and_days_left(
    size: tuple[int, int], new_visitor: NewVisitor, new_certificate: NewCertificate
) -> None:
    visitor = new_visitor(size=size)
    soon = end_of_day_in_seoul(datetime.now(UTC) + timedelta(days=7))
    visitor.has_registered(new_certificate(not_after=soon))
    visitor.has_registered(new_certificate(operator="kica"))

    visitor.open()
    visitor.log_in()

    cards = visitor.page.locator(".card")
    expect(cards).to_have_count(2)
    expect(cards.filter(has_text="금융결제원")).to_contain_text("만료까지 7일")
    expect(cards.filter(has_text="금융결제원")).to_contain_text("만료가 가까워졌습니다")
    expect(cards.filter(has_text="한국정보인증")).to_contain_text("사용 가능")


def test_without_a_certificate_the_list_offers_to_register_one(new_visitor: NewVisitor) -> None:
    visitor = new_visitor()

    visitor.open()
    visitor.log_in()

    visitor.sees("등록된 인증서가 없습니다.")
    visitor.follow("타기관 인증서 등록")
    visitor.is_at("타기관 인증서 등록")


def test_a_status_check_asks_the_issuer_and_shows_that_it_was_revoked(
    bank: Bank, new_visitor: NewVisitor, new_certificate: NewCertificate
) -> None:
    visitor, certificate = new_visitor(), new_certificate()
    registration_id = visitor.has_registered(certificate)

    visitor.open(f"certificates/{registration_id}")
    visitor.log_in()
    visitor.sees("사용 가능")
    visitor.press("상태 조회")
    visitor.sees("발급기관에 확인했습니다.")
    bank.issuers.set_mode(certificate.certificate, "tryLater")
    visitor.press("상태 조회")
    visitor.sees("처리 중입니다.")  # the page asks again by itself
    bank.issuers.set_mode(certificate.certificate, "revoked")
    # Where other tests had failures of this responder too, it rests for a minute before it is asked again.
    expect(visitor.page.locator("main")).to_contain_text("폐지된 인증서입니다", timeout=90_000)

    expect(visitor.page.get_by_role("button", name="상태 조회")).to_have_count(0)
    visitor.follow("다른 인증서 등록")
    visitor.is_at("타기관 인증서 등록")


def test_a_loss_is_reported_and_taken_back_with_a_signature(
    new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor, certificate = new_visitor(), new_certificate()
    write_npki(tmp_path, certificate)
    registration_id = visitor.has_registered(certificate)

    visitor.open(f"certificates/{registration_id}")
    visitor.log_in()
    visitor.page.get_by_role("main").get_by_role("link", name="분실 신고").click()
    visitor.sees("KISA(118)")
    visitor.press("분실 신고하기")
    visitor.sees("분실 신고가 접수되어 사용이 정지되었습니다.")
    visitor.follow("상세 보기")
    visitor.sees("사용이 정지된 인증서입니다")
    visitor.follow("분실 신고 취소")
    visitor.passes_step_up()
    visitor.sees("등록 인증서 다시 사용 / Use a registered certificate again")
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.fill("인증서 비밀번호", "npki-demo-1")
    visitor.press("서명하고 다시 사용")
    visitor.sees("분실 신고를 취소했습니다.")

    (registration,) = visitor.registrations()
    assert (registration["status"], registration["holds"]) == ("ACTIVE", [])


def test_all_certificates_are_reported_lost_at_once(
    new_visitor: NewVisitor, new_certificate: NewCertificate
) -> None:
    visitor = new_visitor()
    visitor.has_registered(new_certificate())
    visitor.has_registered(new_certificate())

    visitor.open()
    visitor.log_in()
    visitor.follow("모두 분실 신고")
    visitor.press("모두 분실 신고하기")
    visitor.sees("사용이 정지된 인증서: 2개")

    assert {each["status"] for each in visitor.registrations()} == {"SUSPENDED"}


def test_a_loss_is_reported_without_a_login(new_visitor: NewVisitor, new_certificate: NewCertificate) -> None:
    visitor = new_visitor()
    visitor.has_registered(new_certificate())

    visitor.open()
    visitor.follow("휴대폰이나 인증서를 분실하셨습니까?")
    visitor.is_at("분실 신고")
    visitor.fill("고객 ID", visitor.phone.customer.id)
    visitor.fill("로그인 비밀번호", "wrong-password")
    visitor.press("모두 분실 신고하기")
    expect(visitor.page.get_by_role("alert")).to_be_visible()
    visitor.fill("로그인 비밀번호", visitor.phone.customer.password)
    visitor.press("모두 분실 신고하기")
    visitor.sees("사용이 정지된 인증서: 1개")

    (registration,) = visitor.registrations()
    assert registration["holds"] == ["customer"]


def test_a_certificate_is_deregistered_with_a_fresh_proof_of_identity(
    new_visitor: NewVisitor, new_certificate: NewCertificate
) -> None:
    visitor = new_visitor()
    registration_id = visitor.has_registered(new_certificate())

    visitor.open(f"certificates/{registration_id}")
    visitor.log_in()
    visitor.follow("등록 해제")
    visitor.passes_step_up()
    visitor.press("등록 해제하기")
    visitor.sees("등록을 해제했습니다.")
    visitor.page.get_by_role("main").get_by_role("link", name="인증서 관리").click()
    visitor.sees("사용 종료된 인증서")

    (registration,) = visitor.registrations()
    assert registration["status"] == "DEREGISTERED"


def test_a_renewed_certificate_takes_the_place_of_the_earlier_one(
    new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor = new_visitor()
    earlier = visitor.has_registered(new_certificate(not_before=datetime.now(UTC) - timedelta(days=300)))
    write_npki(tmp_path, new_certificate())

    visitor.open(f"certificates/{earlier}")
    visitor.log_in()
    visitor.follow("갱신한 인증서 등록")
    visitor.sees("이전 인증서는 더 이상 사용할 수 없습니다.")
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.press("등록")
    visitor.passes_step_up()
    visitor.is_at("동의와 서명")
    visitor.page.reload()  # which certificate it replaces is not forgotten
    visitor.log_in()
    visitor.sees("이전 인증서는 더 이상 사용할 수 없습니다.")
    visitor.open()
    visitor.log_in()
    visitor.sees("갱신한 인증서로 바꾸는 등록이 진행 중입니다.")
    visitor.follow("이어서 하기")
    visitor.sees("이전 인증서는 더 이상 사용할 수 없습니다.")
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.agree_and_sign()
    visitor.is_at("등록되었습니다")
    visitor.open(f"certificates/{earlier}")
    visitor.log_in()
    visitor.sees("새 인증서로 대체되었습니다")
    visitor.follow("보기")
    visitor.sees("사용 가능")

    status = {each["registration_id"]: each["status"] for each in visitor.registrations()}
    assert status.pop(earlier) == "SUPERSEDED"
    assert set(status.values()) == {"ACTIVE"}


def test_a_certificate_of_the_same_key_is_registered_only_in_place_of_the_earlier_one(
    new_visitor: NewVisitor, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor = new_visitor()
    first = new_certificate(key="ec", not_before=datetime.now(UTC) - timedelta(days=300))
    earlier = visitor.has_registered(first)
    write_npki(tmp_path, new_certificate(key=first.key))

    visitor.open("register")
    visitor.log_in()
    visitor.choose_folder(tmp_path / "NPKI")
    visitor.press("등록")
    visitor.agree_and_sign()
    visitor.sees("같은 개인키로 이미 등록된 인증서가 있습니다.")
    visitor.press("이전 인증서를 대체하여 등록")
    visitor.is_at("등록되었습니다")

    status = {each["registration_id"]: each["status"] for each in visitor.registrations()}
    assert status.pop(earlier) == "SUPERSEDED"
    assert set(status.values()) == {"ACTIVE"}
