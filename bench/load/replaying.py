"""One warm function that is invoked again and again: `python -m bench.load.replaying` reads a recording.

It runs in a process of its own, with the handler, botocore and our layer as in Lambda, and its lines of log go to
standard output; what comes from AWS is what was recorded, with another customer each time.
"""

import io
import json
import os
import pickle
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import botocore.client
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.httpsession import URLLib3Session

from bench.load.recorded import CUSTOMER, Recording, Response, name_of
from tests.support.builders import NOW, a_pki
from tools.packaging.build import ROOT
from tools.pki.issuers import DemoResponder, issue_root_responder


class Replay:
    """A handler in its environment, and AWS as it was recorded."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._customer = CUSTOMER
        self._asked: Counter[str] = Counter()
        self._call = ""
        self._real: Any = vars(botocore.client.BaseClient)["_make_api_call"]
        self._responder = DemoResponder(issue_root_responder(a_pki(), NOW))

    def results(self, calls: int) -> Iterator[bool]:
        """Invoke the handler for so many customers; whether each got what the recorded one got."""
        recording = self._recording
        context = SimpleNamespace(function_name=f"registrar-{recording.verb}", aws_request_id="c6af9ac6")
        with (
            patch.dict(os.environ, recording.environment),
            patch.object(botocore.client.BaseClient, "_make_api_call", self._calling()),
            patch.object(URLLib3Session, "send", self._sender()),
            patch("registrar.steps.status_checks.ask_ocsp", self._ask),
        ):
            handle = _handler(recording)
            for number in range(calls):
                self._customer = f"{CUSTOMER[:-5]}{number:05}"
                self._asked.clear()
                event = json.loads(recording.event.replace(CUSTOMER, self._customer))
                yield _outcome(handle(event, context)) == _outcome(recording.result)

    def _calling(self) -> Callable[..., Any]:
        def call(client: Any, operation: str, params: Mapping[str, Any]) -> Any:
            self._call = name_of(operation, params)
            return self._real(client, operation, params)

        return call

    def _sender(self) -> Callable[..., AWSResponse]:
        def send(_: URLLib3Session, request: Any) -> AWSResponse:
            known = self._recording.responses[self._call]
            number = self._asked[self._call]
            self._asked[self._call] += 1
            return self._received(request.url, known[min(number, len(known) - 1)])

        return send

    def _received(self, url: str, response: Response) -> AWSResponse:
        body = response.body.replace(CUSTOMER.encode(), self._customer.encode())
        dropped = ("content-length", "x-amz-crc32")  # they are of the recorded body
        headers = {name: value for name, value in response.headers.items() if name.lower() not in dropped}
        raw = io.BytesIO(body)
        streamed = SimpleNamespace(stream=lambda **_: iter([body]), read=raw.read, close=raw.close)
        return AWSResponse(url, response.status, HTTPHeaders.from_dict(headers), streamed)

    def _ask(self, _address: str, request: bytes, *_: object) -> bytes:
        return self._responder.respond(request, self._recording.at)


def _handler(recording: Recording) -> Callable[[Any, Any], Any]:
    path = ROOT / "functions" / recording.verb / "handler.py"
    module: dict[str, Any] = {"__name__": f"functions_{recording.verb}_handler"}
    exec(compile(path.read_text(), str(path), "exec"), module)  # noqa: S102 - our own file

    def now() -> datetime:
        return recording.at

    module["now"] = now
    handle: Callable[[Any, Any], Any] = module["lambda_handler"]
    return handle


def _outcome(result: Any) -> object:
    """The status of a response, the effect of a policy; the whole of anything else."""
    if isinstance(result, Mapping) and "statusCode" in result:
        return result["statusCode"]
    if isinstance(result, Mapping) and "policyDocument" in result:
        return result["policyDocument"]["Statement"][0]["Effect"]
    return result


def resident() -> int:
    """Resident memory of this process, in KB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (found,) = (int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
    return found


def main(path: Path, counts: Sequence[int], found: Path) -> None:
    """Invoke the recorded function; write as JSON its resident memory (KB) after each of these counts of calls.

    Raises RuntimeError at the first result that is not as recorded.
    """
    recording: Recording = pickle.loads(path.read_bytes())  # noqa: S301 - our own file
    kilobytes = []
    for number, same in enumerate(Replay(recording).results(max(counts)), 1):
        if not same:
            raise RuntimeError(f"{recording.verb}, call {number}: not as recorded")
        if number in counts:
            kilobytes.append(resident())
    found.write_text(json.dumps(kilobytes))


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(each) for each in sys.argv[3:]], Path(sys.argv[2]))
