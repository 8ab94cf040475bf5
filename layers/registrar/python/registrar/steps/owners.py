"""The owner of a certificate and the holder of its key: decrypt what the phone sealed and what the bank stores,
compare, and keep neither."""

from dataclasses import dataclass

from registrar.aws.keys import CustomerSecrets, SealingKeys
from registrar.aws.tables.customers import Customers
from registrar.domain.possession.proofs import Proof
from registrar.domain.possession.signature import check_possession
from registrar.domain.possession.vid import check_owner, read_random_number
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.registrations.upload import AwaitingProof


@dataclass(frozen=True, slots=True)
class Owners:
    """Customers, the key under which the bank keeps their identification numbers, and the sealing keys."""

    customers: Customers
    secrets: CustomerSecrets
    sealing_keys: SealingKeys

    def check(self, customer_id: str, der: bytes, random_number: bytes | None) -> None:
        """Check that the certificate `der` was issued to the customer. Raises Refusal (OWNER_…).

        The number is decrypted only when there is an R to compare it with.
        """
        if random_number is None:
            raise Refusal(Code.OWNER_UNVERIFIABLE)
        customer = self.customers.find(customer_id)
        if customer is None or customer.idn_ciphertext is None:
            raise Refusal(Code.OWNER_UNVERIFIABLE)
        idn = self.secrets.open(customer_id, customer.idn_ciphertext).decode()
        check_owner(der, idn, random_number)

    def check_proof(self, upload: AwaitingProof, text: str, proof: Proof) -> None:
        """Check possession, then ownership: R alone could be replayed, so it counts only with a fresh signature.

        Raises PossessionProofInvalid, SealedSecretInvalid, and Refusal (OWNER_…).
        """
        check_possession(upload.der, text, proof)
        self.check(upload.customer_id, upload.der, self._random_number(upload, proof))

    def _random_number(self, upload: AwaitingProof, proof: Proof) -> bytes | None:
        if proof.random_number is None:
            return None
        secret = self.sealing_keys.unseal(proof.random_number, upload.id, upload.nonce)
        try:
            return read_random_number(secret)
        except ValueError:
            raise Refusal(Code.OWNER_UNVERIFIABLE) from None
