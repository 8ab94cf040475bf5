"""The authorizer of the REST API: one strong read per request and no caching, so a session that ends, ends now.

API Gateway answers for it; GatewayResponses in template.yaml turn its refusals into problem documents.
"""

from typing import Any

from registrar.aws.clients import client
from registrar.aws.sessions import Sessions
from registrar.domain.findings import iso
from registrar.domain.sessions import is_live, read_token
from registrar.entry.clock import now
from registrar.entry.log import customer_ref, logger
from registrar.entry.settings import setting

sessions = Sessions(client("dynamodb"), setting("SESSIONS_TABLE"))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    scheme, _, token = headers.get("authorization", "").partition(" ")
    claimed = read_token(token.strip()) if scheme.lower() == "bearer" else None
    if claimed is None:
        logger.info("no session", reason="no token")
        raise PermissionError("Unauthorized")  # API Gateway answers 401 for exactly this text
    customer_id, secret = claimed
    session = sessions.find(customer_id)
    if session is None or not is_live(session, secret, now()):
        logger.info("no session", reason="over or unknown")
        return _policy("Deny", event["methodArn"], "none", {})
    logger.info("session", customer_ref=customer_ref(customer_id))
    known = {
        "customer_id": session.customer_id,
        "customer_kind": session.customer_kind,
        "method": session.method,
        "proved_at": iso(session.proved_at),
    }
    return _policy("Allow", event["methodArn"], customer_ref(customer_id), known)


def _policy(effect: str, method_arn: str, principal: str, known: dict[str, str]) -> dict[str, Any]:
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": method_arn}
    return {
        "principalId": principal,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": known,
    }
