"""Every night: flag the registrations that are about to end, and tell each owner once per threshold.

A notice is claimed before it is sent. A run that is killed, repeated or runs twice at once sends no second one
(but for a kill between sending and noting so), and a missed night is caught up by the next. A run that met a
claim whose end is not noted does not move the window on: that notice may never have been sent.
"""

from datetime import datetime
from typing import Any

from registrar.aws.clients import client
from registrar.aws.customers import Customers
from registrar.aws.messages import TextMessages
from registrar.aws.notices import Notices, NoticeState, notice_id
from registrar.aws.registrations import Due, Registrations
from registrar.domain.errors import ConditionFailed
from registrar.domain.expiry import MAX_SENDS, days_left, windows
from registrar.domain.notice_texts import expiry_notice
from registrar.domain.registrations import Registration
from registrar.entry.clock import now
from registrar.entry.log import audit, logger
from registrar.entry.settings import setting

dynamodb = client("dynamodb")
customers = Customers(dynamodb, setting("CUSTOMERS_TABLE"))
registrations = Registrations(dynamodb, setting("REGISTRATIONS_TABLE"), setting("DENY_LIST_TABLE"))
notices = Notices(dynamodb, setting("NOTICES_TABLE"))
messages = TextMessages(client("sns"))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    at = now().replace(microsecond=0)
    told: set[str] = set()
    counts = {"due": 0, "sent": 0, "failed": 0, "open": 0}
    for window in windows(notices.last_run(), at):
        for due in registrations.due(window):
            if due.registration_id in told:
                continue  # a more urgent threshold of the same registration was crossed since the last run
            told.add(due.registration_id)
            counts["due"] += 1
            outcome = _tell(due, window.threshold_days, at)
            if outcome:
                counts[outcome] += 1
    if counts["failed"] == counts["open"] == 0:
        notices.finish_run(at)
    logger.info("expiry run done", function=context.function_name, counts=counts)
    return counts


def _tell(due: Due, threshold_days: int, at: datetime) -> str | None:
    notice = notice_id(due, threshold_days)
    try:
        sends = notices.claim(notice, now())  # a lease from the run's start could be over before it begins
    except ConditionFailed:
        return "open" if notices.is_open(notice) else None
    try:
        if sends > MAX_SENDS:
            raise ConditionFailed
        registration = registrations.flag_expiring(due, at)
        _send(registration, at)
    except ConditionFailed:
        notices.close(notice, NoticeState.DROPPED, at)
        return None
    except Exception:  # noqa: BLE001 - one owner who cannot be reached must not keep the others from being told
        logger.exception("notice failed", notice_id=notice, sends=sends)
        return "failed"
    notices.close(notice, NoticeState.SENT, at)
    audit("notice.sent", customer_id=due.customer_id, notice_id=notice, threshold_days=threshold_days)
    return "sent"


def _send(registration: Registration, at: datetime) -> None:
    customer = customers.find(registration.customer_id)
    if customer is None:
        raise ConditionFailed
    text = expiry_notice(
        customer.language,
        masked_name=registration.name_masked,
        issuer=registration.issuer[customer.language],
        not_after=registration.not_after,
        days_left=days_left(registration.not_after, at),
        registration_ref=registration.id[-6:],
    )
    messages.send(customer.phone, text)
