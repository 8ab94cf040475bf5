"""Metrics: counts that a line of the log carries, in CloudWatch's embedded metric format.

CloudWatch reads the counts out of the log, so nothing is imported, called or waited for. The metrics have no
dimensions: a name costs the same each month, however many functions count it (docs/runbook.md, "Where to look").
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from registrar.entry.clock import now
from registrar.settings import stack_name


class Metric(StrEnum):
    """Everything that is counted."""

    LOGINS = "Logins"
    IDENTITY_REFUSED = "IdentityRefused"
    UPLOADS_ANNOUNCED = "UploadsAnnounced"
    UPLOADS_ACCEPTED = "UploadsAccepted"
    UPLOADS_REFUSED = "UploadsRefused"
    REGISTRATIONS = "Registrations"
    REGISTRATIONS_REFUSED = "RegistrationsRefused"
    STATUSES_RECEIVED = "StatusesReceived"
    STATUSES_MISSING = "StatusesMissing"
    NOTICES_SENT = "NoticesSent"
    EXPIRY_NOTICES_PLANNED = "ExpiryNoticesPlanned"
    EXPIRY_NOTICES_SENT = "ExpiryNoticesSent"
    MISCONFIGURED_CHANNELS = "MisconfiguredChannels"
    REVOKED_AUTHORITIES = "RevokedAuthorities"
    UNEXPECTED_FAILURES = "UnexpectedFailures"
    MESSAGES_FAILED = "MessagesFailed"


OF_ACTION = {
    "session.started": Metric.LOGINS,
    "login.refused": Metric.IDENTITY_REFUSED,
    "otp.refused": Metric.IDENTITY_REFUSED,
    "passkey.refused": Metric.IDENTITY_REFUSED,
    "certificate_login.refused": Metric.IDENTITY_REFUSED,
    "upload.issued": Metric.UPLOADS_ANNOUNCED,
    "registration.added": Metric.REGISTRATIONS,
    "registration.refused": Metric.REGISTRATIONS_REFUSED,
    "notice.sent": Metric.NOTICES_SENT,
    "channel.misconfigured": Metric.MISCONFIGURED_CHANNELS,
}
# Written out: every function imports this module, and few need the modules that define these values.
OF_UPLOAD = {"AWAITING_PROOF": Metric.UPLOADS_ACCEPTED, "REJECTED": Metric.UPLOADS_REFUSED}
NO_STATUS = (None, "UNAVAILABLE", "STALE", "INVALID")
EXPIRING = "expiring"


def counted(*metrics: Metric, **more: int) -> dict[str, Any]:
    """The members of a log line that count each of `metrics` once, and each name of `more` as often as it says."""
    counts = {**{metric.value: 1 for metric in metrics}, **more}
    if not counts:
        return {}
    directive = {
        "Namespace": stack_name(),
        "Dimensions": [[]],
        "Metrics": [{"Name": Metric(name).value, "Unit": "Count"} for name in counts],
    }
    return {"_aws": {"Timestamp": int(now().timestamp() * 1000), "CloudWatchMetrics": [directive]}, **counts}


def metrics_of(action: str, facts: Mapping[str, Any]) -> list[Metric]:
    """What an entry of the audit log counts."""
    found = [OF_ACTION[action]] if action in OF_ACTION else []
    if action.startswith("upload.") and facts.get("state") in OF_UPLOAD:
        found.append(OF_UPLOAD[facts["state"]])
    if action == "notice.sent" and facts["kind"] == EXPIRING:
        found.append(Metric.EXPIRY_NOTICES_SENT)
    if action in ("upload.checked", "registration.queried") and "answer" in facts:
        missing = facts["answer"] in NO_STATUS
        found.append(Metric.STATUSES_MISSING if missing else Metric.STATUSES_RECEIVED)
    return found
