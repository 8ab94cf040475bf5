"""Write rows of a restored copy of a table back, without undoing what happened since (docs/runbook.md, "Restoring a
table").

    python -m tools.admin.restore registrations --from COPY --to TABLE --kept KEPT_STATES_TABLE
    python -m tools.admin.restore customers --from COPY --to TABLE --sessions SESSIONS_TABLE --changed changed.txt

COPY is the table that DynamoDB restored, under a name of its own; the others are the stack's. Rows that are not in
the copy stay as they are. A repeat writes the same.
"""

import argparse
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3

from registrar.aws import dynamo
from registrar.aws.tables import customers as customer_store
from registrar.aws.tables import kept_states
from registrar.aws.tables.registration_items import from_item, held_since_name, lock_keys, over, to_item
from registrar.aws.tables.sessions import Sessions
from registrar.domain.reasons.errors import ConditionFailed
from registrar.domain.registrations.kept_state import as_kept
from registrar.domain.registrations.registration import Hold, Lifecycle, Registration
from registrar.entry.log import customer_ref

_JUDGED = ("lifecycle", "holds", "resume_nonce", "bank_hold_reason", "ended_at", "end_reason", "revoked_at")
_OURS = (
    *("phone", "totp_ciphertext", "passkeys", "passkey_removed_at"),
    *("pending", "recovery", "recovered_at", "version"),
)


def restore_registrations(client: Any, source: str, target: str, kept_table: str) -> int:
    """Write the rows of `source`, each with its kept state, and missing locks to `target`; return how many rows."""
    return write_back(client, _items(client, source), target, kept_table)


def write_back(client: Any, items: Iterable[dynamo.Item], target: str, kept_table: str) -> int:
    """Write these rows and locks to `target`; return how many rows."""
    rows: list[Registration] = []
    for item in items:
        if dynamo.read_text(item, "sk") == "LOCK":
            _add(client, target, item)  # a lock that is there is newer
            continue
        row = from_item(item)
        kept = dynamo.get(client, kept_table, kept_states.registration_key(row.id))
        judged = as_kept(row, kept_states.kept_state(kept)) if kept else row
        dynamo.put(client, target, _as_judged(item, judged))
        rows.append(judged)
    for row in rows:
        if row.lifecycle is Lifecycle.DEREGISTERED:
            _release(client, target, row)
    return len(rows)


def restore_customers(
    client: Any, source: str, target: str, sessions: Sessions, changed: Collection[str], now: datetime
) -> int:
    """Write the customers of `source` to `target`; return how many are locked out.

    What this service writes of a customer stays as it is where the row is there. Where it is lost, no unfinished
    enrolment comes back, and a customer whose credentials `changed` since (references as in the logs) is locked out
    until the bank has identified them: a method that they removed would be valid again. A recovery of the copy
    comes back only where it took effect: without it, the phone or app that was lost would be valid again.
    """
    locked = 0
    for item in _items(client, source):
        present = dynamo.get(client, target, {"id": item["id"]})
        ours = {name: value for name, value in (present or {}).items() if name in _OURS}
        if present is None:
            is_changed = customer_ref(item["id"]["S"]) in changed
            ours = _ours(item, now, with_recovery=not is_changed)
            if is_changed:
                sessions.lock(item["id"]["S"], now)
                locked += 1
        banks = {name: value for name, value in item.items() if name not in _OURS}
        dynamo.put(client, target, {**banks, **ours})
    return locked


def _ours(item: dynamo.Item, now: datetime, *, with_recovery: bool) -> dict[str, Any]:
    """What this service wrote of a customer whose row is lost, with the effect of a recovery where it has one."""
    customer = replace(customer_store.from_item(item), pending=None)
    recovery = customer.recovery if with_recovery else None
    in_effect = recovery is not None and recovery.in_effect(now)
    customer = customer.as_of(now) if in_effect else replace(customer, recovery=None)
    written = {name: value for name, value in customer_store.to_item(customer).items() if name in _OURS}
    return written | ({"version": item["version"]} if "version" in item else {})


def _as_judged(item: dynamo.Item, judged: Registration) -> dict[str, Any]:
    """The item with the end and the holds of `judged`."""
    names = (*_JUDGED, "superseded_by", "expiry_shard", "unlisted", *map(held_since_name, Hold))
    written = {name: value for name, value in item.items() if name not in names}
    written |= {name: value for name, value in to_item(judged).items() if name in names}
    if "expiry_shard" not in item:
        written.pop("expiry_shard", None)  # its expiry is recorded
    if judged.ended_at and "over_since" not in item:
        written |= over(judged.customer_id, judged.ended_at)
    return written


def _release(client: Any, table: str, registration: Registration) -> None:
    """Mark the locks of a deregistered registration: its customer may register it again."""
    ended_at = registration.ended_at or datetime.now(UTC)
    values = {":id": dynamo.text(registration.id), ":at": dynamo.instant(ended_at)}
    for key in lock_keys(registration):
        try:
            dynamo.update(client, table, key, "SET released_at = :at", "registration_id = :id", values)
        except ConditionFailed:
            continue  # it was registered again


def _add(client: Any, table: str, item: dynamo.Item) -> None:
    try:
        dynamo.put(client, table, item, ConditionExpression="attribute_not_exists(pk)")
    except ConditionFailed:
        return


def _items(client: Any, table: str) -> Iterator[dynamo.Item]:
    for page in client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield from page["Items"]


def main(arguments: Sequence[str], client: Any = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.admin.restore", description=__doc__)
    whats = parser.add_subparsers(dest="what", required=True)
    registrations = whats.add_parser("registrations")
    customers = whats.add_parser("customers")
    for each in (registrations, customers):
        each.add_argument("--from", dest="source", required=True)
        each.add_argument("--to", dest="target", required=True)
    registrations.add_argument("--kept", required=True)
    customers.add_argument("--sessions", required=True)
    customers.add_argument("--changed", type=Path, required=True)
    given = parser.parse_args(arguments)
    client = client or boto3.client("dynamodb")
    if given.what == "registrations":
        rows = restore_registrations(client, given.source, given.target, given.kept)
        sys.stdout.write(f"{rows} registrations written\n")
        return 0
    changed = set(given.changed.read_text(encoding="utf-8").split())
    sessions = Sessions(client, given.sessions)
    locked = restore_customers(client, given.source, given.target, sessions, changed, datetime.now(UTC))
    sys.stdout.write(f"customers written, {locked} locked out\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
