"""Warm API call ÷ an echo function behind the same authorizer, in the same emulator."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from typing import Any

from bench.clock import Timed, ratio, times, wall
from bench.echo import GET, Echo, with_functions
from bench.report import Row
from registrar.aws.tables.status_reads import StatusReads
from registrar.domain.registrations.selector import ByFingerprint, ByRegistration, Selector
from tools.cloud import seed
from tools.cloud.local_cloud import LocalCloud
from tools.cloud.relying import client_of
from tools.demo.phone import Phone
from tools.pki.authorities import one_year_from
from tools.pki.issuers import DemoIssuers

CALLS = 150
MOST = {"`get_registration`": 1.3, "`list_registrations`": 1.5, "`get_upload`": 1.5}
MOST_STATUS = 1.3
GROUP = "Warm API call ÷ an echo function behind the same authorizer"
STATUS_GROUP = "Warm status for a relying service ÷ an echo function with the same signature check and reads"
STATUS_TABLES = ("RegistrationsTable", "DenyListTable", "KeptStatesTable", "IssuersTable")
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


def rows(calls: int = CALLS) -> Iterator[Row]:
    """One row for each reading route, and for the status that relying services ask for."""
    read = [{"Fn::GetAtt": [name, "Arn"]} for name in STATUS_TABLES]
    allowed = [{"Effect": "Allow", "Action": "dynamodb:BatchGetItem", "Resource": read}]
    reading = Echo(READING_ECHO, "POST", api="RelyingApi", allowed=allowed)
    template, built = with_functions(echo=GET, reading_echo=reading)
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
        paths = {
            "echo": "/echo",
            "`get_registration`": f"/registrations/{registration}",
            "`list_registrations`": "/registrations",
            "`get_upload`": f"/uploads/{view['upload_id']}",
        }
        took = times({name: wall(partial(_get, phone, path)) for name, path in paths.items()}, calls)
        named: dict[str, Selector] = {
            "by registration": ByRegistration(phone.customer.id, registration),
            "by fingerprint": ByFingerprint(hashlib.sha256(certificate.der).hexdigest()),
        }
        statuses = {name: times(_status_calls(cloud, each), calls) for name, each in named.items()}
    for name, most in MOST.items():
        yield Row(GROUP, name, ratio(took[name], took["echo"]), most)
    for name, both in statuses.items():
        yield Row(STATUS_GROUP, name, ratio(both["status"], both["echo"]), MOST_STATUS)


def _get(phone: Phone, path: str) -> None:
    response = phone.call("GET", path)
    if response.status != 200:
        raise RuntimeError(f"{path}: {response.status} {response.body.decode()}")


def _status_calls(cloud: LocalCloud, certificate: Selector) -> Mapping[str, Timed]:
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

    return {"echo": wall(echo), "status": wall(status)}


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
