"""An agent asks what happened to a customer (Explain): by a support reference, a customer id or an upload id.

Fields: by (reference, customer, upload), id, days (of logs to search), language. It reads, and changes nothing; who
asked for what is audited before anything is read, and who was shown after it. Names and numbers are masked.
"""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime, timedelta
from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.access.throttles import account_key, step_up_key
from registrar.domain.reasons.errors import AdminStepRefused
from registrar.domain.registrations.upload import Upload
from registrar.domain.times import local_time
from registrar.entry.clock import now
from registrar.entry.command import invoked
from registrar.entry.explanation import (
    customer_view,
    notices_in,
    registration_explained,
    timeline,
    upload_explained,
)
from registrar.entry.fields import CUSTOMER_ID, Fields
from registrar.entry.log import audit, customer_ref
from registrar.entry.references import read_reference

UPLOAD_ID = "[a-z0-9]{32,33}"
BY_ID = {"customer": (CUSTOMER_ID, "customer_ref"), "upload": (UPLOAD_ID, "upload_id")}
EXPECTED = {
    "reference": "a reference is like 7KQ2-M4XD, or an id of a request (UUID) or of an upload",
    "customer": "a customer id has 1 to 32 letters, digits, - or _",
    "upload": "an upload id has 32 or 33 small letters and digits",
}
MOST_UPLOADS = 10
# Functions that answer customers, or finish what a customer began: CloudWatch reads 50 log groups in one query.
FUNCTIONS = (
    *("add_passkey", "add_totp", "cancel_recovery", "change_phone", "check_registration", "deregister"),
    *("decline_signature_request", "finish_certificate_login", "get_jwks", "get_registration", "get_sealing_key"),
    *("get_upload", "list_credentials", "list_registrations", "list_signature_requests", "login", "logout"),
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


@invoked(executions.find, Explain={})
def lambda_handler(fields: Fields) -> dict[str, Any]:
    by = fields.text("by", "reference|customer|upload")
    wanted, members = _id(fields, by)
    language = fields.optional_text("language", "ko|en") or "ko"
    days = int(fields.optional_text("days", "[1-9][0-9]?") or 7)
    at = now()
    since = at - timedelta(days=days)
    asked = {"customer_id": wanted} if by == "customer" else {"wanted": wanted}
    who: dict[str, Any] = {"by": by, "days": days, "staff_id": fields.staff_id()}
    audit("customer.explained", **who, **asked)

    about: dict[str, Any] = {"by": by, "id": wanted, "searched_since": local_time(since, language)}
    customer_id = wanted
    if by != "customer":
        owner, refs, lines = _owner(wanted, members, logs.find(wanted, members, FUNCTIONS, since, at))
        if owner is None:
            unnamed = _unnamed(lines, refs, by, days, language)
            audit("customer.shown", **who, wanted=wanted, customer_refs=",".join(sorted(refs)))
            return {"about": about, **unnamed}
        customer_id = owner
        about["events"] = timeline(lines, language)
    lines = logs.find(customer_ref(customer_id), ("customer_ref",), FUNCTIONS, since, at)
    # Of uploads that the customer only asked for, theirs or not, the lines say nothing but that.
    handled = dict.fromkeys(line.get("upload_id") for line in lines if line.get("audit"))
    ids = [wanted, *(each for each in handled if each != wanted)]
    explained = _explained(customer_id, _uploads(ids), lines, language, at)
    audit("customer.shown", **who, customer_id=customer_id)
    return {"about": about, **explained}


def _owner(
    wanted: str, members: Sequence[str], lines: Sequence[Mapping[str, Any]]
) -> tuple[str | None, set[str], list[Mapping[str, Any]]]:
    """Whose it is, where an upload of theirs says so; the digests that its lines name; these lines.

    An upload's own row names its customer; a request is that of the customer whom its own lines name, never that of
    an upload which it asked for. Raises AdminStepRefused where several requests have the id.
    """
    if len(_requests(lines, members)) > 1:
        raise AdminStepRefused("a client chose this id for several requests: ask for the customer id")
    owners = [each.customer_id for each in _uploads([wanted])]
    refs = {customer_ref(owner) for owner in owners} or _refs(lines, members)
    kept = [line for line in lines if line.get("customer_ref") in {None, *refs}]
    named = [*owners, *(each.customer_id for each in _uploads([line.get("upload_id") for line in kept]))]
    return next((each for each in named if refs == {customer_ref(each)}), None), refs, kept


def _id(fields: Fields, by: str) -> tuple[str, tuple[str, ...]]:
    """What the agent asks for, as logs have it, and where they have it. Raises AdminStepRefused."""
    wanted = fields.text("id").strip()
    if by == "reference":
        found = read_reference(wanted)
    else:
        pattern, member = BY_ID[by]
        found = (wanted, (member,)) if Fields({"id": wanted}, "").matches("id", pattern) else None
    if found is None:
        raise AdminStepRefused(f"this is no id of this kind: {EXPECTED[by]}")
    return found


def _requests(lines: Sequence[Mapping[str, Any]], members: Sequence[str]) -> set[object]:
    """The requests of these lines, where a member that names one request was searched."""
    other = {"support_ref": "extended_id", "gateway_id": "support_ref"}.get(members[0])
    return {line[other] for line in lines if other is not None and other in line}


def _refs(lines: Sequence[Mapping[str, Any]], members: Sequence[str]) -> set[str]:
    """The digest of the customer who announced the upload, or whose session sent the request; without a session, of
    those whom its lines name. A stranger's request for an upload names it too."""
    first = "upload.issued" if members == ("upload_id",) else "answered"
    named = [line for line in lines if "customer_ref" in line]
    own = {str(line["customer_ref"]) for line in named if line["message"] == first}
    return own if own or first != "answered" else {str(line["customer_ref"]) for line in named}


def _uploads(ids: Sequence[object]) -> list[Upload]:
    """The uploads of these ids that are still stored, the latest first: of the first id, and of the last ones."""
    known = [each for each in dict.fromkeys(ids) if Fields({"id": each}, "").matches("id", UPLOAD_ID)]
    kept = dict.fromkeys([*known[:1], *known[-MOST_UPLOADS:]])
    found = [upload for each in kept if (upload := uploads.find(str(each))) is not None]
    return sorted(found, key=lambda upload: upload.created_at, reverse=True)


def _unnamed(
    lines: Sequence[Mapping[str, Any]], refs: Set[str], by: str, days: int, language: str
) -> dict[str, Any]:
    """What the logs say of a request that names no customer. Raises AdminStepRefused where they say nothing."""
    if not lines:
        raise AdminStepRefused(
            f"nothing is known of this {by} in {days} days: it is older, mistyped, or the gateway or the firewall"
            " answered (their logs have it)"
        )
    by_digest = "logs name a customer by a digest: ask for the customer id, and explain by it"
    note = by_digest if refs else "the request came without a login"
    return {"customer": None, "customer_refs": sorted(refs), "note": note, "events": timeline(lines, language)}


def _explained(
    customer_id: str, found: Sequence[Upload], lines: Sequence[Mapping[str, Any]], language: str, at: datetime
) -> dict[str, Any]:
    """Everything about one customer. Raises AdminStepRefused where there is none of this id."""
    customer = customers.find(customer_id)
    if customer is None:
        raise AdminStepRefused("no such customer")
    free = {
        "login_waits": throttles.free_at(account_key(customer_id, None), at),
        "codes_wait": throttles.free_at(step_up_key(customer_id), at),
    }
    waits = {name: moment for name, moment in free.items() if moment > at}
    events = timeline(lines, language)
    own = [each for each in found if each.customer_id == customer_id]
    return {
        "customer": customer_view(customer.as_of(at), waits, sessions.standing(customer_id).locked, language),
        "customer_ref": customer_ref(customer_id),
        "uploads": [upload_explained(each, language, at) for each in own],
        "registrations": [
            registration_explained(each, language, at) for each in registrations.of_customer(customer_id)
        ],
        "notices": notices_in(events),
        "events": events,
    }
