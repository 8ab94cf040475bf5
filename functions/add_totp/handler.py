"""POST /credentials/totp/code: a code of the new authenticator app confirms it, and it replaces the old one."""

from dataclasses import replace

from registrar.aws import wiring as stores
from registrar.domain.access.challenge import Operation
from registrar.domain.access.customer import counted_try, wrong_code
from registrar.domain.access.totp import matching_step
from registrar.domain.notices.kinds import Kind
from registrar.entry.clock import now
from registrar.entry.fields import CHALLENGE_ID
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.steps import wiring as use_cases

customers = stores.customers()
sessions = stores.sessions()
credentials = use_cases.credentials()
customer_secrets = stores.authenticator_secrets()
notices = use_cases.notices_at_once()


@route
def lambda_handler(request: Request) -> Response:
    fields = request.fields()
    customer_id = request.caller.customer_id
    at = now()
    proof_id = fields.text("proof_id", CHALLENGE_ID)
    code = fields.one_time_code("code")

    proof, customer = credentials.authorised(proof_id, customer_id, Operation.ENROL, "totp", "totp", at)
    customer, pending = counted_try(customer, "totp", proof.id, at)
    customers.save(customer)
    step = matching_step(customer_secrets.open(customer_id, pending.secret), code, at)
    if step is None:
        audit("totp.not_added", customer_id=customer_id, tries_left=pending.tries_left)
        raise wrong_code(pending)
    notices.send(Kind.TOTP_ADDED, customer.language, customer.phone, at)
    sessions.record_code(customer_id, step)  # before the app is active: the code that confirms it is used up
    changed = replace(customer, version=customer.version + 1, totp_ciphertext=pending.secret, pending=None)
    credentials.change(changed, proof, "totp", at)
    audit("totp.added", customer_id=customer_id, proved_by=proof.method)
    return respond(201, {"credential_id": "totp", "kind": "totp"})
