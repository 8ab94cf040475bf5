"""Puts a table of the stack that was deleted back to what the template says (docs/runbook.md, "A table is gone").

    python -m tools.admin.rebuild_table RegistrationsTable --stack registrar
    python -m tools.admin.rebuild_table ChallengesTable --stack registrar --empty

Restore the table first, under the name that it had: functions and their roles know it by that name. Where it is not
there, the command prints how, or with --empty makes it without rows. DynamoDB restores rows, keys, indexes and
encryption, but no stream, TTL, point-in-time recovery or deletion protection: these are put back, and what reads
the stream is connected to the new one. A repeat changes nothing. Run it from a checkout of the deployed release.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import boto3

from tools.packaging.template import read_template

TEMPLATE = Path(__file__).parents[2] / "template.yaml"
# What a mapping has besides its source and function; AWS returns more than it takes.
_OF_A_MAPPING = (
    *("BatchSize", "FilterCriteria", "MaximumBatchingWindowInSeconds", "ParallelizationFactor"),
    *("DestinationConfig", "MaximumRecordAgeInSeconds", "BisectBatchOnFunctionError", "MaximumRetryAttempts"),
    *("TumblingWindowInSeconds", "FunctionResponseTypes"),
)


class CannotRebuild(Exception):
    """The table is not what the template says, and this command cannot make it so."""


@dataclass(frozen=True)
class Wanted:
    """A table as the template of the stack says."""

    physical: str
    properties: Mapping[str, Any]
    guarded: bool


def wanted(cloudformation: Any, stack: str, name: str, template: Path = TEMPLATE) -> Wanted:
    """What the template says about a table, and its name in AWS."""
    properties = read_template(template)["Resources"][name]["Properties"]
    asked = {"StackName": stack, "LogicalResourceId": name}
    detail = cloudformation.describe_stack_resource(**asked)["StackResourceDetail"]
    (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    values = {each["ParameterKey"]: each["ParameterValue"] for each in found["Parameters"]}
    guarded = "DeletionProtectionEnabled" in properties and values["Stage"] == "prod"
    return Wanted(detail["PhysicalResourceId"], properties, guarded)


def rebuild(dynamodb: Any, lambdas: Any, table: Wanted, *, empty: bool = False) -> Iterator[str]:
    """Put back what the template says, and yield a line for each thing that was not so. Raises CannotRebuild."""
    name = table.physical
    found = _description(dynamodb, name)
    if found is None:
        if not empty:
            raise CannotRebuild(_how_to_restore(dynamodb, name))
        _create(dynamodb, table)
        yield "table made, without rows"
        found = _description(dynamodb, name) or {}
    _check_shape(found, table.properties)
    streams = found.get("StreamSpecification") or {}
    if "StreamSpecification" in table.properties and not streams.get("StreamEnabled"):
        stream = {"StreamEnabled": True, **table.properties["StreamSpecification"]}
        dynamodb.update_table(TableName=name, StreamSpecification=stream)
        dynamodb.get_waiter("table_exists").wait(TableName=name)
        yield "stream put back"
    if found.get("DeletionProtectionEnabled", False) is not table.guarded:
        dynamodb.update_table(TableName=name, DeletionProtectionEnabled=table.guarded)
        dynamodb.get_waiter("table_exists").wait(TableName=name)
        yield f"deletion protection {'on' if table.guarded else 'off'}"
    yield from _put_back_times(dynamodb, table)
    if "StreamSpecification" in table.properties:
        yield from _connect(lambdas, _description(dynamodb, name) or {})


def _put_back_times(dynamodb: Any, table: Wanted) -> Iterator[str]:
    """TTL and point-in-time recovery."""
    name = table.physical
    ttl = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["TimeToLiveStatus"]
    if "TimeToLiveSpecification" in table.properties and ttl not in ("ENABLED", "ENABLING"):
        dynamodb.update_time_to_live(
            TableName=name, TimeToLiveSpecification=table.properties["TimeToLiveSpecification"]
        )
        yield "TTL put back"
    recovery = table.properties.get("PointInTimeRecoverySpecification")
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    now = backups.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus")
    if recovery and now != "ENABLED":
        dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)
        yield "point-in-time recovery put back: it reaches back to now, and no further"


def _connect(lambdas: Any, found: Mapping[str, Any]) -> Iterator[str]:
    """Let what read the table's old stream read the new one, from its begin."""
    streams = f"{found['TableArn']}/stream/"
    pages = lambdas.get_paginator("list_event_source_mappings").paginate()
    mappings = [each for page in pages for each in page["EventSourceMappings"]]
    for old in mappings:
        source = old.get("EventSourceArn", "")
        if source.startswith(streams) and source != found["LatestStreamArn"]:
            settings = {each: old[each] for each in _OF_A_MAPPING if old.get(each)}
            lambdas.create_event_source_mapping(
                EventSourceArn=found["LatestStreamArn"],
                FunctionName=old["FunctionArn"],
                StartingPosition="TRIM_HORIZON",
                **settings,
            )
            lambdas.delete_event_source_mapping(UUID=old["UUID"])
            yield f"{old['FunctionArn'].partition(':function:')[2]} reads the new stream"


