"""Signature requests in tests: what the transfer system asks, and how the customer hong answers."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from registrar.domain.registrations.registration import Registration
from registrar.domain.signing.kinds import KINDS
from registrar.domain.signing.signature_request import DEFAULT_LIFE, Asked, SignatureRequest, new_request
from tests.support.app import Answer, App
from tests.support.builders import NOW, a_certificate
from tests.support.relying import System, a_service
from tests.support.rows import a_registration
from tools.demo.phone import sign
from tools.pki.authorities import CustomerCertificate

DOCUMENT = "5e" * 32
TRANSFER: dict[str, Any] = {
    "payee": "김철수",
    "bank": "한빛은행",
    "account": "110-234-567890",
    "amount": 1500000,
    "from_account": "220-11-0099887",
}
LOAN: dict[str, Any] = {
    "product": "직장인 신용대출",
    "amount": 30000000,
    "rate": "4.25",
    "months": 36,
    "account": "220-11-0099887",
}
CARD: dict[str, Any] = {"merchant": "서울 전자상가", "amount": 890000, "instalments": 3, "card": "4321"}
VALUES = {"transfer": TRANSFER, "loan": LOAN, "card": CARD}
CREATE = "/signature-requests"
POLL = "/customers/{customer_id}/signature-requests/{request_id}"


def a_transfer(**overrides: Any) -> dict[str, Any]:
    """The body of a request to sign a transfer."""
    values: dict[str, Any] = {
        "customer_id": "hong",
        "kind": "transfer",
        "values": TRANSFER,
        "document_sha256": DOCUMENT,
    }
    return values | overrides


def a_request(
    kind: str = "transfer", values: dict[str, Any] | None = None, life: timedelta = DEFAULT_LIFE
) -> SignatureRequest:
    """A new request as the domain has it."""
    asked = Asked("hong", kind, VALUES[kind] if values is None else values, DOCUMENT, life)
    return new_request(a_service(kinds=frozenset(KINDS)), asked, "transfer-0001", NOW)


@dataclass
class Signer:
    """The customer hong with a registered certificate, and the transfer system that asks for signatures."""

    app: App
    certificate: CustomerCertificate = field(default_factory=lambda: a_certificate(key="ec"))
    number: int = 0

    @cached_property
    def system(self) -> System:
        return System(self.app.account).enter()

    @cached_property
    def registration(self) -> Registration:
        return a_registration(self.app.account, self.certificate, at=self.app.account.at)

    def ask(self, key: str | None = None, **overrides: Any) -> Answer:
        """The system creates a request, each time another one unless `key` says which."""
        self.number += 1
        self.system.extra_headers = {"Idempotency-Key": key or f"transfer-{self.number:04}"}
        return self.system.call("POST", CREATE, a_transfer(**overrides))

    def asked(self, **overrides: Any) -> str:
        """The id of a new request."""
        return str(self.ask(**overrides).body["request_id"])

    def poll(self, request_id: str) -> dict[str, Any]:
        answer = self.system.call("GET", POLL, customer_id="hong", request_id=request_id)
        assert answer.status == 200, answer.body
        return answer.body

    def pending(self) -> list[str]:
        answer = self.app.call("GET", "/signature-requests")
        assert answer.status == 200, answer.body
        return [each["request_id"] for each in answer.body["signature_requests"]]

    def look(self, request_id: str) -> Answer:
        return self.app.call("GET", "/signature-requests/{request_id}", request_id=request_id)

    def text(self, request_id: str) -> str:
        return str(self.look(request_id).body["text"])

    def give(self, request_id: str, signature: str, registration_id: str | None = None) -> Answer:
        body = {"registration_id": registration_id or self.registration.id, "signature": signature}
        return self.app.call("POST", "/signature-requests/{request_id}/signature", body, request_id=request_id)

    def sign(self, request_id: str) -> Answer:
        """Load the text and sign it with the registered certificate."""
        return self.give(request_id, sign(self.certificate.key, self.text(request_id)))

    def decline(self, request_id: str) -> Answer:
        return self.app.call("POST", "/signature-requests/{request_id}/decline", request_id=request_id)
