"""S3 → SQS: an admin proposed a trust document. Check it, show what it would change, activate it when confirmed.

Whatever event comes, the proposal and the confirmation that lie in the bucket now are looked at: late or repeated
events are harmless. A document that fails a check is reported with every reason, and the last good one stays.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from registrar.aws import wiring as stores
from registrar.aws.buckets.bucket import StoredObject
from registrar.aws.buckets.trust_bucket import CONFIRMATION
from registrar.domain.certificates.preview import preview
from registrar.domain.certificates.trust import TrustStore
from registrar.domain.certificates.trust_document import check_activation, read_document
from registrar.domain.reasons.errors import ObjectNotFound, TrustDocumentRejected
from registrar.domain.times import iso
from registrar.entry.batch import each_message
from registrar.entry.clock import now
from registrar.entry.log import audit
from registrar.settings import setting, settings_list

PINS = settings_list("TRUST_ANCHOR_PINS")
BANK = setting("BANK_CODE")
trust = stores.trust_bucket()
samples = stores.samples()


@each_message
def lambda_handler(message: Mapping[str, Any]) -> None:
    try:
        proposed = trust.incoming()
    except ObjectNotFound:
        return
    active = trust.active_object()
    digest = hashlib.sha256(proposed.content).hexdigest()
    outcome: dict[str, object] = {"checked_at": iso(now()), "proposed_etag": proposed.etag, "sha256": digest}
    outcome["activated"] = False
    try:
        store = read_document(proposed.content, PINS)
        replaced = _readable(active)
        outcome |= {"version": store.version, "issuers": len(store.issuers)}
        if active is not None and active.content == proposed.content:
            outcome["activated"] = True  # perhaps by an attempt that was killed before it could say so
        elif _may_become_active(store, active, replaced, digest):
            trust.activate(proposed, active)
            outcome["activated"] = True
        else:
            outcome["would_change"] = preview(samples.take(), replaced or store, store, now(), BANK)
            outcome["to_activate"] = f"put the text {digest} into {CONFIRMATION}"
    except TrustDocumentRejected as rejected:
        outcome["reasons"] = list(rejected.reasons)
    trust.report(outcome)
    audit("trust.checked", sha256=digest, activated=bool(outcome["activated"]), refused="reasons" in outcome)


def _may_become_active(
    store: TrustStore, active: StoredObject | None, replaced: TrustStore | None, digest: str
) -> bool:
    """The first document may, a later one once an admin confirmed it. Raises TrustDocumentRejected."""
    check_activation(store, replaced.version if replaced else None, now())
    return active is None or trust.confirmed() == digest


def _readable(active: StoredObject | None) -> TrustStore | None:
    """The active document; None where it no longer reads (a pin was withdrawn) and must not keep a good one out."""
    try:
        return read_document(active.content, PINS) if active else None
    except TrustDocumentRejected:
        return None
