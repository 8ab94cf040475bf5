"""The registrations' table: what customers registered, and every change of a registration as one conditional write.

Each change names what it leaves. Repeating one that is done changes nothing; any other raises ConditionFailed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from registrar.aws import dynamo
from registrar.aws.tables.denylist import DenyList
from registrar.aws.tables.registering import taken, writes
from registrar.aws.tables.registration_items import (
    LIVE,
    alive,
    end,
    from_item,
    held_since_name,
    issuer_lock_key,
    lock_keys,
    row_key,
    unless_held_by_bank,
)
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import ConditionFailed, Refusal, StatusSuperseded
from registrar.domain.registrations.block_proposal import BlockProposal, ConfirmedBlock
from registrar.domain.registrations.registration import REEVALUATION, Hold, Lifecycle, Registration, Revocation
from registrar.domain.registrations.upload import AwaitingProof, new_nonce

KEY_COMPROMISE = "keyCompromise"
Write = Mapping[str, Mapping[str, Any]]
"""One write of a transaction."""


@dataclass(frozen=True, slots=True)
class Registrations:
    """Registrations of customers, their locks, and the deny list that they are read with."""

    client: Any
    table: str
    deny_table: str

    # ---- reading

    def find(self, customer_id: str, registration_id: str) -> Registration | None:
        item = dynamo.get(self.client, self.table, row_key(customer_id, registration_id))
        return self._judged([from_item(item)])[0] if item else None

    def get(self, customer_id: str, registration_id: str) -> Registration:
        """The customer's own registration. Raises Refusal (REG_NOT_FOUND), for another customer's just the same."""
        found = self.find(customer_id, registration_id)
        if found is None:
            raise Refusal(Code.REG_NOT_FOUND)
        return found

    def find_many(self, ids: Iterable[tuple[str, str]]) -> Iterator[Registration]:
        """Those of the registrations (customer, registration) that exist, in no order, read by batches."""
        remaining = iter(ids)
        while batch := list(islice(remaining, dynamo.BATCH)):
            items = dynamo.get_many(self.client, self.table, [row_key(*each) for each in batch])
            yield from self._judged([from_item(item) for item in items])

    def of_customer(self, customer_id: str) -> list[Registration]:
        """All registrations of a customer, strongly consistent, the oldest id first."""
        found: list[Registration] = []
        start: dict[str, Any] = {}
        while True:
            response = self.client.query(
                TableName=self.table,
                ConsistentRead=True,
                KeyConditionExpression="pk = :customer AND begins_with(sk, :prefix)",
                ExpressionAttributeValues={
                    ":customer": dynamo.text(f"CUST#{customer_id}"),
                    ":prefix": dynamo.text("REG#"),
                },
                **start,
            )
            found += [from_item(item) for item in response["Items"]]
            if "LastEvaluatedKey" not in response:
                return self._judged(found)
            start = {"ExclusiveStartKey": response["LastEvaluatedKey"]}

    def find_by_issuer_serial(self, issuer_key_digest: str, serials: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Serial (hex) to customer and registration, for those of an issuer's `serials` that were ever registered.

        The work grows with `serials`, not with the table.
        """
        names = {issuer_lock_key(issuer_key_digest, serial)["pk"]["S"]: serial for serial in serials}
        keys = [issuer_lock_key(issuer_key_digest, serial) for serial in names.values()]
        return {
            names[dynamo.read_text(lock, "pk")]: (
                dynamo.read_text(lock, "customer_id"),
                dynamo.read_text(lock, "registration_id"),
            )
            for lock in dynamo.get_many(self.client, self.table, keys)
        }

    def _judged(self, rows: list[Registration]) -> list[Registration]:
        """The items, live ones with the entry of the deny list; the others have ended anyway."""
        keys = [row.key_digest for row in rows if row.lifecycle is Lifecycle.LIVE]
        denied = self._deny_list.denied(keys)
        return [replace(row, denied_at=denied[row.key_digest]) if row.key_digest in denied else row for row in rows]

    @property
    def _deny_list(self) -> DenyList:
        return DenyList(self.client, self.deny_table)

    # ---- registering

    def add(
        self,
        registration: Registration,
        upload: AwaitingProof,
        uploads_table: str,
        now: datetime,
        replaces: Registration | None = None,
        no_watch: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """Register in one transaction; a live registration that it `replaces` becomes SUPERSEDED with it, an ended
        one is only referred to. `no_watch` are checks that no watch of the issuer's list began since the status.

        Raises CertificateTaken where a lock or the deny list stands in the way or this upload is registered
        already, StatusSuperseded where such a look began, ConditionFailed where the upload, or what is replaced, is
        in another state by now.
        """
        tables = uploads_table, self.table
        found = writes(registration, upload, tables, self._deny_list, replaces, now)
        try:
            dynamo.transact(self.client, [*found, *no_watch])
        except ConditionFailed as failed:
            if any(stood is not None for stood in failed.items[len(found) :]):
                raise StatusSuperseded from None
            reason = taken(failed.items, registration)
            if reason is None:
                raise
            raise reason from None

    # ---- changes of a registration

    def add_hold(self, customer_id: str, registration_id: str, hold: Hold, now: datetime) -> Registration:
        """Add a hold to a live registration; other holds are kept. Raises ConditionFailed where it is not live.

        The customer's hold brings the random part of the text that lifts it; repeating the report keeps that.
        The bank's takes over what a re-evaluation holds: no later one lifts it.
        """
        held = {":hold": dynamo.text_set([hold]), **alive(now)}
        if hold is not Hold.CUSTOMER:
            expression = f"{_held(hold)} ADD holds :hold" + (_BY_STAFF if hold is Hold.BANK else "")
            return self._change(customer_id, registration_id, expression, LIVE, held)
        held[":nonce"] = dynamo.text(new_nonce())
        expression = f"{_held(hold)}, resume_nonce = if_not_exists(resume_nonce, :nonce) ADD holds :hold"
        return self._change(customer_id, registration_id, expression, LIVE, held)

    def lift_hold(self, customer_id: str, registration_id: str, hold: Hold, now: datetime) -> Registration:
        """Lift the bank's hold and keep the others. Raises ConditionFailed where it is not live."""
        values = {":hold": dynamo.text_set([hold]), **alive(now)}
        expression = f"DELETE holds :hold REMOVE {held_since_name(hold)}"
        expression += ", bank_hold_reason" if hold is Hold.BANK else ""
        return self._change(customer_id, registration_id, expression, LIVE, values)

    def hold_by_issuer(
        self, customer_id: str, registration_id: str, as_of: datetime, now: datetime
    ) -> Registration:
        """Add the issuer's hold, which its source states for `as_of`; a hold that is there for a later time stays.

        Raises ConditionFailed where it is not live.
        """
        condition = f"{LIVE} AND (attribute_not_exists(issuer_held_as_of) OR issuer_held_as_of <= :as_of)"
        expression = f"{_held(Hold.ISSUER)}, issuer_held_as_of = :as_of ADD holds :hold"
        values = {":hold": dynamo.text_set([Hold.ISSUER]), ":as_of": dynamo.instant(as_of), **alive(now)}
        try:
            return self._change(customer_id, registration_id, expression, condition, values)
        except ConditionFailed:
            found = self.find(customer_id, registration_id)
            if found is None or found.lifecycle_at(now) is not Lifecycle.LIVE or Hold.ISSUER not in found.holds:
                raise
            return found

    def lift_by_issuer(
        self, customer_id: str, registration_id: str, as_of: datetime, now: datetime, *, by_next_list: bool = False
    ) -> Registration:
        """Lift the issuer's hold on a status for `as_of`, and keep the others.

        Raises ConditionFailed where it is not live, or the hold was stated for a later time; for the same time too,
        unless the status is that of the list after the one with the hold (two may come within a second).
        """
        order = "<=" if by_next_list else "<"
        later = f"attribute_not_exists(issuer_held_as_of) OR issuer_held_as_of {order} :as_of"
        condition = f"{LIVE} AND (NOT contains(holds, :issuer) OR {later})"
        expression = f"DELETE holds :hold REMOVE issuer_held_as_of, {held_since_name(Hold.ISSUER)}"
        values = {
            ":hold": dynamo.text_set([Hold.ISSUER]),
            ":issuer": dynamo.text(Hold.ISSUER),
            ":as_of": dynamo.instant(as_of),
            **alive(now),
        }
        return self._change(customer_id, registration_id, expression, condition, values)

    def hold_by_reevaluation(self, customer_id: str, registration_id: str, now: datetime) -> Registration:
        """Add the bank's hold, marked as a re-evaluation's. Raises ConditionFailed where it is not live, or
        staff of the bank hold it."""
        condition = f"{LIVE} AND (NOT contains(holds, :bank) OR bank_hold_reason = :why)"
        values = {":bank": dynamo.text(Hold.BANK), **_by_reevaluation(now)}
        expression = f"{_held(Hold.BANK)}, bank_hold_reason = :why ADD holds :hold"
        return self._change(customer_id, registration_id, expression, condition, values)

    def lift_by_reevaluation(self, customer_id: str, registration_id: str, now: datetime) -> Registration:
        """Lift the hold of a re-evaluation. Raises ConditionFailed where another hold replaced it."""
        condition = f"{LIVE} AND bank_hold_reason = :why"
        expression = f"DELETE holds :hold REMOVE bank_hold_reason, {held_since_name(Hold.BANK)}"
        return self._change(customer_id, registration_id, expression, condition, _by_reevaluation(now))

    def resume(self, registration: Registration, now: datetime, *uses: Write) -> Registration:
        """Lift the customer's hold whose text was signed, and no later one; the others stay. `uses` are writes that
        use up the proof of identity with it.

        Raises ConditionFailed where it is not live, or that hold was lifted, Refusal (STEP_UP_REQUIRED) where the
        proof is not good for it.
        """
        lift = {
            "TableName": self.table,
            "Key": row_key(registration.customer_id, registration.id),
            "UpdateExpression": f"DELETE holds :hold REMOVE resume_nonce, {held_since_name(Hold.CUSTOMER)}",
            "ConditionExpression": f"{LIVE} AND resume_nonce = :nonce",
            "ExpressionAttributeValues": {
                ":hold": dynamo.text_set([Hold.CUSTOMER]),
                ":nonce": dynamo.text(registration.resume_nonce or ""),
                **alive(now),
            },
        }
        try:
            dynamo.transact(self.client, [{"Update": lift}, *uses])
        except ConditionFailed as failed:
            _expect_proof(failed, uses)
            raise
        return self.get(registration.customer_id, registration.id)

    def record_revocation_status(self, customer_id: str, registration_id: str, status: Revocation) -> Registration:
        """Store the last good status on a live registration. Raises ConditionFailed where it is not live."""
        return self._change(
            customer_id,
            registration_id,
            "SET revocation_as_of = :as_of, revocation_source = :source",
            "lifecycle = :live",
            {
                ":as_of": dynamo.instant(status.as_of),
                ":source": dynamo.text(status.source),
                ":live": dynamo.text(Lifecycle.LIVE),
            },
        )

    def revoke(
        self, customer_id: str, registration_id: str, reason: str, revoked_at: datetime, now: datetime
    ) -> Registration:
        """End a live registration as its issuer revoked it at `revoked_at` for `reason` (RFC 5280 5.3.1).

        keyCompromise also denies the key, in any state of the registration: a successor may have the same key.
        Raises ConditionFailed where the registration ended otherwise or is unknown.
        """
        facts = {"end_reason": dynamo.text(reason), "revoked_at": dynamo.instant(revoked_at)}
        ended = end(Lifecycle.REVOKED_BY_ISSUER, customer_id, now, **facts)
        if reason == KEY_COMPROMISE:
            return self._compromised(customer_id, registration_id, ended, now)
        expression = ended["UpdateExpression"]
        condition = ended["ConditionExpression"]
        values = ended["ExpressionAttributeValues"]
        try:
            return self._change(customer_id, registration_id, expression, condition, values)
        except ConditionFailed:
            return self._ended(customer_id, registration_id, Lifecycle.REVOKED_BY_ISSUER)

    def _compromised(
        self, customer_id: str, registration_id: str, ended: dict[str, Any], now: datetime
    ) -> Registration:
        known = self.find(customer_id, registration_id)
        if known is None:
            raise ConditionFailed
        row = {"Update": {"TableName": self.table, "Key": row_key(customer_id, registration_id), **ended}}
        denial = known.key_digest, known.id, KEY_COMPROMISE, now
        try:
            dynamo.transact(self.client, [row, self._deny_list.denial(*denial)])
        except ConditionFailed:  # it ended, perhaps by a revocation that gave another reason
            self._deny_list.deny(*denial)
        return self._ended(customer_id, registration_id, Lifecycle.REVOKED_BY_ISSUER)

    def propose_block(self, proposal: BlockProposal, now: datetime) -> None:
        """Record the staff's proposal to block a live registration, in place of an earlier one.

        Raises ConditionFailed where it is not live.
        """
        values = {
            ":id": dynamo.text(proposal.id),
            ":staff": dynamo.text(proposal.proposed_by),
            ":at": dynamo.instant(proposal.proposed_at),
            ":why": dynamo.text(proposal.reason),
            **alive(now),
        }
        expression = (
            "SET block_proposal_id = :id, block_proposed_by = :staff, block_proposed_at = :at, block_why = :why"
        )
        self._change(proposal.customer_id, proposal.registration_id, expression, LIVE, values)

    def find_block_proposal(self, customer_id: str, registration_id: str) -> BlockProposal | None:
        """The last proposal to block the registration."""
        item = dynamo.get(self.client, self.table, row_key(customer_id, registration_id))
        if item is None or "block_proposal_id" not in item:
            return None
        return BlockProposal(
            id=dynamo.read_text(item, "block_proposal_id"),
            customer_id=customer_id,
            registration_id=registration_id,
            reason=dynamo.read_text(item, "block_why"),
            proposed_by=dynamo.read_text(item, "block_proposed_by"),
            proposed_at=dynamo.read_instant(item, "block_proposed_at"),
        )

    def block(self, registration: Registration, confirmed: ConfirmedBlock, now: datetime) -> Registration:
        """End a live registration for good and deny its key, as another person of the staff confirmed.

        Raises ConditionFailed where another proposal replaced the confirmed one, or it ended otherwise.
        """
        blocked_by = dynamo.text(confirmed.confirmed_by)
        ended = end(Lifecycle.BLOCKED, registration.customer_id, now, blocked_by=blocked_by)
        ended["ConditionExpression"] += " AND block_proposal_id = :proposal"
        ended["ExpressionAttributeValues"][":proposal"] = dynamo.text(confirmed.proposal.id)
        return self._end_with(
            registration,
            ended,
            [self._deny_list.denial(registration.key_digest, registration.id, "blocked", now)],
            Lifecycle.BLOCKED,
        )

    def deregister(self, registration: Registration, now: datetime, *uses: Write) -> Registration:
        """End a live registration for its customer. Its locks stay: only this customer may register it again.
        `uses` are writes that use up the proof of identity with it.

        Raises ConditionFailed where it ended otherwise, or the bank holds it, Refusal (STEP_UP_REQUIRED) where the
        proof is not good for it.
        """
        marks = [
            {
                "Update": {
                    "TableName": self.table,
                    "Key": key,
                    "UpdateExpression": "SET released_at = :now",
                    "ConditionExpression": "registration_id = :id",
                    "ExpressionAttributeValues": {
                        ":now": dynamo.instant(now),
                        ":id": dynamo.text(registration.id),
                    },
                }
            }
            for key in lock_keys(registration)
        ]
        others = [*marks, self._deny_list.absence(registration.key_digest)]
        ended = unless_held_by_bank(end(Lifecycle.DEREGISTERED, registration.customer_id, now))
        return self._end_with(registration, ended, others, Lifecycle.DEREGISTERED, *uses)

    def _change(
        self, customer_id: str, registration_id: str, expression: str, condition: str, values: dynamo.Item
    ) -> Registration:
        key = row_key(customer_id, registration_id)
        return from_item(dynamo.update(self.client, self.table, key, expression, condition, values))

    def _end_with(
        self,
        registration: Registration,
        ended: dict[str, Any],
        others: list[Any],
        lifecycle: Lifecycle,
        *uses: Write,
    ) -> Registration:
        key = row_key(registration.customer_id, registration.id)
        row = {"Update": {"TableName": self.table, "Key": key, **ended}}
        try:
            dynamo.transact(self.client, [row, *others, *uses])
        except ConditionFailed as failed:
            _expect_proof(failed, uses)  # otherwise the stored state decides
        return self._ended(registration.customer_id, registration.id, lifecycle)

    def _ended(self, customer_id: str, registration_id: str, lifecycle: Lifecycle) -> Registration:
        """The registration, where this is how it ended. Raises ConditionFailed."""
        found = self.find(customer_id, registration_id)
        if found is None or found.lifecycle is not lifecycle:
            raise ConditionFailed
        return found


_BY_STAFF = " REMOVE bank_hold_reason"


def _held(hold: Hold) -> str:
    """The part of a write that records when the hold was put on; repeating it keeps that."""
    return f"SET {held_since_name(hold)} = if_not_exists({held_since_name(hold)}, :now)"


def _by_reevaluation(now: datetime) -> dict[str, Any]:
    return {":hold": dynamo.text_set([Hold.BANK]), ":why": dynamo.text(REEVALUATION), **alive(now)}


def _expect_proof(failed: ConditionFailed, uses: Sequence[Write]) -> None:
    """Raises Refusal (STEP_UP_REQUIRED) where only the last writes, the proof's, failed."""
    if uses and not any(item is not None for item in failed.items[: -len(uses)]):
        raise Refusal(Code.STEP_UP_REQUIRED)
