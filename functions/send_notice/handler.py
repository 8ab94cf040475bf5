"""Tell a customer: by their channels, in their language, once, and at night only what cannot wait.

The claim on a notice id makes it arrive once. A recipient who cannot be reached fails alone: the queue brings the
message again, and after five times keeps it among the dead letters, where an alarm hangs.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from registrar.aws import wiring as stores
from registrar.aws.tables.notices import NoticeState
from registrar.domain.access.customer import Customer
from registrar.domain.notices.expiry_texts import expiry_notice
from registrar.domain.notices.notice import EXPIRING, Notice, notice_of, quiet_until
from registrar.domain.notices.texts import notice_text
from registrar.domain.reasons.errors import MessagePostponed, NotDelivered
from registrar.domain.registrations.registration import Registration
from registrar.entry.batch import each_message
from registrar.entry.clock import now
from registrar.entry.log import audit
from registrar.settings import setting

QUIET_HOURS = setting("QUIET_HOURS")
customers = stores.customers()
registrations = stores.registrations()
notices = stores.notices()
messages = stores.messages()
queue = stores.notice_queue()


@partial(each_message, put_off=queue.put_off)
def lambda_handler(message: Mapping[str, Any]) -> None:
    notice = notice_of(message)
    at = now()
    if notice is None:
        return  # an event that nobody is told of
    if not notice.urgent and (morning := quiet_until(at, QUIET_HOURS)):
        raise MessagePostponed(morning - at)
    parts = [part for part in notice.parts if not notices.is_closed(part.id)]
    customer = customers.find(notice.customer_id) if parts else None
    about = {
        part.id: registrations.find(notice.customer_id, part.registration_id)
        for part in parts
        if part.registration_id
    }
    told = [part.id for part in parts if customer and part.still_true_of(about.get(part.id), at)]
    void = [part.id for part in parts if part.id not in told]
    notices.claim(void, at)
    notices.close(void, NoticeState.DROPPED, at)
    if customer and told:
        _send(notice, customer.as_of(at), told, [each for part in told if (each := about.get(part))])


def _send(notice: Notice, customer: Customer, parts: Sequence[str], about: Sequence[Registration]) -> None:
    at = now()
    if notice.kind == EXPIRING:
        wording = expiry_notice(customer.language, customer.name, about, at)
    else:
        registration = about[0] if about else None
        wording = notice_text(notice.kind, customer.language, customer.name, notice.params, registration)
    notices.claim(parts, at)
    try:
        channel = messages.send(customer, wording, notice.id)
    except NotDelivered:
        notices.release(parts, at)
        raise
    notices.close(parts, NoticeState.SENT, now())
    audit("notice.sent", customer_id=customer.id, notice_ids=parts, kind=notice.kind, channel=channel)
