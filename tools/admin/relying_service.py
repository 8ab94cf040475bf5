"""Enter the bank's systems that may use registered certificates (docs/runbook.md, "Relying services").

    python -m tools.admin.relying_service enter ROLE transfers --ko 이체 --en Transfers --use status --table TABLE
    python -m tools.admin.relying_service list --table TABLE
    python -m tools.admin.relying_service remove ROLE --table TABLE

TABLE is the stack's output `RelyingServicesTable`, ROLE the ARN of the role that calls. Entering a role again
replaces its entry; functions know a change after a minute at most.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from typing import Any

import boto3

from registrar.aws import dynamo
from registrar.aws.tables.relying_services import from_item, to_item
from registrar.domain.access.relying_service import NAME, ROLE_ARN, RelyingService, Use
from registrar.domain.signing.kinds import KINDS, TEXT
from registrar.domain.signing.signature_request import REQUESTED_BY, TRANSACTION


def _plain(service: RelyingService) -> set[str]:
    """The titles without what a reader overlooks: spaces, and large letters."""
    return {title.casefold().replace(" ", "") for title in service.title.values()}


_LABELS = {
    part.casefold().replace(" ", "")
    for label in (*(line.label for kind in KINDS.values() for line in kind.lines), REQUESTED_BY, TRANSACTION)
    for part in label.split(" / ")
}


def principal(role_arn: str) -> str:
    """The key of a role's entry: its ARN without the path, as API Gateway does not name it. Raises ValueError."""
    account, _, name = role_arn.partition(":role/")
    found = f"{account}:role/{name.rpartition('/')[2]}"
    if not re.fullmatch(ROLE_ARN, found):
        raise ValueError(f"{role_arn} is not the ARN of an IAM role")
    return found


def enter(client: Any, table: str, role_arn: str, service: RelyingService) -> None:
    """Write the entry of a role, in place of an earlier one. Raises ValueError for what cannot be one."""
    if not re.fullmatch(NAME, service.name):
        raise ValueError(f"{service.name} is no name: small letters, digits and hyphens, at most 32")
    for title in service.title.values():
        if not TEXT.accepts(title):
            raise ValueError(
                f"{title!r} is no title: customers read it in what they sign, like the name of a payee"
            )
    if wrong := service.kinds - KINDS.keys():
        raise ValueError(f"{', '.join(sorted(wrong))}: not a kind; there are {', '.join(KINDS)}")
    if _plain(service) & _LABELS:
        raise ValueError("a title is the label of a line: both beside each other would read like that line")
    for known in entries(client, table).values():
        if known.name != service.name and _plain(known) & _plain(service):
            raise ValueError(f"{known.name} has that title: customers could not tell the two apart")
    client.put_item(TableName=table, Item=to_item(principal(role_arn), service))


def entries(client: Any, table: str) -> dict[str, RelyingService]:
    """All entries, by the key of their role."""
    pages = client.get_paginator("scan").paginate(TableName=table)
    found = [item for page in pages for item in page["Items"]]
    return {dynamo.read_text(item, "principal"): from_item(item) for item in found}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command."""
    options = _parser().parse_args(arguments)
    client: Any = boto3.client("dynamodb")
    try:
        if options.command == "list":
            print(_listing(client, options.table))
        elif options.command == "remove":
            key = {"principal": dynamo.text(principal(options.role_arn))}
            client.delete_item(TableName=options.table, Key=key)
        else:
            service = RelyingService(
                options.name,
                {"ko": options.ko, "en": options.en},
                frozenset(map(Use, options.use)),
                frozenset(options.kind),
            )
            enter(client, options.table, options.role_arn, service)
    except ValueError as error:
        sys.exit(str(error))


def _listing(client: Any, table: str) -> str:
    lines = []
    for role, service in sorted(entries(client, table).items()):
        allowed = ", ".join([*sorted(service.uses), *(f"kind {kind}" for kind in sorted(service.kinds))])
        lines.append(f"{role}  {service.name} ({service.title['ko']}): {allowed}")
    return "\n".join(lines) or "no service is entered"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Enter, remove or list relying services.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("list", "enter", "remove"):
        command = commands.add_parser(name)
        command.add_argument("--table", required=True, help="the stack's output RelyingServicesTable")
        if name != "list":
            command.add_argument("role_arn", help="the role that calls")
        if name == "enter":
            command.add_argument("name", help="the service; roles with the same name are the same service")
            command.add_argument("--ko", required=True, help="what customers read, in Korean")
            command.add_argument("--en", required=True, help="the same in English")
            command.add_argument("--use", action="append", default=[], choices=[each.value for each in Use])
            command.add_argument("--kind", action="append", default=[], help="a kind of signature requests")
    return parser


if __name__ == "__main__":
    main()
