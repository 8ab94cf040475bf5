"""The registration that an upload becomes."""

from datetime import datetime

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.registrations.registration import Lifecycle, Registration, Revocation
from registrar.domain.registrations.upload import AwaitingProof, registration_id


def new_registration(
    upload: AwaitingProof, proof: str, consent_version: str, now: datetime, replaced: Registration | None = None
) -> Registration:
    """The registration of an upload whose proof of possession arrived at `now`; it replaces `replaced`.

    Raises Refusal (REPLACES_NOT_ACCEPTED) where it may not.
    """
    summary = upload.summary
    status = upload.status
    registration = Registration(
        id=registration_id(upload.id),
        customer_id=upload.customer_id,
        lifecycle=Lifecycle.LIVE,
        operator=summary.operator,
        issuer=summary.issuer,
        name_masked=summary.name_masked,
        kind=summary.kind,
        policy=summary.policy,
        serial=summary.serial,
        fingerprint=summary.fingerprint,
        key_digest=summary.key_digest,
        issuer_key_digest=summary.issuer_key_digest,
        not_before=summary.not_before,
        not_after=summary.not_after,
        der=upload.der,
        registered_at=now,
        proof=proof,
        consent_version=consent_version,
        replaces=replaced.id if replaced else None,
        revocation=Revocation(status.as_of, status.source),
        listed=bool(status.points),
        issuing_bank=summary.issuing_bank,
    )
    if replaced is not None and not registration.may_succeed(replaced, now):
        raise Refusal(Code.REPLACES_NOT_ACCEPTED)
    return registration
