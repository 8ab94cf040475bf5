"""Items of the uploads' table: one for each upload, with what its state needs, and what is shown of it later.

The certificate that passed its checks, with its summary, is an item of its own, written once: a write is charged
by the size of the whole item, and an upload is written often. Its key is known beforehand, so that one call reads
both. The row names it by a digest of its content, so a delivery that lost its lease changes nothing that the row
shows: other content has a key with its digest. Rows of earlier releases hold both themselves.

An attribute that a state does not need may be left over from an earlier one: readers take those of their state. A
release that adds an attribute reads the items of the one before, so the new attribute has a default there.
"""

import hashlib
from collections.abc import Iterable
from typing import Any, TypeVar

from registrar.aws import dynamo
from registrar.domain.certificates.summary import Summary
from registrar.domain.reasons.errors import ItemIncomplete
from registrar.domain.reasons.findings import Finding
from registrar.domain.registrations.upload import (
    RETENTION,
    AwaitingProof,
    Checking,
    Deferred,
    Issued,
    NeedsPassword,
    Registered,
    Rejected,
    Upload,
    UploadState,
    Validating,
)
from registrar.domain.registrations.upload_files import AnnouncedFile
from registrar.domain.revocation.status import RecordedStatus

_ANNOUNCED = (*("id", "customer_id", "customer_kind", "files", "method", "proved_at", "created_at", "expires_at"),)
_Wanted = TypeVar("_Wanted", bound=Upload)


def key_of(upload_id: str) -> dict[str, dict[str, str]]:
    return {"id": dynamo.text(upload_id)}


def certificate_key(upload_id: str) -> dict[str, dict[str, str]]:
    """The key of the first certificate that was written for an upload."""
    return {"id": dynamo.text(f"{upload_id}.certificate")}


def other_certificate_key(upload_id: str, digest: str) -> dict[str, dict[str, str]]:
    """The key of a certificate that an upload's row names by `digest`, where another was written first."""
    return {"id": dynamo.text(f"{upload_id}.{digest}")}


def certificate_values(der: bytes, summary: Summary) -> dict[str, dict[str, Any]]:
    """What is stored of a certificate that passed, in an item of its own or in the upload's row."""
    return {"der": dynamo.binary(der), "summary": dynamo.as_json(summary.to_map())}


def certificate_apart(der: bytes, summary: Summary) -> dict[str, dict[str, Any]]:
    """The same for an item of its own, which has mostly just under 2 KB, without the digest that `der` gives."""
    short = {name: value for name, value in summary.to_map().items() if name != "fingerprint"}
    return {"der": dynamo.binary(der), "summary": dynamo.as_json(short)}


def certificate_digest(values: dynamo.Item) -> str:
    """32 hex digits of what `certificate_apart` returned."""
    return hashlib.sha256(values["der"]["B"] + values["summary"]["S"].encode()).hexdigest()[:32]


def has_certificate_apart(item: dynamo.Item) -> bool:
    """Whether an upload's row names its certificate instead of holding it."""
    return "certificate" in item and "der" not in item


def to_item(upload: Issued) -> dict[str, dict[str, Any]]:
    """An upload as it starts; what is decided later is added by the writes of Uploads and UploadChecks."""
    return {
        "id": dynamo.text(upload.id),
        "customer_id": dynamo.text(upload.customer_id),
        "customer_kind": dynamo.text(upload.customer_kind),
        "state": dynamo.text(upload.state),
        "files": dynamo.as_json([[f.name, f.size, f.sha256] for f in upload.files]),
        "file_count": dynamo.number(len(upload.files)),
        "method": dynamo.text(upload.method),
        "proved_at": dynamo.instant(upload.proved_at),
        "created_at": dynamo.instant(upload.created_at),
        "expires_at": dynamo.instant(upload.expires_at),
        "attempts": dynamo.number(0),
        "ttl": dynamo.epoch(upload.created_at + RETENTION),
    }


def as_announced(item: dynamo.Item) -> Issued:
    """What an item of the announcements' table announces: whatever else it says of a decision is ignored."""
    announced = {name: item[name] for name in _ANNOUNCED}
    return read_as({**announced, "state": dynamo.text(UploadState.ISSUED)}, Issued)


