"""A signature request: its text to the letter, what the text binds, and its states."""

from dataclasses import replace
from datetime import timedelta

import pytest

from registrar.domain.bank import SigningBank
from registrar.domain.reasons.errors import Refusal
from registrar.domain.registrations.retention import RULES
from registrar.domain.signing.kinds import KINDS, Value
from registrar.domain.signing.signature_request import (
    ANSWERING,
    Asked,
    Hint,
    SignatureRequest,
    SigningState,
    new_request,
    request_id,
)
from tests.support.builders import NOW
from tests.support.relying import a_service
from tests.support.shape import FUNCTIONS
from tests.support.signing import DOCUMENT, TRANSFER, a_request

SECOND = timedelta(seconds=1)
BANK = SigningBank("JBB-037", "전북은행")
PENDING, EXPIRED = SigningState.PENDING, SigningState.EXPIRED


def test_the_text_is_exact_to_the_letter() -> None:
    request = replace(a_request(values={**TRANSFER, "memo": "11월 월세"}), nonce="Zm9yIG9uZSB0ZXh0IGhlcmU")

    assert request.text(BANK) == (
        "거래 내용을 확인하고 서명 / Check and sign this transaction\n"
        "거래 / Transaction: 이체 / Transfer\n"
        "받는 분 / Payee: 김철수\n"
        "받는 은행 / Bank of the payee: 한빛은행\n"
        "받는 계좌 / Account of the payee: 110-234-567890\n"
        "금액 / Amount: 1,500,000원 / KRW 1,500,000\n"
        "출금 계좌 / From account: 220-11-0099887\n"
        "메모 / Memo: 11월 월세\n"
        "요청 / Requested by: 이체 / Transfers\n"
        "은행: 전북은행(JBB-037)\n"
        "요청 시스템: transfers\n"
        f"서명 요청 번호: {request_id('transfers', 'transfer-0001', 'hong')}\n"
        f"문서 지문(SHA-256): {'5e' * 32}\n"
        "일회용 값: Zm9yIG9uZSB0ZXh0IGhlcmU\n"
        "서명 기한: 2026년 11월 23일 12:05:00 (한국 시간)"
    )


def test_the_text_binds_everything_that_was_asked() -> None:
    request = a_request()
    changed = [
        request,
        replace(request, id="s" + "0" * 32),
        replace(request, service="loans"),
        replace(request, document_sha256="5f" * 32),
        replace(request, nonce="other"),
        replace(request, expires_at=request.expires_at + SECOND),
        replace(request, kind="card", values={"merchant": "a", "amount": 1, "instalments": 1, "card": "0000"}),
        *(replace(request, values={**TRANSFER, name: value}) for name, value in OTHERS.items()),
    ]

    texts = {each.text(BANK) for each in changed} | {request.text(SigningBank("JBB-038", "전북은행"))}

    assert len(texts) == len(changed) + 1


OTHERS: dict[str, Value] = {
    "payee": "김철호",
    "bank": "한밭은행",
    "account": "110-234-567891",
    "amount": 15000000,
    "from_account": "220-11-0099888",
    "memo": "월세",
}


def test_two_requests_have_different_nonces() -> None:
    assert a_request().nonce != a_request().nonce


def test_a_title_of_a_service_stays_on_its_line() -> None:
    service = a_service(title={"ko": "이체\nbank: OTHER", "en": "Transfers\u202e"})
    request = new_request(service, asked(), "transfer-0001", NOW)

    assert request.text(BANK).splitlines()[7] == "요청 / Requested by: 이체 bank: OTHER / Transfers"


def test_the_same_key_names_one_request_of_one_service_and_customer() -> None:
    names = [("transfers", "key-0001", "hong"), ("loans", "key-0001", "hong"), ("transfers", "key-0001", "kim")]

    assert len({request_id(*each) for each in names}) == 3
    assert request_id(*names[0]) == request_id(*names[0])


@pytest.mark.parametrize(
    ("at", "state", "answerable"),
    [
        (NOW, PENDING, True),
        (NOW + timedelta(minutes=5) - SECOND, PENDING, True),
        (NOW + timedelta(minutes=5), PENDING, False),
        (NOW + timedelta(minutes=5) + ANSWERING - SECOND, PENDING, False),
        (NOW + timedelta(minutes=5) + ANSWERING, EXPIRED, False),
    ],
)
def test_a_pending_request_expires_by_the_clock(at: object, state: SigningState, answerable: bool) -> None:
    request = a_request()

    assert (request.state_at(at), request.answerable_at(at)) == (state, answerable)  # type: ignore[arg-type]


def test_what_came_in_time_is_decided_before_the_request_is_shown_as_expired() -> None:
    assert timedelta(seconds=FUNCTIONS["SignRequestFunction"]["Timeout"]) < ANSWERING


@pytest.mark.parametrize("state", [SigningState.COMPLETED, SigningState.DECLINED, SigningState.FAILED])
def test_a_final_state_stays(state: SigningState) -> None:
    request = replace(a_request(), state=state)

    assert request.state_at(NOW + timedelta(days=3)) is state
    assert not request.answerable_at(NOW)


@pytest.mark.parametrize(
    ("request_now", "hint"),
    [
        (a_request(), Hint.OUTSTANDING),
        (replace(a_request(), seen_at=NOW), Hint.SEEN_BY_APP),
        (replace(a_request(), seen_at=NOW, tries=1), Hint.SIGNED_WRONGLY),
        (replace(a_request(), seen_at=NOW, tries=1, silences=1), Hint.ISSUER_SILENT),
    ],
)
def test_the_hint_states_how_far_it_is(request_now: SignatureRequest, hint: Hint) -> None:
    assert request_now.hint is hint


def asked(kind: str = "transfer", expires_in: int = 300) -> Asked:
    return Asked("hong", kind, TRANSFER, DOCUMENT, expires_in)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (asked(kind="loan"), "SIGNING_KIND_NOT_ALLOWED"),
        (asked(kind="transfers"), "MALFORMED_REQUEST"),
        (asked(expires_in=59), "MALFORMED_REQUEST"),
        (asked(expires_in=3601), "MALFORMED_REQUEST"),
    ],
)
def test_what_a_service_may_not_ask_is_refused(wanted: Asked, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        new_request(a_service(), wanted, "transfer-0001", NOW)

    assert refused.value.code == code


def test_a_request_is_stored_longer_than_it_is_valid() -> None:
    assert RULES["signature requests"] > timedelta(hours=1)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_text_on_one_line_each(kind: str) -> None:
    lines = a_request(kind).text(BANK).split("\n")

    assert all(line.isprintable() and line for line in lines)
    assert len(lines) == 2 + len(a_request(kind).values) + 7
