"""A phone that repeats requests by the SDK's rule (web/sdk/src/client/requests.ts), and counts every refusal."""

from collections import Counter
from dataclasses import dataclass, field
from time import sleep
from typing import Any

from tools.cloud.http_calls import HttpResponse
from tools.demo.phone import Phone

MOST_TRIES = 4
LONGEST_WAIT = 30
"""Seconds that one call may wait in all."""
PLATFORM_PAUSE = 1
"""Seconds before a request that met the emulator's limit of functions at once is repeated.

API Gateway answers such a request with a problem document of the template. The emulator does not: by our SDK's
rule it would end here.
"""
FUNCTION_LATE = "502 function timed out"
"""What the emulator makes of a function that does not end in time."""
PLATFORM_FULL = "429 TooManyRequestsException"


@dataclass
class RepeatingPhone(Phone):
    """Repeats a refusal that is `retryable` after its `Retry-After`, a few times at most."""

    refused: Counter[str] = field(default_factory=Counter)
    """Every response that was no success, by status and code, those that were repeated included."""
    most_tries: int = 0
    """The most requests that one call sent."""

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Send a request until it succeeds or the rule ends; returns the last response."""
        left = LONGEST_WAIT
        tries = 0
        while True:
            tries += 1
            self.most_tries = max(self.most_tries, tries)
            response = super().call(method, path, body, **headers)
            if response.status < 300:
                return response
            self.refused[name_of(response)] += 1
            wait = wait_before_repeating(response)
            if wait is None or wait > left or tries == MOST_TRIES:
                return response
            left -= wait
            sleep(wait)


def name_of(response: HttpResponse) -> str:
    """Status and reason of a refusal: the code of a problem document, else what the platform wrote."""
    if "json" not in response.headers.get("content-type", ""):
        return f"{response.status} without a document"
    if b"Sandbox.Timedout" in response.body:
        return FUNCTION_LATE
    document = response.json()
    known = ("code", "__type", "errorType", "message")
    return f"{response.status} {next((document[name] for name in known if name in document), 'unknown')}"


def wait_before_repeating(response: HttpResponse) -> int | None:
    """Seconds after which the refusal may be repeated, or None."""
    if name_of(response) == PLATFORM_FULL:
        return PLATFORM_PAUSE
    if not response.headers.get("content-type", "").startswith("application/problem+json"):
        return None
    seconds = response.headers.get("retry-after", "")
    return int(seconds) if response.json()["retryable"] and seconds.isdigit() else None
