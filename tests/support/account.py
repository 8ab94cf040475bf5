"""An AWS account in memory, made from template.yaml, so that the schema of tables and buckets lives once.

Functions are loaded as Lambda would: with exactly the variables that the template gives them, so a variable
that the template forgets fails here. Every call to AWS is recorded and can be made the function's last one.
"""

import copy
import io
import json
import os
import re
import sys
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType, SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

import boto3
import botocore.client
import fido2.server  # noqa: F401 - it looks itself up in sys.modules, which `function` leaves as it was
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from moto import mock_aws

from registrar.domain.certificates.trust import TrustStore
from registrar.domain.certificates.trust_document import read_document
from registrar.domain.reasons.errors import IssuerUnreachable
from registrar.entry.log import logger
from tests.support import aws_state, quicker_moto, used_grants
from tests.support.attribute_names import writable, writes_of
from tests.support.aws_makers import SAVED, Made, kms_key
from tests.support.builders import NOW, a_pin, a_pki
from tests.support.iam import needs_of, using
from tests.support.shape import RESOURCES, TEMPLATE
from tools.pki.issuers import DemoResponder, issue_root_responder
from tools.pki.responders import Responder

ROOT = Path(__file__).parents[2]
REGION = "ap-northeast-2"
PIN = a_pin(a_pki().root.certificate)
quicker_moto.install()
_REAL_CALL: Any = vars(botocore.client.BaseClient)["_make_api_call"]
_REAL_CLIENT: Any = Session.create_client
_clients: dict[tuple[str, str], Any] = {}
UNKNOWN_TO_MOTO = frozenset({"GetAutomationExecution", "StartQuery", "GetQueryResults"})
READS = (
    frozenset(
        {
            "GetItem",
            "BatchGetItem",
            "Query",
            "Scan",
            "GetObject",
            "HeadObject",
            "ListObjectsV2",
            "ListObjectVersions",
            "Decrypt",
            "GetPublicKey",
            "GetSecretValue",
            "Sign",
        }
    )
    | UNKNOWN_TO_MOTO
)
# They change nothing that a snapshot holds.
CREATED_WHEN_ASKED = frozenset({"CreateQueue", "CreateEventBus"})
# What Lambda itself provides; everything else has to stand in the template.
_RUNTIME = {
    "PATH": os.environ["PATH"],
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
}


class Killed(BaseException):
    """The function's process ended here: no `except Exception` and no `finally` of ours may count on more."""


@dataclass(frozen=True)
class Call:
    """One call to AWS."""

    operation: str
    params: Mapping[str, Any]


@cache
def _responder() -> Responder:
    return issue_root_responder(a_pki(), NOW)


@dataclass(frozen=True, eq=False)
class Snapshot:
    """An account as it was at one moment."""

    at: datetime
    state: aws_state.State
    issuers: DemoResponder
    lists: Mapping[str, bytes]
    calls: Sequence[Call]
    logged: str
    written: Mapping[tuple[Any, Any], datetime]


