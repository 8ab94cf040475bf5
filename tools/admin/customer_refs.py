"""Whose `customer_ref` is this? Audit entries and logs name a customer by a digest of the customer id.

    python -m tools.admin.customer_refs find REF … --customers TABLE
    python -m tools.admin.customer_refs of CUSTOMER_ID …

`find` computes the digest of every customer's id and prints the ids that fit. TABLE is the stack's table of
customers, or a restored copy of it. Exit code 1: a digest fits nobody there.
"""

import argparse
import sys
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import boto3

from registrar.entry.log import customer_ref


def find(client: Any, table: str, wanted: Collection[str]) -> Iterator[tuple[str, str]]:
    """Digest and customer id of every customer whose digest is wanted. Nothing but ids is read."""
    pages = client.get_paginator("scan").paginate(TableName=table, ProjectionExpression="id")
    for page in pages:
        for item in page["Items"]:
            digest = customer_ref(item["id"]["S"])
            if digest in wanted:
                yield digest, item["id"]["S"]


def main(arguments: Sequence[str], client: Any = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.admin.customer_refs", description=__doc__)
    whats = parser.add_subparsers(dest="what", required=True)
    finding = whats.add_parser("find")
    finding.add_argument("refs", nargs="+")
    finding.add_argument("--customers", required=True)
    whats.add_parser("of").add_argument("ids", nargs="+")
    given = parser.parse_args(arguments)
    if given.what == "of":
        sys.stdout.write("".join(f"{customer_ref(each)} {each}\n" for each in given.ids))
        return 0
    found = sorted(find(client or boto3.client("dynamodb"), given.customers, frozenset(given.refs)))
    sys.stdout.write("".join(f"{digest} {customer_id}\n" for digest, customer_id in found))
    missing = sorted(set(given.refs) - {digest for digest, _ in found})
    sys.stderr.write("".join(f"{digest} fits no customer of {given.customers}\n" for digest in missing))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
