"""Whose a request or an upload is, from what functions logged of it and from uploads that are still stored.

An upload's own row names its customer. A request is that of the customer whom its own lines name, never that of an
upload which it asked for: anybody can ask for any id.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registrar.domain.registrations.upload import Upload
from registrar.entry.fields import Fields
from registrar.entry.log import customer_ref

UPLOAD_ID = "[a-z0-9]{32,33}"
MOST_UPLOADS = 10
FindUpload = Callable[[str], Upload | None]
Lines = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Owned:
    """`customer_id` where an upload of theirs names it, the digests of the customers that the lines name, and the
    lines of these."""

    customer_id: str | None
    refs: frozenset[str]
    lines: Lines


def owner_of(wanted: str, members: Sequence[str], lines: Lines, find: FindUpload) -> Owned:
    """Whose `wanted` is, an id that `lines` have in one of `members`."""
    owners = [each.customer_id for each in stored_uploads([wanted], find)]
    refs = frozenset(map(customer_ref, owners)) or _refs(lines, members)
    kept = [line for line in lines if line.get("customer_ref") in {None, *refs}]
    named = [each.customer_id for each in stored_uploads([line.get("upload_id") for line in kept], find)]
    owner = next((each for each in [*owners, *named] if refs == {customer_ref(each)}), None)
    return Owned(owner, refs, kept)


def requests_in(lines: Lines, members: Sequence[str]) -> set[object]:
    """The requests of these lines, where a member that names one request was searched: more than one where a client
    chose their id, or where what was typed stands for several references."""
    other = {"support_ref": "extended_id", "gateway_id": "support_ref"}.get(members[0])
    return {line[other] for line in lines if other is not None and other in line}


def stored_uploads(ids: Sequence[object], find: FindUpload) -> list[Upload]:
    """The uploads of these ids that are still stored, the latest first: of the first id, and of the last ones."""
    known = [each for each in dict.fromkeys(ids) if Fields({"id": each}, "").matches("id", UPLOAD_ID)]
    kept = dict.fromkeys([*known[:1], *known[-MOST_UPLOADS:]])
    found = [upload for each in kept if (upload := find(str(each))) is not None]
    return sorted(found, key=lambda upload: upload.created_at, reverse=True)


def _refs(lines: Lines, members: Sequence[str]) -> frozenset[str]:
    """The digest of the customer who announced the upload, or whose session sent the request; without a session, of
    those whom its lines name. A stranger's request for an upload names it too."""
    first = "upload.issued" if tuple(members) == ("upload_id",) else "answered"
    named = [line for line in lines if "customer_ref" in line]
    own = frozenset(str(line["customer_ref"]) for line in named if line["message"] == first)
    return own if own or first != "answered" else frozenset(str(line["customer_ref"]) for line in named)
