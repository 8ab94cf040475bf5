"""Prints the holds that have to be repeated after data were lost (docs/runbook.md, "Holds that were lost").

    python -m tools.admin.replay_holds AUDIT_COPY --since 2026-11-29T03:00:00Z --customers TABLE

Every registration that was reported lost, held, blocked or removed since then, and not released again, is printed
as the fields of the form `Hold`, one a line. What should not be usable is then held, until the bank has looked at
it. Start the form with each line. TABLE, the stack's customers or a restored copy, says whose `customer_ref`
it is. Exit code 1: a customer is not there, or the audit's copy is not whole.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3

from registrar.domain.evidence.audit_chain import read
from tools.admin.customer_refs import find
from tools.admin.verify_audit import KEPT_DAYS, Folder, verify

# Deeds after which a registration must not be used, each with the one that takes it back.
HOLDING = {
    "loss.reported": "loss.taken_back",
    "bank_hold.on": "bank_hold.off",
    "registration.blocked": None,
    "registration.deregistered": None,
}

LONGEST_REASON = 200
"""Characters that the form takes."""
Registration = tuple[str, str]
"""The customer's reference, and the registration's id."""


def deeds_since(entries: Sequence[Mapping[str, Any]], since: str) -> dict[Registration, dict[str, str]]:
    """For each registration to hold: the deeds that hold it, and when each was done."""
    found: dict[Registration, dict[str, str]] = {}
    for entry in sorted(entries, key=lambda entry: str(entry["at"])):
        line = json.loads(entry["line"])
        if entry["at"] < since or not {"customer_ref", "registration_id"} <= line.keys():
            continue
        deeds = found.setdefault((line["customer_ref"], line["registration_id"]), {})
        if line["message"] in HOLDING:
            deeds[line["message"]] = entry["at"]
        for deed in [deed for deed, release in HOLDING.items() if release == line["message"]]:
            deeds.pop(deed, None)
    return {registration: deeds for registration, deeds in found.items() if deeds}


def forms(
    held: Mapping[Registration, Mapping[str, str]], customers: Mapping[str, str]
) -> Iterator[dict[str, list[str]]]:
    """The fields of the form `Hold` (operations.yaml), as SSM takes them, of each registration to hold."""
    for (reference, registration_id), deeds in sorted(held.items()):
        if reference in customers:
            why = "lost with data: " + ", ".join(f"{deed} {at}" for deed, at in sorted(deeds.items()))
            fields = {
                "CustomerId": customers[reference],
                "RegistrationId": registration_id,
                "Reason": why[:LONGEST_REASON],
            }
            yield {name: [value] for name, value in fields.items()}


def main(arguments: Sequence[str], client: Any = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.admin.replay_holds", description=__doc__)
    parser.add_argument("copy", type=Path)
    parser.add_argument("--since", required=True)
    parser.add_argument("--customers", required=True)
    parser.add_argument("--days", type=int, default=KEPT_DAYS, help="AuditRetentionDays of the stack")
    given = parser.parse_args(arguments)
    source = Folder(given.copy)
    wrong = verify(source, now=datetime.now(UTC), days=given.days).wrong
    if wrong:
        sys.stderr.write("".join(f"{line}\n" for line in wrong))
        return 1
    entries = [entry for number in Folder(given.copy).numbers() for entry in read(source.read(number))]
    held = deeds_since(entries, given.since)
    references = frozenset(reference for reference, _ in held)
    customers = dict(find(client or boto3.client("dynamodb"), given.customers, references))
    for form in forms(held, customers):
        sys.stdout.write(json.dumps(form, ensure_ascii=False) + "\n")
    unknown = sorted(references - customers.keys())
    sys.stderr.write("".join(f"{reference} fits no customer of {given.customers}\n" for reference in unknown))
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
