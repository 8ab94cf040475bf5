"""The audit bucket: the chain of audit entries (domain/evidence/audit_chain.py), which Object Lock keeps for years.

    audit/<number, 20 digits>.jsonl.gz   one batch of entries; numbers have no gap

An object is written only where none is, so of two that append at the same time one loses and appends again after
the other: the chain never forks. The end of the chain is stored nowhere else. It is searched in the list of the
bucket's versions, from where this process last found it: objects before it may have been erased after their years,
in any order, and one that a delete marker hides still counts. An object's metadata state the head after it.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from registrar.domain.evidence.audit_chain import AuditEntry, Head, append
from registrar.domain.reasons.errors import ChainUnreadable, ConditionFailed

# Two append at the same time, at most (template.yaml); each of them loses to the other once in a while.
TRIES = 10
_TAKEN = ("PreconditionFailed", "ConditionalRequestConflict", "412")
# No number that is counted begins with another digit.
_PREFIX = "audit/0"
_KEY = re.compile(r"audit/(\d{20})\.jsonl\.gz")


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
        """The end of the chain: steps that double from the last known object on, then a search in between.

        Raises ChainUnreadable where objects are left, but not the last one: no other chain begins beside it.
        """
        found = self._next(self._known.object) or self._known.object
        step = 1
        while (further := self._next(found + step - 1)) is not None:
            found = further
            step *= 2
        while step > 1:
            step //= 2
            found = self._next(found + step - 1) or found
        return self._known if found == self._known.object else self._stated(found)

    def _next(self, number: int) -> int | None:
        """The number of the first object after `number`, hidden ones too; None where there is none."""
        after = {"KeyMarker": audit_key(number)} if number else {}
        # More than one: moto, unlike S3, lists older versions of the marker's own key, too.
        page = self.client.list_object_versions(Bucket=self.name, Prefix=_PREFIX, MaxKeys=3, **after)
        listed = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        return min((n for each in listed if (n := audit_number(each["Key"])) > number), default=None)

    def _stated(self, number: int) -> Head:
        """The head after an object, as the metadata of its first version state it: the one that is locked."""
        page = self.client.list_object_versions(Bucket=self.name, Prefix=audit_key(number))
        versions = page.get("Versions", [])
        if not versions:
            raise ChainUnreadable(f"{audit_key(number)} was erased, and is the last object")
        # S3 lists the versions of a key from the newest to the oldest.
        first = versions[-1]["VersionId"]
        found = self.client.head_object(Bucket=self.name, Key=audit_key(number), VersionId=first)["Metadata"]
        return Head(number, int(found["entry"]), found["chain"])

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


def audit_number(key: str) -> int:
    """The number of an object of the chain. Raises ChainUnreadable where the key is none of the chain's."""
    match = _KEY.fullmatch(key)
    if match is None:
        raise ChainUnreadable(f"{key} is no object of the chain")
    return int(match[1])
