"""What every refusal has to look like, whatever it is about; and waiting for what comes by itself."""

import time
from collections.abc import Callable
from typing import Any

from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.codes import Code
from tools.cloud.http_calls import HttpResponse
from tools.cloud.local_cloud import LocalCloud

MEMBERS = {
    *("type", "title", "status", "detail", "code", "retryable", "next_action", "params", "support_ref", "findings")
}


def problem(answer: HttpResponse, code: str | None = None) -> dict[str, Any]:
    """The problem document in `answer`, checked against the catalogue; with `code`, exactly that reason."""
    assert answer.headers["content-type"] == "application/problem+json; charset=utf-8", answer
    assert answer.headers["cache-control"] == "no-store"
    document: dict[str, Any] = answer.json()
    assert document.keys() == MEMBERS
    reason = CATALOGUE[document["code"]]
    assert (document["status"], answer.status) == (reason.status, reason.status)
    assert document["next_action"] == reason.next_action.value
    assert document["retryable"] is reason.retryable
    assert set(document["params"]) <= {*reason.params, "registration_id"}
    language = answer.headers["content-language"]
    assert document["title"] == reason.title[language]
    assert "{" not in document["detail"]
    assert len(document["support_ref"]) >= 8
    if code is not None:
        assert document["code"] == code, document
    return document


def eventually(is_so: Callable[[], bool], *, seconds: float = 60) -> None:
    """Wait until `is_so`; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"did not become so within {seconds} s"
        time.sleep(0.05)


def refused_by_the_gateway(answer: HttpResponse, code: str) -> None:
    """API Gateway refused it by itself, with a problem document of the template: it has no `detail`."""
    assert answer.headers["content-type"] == "application/problem+json; charset=utf-8", answer
    document = answer.json()
    status = CATALOGUE[Code(code)].status
    assert document.keys() == MEMBERS - {"detail"}
    assert (document["code"], document["status"], answer.status) == (code, status, status)


def surprises(cloud: LocalCloud) -> list[str]:
    """What our code did not expect in the whole run, whatever the tests sent it."""
    functions = [name for name in cloud.resources if name.endswith("Function")]
    errors = [line for name in functions for line in cloud.logs(name) if '"level":"ERROR"' in line]
    # Of two deliveries that come at once one loses a conditional write; the queue brings it again.
    return [line for line in errors if '"exception_name":"ConditionFailed"' not in line]
