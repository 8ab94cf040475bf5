"""The refusal or the registration for a certificate or key that is already registered."""

from registrar.aws.tables.uploads import Uploads
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import CertificateTaken, Refusal
from registrar.domain.registrations.upload import AwaitingProof, failure


def existing(taken: CertificateTaken, upload: AwaitingProof, uploads: Uploads) -> str:
    """The customer's own registration of the very certificate; the upload ends with this finding.

    Raises Refusal: REPLACES_REQUIRED, the upload staying open, or NOT_AVAILABLE_FOR_REGISTRATION.
    """
    if taken.code == Code.REPLACES_REQUIRED:
        raise Refusal(Code.REPLACES_REQUIRED, registration_id=taken.existing)
    if taken.existing is None:
        uploads.refuse(upload, failure(Code.NOT_AVAILABLE_FOR_REGISTRATION))
        raise Refusal(Code.NOT_AVAILABLE_FOR_REGISTRATION)
    uploads.refuse(upload, failure(Code.ALREADY_REGISTERED, registration_id=taken.existing))
    return taken.existing
