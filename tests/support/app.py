"""The customer's app, talking to the functions in the words of API Gateway, S3 and the scheduler.

The events are documents of tests/events, filled in; which function answers which route stands in the template.
"""

import base64
import copy
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from registrar.aws.buckets.trust_bucket import ACTIVE, INCOMING
from registrar.aws.keys import CustomerSecrets
from registrar.aws.tables import customers as customer_store
from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.codes import Code
from registrar.domain.registrations.upload_files import object_key
from registrar.domain.times import iso
from tests.support.account import Account
from tests.support.builders import a_trust_document
from tests.support.contract import check_documented
from tests.support.rows import PASSWORD, TOTP_SECRET, a_customer, a_proof, put
from tests.support.shape import PUBLIC_ROUTES, ROUTES, verb
from tools.demo.phone import sign
from tools.pki.authorities import CustomerCertificate

IDN = "9001011234567"  # nobody's: its check digit is wrong; what a_certificate() carries
EVENTS = Path(__file__).parents[1] / "events"
PROBLEM_MEMBERS = {
    "type", "title", "status", "detail", "code", "retryable", "next_action", "params", "support_ref", "findings",
}  # fmt: skip


@cache
def _document(name: str) -> str:
    return (EVENTS / f"{name}.json").read_text(encoding="utf-8")


def an_event(name: str) -> dict[str, Any]:
    """A fresh copy of the document tests/events/<name>.json."""
    event: dict[str, Any] = json.loads(_document(name))
    return event


def a_delivery(*keys: str, bucket: str = "registrar-uploadbucket") -> dict[str, Any]:
    """An SQS batch with one S3 notification for each key (as it stands in the notification, URL-encoded)."""
    batch = an_event("sqs_object_created")
    (model,) = batch["Records"]
    batch["Records"] = []
    for number, key in enumerate(keys):
        record, notification = copy.deepcopy(model), json.loads(model["body"])
        notification["Records"][0]["s3"]["object"]["key"] = key
        notification["Records"][0]["s3"]["bucket"]["name"] = bucket
        batch["Records"].append(record | {"messageId": f"message-{number}", "body": json.dumps(notification)})
    return batch


def a_batch(*messages: Mapping[str, Any]) -> dict[str, Any]:
    """An SQS batch with these messages of our own."""
    batch = a_delivery(*("" for _ in messages))
    for record, message in zip(batch["Records"], messages, strict=True):
        record["body"] = json.dumps(message, ensure_ascii=False)
    return batch


def a_sweep(upload_id: str) -> dict[str, Any]:
    """An SQS batch with the message that validate_upload writes to itself."""
    return a_batch({"sweep": upload_id})


def seal_to(key_id: str, public_key: str, upload_id: str, nonce: str, secret: str) -> dict[str, str]:
    """A secret sealed to a key (base64 of its DER), bound to one upload and nonce."""
    plaintext = json.dumps({"upload": upload_id, "nonce": nonce, "secret": secret}).encode()
    return {"key_id": key_id, "ciphertext": base64.b64encode(sealed_bytes(public_key, plaintext)).decode()}


def sealed_bytes(public_key: str, plaintext: bytes) -> bytes:
    """RSAES-OAEP with SHA-256."""
    key = load_der_public_key(base64.b64decode(public_key))
    assert isinstance(key, RSAPublicKey)
    return key.encrypt(plaintext, OAEP(MGF1(SHA256()), SHA256(), None))


NAMES = ("signCert.der", "signPri.key", "kmCert.der", "kmPri.key")
DONE: dict[str, list[Any]] = {"batchItemFailures": []}
TRUST_PROPOSED = a_delivery(INCOMING, bucket="registrar-trustbucket")


@dataclass(frozen=True, eq=False)
class Answer:
    """What API Gateway would send on. Two that differ in nothing but their references are equal."""

    status: int
    headers: Mapping[str, str]
    body: dict[str, Any]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Answer) and self._told() == other._told()

    __hash__ = None  # type: ignore[assignment]

    def _told(self) -> tuple[Any, ...]:
        body = self.body
        if "support_ref" in body:
            body = {**body, "support_ref": "-"}
        return self.status, self.headers, body


