"""The app on a bad day: it repeats what failed as docs/integrate.md says, and then must get on."""

import http.client
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from registrar.domain.access.totp import STEP_SECONDS
from tools.cloud.http_calls import HttpResponse, post_form
from tools.demo.phone import Phone, code_at

LONGEST_WAIT = 25
"""Seconds; what the service asks to wait for longer than this is shown to the customer, not waited for."""
PATIENCE = 150
"""Seconds after which the app gives up: longer than a restart of the cloud takes on a busy machine."""
_UNANSWERED = (OSError, http.client.HTTPException)
# Their challenge, text or code may be used up: what is repeated is the whole proof of identity.
_SPENT_BY_A_TRY = ("/challenges/", "/login/certificate")


class Unanswered(Exception):
    """No response, or a 5xx: whether the request took effect is unknown."""


class GaveUp(Exception):
    """The app repeated a request until its patience ended."""


class CodeNotYet(Exception):
    """Both codes that the service accepts now are used: the customer does something else meanwhile."""


@dataclass
class PatientPhone(Phone):
    """A phone that repeats; `clock_error` are the seconds by which its clock is fast."""

    clock_error: float = 0
    repeats: int = field(default=0, repr=False)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Send until there is a response that counts. Raises GaveUp, Unanswered where it must not be repeated."""
        deadline = time.monotonic() + PATIENCE
        pause = 0.2
        while True:
            response = self._once(method, path, body, headers)
            if response is not None:
                wait = _wait_for(response)
                if wait is None:
                    return response
                pause = max(pause, wait)
            elif path.startswith(_SPENT_BY_A_TRY):
                raise Unanswered(f"{method} {path}")
            if time.monotonic() + pause > deadline:
                raise GaveUp(f"{method} {path}: {response}")
            self.repeats += 1
            time.sleep(pause)
            pause = min(pause * 2, 5)

    def _once(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> HttpResponse | None:
        try:
            response = super().call(method, path, body, **headers)
        except _UNANSWERED:
            return None
        return None if response.status >= 500 and not _is_refusal(response) else response

    def code(self) -> str:
        """A code not used yet. Raises CodeNotYet instead of waiting."""
        step = int(time.time() + self.clock_error) // STEP_SECONDS
        wanted = max(step, self.last_step + 1)
        if wanted > step + 1:
            raise CodeNotYet
        self.last_step = wanted
        return code_at(self.customer.totp_secret, wanted)

    def log_in(self, operation: str = "register") -> HttpResponse:
        """Log in, with a new challenge where an attempt was lost."""
        return self._anew(lambda: Phone.log_in(self, operation))

    def step_up(self, operation: str, object_id: str | None = None) -> HttpResponse:
        """Prove identity for one operation, with a new challenge where an attempt was lost."""
        return self._anew(lambda: Phone.step_up(self, operation, object_id))

    def log_in_by_certificate(self, certificate: Any) -> HttpResponse:
        """Log in with a registered certificate alone, with a new text where an attempt was lost."""
        return self._anew(lambda: Phone.log_in_by_certificate(self, certificate))

    def send_files(self, announced: HttpResponse, files: Mapping[str, bytes]) -> list[HttpResponse]:
        """Send each file until S3 takes it, or refuses it."""
        return [self._send(form, files[form["name"]]) for form in announced.json()["files"]]

    def _send(self, form: Mapping[str, Any], content: bytes) -> HttpResponse:
        return self._anew(lambda: post_form(form["url"], form["fields"], content))

    def _anew(self, attempt: Callable[[], HttpResponse]) -> HttpResponse:
        def counted() -> None:
            self.repeats += 1

        return patiently(attempt, counted)


def patiently(attempt: Callable[[], HttpResponse], repeats: Callable[[], None] = lambda: None) -> HttpResponse:
    """Repeat `attempt` until it has a response that is no 5xx. Raises GaveUp."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            response = attempt()
            if response.status < 500 or _is_refusal(response):
                return response
            lost: object = response
        except (Unanswered, *_UNANSWERED) as error:
            lost = error
        if time.monotonic() > deadline:
            raise GaveUp(str(lost))
        repeats()
        time.sleep(0.5)


def _is_refusal(response: HttpResponse) -> bool:
    """Whether a 5xx is a reason of the catalogue that the app shows, and not a failure to repeat."""
    problem = problem_of(response)
    return bool(problem) and not problem.get("retryable", True)


def problem_of(response: HttpResponse) -> dict[str, Any]:
    """The problem document, or {} where the response is none."""
    if not response.headers.get("content-type", "").startswith("application/problem+json"):
        return {}
    document: dict[str, Any] = response.json()
    return document


def _wait_for(response: HttpResponse) -> float | None:
    """How long to wait before the same request is sent again; None where the response counts."""
    after = response.headers.get("retry-after")
    if response.status == 429 or problem_of(response).get("retryable"):
        if after is not None and float(after) <= LONGEST_WAIT:
            return float(after)
        return 1.0 if response.status == 429 and after is None else None
    return None
