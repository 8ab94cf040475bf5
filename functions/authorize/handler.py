"""The authorizer of the REST API: one consistent read per request, no caching: an ended session is refused.

At most once a minute it also records the session's last use.

API Gateway sends its refusals; GatewayResponses in template.yaml turn them into problem documents.
"""

from datetime import datetime
from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.access.session import (
    Session,
    bearer_token,
    is_last_use_due,
    is_live,
    read_token,
    secret_digest,
)
from registrar.domain.times import iso
from registrar.entry.clock import now
from registrar.entry.log import customer_ref, logger
from registrar.entry.metrics import Metric, counted
from registrar.entry.start import started

sessions = stores.live_sessions()
uses = stores.session_uses()


@started
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    claimed = read_token(bearer_token(headers))
    if claimed is None:
        logger.info("no session", reason="no token")
        raise PermissionError("Unauthorized")  # API Gateway returns 401 for exactly this text
    at = now()
    customer_id, secret = claimed
    session = sessions.find(customer_id, secret_digest(secret))
    if session is None or not is_live(session, secret, at):
        logger.info("no session", reason="expired or unknown")
        return _policy("Deny", event["methodArn"], "none", {})
    if is_last_use_due(session, at):
        _record_use(session, at)
    logger.info("session", customer_ref=customer_ref(customer_id))
    known = {
        "customer_id": session.customer_id,
        "customer_kind": session.customer_kind,
        "method": session.method,
        "proved_at": iso(session.proved_at),
    }
    return _policy("Allow", event["methodArn"], customer_ref(customer_id), known)


def _record_use(session: Session, at: datetime) -> None:
    """A failed write must not end a live session; at worst the session expires a minute early."""
    try:
        uses.record(session, at)
    except Exception:  # noqa: BLE001 - whatever it is, the session was read and is live
        whose = customer_ref(session.customer_id)
        logger.warning("last use not recorded", customer_ref=whose, **counted(Metric.UNEXPECTED_FAILURES))


def _policy(effect: str, method_arn: str, principal: str, known: dict[str, str]) -> dict[str, Any]:
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": method_arn}
    return {
        "principalId": principal,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": known,
    }