@dataclass
class App:
    """The app of one customer. It is signed in as the authorizer would say.

    What it announces has a proof of identity that is a minute old (`proved_at` otherwise), or the one that a login
    or step-up of its own earned (`proof_id`).
    """

    account: Account
    customer_id: str = "hong"
    kind: str = "personal"
    language: str = "ko"
    proved_at: datetime | None = None
    signed_in: bool = True
    idn: str | None = IDN
    extra_headers: dict[str, str] = field(default_factory=dict)
    session: Mapping[str, str] | None = None
    proof_id: str | None = None
    device_id: str | None = None
    address: str | None = None
    sealing_keys: dict[str, Any] | None = None
    """Those that came with the last upload that needs something sealed."""

    def event(self, method: str, route: str, body: object = None, **path: str) -> dict[str, Any]:
        """The event for a call; `body` is sent as it is where it is text."""
        event = an_event("api_request")
        url = route.format(**path)
        event |= {"resource": route, "path": url, "httpMethod": method, "pathParameters": path or None}
        event["requestContext"] |= {"resourcePath": route, "httpMethod": method, "path": f"/v1{url}"}
        if body is not None:
            event["body"] = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
        for name, value in {"Accept-Language": self.language, **self.extra_headers}.items():
            event["headers"][name] = value
            event["multiValueHeaders"][name] = [value]
        if self.address:
            event["requestContext"]["identity"]["sourceIp"] = self.address
        if self.signed_in and (method, route) not in PUBLIC_ROUTES:
            event["requestContext"]["authorizer"] = {
                "principalId": "0123456789abcdef",
                "integrationLatency": 7,
                **(self.session or self._session()),
            }
        return event

    def _session(self) -> dict[str, str]:
        known = {"customer_id": self.customer_id, "customer_kind": self.kind, "method": "otp"}
        return known | {"proved_at": iso(self.proved_at or self.account.at - timedelta(minutes=1))}

    def call(self, method: str, route: str, body: object = None, **path: str) -> Answer:
        return self.send(self.event(method, route, body, **path))

    def send(self, event: Mapping[str, Any]) -> Answer:
        answer = self.account.invoke(verb(ROUTES[event["httpMethod"], event["resource"]]), event)
        assert set(answer) == {"statusCode", "headers", "body"}
        status, headers, body = answer["statusCode"], answer["headers"], json.loads(answer["body"])
        check_documented(event["httpMethod"], event["resource"], status, headers, body)
        for part in (body.get("password"), body.get("proof")) if isinstance(body, dict) else ():
            if isinstance(part, dict) and "sealing_keys" in part:
                self.sealing_keys = part["sealing_keys"]
        return Answer(status, headers, body)

    # ---- login

    def enrol(self, **overrides: Any) -> None:
        """The bank puts the customer into its table."""
        kms, physical = self.account.client("kms"), self.account.physical
        values: dict[str, Any] = {
            "kind": self.kind,
            "totp_ciphertext": CustomerSecrets(kms, physical["CustomerKey"]).seal(self.customer_id, TOTP_SECRET),
        }
        if self.idn is not None:
            identity = CustomerSecrets(kms, physical["IdentityKey"])
            values["idn_ciphertext"] = identity.seal(self.customer_id, self.idn.encode())
        customer = a_customer(self.customer_id, **values | overrides)
        put(self.account, "CustomersTable", customer_store.to_item(customer))

    def code(self, steps_on: int = 0) -> str:
        moment = int(self.account.at.timestamp()) + 30 * steps_on
        return TOTP(TOTP_SECRET, 6, SHA1(), 30).generate(moment).decode()  # noqa: S303 - as phones do

    def give_password(self, password: str = PASSWORD, **fields: object) -> Answer:
        given = {"customer_id": self.customer_id, "password": password, **fields}
        if self.device_id:
            given.setdefault("device_id", self.device_id)
        return self.call("POST", "/login", given)

    def give_code(self, challenge_id: str, code: str | None = None) -> Answer:
        answer = self.call("POST", "/challenges/otp", {"challenge_id": challenge_id, "code": code or self.code()})
        self.proof_id = answer.body.get("proof_id", self.proof_id)
        self.device_id = answer.body.get("device_id", self.device_id)
        return answer

    def log_in(self, **fields: object) -> Answer:
        return self.give_code(self.give_password(PASSWORD, **fields).body["challenge_id"])

    def step_up(self, operation: str, object_id: str | None = None) -> Answer:
        """A challenge for one operation."""
        named = {"object": object_id} if object_id else {}
        return self.call("POST", "/step-up", {"operation": operation, **named})

    # ---- upload and registration

    def announce(self, *contents: bytes, key: str | None = None, **file: object) -> Answer:
        announced = [
            {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()} | file
            for name, content in zip(NAMES, contents, strict=False)
        ]
        self.extra_headers = {"Idempotency-Key": key} if key else {}
        proof_id, self.proof_id = self.proof_id or self._proof(), None
        answer = self.call("POST", "/uploads", {"files": announced, "proof_id": proof_id})
        self.extra_headers = {}
        return answer

    def _proof(self) -> str:
        proved_at = self.proved_at or self.account.at - timedelta(minutes=1)
        return a_proof(self.account, self.customer_id, proved_at=proved_at).id

    def send_file(self, upload_id: str, content: bytes, index: int = 0) -> None:
        """What S3 does with the form; that it takes this file only is a matter of the form's policy."""
        bucket = self.account.physical["UploadBucket"]
        self.account.client("s3").put_object(Bucket=bucket, Key=object_key(upload_id, index), Body=content)

    def deliver(self, upload_id: str, index: int = 0) -> Any:
        return self.account.invoke("validate_upload", a_delivery(object_key(upload_id, index)))

    def ask_issuer(self, upload_id: str, **due: str) -> Any:
        """The question about an upload is delivered to check_revocation."""
        return self.account.invoke("check_revocation", a_batch({"upload_id": upload_id, **due}))

    def retry_deferred(self, event: Mapping[str, Any] | None = None) -> Any:
        """A minute's run, and the delivery of every question that it puts."""
        self.account.calls.clear()
        counts = self.account.invoke("retry_deferred", event or {})
        for message in self.account.messages():
            if "due" in message["body"]:
                assert self.ask_issuer(**message["body"]) == DONE
        return counts

    def sweep(self, upload_id: str) -> Any:
        """The message that validate_upload wrote to itself comes back."""
        return self.account.invoke("validate_upload", a_sweep(upload_id))

    def look(self, upload_id: str) -> Answer:
        return self.call("GET", "/uploads/{upload_id}", upload_id=upload_id)

    def sent(self, *contents: bytes) -> str:
        """Announce and send; nothing is delivered yet."""
        upload_id = str(self.announce(*contents).body["upload_id"])
        for index, content in enumerate(contents):
            self.send_file(upload_id, content, index)
        return upload_id

    def upload(self, *contents: bytes) -> dict[str, Any]:
        """Announce, send, validate, look: what the service decided."""
        upload_id = self.sent(*contents)
        for index in range(len(contents)):
            assert self.deliver(upload_id, index) == DONE
        return self.decided(upload_id)

    def decided(self, upload_id: str) -> dict[str, Any]:
        """What the service decides on an upload, once its issuer is asked."""
        assert self.ask_issuer(upload_id) == DONE
        return self.look(upload_id).body

    def seal(self, upload_id: str, nonce: str, secret: str, *, random_number: bool = False) -> dict[str, str]:
        """What the phone seals to the service's current key for passwords, or for R."""
        answer = self.sealing_keys or self.call("GET", "/sealing-key").body
        answer = answer["random_number"] if random_number else answer
        return seal_to(answer["key_id"], answer["public_key"], upload_id, nonce, secret)

    def open(self, view: Mapping[str, Any], password: str, **overrides: object) -> Answer:
        """Send the password of a container; `sealed` instead of it where given."""
        sealed = overrides or {"sealed": self.seal(view["upload_id"], view["password"]["nonce"], password)}
        answer = self.call("POST", "/uploads/{upload_id}/password", sealed, upload_id=view["upload_id"])
        if answer.status != 200:
            return answer
        assert self.ask_issuer(view["upload_id"]) == DONE
        return self.look(view["upload_id"])

    def prove(self, view: Mapping[str, Any], certificate: CustomerCertificate, **overrides: object) -> Answer:
        """Sign, seal R, agree; what is None among `overrides` is left out."""
        proof = view["proof"]
        body: dict[str, object] = {
            "signature": sign(certificate.key, proof["text"]),
            "random_number": self.seal(
                view["upload_id"], proof["nonce"], certificate.random_number.hex(), random_number=True
            ),
            "consent_version": proof["consent"]["version"],
        }
        body = {name: value for name, value in (body | overrides).items() if value is not None}
        return self.call("POST", "/uploads/{upload_id}/registration", body, upload_id=view["upload_id"])

    def agree(self, view: Mapping[str, Any]) -> Answer:
        """Register what was opened from its container: the consent is all that is missing."""
        body = {"consent_version": view["proof"]["consent"]["version"]}
        return self.call("POST", "/uploads/{upload_id}/registration", body, upload_id=view["upload_id"])

    def register(self, certificate: CustomerCertificate) -> Answer:
        return self.prove(self.upload(certificate.der), certificate)

    def registrations(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("GET", "/registrations").body["registrations"]
        return found


def trust_demo_issuers(account: Account, version: int = 1) -> None:
    """An admin's document, checked and active."""
    put_trust(account, ACTIVE, json.dumps(a_trust_document(version)).encode())


def put_trust(account: Account, key: str, content: bytes) -> None:
    with account.by_others():
        account.client("s3").put_object(Bucket=account.physical["TrustBucket"], Key=key, Body=content)


def get_trust(account: Account, key: str) -> dict[str, Any]:
    stored = account.client("s3").get_object(Bucket=account.physical["TrustBucket"], Key=key)
    content: dict[str, Any] = json.loads(stored["Body"].read())
    return content


def assert_problem(answer: Answer, code: str, **params: object) -> None:
    """A whole problem document with this code, and all of `params` among its own."""
    body, entry = answer.body, CATALOGUE[Code(code)]
    assert body.keys() == PROBLEM_MEMBERS
    assert body["code"] == code
    assert (answer.status, body["status"]) == (entry.status, entry.status)
    assert (body["retryable"], body["next_action"]) == (entry.retryable, entry.next_action.value)
    assert body["type"] == f"urn:registrar:problem:{entry.faq}"
    assert body["title"]
    assert body["detail"]
    assert re.fullmatch(r"[2-9C-Y]{4}-[2-9C-Y]{4}", body["support_ref"])
    assert body["findings"] == []
    assert answer.headers["Content-Type"] == "application/problem+json; charset=utf-8"
    assert answer.headers["Content-Language"] in ("ko", "en")
    assert {name: body["params"].get(name) for name in params} == params