def _description(dynamodb: Any, name: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = dynamodb.describe_table(TableName=name)["Table"]
    except dynamodb.exceptions.ResourceNotFoundException:
        return None
    return found


def _create(dynamodb: Any, table: Wanted) -> None:
    names = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes", "StreamSpecification")
    properties = {each: table.properties[each] for each in names if each in table.properties}
    if "StreamSpecification" in properties:
        properties["StreamSpecification"] = {"StreamEnabled": True, **properties["StreamSpecification"]}
    encrypted = {"Enabled": table.properties["SSESpecification"]["SSEEnabled"]}
    dynamodb.create_table(TableName=table.physical, SSESpecification=encrypted, **properties)
    dynamodb.get_waiter("table_exists").wait(TableName=table.physical)


def _check_shape(found: Mapping[str, Any], properties: Mapping[str, Any]) -> None:
    def indexes(described: Mapping[str, Any]) -> dict[str, Any]:
        return {each["IndexName"]: each["KeySchema"] for each in described.get("GlobalSecondaryIndexes") or []}

    if found["TableStatus"] != "ACTIVE":
        raise CannotRebuild(f"it is {found['TableStatus']}: wait, then repeat")
    if found["KeySchema"] != properties["KeySchema"]:
        raise CannotRebuild("its key is not the template's: this is another table")
    if indexes(found) != indexes(properties):
        missing = sorted(indexes(properties).keys() - indexes(found).keys())
        raise CannotRebuild(f"its indexes are not the template's (missing: {missing}): restore it with its indexes")


def _how_to_restore(dynamodb: Any, name: str) -> str:
    asked = {"TableName": name, "BackupType": "ALL"}
    backups = sorted(
        dynamodb.list_backups(**asked)["BackupSummaries"], key=lambda each: str(each["BackupCreationDateTime"])
    )
    if not backups:
        return f"there is no table {name} and no backup of it; --empty makes it without rows"
    return (
        f"there is no table {name}. Restore it under its name, wait until it is ACTIVE, and repeat:\n"
        f"aws dynamodb restore-table-from-backup --target-table-name {name} --backup-arn {backups[-1]['BackupArn']}"
    )


def main(arguments: Sequence[str], client: Callable[[str], Any] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.admin.rebuild_table", description=__doc__)
    parser.add_argument("table", choices=sorted(tables()))
    parser.add_argument("--stack", required=True)
    parser.add_argument("--empty", action="store_true")
    given = parser.parse_args(arguments)
    make: Callable[[str], Any] = client or cast("Any", boto3.client)
    table = wanted(make("cloudformation"), given.stack, given.table)
    try:
        for line in rebuild(make("dynamodb"), make("lambda"), table, empty=given.empty):
            sys.stdout.write(f"{line}\n")
    except CannotRebuild as why:
        sys.stderr.write(f"{why}\n")
        return 1
    sys.stdout.write(f"{given.table} ({table.physical}) is as the template says\n")
    return 0


def tables() -> list[str]:
    """The tables of the template."""
    resources = read_template(TEMPLATE)["Resources"]
    return [name for name, resource in resources.items() if resource["Type"] == "AWS::DynamoDB::Table"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
