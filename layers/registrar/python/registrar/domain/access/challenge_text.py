"""The data of a challenge for each method, and the text that a certificate's key signs. Standard library only."""

from collections.abc import Iterable, Mapping
from typing import Any

from registrar.domain.access.challenge import Challenge, Operation
from registrar.domain.access.credentials import masked_phone, request_options
from registrar.domain.access.customer import Customer
from registrar.domain.bank import SigningBank
from registrar.domain.possession.headings import (
    LATEST,
    Bound,
    Heading,
    Label,
    TextToSign,
    Version,
    compose,
    labelled,
)
from registrar.domain.registrations.registration import Registration
from registrar.domain.times import iso

# What a proof authorises, as the customer reads it before signing.
OPERATIONS: Mapping[Operation, str] = {
    Operation.LOGIN: "로그인",
    Operation.REGISTER: "인증서 등록",
    Operation.RESUME: "분실 신고 취소",
    Operation.DEREGISTER: "인증서 등록 해제",
    Operation.ENROL: "본인 확인 수단 추가·변경",
    Operation.REMOVE: "본인 확인 수단 삭제",
}


def identity_text(challenge: Challenge, bank: SigningBank, version: Version = LATEST) -> TextToSign:
    """The text to sign that proves a challenge."""
    operation = challenge.operation
    lines: Bound = {
        Label.BANK: bank,
        Label.PURPOSE: "본인 확인",
        Label.CHALLENGE: challenge.id,
        Label.OPERATION: operation.value if version is Version.ENGLISH else OPERATIONS[operation],
        Label.OBJECT: challenge.object_id or ("-" if version is Version.ENGLISH else "없음"),
        Label.NONCE: challenge.nonce,
        Label.UNTIL: challenge.expires_at,
    }
    return compose(Heading.PROVE, labelled(version, lines))


def method_data(
    challenge: Challenge, customer: Customer, registered: Iterable[Registration], rp_id: str, bank: SigningBank
) -> dict[str, Any]:
    """What the app needs to respond with each of the challenge's methods."""
    everything: dict[str, Any] = {
        "otp": {},
        "sms": {"phone": masked_phone(customer.phone)},
        "passkey": request_options(rp_id, challenge.nonce, customer.passkeys),
        "certificate": {
            "text": identity_text(challenge, bank),
            "registrations": [
                {
                    "registration_id": each.id,
                    "name_masked": each.name_masked,
                    "not_after": iso(each.not_after),
                    "fingerprint": each.fingerprint,
                }
                for each in registered
            ],
        },
    }
    return {method: everything[method] for method in challenge.methods}
