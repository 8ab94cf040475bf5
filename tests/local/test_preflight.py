"""The go-live checks against a stack on the local cloud, which knows some of their calls."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tools.admin.preflight import CHECKS, Outcome, findings, read_stack
from tools.cloud.local_cloud import LocalCloud

pytestmark = pytest.mark.cloud


def test_every_check_has_a_result_on_the_local_cloud(cloud: LocalCloud) -> None:
    def client(service: str, region: str | None) -> Any:
        return cloud.client(service)

    found = dict(findings(read_stack("registrar", client, datetime.now(UTC), 1.0)))

    assert found.keys() == CHECKS.keys()
    # What the stack itself has is known there: a document, no topic, no domains.
    assert found["trust-document"].outcome is Outcome.OK
    assert found["alarm-topic"].outcome is Outcome.MISSING
    # It has no CloudTrail and no firewall, and makes buckets without their lock.
    for name in ("stage", "trail", "firewall", "evidence-lock"):
        assert found[name].outcome is Outcome.MISSING
    for name in ("page-certificate", "api-certificate", "relying-certificate", "truststore"):
        assert found[name].outcome is Outcome.OK
