"""Evidence in S3: written once under the name of its content, locked, and durable when `keep` returns."""

import hashlib
from typing import Any

import pytest
from botocore.exceptions import ClientError

from registrar.aws.buckets.evidence_bucket import EvidenceBucket
from tests.support.account import Account

REQUEST = "s" + "1" * 32
PACKAGE = b"a package"
KEY = f"evidence/{REQUEST}/{hashlib.sha256(PACKAGE).hexdigest()}.zip"


@pytest.fixture
def bucket(account: Account) -> EvidenceBucket:
    return EvidenceBucket(account.client("s3"), account.physical["EvidenceBucket"])


def versions(bucket: EvidenceBucket) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = bucket.client.list_object_versions(Bucket=bucket.name).get("Versions", [])
    return found


def test_a_package_is_found_by_request_and_digest(bucket: EvidenceBucket) -> None:
    assert bucket.keep(REQUEST, PACKAGE) == KEY

    stored = bucket.client.get_object(Bucket=bucket.name, Key=KEY)
    assert (stored["Body"].read(), stored["ContentType"]) == (PACKAGE, "application/zip")


def test_a_repeated_write_leaves_one_version(bucket: EvidenceBucket) -> None:
    for _ in range(2):
        assert bucket.keep(REQUEST, PACKAGE) == KEY

    assert [each["Key"] for each in versions(bucket)] == [KEY]


def test_two_answers_have_a_package_each(bucket: EvidenceBucket) -> None:
    keys = {bucket.keep(REQUEST, package) for package in (PACKAGE, b"another")}

    assert {each["Key"] for each in versions(bucket)} == keys
    assert len(keys) == 2


def test_a_package_is_locked_for_the_years_of_the_bucket(bucket: EvidenceBucket) -> None:
    bucket.keep(REQUEST, PACKAGE)

    stored = bucket.client.head_object(Bucket=bucket.name, Key=KEY)
    (version,) = versions(bucket)
    assert stored["ObjectLockMode"] == "COMPLIANCE"
    assert (stored["ObjectLockRetainUntilDate"] - stored["LastModified"]).days in (1826, 1827)
    with pytest.raises(ClientError, match="AccessDenied"):
        bucket.client.delete_object(Bucket=bucket.name, Key=KEY, VersionId=version["VersionId"])


def test_one_call_writes_it_with_its_digest_and_only_where_nothing_is(
    account: Account, bucket: EvidenceBucket
) -> None:
    (call,) = account.recorded(lambda: bucket.keep(REQUEST, PACKAGE))

    assert call.operation == "PutObject"
    assert call.params["IfNoneMatch"] == "*"
    # S3 refuses what it will lock without a digest of the content.
    assert "ChecksumSHA256" in call.params


@pytest.mark.parametrize("code", ["AccessDenied", "SlowDown", "ConditionalRequestConflict"])
def test_what_was_not_stored_is_an_error(code: str) -> None:
    class Failing:
        def put_object(self, **call: Any) -> None:
            raise ClientError({"Error": {"Code": code}}, "PutObject")

    with pytest.raises(ClientError, match=code):
        EvidenceBucket(Failing(), "evidence").keep(REQUEST, PACKAGE)
