"""What the service costs in AWS: for a million registrations, and each month.

`python -m bench.cost` prints docs/cost.md. Calls, units, invocations and log bytes are counted with the real
handlers from login to the notice that follows a registration; what is paid by the month comes from the expanded
template, prices from prices.json. How long a function runs cannot be measured here: ASSUMED_MS.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.writes import MeteredApp
from registrar.domain.notices.pace import URGENT_SHARE, Pace
from registrar.domain.times import iso
from tests.support.account import Account, an_account
from tests.support.app import a_batch, trust_demo_issuers
from tests.support.builders import a_certificate
from tests.support.shape import FUNCTIONS, PARAMETERS, RELYING_ROUTES, ROUTES, expanded, function_property, verb

MILLION = 1_000_000
GOAL = 75
"""USD for a million registrations, without text messages. Not reached; docs/cost.md says what is left."""
BEFORE: Mapping[str, float] = {
    "KMS requests, symmetric and RSA-2048": 2,
    "KMS requests, RSA-4096": 3,
    "API requests": 7,
    "requests that WAF inspects": 7,
    "DynamoDB write units": 50,
    "DynamoDB read units": 41,
    "Lambda invocations": 16,
    "Lambda GB-seconds": 1.075,
    "log, KB": 5.393,
    "S3 writes: the customer's file": 1,
    "S3 reads": 5,
    "queue requests": 9,
    "events": 1,
}
"""The same count on 2026-11-28, with two polls, one of them too early."""
_TABLE: Mapping[str, Any] = json.loads((Path(__file__).parent / "prices.json").read_text())
PRICES: Mapping[str, float] = {each["name"]: each["usd"] for each in _TABLE["prices"]}
ASSUMED_MS = {
    "authorize": 12,
    "login": 250,
    "verify_otp": 50,
    "request_upload": 40,
    "validate_upload": 120,
    "check_revocation": 250,
    "get_upload": 15,
    "get_sealing_key": 35,
    "register_certificate": 120,
    "publish_events": 60,
    "send_notice": 150,
}
"""Milliseconds of a warm function on Lambda: an estimate; replace it by yours."""
SNS_PARTS_OF_THE_NOTICE = 3
IDLE_POLLS = 648_000
"""Receives in a month by Lambda's five pollers of a queue, each waiting 20 seconds."""
_QUEUE_REQUESTS_OF_S3_AND_EVENTBRIDGE = 2
"""They send a message each: the file arrived, the registration is active."""
_MEMORY = {verb(name): function_property(name, "MemorySize") for name in FUNCTIONS}
_KMS_OPERATIONS = {"Decrypt", "Encrypt", "GetPublicKey", "Sign"}
_METRICS_OF_A_METHOD = 5
"""Count, 4XXError, 5XXError, Latency, IntegrationLatency (API Gateway's detailed metrics)."""


@dataclass
class Counted:
    """What one registration uses."""

    api_requests: int = 0
    invocations: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    rsa_4096: int = 0
    write_units: float = 0
    read_units: float = 0
    log_bytes: int = 0

    @property
    def gb_seconds(self) -> float:
        """Lambda memory time, at the memory that the template gives each function."""
        pause = SNS_PARTS_OF_THE_NOTICE / _PACE.parts_a_second
        seconds = {name: ms / 1000 for name, ms in ASSUMED_MS.items()}
        seconds["send_notice"] = max(seconds["send_notice"], pause)
        times = [(count * seconds[name], int(_MEMORY[name])) for name, count in self.invocations.items()]
        return sum(time * memory for time, memory in times) / 1024

    @property
    def kms_requests(self) -> int:
        """Requests of every kind of key."""
        return sum(count for name, count in self.calls.items() if name in _KMS_OPERATIONS)

    @property
    def queue_requests(self) -> int:
        """Each message is sent, received and deleted, counted as if none came in a batch."""
        return 3 * (self.calls["SendMessage"] + _QUEUE_REQUESTS_OF_S3_AND_EVENTBRIDGE)


_PACE = Pace.of(
    str(PARAMETERS["SmsPartsPerSecond"]["Default"]), str(PARAMETERS["NoticeWorkers"]["Default"]), URGENT_SHARE
)


@dataclass(frozen=True)
class Line:
    """One line of the bill for a million registrations."""

    name: str
    quantity: float
    price: str

    @property
    def dollars(self) -> float:
        """USD for a million registrations: prices are for a million of each."""
        return self.quantity * PRICES[self.price]


