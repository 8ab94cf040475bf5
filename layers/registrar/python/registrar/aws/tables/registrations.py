"""The registrations' table: what customers registered, and every change of a registration as one conditional write.

Each change names what it leaves. Repeating one that is done changes nothing; any other raises ConditionFailed. What
a restore of the table must not undo is written to the table of kept states in the same transaction.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from registrar.aws import dynamo
from registrar.aws.tables import kept_states
from registrar.aws.tables.deny_list import DenyList, denied_at, key_denied, key_of
from registrar.aws.tables.kept_states import KeptStates
from registrar.aws.tables.registration_items import (
    LIVE,
    alive,
    certificate_lock_key,
    end,
    from_item,
    held_since_name,
    issuer_lock_key,
    key_lock_key,
    lock_keys,
    row_key,
    unless_held_by_bank,
)
from registrar.domain.possession.headings import new_nonce
from registrar.domain.reasons.codes import AdminCode, Code
from registrar.domain.reasons.errors import (
    CertificateMalformed,
    CertificateTaken,
    ConditionFailed,
    Refusal,
    StatusSuperseded,
)
from registrar.domain.registrations.kept_state import as_kept, held_with_person, of_kind
from registrar.domain.registrations.registration import REEVALUATION, Hold, Lifecycle, Registration, Revocation

if TYPE_CHECKING:  # for the few functions that register or block
    from registrar.domain.registrations.block_proposal import BlockProposal, ConfirmedBlock
    from registrar.domain.registrations.upload import AwaitingProof

KEY_COMPROMISE = "keyCompromise"
Write = Mapping[str, Mapping[str, Any]]
"""One write of a transaction."""
Found = tuple[str, dynamo.Item]
"""An item that was read, or its key, with its table."""


@dataclass(frozen=True, slots=True)
class Registrations:
    """Registrations of customers, their locks, and the deny list and the kept states that they are read with."""

    client: Any
    table: str
    deny_table: str
    kept_table: str

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

    def find_by_fingerprint(self, fingerprint: str) -> Registration | None:
        """The registration of a certificate (SHA-256 of its DER, hex), whoever's it is and whatever became of it.

        Always the same three calls, so that their number says nothing of a certificate.
        """
        lock = dynamo.get(self.client, self.table, certificate_lock_key(fingerprint))
        customer_id = dynamo.read_text(lock, "customer_id") if lock else fingerprint
        registration_id = dynamo.read_text(lock, "registration_id") if lock else fingerprint
        item = dynamo.get(self.client, self.table, row_key(customer_id, registration_id))
        row = from_item(item) if item else None
        key_digest = row.key_digest if row else fingerprint
        kept, denied = self._kept_and_denied([(customer_id, registration_id, key_digest)])
        return judged(row, kept, denied) if row else None

    def find_many(self, ids: Iterable[tuple[str, str]]) -> Iterator[Registration]:
        """Those of the registrations (customer, registration) that exist, in no order, read by batches."""
        remaining = iter(ids)
        while batch := list(islice(remaining, dynamo.BATCH)):
            items = dynamo.get_many(self.client, self.table, [row_key(*each) for each in batch])
            yield from self._judged([from_item(item) for item in items])

    def of_customer(self, customer_id: str) -> list[Registration]:
        """All registrations of a customer, strongly consistent, the oldest id first."""
        return self._judged(self.rows_of_customer(customer_id))

    def rows_of_customer(self, customer_id: str) -> list[Registration]:
        """The same without what is denied and kept of them, which a restored row lacks: for what only names
        registrations, and lets nobody use one."""
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
                return found
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
        """The items, live ones with what is denied and kept of them; the others have ended anyway. One call."""
        live = [row for row in rows if row.lifecycle is Lifecycle.LIVE]
        if not live:
            return rows
        kept, denied = self._kept_and_denied([(row.customer_id, row.id, row.key_digest) for row in live])
        return [judged(row, kept, denied) for row in rows]

    def _kept_and_denied(
        self, rows: Collection[tuple[str, str, str]]
    ) -> tuple[Mapping[str, dynamo.Item], Mapping[str, datetime]]:
        """What is kept of these rows (customer, registration, key), by id, and when keys were denied; one call."""
        customers = sorted({customer_id for customer_id, _, _ in rows})
        kept_keys = [kept_states.registration_key(registration_id) for _, registration_id, _ in rows]
        keys = [(self.deny_table, key_of(digest)) for digest in sorted({digest for _, _, digest in rows})]
        keys += [(self.kept_table, key) for key in (*kept_keys, *map(kept_states.customer_key, customers))]
        items = list(dynamo.get_from(self.client, keys))
        denied = {key_denied(item): denied_at(item) for table, item in items if table == self.deny_table}
        kept = {dynamo.read_text(item, "id"): item for table, item in items if table == self.kept_table}
        return kept, denied

    @property
    def _deny_list(self) -> DenyList:
        return DenyList(self.client, self.deny_table)

    @property
    def _kept(self) -> KeptStates:
        return KeptStates(self.kept_table)

    # ---- registering

    def obstacle_keys(
        self, customer_id: str, fingerprint: str, key_digest: str, older_key_ids: Collection[str]
    ) -> list[Found]:
        """Table and key of what `check_obstacles` judges: the bank's hold on the person, the locks of certificate
        and key, and denials of the key. `older_key_ids` are its ids of before 2026-11-28, for which no lock or
        denial is written any more."""
        keys: list[Found] = [(self.kept_table, kept_states.customer_key(customer_id))]
        keys += [(self.table, certificate_lock_key(fingerprint))]
        keys += [(self.table, key_lock_key(each)) for each in (key_digest, *older_key_ids)]
        return keys + [(self.deny_table, key_of(each)) for each in (key_digest, *older_key_ids)]

    def check_obstacles(
        self, registration: Registration, replaces: Registration | None, found: Sequence[Found]
    ) -> None:
        """Check what the transaction that registers does not, by the items of `obstacle_keys` that exist.

        A denial or hold that is written later counts all the same: whoever reads a registration reads both. Raises
        Refusal (REG_SUSPENDED) where staff of the bank hold another registration of the customer and of this kind,
        CertificateTaken as `add` does, and where the key is denied.
        """
        certificate, key, _ = lock_keys(registration)
        for table, item in found:
            if table == self.kept_table and of_kind(kept_states.bank_holds(item), registration.kind):
                raise Refusal(Code.REG_SUSPENDED)
        if any(table == self.deny_table for table, _ in found):
            raise CertificateTaken(AdminCode.KEY_DENIED)
        locks = {dynamo.read_text(item, "pk"): item for table, item in found if table == self.table}
        own = locks.pop(certificate["pk"]["S"], None)
        if key["pk"]["S"] in locks or (own and "released_at" not in own):
            return  # the transaction decides
        for lock in locks.values():
            existing = dynamo.read_text(lock, "registration_id")
            if dynamo.read_text(lock, "customer_id") != registration.customer_id:
                raise CertificateTaken(AdminCode.KEY_HELD_BY_OTHER)
            if "released_at" not in lock and (replaces is None or existing != replaces.id):
                raise CertificateTaken(Code.REPLACES_REQUIRED, existing)

    def add(
        self,
        registration: Registration,
        upload: "AwaitingProof",
        uploads_table: str,
        now: datetime,
        replaces: Registration | None = None,
        no_watch: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """Register in one transaction; a live registration that it `replaces` becomes SUPERSEDED with it, an ended
        one is only referred to. `no_watch` are checks that no watch of the issuer's list began since the status.

        Raises CertificateTaken where a lock stands in the way or this upload is registered already,
        StatusSuperseded where such a look began, ConditionFailed where the upload, or what is replaced, is in
        another state by now.
        """
        from registrar.aws.tables.registering import taken, writes

        tables = uploads_table, self.table
        found = writes(registration, upload, tables, self._kept, replaces, now)
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
        The bank's takes over what a re-evaluation holds: no later one lifts it. It follows the person: what they
        register while it stands is held too.
        """
        named = customer_id, registration_id
        if hold is Hold.CUSTOMER:
            return self._report_loss(*named, now)
        held = {":hold": dynamo.text_set([hold]), **alive(now)}
        if hold is not Hold.BANK:
            kept = self._kept.hold(*named, hold, now)
            return self._change(*named, f"{_held(hold)} ADD holds :hold", LIVE, held, kept)
        kept = self._kept.hold(*named, hold, now, _BY_STAFF)
        person = self._kept.hold_person(*named, self._existing(*named).kind, now)
        return self._change(*named, f"{_held(hold)} ADD holds :hold" + _BY_STAFF, LIVE, held, kept, person)

    def _report_loss(self, customer_id: str, registration_id: str, now: datetime) -> Registration:
        """Add the customer's hold. Row and kept state hold the same random part, of which a report that meets
        another or its cancellation reads what stands. A restored row may hold another one, which is replaced."""
        named = customer_id, registration_id
        for tries_left in reversed(range(dynamo.TRANSACTION_TRIES)):
            item = dynamo.get(self.client, self.table, row_key(*named))
            if item is None:
                raise ConditionFailed
            row = from_item(item)
            known = self._judged([row])[0].resume_nonce
            nonce = dynamo.text(known or new_nonce())
            kept = self._kept.hold(*named, Hold.CUSTOMER, now, ", resume_nonce = :nonce", nonce=nonce)
            kept["Update"]["ConditionExpression"] = "attribute_not_exists(resume_nonce) OR resume_nonce = :nonce"
            condition = LIVE
            # A random part that was read is written again only where it still stands: a text over it is signed.
            if known and known == row.resume_nonce:
                condition += " AND resume_nonce = :nonce"
            elif known:
                kept["Update"]["ConditionExpression"] = "resume_nonce = :nonce"
            values = {":hold": dynamo.text_set([Hold.CUSTOMER]), ":nonce": nonce, **alive(now)}
            expression = f"{_held(Hold.CUSTOMER)}, resume_nonce = :nonce ADD holds :hold"
            try:
                return self._change(*named, expression, condition, values, kept)
            except ConditionFailed:
                if not tries_left:
                    raise
        raise ConditionFailed

    def lift_hold(self, customer_id: str, registration_id: str, hold: Hold, now: datetime) -> Registration:
        """Lift the bank's hold and keep the others. Raises ConditionFailed where it is not live, unless it ended
        under the bank's hold, which then no longer follows the person."""
        named = customer_id, registration_id
        values = {":hold": dynamo.text_set([hold]), **alive(now)}
        expression = f"DELETE holds :hold REMOVE {held_since_name(hold)}"
        if hold is not Hold.BANK:
            return self._change(*named, expression, LIVE, values, self._kept.lift(*named, hold, now))
        kept = self._kept.lift(*named, hold, now, remove="bank_hold_reason")
        try:
            person = self._kept.release_person(*named, must=False)
            return self._change(*named, expression + ", bank_hold_reason", LIVE, values, kept, person)
        except ConditionFailed:
            self.release_person(*named)
            return self._existing(*named)

    def release_person(self, customer_id: str, registration_id: str) -> None:
        """Lift the hold by staff that follows the person from this registration. Raises ConditionFailed where none
        does."""
        dynamo.transact(self.client, [self._kept.release_person(customer_id, registration_id)])

    def hold_by_issuer(
        self,
        customer_id: str,
        registration_id: str,
        as_of: datetime,
        now: datetime,
        *,
        unless_good_since: bool = False,
    ) -> Registration:
        """Add the issuer's hold, which its source states for `as_of`; a hold that is there for a later time stays.

        Raises ConditionFailed where it is not live, or, with `unless_good_since`, a later good status is recorded
        and no hold.
        """
        named = customer_id, registration_id
        not_later = "attribute_not_exists(issuer_held_as_of) OR issuer_held_as_of <= :as_of"
        expression = f"{_held(Hold.ISSUER)}, issuer_held_as_of = :as_of ADD holds :hold"
        stated = dynamo.instant(as_of)
        values = {":hold": dynamo.text_set([Hold.ISSUER]), ":as_of": stated, **alive(now)}
        kept = self._kept.hold(*named, Hold.ISSUER, now, ", issuer_held_as_of = :as_of", as_of=stated)
        kept["Update"]["ConditionExpression"] = not_later
        condition = f"{LIVE} AND ({not_later})"
        if unless_good_since:
            condition += " AND (attribute_not_exists(revocation_as_of) OR revocation_as_of <= :as_of)"
        try:
            return self._change(*named, expression, condition, values, kept)
        except ConditionFailed:
            found = self.find(*named)
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
        named = customer_id, registration_id
        condition = f"{LIVE} AND (NOT contains(holds, :issuer) OR {later})"
        expression = f"DELETE holds :hold REMOVE issuer_held_as_of, {held_since_name(Hold.ISSUER)}"
        kept = self._kept.lift(*named, Hold.ISSUER, now, remove="issuer_held_as_of")
        kept["Update"]["ConditionExpression"] = later
        kept["Update"]["ExpressionAttributeValues"][":as_of"] = dynamo.instant(as_of)
        values = {
            ":hold": dynamo.text_set([Hold.ISSUER]),
            ":issuer": dynamo.text(Hold.ISSUER),
            ":as_of": dynamo.instant(as_of),
            **alive(now),
        }
        return self._change(*named, expression, condition, values, kept)

    def hold_by_reevaluation(self, customer_id: str, registration_id: str, now: datetime) -> Registration:
        """Add the bank's hold, marked as a re-evaluation's. Raises ConditionFailed where it is not live, or
        staff of the bank hold it."""
        named = customer_id, registration_id
        condition = f"{LIVE} AND (NOT contains(holds, :bank) OR bank_hold_reason = :why)"
        values = {":bank": dynamo.text(Hold.BANK), **_by_reevaluation(now)}
        expression = f"{_held(Hold.BANK)}, bank_hold_reason = :why ADD holds :hold"
        kept = self._kept.hold(*named, Hold.BANK, now, ", bank_hold_reason = :why", why=values[":why"])
        kept["Update"]["ConditionExpression"] = _NOT_BY_STAFF
        kept["Update"]["ExpressionAttributeValues"][":bank"] = values[":bank"]
        return self._change(*named, expression, condition, values, kept)

    def lift_by_reevaluation(self, customer_id: str, registration_id: str, now: datetime) -> Registration:
        """Lift the hold of a re-evaluation. Raises ConditionFailed where another hold replaced it."""
        named = customer_id, registration_id
        condition = f"{LIVE} AND bank_hold_reason = :why"
        expression = f"DELETE holds :hold REMOVE bank_hold_reason, {held_since_name(Hold.BANK)}"
        kept = self._kept.lift(*named, Hold.BANK, now, remove="bank_hold_reason")
        values = _by_reevaluation(now)
        kept["Update"]["ConditionExpression"] = _NOT_BY_STAFF
        kept["Update"]["ExpressionAttributeValues"] |= {":bank": dynamo.text(Hold.BANK), ":why": values[":why"]}
        return self._change(*named, expression, condition, values, kept)

    def resume(self, registration: Registration, now: datetime, *uses: Write) -> Registration:
        """Lift the customer's hold whose text was signed, and no later one; the others stay. `uses` are writes that
        use up the proof of identity with it.

        Raises ConditionFailed where it is not live, or that hold was lifted, Refusal (STEP_UP_REQUIRED) where the
        proof is not good for it.
        """
        named = registration.customer_id, registration.id
        nonce = dynamo.text(registration.resume_nonce or "")
        lift = {
            "TableName": self.table,
            "Key": row_key(*named),
            "UpdateExpression": f"DELETE holds :hold REMOVE resume_nonce, {held_since_name(Hold.CUSTOMER)}",
            "ConditionExpression": f"{LIVE} AND resume_nonce = :nonce",
            "ExpressionAttributeValues": {
                ":hold": dynamo.text_set([Hold.CUSTOMER]),
                ":nonce": nonce,
                **alive(now),
            },
        }
        kept = self._kept.lift(*named, Hold.CUSTOMER, now, remove="resume_nonce")
        kept["Update"]["ConditionExpression"] = "attribute_not_exists(resume_nonce) OR resume_nonce = :nonce"
        kept["Update"]["ExpressionAttributeValues"][":nonce"] = nonce
        try:
            dynamo.transact(self.client, [{"Update": lift}, kept, *uses])
        except ConditionFailed as failed:
            _expect_proof(failed, uses)
            raise
        return self.get(*named)

    def record_revocation_status(self, customer_id: str, registration_id: str, status: Revocation) -> Registration:
        """Store the last good status on a live registration. Raises ConditionFailed where it is not live."""
        return self._update(
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
        lifecycle = Lifecycle.REVOKED_BY_ISSUER
        ended = end(lifecycle, customer_id, now, **facts)
        row = {"Update": {"TableName": self.table, "Key": row_key(customer_id, registration_id), **ended}}
        kept = self._kept.end(customer_id, registration_id, lifecycle, now, **facts)
        denials = []
        if reason == KEY_COMPROMISE:
            known = self._existing(customer_id, registration_id)
            denials = [self._deny_list.denial(key, known.id, reason, now) for key in _keys_to_deny(known)]
        try:
            dynamo.transact(self.client, [row, kept, *denials])
        except ConditionFailed:  # it ended, perhaps by a revocation that gave another reason
            for denial in denials:
                self.client.update_item(**denial["Update"])
        return self._ended(customer_id, registration_id, lifecycle)

    def propose_block(self, proposal: "BlockProposal", now: datetime) -> None:
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
        self._update(proposal.customer_id, proposal.registration_id, expression, LIVE, values)

    def find_block_proposal(self, customer_id: str, registration_id: str) -> "BlockProposal | None":
        """The last proposal to block the registration."""
        from registrar.domain.registrations.block_proposal import BlockProposal

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

    def block(self, registration: Registration, confirmed: "ConfirmedBlock", now: datetime) -> Registration:
        """End a live registration for good and deny its key, as another person of the staff confirmed.

        Raises ConditionFailed where another proposal replaced the confirmed one, or it ended otherwise.
        """
        blocked_by = dynamo.text(confirmed.confirmed_by)
        ended = end(Lifecycle.BLOCKED, registration.customer_id, now, blocked_by=blocked_by)
        ended["ConditionExpression"] += " AND block_proposal_id = :proposal"
        ended["ExpressionAttributeValues"][":proposal"] = dynamo.text(confirmed.proposal.id)
        denials = [
            self._deny_list.denial(key, registration.id, "blocked", now) for key in _keys_to_deny(registration)
        ]
        return self._end_with(registration, ended, denials, Lifecycle.BLOCKED, now)

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
        return self._end_with(registration, ended, others, Lifecycle.DEREGISTERED, now, *uses)

    def _existing(self, customer_id: str, registration_id: str) -> Registration:
        """The registration. Raises ConditionFailed where there is none."""
        found = self.find(customer_id, registration_id)
        if found is None:
            raise ConditionFailed
        return found

    def _update(
        self, customer_id: str, registration_id: str, expression: str, condition: str, values: dynamo.Item
    ) -> Registration:
        """A change that a restore may undo."""
        key = row_key(customer_id, registration_id)
        return from_item(dynamo.update(self.client, self.table, key, expression, condition, values))

    def _change(
        self,
        customer_id: str,
        registration_id: str,
        expression: str,
        condition: str,
        values: dynamo.Item,
        *kept: Write,
    ) -> Registration:
        """A change of the row in one transaction with what is kept of it."""
        row = {
            "TableName": self.table,
            "Key": row_key(customer_id, registration_id),
            "UpdateExpression": expression,
            "ConditionExpression": condition,
            "ExpressionAttributeValues": values,
        }
        dynamo.transact(self.client, [{"Update": row}, *kept])
        return self._existing(customer_id, registration_id)

    def _end_with(
        self,
        registration: Registration,
        ended: dict[str, Any],
        others: list[Any],
        lifecycle: Lifecycle,
        now: datetime,
        *uses: Write,
    ) -> Registration:
        key = row_key(registration.customer_id, registration.id)
        row = {"Update": {"TableName": self.table, "Key": key, **ended}}
        kept = self._kept.end(registration.customer_id, registration.id, lifecycle, now)
        try:
            dynamo.transact(self.client, [row, kept, *others, *uses])
        except ConditionFailed as failed:
            _expect_proof(failed, uses)  # otherwise the stored state decides
        return self._ended(registration.customer_id, registration.id, lifecycle)

    def _ended(self, customer_id: str, registration_id: str, lifecycle: Lifecycle) -> Registration:
        """The registration, where this is how it ended. Raises ConditionFailed."""
        found = self.find(customer_id, registration_id)
        if found is None or found.lifecycle is not lifecycle:
            raise ConditionFailed
        return found


def judged(row: Registration, kept: Mapping[str, dynamo.Item], denied: Mapping[str, datetime]) -> Registration:
    """A live row with what is denied, and kept under these ids; any other has ended anyway."""
    if row.lifecycle is not Lifecycle.LIVE:
        return row
    own = f"REG#{row.id}"
    person = f"CUST#{row.customer_id}"
    found = as_kept(row, kept_states.kept_state(kept[own])) if own in kept else row
    found = held_with_person(found, kept_states.bank_holds(kept[person])) if person in kept else found
    return replace(found, denied_at=denied[row.key_digest]) if row.key_digest in denied else found


_BY_STAFF = " REMOVE bank_hold_reason"
_NOT_BY_STAFF = "NOT contains(holds, :bank) OR bank_hold_reason = :why"
"""The condition of a kept state that staff of the bank put no hold on."""


def _held(hold: Hold) -> str:
    """The part of a write that records when the hold was put on; repeating it keeps that."""
    return f"SET {held_since_name(hold)} = if_not_exists({held_since_name(hold)}, :now)"


def _keys_to_deny(registration: Registration) -> frozenset[str]:
    """The ids of the key: the one that it was registered under, and, where that is of before 2026-11-28, the one
    that a successor has."""
    # Few functions need them at their cold start.
    from registrar.domain.certificates.certificate import key_id, read_certificate

    found = {registration.key_digest}
    with suppress(CertificateMalformed):  # a damaged row is blocked all the same
        found |= {key_id(read_certificate(registration.der).public_key)}
    return frozenset(found)


def _by_reevaluation(now: datetime) -> dict[str, Any]:
    return {":hold": dynamo.text_set([Hold.BANK]), ":why": dynamo.text(REEVALUATION), **alive(now)}


def _expect_proof(failed: ConditionFailed, uses: Sequence[Write]) -> None:
    """Raises Refusal (STEP_UP_REQUIRED) where only the last writes, the proof's, failed."""
    if uses and not any(item is not None for item in failed.items[: -len(uses)]):
        raise Refusal(Code.STEP_UP_REQUIRED)
