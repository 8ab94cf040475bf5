"""Starting a session: the last step of every login, by whatever method."""

from dataclasses import dataclass
from datetime import datetime

from registrar.aws.tables.session_uses import SessionUses
from registrar.aws.tables.sessions import Sessions
from registrar.domain.access.cleared_budgets import Cleared
from registrar.domain.access.devices import new_device
from registrar.domain.access.session import Started, is_open, new_session


@dataclass(frozen=True, slots=True)
class SessionStarts:
    """Sessions and their uses."""

    sessions: Sessions
    uses: SessionUses

    def start(
        self,
        customer_id: str,
        customer_kind: str,
        method: str,
        now: datetime,
        *,
        asked_at: datetime,
        devices: bytes | None,
        cleared: Cleared | None = None,
        totp_step: int | None = None,
    ) -> Started:
        """Start the customer's session, which uses up the login that was asked for at `asked_at`, every older one,
        and the code of `totp_step`. `devices` are those to keep beside a new one, None where the device is known,
        `cleared` the budgets with the one that this login clears.

        Wrong codes within the session that it ends count no more: they may not have been the customer's. Raises
        Refusal: STEP_UP_EXPIRED (used, or the customer is locked out), STEP_UP_REUSED.
        """
        session, token = new_session(customer_id, customer_kind, method, now)
        device_id = None
        kept = None
        if devices is not None:
            device_id, digest = new_device()
            kept = devices + digest
        ended = self.sessions.start(
            session, challenge_created_at=asked_at, totp_step=totp_step, devices=kept, cleared=cleared
        )
        used = self.uses.latest(ended) if ended is not None and now < ended.expires_at else None
        return Started(session, token, used is not None and is_open(used, now), device_id)