def bill(counted: Counted) -> list[Line]:
    """The lines of a bill, per registration."""
    return [
        Line("KMS requests, symmetric and RSA-2048", counted.kms_requests - counted.rsa_4096, "kms_request"),
        Line("KMS requests, RSA-4096", counted.rsa_4096, "kms_request_rsa_4096"),
        Line("API requests", counted.api_requests, "api_request"),
        Line("requests that WAF inspects", counted.api_requests, "waf_request"),
        Line("DynamoDB write units", counted.write_units, "write_unit"),
        Line("DynamoDB read units", counted.read_units, "read_unit"),
        Line("Lambda invocations", counted.invocations.total(), "lambda_request"),
        Line("Lambda GB-seconds", counted.gb_seconds, "lambda_gb_second"),
        Line("log, KB", counted.log_bytes / 1000, "log_gb"),
        Line("S3 writes: the customer's file", 1, "s3_write"),
        Line("S3 reads", counted.calls["GetObject"], "s3_read"),
        Line("queue requests", counted.queue_requests, "queue_request"),
        Line("events", 1, "event"),
    ]


def count(*, polls: int = 1) -> Counted:
    """Count one registration of a certificate file, from login to its notice, with everything warm."""
    with an_account() as account:
        app = MeteredApp(account)
        app.enrol()
        trust_demo_issuers(account)
        app.log_in()
        app.register(a_certificate(key="ec"))
        _notify(account)
        account.pass_time(minutes=2)
        account.function("validate_upload").trust.active(account.at)
        app.meter()
        account.log.seek(0)
        account.log.truncate()
        counted = Counted()
        app.token = app.log_in(operation="register").body["token"]
        certificate = a_certificate()
        view = app.upload(certificate.der)
        for _ in range(polls - 1):
            app.look(view["upload_id"])
        registered = app.prove(view, certificate)
        if registered.status != 201:
            raise RuntimeError(f"not registered: {registered}")
        _notify(account)
        counted.api_requests = app.requests
        counted.invocations = app.invocations + Counter({"publish_events": 1})
        counted.calls = Counter(cost.operation for cost in app.costs)
        counted.rsa_4096 = sum(cost.rsa_4096 for cost in app.costs)
        counted.write_units = sum(cost.units for cost in app.costs)
        counted.read_units = sum(cost.read_units for cost in app.costs)
        counted.log_bytes = len(account.log.getvalue().encode())
        return counted


def _notify(account: Account) -> None:
    """The event of the last registration reaches the notice queue."""
    rows = [row for row in account.items("RegistrationsTable") if row["sk"]["S"].startswith("REG#")]
    registered = max(rows, key=lambda row: row["registered_at"]["S"])
    detail = {
        "version": 1,
        "id": f"bench:{registered['sk']['S']}",
        "occurred_at": iso(account.at),
        "customer_id": "hong",
        "registration_id": registered["sk"]["S"].removeprefix("REG#"),
    }
    event = {"detail-type": "RegistrationActivated", "detail": detail}
    answer = account.invoke("send_notice", a_batch(event))
    if answer["batchItemFailures"]:
        raise RuntimeError(account.log.getvalue()[-2000:])


def monthly() -> list[tuple[str, int, float]]:
    """What is paid each month whatever is used: name, number, USD."""
    resources = expanded()
    kinds = Counter(resource["Type"] for resource in resources.values())
    acls = [each["Properties"] for each in resources.values() if each["Type"] == "AWS::WAFv2::WebACL"]
    sources = kinds["AWS::Lambda::EventSourceMapping"]
    return [
        _month("KMS keys", kinds["AWS::KMS::Key"], "kms_key_month"),
        _month("web ACLs", len(acls), "waf_acl_month"),
        _month("rules of web ACLs", sum(len(acl["Rules"]) for acl in acls), "waf_rule_month"),
        _month("alarms", kinds["AWS::CloudWatch::Alarm"], "alarm_month"),
        _month("metrics counted in logs", kinds["AWS::Logs::MetricFilter"], "metric_month"),
        _month("metrics of API methods", _detailed_metrics(resources), "metric_month"),
        _month("dashboards", kinds["AWS::CloudWatch::Dashboard"], "dashboard_month"),
        ("event sources that poll", sources, sources * IDLE_POLLS / MILLION * PRICES["queue_request"]),
    ]


def _month(name: str, number: int, price: str) -> tuple[str, int, float]:
    return name, number, number * PRICES[price]


def _detailed_metrics(resources: Mapping[str, dict[str, Any]]) -> int:
    """Metrics of each method, of the stages that have them switched on."""
    stages = [each["Properties"] for each in resources.values() if each["Type"] == "AWS::ApiGateway::Stage"]
    on = any(setting.get("MetricsEnabled") for stage in stages for setting in stage.get("MethodSettings", []))
    return (len(ROUTES) + len(RELYING_ROUTES)) * _METRICS_OF_A_METHOD if on else 0


