"""Answers to signature requests: the request read with the registration that signs, and the write that completes.

One read takes the request, the registration's row and what is kept of it. The deny list is not read, since its key
is in the row: the transaction checks it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from registrar.aws import dynamo
from registrar.aws.tables import kept_states, registration_items
from registrar.aws.tables.deny_list import DenyList, denied_at, key_denied
from registrar.aws.tables.kept_states import KeptStates
from registrar.aws.tables.registrations import judged
from registrar.aws.tables.signature_requests import from_item, key_of
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import ConditionFailed, Refusal
from registrar.domain.registrations.registration import Registration
from registrar.domain.signing.signature_request import Completed, SignatureRequest, SigningState

_COMPLETE = (
    "SET #state = :completed, finished_at = :at, registration_id = :registration, certificate = :certificate,"
    " evidence = :evidence, receipt_key = :receipt_key, receipt = :receipt"
)


@dataclass(frozen=True, slots=True)
class Answers:
    """The tables that an answer is decided by."""

    client: Any
    requests_table: str
    registrations_table: str
    deny_table: str
    kept_table: str

    def find(
        self, customer_id: str, request_id: str, registration_id: str
    ) -> tuple[SignatureRequest | None, Registration | None]:
        """The customer's request and registration, strongly consistent, in one call."""
        kept_keys = kept_states.registration_key(registration_id), kept_states.customer_key(customer_id)
        keys = [
            (self.requests_table, key_of(customer_id, request_id)),
            (self.registrations_table, registration_items.row_key(customer_id, registration_id)),
            *((self.kept_table, key) for key in kept_keys),
        ]
        found: dict[str, list[dynamo.Item]] = {}
        for table, item in dynamo.get_from(self.client, keys):
            found.setdefault(table, []).append(item)
        request = next(map(from_item, found.get(self.requests_table, [])), None)
        row = next(map(registration_items.from_item, found.get(self.registrations_table, [])), None)
        kept = {dynamo.read_text(item, "id"): item for item in found.get(self.kept_table, [])}
        return request, judged(row, kept, {}) if row else None

    def complete(
        self, request: SignatureRequest, registration: Registration, completed: Completed, at: datetime
    ) -> SignatureRequest:
        """PENDING → COMPLETED while the registration may be used, or the request as another answer finished it.

        Raises Refusal (REG_…) where the registration was held, ended or denied since it was read.
        """
        update = {
            "TableName": self.requests_table,
            "Key": key_of(request.customer_id, request.id),
            "UpdateExpression": _COMPLETE,
            "ConditionExpression": "#state = :pending",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {
                ":pending": dynamo.text(SigningState.PENDING),
                ":completed": dynamo.text(SigningState.COMPLETED),
                ":at": dynamo.instant(at),
                ":registration": dynamo.text(completed.registration_id),
                ":certificate": dynamo.binary(bytes.fromhex(completed.fingerprint)),
                ":evidence": dynamo.binary(bytes.fromhex(completed.evidence_sha256)),
                ":receipt_key": dynamo.text(completed.receipt_key_id),
                ":receipt": dynamo.binary(completed.receipt_signature),
            },
        }
        kept = KeptStates(self.kept_table).absence(registration.id)
        denied = DenyList(self.client, self.deny_table).absence(registration.key_digest)
        try:
            dynamo.transact(self.client, [{"Update": update}, kept, denied])
        except ConditionFailed as failed:
            stood, kept_item, denial = failed.items
            if stood:
                return from_item(stood)
            kept_as = {f"REG#{registration.id}": kept_item} if kept_item else {}
            denied_as = {key_denied(denial): denied_at(denial)} if denial else {}
            changed = judged(registration, kept_as, denied_as)
            raise Refusal(Code(changed.reason_at(at) or Code.STATE_CONFLICT)) from None
        return replace(request, state=SigningState.COMPLETED, finished_at=at, completed=completed)
