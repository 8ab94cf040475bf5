"""The costs of one expiry run at full size, computed from sizes and rules.

`python -m bench.scale` prints docs/scale.md. A simulation (bench/nightly.py) counts the same things with the
real workers, and a test compares the two at a quarter of the keys. Assumptions are in ASSUMED.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from registrar.aws.tables.registration_items import EXPIRY_SHARDS
from registrar.domain.notices.expiry import THRESHOLD_DAYS
from registrar.domain.notices.kinds import Kind
from registrar.domain.notices.message_parts import message_parts
from registrar.domain.notices.pace import EXPIRY_SHARE, NOTICES_SHARE, URGENT_SHARE, Pace
from registrar.domain.notices.rendering import notice_text
from registrar.domain.times import SEOUL
from tests.support.bank import BANK
from tests.support.shape import PARAMETERS

REGISTRATIONS = 10_000_000
NOTICES = 200_000
WINDOWS = 1 + len(THRESHOLD_DAYS)
WORKERS = 8
SHARDS = len(EXPIRY_SHARDS)
ENTRY_BYTES = 106
ROW_BYTES = 2_000
LOCK_BYTES = 200
"""An entry of the expiry index, a registration's row (two write units), one of its three locks."""
SMS_PARTS: int = PARAMETERS["SmsPartsPerSecond"]["Default"]
"""What SNS takes in a second: parts of text messages, not messages."""
SENDERS: int = PARAMETERS["NoticeWorkers"]["Default"]
SENDING_DAY_HOURS = 12
"""From the run at 9:00 to the quiet hours at 21:00."""
PUT_OFF_HOURS = 0.5
"""What is left of them for notices that were put off."""
ENGLISH_SHARE = 0.1
MOST_IN_FLIGHT = 120_000
"""SQS delivers nothing more from a queue while so many of its messages are hidden."""
ASSUMED = {
    "one update of a row, seconds": 0.010,
    "one message to a queue, seconds": 0.010,
    "one notice, from its queue to SENT, seconds": 0.150,
    "one batch of 100 events, seconds": 0.500,
    "price of 1,000,000 write units, USD": 0.68,
    "price of 1,000,000 read units, USD": 0.14,
    "price of 1,000,000 queue requests, USD": 0.40,
    "price of 1,000,000 events, USD": 1.00,
    "price of one GB-second of Lambda on arm64, USD": 0.0000133334,
}
"""Times of a warm function in one region, and list prices of ap-northeast-2: replace them by yours."""
_PARTITION_BYTES = 10 * 1024**3
_PARTITION_WRITES = 1000


