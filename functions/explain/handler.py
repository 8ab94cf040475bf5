"""An agent asks what happened to a customer (Explain): by a support reference, a customer id or an upload id.

Fields: by (reference, customer, upload), id, days (of logs to search), language. It returns a text for the agent,
and the same as JSON. It reads, and changes nothing; who asked for what is audited before anything is read, and who
was shown after it. Names and numbers are masked.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.access.cleared_budgets import cleared_at
from registrar.domain.access.throttles import account_key, step_up_key
from registrar.domain.reasons.errors import AdminStepRefused, LogSearchTimedOut
from registrar.domain.registrations.upload import Upload
from registrar.domain.times import local_time
from registrar.entry import agent_words as words
from registrar.entry.agent_text import agent_text, refusal_text
from registrar.entry.clock import now
from registrar.entry.command import Explained, invoked
from registrar.entry.explanation import (
    customer_view,
    notices_in,
    registration_explained,
    timeline,
    unnamed,
    upload_explained,
)
from registrar.entry.fields import CUSTOMER_ID, Fields
from registrar.entry.log import audit, customer_ref
from registrar.entry.ownership import UPLOAD_ID, owner_of, requests_in, stored_uploads
from registrar.entry.references import read_reference
from registrar.settings import setting

BY_ID = {"customer": (CUSTOMER_ID, "customer_ref"), "upload": (UPLOAD_ID, "upload_id")}
# Functions that answer customers, or finish what a customer began: CloudWatch reads 50 log groups in one query.
FUNCTIONS = (
    *("add_passkey", "add_totp", "cancel_recovery", "change_phone", "check_registration", "deregister"),
    *("decline_signature_request", "finish_certificate_login", "get_jwks", "get_registration", "get_sealing_key"),
    *(
        "get_upload",
        "list_credentials",
        "list_issuers",
        "list_registrations",
        "list_signature_requests",
        "login",
        "logout",
    ),
    *("open_container", "precheck", "register_certificate", "remove_credential", "report_loss", "request_upload"),
    *("resume_registration", "send_otp", "show_signature_request", "sign_request", "start_certificate_login"),
    *("start_passkey", "start_phone", "start_totp", "step_up", "verify_certificate", "verify_otp"),
    "verify_passkey",
    *("validate_upload", "check_revocation", "suspend_all", "send_notice"),
    *("set_bank_hold", "lock_customer", "confirm_block", "approve_recovery"),
)
executions = stores.executions()
logs = stores.log_search()
customers = stores.customers()
sessions = stores.sessions()
throttles = stores.throttles()
uploads = stores.uploads()
registrations = stores.registrations()
DAYS_KEPT = setting("LOG_RETENTION_DAYS")


@invoked(executions.find, Explain={})
def lambda_handler(fields: Fields) -> Explained:
    by = fields.text("by", "reference|customer|upload")
    language = fields.optional_text("language", "ko|en") or "ko"
    typed = fields.text("id").strip()
    meant, members = _ids(by, typed, language)
    days = int(fields.optional_text("days", "[1-9][0-9]?") or 7)
    at = now()
    since = at - timedelta(days=days)
    wanted = meant[0] if len(meant) == 1 else typed
    asked = {"customer_id": wanted} if by == "customer" else {"wanted": wanted}
    who: dict[str, Any] = {"by": by, "days": days, "staff_id": fields.staff_id()}
    audit("customer.explained", **who, **asked)

    about: dict[str, Any] = {"by": by, "id": wanted, "searched_since": local_time(since, language)}
    customer_id = wanted
    if by != "customer":
        lines = _search(meant, members, since, at, language)
        named = {line[name] for line in lines for name in members if line.get(name) in meant}
        if len(requests_in(lines, members)) > 1 or len(named) > 1:
            raise AdminStepRefused(refusal_text(words.SEVERAL, language, typed=typed))
        if len(meant) > 1 and named:
            wanted = about["id"] = named.pop()
            about["typed"] = typed
        owned = owner_of(wanted, members, lines, uploads.find)
        if owned.customer_id is None:
            if not owned.lines:
                values = {"typed": typed, "days": days, "kept": DAYS_KEPT}
                raise AdminStepRefused(refusal_text(words.NOT_FOUND, language, **values))
            audit("customer.shown", **who, wanted=wanted, customer_refs=",".join(sorted(owned.refs)))
            return _told({"about": about, **unnamed(owned, language)}, language)
        customer_id = owned.customer_id
        about["events"] = timeline(owned.lines, language)
    lines = _search([customer_ref(customer_id)], ("customer_ref",), since, at, language)
    # Of uploads that the customer only asked for, theirs or not, the lines say nothing but that.
    handled = dict.fromkeys(line.get("upload_id") for line in lines if line.get("audit"))
    ids = [wanted, *(each for each in handled if each != wanted)]
    explained = _explained(customer_id, stored_uploads(ids, uploads.find), lines, language, at)
    audit("customer.shown", **who, customer_id=customer_id)
    return _told({"about": about, **explained}, language)


def _ids(by: str, typed: str, language: str) -> tuple[Sequence[str], Sequence[str]]:
    """What the agent may mean, as logs have it, and where they have it. Raises AdminStepRefused."""
    if by == "reference":
        found = read_reference(typed)
    else:
        pattern, member = BY_ID[by]
        found = ((typed,), (member,)) if Fields({"id": typed}, "").matches("id", pattern) else None
    if found is None:
        form = words.NO_SUCH_ID[by][language]
        raise AdminStepRefused(refusal_text(words.INVALID, language, form=form))
    return found


def _search(
    values: Sequence[str], members: Sequence[str], since: datetime, until: datetime, language: str
) -> list[Mapping[str, Any]]:
    """The lines that have one of the values. Raises AdminStepRefused."""
    try:
        return logs.find(values, members, FUNCTIONS, since, until)
    except LogSearchTimedOut:
        raise AdminStepRefused(refusal_text(words.TOO_SLOW, language)) from None


def _told(found: dict[str, Any], language: str) -> Explained:
    return Explained(agent_text(found, language), found)


def _explained(
    customer_id: str, found: Sequence[Upload], lines: Sequence[Mapping[str, Any]], language: str, at: datetime
) -> dict[str, Any]:
    """Everything about one customer. Raises AdminStepRefused where there is none of this id."""
    customer = customers.find(customer_id)
    if customer is None:
        raise AdminStepRefused(refusal_text(words.NO_CUSTOMER, language))
    standing = sessions.standing(customer_id)
    free = {
        "login_waits": throttles.free_at(account_key(customer_id, None, cleared_at(standing.cleared, None)), at)
    }
    if standing.started_at is not None:
        free["codes_wait"] = throttles.free_at(step_up_key(customer_id, standing.started_at), at)
    waits = {name: moment for name, moment in free.items() if moment > at}
    events = timeline(lines, language)
    own = [each for each in found if each.customer_id == customer_id]
    return {
        "customer": customer_view(customer.as_of(at), waits, standing.locked, language),
        "customer_ref": customer_ref(customer_id),
        "uploads": [upload_explained(each, language, at) for each in own],
        "registrations": [
            registration_explained(each, language, at) for each in registrations.of_customer(customer_id)
        ],
        "notices": notices_in(events),
        "events": events,
    }
