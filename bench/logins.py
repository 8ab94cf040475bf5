"""The cost of a login relative to its one Argon2id hash, and whether its time reveals which customers exist.

The deployed handler runs unchanged, with botocore's own work (serialising, signing, parsing) and DynamoDB's
responses from memory, so that the figures contain neither a network nor an emulator.
"""

import base64
import io
import itertools
import json
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from bench.report import Row
from registrar.aws.tables import customers as customer_store
from registrar.domain.access.passwords import verify_password
from registrar.entry.log import logger
from tests.support.account import an_account
from tests.support.app import App
from tests.support.rows import PASSWORD, a_customer

GROUP = "A login beside its one Argon2id hash (19 MiB, 2 rounds)"
ROUNDS = 150
BINS = 8
CONTEXT = SimpleNamespace(function_name="registrar-login")


def rows() -> Iterator[Row]:
    """CPU of the handler without its hash ÷ the hash; overlap of the times of three refused logins."""
    with an_account() as account:
        app = App(account)
        login = account.function("login")
        good = app.event("POST", "/login", {"customer_id": "hong", "password": PASSWORD})
        events = {
            name: app.event("POST", "/login", {"customer_id": name, "password": password})
            for name, password in (("hong", "wrong"), ("nobody", "wrong"), ("locked", PASSWORD))
        }
    endpoint = login.accounts.client._endpoint  # noqa: SLF001
    stored = a_customer().password_hash
    real = endpoint.http_session
    endpoint.http_session = _Answers()
    before = logger.registered_handler.setStream(io.StringIO())  # type: ignore[attr-defined]
    try:
        handle: Callable[[Any, Any], Any] = login.lambda_handler
        assert handle(good, CONTEXT)["statusCode"] == 200
        assert {handle(event, CONTEXT)["statusCode"] for event in events.values()} == {401}
        whole, hashed = _by_turns(lambda: handle(good, CONTEXT), lambda: verify_password(PASSWORD, stored))
        share = statistics.median((a - b) / b for a, b in zip(whole, hashed, strict=True))
        yield Row(GROUP, "CPU of `login` without its hash ÷ the hash", share, 0.25)
        times = _by_turns(*(lambda event=event: handle(event, CONTEXT) for event in events.values()))
    finally:
        endpoint.http_session = real
        logger.registered_handler.setStream(before)  # type: ignore[attr-defined]
    wrong, unknown, locked = times
    for who, found in (("unknown customer", unknown), ("locked account", locked)):
        name = f"overlap of the times: {who}, wrong password"
        yield Row(GROUP, name, overlap(found, wrong), None, "", "1: the same distribution", at_least=0.75)


def overlap(one: list[float], other: list[float]) -> float:
    """The overlapping coefficient of two samples, over bins that hold equal parts of both together."""
    edges = statistics.quantiles(one + other, n=BINS)
    return sum(min(_share(one, *each), _share(other, *each)) for each in _bins(edges))


def _bins(edges: list[float]) -> list[tuple[float, float]]:
    ends = [float("-inf"), *edges, float("inf")]
    return list(itertools.pairwise(ends))


def _share(sample: list[float], low: float, high: float) -> float:
    return sum(low < value <= high for value in sample) / len(sample)


def _by_turns(*calls: Callable[[], object]) -> list[list[float]]:
    """CPU seconds of each call, round by round; the first rounds do not count."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS + 5):
        for taken, call in zip(times, calls, strict=True):
            start = time.process_time()
            call()
            taken.append(time.process_time() - start)
    return [taken[5:] for taken in times]


class _Answers:
    """DynamoDB as the login handler sees it: `hong` and `locked` exist, and no attempts are counted yet."""

    def __init__(self) -> None:
        known = ("hong", "locked")
        self.items = {name: _wire(customer_store.to_item(a_customer(name))) for name in known}

    def send(self, request: Any) -> AWSResponse:
        """The response to one call, as bytes."""
        body = json.dumps(self._answer(json.loads(request.body))).encode()
        return AWSResponse(request.url, 200, HTTPHeaders(), SimpleNamespace(stream=lambda **_: [body]))

    def _answer(self, call: Mapping[str, Any]) -> dict[str, Any]:
        if "UpdateExpression" in call:
            return {"Attributes": {"attempts": {"N": "1"}, "last_ms": {"N": "1"}}}
        if "KeyConditionExpression" in call:
            return {"Items": [], "Count": 0}  # no certificate is registered
        return {
            "Responses": {table: self._found(each["Keys"]) for table, each in call.get("RequestItems", {}).items()}
        }

    def _found(self, keys: Any) -> list[dict[str, Any]]:
        """A customer's row, or the session's of one who is locked out."""
        ((name, value),) = keys[0].items()
        if name == "customer_id":
            locked = {"customer_id": {"S": "locked"}, "locked_at": {"S": "2026-11-23T03:00:00Z"}}
            return [locked] if value["S"] == "locked" else []
        return [self.items[value["S"]]] if value["S"] in self.items else []


def _wire(item: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """An item as DynamoDB's JSON: bytes in base64."""
    return {
        name: {"B": base64.b64encode(value["B"]).decode()} if "B" in value else dict(value)
        for name, value in item.items()
    }
