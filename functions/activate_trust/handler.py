"""S3 → SQS: an admin proposed a trust document. Check it, report what it would change, activate it when confirmed.

Whatever event arrives, the function reads the proposal and the confirmation that are in the bucket now: late or
repeated events are harmless. A document that fails a check is reported with every reason; the last good one stays.

Deliveries run in parallel, and the slowest writes its report last. So each reads the proposal again after its
report and repeats the check where it changed: the last report is about the latest proposal.
"""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from registrar.aws import wiring as stores
from registrar.aws.buckets.bucket import StoredObject
from registrar.aws.buckets.trust_bucket import Proposal
from registrar.domain.certificates.preview import preview
from registrar.domain.certificates.trust import TrustStore
from registrar.domain.certificates.trust_differences import differences
from registrar.domain.certificates.trust_document import check_activation, read_document
from registrar.domain.reasons.errors import ConditionFailed, TrustDocumentRejected
from registrar.domain.times import iso
from registrar.domain.two_persons import PROPOSAL_LIFE
from registrar.entry.batch import each_message
from registrar.entry.clock import now
from registrar.entry.log import audit
from registrar.settings import setting, settings_list

MOST_CHECKS = 5
PINS = settings_list("TRUST_ANCHOR_PINS")
BANK = setting("BANK_CODE")
trust = stores.trust_bucket()
samples = stores.samples()


@each_message
def lambda_handler(message: Mapping[str, Any]) -> None:
    for _ in range(MOST_CHECKS):
        found = trust.proposal()
        if found is None:
            return
        outcome = _check(found)
        if outcome is None:
            continue  # another document is active now, its own or another delivery's
        trust.report(outcome)
        audit(
            "trust.checked",
            sha256=outcome["sha256"],
            activated=bool(outcome["activated"]),
            refused="reasons" in outcome,
        )
        if trust.proposal() == found:
            return
    raise ConditionFailed  # the message is redelivered: the last report may be about an older proposal


def _check(found: Proposal) -> dict[str, object] | None:
    """The report on a proposal; None where it was to become active, so that what is active has changed."""
    proposed = found.document
    active = found.active
    digest = hashlib.sha256(proposed.content).hexdigest()
    outcome: dict[str, object] = {"checked_at": iso(now()), "proposed_etag": proposed.etag, "sha256": digest}
    outcome["activated"] = False
    try:
        store = read_document(proposed.content, PINS)
        replaced = _readable(active)
        outcome |= {
            "version": store.version,
            "issuers": len({issuer.certificate.fingerprint for issuer in store.issuers}),
        }
        if active is not None and active.content == proposed.content:
            outcome["activated"] = True  # a moment ago, or by an attempt that was killed before it could report it
            return outcome
        check_activation(store, replaced.version if replaced else None, now())
        if active is not None and now() - proposed.written_at > PROPOSAL_LIFE:
            raise TrustDocumentRejected(["proposal: older than a day: upload it again"])
    except TrustDocumentRejected as rejected:
        return outcome | {"reasons": list(rejected.reasons)}
    if active is None or found.confirmed == digest:
        with suppress(ConditionFailed):
            trust.activate(proposed, active)
        return None
    outcome["differences"] = differences(active.content, proposed.content)
    outcome["would_change"] = preview(samples.take(), replaced or store, store, now(), BANK)
    return outcome | {"to_activate": f"another person fills in ConfirmTrust with {digest}"}


def _readable(active: StoredObject | None) -> TrustStore | None:
    """The active document; None where it is unreadable (a pin was withdrawn) and must not block a good one."""
    try:
        return read_document(active.content, PINS) if active else None
    except TrustDocumentRejected:
        return None
