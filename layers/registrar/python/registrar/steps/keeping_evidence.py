"""Keeping the evidence of a signature: the package in its bucket, and the receipt that names it, signed."""

import hashlib
from dataclasses import dataclass, replace

from registrar.aws.buckets.evidence_bucket import EvidenceBucket
from registrar.aws.receipt_key import ReceiptKey
from registrar.domain.evidence.package import build_package
from registrar.domain.signing.completion import Completion
from registrar.domain.signing.receipts import receipt_of
from registrar.domain.signing.signature_request import Completed


@dataclass(frozen=True, slots=True)
class Evidence:
    """The bucket of evidence, and the key that signs receipts. One call each."""

    bucket: EvidenceBucket
    key: ReceiptKey
    bank: str

    def keep(self, completion: Completion) -> Completed:
        """Write the evidence durably, then sign the receipt."""
        request = completion.request
        package = build_package(completion, self.bank)
        self.bucket.keep(request.id, package)
        completed = Completed(
            registration_id=completion.registration.id,
            fingerprint=completion.registration.fingerprint,
            evidence_sha256=hashlib.sha256(package).hexdigest(),
            receipt_key_id=self.key.key_id,
            receipt_signature=b"",
        )
        receipt = receipt_of(request, completed, completion.signed_at, self.bank)
        return replace(completed, receipt_signature=self.key.sign(receipt.to_sign(self.key.key_id)))
