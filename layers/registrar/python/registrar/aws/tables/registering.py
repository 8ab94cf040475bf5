"""The one transaction that registers: the upload's end, the row, three locks, and the end of the registration that
is replaced, with what is kept of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from registrar.aws import dynamo
from registrar.aws.tables.kept_states import KeptStates
from registrar.aws.tables.registration_items import end, lock_keys, row_key, to_item, unless_held_by_bank
from registrar.domain.reasons.codes import AdminCode, Code
from registrar.domain.reasons.errors import CertificateTaken
from registrar.domain.registrations.registration import Lifecycle, Registration
from registrar.domain.registrations.upload import AwaitingProof, UploadState

# Where each write of the transaction stands.
_UPLOAD = 0
_CERTIFICATE = 2
_KEY = 3
_SERIAL = 4
_OF_OTHERS = (
    (AdminCode.CERT_HELD_BY_OTHER, _CERTIFICATE),
    (AdminCode.CERT_HELD_BY_OTHER, _SERIAL),
    (AdminCode.KEY_HELD_BY_OTHER, _KEY),
)


def writes(
    registration: Registration,
    upload: AwaitingProof,
    tables: tuple[str, str],
    kept: KeptStates,
    replaced: Registration | None,
    now: datetime,
) -> list[dict[str, Any]]:
    """The writes, in the order that `taken` knows; `tables` are the uploads' and the registrations'."""
    uploads_table, table = tables
    owner = {
        "customer_id": dynamo.text(registration.customer_id),
        "registration_id": dynamo.text(registration.id),
        # A status by the certificate reads the denial of the key, and the lists, with the row (status_reads.py).
        "key_digest": dynamo.binary(bytes.fromhex(registration.key_digest)),
        **({"points": dynamo.text_set(upload.status.points)} if upload.status.points else {}),
    }
    free = "attribute_not_exists(pk) OR (customer_id = :customer AND attribute_exists(released_at))"
    customer = {":customer": dynamo.text(registration.customer_id)}
    locks = [
        {
            "Put": {
                "TableName": table,
                "Item": {**key, **owner},
                "ConditionExpression": free,
                "ExpressionAttributeValues": customer,
            }
        }
        for key in lock_keys(registration)
    ]
    if replaced is not None:
        # Issuers renew with a new key; where the old key is kept, its lock moves to the successor.
        key = locks[_KEY - _CERTIFICATE]["Put"]
        key["ConditionExpression"] = f"{free} OR (customer_id = :customer AND registration_id = :replaced)"
        key["ExpressionAttributeValues"] = {**customer, ":replaced": dynamo.text(replaced.id)}
    row = {"Put": {"TableName": table, "Item": to_item(registration)}}
    found = [_finish(upload, uploads_table, now), row, *locks]
    if replaced is not None and replaced.lifecycle_at(now) is Lifecycle.LIVE:
        found.append(_supersede(replaced, registration, table, now))
        by = dynamo.text(registration.id)
        found.append(kept.end(replaced.customer_id, replaced.id, Lifecycle.SUPERSEDED, now, superseded_by=by))
    return found


def taken(stood: Sequence[dynamo.Item | None], registration: Registration) -> CertificateTaken | None:
    """The error by the items that made `writes` fail; None where the upload or the replaced registration is
    in another state by now."""
    upload = stood[_UPLOAD]
    if upload and dynamo.read_text(upload, "state") == UploadState.REGISTERED:
        return CertificateTaken(Code.ALREADY_REGISTERED, registration.id)  # the same request, a moment earlier
    if upload is not None:
        return None
    certificate = stood[_CERTIFICATE] or stood[_SERIAL]
    key = stood[_KEY]
    for code, number in _OF_OTHERS:
        lock = stood[number]
        if lock and dynamo.read_text(lock, "customer_id") != registration.customer_id:
            return CertificateTaken(code)
    if certificate:
        return CertificateTaken(Code.ALREADY_REGISTERED, dynamo.read_text(certificate, "registration_id"))
    return CertificateTaken(Code.REPLACES_REQUIRED, dynamo.read_text(key, "registration_id")) if key else None


def _finish(upload: AwaitingProof, table: str, now: datetime) -> dict[str, Any]:
    return {
        "Update": {
            "TableName": table,
            "Key": {"id": dynamo.text(upload.id)},
            "UpdateExpression": "SET #state = :registered REMOVE der, nonce",
            "ConditionExpression": "#state = :awaiting AND nonce = :nonce AND expires_at > :now",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {
                ":registered": dynamo.text(UploadState.REGISTERED),
                ":awaiting": dynamo.text(UploadState.AWAITING_PROOF),
                ":nonce": dynamo.text(upload.accepted_as),
                ":now": dynamo.instant(now),
            },
        }
    }


def _supersede(replaced: Registration, registration: Registration, table: str, now: datetime) -> dict[str, Any]:
    by = dynamo.text(registration.id)
    ended = unless_held_by_bank(end(Lifecycle.SUPERSEDED, replaced.customer_id, now, superseded_by=by))
    return {"Update": {"TableName": table, "Key": row_key(replaced.customer_id, replaced.id), **ended}}
