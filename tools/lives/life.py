"""One customer's life: what they have, what they were told, and what therefore has to be true."""

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tools.cloud.http_calls import HttpResponse
from tools.cloud.local_cloud import LocalCloud
from tools.cloud.relying import RelyingClient, client_of
from tools.lives.app import CodeNotYet, GaveUp, PatientPhone, patiently, problem_of
from tools.lives.ledger import Ledger, Violation, fingerprint_of
from tools.pki.authorities import CustomerCertificate, DemoPki, one_year_from

ACTIVE = "ACTIVE"
SUSPENDED = "SUSPENDED"
_EVENTS = {
    (ACTIVE, SUSPENDED): "HoldAdded",
    (SUSPENDED, ACTIVE): "HoldLifted",
    **{(old, "DEREGISTERED"): "Deregistered" for old in (ACTIVE, SUSPENDED)},
    **{(old, "SUPERSEDED"): "Superseded" for old in (ACTIVE, SUSPENDED)},
}
MOST_REFUSED_CODES = 12
A_MONTH = timedelta(days=30)


@dataclass
class World:
    """What all lives share. `transfers` gives a client of the relying service, anew after a restart."""

    pki: DemoPki
    ledger: Ledger
    shared: list[CustomerCertificate]
    """Certificates that several customers have files of."""
    transfers: RelyingClient

    def log_in_service(self, cloud: LocalCloud) -> None:
        """Assume the relying service's role again: a restart of the local cloud ends such sessions."""
        self.transfers = client_of(cloud, "transfers")

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
        response = patiently(lambda: self.transfers.call("POST", "/signature-requests", body, Idempotency_Key=key))
        if response.status not in (200, 201):
            raise Violation(f"no signature request: {response.status} {response.body.decode(errors='replace')}")
        return str(response.json()["request_id"])

    def check_request(self, customer_id: str, request_id: str, state: str) -> None:
        """The relying service reads the result that the customer was told. Raises Violation, GaveUp."""
        path = f"/customers/{customer_id}/signature-requests/{request_id}"
        response = patiently(lambda: self.transfers.call("GET", path))
        found = response.json()
        if found.get("state") != state or bool(found.get("receipt")) != (state == "COMPLETED"):
            raise Violation(f"request {request_id} is not {state}: {response.status} {found}")


@dataclass
class Held:
    """A registration, as the customer was last told."""

    id: str
    certificate: CustomerCertificate
    status: str = ACTIVE
    changes: Counter[str] = field(default_factory=lambda: Counter(["RegistrationActivated"]))
    """The events that have to tell of it, by type."""

    def become(self, status: str) -> None:
        """The customer's step led to this status, or found it."""
        if status != self.status:
            self.changes[_EVENTS[self.status, status]] += 1
            self.status = status


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
    wait_until: float = 0
    """By the monotonic clock: when the customer tries a code again."""
    codes_refused: int = 0
    steps: int = 0
    upload_ids: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set, repr=False)
    history: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The customer's id."""
        return self.phone.customer.id

    @property
    def is_ready(self) -> bool:
        """Whether the customer does something now, rather than wait for a decision."""
        return time.monotonic() >= max(self.wait_until, self.pending.look_at if self.pending else 0)

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
        """Log in with password and second factor. Raises Violation where it is refused, CodeNotYet."""
        self.expect(self._unless_code_refused(self.phone.log_in()), 200)

    def _unless_code_refused(self, response: HttpResponse) -> HttpResponse:
        """The response, unless a wrong clock made it refuse a code or a challenge: the customer tries the next one.

        A challenge is refused that seems to be older than the one that the last login used.
        """
        reason = problem_of(response)
        by_clock = ("NEW_CODE",) if self.phone.device else ("RETRY_CODE", "NEW_CODE", "WAIT")
        if reason.get("next_action") in by_clock:
            self.codes_refused += 1
            self.world.ledger.count("codes refused")
            if self.codes_refused > MOST_REFUSED_CODES:
                raise Violation(f"{self.codes_refused} codes were refused in a row: {reason}")
            self.wait_until = time.monotonic() + float(response.headers.get("retry-after", 30))
            raise CodeNotYet
        self.codes_refused = 0
        return response

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
        return str(self.expect(self._unless_code_refused(response), 200)["proof_id"])

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
        self.registrations[view["registration_id"]].become(status)

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
            self.tokens |= {self.phone.token} if self.phone.token else set()
        except (Violation, GaveUp) as wrong:
            self.note(f"{name}: {wrong}")
            raise Violation(f"{self.id}: {name}: {wrong}\n  " + "\n  ".join(self.history)) from wrong
