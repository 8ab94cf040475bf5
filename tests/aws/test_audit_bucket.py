"""The chain in S3: appended, never forked, locked."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from registrar.aws.buckets.audit_bucket import TRIES, AuditBucket, audit_key
from registrar.domain.evidence.audit_chain import AuditEntry, Head, faults, read
from registrar.domain.reasons.errors import ChainUnreadable, ConditionFailed
from tests.support.account import Account


def entry(name: str) -> AuditEntry:
    return AuditEntry(name, "/registrar/login", "2026-11-29T00:00:00Z", name)


@pytest.fixture
def new_bucket(account: Account) -> Callable[[], AuditBucket]:
    """A writer that has not yet searched the head."""
    return lambda: AuditBucket(account.client("s3"), account.physical["AuditBucket"])


def kept(bucket: AuditBucket) -> list[dict[str, Any]]:
    listed = bucket.client.list_objects_v2(Bucket=bucket.name).get("Contents", [])
    objects = [bucket.client.get_object(Bucket=bucket.name, Key=each["Key"])["Body"].read() for each in listed]
    return [entry for content in objects for entry in read(content)]


def test_the_first_object_is_number_one(new_bucket: Callable[[], AuditBucket], account: Account) -> None:
    head = new_bucket().append([entry("a"), entry("b")])

    assert (head.object, head.entry) == (1, 2)
    assert account.keys("AuditBucket") == ["audit/00000000000000000001.jsonl.gz"]


def without_lock(account: Account) -> None:
    """No years for what is written from now on, so that it can be erased."""
    account.client("s3").put_object_lock_configuration(
        Bucket=account.physical["AuditBucket"], ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
    )


@pytest.mark.parametrize("count", range(10))
def test_a_new_writer_finds_the_head(new_bucket: Callable[[], AuditBucket], count: int) -> None:
    bucket = new_bucket()
    head = Head()
    for number in range(count):
        head = bucket.append([entry(str(number))])

    assert new_bucket().head() == head
    assert bucket.head() == head


def erased(bucket: AuditBucket, number: int, *, hidden: bool = False) -> None:
    """What a lifecycle rule does when an object's years end: it hides it first."""
    where = {"Bucket": bucket.name, "Key": audit_key(number)}
    versions = bucket.client.list_object_versions(Bucket=bucket.name, Prefix=audit_key(number))["Versions"]
    if hidden:
        bucket.client.delete_object(**where)
    else:
        bucket.client.delete_object(**where, VersionId=versions[0]["VersionId"])


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize("gone", [[1], [1, 2, 3], [1, 2, 4], [1, 3]])
def test_the_chain_goes_on_where_its_oldest_objects_were_erased(
    account: Account, new_bucket: Callable[[], AuditBucket], gone: list[int], hidden: bool
) -> None:
    without_lock(account)
    bucket = new_bucket()
    head = [bucket.append([entry(str(number))]) for number in range(5)][-1]
    for number in gone:
        erased(bucket, number, hidden=hidden)

    assert new_bucket().head() == head
    assert new_bucket().append([entry("next")]).object == 6


def test_no_second_chain_begins_where_all_objects_are_hidden(
    account: Account, new_bucket: Callable[[], AuditBucket]
) -> None:
    bucket = new_bucket()
    head = [bucket.append([entry(name)]) for name in "ab"][-1]
    for number in (1, 2):
        erased(bucket, number, hidden=True)

    assert new_bucket().head() == head


def test_no_second_chain_begins_where_the_last_object_was_erased(
    account: Account, new_bucket: Callable[[], AuditBucket]
) -> None:
    without_lock(account)
    bucket = new_bucket()
    for name in "ab":
        bucket.append([entry(name)])
    erased(bucket, 2, hidden=True)
    erased(bucket, 2)

    with pytest.raises(ChainUnreadable, match="last object"):
        new_bucket().append([entry("c")])


def test_a_key_that_is_no_object_of_the_chain_is_named(new_bucket: Callable[[], AuditBucket]) -> None:
    bucket = new_bucket()
    bucket.client.put_object(Bucket=bucket.name, Key="audit/0x", Body=b"", ChecksumAlgorithm="SHA256")

    with pytest.raises(ChainUnreadable, match="audit/0x is no object"):
        bucket.append([entry("a")])


def test_two_writers_continue_one_chain(new_bucket: Callable[[], AuditBucket]) -> None:
    one = new_bucket()
    other = new_bucket()
    for name in "abc":
        one.append([entry(name)])
        other.append([entry(name.upper())])

    assert [each["line"] for each in kept(one)] == list("aAbBcC")
    assert list(faults(Head(), kept(one))) == []


def test_a_writer_that_loses_the_race_appends_after_the_other(
    new_bucket: Callable[[], AuditBucket], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = new_bucket()
    other = new_bucket()
    real = AuditBucket.head

    def overtaken(bucket: AuditBucket) -> Head:
        found = real(bucket)
        if bucket is slow and not kept(other):
            other.append([entry("other")])
        return found

    monkeypatch.setattr(AuditBucket, "head", overtaken)
    assert slow.append([entry("slow")]).object == 2
    assert [each["line"] for each in kept(other)] == ["other", "slow"]


def test_an_object_is_locked_for_the_years_of_the_bucket(new_bucket: Callable[[], AuditBucket]) -> None:
    bucket = new_bucket()
    bucket.append([entry("a")])

    stored = bucket.client.head_object(Bucket=bucket.name, Key=audit_key(1))
    assert stored["ObjectLockMode"] == "COMPLIANCE"
    assert (stored["ObjectLockRetainUntilDate"] - stored["LastModified"]).days in (1826, 1827)


def test_an_object_is_written_with_its_digest_and_only_where_none_is(
    account: Account, new_bucket: Callable[[], AuditBucket]
) -> None:
    (call,) = [c for c in account.recorded(lambda: new_bucket().append([entry("a")])) if c.operation == "PutObject"]

    assert call.params["IfNoneMatch"] == "*"
    # S3 refuses what it will lock without a digest of the content.
    assert "ChecksumSHA256" in call.params


class _Refusing:
    def __init__(self, code: str) -> None:
        self.code = code
        self.tries = 0

    def list_object_versions(self, **call: Any) -> dict[str, Any]:
        return {}

    def put_object(self, **call: Any) -> None:
        self.tries += 1
        raise ClientError({"Error": {"Code": self.code}}, "PutObject")


def test_a_writer_that_always_loses_gives_up() -> None:
    client = _Refusing("ConditionalRequestConflict")

    with pytest.raises(ConditionFailed):
        AuditBucket(client, "audit").append([entry("a")])
    assert client.tries == TRIES


def test_what_was_not_stored_is_an_error() -> None:
    with pytest.raises(ClientError, match="SlowDown"):
        AuditBucket(_Refusing("SlowDown"), "audit").append([entry("a")])