_PAGE = """# Cost

What the service costs in AWS ({region}, list prices of {date}), without text messages: **{total:.0f} USD for a
million registrations**, and **{fixed:.0f} USD a month** whatever is used. `python -m bench.cost` computes this
page.

A registration is: log in with password and one-time code, announce a file, send it, one poll, sign and register
with the owner check, and the notice of it. Calls, units, invocations and log bytes are counted with the real
handlers, warm, against an account in memory. Not counted: cold starts, failed attempts, the nightly runs
([scale.md](scale.md)), storage, data transfer, relying services.

## A million registrations

| what one registration uses | before | now | USD before | USD now |
| --- | ---: | ---: | ---: | ---: |
{lines}
| **sum** | | | **{before:.2f}** | **{total:.2f}** |

"Before" is the same count on 2026-11-28. What was saved, in calls of one registration:

| saving | calls |
| --- | --- |
| functions keep public keys for an hour | 2 × `GetPublicKey` of an RSA-4096 key |
| an upload comes with its sealing keys | 1 API request, with its authorizer and its function |
| R is sealed to RSA-2048 | 1 × `Decrypt` at the price of a symmetric key |
| the SDK waits before it asks first | 1 API request, with its authorizer and its function |
| a try of a good proof is not returned, since the upload ends | 1 × `UpdateItem` of 3 write units |
| log lines without the place in the code and the service's name | {log:.1f} KB |
| `send_notice` has 256 MB, since it waits most of the time | half of its memory time |

The goal is {goal} USD. It is not reached; what is left, with what it would take:

| left | USD | what it would take |
| --- | ---: | --- |
| DynamoDB writes | {writes:.0f} | {writes_left} |
| Lambda memory time | {memory:.0f} | {memory_left} |
| API requests and WAF | {api:.0f} | nothing: two steps of login, an upload, a poll, a registration |
| KMS | {kms:.0f} | a login by passkey needs no `Decrypt`; the other two are the owner check |

## Each month

| what | number | USD |
| --- | ---: | ---: |
{months}
| **sum** | | **{fixed:.2f}** |

The API's metrics are those of its stage, which are free. Metrics of each method would be up to {methods} metrics,
{methods_usd:.0f} USD: no alarm and no runbook entry reads them.

## Text messages

A carrier charges for parts, not messages: the notice of a registration has {parts}. Multiply with the price of a
part in SNS's price list for your numbers; it is more than all of the above together.

## Assumed

Milliseconds of a warm function on Lambda. They are estimates, and a seventh of the sum depends on
them; replace them by yours.

| function | ms |
| --- | ---: |
{assumed}

## Prices

From `bench/prices.json`. "Confirmed" says what was found in a copy of the source on {date}; check the rest on AWS's
pages before you budget.

| USD | for | source | confirmed |
| ---: | --- | --- | --- |
{prices}
"""

_WRITES_LEFT = (
    "the certificate and its summary in an item of their own, so that the upload's row stays below 1 KB: "
    "about 7 units (5 USD), and another data model"
)
_MEMORY_LEFT = (
    "times measured on Lambda, then less memory where a function waits: `check_revocation` has 1769 MB and waits "
    "for the issuer's responder (6 USD)"
)


def page() -> str:
    """Return the text of docs/cost.md."""
    counted = count()
    lines = bill(counted)
    dollars = {line.name: line.dollars for line in lines}
    before = {line.name: BEFORE[line.name] * PRICES[line.price] for line in lines}
    months = monthly()
    methods = (len(ROUTES) + len(RELYING_ROUTES)) * _METRICS_OF_A_METHOD
    return _PAGE.format(
        region=_TABLE["region"],
        date=_TABLE["date"],
        total=sum(dollars.values()),
        before=sum(before.values()),
        fixed=sum(usd for _, _, usd in months),
        lines="\n".join(
            f"| {line.name} | {BEFORE[line.name]:g} | {line.quantity:.4g} |"
            f" {before[line.name]:.2f} | {line.dollars:.2f} |"
            for line in lines
        ),
        log=BEFORE["log, KB"] - counted.log_bytes / 1000,
        goal=GOAL,
        writes_left=_WRITES_LEFT,
        memory_left=_MEMORY_LEFT,
        writes=dollars["DynamoDB write units"],
        memory=dollars["Lambda GB-seconds"],
        api=dollars["API requests"] + dollars["requests that WAF inspects"],
        kms=dollars["KMS requests, symmetric and RSA-2048"] + dollars["KMS requests, RSA-4096"],
        months="\n".join(f"| {name} | {number} | {usd:.2f} |" for name, number, usd in months),
        methods=methods,
        methods_usd=methods * PRICES["metric_month"],
        parts=SNS_PARTS_OF_THE_NOTICE,
        assumed="\n".join(f"| `{name}` | {ms} |" for name, ms in ASSUMED_MS.items()),
        prices="\n".join(
            f"| {each['usd']:g} | {each['per']} | {each['source']} | {each['confirmed']} |"
            for each in _TABLE["prices"]
        ),
    )


if __name__ == "__main__":
    print(page(), end="")
