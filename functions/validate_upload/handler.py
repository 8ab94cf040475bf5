"""S3 → SQS: a file arrived; when all have, decide on them, publish the decision, delete the files.

Files that may hold a private key are deleted before the decision shows; a bare certificate that passed, after it.
Killed at any point, the message comes again and finds either the files or the verdict. A container waits for its
password; a message to ourselves, delayed past the deadline, deletes what was left behind.
"""

from collections.abc import Mapping
from typing import Any

from registrar.aws.bucket import Bucket
from registrar.aws.clients import client
from registrar.aws.sweeps import Sweeps
from registrar.aws.trust_bucket import TrustBucket
from registrar.aws.uploads import Uploads
from registrar.domain.decision import Report, decide_certificate, refusal_report
from registrar.domain.errors import ConditionFailed, Refusal
from registrar.domain.file_formats import Bare, Container, recognise
from registrar.domain.findings import headline
from registrar.domain.uploads import Upload, UploadState, file_of_key
from registrar.domain.verdicts import verdict_of
from registrar.entry.batch import each_message, object_keys
from registrar.entry.clock import now
from registrar.entry.log import audit
from registrar.entry.settings import setting, settings_list

BANK = setting("BANK_CODE")
s3 = client("s3")
bucket = Bucket(s3, setting("UPLOAD_BUCKET"))
trust = TrustBucket(Bucket(s3, setting("TRUST_BUCKET")), settings_list("TRUST_ANCHOR_PINS"))
uploads = Uploads(client("dynamodb"), setting("UPLOADS_TABLE"))
sweeps = Sweeps(client("sqs"), setting("VALIDATION_QUEUE"))


@each_message
def lambda_handler(message: Mapping[str, Any]) -> None:
    if "sweep" in message:
        _sweep(str(message["sweep"]))
    for key in object_keys(message):
        file = file_of_key(key)
        if file is None:
            bucket.delete(key)
            continue
        try:
            upload = uploads.receive(*file, now())
        except ConditionFailed:
            _sweep(file[0])
            continue
        if upload is None:
            sweeps.later(file[0])
        else:
            _settle(upload)


# States whose files are still needed.
_OPEN = (UploadState.ISSUED, UploadState.VALIDATING, UploadState.NEEDS_PASSWORD, UploadState.FAILED)


def _sweep(upload_id: str) -> None:
    """Delete the files of an upload that is over; those of an open one are still needed."""
    known = uploads.find(upload_id)
    if known is not None and known.state_at(now()) not in _OPEN:
        bucket.delete_upload(known)


def _settle(upload: Upload) -> None:
    """Decide, unless a killed attempt did already, and make the decision show."""
    if upload.outcome is not None:
        return _publish(upload)
    container, report = _report(upload)
    findings = [finding.to_map() for finding in report.findings]
    first = headline(findings)
    code = first["code"] if first else None
    audit("upload.decided", customer_id=upload.customer_id, upload_id=upload.id, headline=code)
    if container is not None and not isinstance(container, Bare) and not report.refused:
        sweeps.later(upload.id)
        return uploads.ask_password(upload, now())
    verdict = verdict_of(report)
    if verdict.state is UploadState.AWAITING_PROOF:
        uploads.decide_and_publish(upload, verdict, now())
        return bucket.delete_upload(upload)
    uploads.decide(upload, verdict, now())
    return _publish(upload.with_outcome(verdict.state))


def _publish(upload: Upload) -> None:
    bucket.delete_upload(upload)
    uploads.publish(upload)


def _report(upload: Upload) -> tuple[Container | None, Report]:
    store = trust.active(now())
    try:
        container = recognise(bucket.read_upload(upload))
    except Refusal as refused:
        return None, refusal_report(refused, store)
    der = container.der if isinstance(container, Bare) else container.certificate
    if der is None:
        return container, Report(store.version, ())
    return container, decide_certificate(der, store, upload.customer_kind, now(), bank=BANK)
