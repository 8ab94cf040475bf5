"""POST /login/certificate: log in with a registered certificate's signature over the text of …/options.

The certificate says who the customer is. An unknown one, a wrong signature and a customer who is locked out make
the same calls, cost one check of a signature and get the same response. Why a certificate may not be used is
stated only to whoever has its key.
"""

import hashlib

from registrar.aws import wiring as stores
from registrar.domain.access.certificate_login import check_may_log_in
from registrar.domain.access.devices import devices_to_keep, known_device
from registrar.domain.possession.cms_signature import read_signer
from registrar.domain.possession.headings import Version
from registrar.domain.possession.proofs import Proof
from registrar.domain.possession.stand_in import is_signed
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import PossessionProofInvalid, Refusal
from registrar.domain.registrations.upload_files import MAX_CERTIFICATE_BYTES
from registrar.entry.access_views import session_view
from registrar.entry.clock import now
from registrar.entry.fields import CHALLENGE_ID, DEVICE_ID, Fields
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.settings import signing_bank
from registrar.steps import wiring as use_cases

customers = stores.customers()
logins = stores.certificate_logins()
registrations = stores.registrations()
sessions = stores.sessions()
throttles = stores.throttles()
session_starts = use_cases.session_starts()
bank = signing_bank()


@route
def lambda_handler(request: Request) -> Response:
    fields = request.fields(most=32 * 1024)
    at = now()
    login_id = fields.text("login_id", CHALLENGE_ID)
    device_id = fields.optional_text("device_id", DEVICE_ID)
    proof = fields.proof()

    throttles.count_address(request.source_address, at)
    fingerprint = _fingerprint(fields, proof)
    found = registrations.find_by_fingerprint(fingerprint)
    # No customer id is as long as a fingerprint.
    customer_id = found.customer_id if found else fingerprint
    standing = sessions.standing(customer_id)
    device = known_device(standing.devices, device_id)
    throttles.count_certificate(fingerprint, device, at)
    login = logins.use(login_id, at)
    customer = customers.find(customer_id)
    texts = [login.text(bank, version) for version in reversed(Version)]
    signed = is_signed(found.der if found else None, texts, proof)
    if found is None or customer is None or standing.locked or not signed:
        known = {"customer_id": found.customer_id, "registration_id": found.id} if found else {}
        audit("certificate_login.refused", signed=signed, locked=standing.locked, **known)
        raise Refusal(Code.LOGIN_CERTIFICATE_FAILED)
    try:
        check_may_log_in(customer, found, at)
    except Refusal as refused:
        audit("certificate_login.refused", customer_id=customer.id, registration_id=found.id, code=refused.code)
        raise
    devices = None if device else devices_to_keep(standing.devices)
    started = session_starts.start(
        customer.id, customer.kind, "certificate", at, asked_at=login.created_at, devices=devices
    )
    facts = {"method": "certificate", "registration_id": found.id, "operation": "login"}
    audit("session.started", customer_id=customer.id, **facts)
    return respond(200, session_view(started))


def _fingerprint(fields: Fields, proof: Proof) -> str:
    """SHA-256 of the certificate: of the one that is sent, as it is sent, or of the signer's in the CMS message."""
    if "certificate" in fields:
        return hashlib.sha256(fields.base64("certificate", MAX_CERTIFICATE_BYTES)).hexdigest()
    brought = _brought(proof) if "fingerprint" not in fields else None
    return hashlib.sha256(brought).hexdigest() if brought else fields.text("fingerprint", "[0-9a-f]{64}")


def _brought(proof: Proof) -> bytes | None:
    """The signer's certificate where the proof is a CMS message that holds it."""
    try:
        return read_signer(proof.signature).certificate if proof.kind == "cms" else None
    except PossessionProofInvalid:
        raise Refusal(Code.LOGIN_CERTIFICATE_FAILED) from None
