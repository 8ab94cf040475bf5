"""Retention periods: the figures of docs/retention.md, each here once. Standard library only.

They state when data is erased, not when it becomes invalid: that is computed from the time.
"""

from collections.abc import Mapping
from datetime import timedelta

RULES: Mapping[str, timedelta] = {
    "challenges": timedelta(hours=1),
    "attempts": timedelta(days=30),
    "uploads": timedelta(days=30),
    "announcements": timedelta(days=30),
    "renewed texts": timedelta(days=1),
    "session uses": timedelta(days=1),
    "files": timedelta(days=1),
    "revocation statuses": timedelta(days=8),
    "signature requests": timedelta(days=3),
    "notices": timedelta(days=400),
    "expiry runs": timedelta(days=400),
    "ended registrations": timedelta(days=1825),
    "evidence": timedelta(days=1827),
    "audit entries": timedelta(days=1827),
    "logs": timedelta(days=90),
    "queues": timedelta(days=4),
    "dead letters": timedelta(days=14),
    "stream": timedelta(days=1),
    "point-in-time copies": timedelta(days=35),
}
"""By what is kept. Ended registrations, evidence, audit entries and logs are defaults of the stack's parameters."""
