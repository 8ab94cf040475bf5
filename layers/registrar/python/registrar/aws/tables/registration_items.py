"""Items of the registrations' table: a row for each registration, and locks that make certificate and key unique.

    CUST#<customer>                REG#<registration>   the registration
    CERT#<sha256 of DER>           LOCK                 } each names customer and registration, and, since
    KEY#<id of the key>            LOCK                 } 2026-11-29, the key and the lists that would name
    ISS#<sha256 of CA SPKI>#<serial>  LOCK              } the certificate

The fingerprint alone is no identity: an ECDSA signature can be altered into another valid one. A lock outlives the
end of its registration and is erased with the row. `released_at` on it says that the customer took it back: only
they may take the lock over.
"""

import hashlib
from datetime import datetime
from typing import Any

from registrar.aws import dynamo
from registrar.domain.registrations.registration import Hold, Lifecycle, Registration, Revocation, issuer_serial

EXPIRY_SHARDS = tuple(f"expiry-{number}" for number in range(64))
UNLISTED = dynamo.text("unlisted")
"""The one partition of the index of live registrations that no list covers."""
_DATES = ("expiry_flagged_at", "ended_at", "revoked_at")
_TEXTS = ("resume_nonce", "end_reason", "replaces", "superseded_by", "bank_hold_reason", "issuing_bank")


def to_item(registration: Registration) -> dict[str, dict[str, Any]]:
    item: dict[str, dict[str, Any]] = {
        **row_key(registration.customer_id, registration.id),
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
    }
    if registration.lifecycle is Lifecycle.LIVE:
        item["expiry_shard"] = dynamo.text(expiry_shard(registration.customer_id))
        if not registration.listed:
            item["unlisted"] = UNLISTED
    if registration.holds:
        item["holds"] = dynamo.text_set(registration.holds)
    for hold, since in registration.held_since.items():
        item[held_since_name(hold)] = dynamo.instant(since)
    if registration.revocation:
        item["revocation_as_of"] = dynamo.instant(registration.revocation.as_of)
        item["revocation_source"] = dynamo.text(registration.revocation.source)
    for name in (*_DATES, *_TEXTS):
        value = getattr(registration, name)
        if value is not None:
            item[name] = dynamo.instant(value) if name in _DATES else dynamo.text(value)
    return item


def from_item(item: dynamo.Item) -> Registration:
    dates = {name: dynamo.read_instant(item, name) for name in _DATES if name in item}
    texts = {name: dynamo.read_text(item, name) for name in _TEXTS if name in item}
    more: dict[str, Any] = {**dates, **texts}
    if "revocation_as_of" in item:
        as_of = dynamo.read_instant(item, "revocation_as_of")
        source = dynamo.read_text(item, "revocation_source")
        more["revocation"] = Revocation(as_of, source)
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
        listed="unlisted" not in item,
        holds=frozenset(map(Hold, dynamo.read_text_set(item, "holds"))),
        held_since=held_since_of(item),
        **more,
    )


def held_since_of(item: dynamo.Item) -> dict[Hold, datetime]:
    """When each hold of the item was put on."""
    names = {hold: held_since_name(hold) for hold in Hold}
    return {hold: dynamo.read_instant(item, name) for hold, name in names.items() if name in item}


def held_since_name(hold: Hold) -> str:
    """The attribute that states when a hold was put on."""
    return f"held_since_{hold}"


def expiry_shard(customer_id: str) -> str:
    """The shard of the expiry and erasure indexes; all of a customer's registrations are in one shard."""
    return EXPIRY_SHARDS[hashlib.sha256(customer_id.encode()).digest()[0] % len(EXPIRY_SHARDS)]


def row_key(customer_id: str, registration_id: str) -> dict[str, dict[str, str]]:
    return {"pk": dynamo.text(f"CUST#{customer_id}"), "sk": dynamo.text(f"REG#{registration_id}")}


def issuer_lock_key(issuer_key_digest: str, serial: str) -> dict[str, dict[str, str]]:
    return _lock_key(f"ISS#{issuer_serial(issuer_key_digest, serial)}")


def certificate_lock_key(fingerprint: str) -> dict[str, dict[str, str]]:
    return _lock_key(f"CERT#{fingerprint}")


def key_lock_key(key_digest: str) -> dict[str, dict[str, str]]:
    return _lock_key(f"KEY#{key_digest}")


def lock_keys(registration: Registration) -> tuple[dict[str, dict[str, str]], ...]:
    """The keys of the locks on certificate, key, and issuer with serial, in this order."""
    return (
        certificate_lock_key(registration.fingerprint),
        key_lock_key(registration.key_digest),
        issuer_lock_key(registration.issuer_key_digest, registration.serial),
    )


def _lock_key(name: str) -> dict[str, dict[str, str]]:
    return {"pk": dynamo.text(name), "sk": dynamo.text("LOCK")}


def over(customer_id: str, since: datetime) -> dict[str, dict[str, str]]:
    """The attributes that put an ended registration into the erasure index."""
    return {"over_shard": dynamo.text(expiry_shard(customer_id)), "over_since": dynamo.instant(since)}


def end(lifecycle: Lifecycle, customer_id: str, now: datetime, **facts: dict[str, Any]) -> dict[str, Any]:
    """The part of a write that ends a live registration; it leaves the indexes of live ones for that of erasure."""
    values = {"ended_at": dynamo.instant(now), **over(customer_id, now), **facts}
    return {
        "UpdateExpression": "SET lifecycle = :ended, "
        + ", ".join(f"{name} = :{name}" for name in values)
        + " REMOVE expiry_shard, unlisted",
        "ConditionExpression": LIVE,
        "ExpressionAttributeValues": {
            ":ended": dynamo.text(lifecycle),
            **alive(now),
            **{f":{name}": value for name, value in values.items()},
        },
    }


def unless_held_by_bank(ended: dict[str, Any]) -> dict[str, Any]:
    """The same, but not under the bank's hold, which registering again would remove."""
    return {
        **ended,
        "ConditionExpression": f"{ended['ConditionExpression']} AND NOT contains(holds, :bank)",
        "ExpressionAttributeValues": {**ended["ExpressionAttributeValues"], ":bank": dynamo.text(Hold.BANK)},
    }


LIVE = "lifecycle = :live AND not_after >= :now"
"""The condition of every change: the item is LIVE, and the certificate has not expired."""


def alive(now: datetime) -> dict[str, dict[str, str]]:
    """The values of the condition LIVE."""
    return {":live": dynamo.text(Lifecycle.LIVE), ":now": dynamo.instant(now)}