@dataclass
class Account:
    """Tables, buckets and the key of the template, and its functions, at the moment `at`."""

    parameters: Mapping[str, str]
    physical: Made = field(default_factory=Made)
    at: datetime = NOW
    calls: list[Call] = field(default_factory=list)
    log: io.StringIO = field(default_factory=io.StringIO)
    issuers: DemoResponder = field(default_factory=lambda: DemoResponder(_responder()))
    lists: dict[str, bytes] = field(default_factory=dict)
    _written: dict[tuple[Any, Any], datetime] = field(default_factory=dict)
    _functions: dict[str, ModuleType] = field(default_factory=dict)
    _kill: tuple[int, bool] | None = None
    _interruption: tuple[Callable[["Call"], bool], Callable[[], object]] | None = None
    _running: str | None = None
    executions: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What SSM, which moto lacks, keeps of started documents; see tests/support/staff.py."""
    queries: list[Mapping[str, Any]] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    as_restored: Snapshot | None = None
    """What was restored, if no call was made since."""

    def client(self, service: str) -> Any:
        return boto3.client(cast("Any", service))

    def pass_time(self, **by: float) -> None:
        self.at += timedelta(**by)

    def function(self, verb: str) -> ModuleType:
        """The module of functions/<verb>/handler.py, as in a new execution environment; kept until `restart`."""
        if verb not in self._functions:
            module = ModuleType(f"functions_{verb}_handler")
            sys.modules[module.__name__] = module
            with patch.object(os, "environ", self.environment(verb)):
                exec(_code(verb), module.__dict__)  # noqa: S102 - our own file
            del sys.modules[module.__name__]
            module.__dict__["now"] = lambda: self.at
            if "pause" in module.__dict__:
                module.__dict__["pause"] = lambda wait: None
            self._functions[verb] = module
        return self._functions[verb]

    def snapshot(self) -> Snapshot:
        """What the account is now, its functions' environments aside."""
        return Snapshot(
            self.at,
            aws_state.save(),
            copy.deepcopy(self.issuers),
            dict(self.lists),
            list(self.calls),
            self.log.getvalue(),
            dict(self._written),
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Make the account what it was, with new environments of its functions."""
        aws_state.restore(snapshot.state)
        self.at = snapshot.at
        self.issuers = copy.deepcopy(snapshot.issuers)
        self.lists = dict(snapshot.lists)
        self.calls[:] = snapshot.calls
        self.log.seek(0)
        self.log.truncate()
        self.log.write(snapshot.logged)
        self._written = dict(snapshot.written)
        self.restart()
        self.as_restored = snapshot

    @property
    def has_functions(self) -> bool:
        """Whether a function has an environment."""
        return bool(self._functions)

    def facts(self) -> tuple[Hashable, ...]:
        """What a test may have set before it made a call."""
        issuers = repr(vars(self.issuers) | {"_responder": self.issuers._responder.certificate.serial_number})
        lists, parameters = (tuple(sorted(each.items())) for each in (self.lists, self.parameters))
        return self.as_restored, self.at, issuers, lists, parameters

    def restart(self) -> None:
        """Lambda replaces the environment of a function that was killed."""
        self._functions.clear()

    def invoke(self, verb: str, event: Mapping[str, Any]) -> Any:
        context = SimpleNamespace(
            function_name=f"registrar-{verb}", aws_request_id="c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
        )
        module = self.function(verb)
        before = self._running
        self._running = verb
        try:
            return module.lambda_handler(event, context)
        finally:
            self._running = before

    def environment(self, verb: str) -> dict[str, str]:
        """The variables of a function, resolved from the template."""
        return {**_RUNTIME, **{name: self._resolved(value) for name, value in _variables(verb).items()}}

    def _resolved(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        ((verb, argument),) = value.items()
        if verb == "Ref" and argument == "AWS::StackName":
            return "registrar"
        if verb == "Ref":
            return self.parameters[argument] if argument in self.parameters else self.physical[argument]
        if verb == "Fn::GetAtt" and argument[1] == "Arn" and RESOURCES[argument[0]]["Type"] == "AWS::KMS::Key":
            return self.physical[argument[0]]
        if verb == "Fn::Join":
            return str(argument[0]).join(self._resolved(argument[1]).split(","))
        if verb == "Fn::If":
            return self._resolved(argument[1 if self._holds(argument[0]) else 2])
        if verb == "Fn::Sub":
            return re.sub(r"\$\{(\w+)\.Arn\}", lambda match: self.physical[match[1]], argument)
        raise KeyError(f"{verb} {argument}")

    def _holds(self, condition: str) -> bool:
        test = TEMPLATE["Conditions"][condition]
        left, right = (test["Fn::Not"][0] if "Fn::Not" in test else test)["Fn::Equals"]
        return (self._resolved(left) == self._resolved(right)) is not ("Fn::Not" in test)

    @contextmanager
    def killed_at(self, write: int, *, after: bool) -> Iterator[None]:
        """Within, the process ends before (or right after) its write number `write`, counted from 0.

        Between two writes it does not matter where: reads leave nothing behind.
        """
        self.calls.clear()
        self._kill = (write, after)
        try:
            yield
        finally:
            self._kill = None

    @contextmanager
    def interrupted(self, before: Callable[[Call], bool], act: Callable[[], object]) -> Iterator[None]:
        """Within, `act` happens right before the first call that `before` accepts: whoever makes that call is slow,
        and another caller was at work meanwhile."""
        self._interruption = before, act
        try:
            yield
            assert self._interruption is None, "no such call was made"
        finally:
            self._interruption = None

    def called(self, client: Any, operation: str, params: Mapping[str, Any]) -> Any:
        """Stands in for every client's call."""
        if operation not in CREATED_WHEN_ASKED:
            self.as_restored = None
        if self.physical.making:
            return _REAL_CALL(client, operation, params)
        if self._interruption and self._interruption[0](Call(operation, params)):
            act, self._interruption = self._interruption[1], None
            with self.by_others():
                act()
        if self._running:
            self._authorize(self._running, operation, params)
        write = operation not in READS
        number = sum(call.operation not in READS for call in self.calls) if self._kill else None
        self.calls.append(Call(operation, params))
        if write and self._kill == (number, False):
            raise Killed
        try:
            if operation in UNKNOWN_TO_MOTO:
                return self._played(operation, params)
            if "EncryptionAlgorithm" in params:
                return self._unsealed(params)
            if operation == "ChangeMessageVisibility":
                return {}  # of a message that moto's queue never held
            return self._dated(operation, params, _REAL_CALL(client, operation, params))
        finally:
            if write and self._kill == (number, True):
                raise Killed

    def _dated(self, operation: str, params: Mapping[str, Any], response: Any) -> Any:
        """The response of S3 with the account's time: moto's objects have this machine's."""
        place = params.get("Bucket"), params.get("Key")
        if operation == "PutObject":
            self._written[place] = self.at
        if operation == "GetObject":
            response["LastModified"] = self._written.get(place, self.at)
        return response

    def _authorize(self, verb: str, operation: str, params: Mapping[str, Any]) -> None:
        """Deny what the running function's role does not allow; of a write to a table, attribute by attribute.

        It is also kept in `denied`: a handler may go on after an error.
        """
        logical = {physical: name for name, physical in self.physical.items()}
        allowing = using(verb, operation, params, logical)
        denied = [] if all(allowing) else [f"{verb}: {list(needs_of(operation, params, logical))}"]
        for write in writes_of(operation, params):
            table = logical[write.table]
            if not any(write.attributes <= names for names in writable(verb, write.action, table)):
                denied.append(f"{verb}: {write.action} {table} {sorted(write.attributes)}")
        if denied:
            self.denied += denied
            raise ClientError({"Error": {"Code": "AccessDeniedException"}}, operation)
        used_grants.note(grant for grants in allowing for grant in grants)

    def _played(self, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        if operation == "GetAutomationExecution":
            return self._execution(params["AutomationExecutionId"])
        return self._query(operation, params)

    def _query(self, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Logs Insights, whose one query of ours looks for values of members in what these functions logged."""
        if operation == "StartQuery":
            self.queries.append(params)
            return {"queryId": str(len(self.queries) - 1)}
        asked = self.queries[int(params["queryId"])]
        wanted = re.findall(r"(\w+) = '([^']*)'", asked["queryString"])
        groups = {group.rpartition("/")[2]: group for group in asked["logGroupNames"]}
        lines = [(line, json.loads(line).get("function", "-")) for line in self.log.getvalue().splitlines()]
        rows = [
            [{"field": "@log", "value": groups[name]}, {"field": "@message", "value": line}]
            for line, function in lines
            if any(json.loads(line).get(member) == value for member, value in wanted)
            and (name := str(function).removeprefix("registrar-")) in groups
        ]
        assert "sort @timestamp desc" in asked["queryString"]
        return {"status": "Complete", "results": rows[::-1]}

    def _execution(self, execution_id: str) -> dict[str, Any]:
        if execution_id not in self.executions:
            raise ClientError({"Error": {"Code": "AutomationExecutionNotFoundException"}}, "GetAutomationExecution")
        return {"AutomationExecution": self.executions[execution_id]}

    def _unsealed(self, params: Mapping[str, Any]) -> dict[str, bytes]:
        """KMS Decrypt with an RSA key, which moto does not know."""
        (name,) = [name for name, arn in self.physical.items() if arn == params["KeyId"]]
        assert params["EncryptionAlgorithm"] == "RSAES_OAEP_SHA_256"
        key = kms_key(name, RESOURCES[name]["Properties"]["KeySpec"]).private_key
        try:
            plaintext = key.decrypt(params["CiphertextBlob"], padding.OAEP(padding.MGF1(SHA256()), SHA256(), None))
        except ValueError:
            raise ClientError({"Error": {"Code": "InvalidCiphertextException"}}, "Decrypt") from None
        return {"Plaintext": plaintext}

    @contextmanager
    def by_others(self) -> Iterator[None]:
        """Within, calls are made with other rights than those of the function that runs."""
        before, self._running = self._running, None
        try:
            yield
        finally:
            self._running = before

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Within, calls are a test's own: neither recorded nor counted."""
        before, self.physical.making = self.physical.making, True
        try:
            yield
        finally:
            self.physical.making = before

    def recorded(self, act: Callable[[], object]) -> list[Call]:
        """The calls that `act` makes."""
        self.calls.clear()
        act()
        return list(self.calls)

    def items(self, table: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.client("dynamodb").scan(TableName=self.physical[table])["Items"]
        return items

    def keys(self, bucket: str) -> list[str]:
        found = self.client("s3").list_objects_v2(Bucket=self.physical[bucket]).get("Contents", [])
        return [entry["Key"] for entry in found]

    def messages(self) -> list[dict[str, Any]]:
        """What was sent to a queue since calls were last forgotten: body and delay in seconds."""
        sent = [call.params for call in self.calls if call.operation == "SendMessage"]
        batches = [call.params["Entries"] for call in self.calls if call.operation == "SendMessageBatch"]
        every = [*sent, *(entry for batch in batches for entry in batch)]
        return [{"body": json.loads(m["MessageBody"]), "delay": m.get("DelaySeconds", 0)} for m in every]

    def sent_to(self, queue: str) -> list[dict[str, Any]]:
        """The bodies of what was sent to a queue since calls were last forgotten."""
        url = self.physical[queue]
        calls = [call.params for call in self.calls if call.operation == "SendMessage"]
        return [json.loads(call["MessageBody"]) for call in calls if call["QueueUrl"] == url]

    def logged(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


@contextmanager
def an_account() -> Iterator[Account]:
    """A new, empty account; gone afterwards."""
    names = {name: str(p["Default"]) for name, p in TEMPLATE["Parameters"].items() if "Default" in p}
    account = Account({**names, "TrustAnchorPins": PIN})
    handler = logger.registered_handler
    before = handler.setStream(account.log)  # type: ignore[attr-defined]

    def asked(address: str, request: bytes, origins: object, limits: object) -> bytes:
        return account.issuers.respond(request, account.at)

    def fetched(url: str, origins: object, limits: object) -> tuple[bytes, ...]:
        if url not in account.lists:
            raise IssuerUnreachable("no server is there")
        return (account.lists[url],)

    with (
        patch.dict(os.environ, _RUNTIME),
        mock_aws(),
        patch("boto3.DEFAULT_SESSION", _session()),
        patch.object(Session, "create_client", _client),
        patch("registrar.entry.relying.now", lambda: account.at),
        patch("registrar.entry.command.now", lambda: account.at),
        patch("registrar.steps.status_checks.ask_ocsp", asked),
        patch("registrar.steps.crl_store.fetch_crl", fetched),
        patch("registrar.aws.buckets.trust_bucket.read_document", lambda raw, p: _read_document(raw, frozenset(p))),
    ):

        def recorded_call(client: Any, operation: str, params: Mapping[str, Any]) -> Any:
            return account.called(client, operation, params)

        _make_resources(account)
        try:
            with patch.object(botocore.client.BaseClient, "_make_api_call", recorded_call):
                yield account
            assert account.denied == [], "a function's role does not allow what the function writes"
        finally:
            handler.setStream(before)  # type: ignore[attr-defined]


_empty: list[tuple[Mapping[str, str], Snapshot]] = []
"""The template's tables, buckets and keys with nothing in them, once they were made in this process."""


def _make_resources(account: Account) -> None:
    if not _empty:
        for name, resource in RESOURCES.items():
            if resource["Type"] in SAVED:
                account.physical[name]
        _empty.append((dict(account.physical), account.snapshot()))
    names, snapshot = _empty[0]
    account.physical.update(names)
    account.restore(snapshot)


@cache
def _read_document(raw: bytes, pins: frozenset[str]) -> TrustStore:
    """Checking every signature of a trust document takes long, and every new environment does it."""
    return read_document(raw, pins)


@cache
def _variables(verb: str) -> Mapping[str, Any]:
    """The variables of a function, as they stand in the template."""
    (properties,) = [
        r["Properties"]
        for r in RESOURCES.values()
        if r["Type"] == "AWS::Serverless::Function" and r["Properties"]["CodeUri"] == f"functions/{verb}/"
    ]
    everywhere = TEMPLATE["Globals"]["Function"]
    return {
        name: value
        for each in (everywhere, properties)
        for name, value in each.get("Environment", {}).get("Variables", {}).items()
    }


@cache
def _session() -> boto3.Session:
    """As clients do, one serves all accounts."""
    return boto3.Session()


@cache
def _code(verb: str) -> CodeType:
    path = ROOT / "functions" / verb / "handler.py"
    return compile(path.read_text(), str(path), "exec")


def _client(session: Session, service_name: str, *, config: Config | None = None, **settings: Any) -> Any:
    """Clients keep no state of an account and cost 30 ms each: one of a kind serves all tests."""
    kind = (service_name, repr(vars(config)["_user_provided_options"] if config else {}))
    if kind not in _clients:
        _clients[kind] = _REAL_CLIENT(session, service_name, config=config, **settings)
    return _clients[kind]
