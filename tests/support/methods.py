"""What the app of a customer does to prove who they are by each method, and to change what they have."""

import base64
import dataclasses
import hashlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlparse

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from registrar.aws.tables.customers import Customers
from registrar.domain.access.customer import Customer
from tests.support.account import Account
from tests.support.app import Answer, App
from tests.support.codes import texted_code
from tests.support.rows import a_registration
from tools.demo.authenticator import Authenticator, from_websafe
from tools.demo.phone import sign

RP_ID, ORIGIN = "bank.example", "https://bank.example"


@dataclass
class Prover:
    """The customer `app.customer_id` with a device that holds passkeys."""

    app: App
    device: Authenticator = field(default_factory=lambda: Authenticator(RP_ID, ORIGIN))

    def log_in(self) -> "Prover":
        """Password and code; the clock moves on, since a code counts once."""
        assert self.app.log_in().status == 200
        self.account.pass_time(seconds=30)
        return self

    @property
    def account(self) -> Account:
        return self.app.account

    def customer(self) -> Customer:
        """The customer's row, as it lies in the table."""
        table = self.account.physical["CustomersTable"]
        found = Customers(self.account.client("dynamodb"), table).find(self.app.customer_id)
        assert found is not None
        return found

    def change(self, **facts: Any) -> None:
        """The customer's row as the test wants it."""
        table = self.account.physical["CustomersTable"]
        Customers(self.account.client("dynamodb"), table).save(dataclasses.replace(self.customer(), **facts))

    def step_up(self, operation: str = "enrol", object_id: str = "") -> dict[str, Any]:
        body = {"operation": operation, **({"object": object_id} if object_id else {})}
        answer = self.app.call("POST", "/step-up", body)
        assert answer.status == 200, answer.body
        return answer.body

    def log_in_challenge(self) -> dict[str, Any]:
        answer = self.app.give_password()
        assert answer.status == 200, answer.body
        return answer.body

    # ---- answers to a challenge

    def by_otp(self, challenge: dict[str, Any], code: str | None = None) -> Answer:
        body = {"challenge_id": challenge["challenge_id"], "code": code or self.app.code()}
        return self.app.call("POST", "/challenges/otp", body)

    def ask_sms(self, challenge: dict[str, Any]) -> Answer:
        return self.app.call("POST", "/challenges/sms", {"challenge_id": challenge["challenge_id"]})

    def by_sms(self, challenge: dict[str, Any], code: str) -> Answer:
        body = {"challenge_id": challenge["challenge_id"], "method": "sms", "code": code}
        return self.app.call("POST", "/challenges/otp", body)

    def by_passkey(self, challenge: dict[str, Any], /, **wrong: Any) -> Answer:
        nonce = from_websafe(challenge["asked"]["passkey"]["challenge"])
        body = {"challenge_id": challenge["challenge_id"], **self.device.get(nonce, **wrong)}
        return self.app.call("POST", "/challenges/passkey", body)

    def by_certificate(self, challenge: dict[str, Any], certificate: Any, **other: Any) -> Answer:
        asked = challenge["asked"]["certificate"]
        body = {
            "challenge_id": challenge["challenge_id"],
            "registration_id": asked["registrations"][0]["registration_id"],
            "signature": sign(certificate.key, asked["text"]),
        }
        return self.app.call("POST", "/challenges/certificate", body | other)

    def certificate_login(self) -> dict[str, Any]:
        """A text to sign, for a login by certificate alone."""
        answer = self.app.call("POST", "/login/certificate/options")
        assert answer.status == 200, answer.body
        return answer.body

    def by_certificate_alone(
        self, certificate: Any, asked: dict[str, Any] | None = None, /, **other: Any
    ) -> Answer:
        """Log in with a certificate; what is None among `other` is left out."""
        asked = asked or self.certificate_login()
        body = {
            "login_id": asked["login_id"],
            "fingerprint": hashlib.sha256(certificate.der).hexdigest(),
            "signature": sign(certificate.key, asked["text"]),
            **other,
        }
        sent = {name: value for name, value in body.items() if value is not None}
        return self.app.call("POST", "/login/certificate", sent)

    def proof(self, operation: str, object_id: str) -> str:
        """A proof by the authenticator app; the clock moves on, since a code counts once."""
        answer = self.by_otp(self.step_up(operation, object_id))
        assert answer.status == 200, answer.body
        self.account.pass_time(seconds=30)
        return str(answer.body["proof_id"])

    # ---- passkeys and certificates

    def add_passkey(self, proof_id: str, name: str = "갤럭시 S26", **wrong: Any) -> Answer:
        options = self.app.call("POST", "/credentials/passkey/options", {"proof_id": proof_id})
        assert options.status == 200, options.body
        made = self.device.create(from_websafe(options.body["challenge"]), **wrong)
        return self.app.call("POST", "/credentials/passkey", {"proof_id": proof_id, "name": name, **made})

    def with_passkey(self) -> "Prover":
        assert self.add_passkey(self.proof("enrol", "passkey")).status == 201
        return self

    def hold(self, certificate: Any) -> str:
        """A registration of the customer; returns its id."""
        with self.account.aside():
            return a_registration(self.account, certificate, self.app.customer_id, self.account.at).id

    def texts(self) -> list[dict[str, str]]:
        """The text messages sent since calls were last forgotten: to, and what."""
        sent = [call.params for call in self.account.calls if call.operation == "Publish"]
        return [{"to": each["PhoneNumber"], "text": each["Message"]} for each in sent]

    def last_code(self) -> str:
        return texted_code(self.texts()[-1]["text"])


def with_passkey(app: App) -> Prover:
    """The customer, who is logged in, with a passkey."""
    return Prover(app).with_passkey()


def by_sms(prover: Prover, challenge: dict[str, Any]) -> str:
    prover.account.pass_time(minutes=1)
    prover.ask_sms(challenge)
    return str(prover.by_sms(challenge, prover.last_code()).body["proof_id"])


def started(prover: Prover, proof: str) -> bytes:
    answer = prover.app.call("POST", "/credentials/totp", {"proof_id": proof})
    assert answer.status == 200, answer.body
    uri = urlparse(answer.body["otpauth_uri"])
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    return base64.b32decode(parse_qs(uri.query)["secret"][0])


def code_of(secret: bytes, account: Account) -> str:
    return TOTP(secret, 6, SHA1(), 30).generate(int(account.at.timestamp())).decode()  # noqa: S303 - as phones do


def confirm(prover: Prover, proof: str, code: str) -> Answer:
    return prover.app.call("POST", "/credentials/totp/code", {"proof_id": proof, "code": code})


def wrong_code(app: App) -> str:
    right = {app.code(steps) for steps in (-1, 0, 1)}
    return next(code for code in ("000000", "111111", "222222", "333333") if code not in right)
