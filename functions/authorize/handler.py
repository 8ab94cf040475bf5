"""The authorizer of the REST API: one strong read per request and no caching, so a session that ends, ends now.

At most once a minute it also notes that the customer is still there.

API Gateway answers for it; GatewayResponses in template.yaml turn its refusals into problem documents.
"""

from datetime import datetime
from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.access.session import Session, bearer_token, is_live, is_to_be_noted, read_token
from registrar.domain.times import iso
from registrar.entry.clock import now
from registrar.entry.log import customer_ref, logger

sessions = stores.sessions()


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    claimed = read_token(bearer_token(headers))
    if claimed is None:
        logger.info("no session", reason="no token")
        raise PermissionError("Unauthorized")  # API Gateway answers 401 for exactly this text
    at = now()
    customer_id, secret = claimed
    session = sessions.find(customer_id)
    if session is None or not is_live(session, secret, at):
        logger.info("no session", reason="over or unknown")
        return _policy("Deny", event["methodArn"], "none", {})
    if is_to_be_noted(session, at):
        _note_seen(session, at)
    logger.info("session", customer_ref=customer_ref(customer_id))
    known = {
        "customer_id": session.customer_id,
        "customer_kind": session.customer_kind,
        "method": session.method,
        "proved_at": iso(session.proved_at),
    }
    return _policy("Allow", event["methodArn"], customer_ref(customer_id), known)


def _note_seen(session: Session, at: datetime) -> None:
    """A note that fails must not end a session that is live; at worst it ends a minute early."""
    try:
        sessions.note_seen(session, at)
    except Exception:  # noqa: BLE001 - whatever it is, the session was read and is live
        logger.warning("not noted as seen", customer_ref=customer_ref(session.customer_id))


def _policy(effect: str, method_arn: str, principal: str, known: dict[str, str]) -> dict[str, Any]:
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": method_arn}
    return {
        "principalId": principal,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": known,
    }
