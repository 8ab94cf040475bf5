"""What the service costs in AWS: for a million registrations, and each month.

`python -m bench.cost` prints docs/cost.md. Calls, units, invocations and log bytes are counted with the real
handlers from login to the notice that follows a registration; what is paid by the month comes from the expanded
template, prices from prices.json. How long a function runs on Lambda cannot be measured here: durations.py.
"""

import base64
import gzip
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.cost_month import methods, monthly
from bench.durations import CALL_CPU_MS, DYNAMODB_MS, SLOWER, WAITS_MS, milliseconds
from bench.prices import PRICES, TABLE
from bench.writes import Cost, MeteredApp
from registrar.domain.notices.pace import URGENT_SHARE, Pace
from registrar.domain.times import iso
from tests.support.account import Account, an_account
from tests.support.app import a_batch, trust_demo_issuers
from tests.support.builders import a_certificate
from tests.support.shape import FUNCTIONS, PARAMETERS, RESOURCES, function_property, verb
from tests.support.stream import a_record

GOAL = 75
"""USD for a million registrations, without text messages. Not reached; docs/cost.md says what is left."""
BEFORE: Mapping[str, float] = {
    "KMS requests, symmetric and RSA-2048": 3,
    "KMS requests, RSA-4096": 0,
    "API requests": 5,
    "requests that WAF inspects": 5,
    "DynamoDB write units": 47,
    "DynamoDB read units": 36,
    "Lambda invocations": 19,
    "Lambda GB-seconds": 0.753,
    "log, KB": 6.218,
    "access log, KB": 2.18,
    "S3 writes: the customer's file": 1,
    "S3 reads": 4,
    "queue requests": 30,
    "events": 1,
}
"""The same count, by this script, of the service before these savings (2026-11-29), with the text of one part."""
SNS_PARTS_OF_THE_NOTICE = 1
_REQUESTS_OF_A_MESSAGE = 3
_QUEUE_REQUESTS_OF_S3_AND_EVENTBRIDGE = 2
"""They send a message each: the file arrived, the registration is active."""
_MEMORY = {verb(name): int(function_property(name, "MemorySize")) for name in FUNCTIONS}
_KMS_OPERATIONS = {"Decrypt", "Encrypt", "GetPublicKey", "Sign"}
_BYTES_OF_ACCESS = {"requestId": 36, "extendedRequestId": 16, "requestTime": 26, "sourceIp": 14, "principalId": 16}
_BYTES_OF_ACCESS |= {"httpMethod": 4, "resourcePath": 24}
_OTHER_BYTES_OF_ACCESS = 3
"""A status, a latency, a dash."""


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
    calls_of: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def gb_seconds(self) -> float:
        """Lambda memory time, at the memory that the template gives each function."""
        return sum(self.seconds(name) * _MEMORY[name] for name in self.invocations) / 1024

    def seconds(self, function: str) -> float:
        """How long a function runs in one registration, all its runs together."""
        runs = self.invocations[function]
        calls = self.calls_of.get(function, [])
        took = milliseconds(function, calls[: len(calls) // runs], _MEMORY[function]) / 1000
        pause = SNS_PARTS_OF_THE_NOTICE / _PACE.parts_a_second if function == "send_notice" else 0
        return runs * max(took, pause)

    @property
    def access_bytes(self) -> int:
        """The access log of the API, by its format."""
        return self.api_requests * bytes_of_access(RESOURCES["Api"]["Properties"]["AccessLogSetting"]["Format"])

    @property
    def kms_requests(self) -> int:
        """Requests of every kind of key."""
        return sum(count for name, count in self.calls.items() if name in _KMS_OPERATIONS)

    @property
    def queue_requests(self) -> int:
        """Each message is sent, received and deleted, counted as if none came in a batch."""
        return _REQUESTS_OF_A_MESSAGE * (self.calls["SendMessage"] + _QUEUE_REQUESTS_OF_S3_AND_EVENTBRIDGE)


def bytes_of_access(form: str) -> int:
    """Bytes of a line of the access log, with values of usual length."""

    def value(found: re.Match[str]) -> str:
        return "x" * _BYTES_OF_ACCESS.get(found[0].rpartition(".")[2], _OTHER_BYTES_OF_ACCESS)

    return len(re.sub(r"\$context(\.\w+)+", value, form))


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
        Line("access log, KB", counted.access_bytes / 1000, "log_gb"),
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
        for deciding in ("validate_upload", "check_revocation"):
            account.function(deciding).trust.active(account.at)
        for late in ("collect_audit", "publish_events"):
            account.function(late)
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
        _publish(account)
        _notify(account)
        _collect(account)
        counted.api_requests = app.requests
        counted.invocations = app.invocations
        counted.calls_of = _by_function(app.costs)
        counted.calls = Counter(cost.operation for cost in app.costs)
        counted.rsa_4096 = sum(cost.rsa_4096 for cost in app.costs)
        counted.write_units = sum(cost.units for cost in app.costs)
        counted.read_units = sum(cost.read_units for cost in app.costs)
        counted.log_bytes = len(account.log.getvalue().encode())
        return counted


def _by_function(costs: list[Cost]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for cost in costs:
        found.setdefault(cost.step, []).append(cost.operation)
    return found


def _registered(account: Account) -> dict[str, Any]:
    rows = [row for row in account.items("RegistrationsTable") if row["sk"]["S"].startswith("REG#")]
    return max(rows, key=lambda row: row["registered_at"]["S"])


def _publish(account: Account) -> None:
    """The stream of the table reaches the event bus."""
    account.invoke("publish_events", {"Records": [a_record(None, _registered(account))]})


def _collect(account: Account) -> None:
    """CloudWatch Logs delivers the audit entries: those of each function by themselves."""
    lines = [(json.loads(line), line) for line in account.log.getvalue().splitlines()]
    entries: dict[str, list[str]] = {}
    for fact, line in lines:
        if fact.get("audit"):
            entries.setdefault(fact["function"], []).append(line)
    for function, texts in entries.items():
        events = [{"id": "0" * 56, "timestamp": 1_795_910_400_000, "message": text} for text in texts]
        delivered = {"messageType": "DATA_MESSAGE", "logGroup": f"/{function}", "logEvents": events}
        data = base64.b64encode(gzip.compress(json.dumps(delivered).encode())).decode()
        account.invoke("collect_audit", {"awslogs": {"data": data}})


def _notify(account: Account) -> None:
    """The event of the last registration reaches the notice queue."""
    registered = _registered(account)
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


_PAGE = """# Cost

What the service costs in AWS ({region}, list prices of {date}), without text messages: **{total:.0f} USD for a
million registrations**, and **{fixed:.0f} USD a month** whatever is used. `python -m bench.cost` computes this
page.

A registration is: log in with password and one-time code, announce a file, send it, one poll, sign and register
with the owner check, its event, its notice, and the audit entries of all that. Calls, units, invocations and log
bytes are counted with the real handlers, warm, against an account in memory. Not counted: cold starts, failed
attempts, the nightly runs ([scale.md](scale.md)), storage, data transfer, relying services. The firewall logs only
what it blocks or counts, and Lambda's own log lines are off but for failures.

## A million registrations

| what one registration uses | before | now | USD before | USD now |
| --- | ---: | ---: | ---: | ---: |
{lines}
| **sum** | | | **{before:.2f}** | **{total:.2f}** |

"Before" is the same count, by this script, of the service before the savings below. (On 2026-11-28 it was 152 USD,
and 97 USD on 2026-11-29, without audit entries and access log, and with guessed times.)

| saving | in one registration |
| --- | --- |
| the certificate of an upload is an item of its own: its row is below 1 KB | 8 write units, for 3 reads |
| the deny list is read before the transaction that registers, not in it | 2 write units, for 1 read unit |
| the start of a session clears the attempts | 2 write units |
| warm functions keep what they read of issuers' lists | 3 S3 reads |
| 256 to 1024 MB for each function, and fewer calls to wait for | {memory_saved:.2f} GB-seconds |
| lines that nobody reads (`batch done`, `collected`) | {log_saved:.1f} KB of log |

The goal is {goal} USD. It is not reached; what is left, with what it would take:

| left | USD | what it would take |
| --- | ---: | --- |
| API requests and WAF | {api:.0f} | nothing: two steps of login, an upload, a poll, a registration |
| DynamoDB writes | {writes:.0f} | {writes_left} |
| audit entries: {deliveries} deliveries | {audit:.0f} | {audit_left} |
| Lambda memory time | {memory:.0f} | times measured on Lambda; a fifth of it waits for the issuer |
| KMS | {kms:.0f} | a login by passkey needs no `Decrypt`; the other two are the owner check |

## Each month

| what | number | USD |
| --- | ---: | ---: |
{months}
| **sum** | | **{fixed:.2f}** |

The nested stack is counted too. The API's metrics are those of its stage, which are free; metrics of each
method would be up to {methods} metrics, {methods_usd:.0f} USD: no alarm and no runbook entry reads them. A
snapshot is paid for each second that its version exists, and for each restore: without `SnapStart` customers
wait for cold starts. The first copy of CloudTrail's management events is free.

## Text messages

A carrier charges for parts, not messages: the notice of a registration has {parts}. Multiply with the price of a
part in SNS's price list for your numbers; it is more than all of the above together.

## Assumed

Milliseconds of a warm function on Lambda, from `bench/durations.py`. It waits for its calls (assumed:
{dynamodb} ms of DynamoDB, {waits}, 150 ms of the issuer)
and computes (measured: its own code, and {call_cpu} ms for a call of boto3, both taken {slower} times; 1769 MB are
a whole processor). Replace them by yours. `send_notice` also keeps the pace of text messages.

| function | runs | MB | ms |
| --- | ---: | ---: | ---: |
{assumed}

## Prices

From `bench/prices.json`. "Confirmed" says what was found in a copy of the source on {date}; check the rest on AWS's
pages before you budget.

| USD | for | source | confirmed |
| ---: | --- | --- | --- |
{prices}
"""


_WRITES_LEFT = (
    "nothing without a guarantee: of {units:g} units, 15 are the transaction that registers, 6 the announcement's, "
    "6 the login's, 4 the validation's, 2 the notice's (which [benchmarks.md](benchmarks.md) does not count); the "
    "others are a unit each"
)
_AUDIT_LEFT = (
    "another way to the chain: Firehose into a bucket of its own, and `keep_audit` on what arrives, for about 2 "
    "USD, with no function and no queue in between. It needs a trial in AWS: the local cloud has no such delivery"
)


def audit_dollars(counted: Counted) -> float:
    """What the way of the audit entries costs for a million registrations, log lines aside."""
    deliveries = counted.invocations["collect_audit"]
    time = counted.seconds("collect_audit") * _MEMORY["collect_audit"] / 1024 * PRICES["lambda_gb_second"]
    return deliveries * (PRICES["lambda_request"] + _REQUESTS_OF_A_MESSAGE * PRICES["queue_request"]) + time


def page() -> str:
    """Return the text of docs/cost.md."""
    counted = count()
    lines = bill(counted)
    dollars = {line.name: line.dollars for line in lines}
    before = {line.name: BEFORE[line.name] * PRICES[line.price] for line in lines}
    months = monthly()
    return _PAGE.format(
        region=TABLE["region"],
        date=TABLE["date"],
        total=sum(dollars.values()),
        before=sum(before.values()),
        fixed=sum(usd for _, _, usd in months),
        lines="\n".join(
            f"| {line.name} | {BEFORE[line.name]:g} | {line.quantity:.4g} |"
            f" {before[line.name]:.2f} | {line.dollars:.2f} |"
            for line in lines
        ),
        log_saved=BEFORE["log, KB"] - counted.log_bytes / 1000,
        memory_saved=BEFORE["Lambda GB-seconds"] - counted.gb_seconds,
        goal=GOAL,
        writes_left=_WRITES_LEFT.format(units=counted.write_units),
        audit_left=_AUDIT_LEFT,
        deliveries=counted.invocations["collect_audit"],
        audit=audit_dollars(counted),
        writes=dollars["DynamoDB write units"],
        memory=dollars["Lambda GB-seconds"],
        api=dollars["API requests"] + dollars["requests that WAF inspects"],
        kms=dollars["KMS requests, symmetric and RSA-2048"] + dollars["KMS requests, RSA-4096"],
        months="\n".join(f"| {name} | {number} | {usd:.2f} |" for name, number, usd in months),
        methods=methods(),
        methods_usd=methods() * PRICES["metric_month"],
        parts=SNS_PARTS_OF_THE_NOTICE,
        dynamodb=DYNAMODB_MS,
        waits=", ".join(f"{ms:g} of `{name}`" for name, ms in WAITS_MS.items()),
        call_cpu=CALL_CPU_MS,
        slower=SLOWER,
        assumed="\n".join(
            f"| `{name}` | {runs} | {_MEMORY[name]} | {counted.seconds(name) / runs * 1000:.0f} |"
            for name, runs in counted.invocations.items()
        ),
        prices="\n".join(
            f"| {each['usd']:g} | {each['per']} | {each['source']} | {each['confirmed']} |"
            for each in TABLE["prices"]
        ),
    )


if __name__ == "__main__":
    print(page(), end="")