def from_item(item: dynamo.Item) -> Upload:
    """The upload as the class of its state. Raises ItemIncomplete where the item lacks what that state needs."""
    upload_id = dynamo.read_text(item, "id")
    state = UploadState(dynamo.read_text(item, "state"))
    try:
        return _in_state(item, state)
    except KeyError as missing:
        raise ItemIncomplete(f"upload {upload_id} is {state} without {missing}") from missing


def read_as(item: dynamo.Item, wanted: type[_Wanted]) -> _Wanted:
    """The upload of an item that a write has just left in the state `wanted`."""
    upload = from_item(item)
    if not isinstance(upload, wanted):
        raise TypeError(f"upload {upload.id} is {upload.state}, not {wanted.state}")
    return upload


def findings_json(findings: Iterable[Finding]) -> dict[str, str]:
    return dynamo.as_json([finding.to_map() for finding in findings])


def _in_state(item: dynamo.Item, state: UploadState) -> Upload:
    match state:
        case UploadState.ISSUED:
            arrived = frozenset(map(int, item["arrived"]["NS"])) if "arrived" in item else frozenset()
            return Issued(**_common(item), arrived=arrived)
        case UploadState.VALIDATING:
            return Validating(**_undecided(item), lease_until=dynamo.read_instant(item, "lease_until"))
        case UploadState.NEEDS_PASSWORD:
            return NeedsPassword(
                **_undecided(item),
                nonce=dynamo.read_text(item, "nonce"),
                password_tries=dynamo.read_number(item, "password_tries") if "password_tries" in item else 0,
            )
        case UploadState.CHECKING:
            return Checking(**_passed(item))
        case UploadState.DEFERRED:
            return Deferred(**_passed(item), due_at=dynamo.read_instant(item, "due_at"))
        case UploadState.AWAITING_PROOF:
            return AwaitingProof(
                **_passed(item),
                status=RecordedStatus.from_map(dynamo.read_json(item, "status")),
                nonce=dynamo.read_text(item, "nonce"),
                accepted_as=dynamo.read_text(item, "nonce"),
                nonce_expires_at=dynamo.read_instant(item, "nonce_expires_at"),
                bad_proofs=dynamo.read_number(item, "bad_proofs") if "bad_proofs" in item else 0,
            )
        case UploadState.REGISTERED:
            return Registered(**_common(item), summary=_summary(item))
        case UploadState.REJECTED:
            der = dynamo.read_bytes(item, "der") if "der" in item else None
            return Rejected(**_common(item), der=der, deferred_at=_deferred_at(item))
    raise ItemIncomplete(f"no upload is stored as {state}")


def _common(item: dynamo.Item) -> dict[str, Any]:
    """What every state has."""
    findings = dynamo.read_json(item, "findings") if "findings" in item else []
    return {
        "id": dynamo.read_text(item, "id"),
        "customer_id": dynamo.read_text(item, "customer_id"),
        "customer_kind": dynamo.read_text(item, "customer_kind"),
        "files": tuple(AnnouncedFile(*file) for file in dynamo.read_json(item, "files")),
        "method": dynamo.read_text(item, "method"),
        "proved_at": dynamo.read_instant(item, "proved_at"),
        "created_at": dynamo.read_instant(item, "created_at"),
        "expires_at": dynamo.read_instant(item, "expires_at"),
        "findings": tuple(Finding.from_map(finding) for finding in findings),
        "opened": "opened" in item,
    }


def _undecided(item: dynamo.Item) -> dict[str, Any]:
    outcome = UploadState(dynamo.read_text(item, "outcome")) if "outcome" in item else None
    return {**_common(item), "attempts": dynamo.read_number(item, "attempts"), "outcome": outcome}


def _passed(item: dynamo.Item) -> dict[str, Any]:
    known = {"summary": _summary(item), "der": dynamo.read_bytes(item, "der")}
    return {**_common(item), **known, "deferred_at": _deferred_at(item)}


def _summary(item: dynamo.Item) -> Summary:
    stored = dynamo.read_json(item, "summary")
    if "fingerprint" not in stored:
        stored["fingerprint"] = hashlib.sha256(dynamo.read_bytes(item, "der")).hexdigest()
    return Summary.from_map(stored)


def _deferred_at(item: dynamo.Item) -> Any:
    return dynamo.read_instant(item, "deferred_at") if "deferred_at" in item else None
