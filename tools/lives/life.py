"""One customer's life: what they have, what they were told, and what therefore has to be true."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tools.cloud.http_calls import HttpResponse
from tools.cloud.relying import RelyingClient
from tools.lives.app import GaveUp, PatientPhone, patiently, problem_of
from tools.lives.ledger import Ledger, Violation, fingerprint_of
from tools.pki.authorities import CustomerCertificate, DemoPki, one_year_from

ACTIVE, SUSPENDED, ENDED = "ACTIVE", "SUSPENDED", ("DEREGISTERED", "SUPERSEDED")
A_MONTH = timedelta(days=30)


@dataclass
class World:
    """What all lives share. `transfers` gives a client of the relying service, anew after a restart."""

    pki: DemoPki
    ledger: Ledger
    shared: list[CustomerCertificate]
    """Certificates that several customers have files of."""
    transfers: Callable[[], RelyingClient]
    """A client with the relying service's credentials, which a restart of the local cloud ends."""

    def new_certificate(self, rng: random.Random, **arguments: Any) -> CustomerCertificate:
        """A good certificate, with a new key unless `arguments` of `issue_customer` say otherwise."""
        first, last = one_year_from(datetime.now(UTC))
        operator = rng.choice(sorted(self.pki.issuers))
        usual: dict[str, Any] = {
            "not_before": first - A_MONTH,
            "not_after": last,
            "key": "ec",
            "operator": operator,
        }
        return self.pki.issue_customer(**(usual | arguments))

    def renewed(self, rng: random.Random, old: CustomerCertificate) -> CustomerCertificate:
        """A certificate of the same issuer and key, issued a minute after `old`."""
        issuers = self.pki.issuers.items()
        (operator,) = [name for name, ca in issuers if ca.certificate.subject == old.certificate.issuer]
        later = old.certificate.not_valid_before_utc + timedelta(minutes=1)
        return self.new_certificate(rng, key=old.key, operator=operator, not_before=later)

    def request_signature(self, body: dict[str, Any], key: str) -> str:
        """The relying service asks a customer to sign; returns the request's id. Raises GaveUp."""
        response = patiently(
            lambda: self.transfers().call("POST", "/signature-requests", body, Idempotency_Key=key)
        )
        if response.status not in (200, 201):
            raise Violation(f"no signature request: {response.status} {response.body.decode(errors='replace')}")
        return str(response.json()["request_id"])

    def check_request(self, customer_id: str, request_id: str, state: str) -> None:
        """The relying service reads the result that the customer was told. Raises Violation, GaveUp."""
        path = f"/customers/{customer_id}/signature-requests/{request_id}"
        response = patiently(lambda: self.transfers().call("GET", path))
        found = response.json()
        if found.get("state") != state or bool(found.get("receipt")) != (state == "COMPLETED"):
            raise Violation(f"request {request_id} is not {state}: {response.status} {found}")


@dataclass
class Held:
    """A registration, as the customer was last told."""

    id: str
    certificate: CustomerCertificate
    status: str = ACTIVE


@dataclass
class Pending:
    """An upload in progress; `files` are what was sent, `replaces` the registration that it renews."""

    upload_id: str
    certificate: CustomerCertificate | None
    password: str | None = None
    replaces: Held | None = None
    look_at: float = 0
    """By the monotonic clock: when the customer looks at it again."""


@dataclass
class Life:
    """A customer and their phone. One thread drives it."""

    phone: PatientPhone
    world: World
    rng: random.Random
    own: list[CustomerCertificate] = field(default_factory=list)
    registrations: dict[str, Held] = field(default_factory=dict)
    pending: Pending | None = None
    steps: int = 0
    uploads: int = 0
    history: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The customer's id."""
        return self.phone.customer.id

    @property
    def is_ready(self) -> bool:
        """Whether the customer does something now, rather than wait for a decision."""
        return self.pending is None or time.monotonic() >= self.pending.look_at

    def note(self, what: str) -> None:
        """Write down what happened."""
        self.history.append(f"{datetime.now(UTC):%H:%M:%S.%f} {what}")

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Call as a logged-in customer; log in again where the session ended."""
        response = self.phone.call(method, path, body, **headers)
        if response.status == 401 and problem_of(response).get("next_action") == "LOGIN":
            self.log_in()
            response = self.phone.call(method, path, body, **headers)
        return response

    def log_in(self) -> None:
        """Log in with password and second factor. Raises Violation where it is refused."""
        self.expect(self.phone.log_in(), 200)

    def be_logged_in(self) -> None:
        """Log in unless there is a session. Raises Violation where it is refused."""
        if self.phone.token is None:
            self.log_in()

    def prove(self, operation: str, object_id: str | None = None) -> str:
        """A fresh proof of identity. Raises Violation where it is refused."""
        self.be_logged_in()
        response = self.phone.step_up(operation, object_id)
        if response.status == 401 and problem_of(response).get("next_action") == "LOGIN":
            self.log_in()
            response = self.phone.step_up(operation, object_id)
        return str(self.expect(response, 200)["proof_id"])

    def expect(self, response: HttpResponse, *statuses: int) -> dict[str, Any]:
        """The body of a response that has one of these statuses. Raises Violation."""
        if response.status not in statuses:
            raise Violation(f"not {statuses}, but {response.status}: {response.body.decode(errors='replace')}")
        body: dict[str, Any] = response.json() if response.body else {}
        return body

    def of_status(self, *statuses: str) -> list[Held]:
        """The registrations that the customer believes to have one of these statuses."""
        return [held for held in self.registrations.values() if held.status in statuses]

    def told(self, view: dict[str, Any], status: str) -> None:
        """The service returned a registration: it has to be as the customer's steps make it."""
        if view["status"] != status or view["usable"] != (status == ACTIVE):
            raise Violation(f"{view['registration_id']} is not {status}, but {view['status']}, {view['usable']}")
        self.registrations[view["registration_id"]].status = status

    def registered(self, view: dict[str, Any], certificate: CustomerCertificate) -> Held:
        """The service returned what it registered."""
        if view["certificate"]["fingerprint"] != fingerprint_of(certificate):
            raise Violation(f"{view['registration_id']} is of another certificate")
        self.world.ledger.won(certificate, self.id)
        held = self.registrations.setdefault(view["registration_id"], Held(view["registration_id"], certificate))
        self.told(view, held.status)
        return held

    def check_list(self) -> None:
        """The service lists exactly the customer's registrations, each as it has to be. Raises Violation."""
        listed = self.expect(self.call("GET", "/registrations"), 200)["registrations"]
        found = {each["registration_id"]: each["status"] for each in listed}
        expected = {held.id: held.status for held in self.registrations.values()}
        if found != expected:
            raise Violation(f"listed {found}, not {expected}")

    def step(self) -> None:
        """Do the next thing. Raises Violation with the history."""
        from tools.lives.steps import choose  # the steps act on lives

        name, act = choose(self)
        self.steps += 1
        self.world.ledger.count(f"step {name}")
        try:
            self.note(f"{name}: {act(self)}")
        except (Violation, GaveUp) as wrong:
            self.note(f"{name}: {wrong}")
            raise Violation(f"{self.id}: {name}: {wrong}\n  " + "\n  ".join(self.history)) from wrong
