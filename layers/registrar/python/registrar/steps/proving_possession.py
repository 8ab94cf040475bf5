"""Check a proof of possession; an invalid one uses up one of the upload's tries."""

from typing import NoReturn

from registrar.aws.tables.uploads import Uploads
from registrar.domain.possession.proofs import Proof
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import PossessionProofInvalid, Refusal
from registrar.domain.registrations.upload import MAX_BAD_PROOFS, AwaitingProof
from registrar.steps.owners import Owners


def prove(owners: Owners, uploads: Uploads, upload: AwaitingProof, text: str, proof: Proof) -> None:
    """Check that the certificate's key made `proof` over `text`, and that the certificate is the customer's.

    Raises SealedSecretInvalid, and Refusal: PROOF_FAILED with the tries left, PROOF_ATTEMPTS_EXCEEDED, OWNER_….
    """
    try:
        owners.check_proof(upload, text, proof)
    except PossessionProofInvalid:
        _refuse(uploads.count_bad_proof(upload))
    except Refusal as refused:
        if refused.code == Code.OWNER_MISMATCH:
            uploads.count_bad_proof(upload)
        raise


def _refuse(tries: int) -> NoReturn:
    left = MAX_BAD_PROOFS - tries
    raise Refusal(Code.PROOF_FAILED, tries_left=left) if left > 0 else Refusal(Code.PROOF_ATTEMPTS_EXCEEDED)
