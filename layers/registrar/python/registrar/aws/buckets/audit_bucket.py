"""The audit bucket: the chain of audit entries (domain/evidence/audit_chain.py), which Object Lock keeps for years.

    audit/<number, 20 digits>.jsonl.gz   one batch of entries; numbers have no gap

An object is written only where none is, so of two that append at the same time one loses and appends again after
the other: the chain never forks. The end of the chain is stored nowhere else. It is searched, from where this
process last found it: an object's metadata state the head after it.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from registrar.domain.evidence.audit_chain import AuditEntry, Head, append
from registrar.domain.reasons.errors import ConditionFailed

# Two append at the same time, at most (template.yaml); each of them loses to the other once in a while.
TRIES = 10
_TAKEN = ("PreconditionFailed", "ConditionalRequestConflict", "412")
_MISSING = ("NoSuchKey", "404")


@dataclass(slots=True)
class AuditBucket:
    """Where audit entries are appended."""

    client: Any
    name: str
    _known: Head = field(default_factory=Head, init=False)

    def append(self, entries: Sequence[AuditEntry]) -> Head:
        """Append entries as one object, and return the new head. Raises ConditionFailed after many lost races.

        Once this returns, S3 has stored them durably. Killed before, the caller appends again: an entry may be
        there twice, with the same id.
        """
        for _ in range(TRIES):
            self._known = self.head()
            after, content = append(self._known, entries)
            if self._put(after, content):
                self._known = after
                return after
        raise ConditionFailed

    def head(self) -> Head:
        """The end of the chain: steps that double from the last known object on, then a search in between."""
        found = self._known
        step = 1
        while (further := self._stated(found.object + step)) is not None:
            found = further
            step *= 2
        while step > 1:
            step //= 2
            found = self._stated(found.object + step) or found
        return found

    def _stated(self, number: int) -> Head | None:
        """The head after an object, as its metadata state it; None where there is no such object."""
        try:
            metadata = self.client.head_object(Bucket=self.name, Key=audit_key(number))["Metadata"]
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise
        return Head(number, int(metadata["entry"]), metadata["chain"])

    def _put(self, after: Head, content: bytes) -> bool:
        try:
            self.client.put_object(
                Bucket=self.name,
                Key=audit_key(after.object),
                Body=content,
                ContentType="application/gzip",
                Metadata={"entry": str(after.entry), "chain": after.chain},
                # S3 takes an object that it will lock only with a digest of its content.
                ChecksumAlgorithm="SHA256",
                ChecksumSHA256=base64.b64encode(hashlib.sha256(content).digest()).decode(),
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in _TAKEN:
                return False
            raise
        return True


def audit_key(number: int) -> str:
    """Where an object of the chain is."""
    return f"audit/{number:020d}.jsonl.gz"
