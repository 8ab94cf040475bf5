"""Signature requests in tests: what the transfer system asks, and how the customer hong answers."""

from dataclasses import dataclass, replace
from typing import Any

from registrar.domain.registrations.registration import Registration
from registrar.domain.signing.kinds import KINDS
from registrar.domain.signing.signature_request import DEFAULT_SECONDS, Asked, SignatureRequest, new_request
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
# What would forge a line, hide, show in another order, or look like something else.
HOSTILE = {
    "a line feed": "김철수\n금액 / Amount: 1원",
    "a line feed at the end": "김철수\n",
    "a carriage return": "김철수\r",
    "a line separator": "김\u2028철수",
    "a paragraph separator": "김\u2029철수",
    "a next line": "김\u0085철수",
    "a tab": "김\t철수",
    "a null": "김\x00철수",
    "an escape": "\x1b[2J김철수",
    "a delete": "김철수\x7f",
    "a right-to-left override": "\u202e수철김",
    "a right-to-left mark": "김\u200f철수",
    "an Arabic letter mark": "김\u061c철수",
    "an isolate": "\u2067김철수\u2069",
    "a Hebrew letter": "김א철수",
    "an Arabic digit": "김\u0661철수",
    "a zero width space": "김\u200b철수",
    "a zero width joiner": "김\u200d철수",
    "a soft hyphen": "김\u00ad철수",
    "a byte order mark": "\ufeff김철수",
    "a variation selector": "김\ufe0f철수",
    "a tag character": "김\U000e0041철수",
    "a no-break space": "김\u00a0철수",
    "a wide space": "김\u3000철수",
    "a Hangul filler": "김\u3164철수",
    "a half-width Hangul filler": "김\uffa0철수",
    "a blank Braille pattern": "김\u2800철수",
    "a combining accent": "e\u0301",
    "Hangul in pieces": "\u1100\u1175\u11b7",
    "a Cyrillic letter": "Kim Chеolsu",
    "a mathematical letter": "\U0001d40aim",
    "a full-width digit": "김철수１",
    "a half of a character": "김\ud800",
    "a private character": "김\ue000",
    "a stroke that looks like a digit": "김철수 \u3163\u3163원",
    "a dotless i": "K\u0131m",
    "a colon": "김철수 금액: 1원",
    "the label of another line": "김철수 금액 / Amount 1원",
    "the label of another kind's line": "김철수 가맹점 / Merchant",
    "a full-width colon": "김철수：1원",
    "a space before": " 김철수",
    "a space after": "김철수 ",
    "two spaces": "김철수  1원",
    "only a space": " ",
    "nothing": "",
    "41 characters": "김" * 41,
}
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


def a_request(kind: str = "transfer", values: dict[str, Any] | None = None) -> SignatureRequest:
    """A new request as the domain has it."""
    asked = Asked("hong", kind, VALUES[kind] if values is None else values, DOCUMENT, DEFAULT_SECONDS)
    return new_request(a_service(kinds=frozenset(KINDS)), asked, "transfer-0001", NOW)


@dataclass
class Signer:
    """The customer hong with a registered certificate, and the transfer system that asks for signatures."""

    app: App
    certificate: CustomerCertificate
    registration: Registration
    system: System
    number: int = 0

    def at(self, app: App) -> "Signer":
        """The same with another account, a copy of the one that it was made in."""
        return replace(self, app=app, system=System(app.account))

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


def a_signer(app: App, certificate: CustomerCertificate | None = None) -> Signer:
    """The customer, whose certificate is registered now; the bank enters the transfer system."""
    chosen = certificate or a_certificate(key="ec")
    registration = a_registration(app.account, chosen, app.customer_id, at=app.account.at)
    return Signer(app, chosen, registration, System(app.account).enter())
