"""What a function meets behind the fault proxy, by the client that functions have; nothing else changes."""

import contextlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, cast

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from registrar.aws import dynamo
from tools.cloud.http_calls import send
from tools.faults.calls import Operation
from tools.faults.episodes import Fault, Kind
from tools.faults.proxy import FaultProxy

pytestmark = pytest.mark.loopback

READ = Operation("login", "GetItem")
NOTHING: dict[str, Any] = {}


class Upstream(ThreadingHTTPServer):
    """Stands in for the emulator: says yes to everything, and keeps what it got."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Yes)
        self.got: list[tuple[str, bytes]] = []


class Yes(BaseHTTPRequestHandler):
    server: Upstream

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.headers["Host"], body))
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream() as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def proxy(upstream: Upstream) -> Iterator[FaultProxy]:
    with FaultProxy(["login", "logout"]) as started:
        started.upstream = upstream.server_address[1]
        yield started


def a_client(proxy: FaultProxy, *, tries: int = 2, function: str = "login") -> Any:
    """A client as a function has it; it waits a moment only."""
    config = Config(
        retries={"mode": "standard", "total_max_attempts": tries}, read_timeout=0.3, connect_timeout=2, proxies={}
    )
    session = cast("Any", boto3.Session)("id", "secret", region_name="ap-northeast-2")
    url = f"http://127.0.0.1:{proxy.ports[function]}"
    return contextlib.closing(session.client("dynamodb", endpoint_url=url, config=config))


def read(proxy: FaultProxy, *, tries: int = 2, function: str = "login") -> Any:
    with a_client(proxy, tries=tries, function=function) as client:
        return client.get_item(TableName="t", Key={"id": {"S": "1"}})


def test_call_passes_unchanged_and_is_recorded(proxy: FaultProxy, upstream: Upstream) -> None:
    episode = proxy.begin()

    read(proxy)
    read(proxy, function="logout")

    assert {operation: len(calls) for operation, calls in episode.calls.items()} == {
        READ: 1,
        Operation("logout", "GetItem"): 1,
    }
    assert episode.actions[READ] == {"dynamodb:GetItem"}
    assert upstream.got[0] == (
        f"127.0.0.1:{proxy.ports['login']}",
        b'{"TableName": "t", "Key": {"id": {"S": "1"}}}',
    )


@pytest.mark.parametrize(
    ("kind", "code", "arrived"),
    [
        (Kind.THROTTLED, "ProvisionedThroughputExceededException", 0),
        (Kind.ERROR, "InternalServerError", 0),
        (Kind.ERROR_LATE, "InternalServerError", 2),
        (Kind.RESET, None, 0),
        (Kind.LOST, None, 2),
        (Kind.TIMEOUT, None, 2),
    ],
)
def test_kind_at_every_try_fails_the_call(
    kind: Kind, code: str | None, arrived: int, proxy: FaultProxy, upstream: Upstream
) -> None:
    fault = Fault(READ, 1, kind)
    episode = proxy.begin(fault)

    with pytest.raises((ClientError, BotoCoreError)) as failed:
        read(proxy)

    assert len(upstream.got) == arrived
    assert episode.fired == {fault}
    if code is not None:
        assert isinstance(failed.value, ClientError)
        assert failed.value.response["Error"]["Code"] == code


@pytest.mark.parametrize(("kind", "arrived"), [(Kind.ERROR_ONCE, 1), (Kind.LOST_ONCE, 2), (Kind.LATENCY, 1)])
def test_first_try_alone_is_repeated_by_the_client(
    kind: Kind, arrived: int, proxy: FaultProxy, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.faults.proxy.SLOW_SECONDS", 0.01)
    proxy.begin(Fault(READ, 1, kind))

    read(proxy)

    assert len(upstream.got) == arrived


def test_partial_success_leaves_all_undone(proxy: FaultProxy, upstream: Upstream) -> None:
    asked = {"t": {"Keys": [{"id": {"S": "1"}}]}}
    proxy.begin(Fault(Operation("login", "BatchGetItem"), 1, Kind.PARTIAL))

    with a_client(proxy) as client:
        answer = client.batch_get_item(RequestItems=asked)

    assert (answer["Responses"], answer["UnprocessedKeys"]) == ({}, asked)
    assert upstream.got == []


def test_throttled_transaction_is_cancelled_with_the_reason_at_every_try_or_once(
    proxy: FaultProxy, upstream: Upstream
) -> None:
    """Our code tries it again: the client library takes a cancellation for final."""
    proxy.begin(Fault(Operation("login", "TransactWriteItems"), 1, Kind.THROTTLED))
    writes = [{"Put": {"TableName": "t", "Item": {"id": {"S": name}}}} for name in "ab"]

    with a_client(proxy) as client, pytest.raises(client.exceptions.TransactionCanceledException) as cancelled:
        client.transact_write_items(TransactItems=writes)
    codes = [reason["Code"] for reason in cancelled.value.response["CancellationReasons"]]
    assert (codes, upstream.got) == (["ThrottlingError", "None"], [])

    proxy.begin(Fault(Operation("login", "TransactWriteItems"), 1, Kind.THROTTLED))
    with a_client(proxy) as client, pytest.raises(client.exceptions.TransactionCanceledException):
        dynamo.transact(client, writes)
    assert upstream.got == []

    proxy.begin(Fault(Operation("login", "TransactWriteItems"), 1, Kind.THROTTLED_ONCE))
    with a_client(proxy) as client:
        dynamo.transact(client, writes)
    assert len(upstream.got) == 1


def test_only_the_named_occurrence_fails(proxy: FaultProxy, upstream: Upstream) -> None:
    proxy.begin(Fault(READ, 2, Kind.RESET))

    read(proxy)
    read(proxy, function="logout")
    with pytest.raises(BotoCoreError):
        read(proxy)
    read(proxy)

    assert len(upstream.got) == 3


def test_outage_lasts_for_three_calls(proxy: FaultProxy, upstream: Upstream) -> None:
    proxy.begin(Fault(READ, 1, Kind.OUTAGE))

    for _ in range(3):
        with pytest.raises(ClientError, match="InternalServerError"):
            read(proxy, tries=1)
    read(proxy)

    assert len(upstream.got) == 1


def test_what_no_function_sent_passes_and_is_not_recorded(proxy: FaultProxy, upstream: Upstream) -> None:
    episode = proxy.begin()

    answer = send("POST", f"http://127.0.0.1:{proxy.ports['login']}/bucket", b"a file")

    assert (answer.status, upstream.got[0][1]) == (200, b"a file")
    assert episode.calls == {}
