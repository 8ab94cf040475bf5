"""The texts' table: the text to sign in place of one that expired.

A table of its own, so that the function that shows an upload can write nothing else of it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from registrar.aws import dynamo
from registrar.aws.tables.upload_items import key_of
from registrar.domain.possession.headings import new_nonce
from registrar.domain.reasons.errors import ConditionFailed
from registrar.domain.registrations.upload import TEXT_LIFE, TEXT_RETENTION, AwaitingProof


@dataclass(frozen=True, slots=True)
class Texts:
    """The renewed text of each upload. It counts for the acceptance that it was written for, and no later one."""

    client: Any
    table: str

    def renew(self, upload: AwaitingProof, now: datetime) -> AwaitingProof:
        """The upload with a new text to sign, or with the one that another request created meanwhile."""
        end = now + TEXT_LIFE
        try:
            item = dynamo.update(
                self.client,
                self.table,
                key_of(upload.id),
                "SET nonce = :nonce, nonce_expires_at = :end, accepted_as = :accepted, #ttl = :ttl",
                "attribute_not_exists(id) OR accepted_as <> :accepted OR nonce_expires_at <= :now",
                {
                    ":nonce": dynamo.text(new_nonce()),
                    ":end": dynamo.instant(end),
                    ":accepted": dynamo.text(upload.accepted_as),
                    ":now": dynamo.instant(now),
                    ":ttl": dynamo.epoch(end + TEXT_RETENTION),
                },
                ttl="ttl",
            )
        except ConditionFailed as failed:
            item = failed.items[0] or {}
        return _with(upload, item)

    def latest(self, upload: AwaitingProof) -> AwaitingProof:
        """The upload with its renewed text; as it is where there is none."""
        item = dynamo.get(self.client, self.table, key_of(upload.id))
        if item is None or dynamo.read_text(item, "accepted_as") != upload.accepted_as:
            return upload
        return _with(upload, item)


def _with(upload: AwaitingProof, item: dynamo.Item) -> AwaitingProof:
    return replace(
        upload,
        nonce=dynamo.read_text(item, "nonce"),
        nonce_expires_at=dynamo.read_instant(item, "nonce_expires_at"),
    )
