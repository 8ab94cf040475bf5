"""Signing a transaction on the local cloud: a signed answer ÷ a function that does only what any must, and a load.

The floor is an echo function behind the same authorizer that queries the same responder, checks three signatures
(customer's, responder's, its certificate's), and makes the three writes: evidence, receipt, completion.
"""

import base64
import hashlib
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from bench.clock import Spread, ratio, times, wall
from bench.echo import Echo, with_functions
from bench.report import Row
from tests.support.signing import a_transfer
from tools.cloud import seed
from tools.cloud.local_cloud import LocalCloud
from tools.cloud.relying import RelyingClient, client_of
from tools.demo.authenticator import Authenticator
from tools.demo.phone import Phone, sign
from tools.pki.authorities import CustomerCertificate, DemoPki, one_year_from
from tools.pki.issuers import DemoIssuers

GROUP = "A signed transaction on the local cloud"
MOST_RATIO = 1.5
CALLS = 60
LOAD_SECONDS = 60
CLIENTS = 4
PACKAGE_BYTES = 6_000
ECHO = """
import base64
import json
import urllib.request
import uuid

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import ocsp

from registrar.aws.clients import client

def lambda_handler(event, context):
    given = {name: base64.b64decode(value) for name, value in json.loads(event["body"]).items()}
    signer = x509.load_der_x509_certificate(given["certificate"])
    signer.public_key().verify(given["signature"], given["text"], ec.ECDSA(SHA256()))
    asked = urllib.request.Request(given["ocsp"].decode(), given["request"])
    with urllib.request.urlopen(asked) as answered:
        response = ocsp.load_der_ocsp_response(answered.read())
    responder = response.certificates[0]
    root = x509.load_der_x509_certificate(given["root"])
    responder.public_key().verify(
        response.signature, response.tbs_response_bytes, padding.PKCS1v15(), response.signature_hash_algorithm
    )
    responder.verify_directly_issued_by(root)
    names = {name: given[name].decode() for name in ("bucket", "key", "table", "kept", "denied")}
    id = uuid.uuid4().hex
    client("s3").put_object(Bucket=names["bucket"], Key=f"evidence/{id}.zip", Body=given["package"])
    client("kms").sign(
        KeyId=names["key"], Message=given["text"], MessageType="RAW", SigningAlgorithm="ECDSA_SHA_256"
    )
    check = "attribute_not_exists(id)"
    absent = [(names["kept"], {"id": {"S": id}}), (names["denied"], {"id": {"S": id}})]
    client("dynamodb").transact_write_items(TransactItems=[
        {"Update": {
            "TableName": names["table"], "Key": {"pk": {"S": id}, "sk": {"S": id}},
            "UpdateExpression": "SET receipt = :receipt",
            "ExpressionAttributeValues": {":receipt": {"B": id.encode()}},
        }},
        *(
            {"ConditionCheck": {"TableName": table, "Key": key, "ConditionExpression": check}}
            for table, key in absent
        ),
    ])
    print('{"message": "echo"}')
    return {"statusCode": 200, "body": "{}"}
"""


@dataclass
class Customer:
    """A customer's phone with a registered certificate, and the system that asks them to sign."""

    phone: Phone
    certificate: CustomerCertificate
    registration_id: str
    transfers: RelyingClient

    def ask(self) -> tuple[str, str]:
        """A new request: its path and the text to sign."""
        body = a_transfer(customer_id=self.phone.customer.id)
        asked = self.transfers.call("POST", "/signature-requests", body, Idempotency_Key=str(uuid.uuid4()))
        path = f"/signature-requests/{_right(asked)['request_id']}"
        return path, str(_right(self.phone.call("GET", path))["text"])

    def answer(self, path: str, signature: str) -> None:
        """Send a signature; raises RuntimeError where it does not complete the request."""
        body = {"registration_id": self.registration_id, "signature": signature}
        state = _right(self.phone.call("POST", f"{path}/signature", body))["state"]
        if state != "COMPLETED":
            raise RuntimeError(f"not completed: {state}")

    def sign_once(self) -> None:
        """The whole way, with the system's poll."""
        path, text = self.ask()
        self.answer(path, sign(self.certificate.key, text))
        result = _right(self.transfers.call("GET", f"/customers/{self.phone.customer.id}{path}"))
        if result["state"] != "COMPLETED" or not result["receipt"]:
            raise RuntimeError(f"no receipt: {result}")


