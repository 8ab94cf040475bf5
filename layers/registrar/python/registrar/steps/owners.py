"""The owner of a certificate and the holder of its key: decrypt what the phone sealed and what the bank stores,
compare, and keep neither."""

from dataclasses import dataclass, field

from registrar.aws.keys import CustomerSecrets, SealingKeys
from registrar.domain.access.customer import Customer
from registrar.domain.possession.proofs import Proof
from registrar.domain.possession.vid import check_owner, read_random_number
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal, SealedSecretInvalid
from registrar.domain.registrations.upload import AwaitingProof


@dataclass(frozen=True, slots=True)
class Claim:
    """Decrypted, in memory only: the customer's number at the bank, and the R that is said to belong to it.

    One that is missing is None. `malformed` is set where R was not sealed for this upload.
    """

    idn: str | None = field(repr=False)
    random_number: bytes | None = field(repr=False)
    malformed: SealedSecretInvalid | None = None

    def check(self, der: bytes) -> None:
        """Check that the certificate `der` was issued to the customer.

        Raises SealedSecretInvalid, and Refusal (OWNER_…).
        """
        if self.malformed is not None:
            raise self.malformed
        if self.idn is None:
            raise Refusal(Code.OWNER_UNVERIFIABLE)
        check_owner(der, self.idn, self.random_number)


@dataclass(frozen=True, slots=True)
class Owners:
    """The key under which the bank keeps customers' identification numbers, and the sealing keys."""

    secrets: CustomerSecrets
    sealing_keys: SealingKeys

    def check(self, customer: Customer | None, der: bytes, random_number: bytes | None) -> None:
        """Check that the certificate `der` was issued to the customer. Raises Refusal (OWNER_…)."""
        self._claim(customer, random_number).check(der)

    def claim_of(self, customer: Customer | None, upload: AwaitingProof, proof: Proof) -> Claim:
        """Decrypt what the owner is checked by, once the signature of `proof` was."""
        if proof.random_number is None:
            return Claim(None, None)
        try:
            secret = self.sealing_keys.unseal(proof.random_number, upload.id, upload.nonce)
            random_number = read_random_number(secret)
        except SealedSecretInvalid as malformed:
            return Claim(None, None, malformed)
        except ValueError:
            return Claim(None, None)
        return self._claim(customer, random_number)

    def _claim(self, customer: Customer | None, random_number: bytes | None) -> Claim:
        """The number is decrypted only when there is an R to compare it with."""
        if random_number is None:
            return Claim(None, None)
        if customer is None or customer.idn_ciphertext is None:
            return Claim(None, random_number)
        return Claim(self.secrets.open(customer.id, customer.idn_ciphertext).decode(), random_number)
