"""A table of the stack that was deleted is put back as the template says; streams: tests/local/test_recovery.py."""

from typing import Any

import pytest

from tests.support.account import Account
from tests.support.shape import RESOURCES
from tools.admin.rebuild_table import CannotRebuild, Wanted, rebuild


class _NoMappings:
    """Lambda without event source mappings."""

    def get_paginator(self, operation: str) -> Any:
        return self

    def paginate(self) -> list[dict[str, Any]]:
        return [{"EventSourceMappings": []}]


def wanted(account: Account, name: str, *, guarded: bool = False) -> Wanted:
    return Wanted(account.physical[name], RESOURCES[name]["Properties"], guarded)


def rebuilt(account: Account, name: str, *, guarded: bool = False, empty: bool = False) -> list[str]:
    table = wanted(account, name, guarded=guarded)
    return list(rebuild(account.client("dynamodb"), _NoMappings(), table, empty=empty))


def test_what_a_restored_table_lacks_is_put_back_once(account: Account) -> None:
    # Tables of the account in memory have neither, as a restored one.
    assert rebuilt(account, "RegistrationsTable", guarded=True) == [
        "stream put back",
        "deletion protection on",
        "point-in-time recovery put back: it reaches back to now, and no further",
    ]
    described = account.client("dynamodb").describe_table(TableName=account.physical["RegistrationsTable"])["Table"]
    assert described["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert described["DeletionProtectionEnabled"] is True
    assert rebuilt(account, "RegistrationsTable", guarded=True) == []


def test_ttl_is_put_back(account: Account) -> None:
    assert rebuilt(account, "ChallengesTable") == ["TTL put back"]
    assert rebuilt(account, "ChallengesTable") == []


def test_a_table_without_a_backup_is_made_empty_if_that_is_asked_for(account: Account) -> None:
    client = account.client("dynamodb")
    client.delete_table(TableName=account.physical["ChallengesTable"])

    with pytest.raises(CannotRebuild, match="no backup of it; --empty makes it without rows"):
        rebuilt(account, "ChallengesTable")
    assert rebuilt(account, "ChallengesTable", empty=True) == ["table made, without rows", "TTL put back"]
    assert account.items("ChallengesTable") == []


def test_how_a_deleted_table_is_restored_is_printed_and_works(account: Account) -> None:
    client = account.client("dynamodb")
    name = account.physical["DenyListTable"]
    client.put_item(TableName=name, Item={"id": {"S": "x"}})
    # DynamoDB makes one itself when a table with point-in-time recovery is deleted.
    backup = client.create_backup(TableName=name, BackupName="last")["BackupDetails"]["BackupArn"]
    client.delete_table(TableName=name)

    with pytest.raises(CannotRebuild) as how:
        rebuilt(account, "DenyListTable")
    assert f"restore-table-from-backup --target-table-name {name} --backup-arn {backup}" in str(how.value)
    client.restore_table_from_backup(TargetTableName=name, BackupArn=backup)
    rebuilt(account, "DenyListTable")
    assert account.items("DenyListTable") == [{"id": {"S": "x"}}]


def test_another_table_or_one_without_its_indexes_is_refused(account: Account) -> None:
    client = account.client("dynamodb")
    name = account.physical["RegistrationsTable"]
    client.delete_table(TableName=name)
    types = [{"AttributeName": each, "AttributeType": "S"} for each in ("pk", "sk")]
    keys = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
    client.create_table(TableName=name, AttributeDefinitions=types, KeySchema=keys, BillingMode="PAY_PER_REQUEST")

    with pytest.raises(CannotRebuild, match=r"by-erasure.*by-expiry.*by-unlisted"):
        rebuilt(account, "RegistrationsTable")
    client.delete_table(TableName=name)
    client.create_table(
        TableName=name, AttributeDefinitions=types[:1], KeySchema=keys[:1], BillingMode="PAY_PER_REQUEST"
    )
    with pytest.raises(CannotRebuild, match="another table"):
        rebuilt(account, "RegistrationsTable")
