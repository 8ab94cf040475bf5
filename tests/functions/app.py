"""The customer's app, talking to the functions in the words of API Gateway, S3 and the scheduler.

The events are documents of tests/events, filled in; which function answers which route stands in the template.
"""

import copy
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from local.phone import sign
from local.pki import CustomerCertificate
from registrar.aws import customers as customer_store
from registrar.aws.keys import CustomerSecrets
from registrar.aws.trust_bucket import ACTIVE, INCOMING
from registrar.domain.catalogue import CATALOGUE
from registrar.domain.findings import iso
from tests.aws.account import RESOURCES, Account
from tests.aws.rows import PASSWORD, TOTP_SECRET, a_customer, put
from tests.builders import a_trust_document

EVENTS = Path(__file__).parents[1] / "events"
PROBLEM_MEMBERS = {
    "type", "title", "status", "detail", "code", "retryable", "next_action", "params", "support_ref", "findings",
}  # fmt: skip
ROUTES = {
    (event["Properties"]["Method"], event["Properties"]["Path"]): resource["Properties"]["CodeUri"].split("/")[1]
    for resource in RESOURCES.values()
    if resource["Type"] == "AWS::Serverless::Function"
    for event in resource["Properties"].get("Events", {}).values()
    if event["Type"] == "Api"
}


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


DONE: dict[str, list[Any]] = {"batchItemFailures": []}
TRUST_PROPOSED = a_delivery(INCOMING, bucket="registrar-trustbucket")


@dataclass(frozen=True)
class Answer:
    """What API Gateway would send on."""

    status: int
    headers: Mapping[str, str]
    body: dict[str, Any]


@dataclass
class App:
    """The app of one customer. It is signed in as the authorizer would say, with a proof a minute old."""

    account: Account
    customer_id: str = "hong"
    kind: str = "personal"
    language: str = "ko"
    proved_at: datetime | None = None
    signed_in: bool = True
    extra_headers: dict[str, str] = field(default_factory=dict)
    session: Mapping[str, str] | None = None

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
        if self.signed_in and not route.startswith("/login"):
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
        verb = ROUTES[event["httpMethod"], event["resource"]]
        answer = self.account.invoke(verb, event)
        assert set(answer) == {"statusCode", "headers", "body"}
        assert answer["headers"]["Cache-Control"] == "no-store"
        return Answer(answer["statusCode"], answer["headers"], json.loads(answer["body"]))

    # ---- login

    def enrol(self, **overrides: Any) -> None:
        """The bank puts the customer into its table."""
        key = self.account.physical["CustomerKey"]
        sealed = CustomerSecrets(self.account.client("kms"), key).seal(self.customer_id, TOTP_SECRET)
        customer = a_customer(self.customer_id, **{"totp_ciphertext": sealed, "kind": self.kind} | overrides)
        put(self.account, "CustomersTable", customer_store.to_item(customer))

    def code(self, steps_on: int = 0) -> str:
        moment = int(self.account.at.timestamp()) + 30 * steps_on
        return TOTP(TOTP_SECRET, 6, SHA1(), 30).generate(moment).decode()  # noqa: S303 - as phones do

    def give_password(self, password: str = PASSWORD) -> Answer:
        return self.call("POST", "/login", {"customer_id": self.customer_id, "password": password})

    def give_code(self, challenge_id: str, code: str | None = None) -> Answer:
        return self.call("POST", "/login/otp", {"challenge_id": challenge_id, "code": code or self.code()})

    def log_in(self) -> Answer:
        return self.give_code(self.give_password().body["challenge_id"])

    # ---- upload and registration

    def announce(self, content: bytes, *, key: str | None = None, **file: object) -> Answer:
        announced = {"name": "signCert.der", "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        self.extra_headers = {"Idempotency-Key": key} if key else {}
        answer = self.call("POST", "/uploads", {"files": [announced | file]})
        self.extra_headers = {}
        return answer

    def send_file(self, upload_id: str, content: bytes) -> None:
        """What S3 does with the form; that it takes this file only is a matter of the form's policy."""
        bucket = self.account.physical["UploadBucket"]
        self.account.client("s3").put_object(Bucket=bucket, Key=f"uploads/{upload_id}", Body=content)

    def deliver(self, upload_id: str) -> Any:
        return self.account.invoke("validate_upload", a_delivery(f"uploads/{upload_id}"))

    def look(self, upload_id: str) -> Answer:
        return self.call("GET", "/uploads/{upload_id}", upload_id=upload_id)

    def upload(self, content: bytes) -> dict[str, Any]:
        """Announce, send, validate, look: what the service decided."""
        upload_id = self.announce(content).body["upload_id"]
        self.send_file(upload_id, content)
        assert self.deliver(upload_id) == DONE
        return self.look(upload_id).body

    def prove(self, view: Mapping[str, Any], key: Any, **overrides: object) -> Answer:
        proof = view["proof"]
        body = {"signature": sign(key, proof["text"]), "consent_version": proof["consent"]["version"]}
        route = "/uploads/{upload_id}/registration"
        return self.call("POST", route, body | overrides, upload_id=view["upload_id"])

    def register(self, certificate: CustomerCertificate) -> Answer:
        return self.prove(self.upload(certificate.der), certificate.key)

    def registrations(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("GET", "/registrations").body["registrations"]
        return found


def trust_demo_issuers(account: Account, version: int = 1) -> None:
    """An admin's document, checked and active."""
    put_trust(account, ACTIVE, json.dumps(a_trust_document(version)).encode())


def put_trust(account: Account, key: str, content: bytes) -> None:
    account.client("s3").put_object(Bucket=account.physical["TrustBucket"], Key=key, Body=content)


def get_trust(account: Account, key: str) -> dict[str, Any]:
    stored = account.client("s3").get_object(Bucket=account.physical["TrustBucket"], Key=key)
    content: dict[str, Any] = json.loads(stored["Body"].read())
    return content


def assert_problem(answer: Answer, code: str, **params: object) -> None:
    """A whole problem document with this code, and all of `params` among its own."""
    body, entry = answer.body, CATALOGUE[code]
    assert body.keys() == PROBLEM_MEMBERS
    assert body["code"] == code
    assert (answer.status, body["status"]) == (entry.status, entry.status)
    assert (body["retryable"], body["next_action"]) == (entry.retryable, entry.next_action.value)
    assert body["type"] == f"urn:registrar:problem:{entry.faq}"
    assert body["title"]
    assert body["detail"]
    assert body["support_ref"] == an_event("api_request")["requestContext"]["requestId"]
    assert body["findings"] == []
    assert answer.headers["Content-Type"] == "application/problem+json; charset=utf-8"
    assert answer.headers["Content-Language"] in ("ko", "en")
    assert {name: body["params"].get(name) for name in params} == params
