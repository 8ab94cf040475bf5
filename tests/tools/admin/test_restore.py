"""Writing rows of a restored copy back: the runbook's commands, run against tables of an in-memory account."""

import json
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from registrar.aws.tables import customers as customer_store
from registrar.aws.tables.customers import Customers
from registrar.aws.tables.sessions import Sessions
from registrar.domain.access.customer import Customer
from registrar.domain.access.recovery import COOLING_OFF, Recovery
from registrar.domain.registrations.registration import Hold, Lifecycle, Registration
from registrar.entry.log import customer_ref
from tests.support.account import Account
from tests.support.app import trust_demo_issuers
from tests.support.builders import NOW, a_certificate
from tests.support.crl_watch import REASON, listed, now_of, publish, registered, watch
from tests.support.rows import PHONE, a_customer, a_registration, put, registrations_of
from tests.support.transitions import block, hold, revoke
from tools.admin.restore import main
from tools.cloud.automation import documents
from tools.cloud.emulator import ROOT

NEW_PHONE = "+821099999999"
RUNBOOK = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")


def command(what: str) -> list[str]:
    """The arguments of the runbook's command that writes `what` back."""
    (line,) = re.findall(rf"python -m tools\.admin\.restore ({what} .*)", RUNBOOK)
    return shlex.split(line)


def payload() -> dict[str, Any]:
    """What the form that the runbook names invokes watch_issuers with."""
    (form,) = re.findall(r"since the last night: form `(\w+)`", RUNBOOK)
    (step,) = documents()[form]["mainSteps"]
    assert step["inputs"]["FunctionName"] == {"Ref": "WatchIssuersFunction"}
    event: dict[str, Any] = json.loads(step["inputs"]["Payload"])
    return event


def copied(account: Account, table: str) -> str:
    """A copy of the table as it is now, as DynamoDB restores it."""
    client, name = account.client("dynamodb"), f"copy-of-{table}"
    schema = client.describe_table(TableName=account.physical[table])["Table"]["KeySchema"]
    client.create_table(
        TableName=name,
        KeySchema=schema,
        AttributeDefinitions=[{"AttributeName": each["AttributeName"], "AttributeType": "S"} for each in schema],
        BillingMode="PAY_PER_REQUEST",
    )
    for item in account.items(table):
        client.put_item(TableName=name, Item=item)
    return name


def run(account: Account, what: str, names: Mapping[str, str]) -> None:
    arguments = [names.get(each.removeprefix("$"), each) for each in command(what)]
    assert main(arguments, account.client("dynamodb")) == 0


def lose(account: Account, table: str) -> None:
    client, name = account.client("dynamodb"), account.physical[table]
    schema = client.describe_table(TableName=name)["Table"]["KeySchema"]
    for item in account.items(table):
        client.delete_item(
            TableName=name, Key={each["AttributeName"]: item[each["AttributeName"]] for each in schema}
        )


@pytest.mark.parametrize("damage", ["all rows lost", "rows as they were", "nothing"])
def test_the_runbooks_restore_of_registrations_undoes_nothing(account: Account, damage: str) -> None:
    registrations = registrations_of(account)
    changes: dict[str, Callable[[Registration], Any]] = {
        "revoked": lambda r: revoke(registrations, r, "cessationOfOperation"),
        "blocked": lambda r: block(registrations, r),
        "deregistered": lambda r: registrations.deregister(r, NOW),
        "lost": lambda r: registrations.add_hold("hong", r.id, Hold.CUSTOMER, NOW),
        "held": lambda r: hold(Hold.ISSUER)(registrations, r),
        "untouched": lambda r: None,
    }
    made = {name: a_registration(account, a_certificate(key="ec")) for name in changes}
    names = {"COPY": copied(account, "RegistrationsTable"), "TABLE": account.physical["RegistrationsTable"]}
    names["KEPT"] = account.physical["KeptStatesTable"]
    earlier = account.items("RegistrationsTable")
    for name, change in changes.items():
        change(made[name])
    left = {r.id: r for r in registrations.of_customer("hong")}
    if damage != "nothing":
        lose(account, "RegistrationsTable")
    if damage == "rows as they were":
        for item in earlier:
            put(account, "RegistrationsTable", item)
    run(account, "registrations", names)
    assert {r.id: r for r in registrations.of_customer("hong")} == left
    # The rows agree by themselves: a report of loss is taken back, a deregistered certificate registered again.
    held = registrations.get("hong", made["lost"].id)
    assert registrations.resume(held, NOW).usable_at(NOW)
    released = [item for item in account.items("RegistrationsTable") if "released_at" in item]
    assert len(released) == 3
    before = account.items("RegistrationsTable")
    names["COPY"] = names["TABLE"]
    run(account, "registrations", names)
    assert account.items("RegistrationsTable") == before, "a repeat changes nothing"


