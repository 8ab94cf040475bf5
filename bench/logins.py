"""The cost of a login relative to its one Argon2id hash, and whether its time reveals which customers exist.

The deployed handler runs unchanged, with botocore's own work (serialising, signing, parsing) and DynamoDB's
responses from memory, so that the figures contain neither a network nor an emulator.
"""

import base64
import io
import itertools
import json
import os
import statistics
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from bench.clock import processor, spread, times
from bench.report import Row
from registrar.aws.tables import customers as customer_store
from registrar.domain.access.passwords import hash_password, verify_password
from registrar.entry.log import logger
from tests.support.account import an_account
from tests.support.app import App
from tests.support.rows import PASSWORD, a_customer

GROUP = "A login beside its one Argon2id hash (19 MiB, 2 rounds)"
ROUNDS = 150
BINS = 8
CONTEXT = SimpleNamespace(function_name="registrar-login")


def rows(rounds: int = ROUNDS) -> Iterator[Row]:
    """CPU of the handler without its hash ÷ the hash; overlap of the times of three refused logins."""
    with an_account() as account:
        app = App(account)
        login = account.function("login")
        good = app.event("POST", "/login", {"customer_id": "hong", "password": PASSWORD})
        events = {
            name: app.event("POST", "/login", {"customer_id": name, "password": password})
            for name, password in (("hong", "wrong"), ("nobody", "wrong"), ("locked", PASSWORD))
        }
        environment = account.environment("login")
    endpoint = login.accounts.client._endpoint  # noqa: SLF001
    stored = hash_password(PASSWORD)
    real = endpoint.http_session
    endpoint.http_session = _Answers(stored)
    before = logger.registered_handler.setStream(io.StringIO())  # type: ignore[attr-defined]
    handle: Callable[[Any, Any], Any] = login.lambda_handler
    try:
        with patch.dict(os.environ, environment):
            assert handle(good, CONTEXT)["statusCode"] == 200
            assert {handle(event, CONTEXT)["statusCode"] for event in events.values()} == {401}
            calls = {"login": lambda: handle(good, CONTEXT), "hash": lambda: verify_password(PASSWORD, stored)}
            took = times({name: processor(call) for name, call in calls.items()}, rounds)
            refusals = {name: processor(partial(handle, event, CONTEXT)) for name, event in events.items()}
            refused = times(refusals, rounds)
    finally:
        endpoint.http_session = real
        logger.registered_handler.setStream(before)  # type: ignore[attr-defined]
    shares = [whole / hashed - 1 for whole, hashed in zip(took["login"], took["hash"], strict=True)]
    yield Row(GROUP, "CPU of `login` without its hash ÷ the hash", spread(shares), 0.25)
    for who, customer in (("unknown customer", "nobody"), ("locked account", "locked")):
        name = f"overlap of the times: {who}, wrong password"
        same = overlap(refused[customer], refused["hong"])
        yield Row(GROUP, name, same, None, "", "1: the same distribution", at_least=0.75)


def overlap(one: list[float], other: list[float]) -> float:
    """The overlapping coefficient of two samples, over bins that hold equal parts of both together."""
    edges = statistics.quantiles(one + other, n=BINS)
    return sum(min(_share(one, *each), _share(other, *each)) for each in _bins(edges))


def _bins(edges: list[float]) -> list[tuple[float, float]]:
    ends = [float("-inf"), *edges, float("inf")]
    return list(itertools.pairwise(ends))


def _share(sample: list[float], low: float, high: float) -> float:
    return sum(low < value <= high for value in sample) / len(sample)


class _Answers:
    """DynamoDB as the login handler sees it: `hong` and `locked` exist, and no attempts are counted yet."""

    def __init__(self, password_hash: str) -> None:
        known = [a_customer(name, password_hash=password_hash) for name in ("hong", "locked")]
        self.items = {each.id: _wire(customer_store.to_item(each)) for each in known}

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
