"""Writes on an upload whose certificate's issuer is being asked.

Asking has no effect, so it needs no lease: whoever gets the issuer's word first writes it, others find it written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from registrar.aws import dynamo
from registrar.aws.tables.uploads import from_item, key_of
from registrar.domain.registrations.upload import (
    DEFERRAL_GRACE,
    PROOF_DEADLINE,
    TEXT_LIFE,
    VALIDATION_DEADLINE,
    Upload,
    UploadState,
    new_nonce,
)

# A question that was put to the queue is not due again before the queue had its chance.
QUEUED = timedelta(minutes=5)
DUE = dynamo.text("due")
"""The one partition of the index of due questions."""
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
        self, upload: Upload, findings: Sequence[object], status: Mapping[str, object], now: datetime
    ) -> Upload:
        """The issuer says good: the owner may prove possession. Raises ConditionFailed where it was decided."""
        return self._update(
            upload,
            "SET #state = :to, findings = :findings, #status = :status, expires_at = :end,"
            " nonce = :nonce, nonce_expires_at = :nonce_end REMOVE due_at, due_shard",
            {
                ":to": dynamo.text(UploadState.AWAITING_PROOF),
                ":findings": dynamo.as_json(findings),
                ":status": dynamo.as_json(status),
                ":end": dynamo.instant(now + PROOF_DEADLINE),
                ":nonce": dynamo.text(new_nonce()),
                ":nonce_end": dynamo.instant(now + TEXT_LIFE),
            },
            status="status",
        )

    def reject(self, upload: Upload, findings: Sequence[object]) -> Upload:
        """The issuer refuses it, or kept silent too long. Raises ConditionFailed where it was decided."""
        return self._update(
            upload,
            "SET #state = :to, findings = :findings REMOVE due_at, due_shard",
            {":to": dynamo.text(UploadState.REJECTED), ":findings": dynamo.as_json(findings)},
        )

    def defer(
        self, upload: Upload, findings: Sequence[object], due: datetime, end: datetime, now: datetime
    ) -> Upload:
        """The issuer keeps silent: ask again at `due`, until `end`. Raises ConditionFailed where it was decided."""
        return self._update(
            upload,
            "SET #state = :deferred, findings = :findings, due_at = :due, due_shard = :shard, expires_at = :end,"
            " deferred_at = if_not_exists(deferred_at, :now)",
            {
                ":findings": dynamo.as_json(findings),
                ":due": dynamo.instant(due),
                ":shard": DUE,
                ":end": dynamo.instant(end + DEFERRAL_GRACE),
                ":now": dynamo.instant(now),
            },
        )

    def again(self, upload: Upload, now: datetime) -> Upload:
        """What the issuer said is too old by now: it is asked again. Raises ConditionFailed.

        Due in a while, should the caller be killed before it puts the question.
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
        return from_item(item)

    def _update(self, upload: Upload, expression: str, values: dynamo.Item, **names: str) -> Upload:
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
        return from_item(item)
