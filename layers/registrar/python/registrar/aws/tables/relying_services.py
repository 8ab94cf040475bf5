"""The relying services' table: by the role that calls, which service it is, and what it may ask for.

Staff write it (tools/admin/relying_service.py); functions only read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from registrar.aws import dynamo
from registrar.domain.access.relying_service import ENTRY_LIFE, RelyingService, Use


@dataclass(slots=True)
class RelyingServices:
    """Entries by principal; each is kept in memory for a minute. Few principals pass IAM, so there are few."""

    client: Any
    table: str
    _kept: dict[str, tuple[datetime, RelyingService]] = field(default_factory=dict, init=False)

    def find(self, principal: str, now: datetime) -> RelyingService | None:
        """The service of a principal, as it was at most a minute before `now`; None where it has no entry."""
        kept = self._kept.get(principal)
        if kept is not None and now - kept[0] < ENTRY_LIFE:
            return kept[1]
        self._kept.pop(principal, None)
        item = dynamo.get(self.client, self.table, {"principal": dynamo.text(principal)})
        if item is None:
            return None
        service = from_item(item)
        self._kept[principal] = (now, service)
        return service


def to_item(principal: str, service: RelyingService) -> dict[str, Mapping[str, Any]]:
    item: dict[str, Mapping[str, Any]] = {
        "principal": dynamo.text(principal),
        "name": dynamo.text(service.name),
        "title": dynamo.as_json(dict(service.title)),
    }
    if service.uses:
        item["uses"] = dynamo.text_set(service.uses)
    if service.kinds:
        item["kinds"] = dynamo.text_set(service.kinds)
    return item


def from_item(item: dynamo.Item) -> RelyingService:
    return RelyingService(
        name=dynamo.read_text(item, "name"),
        title=dynamo.read_json(item, "title"),
        uses=frozenset(map(Use, dynamo.read_text_set(item, "uses"))),
        kinds=dynamo.read_text_set(item, "kinds"),
    )
