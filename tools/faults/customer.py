"""A customer who meets a fault: repeats a step, or begins again, as the response's next action says.

A response that is neither a success nor a problem document of the catalogue, or that asks for what nobody who did
everything right can do, is a fault of the service.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from registrar.domain.access.challenge import CHALLENGE_LIFE
from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.reason import NextAction
from tests.support.expect import problem, refused_by_the_gateway
from tools.cloud.http_calls import HttpResponse
from tools.demo.phone import Phone
from tools.pki.authorities import CustomerCertificate

TRIES = 7
"""How often a step is tried, and begun again, until the customer gives up: an outage makes some refuse and wait."""
MINUTE = 60
CHALLENGE_SECONDS = CHALLENGE_LIFE.total_seconds()
MOST_PAUSE = 1.0
"""Seconds between two tries at most: the fault does not last."""
AGAIN = frozenset(
    {NextAction.LOGIN, NextAction.STEP_UP, NextAction.NEW_CODE, NextAction.RESTART, NextAction.SIGN_AGAIN}
)
_OF_ENDED_FUNCTION = (502, b"Task timed out")
_T = TypeVar("_T")


class Broken(Exception):
    """An invariant does not hold."""


class BeginAgain(Exception):
    """The response says that the customer begins this part again."""

    def __init__(self, document: dict[str, Any]) -> None:
        super().__init__(f"{document['code']}: {document['next_action']}")


@dataclass
class FaultyDay:
    """A customer's phone, with what the customer saw; `secrets` are what no log may contain."""

    phone: Phone
    pass_minute: Callable[[], None]
    """Makes a limit on calls in a minute pass."""
    certificates: list[CustomerCertificate] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    """The codes of the problems that came, in their order."""
    facts: dict[str, Any] = field(default_factory=dict)
    """What a later part of a scenario needs from an earlier one."""
    secrets: set[bytes] = field(default_factory=set)

    def step(self, call: Callable[[], HttpResponse], *, also: frozenset[str] = frozenset()) -> HttpResponse:
        """Make a call until it succeeds, or is refused with one of the codes `also`.

        Raises BeginAgain where that is what the response says, Broken.
        """
        for _ in range(TRIES):
            answer = call()
            if answer.status < 300:
                return answer
            document = checked(answer)
            self.codes.append(document["code"])
            if document["code"] in also:
                return answer
            action = document["next_action"]
            if action in (NextAction.WAIT, NextAction.WAIT_NOTICE):
                wait = float(answer.headers.get("retry-after", 1))
                if document["code"] == Code.RATE_LIMITED:
                    if MINUTE < wait <= CHALLENGE_SECONDS:
                        raise BeginAgain(document)  # the challenge, whose codes are used up, has ended by then
                    self.pass_minute()
                time.sleep(min(wait, MOST_PAUSE))
            elif action in AGAIN:
                raise BeginAgain(document)
            else:
                raise Broken(f"refused although nothing was wrong: {document['code']} ({action})")
        raise Broken(f"refused {TRIES} times in a row: {', '.join(self.codes)}")

    def refused(self, call: Callable[[], HttpResponse], code: Code) -> None:
        """Make a call that is to be refused with this code. Raises BeginAgain, Broken."""
        answer = self.step(call, also=frozenset({code}))
        if answer.status < 300:
            raise Broken(f"accepted, and {code} was due")

    def replace_secret(self, totp_secret: bytes) -> None:
        """The customer has a new authenticator app."""
        self.phone.customer = replace(self.phone.customer, totp_secret=totp_secret)

    def part(self, act: Callable[[], _T]) -> _T:
        """A part of a scenario, begun again where a response says so."""
        for _ in range(TRIES):
            try:
                return act()
            except BeginAgain:
                continue
        raise Broken(f"begun {TRIES} times and never finished: {', '.join(self.codes)}")


def checked(answer: HttpResponse) -> dict[str, Any]:
    """The problem document of a refusal. Raises Broken where it is none of the catalogue."""
    if answer.status == _OF_ENDED_FUNCTION[0] and _OF_ENDED_FUNCTION[1] in answer.body:
        # The emulator ignores the template's response for it (DEFAULT_5XX), which tests/template/test_api.py reads.
        return {"code": Code.SYSTEM_RETRY, "next_action": CATALOGUE[Code.SYSTEM_RETRY].next_action}
    try:
        document: dict[str, Any] = answer.json()
        if "detail" in document:
            return problem(answer)
        refused_by_the_gateway(answer, document["code"])
    except (AssertionError, ValueError, KeyError, TypeError) as wrong:
        body = answer.body[:300].decode(errors="replace")
        raise Broken(f"no problem document: {answer.status} {body} ({wrong!r:.200})") from wrong
    return {**document, "next_action": CATALOGUE[Code(document["code"])].next_action}
