"""AWS calls and write units from login to registered, itemised per call.

The handlers run as they are, warm, against an account in memory made from template.yaml. Write units follow from
item sizes by DynamoDB's rules (one per started KB of the larger of the item before and after; twice in a
transaction; index entries of their own), since emulators count none.
"""

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from bench.report import Row
from local.phone import sign
from registrar.aws import customers as customer_items
from registrar.aws.keys import CustomerSecrets
from registrar.aws.trust_bucket import ACTIVE
from registrar.domain.uploads import object_key
from tests.aws.account import RESOURCES, Account, an_account
from tests.aws.rows import PASSWORD, TOTP_SECRET, a_customer
from tests.builders import NOW, a_certificate, a_trust_document

GROUP = "From login to registered"
MOST_CALLS, MOST_UNITS = 16, 28
VERBS = (
    *("login", "verify_otp", "authorize", "request_upload", "validate_upload", "get_upload"),
    "register_certificate",
)
Item = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Cost:
    """One AWS call of the main way: `units` are write units, index entries included."""

    step: str
    operation: str
    units: int


def rows() -> Iterator[Row]:
    """The two totals, then every call."""
    found = costs()
    yield Row(GROUP, "AWS calls", len(found), MOST_CALLS, "calls", "one poll of the upload included")
    yield Row(GROUP, "write units", sum(cost.units for cost in found), MOST_UNITS, "units")
    for number, cost in enumerate(found, 1):
        yield Row(GROUP, f"{number}. `{cost.step}` {cost.operation}", cost.units, None, "units")


def costs() -> list[Cost]:
    """Every AWS call from login to registered, in order."""
    certificate = a_certificate()
    with an_account() as account:
        _prepare(account)
        way = _Way(account)
        body = {"customer_id": "hong", "password": PASSWORD}
        challenge = way.call("login", body)["challenge_id"]
        code = TOTP(TOTP_SECRET, 6, SHA1(), 30).generate(NOW.timestamp()).decode()  # noqa: S303 - RFC 6238
        way.token = way.call("verify_otp", {"challenge_id": challenge, "code": code})["token"]
        digest = hashlib.sha256(certificate.der).hexdigest()
        file = {"name": "signCert.der", "size": len(certificate.der), "sha256": digest}
        upload_id = way.call("request_upload", {"files": [file]})["upload_id"]
        bucket = account.physical["UploadBucket"]
        account.client("s3").put_object(Bucket=bucket, Key=object_key(upload_id), Body=certificate.der)
        way.arrived(object_key(upload_id))
        view = way.call("get_upload", upload_id=upload_id)
        proof = {"signature": sign(certificate.key, view["proof"]["text"]), "consent_version": "2026-11"}
        way.call("register_certificate", proof, upload_id=upload_id)
        return way.costs


def _prepare(account: Account) -> None:
    """A customer, an active trust document, and every function warm: its caches filled, its key made."""
    keys = CustomerSecrets(account.client("kms"), account.physical["CustomerKey"])
    item = customer_items.to_item(a_customer(totp_ciphertext=keys.seal("hong", TOTP_SECRET)))
    account.client("dynamodb").put_item(TableName=account.physical["CustomersTable"], Item=item)
    document = json.dumps(a_trust_document()).encode()
    account.client("s3").put_object(Bucket=account.physical["TrustBucket"], Key=ACTIVE, Body=document)
    for verb in VERBS:
        account.function(verb)
    account.function("validate_upload").trust.active(NOW)


class _Way:
    """Invokes functions one after the other and meters each call that they make to AWS."""

    def __init__(self, account: Account) -> None:
        self.account, self.token, self.step = account, "", ""
        self.costs: list[Cost] = []
        self._real = account.called
        self._inside = False
        account.called = self._metered  # type: ignore[method-assign]

    def call(self, verb: str, body: Mapping[str, Any] | None = None, **path: str) -> Any:
        """One API call, the authorizer's first where the route has one."""
        context: dict[str, Any] = {"requestId": "bench"}
        if self.token:
            event = {"methodArn": "arn:bench", "headers": {"Authorization": f"Bearer {self.token}"}}
            context["authorizer"] = self._invoke("authorize", event)["context"]
        event = {"headers": {}, "pathParameters": path, "body": json.dumps(body or {}), "requestContext": context}
        answer = self._invoke(verb, event)
        if answer["statusCode"] >= 300:
            raise RuntimeError(f"{verb}: {answer}")
        return json.loads(answer["body"])

    def arrived(self, key: str) -> None:
        """The message that S3 sends through the queue."""
        message = json.dumps({"Records": [{"s3": {"object": {"key": key}}}]})
        self._invoke("validate_upload", {"Records": [{"messageId": "bench", "body": message}]})

    def _invoke(self, verb: str, event: Mapping[str, Any]) -> Any:
        self.step, self._inside = verb, True
        try:
            return self.account.invoke(verb, event)
        finally:
            self._inside = False

    def _metered(self, client: Any, operation: str, params: Mapping[str, Any]) -> Any:
        if not self._inside:
            return self._real(client, operation, params)
        keys = list(_written(operation, params))
        before = [self._item(table, key) for table, key in keys]
        answer = self._real(client, operation, params)
        factor = 2 if operation == "TransactWriteItems" else 1
        pairs = zip(keys, before, strict=True)
        units = sum(_units(table, old, self._item(table, key), factor) for (table, key), old in pairs)
        self.costs.append(Cost(self.step, operation, units))
        return answer

    def _item(self, table: str, key: Item) -> Item:
        self._inside = False
        try:
            found: Item = self.account.client("dynamodb").get_item(TableName=table, Key=key).get("Item", {})
            return found
        finally:
            self._inside = True


def _written(operation: str, params: Mapping[str, Any]) -> Iterator[tuple[str, Item]]:
    """Table and key of each item that a call writes."""
    if operation == "TransactWriteItems":
        for write in params["TransactItems"]:
            ((verb, call),) = write.items()
            yield from _written(f"{verb}Item", call)
    elif operation == "PutItem":
        names = [key["AttributeName"] for key in _table(params["TableName"])["KeySchema"]]
        yield params["TableName"], {name: params["Item"][name] for name in names}
    elif operation in ("UpdateItem", "DeleteItem"):
        yield params["TableName"], params["Key"]


def _table(physical: str) -> Any:
    return RESOURCES[physical.removeprefix("registrar-")]["Properties"]


def _units(table: str, before: Item, after: Item, factor: int) -> int:
    """Units of one item's write, and of each index whose entry appears, goes or changes."""
    units = factor * math.ceil(max(_size(before), _size(after), 1) / 1024)
    for index in _table(table).get("GlobalSecondaryIndexes", []):
        names = [key["AttributeName"] for key in (*index["KeySchema"], *_table(table)["KeySchema"])]
        entries = [_entry(item, names) for item in (before, after)]
        if entries[0] != entries[1]:
            # A changed key is a delete and a put (each its own write); transactions do not double an index.
            units += sum(math.ceil(_size(entry) / 1024) for entry in entries if entry)
    return units


def _entry(item: Item, names: Sequence[str]) -> Item:
    return {name: item[name] for name in names} if all(name in item for name in names) else {}


def _size(item: Item) -> int:
    """Bytes of an item: names and values in UTF-8, numbers by their digits."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "B":
        return len(bytes(content))
    return len(str(content).encode()) if kind == "S" else math.ceil(len(str(content)) / 2) + 1
