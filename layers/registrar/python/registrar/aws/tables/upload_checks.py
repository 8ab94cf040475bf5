"""Writes on an upload whose revocation status is being queried.

A query has no effect, so it needs no lease: the first caller to get a status writes it, others find it written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from registrar.aws import dynamo
from registrar.aws.tables.upload_items import certificate_values, findings_json, key_of, read_as
from registrar.domain.possession.headings import new_nonce
from registrar.domain.reasons.findings import Finding
from registrar.domain.registrations.upload import (
    DEFERRAL_GRACE,
    PROOF_DEADLINE,
    TEXT_LIFE,
    VALIDATION_DEADLINE,
    AwaitingProof,
    Checking,
    Deferred,
    Rejected,
    UploadState,
)
from registrar.domain.revocation.status import RecordedStatus

# A queued query is not due again before the queue could deliver it.
QUEUED = timedelta(minutes=5)
DUE = dynamo.text("due")
"""The one partition of the index of due queries."""
_OPEN = "#state IN (:checking, :deferred)"
_STATES = {
    ":checking": dynamo.text(UploadState.CHECKING),
    ":deferred": dynamo.text(UploadState.DEFERRED),
}


@dataclass(frozen=True, slots=True)
class UploadChecks:
    """The uploads' table between the decision on the files and the owner's proof."""

    client: Any
    table: str

    def accept(
        self, upload: Checking | Deferred, findings: Sequence[Finding], status: RecordedStatus, now: datetime
    ) -> AwaitingProof:
        """The status is good: the owner may prove possession. Raises ConditionFailed where it was decided."""
        item = self._update(
            upload,
            "SET #state = :to, findings = :findings, #status = :status, expires_at = :end,"
            " nonce = :nonce, nonce_expires_at = :nonce_end REMOVE due_at, due_shard",
            {
                ":to": dynamo.text(UploadState.AWAITING_PROOF),
                ":findings": findings_json(findings),
                ":status": dynamo.as_json(status.to_map()),
                ":end": dynamo.instant(now + PROOF_DEADLINE),
                ":nonce": dynamo.text(new_nonce()),
                ":nonce_end": dynamo.instant(now + TEXT_LIFE),
            },
            status="status",
        )
        return read_as(item, AwaitingProof)

    def reject(self, upload: Checking | Deferred, findings: Sequence[Finding]) -> Rejected:
        """It is revoked or on hold, or had no status for too long. Raises ConditionFailed where it was decided."""
        item = self._update(
            upload,
            "SET #state = :to, findings = :findings REMOVE due_at, due_shard",
            {":to": dynamo.text(UploadState.REJECTED), ":findings": findings_json(findings)},
        )
        return read_as(item, Rejected)

    def defer(
        self, upload: Checking | Deferred, findings: Sequence[Finding], due: datetime, end: datetime, now: datetime
    ) -> Deferred:
        """There is no status: query again at `due`, until `end`. Raises ConditionFailed where it was decided."""
        item = self._update(
            upload,
            "SET #state = :deferred, findings = :findings, due_at = :due, due_shard = :shard, expires_at = :end,"
            " deferred_at = if_not_exists(deferred_at, :now)",
            {
                ":findings": findings_json(findings),
                ":due": dynamo.instant(due),
                ":shard": DUE,
                ":end": dynamo.instant(end + DEFERRAL_GRACE),
                ":now": dynamo.instant(now),
            },
        )
        return read_as(item, Deferred)

    def query_again(self, upload: AwaitingProof, now: datetime) -> Checking:
        """The status is too old: query it again. Raises ConditionFailed.

        Due in a while, should the caller be killed before it queues the query.
        """
        item = dynamo.update(
            self.client,
            self.table,
            key_of(upload.id),
            "SET #state = :checking, expires_at = :end, due_at = :due, due_shard = :shard",
            "#state = :awaiting",
            {
                ":checking": _STATES[":checking"],
                ":awaiting": dynamo.text(UploadState.AWAITING_PROOF),
                ":end": dynamo.instant(now + VALIDATION_DEADLINE),
                ":due": dynamo.instant(now + QUEUED),
                ":shard": DUE,
            },
            state="state",
        )
        return read_as({**certificate_values(upload.der, upload.summary), **item}, Checking)

    def _update(
        self, upload: Checking | Deferred, expression: str, values: dynamo.Item, **names: str
    ) -> dynamo.Item:
        item = dynamo.update(
            self.client,
            self.table,
            key_of(upload.id),
            expression,
            _OPEN,
            {**_STATES, **values},
            state="state",
            **names,
        )
        return {**certificate_values(upload.der, upload.summary), **item}
