"""Changing a customer's credentials: every change uses up a proof of identity that is strong enough for it.

proof, customer = credentials.authorised(proof_id, customer_id, Operation.ENROL, "passkey", now)
notices.send(Kind.PASSKEY_ADDED, ...)                     # no change without its notice
credentials.change(replace(customer, passkeys=...), proof, "passkey", now)
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registrar.aws import dynamo
from registrar.aws.queues.queue import Queue
from registrar.aws.tables.challenges import Challenges
from registrar.aws.tables.customers import Customers
from registrar.domain.access.challenge import Challenge, Operation
from registrar.domain.access.credentials import may_change
from registrar.domain.access.customer import Customer, strength_kept_until
from registrar.domain.notices.notice import delayed_change_notice
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import ConditionFailed, Refusal


@dataclass(frozen=True, slots=True)
class Credentials:
    """Customers, the proofs of identity that allow them to change their credentials, and the notice queue."""

    client: Any
    customers: Customers
    challenges: Challenges
    notices: Queue

    def of(self, customer_id: str, now: datetime) -> Customer:
        """The customer as they are now. Raises Refusal (AUTH_REQUIRED) for a former customer."""
        customer = self.customers.find(customer_id)
        if customer is None:
            raise Refusal(Code.AUTH_REQUIRED)
        return customer.as_of(now)

    def authorised(
        self, proof_id: str, customer_id: str, operation: Operation, object_id: str, kind: str, now: datetime
    ) -> tuple[Challenge, Customer]:
        """A fresh proof for this operation and object, strong enough to change a `kind`, and the customer.

        Raises Refusal: STEP_UP_REQUIRED without such a proof, STEP_UP_TOO_WEAK where its method is not enough,
        CREDENTIAL_CHANGE_DELAYED where it will be, a while after the customer lost a stronger one.
        """
        proof = self.challenges.find(proof_id)
        if proof is None or not proof.authorises(customer_id, operation, object_id, now) or proof.method is None:
            raise Refusal(Code.STEP_UP_REQUIRED)
        customer = self.of(customer_id, now)
        # The methods at the time of the challenge, and those that the customer has added since.
        methods = {*proof.methods, *customer.methods}
        if not may_change(kind, proof.method, methods, recovered=_recovered(customer, now)):
            raise Refusal(Code.STEP_UP_TOO_WEAK)
        kept_until = strength_kept_until(customer, proof.method, proof.strong_lost_at, now)
        lost = {*methods, "certificate"}
        if kept_until and not may_change(kind, proof.method, lost, recovered=_recovered(customer, now)):
            self.notices.try_send(delayed_change_notice(customer_id, proof.id, kept_until).message)
            if may_change(kind, proof.method, methods, recovered=_recovered(customer, kept_until)):
                raise Refusal(Code.CREDENTIAL_CHANGE_DELAYED, again_at=kept_until)
            raise Refusal(Code.STEP_UP_TOO_WEAK)  # the week after the recovery will have passed
        return proof, customer

    def change(self, customer: Customer, proof: Challenge, used_for: str, now: datetime) -> None:
        """Write the customer and use the proof up, both or neither.

        Raises Refusal (STEP_UP_REQUIRED) where the proof was used meanwhile, ConditionFailed where the customer
        changed.
        """
        use = self.challenges.use(proof.id, customer.id, proof.operation, proof.object_id, used_for, now)
        try:
            dynamo.transact(self.client, [use, self.customers.change(customer)])
        except ConditionFailed as failed:
            if failed.items[0] is not None:
                raise Refusal(Code.STEP_UP_REQUIRED) from None
            raise


def _recovered(customer: Customer, at: datetime) -> bool:
    return customer.recovery is not None and customer.recovery.allows_enrolment(at)