@dataclass(frozen=True)
class Night:
    """One run over `registrations`, of which `notified` cross a threshold today and `ended` expired yesterday."""

    registrations: int
    notified: int
    ended: int

    @property
    def due(self) -> int:
        """Index entries that the run reads."""
        return self.notified + self.ended

    @property
    def queries(self) -> int:
        """One for each shard and window: none has more entries than a page of 1 MB holds."""
        return SHARDS * WINDOWS

    @property
    def index_read_units(self) -> float:
        """Half a unit per started 4 KB of each query: the last 4 KB are half empty on average."""
        each = self.due * ENTRY_BYTES / self.queries / 4096
        return self.queries * max(1.0, each + 0.5) / 2

    @property
    def row_write_units(self) -> int:
        """Two for each flag; two for each recorded end, one for its entry of the expiry index, which is deleted,
        and one for that of the erasure index, which is added."""
        return 2 * self.notified + 4 * self.ended

    @property
    def notice_write_units(self) -> int:
        """Claim and SENT for each notice, the end of each shard, and the run's row."""
        return 2 * self.notified + SHARDS + 2

    @property
    def notice_read_units(self) -> int:
        """Strong reads for each notice: notice, customer, registration, deny list, kept states of
        registration and customer."""
        return 6 * self.notified

    @property
    def queue_requests(self) -> int:
        """Each message is sent, received and deleted (batched, counted one by one)."""
        return 3 * (self.notified + SHARDS)

    @property
    def events(self) -> int:
        """One Expiring or Expired event for each registration that is due."""
        return self.notified + self.ended

    @property
    def worker_seconds(self) -> float:
        """Lambda time of all shards; steps of a shard run one after another."""
        update = ASSUMED["one update of a row, seconds"]
        message = ASSUMED["one message to a queue, seconds"]
        return self.due * update + self.notified * message

    @property
    def longest_shard_seconds(self) -> float:
        """The shard with a tenth more than its share; a function may run for 900 seconds."""
        return 1.1 * self.worker_seconds / SHARDS

    @property
    def parts(self) -> float:
        """Parts of the text messages, of which every customer gets one."""
        return self.notified * parts_a_notice()

    @property
    def seconds_a_notice(self) -> float:
        """How long a notice occupies its worker: the pause that keeps the pace is longer than the work."""
        pace = Pace.of(str(SMS_PARTS), str(SENDERS), EXPIRY_SHARE).parts_a_second
        return max(ASSUMED["one notice, from its queue to SENT, seconds"], parts_a_notice() / pace)

    @property
    def lambda_gb_seconds(self) -> float:
        """Lambda memory time; all functions have 512 MB."""
        notices = self.notified * self.seconds_a_notice
        events = self.events / 100 * ASSUMED["one batch of 100 events, seconds"]
        return (self.worker_seconds + notices + events) / 2

    @property
    def partitions(self) -> int:
        """The fewest partitions that hold the table."""
        return math.ceil(self.registrations * (ROW_BYTES + 3 * LOCK_BYTES) / _PARTITION_BYTES)

    @property
    def writes_a_second(self) -> float:
        """Write units a second on the registrations table while the workers run."""
        return self.row_write_units / (self.worker_seconds / WORKERS)

    @property
    def sending_hours(self) -> float:
        """The time that the text messages need at the expiry run's share of SNS's default limit."""
        return hours_for(self.parts)

    def dollars(self) -> float:
        """The price without the text messages."""
        millions = {
            "write units": self.row_write_units + self.notice_write_units,
            "read units": self.index_read_units + self.notice_read_units,
            "queue requests": self.queue_requests,
            "events": self.events,
        }
        by_use = sum(count * ASSUMED[f"price of 1,000,000 {name}, USD"] / 1e6 for name, count in millions.items())
        return by_use + self.lambda_gb_seconds * ASSUMED["price of one GB-second of Lambda on arm64, USD"]


def hours_for(parts: float, limit: float = SMS_PARTS) -> float:
    """The time that these parts take the expiry run's notices, at SNS's limit in parts a second."""
    return parts / (limit * EXPIRY_SHARE) / 3600


def parts_of(language: str, certificates: int) -> int:
    """The parts of the expiry notice for so many certificates of one customer."""
    at = datetime(2026, 11, 29, 9, tzinfo=SEOUL)
    issuer = {"ko": "한국정보인증", "en": "KICA"}
    end: Any = SimpleNamespace(id="0" * 32, issuer=issuer, not_after=at + timedelta(days=7), registered_at=at)
    notice = notice_text(
        Kind.EXPIRING, language, {}, at, BANK, customer_name="홍길동", registrations=[end] * certificates
    )
    return message_parts(notice.short)


def _parts(count: int) -> str:
    return f"{count} part" if count == 1 else f"{count} parts"


def parts_a_notice() -> float:
    """Parts of the expiry notice for one certificate, averaged over the languages."""
    return (1 - ENGLISH_SHARE) * parts_of("ko", 1) + ENGLISH_SHARE * parts_of("en", 1)


def limit_for(notices: float) -> int:
    """The limit in parts a second that sends so many notices before the quiet hours."""
    seconds = (SENDING_DAY_HOURS - PUT_OFF_HOURS) * 3600
    return math.ceil(notices * parts_a_notice() / (seconds * EXPIRY_SHARE))


