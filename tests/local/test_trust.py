"""The trust document: a bad one is refused with reasons and changes nothing, a higher good one is activated."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from registrar.aws.buckets.trust_bucket import ACTIVE, CONFIRMATION, INCOMING, REPORT
from registrar.domain.certificates.trust_document import MAX_DOCUMENT_BYTES
from tests.support.expect import eventually
from tools.cloud import seed
from tools.cloud.automation import Automation
from tools.cloud.http_calls import send
from tools.cloud.local_cloud import LocalCloud
from tools.demo.phone import Phone
from tools.pki.authorities import CustomerCertificate, DemoPki, one_year_from
from tools.pki.issuers import DemoIssuers

pytestmark = pytest.mark.cloud

Document = dict[str, Any]
SECURITIES = "1.2.410.200004.5.2.1.7.2"
NewPhone = Callable[..., Phone]
NewCertificate = Callable[..., CustomerCertificate]


def _active(cloud: LocalCloud) -> bytes:
    stored = cloud.client("s3").get_object(Bucket=cloud.outputs["TrustBucket"], Key=ACTIVE)
    content: bytes = stored["Body"].read()
    return content


def _next(cloud: LocalCloud) -> Document:
    """A document that would be activated: the content of the active one, so that other tests are not affected."""
    active: Document = json.loads(_active(cloud))
    return active | {"version": active["version"] + 1}


@cache
def _stranger() -> DemoPki:
    return DemoPki.create(datetime.now(UTC), generation=9)


def _strange_root(document: Document) -> str:
    stranger = _stranger().trust_document()
    document["anchors"], document["issuers"] = stranger["anchors"], stranger["issuers"]
    return "is not pinned"


def _strange_issuer(document: Document) -> str:
    document["issuers"][0] = _stranger().trust_document()["issuers"][0]
    return "no pinned anchor issued it"


def _same_version(document: Document) -> str:
    document["version"] -= 1
    document["issuers"].pop()  # an identical document would be no proposal
    return "is not above the active version"


def _no_anchor(document: Document) -> str:
    document["anchors"] = []
    return "no pinned anchor issued it"


def _unknown_member(document: Document) -> str:
    document["comment"] = "x"
    return "comment is not known here"


def _over(document: Document) -> str:
    for issuer in document["issuers"]:
        issuer["accepted_until"] = "2020-01-01T00:00:00Z"
        issuer["accepted_from"] = "2019-01-01T00:00:00Z"
    return "none would be accepted now"


def _any_policy(document: Document) -> str:
    document["operators"]["kica"]["policies"][0]["oid"] = "2.5.29.32.0"
    document["operators"]["kica"]["policies"][0]["accepted"] = True
    return "is never acceptable"


@pytest.mark.parametrize(
    "spoil", [_strange_root, _strange_issuer, _same_version, _no_anchor, _unknown_member, _over, _any_policy]
)
def test_bad_document_is_refused_with_reasons(spoil: Callable[[Document], str], cloud: LocalCloud) -> None:
    before, document = _active(cloud), _next(cloud)
    reason = spoil(document)

    report = seed.propose_trust(cloud, document)

    assert report["activated"] is False
    assert [found for found in report["reasons"] if reason in found]
    assert _active(cloud) == before


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "must be an object"),
        (b"{}", "anchors is missing"),
        (b" " * (MAX_DOCUMENT_BYTES + 1), "larger than"),
        (b"\xff\xfe{}", "not JSON"),
    ],
    ids=lambda value: repr(value[:12]),
)
def test_malformed_document_is_refused_with_a_reason(content: bytes, reason: str, cloud: LocalCloud) -> None:
    before, bucket, s3 = _active(cloud), cloud.outputs["TrustBucket"], cloud.client("s3")

    etag = s3.put_object(Bucket=bucket, Key=INCOMING, Body=content)["ETag"]

    def report() -> Document:
        document: Document = json.loads(s3.get_object(Bucket=bucket, Key=REPORT)["Body"].read())
        return document

    eventually(lambda: bool(report()["proposed_etag"] == etag))
    assert report()["activated"] is False
    assert reason in report()["reasons"][0]
    assert _active(cloud) == before


def test_every_reason_is_reported_at_once(cloud: LocalCloud) -> None:
    document = _next(cloud)
    document["issuers"][0]["certificate"] = "AAAA"
    document["issuers"][1]["operator"] = "nobody"
    del document["issuers"][2]["name"]

    reasons = seed.propose_trust(cloud, document)["reasons"]

    assert [reason.partition(":")[0] for reason in reasons] == ["issuers[0]", "issuers[1]", "issuers[2]"]


def test_last_good_document_stays_active(
    cloud: LocalCloud, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    document = _next(cloud)
    _strange_root(document)
    assert not seed.propose_trust(cloud, document)["activated"]

    assert new_phone().upload({"signCert.der": new_certificate().der})["state"] == "AWAITING_PROOF"


def test_higher_version_is_activated_and_the_previous_one_kept(cloud: LocalCloud, automation: Automation) -> None:
    before, document = _active(cloud), _next(cloud)

    proposed = seed.propose_trust(cloud, document)
    assert (proposed["activated"], _active(cloud)) == (False, before)
    report = seed.confirm_trust(automation, proposed)

    assert (report["activated"], report["version"], report["issuers"]) == (
        True,
        document["version"],
        len(document["issuers"]),
    )
    assert json.loads(_active(cloud)) == document
    s3, bucket = cloud.client("s3"), cloud.outputs["TrustBucket"]
    versions = s3.list_object_versions(Bucket=bucket, Prefix=ACTIVE)["Versions"]
    kept = [
        s3.get_object(Bucket=bucket, Key=ACTIVE, VersionId=version["VersionId"])["Body"].read()
        for version in versions
    ]
    assert before in kept
    # The same version is refused, even with other content.
    downgraded = copy.deepcopy(document)
    downgraded["issuers"].pop()
    assert not seed.propose_trust(cloud, downgraded)["activated"]


def test_dry_run_reports_what_a_document_would_change(
    cloud: LocalCloud, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    """One policy becomes refused, another accepted; only the report is written."""
    phone = new_phone()
    kept, dropped = new_certificate(operator="kica"), new_certificate(operator="crosscert")
    views = {each: phone.upload({"signCert.der": each.der})["upload_id"] for each in (kept, dropped)}
    refused = phone.upload({"signCert.der": new_certificate(operator="kica", policy_oid=SECURITIES).der})
    assert refused["headline"] == "CERT_POLICY_NOT_ACCEPTED"
    registered = new_certificate(operator="crosscert")
    registration = phone.prove(phone.upload({"signCert.der": registered.der}), registered).json()["registration_id"]
    before, document = _active(cloud), _next(cloud)
    document["issuers"] = [issuer for issuer in document["issuers"] if issuer["operator"] != "crosscert"]
    for policy in document["operators"]["kica"]["policies"]:
        policy["accepted"] = policy["accepted"] or policy["oid"] == SECURITIES

    report = seed.propose_trust(cloud, document)

    change = report["would_change"]
    examples = {kind: {example["id"] for example in change[kind]} for kind in change["counts"]}
    assert (report["activated"], _active(cloud)) == (False, before)
    assert report["to_activate"].endswith(report["sha256"])
    assert {kind: min(count, 10) for kind, count in change["counts"].items()} == {
        k: len(v) for k, v in examples.items()
    }
    assert change["looked_at"] > sum(change["counts"].values())
    assert {views[dropped], registration} <= examples["would_be_refused"] or change["counts"][
        "would_be_refused"
    ] > 10
    assert refused["upload_id"] in examples["would_be_accepted"] or change["counts"]["would_be_accepted"] > 10
    assert views[kept] not in set().union(*examples.values())
    for example in change["would_be_accepted"]:
        assert "CERT_POLICY_NOT_ACCEPTED" in example["before"]
    assert "CERT_POLICY_NOT_ACCEPTED" in phone.call("GET", f"/uploads/{refused['upload_id']}").json()["headline"]


def test_confirmation_of_another_proposal_is_refused(cloud: LocalCloud) -> None:
    before, document = _active(cloud), _next(cloud)
    proposed = seed.propose_trust(cloud, document)
    changed = copy.deepcopy(document)
    changed["rules"]["warn_days"] = 29

    other = seed.propose_trust(cloud, changed)
    s3, bucket = cloud.client("s3"), cloud.outputs["TrustBucket"]
    for text in (proposed["sha256"], "yes", "", other["sha256"][:-1]):
        s3.delete_object(Bucket=bucket, Key=REPORT)
        s3.put_object(Bucket=bucket, Key=CONFIRMATION, Body=text.encode())
        eventually(lambda: bool("Contents" in s3.list_objects_v2(Bucket=bucket, Prefix=REPORT)))
        report = json.loads(s3.get_object(Bucket=bucket, Key=REPORT)["Body"].read())
        assert (report["activated"], report["sha256"]) == (False, other["sha256"])

    assert _active(cloud) == before


def test_rules_apply_after_confirmation(
    cloud: LocalCloud, automation: Automation, new_certificate: NewCertificate
) -> None:
    document = _next(cloud)
    document["rules"]["denied_keys"] = ["0" * 63]
    assert "denied_keys" in seed.propose_trust(cloud, document)["reasons"][0]
    document["rules"] |= {"denied_keys": ["0" * 64], "rsa_bits": [1024, 8192]}

    assert "rsa_bits" in seed.propose_trust(cloud, document)["reasons"][0]

    document["rules"] |= {"rsa_bits": [2048, 4096], "warn_days": 31}
    assert seed.confirm_trust(automation, seed.propose_trust(cloud, document))["version"] == document["version"]
    assert json.loads(_active(cloud))["rules"]["warn_days"] == 31
    again = _next(cloud)
    assert seed.confirm_trust(automation, seed.propose_trust(cloud, again))["activated"]


def _state(phone: Phone, certificate: CustomerCertificate) -> str:
    return str(phone.upload({"signCert.der": certificate.der})["state"])


@pytest.mark.slow  # it waits for a minute, after which functions read the document anew
def test_customer_renews_under_a_new_root_and_ca_of_the_same_operator(
    cloud: LocalCloud,
    automation: Automation,
    next_pki: DemoPki,
    new_phone: NewPhone,
    new_certificate: NewCertificate,
) -> None:
    phone, (first, last) = new_phone(), one_year_from(datetime.now(UTC))
    certificate = new_certificate(operator="tradesign", not_before=first - timedelta(days=300))
    old = phone.prove(phone.upload({"signCert.der": certificate.der}), certificate).json()["registration_id"]
    renewed = next_pki.issue_customer(operator="tradesign", not_before=first, not_after=last, key="ec")
    assert phone.upload({"signCert.der": renewed.der})["headline"] == "TRUST_ISSUER_UNKNOWN"
    before = _next(cloud)

    with DemoIssuers(next_pki) as responder:
        document, second = copy.deepcopy(before), next_pki.trust_document()
        document["anchors"] += second["anchors"]
        document["issuers"] += [each for each in second["issuers"] if each["operator"] == "tradesign"]
        document["operators"]["tradesign"]["revocation"]["ocsp"] = responder.url
        seed.confirm_trust(automation, seed.propose_trust(cloud, document))
        # A function keeps a document for a minute, and a customer has 20 uploads a day: others look.
        eventually(lambda: bool(_state(new_phone(), renewed) == "AWAITING_PROOF"), seconds=120)
        view = phone.upload({"signCert.der": renewed.der})
        registered = phone.prove(view, renewed, replaces=old)

    assert (registered.status, registered.json()["replaces"]) == (201, old)
    assert phone.call("GET", f"/registrations/{old}").json()["status"] == "SUPERSEDED"
    restored = before | {"version": document["version"] + 1}
    assert seed.confirm_trust(automation, seed.propose_trust(cloud, restored))["activated"]


def test_accepted_issuers_are_public(cloud: LocalCloud) -> None:
    answer = send("GET", f"{cloud.url}/issuers")
    assert (answer.status, answer.headers["cache-control"]) == (200, "public, max-age=300")
    found = {each["operator"]: each for each in answer.json()["issuers"]}
    active = json.loads(_active(cloud))
    assert found.keys() == {each["operator"] for each in active["issuers"]}
    assert found["yessign"]["name"] == active["operators"]["yessign"]["name"]
    assert found["yessign"]["accepted"] is True
    assert [each["name"] for each in found["yessign"]["announced"]] == ["yessignCA Class 4"]


def test_other_objects_in_the_bucket_change_nothing(cloud: LocalCloud) -> None:
    before, bucket = _active(cloud), cloud.outputs["TrustBucket"]
    content = json.dumps(_next(cloud)).encode()

    cloud.client("s3").put_object(Bucket=bucket, Key="incoming/other.json", Body=content)
    assert not seed.propose_trust(cloud, {"not": "a document"})["activated"]

    assert _active(cloud) == before
