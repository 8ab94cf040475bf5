"""Append audit entries to the chain in the audit bucket: those of a batch of messages as one object.

A message that cannot be read fails alone. If S3 does not take the object, the batch fails and is delivered again:
an entry is in the chain at least once, and twice with the same id where the function was killed after it wrote.
"""

import json
from datetime import UTC, datetime
from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.evidence.audit_chain import AuditEntry
from registrar.domain.times import iso
from registrar.entry.log import logger
from registrar.entry.start import started

bucket = stores.audit_bucket()


@started
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    logger.append_keys(function=context.function_name)
    entries: dict[str, AuditEntry] = {}
    failures = []
    for record in event["Records"]:
        try:
            entries |= {entry.id: entry for entry in _entries(json.loads(record["body"]))}
        except (ValueError, KeyError, TypeError):
            logger.exception("message failed", message_id=record["messageId"])
            failures.append({"itemIdentifier": record["messageId"]})
    if entries:
        head = bucket.append(list(entries.values()))
        # Whoever has this line can show later that the chain up to here is the same.
        logger.info("audit kept", object=head.object, entry=head.entry, chain=head.chain)
    return {"batchItemFailures": failures}


def _entries(message: dict[str, Any]) -> list[AuditEntry]:
    return [
        AuditEntry(
            id=each["id"],
            group=message["group"],
            at=iso(datetime.fromtimestamp(each["at"] / 1000, UTC)),
            line=each["line"],
        )
        for each in message["entries"]
    ]