def test_the_runbooks_watch_applies_whole_lists(account: Account) -> None:
    """What was revoked before kept states existed is on the list that was processed already."""
    (bad, revoked), (held, on_hold) = registered(account), registered(account)
    earlier = account.items("RegistrationsTable")
    publish(account, listed(revoked), listed(on_hold, REASON.certificate_hold))
    watch(account)
    for item in earlier:
        put(account, "RegistrationsTable", item)
    lose(account, "KeptStatesTable")
    account.pass_time(hours=1)
    watch(account)
    assert now_of(account, bad).usable_at(NOW), "the list has not changed"
    account.pass_time(hours=1)
    trust_demo_issuers(account)
    assert account.invoke("watch_issuers", payload())["planned"] >= 0
    watch(account, **payload())
    assert now_of(account, bad).lifecycle is Lifecycle.REVOKED_BY_ISSUER
    assert now_of(account, held).holds == {Hold.ISSUER}


def a_recovery(at: datetime = NOW) -> Recovery:
    lost = ("phone", "totp")
    return Recovery("ab" * 16, NEW_PHONE, lost, "identity card seen", "staff-1", at, "staff-2", approved_at=at)


def restored(account: Account, folder: Path, copy: str, changed: str = "") -> Customer:
    """The customer after the runbook's command; credentials of `changed` changed since."""
    listed = folder / "changed.txt"
    listed.write_text(changed, encoding="utf-8")
    table, sessions = account.physical["CustomersTable"], account.physical["SessionsTable"]
    names = {"COPY": copy, "TABLE": table, "SESSIONS": sessions, "changed.txt": str(listed)}
    run(account, "customers", names)
    found = Customers(account.client("dynamodb"), table).find("hong")
    assert found is not None
    return found


def test_a_restore_of_customers_keeps_when_a_passkey_was_removed(account: Account, tmp_path: Path) -> None:
    """Otherwise a code would be enough for changes at once."""
    put(account, "CustomersTable", customer_store.to_item(a_customer()))
    copy = copied(account, "CustomersTable")
    put(account, "CustomersTable", customer_store.to_item(a_customer(passkey_removed_at=NOW)))
    assert restored(account, tmp_path, copy).passkey_removed_at == NOW


def test_a_restore_of_customers_keeps_when_they_recovered(account: Account, tmp_path: Path) -> None:
    """Otherwise a certificate on the lost phone would log in again."""
    put(account, "CustomersTable", customer_store.to_item(a_customer()))
    copy = copied(account, "CustomersTable")
    put(account, "CustomersTable", customer_store.to_item(a_customer(recovered_at=NOW)))
    assert restored(account, tmp_path, copy).recovered_at == NOW


@pytest.mark.parametrize(("days", "phone", "totp"), [(2, NEW_PHONE, None), (0, PHONE, b"sealed")])
def test_a_recovery_that_took_effect_survives_the_loss_of_the_row(
    account: Account, tmp_path: Path, days: int, phone: str, totp: bytes | None
) -> None:
    """The row has its effect only once it is written again; without it the lost phone would be valid again."""
    recovery = a_recovery(datetime.now(UTC).replace(microsecond=0) - timedelta(days=days))
    put(account, "CustomersTable", customer_store.to_item(a_customer(recovery=recovery)))
    copy = copied(account, "CustomersTable")
    lose(account, "CustomersTable")
    found = restored(account, tmp_path, copy).as_of(NOW + timedelta(days=3650))
    assert (found.phone, found.totp_ciphertext) == (phone, totp)


@pytest.mark.parametrize("lost", [False, True])
def test_the_runbooks_restore_of_customers_brings_no_cancelled_recovery_back(
    account: Account, tmp_path: Path, lost: bool
) -> None:
    put(account, "CustomersTable", customer_store.to_item(a_customer(recovery=a_recovery(), name="홍길동")))
    copy = copied(account, "CustomersTable")
    table = account.physical["CustomersTable"]
    customers = Customers(account.client("dynamodb"), table)
    changed_since = a_customer(totp_ciphertext=b"new", recovery=None)
    customers.save(changed_since)
    if lost:
        lose(account, "CustomersTable")
    else:
        put(account, "CustomersTable", customer_store.to_item(replace(changed_since, name="damaged")))
    found = restored(account, tmp_path, copy, customer_ref("hong"))
    sessions = account.physical["SessionsTable"]
    later = found.as_of(NOW + COOLING_OFF + timedelta(days=1))
    assert (later.phone, later.recovery, later.name) == (a_customer().phone, None, "홍길동")
    assert Sessions(account.client("dynamodb"), sessions).standing("hong").locked is lost
    if not lost:
        assert found.totp_ciphertext == b"new"
