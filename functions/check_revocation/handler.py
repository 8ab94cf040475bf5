"""SQS: ask the issuer whether the certificate of a decided upload was revoked: good, refused, or asked again later.

All else was decided before and is decided again here, since a question may be a day old. Where the issuer keeps
silent the upload is DEFERRED and retry_deferred puts the question again: nothing has to be uploaded twice.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from registrar.aws.bucket import Bucket
from registrar.aws.clients import client
from registrar.aws.crls import CrlStore
from registrar.aws.issuers import Issuers
from registrar.aws.queues import Queue
from registrar.aws.registrations import Registrations
from registrar.aws.status_checks import Question, StatusChecks
from registrar.aws.trust_bucket import TrustBucket
from registrar.aws.upload_checks import UploadChecks
from registrar.aws.uploads import Uploads
from registrar.domain.catalogue import Level
from registrar.domain.certificates import read_certificate
from registrar.domain.decision import Summary, decide_on
from registrar.domain.errors import ConditionFailed
from registrar.domain.findings import Finding, headline, iso
from registrar.domain.registrations import successor_of
from registrar.domain.revocation import Answer
from registrar.domain.revocation_findings import finding_of, given_up, next_try, to_map
from registrar.domain.trust import Purpose
from registrar.domain.uploads import Upload, UploadState
from registrar.entry.batch import each_message
from registrar.entry.clock import deadline, now
from registrar.entry.log import audit
from registrar.entry.settings import setting, settings_list
from registrar.net.limits import Limits

BANK, MOST_SECONDS = setting("BANK_CODE"), 12.0
PRIVATE = setting("PRIVATE_ADDRESSES") == "allowed"
dynamodb, s3 = client("dynamodb"), client("s3")
trust = TrustBucket(Bucket(s3, setting("TRUST_BUCKET")), settings_list("TRUST_ANCHOR_PINS"))
uploads = Uploads(dynamodb, setting("UPLOADS_TABLE"))
checks = UploadChecks(dynamodb, setting("UPLOADS_TABLE"))
registrations = Registrations(dynamodb, setting("REGISTRATIONS_TABLE"), setting("DENY_LIST_TABLE"))
issuers = Issuers(dynamodb, setting("ISSUERS_TABLE"))
statuses = StatusChecks(issuers, CrlStore(Bucket(s3, setting("REVOCATION_BUCKET")), issuers))
notices = Queue(client("sqs"), setting("NOTICE_QUEUE"))


@each_message
def lambda_handler(message: Mapping[str, Any]) -> None:
    at, upload = now(), uploads.find(str(message["upload_id"]))
    if upload is None or upload.der is None:
        return
    if upload.state_at(at) in (UploadState.CHECKING, UploadState.DEFERRED):
        with suppress(ConditionFailed):  # the same question, answered a moment earlier
            upload = _settle(upload, at)
    if upload.deferred_at is not None and upload.state is UploadState.AWAITING_PROOF:
        _tell(upload, "upload_ready", until_at=iso(upload.expires_at))
    elif upload.deferred_at and upload.state is UploadState.REJECTED and (first := headline(upload.findings)):
        _tell(upload, "upload_refused", code=first["code"])


def _settle(upload: Upload, at: datetime) -> Upload:
    store, certificate = trust.active(at), read_certificate(upload.der or b"")
    report = decide_on(certificate, store, upload.customer_kind, at, bank=BANK)
    summary = report.summary
    issuer = store.issuer_of(certificate, summary.issuer_key_digest) if summary else None
    if summary is None or issuer is None:
        return checks.reject(upload, _maps(*report.findings))
    rules, limits = store.rules.revocation, Limits(deadline(MOST_SECONDS), 0, PRIVATE)
    question = Question(certificate, issuer, rules, rules.max_age[Purpose.REGISTERING], at, limits)
    status, of_authority = statuses.check(question)
    audit(
        "upload.checked", customer_id=upload.customer_id, upload_id=upload.id, answer=status.answer, why=status.why
    )
    renewed = status.answer is Answer.REVOKED and _renewed(upload, summary)
    finding = finding_of(status, issuer.operator.name, of_authority=of_authority, renewed=renewed)
    if finding is None:
        return checks.accept(upload, _maps(*report.findings), to_map(status, question.max_age), at)
    if finding.level is Level.FAIL:
        return checks.reject(upload, _maps(*report.findings, finding))
    since = upload.deferred_at or at
    due = next_try(since, at, rules.retries)
    if due is None:
        return checks.reject(upload, _maps(*report.findings, given_up(issuer.operator.name)))
    return checks.defer(upload, _maps(*report.findings, finding), due, since + rules.retries[-1], at)


def _tell(upload: Upload, kind: str, **params: str) -> None:
    """Who had to wait is told how it ended; told again, it is the same notice."""
    notice = {"id": f"{kind}:{upload.id}", "kind": kind, "customer_id": upload.customer_id}
    notices.send([notice | {"params": params}])


def _renewed(upload: Upload, summary: Summary) -> bool:
    held = registrations.of_customer(upload.customer_id)
    return successor_of(summary.operator, summary.kind, summary.not_before, held) is not None


def _maps(*findings: Finding) -> list[dict[str, object]]:
    return [finding.to_map() for finding in findings]
