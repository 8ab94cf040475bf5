"""The whole service on this machine: emulator, stack, and the look-ups of the AWS console.

    with LocalCloud.start() as cloud:
        requests to cloud.url …
        cloud.sms("+821012345678")

`name` of a function or queue is its logical name in template.yaml, or its physical one.
"""

import json
import time
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tools.cloud import stack
from tools.cloud.emulator import ROOT, Emulator, free_port
from tools.packaging import build

TEMPLATE = ROOT / "template.yaml"


class InvocationError(Exception):
    """A function invoked directly raised, was denied or timed out."""


@dataclass
class LocalCloud:
    """A deployed stack on a running emulator."""

    emulator: Emulator
    outputs: dict[str, str]
    resources: dict[str, str] = field(repr=False)
    """Logical name → physical name."""

    @classmethod
    def start(
        cls,
        parameters: Mapping[str, str] | None = None,
        *,
        template: Path = TEMPLATE,
        built: Path | None = None,
        port: int | None = None,
        background: bool = False,
        with_layers: bool = False,
        keeps_state: bool = False,
        variables: Mapping[str, str] | None = None,
        own_variables: Mapping[str, Mapping[str, str]] | None = None,
    ) -> Self:
        """Build what changed (unless `built` names a build), start the emulator and deploy.

        Every function gets `variables` too, and single ones, named by their folders, `own_variables`. With
        `keeps_state`, the emulator can be restarted.
        """
        built = built or build.build(build.host())
        emulator = Emulator.start(port=port, background=background, keeps_state=keeps_state)
        try:
            # tools.cloud.automation listens there.
            ssm = {"AWS_ENDPOINT_URL_SSM": f"http://127.0.0.1:{free_port()}"} if template == TEMPLATE else {}
            outputs = stack.deploy(
                emulator,
                template,
                built,
                parameters or {},
                with_layers=with_layers,
                variables={**ssm, **(variables or {})},
                own_variables=own_variables,
            )
            return cls(emulator, outputs, stack.resources(emulator))
        except BaseException:
            emulator.stop()
            raise

    @property
    def url(self) -> str:
        """The API's address, without a slash at the end."""
        return stack.api_url(self.emulator, self.outputs)

    @property
    def relying_url(self) -> str:
        """The relying services' API's address, without a slash at the end."""
        return stack.api_url(self.emulator, self.outputs, "RelyingApiUrl")

    def client(self, service: str) -> Any:
        """A boto3 client with the deployer's credentials."""
        return self.emulator.client(service)

    def physical(self, name: str) -> str:
        """Find the physical name of a resource in the template."""
        return self.resources.get(name, name)

    def invoke(self, name: str, event: Mapping[str, Any]) -> Any:
        """Invoke a function and return its result."""
        response = self.client("lambda").invoke(FunctionName=self.physical(name), Payload=json.dumps(event))
        payload = json.loads(response["Payload"].read() or b"null")
        if "FunctionError" in response:
            raise InvocationError(f"{name}: {payload}")
        return payload

    def logs(self, name: str) -> list[str]:
        """List what a function has logged, the platform's own lines included, oldest first.

        On a busy machine the emulator may keep the last lines of an invocation until the next one: a test must not
        wait for a line.
        """
        client = self.client("logs")
        configuration = self.client("lambda").get_function_configuration(FunctionName=self.physical(name))
        group = configuration["LoggingConfig"]["LogGroup"]
        try:
            pages = list(client.get_paginator("filter_log_events").paginate(logGroupName=group))
        except client.exceptions.ResourceNotFoundException:
            return []
        events = [event for page in pages for event in page["events"]]
        return [event["message"] for event in sorted(events, key=lambda event: event["timestamp"])]

    def sms(self, phone: str) -> list[str]:
        """List the texts sent to a phone number such as +821012345678, oldest first."""
        query = urllib.parse.urlencode({"phoneNumber": phone})
        sent = json.loads(self.emulator.get(f"/_ministack/sns/sms-messages?{query}"))["sms_messages"]
        return [text["Message"] for text in sent[phone]]

    def wait_for_sms(self, phone: str, about: str, count: int = 1, *, seconds: float = 60) -> list[str]:
        """Wait until `count` texts to a phone number contain `about`, and return them. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while len(found := [text for text in self.sms(phone) if about in text]) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(found)} texts about {about!r} within {seconds} s, not {count}")
            time.sleep(0.1)
        return found

    def mails(self) -> list[dict[str, Any]]:
        """List the mails sent, oldest first."""
        sent = json.loads(self.emulator.get("/_ministack/ses/messages"))["messages"]
        return [mail for mails in sent.values() for mail in mails]

    def wait_for_empty_queue(self, name: str, *, seconds: float = 120) -> None:
        """Wait until a queue is empty and no message is in flight. Raises TimeoutError."""
        sqs = self.client("sqs")
        queue = self.physical(name)
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
            if all(counts[name] == "0" for name in names):
                return
            time.sleep(0.1)
        raise TimeoutError(f"{name} did not empty within {seconds} s")

    def stop(self) -> None:
        """Stop the emulator and its functions."""
        self.emulator.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
