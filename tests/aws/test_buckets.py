"""S3: conditional writes, the form that uploads exactly one file, and the trust bucket's cache."""

import base64
import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from registrar.aws.buckets.bucket import Bucket
from registrar.aws.buckets.trust_bucket import ACTIVE, CACHE_LIFE, CONFIRMATION, INCOMING, REPORT, TrustBucket
from registrar.aws.clients import post_client
from registrar.domain.certificates.trust_document import MAX_DOCUMENT_BYTES
from registrar.domain.reasons.errors import ConditionFailed, ObjectNotFound, TrustDocumentRejected
from registrar.domain.registrations.upload import POST_LIFE
from registrar.domain.registrations.upload_files import AnnouncedFile, object_key
from tests.support.account import PIN, Account
from tests.support.builders import NOW, a_trust_document

DOCUMENT = json.dumps(a_trust_document()).encode()
SECOND_DOCUMENT = json.dumps(a_trust_document(2)).encode()


@pytest.fixture
def bucket(account: Account) -> Bucket:
    return Bucket(account.client("s3"), account.physical["TrustBucket"])


@pytest.fixture
def trust(bucket: Bucket) -> TrustBucket:
    return TrustBucket(bucket, [PIN])


def test_an_object_is_read_as_it_was_written(bucket: Bucket) -> None:
    bucket.write("a", b"content")
    assert bucket.read("a", 100).content == b"content"


def test_a_read_stops_one_byte_above_the_limit(bucket: Bucket) -> None:
    bucket.write("a", b"x" * 100)
    assert bucket.read("a", 10).content == b"x" * 11


def test_a_missing_object_differs_from_other_failures(bucket: Bucket, account: Account) -> None:
    with pytest.raises(ObjectNotFound):
        bucket.read("a", 10)
    with pytest.raises(ClientError):
        Bucket(account.client("s3"), "no-such-bucket").read("a", 10)
    with pytest.raises(ClientError):
        Bucket(account.client("s3"), "no-such-bucket").write("a", b"", create=True)


def test_deleting_an_object_twice_is_harmless(account: Account) -> None:
    bucket = Bucket(account.client("s3"), account.physical["UploadBucket"])
    bucket.write("uploads/a", b"content")
    bucket.delete("uploads/a")
    bucket.delete("uploads/a")
    with pytest.raises(ObjectNotFound):
        bucket.read("uploads/a", 10)
    versions = account.client("s3").list_object_versions(Bucket=bucket.name)
    assert "Versions" not in versions, "no earlier version stays behind"


def test_create_writes_only_where_no_object_exists(bucket: Bucket) -> None:
    bucket.write("a", b"first", create=True)
    with pytest.raises(ConditionFailed):
        bucket.write("a", b"second", create=True)
    assert bucket.read("a", 100).content == b"first"


def test_replace_writes_only_over_the_version_that_was_read(bucket: Bucket) -> None:
    bucket.write("a", b"first")
    seen = bucket.read("a", 100)
    bucket.write("a", b"second", replacing=seen.etag)
    with pytest.raises(ConditionFailed):
        bucket.write("a", b"third", replacing=seen.etag)
    assert bucket.read("a", 100).content == b"second"


KEY = object_key("ab" * 16, 1)


def presigned(account: Account) -> tuple[dict[str, Any], dict[str, Any]]:
    bucket = Bucket(post_client(), account.physical["UploadBucket"])
    form = bucket.presigned_post(KEY, AnnouncedFile("signCert.der", 1460, "cd" * 32), POST_LIFE)
    return form, json.loads(base64.b64decode(form["fields"]["policy"]))


def test_the_form_accepts_exactly_one_key_size_and_type(account: Account) -> None:
    form, policy = presigned(account)
    conditions: list[Any] = policy["conditions"]
    name = account.physical["UploadBucket"]
    assert {"bucket": name} in conditions
    assert {"key": KEY} in conditions
    assert ["content-length-range", 1460, 1460] in conditions
    assert {"Content-Type": "application/octet-stream"} in conditions
    assert not [c for c in conditions if isinstance(c, list) and c[0] == "starts-with"]
    assert form["fields"]["key"] == KEY


