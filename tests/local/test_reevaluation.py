"""A policy that is no longer accepted: planned, shown, applied with notices; and accepted again."""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from registrar.aws.buckets.trust_bucket import ACTIVE
from registrar.entry.log import customer_ref
from tests.support.expect import eventually
from tools.cloud import seed
from tools.cloud.automation import Automation
from tools.cloud.local_cloud import LocalCloud
from tools.demo.phone import Phone
from tools.pki.authorities import CustomerCertificate

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

REASON = "personal policies of tradesign, memo 12"
HELD, LIFTED = "Certificate suspended by the bank", "Suspension lifted by the bank"


def _read(cloud: LocalCloud, key: str) -> bytes:
    stored = cloud.client("s3").get_object(Bucket=cloud.outputs["TrustBucket"], Key=key)
    content: bytes = stored["Body"].read()
    return content


@pytest.fixture
def accept(cloud: LocalCloud, automation: Automation) -> Iterator[Callable[[bool], int]]:
    """Activates a document that does or does not accept tradesign's personal certificates; returns its version."""

    def activate(accepted: bool) -> int:
        document = json.loads(_read(cloud, ACTIVE))
        document["version"] += 1
        for policy in document["operators"]["tradesign"]["policies"]:
            policy["accepted"] = accepted if policy["oid"] == "1.2.410.200012.1.1.101" else policy["accepted"]
        report = seed.confirm_trust(automation, seed.propose_trust(cloud, document))
        assert report["activated"], report
        return int(document["version"])

    yield activate
    activate(True)


def _plan(automation: Automation, version: int) -> tuple[dict[str, Any], list[dict[str, Any]], str]:
    """The summary of a plan, its lines about tradesign, and the digest that confirms it."""
    cloud = automation.cloud
    begun = automation.act("policy.lee", "PlanReevaluation")["done"]
    assert begun["version"] == version
    found: list[bytes] = []

    def finished() -> bool:
        try:
            found.append(_read(cloud, begun["summary"]))
        except ClientError as missing:
            assert missing.response["Error"]["Code"] == "NoSuchKey"  # noqa: PT017 - anything else is a failure
        return bool(found)

    eventually(finished, seconds=120)
    summary = json.loads(found[0])
    files = [begun["summary"].replace("summary.json", f"{segment}.jsonl") for segment in summary["segments"]]
    lines = [json.loads(line) for file in files for line in _read(cloud, file).splitlines()[1:]]
    ours = [line for line in lines if line["operator"] == "tradesign"]
    return summary, ours, hashlib.sha256(found[0]).hexdigest()


def _apply(automation: Automation, version: int, digest: str) -> dict[str, Any]:
    return automation.act("policy.kim", "ApplyReevaluation", Version=str(version), Confirm=digest, Reason=REASON)


def _register(phone: Phone, certificate: CustomerCertificate) -> str:
    answer = phone.prove(phone.upload({"signCert.der": certificate.der}), certificate)
    assert answer.status == 201, answer.body
    return str(answer.json()["registration_id"])


def _view(phone: Phone, registration_id: str) -> tuple[bool, list[str]]:
    view = phone.call("GET", f"/registrations/{registration_id}").json()
    return view["usable"], view["holds"]


def test_dropped_policy_holds_and_accepting_it_again_lifts_the_hold(
    cloud: LocalCloud,
    automation: Automation,
    new_phone: Callable[..., Phone],
    new_certificate: Callable[..., CustomerCertificate],
    accept: Callable[[bool], int],
) -> None:
    dropped, kept = new_phone(language="en"), new_phone(language="en")
    failing = _register(dropped, new_certificate(operator="tradesign"))
    passing = _register(kept, new_certificate(operator="signkorea"))

    version = accept(False)
    summary, lines, digest = _plan(automation, version)

    assert summary["by_operator"]["tradesign"] == 1
    line = {"registration_id": failing, "operator": "tradesign", "codes": ["CERT_POLICY_NOT_ACCEPTED"]}
    assert lines == [line | {"change": "hold", "customer_ref": customer_ref(dropped.customer.id)}]
    assert "signkorea" not in summary["by_operator"]
    assert _view(dropped, failing) == (True, []), "a plan changes nothing"
    assert _apply(automation, version, "0" * 64)["text"].startswith("confirm is not the SHA-256 of")

    assert _apply(automation, version, digest)["done"]["version"] == version
    (text,) = cloud.wait_for_sms(dropped.customer.phone, HELD)
    assert "(KTNET)" in text
    assert _view(dropped, failing) == (False, ["bank"])
    assert _view(kept, passing) == (True, [])

    version = accept(True)
    _, lines, digest = _plan(automation, version)
    assert [(each["registration_id"], each["change"], each["codes"]) for each in lines] == [(failing, "lift", [])]
    assert _apply(automation, version, digest)["done"]["version"] == version
    assert len(cloud.wait_for_sms(dropped.customer.phone, LIFTED)) == 1
    assert _view(dropped, failing) == (True, [])
    assert len(cloud.wait_for_sms(dropped.customer.phone, HELD)) == 1
