"""SQS: ask the issuer whether the certificate of a decided upload was revoked: good, refused, or asked again later.

All else was decided before and is decided again here, since a question may be a day old. Where the issuer keeps
silent the upload is DEFERRED and retry_deferred puts the question again: nothing has to be uploaded twice.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from registrar.aws.buckets.bucket import Bucket
from registrar.aws.buckets.trust_bucket import TrustBucket
from registrar.aws.clients import client
from registrar.aws.queues.queue import Queue
from registrar.aws.tables.issuers import Issuers
from registrar.aws.tables.registrations import Registrations
from registrar.aws.tables.upload_checks import UploadChecks
from registrar.aws.tables.uploads import Uploads
from registrar.domain.reasons.errors import ConditionFailed
from registrar.domain.reasons.findings import headline
from registrar.domain.registrations.upload import Upload, UploadState
from registrar.domain.times import iso
from registrar.entry.batch import each_message
from registrar.entry.clock import deadline, now
from registrar.entry.log import audit
from registrar.entry.settings import setting, settings_list
from registrar.net.limits import Limits
from registrar.steps.checking_revocation import RevocationStep
from registrar.steps.crl_store import CrlStore
from registrar.steps.status_checks import StatusChecks

MOST_SECONDS = 12.0
PRIVATE = setting("PRIVATE_ADDRESSES") == "allowed"
dynamodb, s3 = client("dynamodb"), client("s3")
trust = TrustBucket(Bucket(s3, setting("TRUST_BUCKET")), settings_list("TRUST_ANCHOR_PINS"))
uploads = Uploads(dynamodb, setting("UPLOADS_TABLE"))
registrations = Registrations(dynamodb, setting("REGISTRATIONS_TABLE"), setting("DENY_LIST_TABLE"))
issuers = Issuers(dynamodb, setting("ISSUERS_TABLE"))
statuses = StatusChecks(issuers, CrlStore(Bucket(s3, setting("REVOCATION_BUCKET")), issuers))
step = RevocationStep(UploadChecks(dynamodb, uploads.table), statuses, registrations, setting("BANK_CODE"))
notices = Queue(client("sqs"), setting("NOTICE_QUEUE"))


@each_message
def lambda_handler(message: Mapping[str, Any]) -> None:
    at, upload = now(), uploads.find(str(message["upload_id"]))
    if upload is None or upload.der is None:
        return
    if upload.state_at(at) in (UploadState.CHECKING, UploadState.DEFERRED):
        with suppress(ConditionFailed):  # the same question, answered a moment earlier
            upload = _asked(upload, at)
    if upload.deferred_at and upload.state is UploadState.AWAITING_PROOF:
        _tell(upload, "upload_ready", until_at=iso(upload.expires_at))
    elif upload.deferred_at and upload.state is UploadState.REJECTED and (first := headline(upload.findings)):
        _tell(upload, "upload_refused", code=first["code"])


def _asked(upload: Upload, at: datetime) -> Upload:
    settled, status = step.settle(upload, trust.active(at), at, Limits(deadline(MOST_SECONDS), 0, PRIVATE))
    said = {"answer": status.answer, "source": status.source, "why": status.why} if status else {}
    audit("upload.checked", customer_id=upload.customer_id, upload_id=upload.id, state=settled.state, **said)
    return settled


def _tell(upload: Upload, kind: str, **params: str) -> None:
    """Who had to wait is told how it ended; told again, it is the same notice."""
    notice = {"id": f"{kind}:{upload.id}", "kind": kind, "customer_id": upload.customer_id}
    notices.send([notice | {"params": params}])
