"""One main way in the in-memory account, recorded: what each function was invoked with, and what AWS sent it.

Each function is recorded in a new execution environment, so that it makes all its calls.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any
from unittest.mock import patch

import botocore.endpoint

from bench.load.recorded import CUSTOMER, Recording, Response, name_of
from tests.support.account import Account, an_account
from tests.support.app import App, trust_demo_issuers
from tests.support.builders import a_certificate

VERBS = (
    *("login", "verify_otp", "authorize", "request_upload", "validate_upload"),
    *("check_revocation", "get_upload", "register_certificate"),
)
"""The functions of the main way, in its order."""


def record() -> dict[str, Recording]:
    """Play the main way once, and return what was recorded for each function."""
    with an_account() as account:
        recorder = _Recorder(account)
        app = App(account, CUSTOMER)
        app.enrol()
        trust_demo_issuers(account)
        certificate = a_certificate(key="ec")
        with (
            patch.object(account, "invoke", recorder.invoke),
            patch.object(account, "called", recorder.called),
            patch.object(botocore.endpoint, "convert_to_response_dict", recorder.received),
        ):
            token = app.log_in(operation="register").body["token"]
            account.invoke("authorize", {"methodArn": "arn:load", "headers": {"Authorization": f"Bearer {token}"}})
            registered = app.register(certificate)
        if registered.status != 201:
            raise RuntimeError(f"not registered: {registered}")
    return {verb: recorder.recordings[verb] for verb in VERBS}


class _Recorder:
    """Stands before an account, and before what botocore makes of a response."""

    def __init__(self, account: Account) -> None:
        self.recordings: dict[str, Recording] = {}
        self._account = account
        self._invoke = account.invoke
        self._called = account.called
        self._convert: Any = vars(botocore.endpoint)["convert_to_response_dict"]
        self._running: Recording | None = None
        self._call = ""
        self._kept = False

    def invoke(self, verb: str, event: Mapping[str, Any]) -> Any:
        """Invoke a function in a new environment, and keep what happens; of several invocations, the last."""
        self._account.restart()
        environment = self._account.environment(verb)
        recording = Recording(verb, json.dumps(event), environment, self._account.at)
        self.recordings[verb] = recording
        self._running = recording
        try:
            recording.result = self._invoke(verb, event)
        finally:
            self._running = None
        return recording.result

    def called(self, client: Any, operation: str, params: Mapping[str, Any]) -> Any:
        """Make a call, and keep its response: as it came, or else, from the result, as AWS writes it."""
        self._call = name_of(operation, params)
        self._kept = False
        result = self._called(client, operation, params)
        if not self._kept:
            written = {name: value for name, value in result.items() if name != "ResponseMetadata"}
            self._keep(Response(200, {}, json.dumps(written, default=_in_base64).encode()))
        return result

    def received(self, response: Any, model: Any) -> Any:
        """Keep a response as it came."""
        self._keep(Response(response.status_code, dict(response.headers), response.content))
        response.raw.seek(0)  # an object is read from here
        return self._convert(response, model)

    def _keep(self, response: Response) -> None:
        self._kept = True
        if self._running and not self._account.physical.making:
            self._running.responses.setdefault(self._call, []).append(response)


def _in_base64(value: bytes) -> str:
    """Bytes as JSON protocols write them."""
    return base64.b64encode(value).decode()
