"""Warm API call ÷ an echo function behind the same authorizer, in the same emulator."""

import json
import shutil
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from bench.report import Row
from tools.cloud import seed
from tools.cloud.local_cloud import LocalCloud
from tools.demo.phone import Phone
from tools.packaging import build
from tools.packaging.template import read_template
from tools.pki.authorities import one_year_from
from tools.pki.issuers import DemoIssuers

CALLS = 150
GROUP = "Warm API call ÷ an echo function behind the same authorizer"
# One log line, as every function writes: in the emulator, a handler without output is slower than one that logs.
ECHO = """
def lambda_handler(event, context):
    print('{"message": "echo"}')
    return {"statusCode": 200, "body": "{}"}
"""


def rows() -> Iterator[Row]:
    """One row for each reading route."""
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
    for name, median in medians.items():
        if name != "echo":
            yield Row(GROUP, name, median / medians["echo"], 1.5)


def _medians(calls: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(CALLS + 5):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(measured[5:]) for name, measured in times.items()}


def _with_echo() -> tuple[Path, Path]:
    """template.yaml and the host build, with an added echo function."""
    built = build.build(build.host())
    copy = build.BUILD / "bench/host"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(built, copy)
    (copy / "functions/echo").mkdir()
    (copy / "functions/echo/handler.py").write_text(ECHO)
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
    path = build.BUILD / "bench/template.json"
    path.write_text(json.dumps(template))
    return path, copy
