"""What an upload's registration depends on, in one read: what is known of the certificate's revocation, the
customer, and what stands in the way."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from registrar.aws import dynamo
from registrar.aws.tables import customers
from registrar.aws.tables.issuers import Known, known_in, known_keys
from registrar.aws.tables.registrations import Found, Registrations
from registrar.domain.access.customer import Customer
from registrar.domain.registrations.upload import AwaitingProof
from registrar.domain.revocation.distribution_points import Point


@dataclass(frozen=True, slots=True)
class BeforeRegistering:
    """What was read; `obstacles` are for Registrations.check_obstacles, which says why after the proof only."""

    known: Known
    customer: Customer | None
    obstacles: Sequence[Found]


@dataclass(frozen=True, slots=True)
class RegisteringReads:
    """The tables of registrations, customers and issuers."""

    client: Any
    registrations: Registrations
    customers: str
    issuers: str

    def find(
        self, upload: AwaitingProof, serial: int, older_key_ids: Collection[str], points: Iterable[Point]
    ) -> BeforeRegistering:
        """Read all of it, strongly consistent. Lists at `points` may name the certificate, whose serial number and
        older key ids these are."""
        summary = upload.summary
        obstacles = self.registrations.obstacle_keys(
            upload.customer_id, summary.fingerprint, summary.key_digest, older_key_ids
        )
        known = known_keys([(summary.issuer_key_digest, serial)], points)
        keys = [*obstacles, (self.customers, customers.key_of(upload.customer_id))]
        keys += [(self.issuers, key) for key in known]
        found = list(dynamo.get_from(self.client, keys))
        customer = [item for table, item in found if table == self.customers]
        return BeforeRegistering(
            known_in(item for table, item in found if table == self.issuers),
            customers.from_item(customer[0]) if customer else None,
            [(table, item) for table, item in found if table not in (self.customers, self.issuers)],
        )
