"""The samples of docs/integrate.md repeat only what is retryable and says after how many seconds."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.codes import Code
from tests.support.samples import run_javascript, sample

pytestmark = pytest.mark.loopback
RETRIED = {Code.RATE_LIMITED, Code.IN_PROGRESS, Code.STATE_CONFLICT, Code.SYSTEM_RETRY, Code.STEP_UP_LOCKED}
TRIES = 4


class Refusing(ThreadingHTTPServer):
    """Refuses every request with the response that it is given; counts them."""

    daemon_threads = True
    response: tuple[int, dict[str, str], bytes]
    requests = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def refuse(self, code: Code, retry_after: str | None) -> None:
        entry = CATALOGUE[code]
        problem = {"code": code, "retryable": entry.retryable, "next_action": entry.next_action}
        wait = {"Retry-After": retry_after} if retry_after else {}
        headers = {"Content-Type": "application/problem+json; charset=utf-8", **wait}
        # A finding's reason may have the status 200; as a problem it never does.
        self.response = max(entry.status, 400), headers, json.dumps(problem).encode()


class _Handler(BaseHTTPRequestHandler):
    server: Refusing

    def do_POST(self) -> None:
        self.server.requests += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        status, headers, body = self.server.response
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the overridden name
        pass


@pytest.fixture
def server() -> Iterator[Refusing]:
    with Refusing(("127.0.0.1", 0), _Handler) as started:
        threading.Thread(target=started.serve_forever, args=(0.02,), daemon=True).start()
        yield started
        started.shutdown()


@pytest.fixture
def python_call(server: Refusing, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sends a request with the Python sample; returns how many arrived, and the waits between them."""
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    names: dict[str, Any] = {}
    exec(compile(sample("python"), "integrate.md", "exec"), names)  # noqa: S102 - our own document

    def call() -> tuple[int, list[int]]:
        before = server.requests
        waits: list[int] = []
        monkeypatch.setattr(names["time"], "sleep", waits.append)
        with pytest.raises(names["Refused"]):
            names["call"]("POST", f"{server.url}/login", {"customer_id": "gildong"})
        return server.requests - before, waits

    return call


@pytest.mark.parametrize("code", Code)
def test_python_sample_repeats_no_refusal_that_is_not_retryable(
    code: Code, server: Refusing, python_call: Any
) -> None:
    server.refuse(code, "7")
    expected = (TRIES, [7] * (TRIES - 1)) if CATALOGUE[code].retryable else (1, [])
    assert python_call() == expected


@pytest.mark.parametrize("code", sorted(RETRIED))
@pytest.mark.parametrize("retry_after", [None, "61", "3600"])
def test_python_sample_does_not_repeat_without_a_wait_that_a_customer_can_wait(
    code: Code, retry_after: str | None, server: Refusing, python_call: Any
) -> None:
    server.refuse(code, retry_after)
    assert python_call() == (1, [])


def test_python_sample_does_not_repeat_what_is_no_problem_document(server: Refusing, python_call: Any) -> None:
    server.response = 503, {"Content-Type": "application/json", "Retry-After": "1"}, b'{"retryable": true}'
    assert python_call() == (1, [])


def test_javascript_sample_repeats_retryable_refusals_only(server: Refusing) -> None:
    counts = {}
    for code, wait in (
        (Code.LOGIN_FAILED, "1"),
        (Code.REVOCATION_NOT_CONFIRMED, "61"),
        (Code.RATE_LIMITED, None),
        (Code.IN_PROGRESS, "0"),
    ):
        before = server.requests
        server.refuse(code, wait)
        found = run_javascript(
            'return call("POST", input, {}).catch((error) => error.problem.code);', f"{server.url}/login"
        )
        assert found == code
        counts[code] = server.requests - before
    expected = dict.fromkeys(counts, 1) | {Code.IN_PROGRESS: TRIES}
    assert counts == expected
