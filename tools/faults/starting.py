"""Starts a local cloud behind the fault proxy: trusted issuers, one with a list; another system that listens."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

from tools.cloud import seed
from tools.cloud.automation import Automation
from tools.cloud.emulator import ROOT, free_port
from tools.cloud.local_cloud import LocalCloud
from tools.cloud.relying import client_of, seed_services
from tools.faults.proxy import FaultProxy
from tools.faults.world import LIST_PATH, LISTING_OPERATOR, LONGER_VISIBILITY, QUEUES, VISIBILITY, World
from tools.pki.authorities import DemoPki
from tools.pki.crls import make_crl, scope
from tools.pki.file_server import FileServer
from tools.pki.issuers import DemoIssuers


@contextmanager
def a_world() -> Iterator[World]:
    """A new cloud with a proxy before it; its queues deliver failed messages again after VISIBILITY seconds."""
    pki = seed.demo_pki(datetime.now(UTC))
    verbs = sorted(path.parent.name for path in (ROOT / "functions").glob("*/handler.py"))
    with ExitStack() as stack:
        proxy = stack.enter_context(FaultProxy(verbs))
        issuers = stack.enter_context(DemoIssuers(pki))
        own = {verb: {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"} for verb, port in proxy.ports.items()}
        proxy.upstream = free_port()  # known before the first function runs
        cloud = stack.enter_context(LocalCloud.start(seed.parameters(pki), port=proxy.upstream, own_variables=own))
        web = stack.enter_context(FileServer())
        _seed(cloud, pki, issuers, web)
        automation = stack.enter_context(Automation(cloud))
        sqs = cloud.client("sqs")
        for name in QUEUES:
            attributes = {"VisibilityTimeout": str(LONGER_VISIBILITY.get(name, VISIBILITY))}
            sqs.set_queue_attributes(QueueUrl=cloud.physical(name), Attributes=attributes)
        # The nightly jobs run when a scenario says so, not when their hour comes.
        schedules = cloud.client("scheduler")
        for schedule in schedules.list_schedules()["Schedules"]:
            if not schedule["Name"].endswith("EveryMinute"):
                schedules.delete_schedule(Name=schedule["Name"], GroupName=schedule["GroupName"])
        heard = _listening(cloud)
        yield World(cloud, proxy, pki, issuers, heard, client_of(cloud, "transfers"), web, automation)


def _seed(cloud: LocalCloud, pki: DemoPki, issuers: DemoIssuers, web: FileServer) -> None:
    """Trust the demo authorities; one operator has no responder, and publishes a list."""
    seed_services(cloud)
    document = pki.trust_document(version=1, ocsp=issuers.url)
    document["operators"][LISTING_OPERATOR]["revocation"] |= {"ocsp": None, "crl": [web.origin]}
    now = datetime.now(UTC)
    issuer = pki.issuers[LISTING_OPERATOR]
    web.put(LIST_PATH, make_crl(issuer, [], this_update=now, idp=scope(uris=[web.url(LIST_PATH)]), number=1))
    report = seed.propose_trust(cloud, document)
    if not report["activated"]:
        raise RuntimeError(f"the demo trust document was refused: {report['reasons']}")


def _listening(cloud: LocalCloud) -> str:
    """A queue that gets every event, as another system of the bank would have it."""
    sqs = cloud.client("sqs")
    url: str = sqs.create_queue(QueueName="other-system")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events = cloud.client("events")
    bus = {"EventBusName": cloud.physical("RegistrationEvents")}
    events.put_rule(Name="other-system", EventPattern=json.dumps({"source": [{"prefix": ""}]}), **bus)
    events.put_targets(Rule="other-system", Targets=[{"Id": "queue", "Arn": arn}], **bus)
    return url