def test_every_field_of_the_form_is_a_condition(account: Account) -> None:
    form, policy = presigned(account)
    conditions = [c for c in policy["conditions"] if isinstance(c, dict)]
    unbound = {"policy", "x-amz-signature"}
    for name, value in form["fields"].items():
        assert name in unbound or {name: value} in conditions, name


def test_the_form_expires_after_five_minutes(account: Account) -> None:
    _, policy = presigned(account)
    ends = datetime.strptime(policy["expiration"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(minutes=4, seconds=50) < ends - datetime.now(UTC) <= timedelta(minutes=5)


def test_the_form_is_signed_with_v4_for_the_buckets_own_host(account: Account) -> None:
    form, _ = presigned(account)
    assert form["fields"]["x-amz-algorithm"] == "AWS4-HMAC-SHA256"
    assert form["url"].startswith(f"https://{account.physical['UploadBucket']}.s3.")


def test_without_an_active_document_no_issuer_is_trusted(trust: TrustBucket) -> None:
    with pytest.raises(ObjectNotFound):
        trust.active(NOW)
    assert trust.proposal() is None


def test_the_active_document_is_cached_for_a_minute(account: Account, trust: TrustBucket, bucket: Bucket) -> None:
    bucket.write(ACTIVE, DOCUMENT)
    assert trust.active(NOW).version == 1
    bucket.write(ACTIVE, SECOND_DOCUMENT)
    almost = NOW + CACHE_LIFE - timedelta(seconds=1)
    assert account.recorded(lambda: trust.active(almost)) == []
    assert trust.active(almost).version == 1
    calls = account.recorded(lambda: trust.active(NOW + CACHE_LIFE))
    assert [call.operation for call in calls] == ["GetObject"]
    assert trust.active(NOW + CACHE_LIFE).version == 2


def test_an_active_document_under_another_anchor_is_not_trusted(bucket: Bucket) -> None:
    bucket.write(ACTIVE, DOCUMENT)
    with pytest.raises(TrustDocumentRejected):
        TrustBucket(bucket, ["00" * 32]).active(NOW)


def test_an_oversized_document_is_refused(trust: TrustBucket, bucket: Bucket) -> None:
    bucket.write(ACTIVE, DOCUMENT + b" " * MAX_DOCUMENT_BYTES)
    with pytest.raises(TrustDocumentRejected):
        trust.active(NOW)


def test_activation_replaces_only_the_version_that_was_read(trust: TrustBucket, bucket: Bucket) -> None:
    bucket.write(INCOMING, DOCUMENT)
    first = trust.proposal()
    assert first is not None
    assert first.active is None
    trust.activate(first.document, None)
    with pytest.raises(ConditionFailed):
        trust.activate(first.document, None)
    bucket.write(INCOMING, SECOND_DOCUMENT)
    second = trust.proposal()
    assert second is not None
    assert second.active is not None
    assert second.active.content == DOCUMENT
    trust.activate(second.document, second.active)
    with pytest.raises(ConditionFailed):
        trust.activate(first.document, second.active)
    assert trust.active(NOW).version == 2


def test_a_proposal_is_identified_by_document_active_version_and_confirmation(
    trust: TrustBucket, bucket: Bucket
) -> None:
    writes = [(INCOMING, DOCUMENT), (ACTIVE, DOCUMENT), (CONFIRMATION, b"0" * 64), (INCOMING, SECOND_DOCUMENT)]
    found = []
    for key, content in writes:
        bucket.write(key, content)
        assert trust.proposal() == trust.proposal()
        found.append(trust.proposal())
    assert all(one != other for one, other in itertools.combinations(found, 2))


def test_the_report_is_readable_json(trust: TrustBucket, bucket: Bucket) -> None:
    trust.report({"activated": False, "reasons": ["발급기관: not JSON"]})
    content = bucket.read(REPORT, 10_000).content
    assert json.loads(content) == {"activated": False, "reasons": ["발급기관: not JSON"]}
    assert "발급기관".encode() in content
