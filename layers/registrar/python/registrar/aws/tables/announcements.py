"""The announcements' table: uploads as customers announce them, and each customer's daily quota beside them.

A table of its own: who may announce an upload can write nothing of what is decided on one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from registrar.aws import dynamo
from registrar.aws.tables.upload_items import as_announced, key_of, to_item
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import ConditionFailed, Refusal
from registrar.domain.registrations.upload import ANNOUNCEMENT_RETENTION, DAILY_UPLOADS, Issued, Upload


@dataclass(frozen=True, slots=True)
class Announcements:
    """Announced uploads by id; nothing changes one."""

    client: Any
    table: str

    def find(self, upload_id: str) -> Issued | None:
        item = dynamo.get(self.client, self.table, key_of(upload_id))
        return as_announced(item) if item else None

    def add(self, upload: Issued, *proofs: Mapping[str, Mapping[str, Any]]) -> Issued:
        """Add the upload and count it, or return the one that an earlier request with the same id announced.

        `proofs` are the writes that use up an identity proof for it (see Challenges.use): all or none is written.
        Raises Refusal: UPLOAD_LIMIT_REACHED when today's uploads are used up, STEP_UP_REQUIRED for a proof that is
        used, over or another's.
        """
        day = upload.created_at.strftime("%Y-%m-%d")
        ttl = dynamo.epoch(upload.created_at + ANNOUNCEMENT_RETENTION)
        count = {
            "TableName": self.table,
            "Key": key_of(f"quota:{upload.customer_id}:{day}"),
            "UpdateExpression": "ADD used :one SET #ttl = :ttl",
            "ConditionExpression": "attribute_not_exists(used) OR used < :most",
            "ExpressionAttributeNames": {"#ttl": "ttl"},
            "ExpressionAttributeValues": {
                ":one": dynamo.number(1),
                ":most": dynamo.number(DAILY_UPLOADS),
                ":ttl": ttl,
            },
        }
        create = {
            "TableName": self.table,
            "Item": {**to_item(upload), "ttl": ttl},
            "ConditionExpression": "attribute_not_exists(id)",
        }
        try:
            dynamo.transact(self.client, [{"Put": create}, {"Update": count}, *proofs])
        except ConditionFailed as failed:
            existing, used_up, *_ = failed.items
            if existing:
                return as_announced(existing)
            if not used_up:
                raise Refusal(Code.STEP_UP_REQUIRED) from None
            raise Refusal(Code.UPLOAD_LIMIT_REACHED, limit=DAILY_UPLOADS, again_at=_next_day(upload)) from None
        return upload


def _next_day(upload: Upload) -> datetime:
    return upload.created_at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
