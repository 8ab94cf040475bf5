"""The signature requests' table: one row for each request, and every change of it as one conditional write.

    <customer>   <request>   what is to be signed, and its state

A final state is written where the request is pending, once: of all who answer at the same time one succeeds, and
the others get what that one wrote. The row stays below 1 KB with values of usual length (bench/signing.py).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registrar.aws import dynamo
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import ConditionFailed, Refusal
from registrar.domain.signing.signature_request import (
    MAX_SILENCES,
    MAX_TRIES,
    RETENTION,
    Completed,
    Failure,
    SignatureRequest,
    SigningState,
)

_ANSWERABLE = "#state = :pending AND expires_at > :now"


def to_item(request: SignatureRequest) -> dict[str, dict[str, Any]]:
    """The row of a new request."""
    return {
        **key_of(request.customer_id, request.id),
        "service": dynamo.text(request.service),
        "title": dynamo.as_json(dict(request.service_title)),
        "kind": dynamo.text(request.kind),
        "signed": dynamo.as_json(dict(request.values)),
        "document": dynamo.binary(bytes.fromhex(request.document_sha256)),
        "nonce": dynamo.text(request.nonce),
        "asked": dynamo.binary(request.asked_sha256),
        "created_at": dynamo.instant(request.created_at),
        "expires_at": dynamo.instant(request.expires_at),
        "state": dynamo.text(request.state),
        "tries": dynamo.number(request.tries),
        "silences": dynamo.number(request.silences),
        "ttl": dynamo.epoch(request.expires_at + RETENTION),
    }


def from_item(item: dynamo.Item) -> SignatureRequest:
    return SignatureRequest(
        id=dynamo.read_text(item, "request_id"),
        customer_id=dynamo.read_text(item, "customer_id"),
        service=dynamo.read_text(item, "service"),
        service_title=dynamo.read_json(item, "title"),
        kind=dynamo.read_text(item, "kind"),
        values=dynamo.read_json(item, "signed"),
        document_sha256=dynamo.read_bytes(item, "document").hex(),
        nonce=dynamo.read_text(item, "nonce"),
        asked_sha256=dynamo.read_bytes(item, "asked"),
        created_at=dynamo.read_instant(item, "created_at"),
        expires_at=dynamo.read_instant(item, "expires_at"),
        state=SigningState(dynamo.read_text(item, "state")),
        tries=dynamo.read_number(item, "tries"),
        silences=dynamo.read_number(item, "silences"),
        seen_at=dynamo.read_instant(item, "seen_at") if "seen_at" in item else None,
        finished_at=dynamo.read_instant(item, "finished_at") if "finished_at" in item else None,
        failure=_failure(item),
        completed=_completed(item),
    )


def _failure(item: dynamo.Item) -> Failure | None:
    if "reason" not in item:
        return None
    return Failure(Code(dynamo.read_text(item, "reason")), dynamo.read_json(item, "reason_params"))


def _completed(item: dynamo.Item) -> Completed | None:
    if "evidence" not in item:
        return None
    return Completed(
        registration_id=dynamo.read_text(item, "registration_id"),
        fingerprint=dynamo.read_bytes(item, "certificate").hex(),
        evidence_sha256=dynamo.read_bytes(item, "evidence").hex(),
        receipt_key_id=dynamo.read_text(item, "receipt_key"),
        receipt_signature=dynamo.read_bytes(item, "receipt"),
    )


def key_of(customer_id: str, request_id: str) -> dict[str, dict[str, str]]:
    return {"customer_id": dynamo.text(customer_id), "request_id": dynamo.text(request_id)}


@dataclass(frozen=True, slots=True)
class SignatureRequests:
    """Signature requests by customer and id."""

    client: Any
    table: str

    def add(self, request: SignatureRequest) -> SignatureRequest:
        """Store a new request, or return the one that the same key made before. Raises Refusal
        (IDEMPOTENCY_KEY_REUSED) where that one asked for something else."""
        try:
            dynamo.put(
                self.client,
                self.table,
                to_item(request),
                ConditionExpression="attribute_not_exists(customer_id)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ConditionFailed as failed:
            existing = from_item(failed.items[0] or {})
            if existing.asked_sha256 != request.asked_sha256:
                raise Refusal(Code.IDEMPOTENCY_KEY_REUSED) from None
            return existing
        return request

    def find(self, customer_id: str, request_id: str) -> SignatureRequest | None:
        item = dynamo.get(self.client, self.table, key_of(customer_id, request_id))
        return from_item(item) if item else None

    def pending(self, customer_id: str, now: datetime) -> list[SignatureRequest]:
        """The requests that the customer may answer, strongly consistent, in no order."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            ConsistentRead=True,
            KeyConditionExpression="customer_id = :customer",
            FilterExpression=_ANSWERABLE,
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues={":customer": dynamo.text(customer_id), **_answerable(now)},
        )
        return [from_item(item) for page in pages for item in page["Items"]]

    def see(self, customer_id: str, request_id: str, now: datetime) -> SignatureRequest | None:
        """The customer's request, marked as seen where it was pending and not seen yet. One call."""
        try:
            item = dynamo.update(
                self.client,
                self.table,
                key_of(customer_id, request_id),
                "SET seen_at = :now",
                f"{_ANSWERABLE} AND attribute_not_exists(seen_at)",
                _answerable(now),
                state="state",
            )
        except ConditionFailed as failed:
            return _standing(failed)
        return from_item(item)

    def decline(self, customer_id: str, request_id: str, now: datetime) -> SignatureRequest:
        """PENDING → DECLINED, or the request as it stands. Raises Refusal: SIGNING_REQUEST_NOT_FOUND, or
        SIGNING_REQUEST_EXPIRED where it still stands as pending."""
        try:
            item = dynamo.update(
                self.client,
                self.table,
                key_of(customer_id, request_id),
                "SET #state = :declined, finished_at = :now",
                _ANSWERABLE,
                {":declined": dynamo.text(SigningState.DECLINED), **_answerable(now)},
                state="state",
            )
        except ConditionFailed as failed:
            existing = _standing(failed)
            if existing is None:
                raise Refusal(Code.SIGNING_REQUEST_NOT_FOUND) from None
            if existing.state is SigningState.PENDING:
                raise Refusal(Code.SIGNING_REQUEST_EXPIRED) from None
            return existing
        return from_item(item)

    def fail(self, request: SignatureRequest, failure: Failure, now: datetime) -> SignatureRequest:
        """PENDING → FAILED, or the request as another answer finished it."""
        try:
            return self._update(request, _FAIL, "#state = :pending", _failed(failure, now))
        except ConditionFailed as failed:
            return from_item(failed.items[0] or {})

    def count_wrong(self, request: SignatureRequest, now: datetime) -> SignatureRequest:
        """Count a wrong signature; the last one allowed makes it FAILED in the same write."""
        return self._count(request, "tries", MAX_TRIES, Failure(Code.SIGNING_ATTEMPTS_EXCEEDED), now)

    def count_silence(self, request: SignatureRequest, failure: Failure, now: datetime) -> SignatureRequest:
        """Count a signature for which the issuer gave no status; the last one allowed makes it FAILED."""
        return self._count(request, "silences", MAX_SILENCES, failure, now)

    def _count(
        self, request: SignatureRequest, name: str, most: int, failure: Failure, now: datetime
    ) -> SignatureRequest:
        """Count one, unless another answer finished the request. Each write states the count that it read, so none
        is lost, and the one that reaches the most ends the request."""
        while request.state is SigningState.PENDING:
            counted: int = getattr(request, name)
            values = {":read": dynamo.number(counted), ":count": dynamo.number(counted + 1)}
            expression = f"SET {name} = :count"
            if counted + 1 >= most:
                expression = f"{_FAIL}, {name} = :count"
                values |= _failed(failure, now)
            try:
                return self._update(request, expression, f"#state = :pending AND {name} = :read", values)
            except ConditionFailed as failed:
                request = from_item(failed.items[0] or {})
        return request

    def _update(
        self, request: SignatureRequest, expression: str, condition: str, values: dynamo.Item
    ) -> SignatureRequest:
        key = key_of(request.customer_id, request.id)
        values = {":pending": dynamo.text(SigningState.PENDING), **values}
        return from_item(dynamo.update(self.client, self.table, key, expression, condition, values, state="state"))


_FAIL = "SET #state = :failed, finished_at = :now, reason = :reason, reason_params = :params"


def _failed(failure: Failure, now: datetime) -> dict[str, Any]:
    """The values of _FAIL."""
    return {
        ":failed": dynamo.text(SigningState.FAILED),
        ":now": dynamo.instant(now),
        ":reason": dynamo.text(failure.code),
        ":params": dynamo.as_json(dict(failure.params)),
    }


def _standing(failed: ConditionFailed) -> SignatureRequest | None:
    """The request that stood in the way; None where there is none."""
    stood = failed.items[0] if failed.items else None
    return from_item(stood) if stood else None


def _answerable(now: datetime) -> dict[str, Any]:
    """The values of _ANSWERABLE."""
    return {":pending": dynamo.text(SigningState.PENDING), ":now": dynamo.instant(now)}
