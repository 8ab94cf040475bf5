"""S3 → SQS: a file arrived; when all have, decide on them, publish the verdict, delete the files.

Files that may hold a private key are deleted before the verdict is visible; a bare certificate that passed, after
it. After a crash the redelivered message finds either the files or the verdict; a delivery that finds another at
the same upload is retried soon. A container waits for its password; a message to this function's own queue, delayed
past the deadline, deletes remaining files.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.certificates.decision import Report, decide_certificate, refusal_report
from registrar.domain.certificates.verdicts import verdict_of
from registrar.domain.files.formats import Bare, Container, LockedPair, LockedPfx, recognise
from registrar.domain.reasons.errors import ConditionFailed, MessagePostponed, Refusal
from registrar.domain.registrations.upload import LEASE_PAUSE, UploadState, Validating
from registrar.domain.registrations.upload_files import file_of_key
from registrar.entry.batch import each_message, object_keys
from registrar.entry.clock import now
from registrar.entry.log import audit
from registrar.settings import setting
from registrar.steps import wiring as use_cases

BANK = setting("BANK_CODE")
bucket = stores.upload_bucket()
trust = stores.trust_bucket()
uploads = stores.uploads()
outcomes = use_cases.outcomes()
sweeps = stores.sweeps()
queue = stores.validation_queue()


@partial(each_message, postpone=queue.postpone)
def lambda_handler(message: Mapping[str, Any]) -> None:
    swept = uploads.find(str(message["sweep"])) if "sweep" in message else None
    if swept is not None:
        outcomes.sweep(swept, now())
    for key in object_keys(message):
        file = file_of_key(key)
        if file is None:
            bucket.delete(key)
        else:
            _arrived(key, *file)


def _arrived(key: str, upload_id: str, index: int) -> None:
    try:
        upload = uploads.receive(upload_id, index, now())
        if upload is None:
            sweeps.schedule(upload_id)
        else:
            _settle(upload)
        return
    except ConditionFailed:
        known = uploads.find(upload_id)
    if known is None:
        bucket.delete(key)
    elif isinstance(known, Validating):
        # Another delivery works on it: if that one were killed and this message deleted, nothing would continue.
        raise MessagePostponed(LEASE_PAUSE)
    else:
        outcomes.sweep(known, now())


def _settle(upload: Validating) -> None:
    """Decide, unless a killed attempt did already, and publish the verdict."""
    if upload.outcome is not None:
        outcomes.publish(upload, upload.outcome)
        return
    container, report = _report(upload)
    verdict = verdict_of(report)
    locked = isinstance(container, LockedPair | LockedPfx) and not report.refused
    facts = {"state": UploadState.NEEDS_PASSWORD if locked else verdict.state, "headline": verdict.headline}
    audit("upload.decided", customer_id=upload.customer_id, upload_id=upload.id, **facts)
    if locked:
        sweeps.schedule(upload.id)
        uploads.request_password(upload, now())
    else:
        outcomes.decide_bare(upload, verdict, now())


def _report(upload: Validating) -> tuple[Container | None, Report]:
    store = trust.active(now())
    try:
        container = recognise(bucket.read_upload(upload))
    except Refusal as refused:
        return None, refusal_report(refused, store)
    der = container.der if isinstance(container, Bare) else container.certificate
    if der is None:
        return container, Report(store.version, ())
    return container, decide_certificate(der, store, upload.customer_kind, now(), bank=BANK)