def rows(calls: int = CALLS, seconds: float = LOAD_SECONDS) -> Iterator[Row]:
    """The ratio, and the load."""
    template, built = with_functions(signing_echo=_echo())
    pki = seed.demo_pki(datetime.now(UTC))
    with (
        DemoIssuers(pki) as issuers,
        LocalCloud.start(seed.parameters(pki), template=template, built=built) as cloud,
    ):
        seed.seed(cloud, pki, issuers.url)
        customers = [_a_customer(cloud, pki, number) for number in range(CLIENTS)]
        yield Row(
            GROUP,
            "signed answer ÷ echo with the same checks and writes",
            _ratio(cloud, pki, issuers, customers[0], calls),
            MOST_RATIO,
        )
        completed, errors = _load(customers, seconds)
        note = f"{completed} transactions, {completed / seconds:.1f} a second"
        note += f"; the first: {errors[0]}" if errors else ""
        yield Row(GROUP, f"errors at {CLIENTS} clients in {LOAD_SECONDS} s", len(errors), 0, "errors", note)


def _a_customer(cloud: LocalCloud, pki: DemoPki, number: int) -> Customer:
    device = Authenticator(seed.RP_ID, seed.ORIGIN)
    enrolled = seed.enrol(cloud, f"signer-{number}", device=device)
    phone = Phone(cloud.url, enrolled, device=device, address=f"198.18.0.{number}")
    _right(phone.log_in())
    first, last = one_year_from(datetime.now(UTC))
    certificate = pki.issue_customer(not_before=first, not_after=last, key="ec")
    registered = _right(phone.prove(phone.upload({"signCert.der": certificate.der}), certificate))
    return Customer(phone, certificate, registered["registration_id"], client_of(cloud, "transfers"))


def _echo() -> Echo:
    tables = [{"Fn::GetAtt": [f"{name}Table", "Arn"]} for name in ("Registrations", "KeptStates", "DenyList")]
    allowed: list[dict[str, Any]] = [
        {"Effect": "Allow", "Action": ["dynamodb:UpdateItem", "dynamodb:ConditionCheckItem"], "Resource": tables},
        {"Effect": "Allow", "Action": "s3:PutObject", "Resource": {"Fn::Sub": "${EvidenceBucket.Arn}/evidence/*"}},
        {"Effect": "Allow", "Action": "kms:Sign", "Resource": {"Fn::GetAtt": ["ReceiptKeyA", "Arn"]}},
    ]
    return Echo(ECHO, "POST", allowed=allowed, properties={"MemorySize": 1769})


def _ratio(cloud: LocalCloud, pki: DemoPki, issuers: DemoIssuers, customer: Customer, rounds: int) -> Spread:
    """Each answer is timed without its request and text, which are made before it."""
    given = _given(cloud, pki, issuers, customer)
    # The text is signed before the clock starts: the customer's device does that.
    prepared = [
        (path, sign(customer.certificate.key, text)) for path, text in (customer.ask() for _ in range(2 * rounds))
    ]
    calls = {
        "echo": wall(lambda: _right(customer.phone.call("POST", "/echo", given))),
        "answer": wall(lambda: customer.answer(*prepared.pop())),
    }
    took = times(calls, rounds)
    return ratio(took["answer"], took["echo"])


def _given(cloud: LocalCloud, pki: DemoPki, issuers: DemoIssuers, customer: Customer) -> dict[str, str]:
    certificate = customer.certificate.certificate
    issuer = next(
        each.certificate for each in pki.issuers.values() if each.certificate.subject == certificate.issuer
    )
    asked = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, SHA1()).build()  # noqa: S303 - as ours
    text = b"a text to sign" * 30
    content = {
        "certificate": customer.certificate.der,
        "signature": base64.b64decode(sign(customer.certificate.key, text.decode())),
        "text": text,
        "ocsp": issuers.url.encode(),
        "request": asked.public_bytes(Encoding.DER),
        "root": pki.root.certificate.public_bytes(Encoding.DER),
        "package": hashlib.shake_256(b"package").digest(PACKAGE_BYTES),
        "bucket": cloud.outputs["EvidenceBucket"].encode(),
        "key": cloud.physical("ReceiptKeyA").encode(),
        "table": cloud.physical("RegistrationsTable").encode(),
        "kept": cloud.physical("KeptStatesTable").encode(),
        "denied": cloud.physical("DenyListTable").encode(),
    }
    return {name: base64.b64encode(value).decode() for name, value in content.items()}


def _load(customers: list[Customer], seconds: float) -> tuple[int, list[str]]:
    """All customers sign one transaction after the other for so long: how many, and what went wrong."""
    completed: list[int] = []
    errors: list[str] = []
    end = time.monotonic() + seconds

    def work(customer: Customer) -> None:
        while time.monotonic() < end:
            try:
                customer.sign_once()
            except Exception as error:  # noqa: BLE001 - every kind counts
                errors.append(f"{type(error).__name__}: {error}")
            else:
                completed.append(1)

    threads = [threading.Thread(target=work, args=(customer,)) for customer in customers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(completed), errors


def _right(response: Any) -> dict[str, Any]:
    if response.status not in (200, 201):
        raise RuntimeError(f"{response.status} {response.body.decode()}")
    return dict(response.json())
