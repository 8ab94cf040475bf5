"""Logs: one JSON line per fact, with ids only. Events, bodies, headers, codes and tokens are never logged.

`audit` writes what an auditor needs: who did what to which object, with what outcome. A customer is named by a
digest, which only a person with the customer id can recompute.
"""

import hashlib
from typing import Any

from aws_lambda_powertools import Logger

from registrar.entry.metrics import counted, metrics_of

# Each log group belongs to one function: neither its file nor the service's name is written again in each line.
# Lambda reads the level of a line only where its time is one of RFC 3339; all others count as INFO.
logger = Logger(service="registrar", location=None, use_rfc3339=True, utc=True)
logger.remove_keys(["service"])


def customer_ref(customer_id: str) -> str:
    """16 hex digits that stand for a customer in logs."""
    return hashlib.sha256(f"customer:{customer_id}".encode()).hexdigest()[:16]


def audit(action: str, *, customer_id: str | None = None, **facts: Any) -> None:
    """Record that `action` (`noun.verb`) happened; `facts` are ids, codes and counts."""
    who: dict[str, Any] = {"customer_ref": customer_ref(customer_id)} if customer_id else {}
    logger.info(action, audit=True, **who, **facts, **counted(*metrics_of(action, facts)))
