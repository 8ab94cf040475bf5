"""S3 → SQS: a file arrived; decide on it, publish the decision, delete the file.

Killed before the decision is published, the message comes again and finds file and state as they were.
Killed after it, the message comes again, finds nothing to decide and deletes the file.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from registrar.aws.bucket import Bucket
from registrar.aws.clients import client
from registrar.aws.trust_bucket import TrustBucket
from registrar.aws.uploads import Uploads
from registrar.domain.catalogue import Level
from registrar.domain.decision import Report, decide
from registrar.domain.errors import ConditionFailed, NotThere
from registrar.domain.findings import Finding, headline
from registrar.domain.uploads import MAX_FILE_BYTES, Upload, UploadState, upload_id_of
from registrar.entry.batch import each_message, object_keys
from registrar.entry.clock import now
from registrar.entry.log import audit
from registrar.entry.settings import setting, settings_list

s3 = client("s3")
bucket = Bucket(s3, setting("UPLOAD_BUCKET"))
trust = TrustBucket(Bucket(s3, setting("TRUST_BUCKET")), settings_list("TRUST_ANCHOR_PINS"))
uploads = Uploads(client("dynamodb"), setting("UPLOADS_TABLE"))


@each_message
def lambda_handler(message: Mapping[str, Any]) -> None:
    for key in object_keys(message):
        upload_id = upload_id_of(key)
        if upload_id is not None:
            _decide(upload_id, key)
        bucket.delete(key)


def _decide(upload_id: str, key: str) -> None:
    """Decide on the file at `key`, unless that is done or the upload is over.

    Raises ConditionFailed where another delivery is at it and still needs the file. The message has to come
    again then: should the other one have been killed, nothing else would ever finish the upload.
    """
    try:
        upload = uploads.claim(upload_id, now())
    except ConditionFailed:
        known = uploads.find(upload_id)
        if known is not None and known.state is UploadState.VALIDATING:
            raise
        return
    report = _report(upload, key)
    findings = [finding.to_map() for finding in report.findings]
    if report.summary is not None and report.der is not None:
        uploads.accept(upload, findings, report.summary.to_map(), report.der, now())
    else:
        uploads.reject(upload, findings)
    first = headline(findings)
    audit(
        "upload.decided",
        customer_id=upload.customer_id,
        upload_id=upload.id,
        accepted=report.accepted,
        headline=first["code"] if first else None,
    )


def _report(upload: Upload, key: str) -> Report:
    store = trust.active(now())
    try:
        content = bucket.read(key, MAX_FILE_BYTES).content
    except NotThere:
        content = b""
    if hashlib.sha256(content).hexdigest() != upload.file.sha256:
        return Report(store.version, (Finding("upload", Level.FAIL, "UPLOAD_CHANGED"),))
    return decide(content, store, upload.customer_kind, now())