def workers_for(limit: int) -> int:
    """How many workers reach the expiry run's share of a limit: each sends one notice after another."""
    work = ASSUMED["one notice, from its queue to SENT, seconds"]
    return max(2, math.ceil(limit * EXPIRY_SHARE * work / parts_a_notice()))


FULL = Night(REGISTRATIONS, NOTICES, REGISTRATIONS // 365)
FULL_LIMIT = limit_for(NOTICES)
"""What the bank asks SNS for, before it is that large."""


_PAGE = """# At full size

One morning with {night.registrations:,} registrations, {night.notified:,} notices and {ended:,} certificates that
expired the day before. `python -m bench.scale` computes this page; a test compares it with a simulation of the
workers over a quarter of the keys.

| what | figure | why |
| --- | ---: | --- |
{lines}

Assumed, not measured (times of a warm function, list prices; the operator sets the price of a text message):

| assumption | |
| --- | ---: |
{assumed}

## Text messages

The first bottleneck is the text messages. SNS limits their parts a second, by default {sms} for the whole account
in a region. Notices use {share:.0%} of it, since one-time codes count against the same limit and must not wait:
{expiry_share:.0%} are the expiry run's, {urgent_share:.0%} those of all other queued notices, which have a queue of
their own. Neither uses the other's part, so both together stay within the {share:.0%}, however busy they are.
Korean has 70 characters in a part, or 67 in each of several; English notices have 160, since they leave out
the customer's name. With a message provider the limit is what it takes in messages a second
([messages.md](messages.md)).

| expiry notice | one certificate | five |
| --- | ---: | ---: |
| Korean | {ko1} | {ko5} |
| English | {en1} | {en5} |

| {night.notified:,} notices of | parts | time at {sms} parts a second | before 21:00 |
| --- | ---: | ---: | --- |
{times}

So the default limit is enough for {enough:,.0f} notices a day: {day} hours until the quiet hours, half an hour of
them for what was put off. **Before** notices become more than that, ask AWS for a higher limit (runbook, "SMS
quota") and deploy with it:

| registrations | notices a day | `SmsPartsPerSecond` | `NoticeWorkers` |
| ---: | ---: | ---: | ---: |
{limits}

What is not sent by 21:00 waits until 8:00, hidden
in the queue. SQS hides {in_flight:,} messages of a queue at most, and delivers nothing while there are so many.

A simulation (`bench/sending.py`) sends notices with the real function, queue rules and texts on a virtual clock,
against an SNS that refuses what exceeds its parts a second while one-time codes take their share. A refused notice
is put off: a copy, which was never received, replaces the message and arrives after 7 seconds to 15 minutes. Every
notice is delivered once or, where SNS refuses for two days, ends in the dead letters; a test counts this with fewer
notices, and with a tenth of them at {full_limit} parts a second in `make test-all`. Another sends from both
queues at once, and finds no minute in which they exceed their {share:.0%}.

## Shards

The second bottleneck is the longest shard: its limit is 900 seconds, which is {mornings:.0f} such mornings in one
run (a run catches up missed ones). To add shards, change one line in `registration_items.py`: rows in an old shard
are still found there, and until they have ended a customer may get two messages instead of one.
"""


def page(night: Night = FULL) -> str:
    """Return the text of docs/scale.md."""
    return _PAGE.format(
        night=night,
        ended=night.ended,
        lines="\n".join(f"| {what} | {figure} | {why} |" for what, figure, why in _lines(night)),
        assumed="\n".join(f"| {what} | {value:g} |" for what, value in ASSUMED.items()),
        sms=SMS_PARTS,
        share=NOTICES_SHARE,
        expiry_share=EXPIRY_SHARE,
        urgent_share=URGENT_SHARE,
        full_limit=FULL_LIMIT,
        enough=_most_notices(),
        ko1=_parts(parts_of("ko", 1)),
        ko5=_parts(parts_of("ko", 5)),
        en1=_parts(parts_of("en", 1)),
        en5=_parts(parts_of("en", 5)),
        times="\n".join(_times(night)),
        limits="\n".join(_limits(night)),
        day=SENDING_DAY_HOURS,
        in_flight=MOST_IN_FLIGHT,
        mornings=900 / night.longest_shard_seconds,
    )


def _most_notices() -> float:
    """Notices a day that the default limit sends before the quiet hours, in thousands that are full."""
    seconds = (SENDING_DAY_HOURS - PUT_OFF_HOURS) * 3600
    return SMS_PARTS * EXPIRY_SHARE * seconds / parts_a_notice() // 1000 * 1000


def _times(night: Night) -> list[str]:
    each = [
        ("1 part", 1.0),
        ("2 parts", 2.0),
        ("3 parts", 3.0),
        ("as many parts as the texts have", parts_a_notice()),
    ]
    return [
        f"| {name} | {night.notified * parts:,.0f} | {hours_for(night.notified * parts):.1f} h |"
        f" {'yes' if hours_for(night.notified * parts) <= SENDING_DAY_HOURS else '**no**'} |"
        for name, parts in each
    ]


def _limits(night: Night) -> list[str]:
    limits = {times: max(SMS_PARTS, limit_for(night.notified * times)) for times in (0.5, 1, 2, 5)}
    return [
        f"| {night.registrations * times:,.0f} | {night.notified * times:,.0f} | {limit} | {workers_for(limit)} |"
        for times, limit in limits.items()
    ]


def _lines(night: Night) -> list[tuple[str, str, str]]:
    return [
        ("items read", f"{night.due:,}", "only the index entries in the windows"),
        ("queries", f"{night.queries:,}", f"{SHARDS} shards × {WINDOWS} windows"),
        (
            "read units, index",
            f"{night.index_read_units:,.0f}",
            f"{ENTRY_BYTES} bytes per entry, half a unit per 4 KB",
        ),
        (
            "write units, registrations",
            f"{night.row_write_units:,}",
            "2 per flag, 4 per recorded end (it moves from one index to another)",
        ),
        ("write units, notices", f"{night.notice_write_units:,}", "claim and SENT"),
        (
            "read units, notices",
            f"{night.notice_read_units:,}",
            "notice, customer, registration, deny list, kept states of registration and customer",
        ),
        ("queue requests", f"{night.queue_requests:,}", "sent, received, deleted"),
        ("events", f"{night.events:,}", "Expiring, Expired"),
        (
            "partitions of the table",
            f"≥ {night.partitions}",
            f"{ROW_BYTES:,} bytes per row, and three locks of {LOCK_BYTES}, 10 GB each",
        ),
        (
            "write units a second",
            f"{night.writes_a_second:,.0f}",
            f"{WORKERS} workers; over {night.partitions} partitions with a limit of {_PARTITION_WRITES:,} each",
        ),
        ("workers' time", f"{night.worker_seconds / WORKERS / 60:.0f} min", f"{WORKERS} at once"),
        ("longest shard", f"{night.longest_shard_seconds:.0f} s", "of 900 s"),
        ("Lambda", f"{night.lambda_gb_seconds:,.0f} GB-s", "workers, notices, events at 512 MB"),
        (
            "sending",
            f"{night.sending_hours:.1f} h",
            (
                f"{night.parts:,.0f} parts at {SMS_PARTS} a second, of which the expiry run uses {EXPIRY_SHARE:.0%}"
                f"; {hours_for(night.parts, FULL_LIMIT):.1f} h at {FULL_LIMIT}"
            ),
        ),
        ("cost", f"{night.dollars():.2f} USD", "without the text messages"),
    ]


if __name__ == "__main__":
    print(page(), end="")
