"""AWS calls and write units from login to registered, itemised per call.

The real handlers run warm against an in-memory account made from template.yaml. Write units are computed from item
sizes by DynamoDB's rules (one per started KB of the larger of the item before and after; twice in a transaction;
index entries separately), since emulators count none.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.report import Row
from bench.units import Item, read_requests, units_of, written
from registrar.aws.buckets.trust_bucket import ACTIVE
from registrar.entry.log import logger
from tests.support.account import Account, an_account
from tests.support.app import Answer, App, put_trust
from tests.support.builders import a_certificate, a_trust_document, an_ec_key
from tests.support.crl_watch import URL, publish
from tests.support.shape import RESOURCES

MOST_UNITS = 28
MOST_LOGIN_UNITS = 8
LOGIN = ("login", "verify_otp")
LOG_KEYS = (
    *("support_ref", "gateway_id", "extended_id", "function", "message_id", "relying_service", "request_id"),
    "execution_id",
)
"""What handlers add to their lines: on Lambda each has a process of its own, and a logger of its own."""


@dataclass(frozen=True)
class Way:
    """Which source states the revocation status, and the limits of AWS calls: owner check aside, and with it."""

    name: str
    order: tuple[str, str]
    most_calls: int
    most_with_owner: int

    @property
    def group(self) -> str:
        """The heading of its rows."""
        return f"From login to registered, status by {self.name}"


WAYS = (
    Way("the issuer's list, whose index is kept", ("crl", "ocsp"), 19, 22),
    Way("the issuer's responder", ("ocsp", "crl"), 22, 25),
)


@dataclass(frozen=True)
class Cost:
    """One AWS call: `units` are write units, index entries included; `aside` marks what is counted by itself.

    `rsa_4096` is whether KMS is asked with a key of that kind, which costs more.
    """

    step: str
    operation: str
    units: int
    aside: bool
    read_units: float = field(default=0, compare=False)
    rsa_4096: bool = field(default=False, compare=False)


def rows() -> Iterator[Row]:
    """For each way to the revocation status: the totals, then every call."""
    for way in WAYS:
        found, authorized = costs(way)
        login = sum(cost.units for cost in found if cost.step in LOGIN)
        authorizer_calls = sum(cost.step == "authorize" for cost in found)
        owner = sum(cost.aside for cost in found)
        group = way.group
        note = "one poll included, owner check aside"
        yield Row(group, "AWS calls", len(found) - owner, way.most_calls, "calls", note)
        yield Row(group, "AWS calls with the owner check", len(found), way.most_with_owner, "calls")
        yield Row(group, "AWS calls of the owner check", owner, None, "calls", "sealed R, the bank's number")
        yield Row(group, "write units", sum(cost.units for cost in found), MOST_UNITS, "units")
        note = "throttles and proof included"
        yield Row(group, "write units from login to session", login, MOST_LOGIN_UNITS, "units", note)
        each = authorizer_calls / authorized
        yield Row(group, "calls of the authorizer, each request", each, 1, "calls", "one strong read")
        for number, cost in enumerate(found, 1):
            note = "owner check" if cost.aside else ""
            yield Row(group, f"{number}. `{cost.step}` {cost.operation}", cost.units, None, "units", note)


def costs(way: Way) -> tuple[list[Cost], int]:
    """Every AWS call from login to registered, in order, and how many requests passed the authorizer.

    All functions are warm: they hold the trust document, the public keys, and what is stored of the issuer's list.
    The bank knows the device, and the customer's last session has expired.
    """
    with an_account() as account:
        app = MeteredApp(account)
        app.enrol()
        document = a_trust_document()
        document["rules"]["revocation"]["order"] = list(way.order)
        put_trust(account, ACTIVE, json.dumps(document).encode())
        publish(account)
        app.log_in()
        app.register(a_certificate(key="ec", crl_url=URL))
        account.pass_time(hours=1)
        app.register(a_certificate(key=an_ec_key(), crl_url=URL))
        account.pass_time(minutes=2)
        for verb in ("validate_upload", "check_revocation"):
            account.function(verb).trust.active(account.at)
        app.meter()
        app.token = app.log_in(operation="register").body["token"]
        registered = app.register(a_certificate(crl_url=URL))
        if registered.status != 201:
            raise RuntimeError(f"not registered: {registered}")
        return app.costs, app.authorized


class MeteredApp(App):
    """An app whose requests pass the authorizer; the AWS calls of all functions are counted.

    Those for a request to the route `aside` are marked.
    """

    def __init__(self, account: Account, aside: str = "/sealing-key") -> None:
        super().__init__(account)
        self._route_aside = aside
        self.costs: list[Cost] = []
        self.token = ""
        self.authorized = 0
        self.requests = 0
        self.invocations: Counter[str] = Counter()
        self._real = account.called
        self._invoke = account.invoke
        self._step: str | None = None
        self._aside = False

    def meter(self) -> None:
        """Start counting calls and requests."""
        self.requests = 0
        self.account.called = self._metered  # type: ignore[method-assign]
        self.account.invoke = self._invoked  # type: ignore[method-assign]

    def send(self, event: Mapping[str, Any]) -> Answer:
        """Send one request, first to the authorizer once there is a session."""
        self._aside = event["resource"] == self._route_aside
        self.requests += 1
        if self.token:
            headers = {"Authorization": f"Bearer {self.token}"}
            self.authorized += 1
            self.account.invoke("authorize", {"methodArn": "arn:bench", "headers": headers})
        return super().send(event)

    def _invoked(self, verb: str, event: Mapping[str, Any]) -> Any:
        self._step = verb
        self.invocations[verb] += 1
        logger.remove_keys(LOG_KEYS)
        try:
            return self._invoke(verb, event)
        finally:
            self._step = None

    def _metered(self, client: Any, operation: str, params: Mapping[str, Any]) -> Any:
        step = self._step
        self._step = None
        if step is None:
            return self._real(client, operation, params)
        keys = list(written(operation, params))
        before = [self._item(table, key) for table, key in keys]
        try:
            return self._real(client, operation, params)
        finally:  # a call for an object that is missing counts too
            factor = 2 if operation == "TransactWriteItems" else 1
            pairs = zip(keys, before, strict=True)
            units = sum(units_of(table, old, self._item(table, key), factor) for (table, key), old in pairs)
            aside = self._aside or (step == "register_certificate" and operation == "Decrypt")
            reads = read_requests(operation, params)
            self.costs.append(Cost(step, operation, units, aside, reads, self._is_rsa_4096(params)))
            self._step = step

    def _is_rsa_4096(self, params: Mapping[str, Any]) -> bool:
        names = [name for name, arn in self.account.physical.items() if arn == params.get("KeyId")]
        return any(RESOURCES[name]["Properties"].get("KeySpec") == "RSA_4096" for name in names)

    def _item(self, table: str, key: Item) -> Item:
        with self.account.by_others():
            found: Item = self.account.client("dynamodb").get_item(TableName=table, Key=key).get("Item", {})
        return found
