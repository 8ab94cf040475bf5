"""Check a proof of possession: it takes one of the upload's tries before anything is compared.

A refusal returns it unless the proof is wrong. After a good proof the caller returns it where the upload stays
open; an upload that ends needs no tries.
"""

from collections.abc import Sequence

from registrar.aws.tables.uploads import Uploads
from registrar.domain.access.customer import Customer
from registrar.domain.possession.headings import TextToSign
from registrar.domain.possession.proofs import Proof
from registrar.domain.possession.signature import check_one_signed
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import ConditionFailed, PossessionProofInvalid, Refusal
from registrar.domain.registrations.upload import MAX_BAD_PROOFS, AwaitingProof
from registrar.steps.owners import Owners


def prove(
    owners: Owners,
    uploads: Uploads,
    customer: Customer | None,
    upload: AwaitingProof,
    texts: Sequence[TextToSign],
    proof: Proof,
) -> None:
    """Check that the certificate's key made `proof` over one of `texts`, and that it is the customer's.

    Raises SealedSecretInvalid, and Refusal: PROOF_FAILED with the tries left, PROOF_ATTEMPTS_EXCEEDED, OWNER_…,
    IN_PROGRESS where all tries are taken by requests that are being compared.
    """
    # Steps that may fail through no fault of the customer come before the try is counted.
    claim = owners.claim_of(customer, upload, proof)
    try:
        tries = uploads.count_proof(upload)
    except ConditionFailed:
        raise Refusal(Code.IN_PROGRESS, retry_after=1) from None
    try:
        check_one_signed(upload.der, texts, proof)
        claim.check(upload.der)
    except PossessionProofInvalid:
        raise _failed(tries) from None
    except Exception as failure:
        if not (isinstance(failure, Refusal) and failure.code == Code.OWNER_MISMATCH):
            uploads.return_proof_try(upload)
        raise


def _failed(tries: int) -> Refusal:
    left = MAX_BAD_PROOFS - tries
    return Refusal(Code.PROOF_FAILED, tries_left=left) if left > 0 else Refusal(Code.PROOF_ATTEMPTS_EXCEEDED)
