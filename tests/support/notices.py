"""What happens by itself around notices: the scheduler, the queues, and the phones that the messages reach."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

from registrar.domain.notices.kinds import Kind
from registrar.domain.notices.rendering import notice_text
from tests.support.account import REGION, Account
from tests.support.app import a_batch, an_event
from tests.support.bank import BANK
from tests.support.builders import NOW, a_certificate
from tests.support.rows import a_registration

DAY = timedelta(days=1)
HIDDEN = timedelta(seconds=180)
"""How long the notice queue hides a message from the next try."""
Message = Mapping[str, Any]


def ending(account: Account, not_after: datetime, customer_id: str = "hong") -> str:
    """Register a certificate with this end; the registration's id."""
    certificate = a_certificate(key="ec", not_before=NOW - 100 * DAY, not_after=not_after)
    return a_registration(account, certificate, customer_id, min(NOW, not_after - DAY)).id


def planned(account: Account) -> list[dict[str, Any]]:
    """The schedule: what the workers are sent."""
    account.recorded(lambda: account.invoke("flag_expiring", an_event("schedule")))
    return account.sent_to("ExpiryQueue")


def worked(account: Account, *messages: Message) -> list[dict[str, Any]]:
    """The workers: what they ask to be sent."""
    asked = []
    for message in messages:
        calls = account.recorded(lambda m=message: account.invoke("flag_shard", a_batch(m)))  # type: ignore[misc]
        assert calls
        asked += account.sent_to("ExpiryNoticeQueue")
    return asked


def delivered(account: Account, *messages: Message) -> list[str]:
    """The notice queue: which of the messages will come again."""
    failures = []
    for message in messages:
        answer = account.invoke("send_notice", a_batch(message))
        failures += [message["id"] for _ in answer["batchItemFailures"]]
    return failures


def run(account: Account) -> list[str]:
    """The whole of a day's run; the notices that will be tried again."""
    return delivered(account, *worked(account, *planned(account)))


def texts() -> list[tuple[str, str]]:
    """Phone and text of every text message."""
    messages = sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages
    return [(message[0], message[1]) for message in messages.values()]


def text_message(kind: Kind, **params: object) -> str:
    """A notice that is sent at once, as a Korean customer's phone shows it."""
    return notice_text(kind, "ko", params, NOW, BANK).short


def mails() -> Sequence[Any]:
    """Every mail."""
    sent: Sequence[Any] = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
    return sent


def states(account: Account) -> dict[str, str]:
    """State of each notice, by its id."""
    return {row["id"]["S"]: row["state"]["S"] for row in account.items("NoticesTable") if "state" in row}


def last_run(account: Account) -> str | None:
    """When the last finished run began."""
    found = [row["finished_at"]["S"] for row in account.items("NoticesTable") if "finished_at" in row]
    return found[0] if found else None
