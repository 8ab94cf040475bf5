"""How long a warm function runs on Lambda: calls that are counted, times that are measured or assumed.

A function waits for its calls (assumed) and computes (measured: `OWN_CPU_MS`, `CALL_CPU_MS`). Lambda gives a share
of a processor by memory, a whole one at 1769 MB: what computes takes longer with less memory, what waits does not.
"""

from collections.abc import Mapping, Sequence

FULL_PROCESSOR_MB = 1769
SLOWER = 1.5
"""Lambda's processor is assumed to take so much longer than the one on which was measured."""
CALL_CPU_MS = 1.5
"""boto3 for one call: sign, send, read the response. Measured against a local server on 2026-11-29."""
OWN_CPU_MS: Mapping[str, float] = {
    "authorize": 0.2,
    "login": 21.0,
    "verify_otp": 0.8,
    "request_upload": 0.9,
    "validate_upload": 1.4,
    "check_revocation": 2.4,
    "get_upload": 0.3,
    "register_certificate": 1.5,
    "publish_events": 0.3,
    "send_notice": 0.7,
    "collect_audit": 0.3,
}
"""The handler without its calls, measured with bench's own registration on 2026-11-29; a login's is Argon2id's."""
WAITS_MS: Mapping[str, float] = {
    "Decrypt": 10,
    "DeleteObject": 25,
    "GetObject": 25,
    "Publish": 60,
    "PutEvents": 20,
    "SendMessage": 10,
    "TransactWriteItems": 15,
}
DYNAMODB_MS = 5
ISSUER_MS: Mapping[str, float] = {"check_revocation": 150}
"""The issuer's responder, over the internet."""


def milliseconds(function: str, calls: Sequence[str], memory: int) -> float:
    """How long one run with these calls takes at `memory` MB."""
    share = max(1.0, FULL_PROCESSOR_MB / memory) * SLOWER
    waits = sum(WAITS_MS.get(call, DYNAMODB_MS) for call in calls) + ISSUER_MS.get(function, 0)
    return waits + share * (OWN_CPU_MS[function] + CALL_CPU_MS * len(calls))
