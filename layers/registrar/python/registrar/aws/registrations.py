"""The registrations' table: rows by customer, and lock items that make a certificate and its key unique.

    CUST#<customer>                REG#<registration>   the registration
    CERT#<sha256 of DER>           LOCK                 }
    KEY#<sha256 of SPKI>           LOCK                 } each names customer and registration
    ISS#<sha256 of CA SPKI>#<serial>  LOCK              }

The fingerprint alone is no identity: an ECDSA signature can be altered into another valid one. The sparse,
keys-only index `by-expiry` (shard, not_after) serves the expiry run and answers no question about status: what has
ended for good leaves it.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registrar.aws import dynamo
from registrar.domain.errors import ConditionFailed, Refusal
from registrar.domain.expiry import Due, Window
from registrar.domain.registrations import Lifecycle, Registration, issuer_serial
from registrar.domain.uploads import Upload, UploadState

EXPIRY_SHARDS = tuple(f"expiry-{number}" for number in range(64))


def to_item(registration: Registration) -> dict[str, dict[str, Any]]:
    return {
        **_key(registration.customer_id, registration.id),
        "lifecycle": dynamo.text(registration.lifecycle),
        "operator": dynamo.text(registration.operator),
        "issuer": dynamo.as_json(registration.issuer),
        "name_masked": dynamo.text(registration.name_masked),
        "kind": dynamo.text(registration.kind),
        "policy": dynamo.as_json(registration.policy),
        "serial": dynamo.text(registration.serial),
        # Digests as bytes and no fingerprint beside the DER: the row stays below 2 KB, two write units.
        "key_digest": dynamo.binary(bytes.fromhex(registration.key_digest)),
        "issuer_key_digest": dynamo.binary(bytes.fromhex(registration.issuer_key_digest)),
        "not_before": dynamo.instant(registration.not_before),
        "not_after": dynamo.instant(registration.not_after),
        "der": dynamo.binary(registration.der),
        "registered_at": dynamo.instant(registration.registered_at),
        "proof": dynamo.text(registration.proof),
        "consent_version": dynamo.text(registration.consent_version),
        "expiry_shard": dynamo.text(expiry_shard(registration.customer_id)),
    }


def from_item(item: dynamo.Item) -> Registration:
    return Registration(
        id=dynamo.read_text(item, "sk").removeprefix("REG#"),
        customer_id=dynamo.read_text(item, "pk").removeprefix("CUST#"),
        lifecycle=Lifecycle(dynamo.read_text(item, "lifecycle")),
        operator=dynamo.read_text(item, "operator"),
        issuer=dynamo.read_json(item, "issuer"),
        name_masked=dynamo.read_text(item, "name_masked"),
        kind=dynamo.read_text(item, "kind"),
        policy=dynamo.read_json(item, "policy"),
        serial=dynamo.read_text(item, "serial"),
        fingerprint=hashlib.sha256(dynamo.read_bytes(item, "der")).hexdigest(),
        key_digest=dynamo.read_bytes(item, "key_digest").hex(),
        issuer_key_digest=dynamo.read_bytes(item, "issuer_key_digest").hex(),
        not_before=dynamo.read_instant(item, "not_before"),
        not_after=dynamo.read_instant(item, "not_after"),
        der=dynamo.read_bytes(item, "der"),
        registered_at=dynamo.read_instant(item, "registered_at"),
        proof=dynamo.read_text(item, "proof"),
        consent_version=dynamo.read_text(item, "consent_version"),
        expiry_flagged_at=(dynamo.read_instant(item, "expiry_flagged_at") if "expiry_flagged_at" in item else None),
    )


def expiry_shard(customer_id: str) -> str:
    """Spreads the expiry run's reads over its workers; all of a customer's registrations are in one shard."""
    return EXPIRY_SHARDS[hashlib.sha256(customer_id.encode()).digest()[0] % len(EXPIRY_SHARDS)]


class Taken(Exception):
    """The certificate or its key is registered. `existing` is the registration that stands in the way where it
    is the same certificate of the same customer; None otherwise, and then nobody is told more."""

    def __init__(self, existing: str | None) -> None:
        super().__init__("taken")
        self.existing = existing


@dataclass(frozen=True, slots=True)
class Registrations:
    """Registrations of customers, and their locks."""

    client: Any
    table: str

    def find(self, customer_id: str, registration_id: str) -> Registration | None:
        item = dynamo.get(self.client, self.table, _key(customer_id, registration_id))
        return from_item(item) if item else None

    def get(self, customer_id: str, registration_id: str) -> Registration:
        """The customer's own registration. Raises Refusal (REG_NOT_FOUND), for another customer's just the same."""
        found = self.find(customer_id, registration_id)
        if found is None:
            raise Refusal("REG_NOT_FOUND")
        return found

    def of_customer(self, customer_id: str) -> list[Registration]:
        """All registrations of a customer, strongly consistent, the oldest id first."""
        found: list[Registration] = []
        start: dict[str, Any] = {}
        while True:
            answer = self.client.query(
                TableName=self.table,
                ConsistentRead=True,
                KeyConditionExpression="pk = :customer AND begins_with(sk, :prefix)",
                ExpressionAttributeValues={
                    ":customer": dynamo.text(f"CUST#{customer_id}"),
                    ":prefix": dynamo.text("REG#"),
                },
                **start,
            )
            found += [from_item(item) for item in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                return found
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def add(self, registration: Registration, upload: Upload, uploads_table: str, now: datetime) -> None:
        """Register: the upload's end, the row and three locks in one transaction.

        Raises Taken where a lock exists or this upload is registered already, ConditionFailed where it is in
        another state by now.
        """
        finish = {
            "TableName": uploads_table,
            "Key": {"id": dynamo.text(upload.id)},
            "UpdateExpression": "SET #state = :registered REMOVE der, nonce",
            "ConditionExpression": "#state = :awaiting AND nonce = :nonce AND expires_at > :now",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {
                ":registered": dynamo.text(UploadState.REGISTERED),
                ":awaiting": dynamo.text(UploadState.AWAITING_PROOF),
                ":nonce": dynamo.text(upload.nonce or ""),
                ":now": dynamo.instant(now),
            },
        }
        create = {"Put": {"TableName": self.table, "Item": to_item(registration)}}
        locks = [
            {"Put": {"TableName": self.table, "Item": lock, "ConditionExpression": "attribute_not_exists(pk)"}}
            for lock in _locks(registration)
        ]
        try:
            dynamo.transact(self.client, [{"Update": finish}, create, *locks])
        except ConditionFailed as failed:
            stood = failed.items[0]
            if stood and dynamo.read_text(stood, "state") == UploadState.REGISTERED:
                raise Taken(registration.id) from None  # the same request, a moment earlier
            if stood is not None:
                raise
            raise Taken(_own_registration(failed.items[2:], registration)) from None

    def due(self, shard: str, window: Window) -> Iterator[Due]:
        """A shard's registrations whose end lies in `window`, read from the index and nothing else."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            IndexName="by-expiry",
            KeyConditionExpression="expiry_shard = :shard AND not_after BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":shard": dynamo.text(shard),
                ":first": dynamo.instant(window.first),
                ":last": dynamo.instant(window.until),
            },
        )
        for page in pages:
            for item in page["Items"]:
                yield Due(
                    dynamo.read_text(item, "pk").removeprefix("CUST#"),
                    dynamo.read_text(item, "sk").removeprefix("REG#"),
                    dynamo.read_instant(item, "not_after"),
                )

    def flag_expiring(self, due: Due, at: datetime) -> None:
        """Flag a live registration without holds that still ends when the index said. Raises ConditionFailed.

        With the same `at` again it changes nothing, so a repeated run makes no second event.
        """
        unheld = " AND attribute_not_exists(holds)"
        # A late repeat of an earlier run must not set the flag back.
        later = " AND (attribute_not_exists(expiry_flagged_at) OR expiry_flagged_at <= :at)"
        self._mark(due, "SET expiry_flagged_at = :at", unheld + later, {":at": dynamo.instant(at)})

    def note_expired(self, due: Due) -> None:
        """Note that a live registration is over, for whoever waits for the event. Raises ConditionFailed."""
        expired = {":expired": dynamo.text(Lifecycle.EXPIRED)}
        self._mark(due, "SET lifecycle = :expired REMOVE expiry_shard", "", expired)

    def _mark(self, due: Due, update: str, condition: str, values: dict[str, dict[str, str]]) -> None:
        dynamo.update(
            self.client,
            self.table,
            _key(due.customer_id, due.registration_id),
            update,
            f"lifecycle = :live AND not_after = :end{condition}",
            {**values, ":live": dynamo.text(Lifecycle.LIVE), ":end": dynamo.instant(due.not_after)},
        )


def _key(customer_id: str, registration_id: str) -> dict[str, dict[str, str]]:
    return {"pk": dynamo.text(f"CUST#{customer_id}"), "sk": dynamo.text(f"REG#{registration_id}")}


def _locks(registration: Registration) -> list[dict[str, dict[str, Any]]]:
    names = (
        f"CERT#{registration.fingerprint}",
        f"KEY#{registration.key_digest}",
        f"ISS#{issuer_serial(registration.issuer_key_digest, registration.serial)}",
    )
    owner = {
        "sk": dynamo.text("LOCK"),
        "customer_id": dynamo.text(registration.customer_id),
        "registration_id": dynamo.text(registration.id),
    }
    return [{"pk": dynamo.text(name), **owner} for name in names]


def _own_registration(locks: Sequence[dynamo.Item | None], registration: Registration) -> str | None:
    by_certificate = locks[0] or locks[2]
    holders = {dynamo.read_text(lock, "customer_id") for lock in locks if lock}
    if by_certificate and holders == {registration.customer_id}:
        return dynamo.read_text(by_certificate, "registration_id")
    return None
