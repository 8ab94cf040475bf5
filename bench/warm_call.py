"""Warm API call ÷ an echo function behind the same authorizer, in the same emulator."""

import hashlib
import json
import shutil
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bench.report import Row
from registrar.aws.tables.status_reads import StatusReads
from registrar.domain.registrations.selector import ByFingerprint, ByRegistration, Selector
from tools.cloud import seed
from tools.cloud.local_cloud import LocalCloud
from tools.cloud.relying import client_of
from tools.demo.phone import Phone
from tools.packaging import build
from tools.packaging.template import read_template
from tools.pki.authorities import one_year_from
from tools.pki.issuers import DemoIssuers

CALLS = 150
GROUP = "Warm API call ÷ an echo function behind the same authorizer"
STATUS_GROUP = "Warm status for a relying service ÷ an echo function with the same signature check and reads"
STATUS_TABLES = ("RegistrationsTable", "DenyListTable", "KeptStatesTable", "IssuersTable")
# One log line, as every function writes: in the emulator, a handler without output is slower than one that logs.
ECHO = """
def lambda_handler(event, context):
    print('{"message": "echo"}')
    return {"statusCode": 200, "body": "{}"}
"""
# What any function does that reads the same items, with the client that ours use.
READING_ECHO = """
import json

from registrar.aws.clients import client

def lambda_handler(event, context):
    for keys in json.loads(event["body"])["reads"]:
        client("dynamodb").batch_get_item(RequestItems=keys)
    print('{"message": "echo"}')
    return {"statusCode": 200, "body": "{}"}
"""


def rows() -> Iterator[Row]:
    """One row for each reading route, and for the status that relying services ask for."""
    template, built = _with_echo()
    now = datetime.now(UTC)
    pki = seed.demo_pki(now)
    with (
        DemoIssuers(pki) as issuers,
        LocalCloud.start(seed.parameters(pki), template=template, built=built) as cloud,
    ):
        phone = Phone(cloud.url, seed.seed(cloud, pki, issuers.url))
        phone.log_in()
        first, last = one_year_from(now)
        certificate = pki.issue_customer(not_before=first, not_after=last, key="ec")
        view = phone.upload({"signCert.der": certificate.der})
        registration = phone.prove(view, certificate).json()["registration_id"]
        calls = {
            "echo": lambda: phone.call("GET", "/echo"),
            "`get_registration`": lambda: phone.call("GET", f"/registrations/{registration}"),
            "`list_registrations`": lambda: phone.call("GET", "/registrations"),
            "`get_upload`": lambda: phone.call("GET", f"/uploads/{view['upload_id']}"),
        }
        medians = _medians(calls)
        named: dict[str, Selector] = {
            "by registration": ByRegistration(phone.customer.id, registration),
            "by fingerprint": ByFingerprint(hashlib.sha256(certificate.der).hexdigest()),
        }
        statuses = {name: _medians(_status_calls(cloud, each)) for name, each in named.items()}
    for name, median in medians.items():
        if name != "echo":
            yield Row(GROUP, name, median / medians["echo"], 1.5)
    for name, both in statuses.items():
        yield Row(STATUS_GROUP, name, both["status"] / both["echo"], 1.3)


def _status_calls(cloud: LocalCloud, certificate: Selector) -> Mapping[str, Callable[[], object]]:
    client = client_of(cloud, "transfers")
    asked = {"certificate": asdict(certificate), "purpose": "NORMAL"}
    reads = {"reads": _reads(cloud, certificate)}

    def status() -> None:
        answer = client.call("POST", "/status", asked)
        if answer.status != 200 or not answer.json()["usable"]:
            raise RuntimeError(f"status: {answer.status} {answer.body.decode()}")

    def echo() -> None:
        answer = client.call("POST", "/echo", reads)
        if answer.status != 200:
            raise RuntimeError(f"echo: {answer.status} {answer.body.decode()}")

    return {"echo": echo, "status": status}


def _reads(cloud: LocalCloud, certificate: Selector) -> list[Any]:
    """What a status reads, call by call."""
    dynamodb = cloud.client("dynamodb")
    found = []

    def batch_get_item(**call: Any) -> Any:
        found.append(call["RequestItems"])
        return dynamodb.batch_get_item(**call)

    tables = (cloud.physical(name) for name in STATUS_TABLES)
    StatusReads(SimpleNamespace(batch_get_item=batch_get_item), *tables).find([certificate])
    return found


def _medians(calls: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(CALLS + 5):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(measured[5:]) for name, measured in times.items()}


def _with_echo() -> tuple[Path, Path]:
    """template.yaml and the host build, with two echo functions added."""
    built = build.build(build.host())
    copy = build.BUILD / "bench/host"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(built, copy)
    for name, code in (("echo", ECHO), ("reading_echo", READING_ECHO)):
        (copy / "functions" / name).mkdir()
        (copy / "functions" / name / "handler.py").write_text(code)
    template = read_template(build.ROOT / "template.yaml")
    template["Resources"]["EchoFunction"] = {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "CodeUri": "functions/echo/",
            "Events": {
                "Get": {
                    "Type": "Api",
                    "Properties": {"RestApiId": {"Ref": "Api"}, "Method": "GET", "Path": "/echo"},
                }
            },
        },
    }
    read = [{"Fn::GetAtt": [name, "Arn"]} for name in STATUS_TABLES]
    allowed = {"Effect": "Allow", "Action": "dynamodb:BatchGetItem", "Resource": read}
    template["Resources"]["ReadingEchoFunction"] = {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "CodeUri": "functions/reading_echo/",
            "Policies": [{"Statement": [allowed]}],
            "Events": {
                "Post": {
                    "Type": "Api",
                    "Properties": {"RestApiId": {"Ref": "RelyingApi"}, "Method": "POST", "Path": "/echo"},
                }
            },
        },
    }
    path = build.BUILD / "bench/template.json"
    path.write_text(json.dumps(template))
    return path, copy
