"""POST /uploads/{upload_id}/password: open the container with the password that the phone sealed.

The password is only in memory, and only during the request. A decrypted key that belongs to the certificate is the
proof of possession, and its R identifies the owner. The files are deleted before the verdict is visible.
"""

from datetime import datetime
from typing import NoReturn

from registrar.aws import wiring as stores
from registrar.domain.certificates.decision import Report, decide_certificate, refusal_report
from registrar.domain.certificates.trust import TrustStore
from registrar.domain.certificates.verdicts import verdict_of
from registrar.domain.files.formats import open_locked
from registrar.domain.files.kdf_budget import KdfBudget
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import ConditionFailed, Refusal, WrongPassword
from registrar.domain.reasons.findings import Finding, Level
from registrar.domain.registrations.upload import MAX_PASSWORD_TRIES, NeedsPassword, Undecided
from registrar.entry.clock import now
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.entry.upload_views import upload_view
from registrar.settings import setting, signing_bank
from registrar.steps import wiring as use_cases

BANK = setting("BANK_CODE")
SIGNING_BANK = signing_bank()
bucket = stores.upload_bucket()
trust = stores.trust_bucket()
uploads = stores.uploads()
customers = stores.customers()
outcomes = use_cases.outcomes()
owners = use_cases.owners_of_containers()


@route
def lambda_handler(request: Request) -> Response:
    caller = request.caller
    at = now()
    sealed = request.fields().sealed("sealed")
    upload_id = request.path_id("upload_id", otherwise=Code.UPLOAD_NOT_FOUND)
    found = uploads.of_customer(upload_id, caller.customer_id)
    if found.opened or (isinstance(found, Undecided) and found.outcome):
        outcomes.sweep(found, at)
    else:
        upload = found.check_state(NeedsPassword, at)
        password = owners.sealing_keys.unseal(sealed, upload.id, upload.nonce)
        # Steps that may fail through no fault of the customer come before the try is counted.
        store = trust.active(at)
        try:
            files = bucket.read_upload(upload)
        except Refusal:
            if uploads.of_customer(upload_id, caller.customer_id) != found:
                # A request at the same time ended the upload and deleted its files: the repeat gets how it ended.
                raise Refusal(Code.IN_PROGRESS, retry_after=1) from None
            raise
        try:
            upload = uploads.count_password(upload, at)
        except ConditionFailed:
            raise Refusal(Code.IN_PROGRESS, retry_after=1) from None
        report = _opened(upload, files, password, store, at)
        verdict = verdict_of(report, opened=True)
        outcomes.decide(upload, verdict, at)
        facts = {"state": verdict.state, "headline": verdict.headline}
        audit("upload.opened", customer_id=upload.customer_id, upload_id=upload.id, **facts)
    view = upload_view(uploads.find(found.id) or found, SIGNING_BANK, request.language, at)
    return respond(200, view, request.language)


def _opened(upload: NeedsPassword, files: list[bytes], password: str, store: TrustStore, at: datetime) -> Report:
    try:
        opened = open_locked(files, password, KdfBudget())
    except WrongPassword:
        _refuse_password(upload)
    except Refusal as refused:
        return refusal_report(refused, store)
    report = decide_certificate(opened.der, store, upload.customer_kind, at, bank=BANK)
    if not report.accepted:
        return report  # an untrusted certificate does not identify its owner
    try:
        customer = customers.find(upload.customer_id) if opened.random_number else None
        owners.check(customer, opened.der, opened.random_number)
    except Refusal as refused:
        return report.with_finding(Finding("owner", Level.FAIL, refused.code, refused.params))
    return report


def _refuse_password(upload: NeedsPassword) -> NoReturn:
    tries_left = MAX_PASSWORD_TRIES - upload.password_tries
    audit("password.refused", customer_id=upload.customer_id, upload_id=upload.id, tries_left=tries_left)
    if tries_left > 0:
        raise Refusal(Code.FILE_PASSWORD_WRONG, tries_left=tries_left)
    bucket.delete_upload(upload)
    raise Refusal(Code.FILE_PASSWORD_ATTEMPTS_EXCEEDED)
