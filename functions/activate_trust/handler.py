"""S3 → SQS: an admin proposed a trust document; activate it, or report why not and keep the last good one.

Whatever event comes, the proposal that lies in the bucket now is looked at: late or repeated events are harmless.
"""

from collections.abc import Mapping
from typing import Any

from registrar.aws.bucket import Bucket, StoredObject
from registrar.aws.clients import client
from registrar.aws.trust_bucket import TrustBucket
from registrar.domain.errors import NotThere, TrustDocumentRejected
from registrar.domain.findings import iso
from registrar.domain.trust import TrustStore
from registrar.domain.trust_document import check_activation, read_document
from registrar.entry.batch import each_message
from registrar.entry.clock import now
from registrar.entry.log import audit
from registrar.entry.settings import setting, settings_list

PINS = settings_list("TRUST_ANCHOR_PINS")
trust = TrustBucket(Bucket(client("s3"), setting("TRUST_BUCKET")), PINS)


@each_message
def lambda_handler(message: Mapping[str, Any]) -> None:
    try:
        proposed = trust.incoming()
    except NotThere:
        return
    active = trust.active_object()
    is_active = active is not None and active.content == proposed.content
    outcome: dict[str, object] = {"checked_at": iso(now()), "proposed_etag": proposed.etag}
    try:
        store = read_document(proposed.content, PINS) if is_active else _checked(proposed, active)
        if not is_active:
            trust.activate(proposed, active)
        outcome |= {"activated": True, "version": store.version, "issuers": len(store.issuers)}
    except TrustDocumentRejected as rejected:
        outcome |= {"activated": False, "reasons": list(rejected.reasons)}
    trust.report(outcome)
    audit("trust.activated" if outcome["activated"] else "trust.refused", etag=proposed.etag)


def _checked(proposed: StoredObject, active: StoredObject | None) -> TrustStore:
    store = read_document(proposed.content, PINS)
    # An active document that no longer reads (a pin was withdrawn) must not keep a good one out.
    try:
        active_version = read_document(active.content, PINS).version if active else None
    except TrustDocumentRejected:
        active_version = None
    check_activation(store, active_version, now())
    return store
