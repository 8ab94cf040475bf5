"""Notify a customer: by their channels, in their language, once, and at night only what is urgent.

The claim on a notice id makes it arrive once. A delivery that finds it claimed is retried soon: the claim's holder
sent it, or was killed. A recipient who cannot be reached fails alone: the queue redelivers the message, and after
five failures it goes to the dead letters, which raise an alarm. A throttled channel is no failure: a copy of the
message, which was never received, replaces it and arrives later.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from registrar.aws import wiring as stores
from registrar.aws.queues.put_off import put_off
from registrar.aws.tables.notices import NoticeState
from registrar.domain.access.customer import Customer
from registrar.domain.notices.channels import Message, Recipient
from registrar.domain.notices.notice import CLAIM_PAUSE, Notice, quiet_until
from registrar.domain.notices.pace import EXPIRY_SHARE, URGENT_SHARE, Pace
from registrar.domain.notices.queue_messages import notice_of
from registrar.domain.notices.rendering import notice_text
from registrar.domain.notices.texts import TEXTS
from registrar.domain.reasons.errors import ChannelThrottled, MessagePostponed, MessageThrottled, NotDelivered
from registrar.domain.registrations.registration import Registration
from registrar.entry.batch import Outcome, each_message
from registrar.entry.clock import now, pause
from registrar.entry.log import audit
from registrar.entry.start import started
from registrar.settings import bank, setting
from registrar.steps import wiring as use_cases

QUIET_HOURS = setting("QUIET_HOURS")
URGENT_PACE = Pace.of(setting("SMS_PARTS_PER_SECOND"), setting("NOTICE_WORKERS"), URGENT_SHARE)
EXPIRY_PACE = Pace.of(setting("SMS_PARTS_PER_SECOND"), setting("NOTICE_WORKERS"), EXPIRY_SHARE)
BANK = bank()
customers = stores.customers()
registrations = stores.registrations()
notices = stores.notices()
sender = use_cases.notice_sender()
queue = stores.notice_queue()
expiry_queue = stores.expiry_notice_queue()


@started
def lambda_handler(event: dict[str, Any], context: Any) -> Outcome:
    """A batch comes from one of the two queues: it keeps that one's pace, and what is put off stays there."""
    sources = {record["eventSourceARN"].rpartition(":")[2] for record in event["Records"]}
    expiring = expiry_queue.name in sources
    source = expiry_queue if expiring else queue
    notify = partial(_notify, pace=EXPIRY_PACE if expiring else URGENT_PACE)
    later = partial(put_off, source, now=now())
    return each_message(notify, postpone=source.postpone, put_off=later)(event, context)


def _notify(message: Mapping[str, Any], pace: Pace) -> None:
    notice = notice_of(message)
    at = now()
    if notice is None:
        return  # an event without a notice
    if not TEXTS[notice.kind].urgent and (morning := quiet_until(at, QUIET_HOURS)):
        raise MessagePostponed(morning - at)
    parts = [part for part in notice.parts if not notices.is_closed(part.id)]
    customer = customers.find(notice.customer_id) if parts else None
    about = {
        part.id: registrations.find(notice.customer_id, part.registration_id)
        for part in parts
        if part.registration_id
    }
    current = [part.id for part in parts if customer and part.still_applies_to(about.get(part.id), at)]
    void = [part.id for part in parts if part.id not in current]
    _claim(void, at)
    notices.close(void, NoticeState.DROPPED, at)
    if customer and current:
        registered = [each for part in current if (each := about.get(part))]
        _send(notice, customer.as_of(at), current, registered, pace)


def _send(
    notice: Notice, customer: Customer, parts: Sequence[str], about: Sequence[Registration], pace: Pace
) -> None:
    at = now()
    text = notice_text(
        notice.kind,
        customer.language,
        notice.params,
        at,
        BANK,
        customer_name=customer.name,
        customer_kind=customer.kind,
        registrations=about,
    )
    _claim(parts, at)
    try:
        sent = sender.send(Recipient.of(customer), Message(text, at, notice.id))
    except NotDelivered as refused:
        notices.release(parts, at)
        if isinstance(refused, ChannelThrottled):
            raise MessageThrottled(str(refused)) from refused
        raise
    notices.close(parts, NoticeState.SENT, now())
    audit(
        "notice.sent",
        customer_id=customer.id,
        notice_ids=parts,
        kind=notice.kind,
        channel=sent.channel,
        sms_parts=sent.parts,
    )
    for fault in sent.faults:
        audit("channel.misconfigured", customer_id=customer.id, channel=fault.channel, why=fault.why)
    pause(pace.pause(sent.parts, now() - at))


def _claim(parts: Sequence[str], at: datetime) -> None:
    if not notices.claim(parts, at):
        raise MessagePostponed(CLAIM_PAUSE)
