"""The trust bucket: what an admin proposes, what is active, and why a proposal was not activated.

    incoming/trust.json   written by an admin in the console: the proposal
    incoming/confirm.txt  written by confirm_trust: SHA-256 of the proposal that may become active
    active/trust.json     written by activate_trust only: the last document that passed every check
    reports/trust.json    what became of the last proposal

The bucket is versioned, so every document that ever was active can be looked at and proposed again.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from registrar.aws.buckets.bucket import Bucket, StoredObject
from registrar.domain.certificates.trust import TrustStore
from registrar.domain.certificates.trust_document import MAX_DOCUMENT_BYTES, read_document
from registrar.domain.reasons.errors import ObjectNotFound

INCOMING = "incoming/trust.json"
ACTIVE = "active/trust.json"
CONFIRMATION = "incoming/confirm.txt"
REPORT = "reports/trust.json"
CACHE_LIFE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an admin proposes, and what its report depends on: what is active, and the SHA-256 that is confirmed."""

    document: StoredObject
    active: StoredObject | None
    confirmed: str | None


@dataclass(slots=True)
class TrustBucket:
    """The trust documents; the active one is kept in memory for a minute, with its signatures checked once."""

    bucket: Bucket
    pins: Collection[str]
    _cached: tuple[datetime, TrustStore] | None = field(default=None, init=False)

    def active(self, now: datetime) -> TrustStore:
        """The active document. Raises ObjectNotFound where none was activated yet."""
        if self._cached is None or now - self._cached[0] >= CACHE_LIFE:
            self._cached = (now, self.active_now())
        return self._cached[1]

    def active_now(self) -> TrustStore:
        """The active document, read from the bucket. Raises ObjectNotFound where none was activated yet."""
        return read_document(self.bucket.read(ACTIVE, MAX_DOCUMENT_BYTES).content, self.pins)

    def proposal(self) -> Proposal | None:
        """What is proposed, active and confirmed now; None where nothing is proposed."""
        document = self._find(INCOMING, MAX_DOCUMENT_BYTES)
        if document is None:
            return None
        confirmation = self._find(CONFIRMATION, 128)
        confirmed = confirmation.content.decode("ascii", "replace").strip().lower() if confirmation else None
        return Proposal(document, self._find(ACTIVE, MAX_DOCUMENT_BYTES), confirmed)

    def activate(self, proposed: StoredObject, replaced: StoredObject | None) -> None:
        """Make `proposed` active unless the active one changed meanwhile. Raises ConditionFailed."""
        if replaced is None:
            self.bucket.write(ACTIVE, proposed.content, create=True)
        else:
            self.bucket.write(ACTIVE, proposed.content, replacing=replaced.etag)

    def report(self, outcome: Mapping[str, object]) -> None:
        self.bucket.write(REPORT, json.dumps(outcome, ensure_ascii=False, indent=2).encode())

    def last_report(self) -> dict[str, Any]:
        """What became of the last proposal; empty where there was none."""
        found = self._find(REPORT, MAX_DOCUMENT_BYTES)
        report: dict[str, Any] = json.loads(found.content) if found else {}
        return report

    def confirm(self, sha256: str) -> None:
        """Confirm the proposal of this SHA-256 (hex): activate_trust reads it."""
        self.bucket.write(CONFIRMATION, sha256.encode())

    def _find(self, key: str, limit: int) -> StoredObject | None:
        try:
            return self.bucket.read(key, limit)
        except ObjectNotFound:
            return None
