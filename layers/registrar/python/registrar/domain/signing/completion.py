"""A completed signature with everything that it was decided on: what evidence and receipt are made of."""

from dataclasses import dataclass
from datetime import datetime

from registrar.domain.certificates.trust import Issuer
from registrar.domain.possession.proofs import Proof
from registrar.domain.registrations.registration import Registration
from registrar.domain.revocation.status import Status
from registrar.domain.signing.signature_request import SignatureRequest


@dataclass(frozen=True, slots=True)
class Completion:
    """`request` as it was answered, still pending; `text` is exactly what the key of `registration` signed.

    `issuer` is the path on which the certificate was decided, under the trust document `trust_version`; `status` is
    the issuer's GOOD; `signed_at` is when the answer came.
    """

    request: SignatureRequest
    text: str
    proof: Proof
    registration: Registration
    issuer: Issuer
    trust_version: int
    status: Status
    signed_at: datetime
