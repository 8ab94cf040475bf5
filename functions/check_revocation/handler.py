"""SQS: query the revocation status of a decided upload's certificate: accept, refuse, or query again later.

All other checks passed before and are repeated here, since a message may be a day old. Where no source gives a
status the upload is DEFERRED and retry_deferred queues the query again: nothing has to be uploaded twice.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.notices.kinds import Kind
from registrar.domain.notices.notice import upload_notice
from registrar.domain.reasons.errors import ConditionFailed
from registrar.domain.reasons.findings import headline
from registrar.domain.registrations.upload import AwaitingProof, Checking, Deferred, Rejected, Upload
from registrar.domain.times import iso
from registrar.entry.batch import each_message
from registrar.entry.clock import deadline, now
from registrar.entry.log import audit
from registrar.net.limits import Limits
from registrar.settings import setting
from registrar.steps import wiring as use_cases

MOST_SECONDS = 12.0
PRIVATE = setting("PRIVATE_ADDRESSES") == "allowed"
trust = stores.trust_bucket()
uploads = stores.uploads()
step = use_cases.revocation_step()
notices = stores.notice_queue()


@each_message
def lambda_handler(message: Mapping[str, Any]) -> None:
    at = now()
    upload = uploads.find(str(message["upload_id"]))
    if isinstance(upload, Deferred) and message.get("due", iso(upload.due_at)) != iso(upload.due_at):
        return  # another message about the same due time was delivered first
    if (unsettled := _open(upload, at)) is not None:
        try:
            upload = _query(unsettled, at)
        except ConditionFailed:
            # Another delivery settled it a moment earlier, and may have been killed before it sent the notice.
            upload = uploads.find(unsettled.id)
            if _open(upload, at) is not None:
                raise
    match upload:
        case AwaitingProof(deferred_at=datetime()):
            _send_notice(upload, Kind.UPLOAD_READY, until_at=iso(upload.expires_at))
        case Rejected(der=bytes(), deferred_at=datetime()) if first := headline(upload.findings):
            _send_notice(upload, Kind.UPLOAD_REFUSED, code=first.code)


def _open(upload: Upload | None, at: datetime) -> Checking | Deferred | None:
    """The upload, where the issuer's status is still missing."""
    return upload if isinstance(upload, Checking | Deferred) and not upload.ending_at(at) else None


def _query(upload: Checking | Deferred, at: datetime) -> Upload:
    settled, status = step.settle(upload, trust.active(at), at, Limits(deadline(MOST_SECONDS), 0, PRIVATE))
    first = headline(settled.findings)
    facts = {"headline": first.code if first else None, "operator": upload.summary.operator}
    if status:
        facts |= {"answer": status.value, "source": status.source, "why": status.why}
    audit("upload.checked", customer_id=upload.customer_id, upload_id=upload.id, state=settled.state, **facts)
    return settled


def _send_notice(upload: Upload, kind: Kind, **params: str) -> None:
    """Notify a customer who had to wait of the result; a repeat is the same notice."""
    notices.send([upload_notice(kind, upload.id, upload.customer_id, **params).message])
