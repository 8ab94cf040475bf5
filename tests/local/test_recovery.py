"""The drill of docs/runbook.md, "A table is gone", on a cloud of its own: a table is deleted and restored.

The local cloud makes no backup of a deleted table and restores a table as it is now, to no earlier time: the backup
here is one made on demand just before.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.shape import RESOURCES
from tools.admin.rebuild_table import main
from tools.cloud.automation import Automation
from tools.cloud.local_cloud import LocalCloud
from tools.demo.authenticator import Authenticator
from tools.demo.phone import Phone
from tools.pki.authorities import CustomerCertificate, DemoPki
from tools.pki.issuers import DemoIssuers

pytestmark = [pytest.mark.cloud, pytest.mark.slow]
NewCertificate = Callable[..., CustomerCertificate]


@pytest.fixture(scope="module")
def own(pki: DemoPki, issuers: DemoIssuers) -> Iterator[LocalCloud]:
    """A cloud whose tables may be deleted."""
    from tools.cloud import seed

    with LocalCloud.start(seed.parameters(pki)) as started:
        seed.seed(started, pki, issuers.url)
        yield started


def logged_in(cloud: LocalCloud, number: int) -> Phone:
    from tools.cloud import seed

    device = Authenticator(seed.RP_ID, seed.ORIGIN)
    customer = seed.enrol(cloud, f"customer-{number}", phone=f"+82109900000{number}", device=device)
    phone = Phone(cloud.url, customer, language="ko", device=device)
    assert phone.log_in().status == 200
    return phone


def registered(phone: Phone, certificate: CustomerCertificate) -> str:
    answer = phone.prove(phone.upload({"signCert.der": certificate.der}), certificate)
    assert answer.status == 201, answer.body
    return str(answer.json()["registration_id"])


def status(phone: Phone, registration_id: str) -> str:
    return str(phone.call("GET", f"/registrations/{registration_id}").json()["status"])


def rebuilt(cloud: LocalCloud, name: str, *arguments: str) -> int:
    return main([name, "--stack", "registrar", *arguments], cloud.client)


def mappings(cloud: LocalCloud) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = cloud.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    return [each for each in found if cloud.physical("RegistrationsTable") in each["EventSourceArn"]]


def test_customers_go_on_after_the_table_of_registrations_was_deleted_and_restored(
    own: LocalCloud, new_certificate: NewCertificate, capsys: pytest.CaptureFixture[str]
) -> None:
    dynamodb = own.client("dynamodb")
    name = own.physical("RegistrationsTable")
    phone = logged_in(own, 1)
    held = registered(phone, new_certificate())
    with Automation(own) as automation:
        fields = {"CustomerId": phone.customer.id, "RegistrationId": held, "Reason": "case 4711"}
        assert automation.act("fraud.lee", "Hold", **fields)["done"]["status"] == "SUSPENDED"
    (before,) = mappings(own)
    backup = dynamodb.create_backup(TableName=name, BackupName="last")["BackupDetails"]["BackupArn"]
    dynamodb.delete_table(TableName=name)
    assert phone.call("GET", f"/registrations/{held}").status == 500

    assert rebuilt(own, "RegistrationsTable") == 1
    assert f"restore-table-from-backup --target-table-name {name} --backup-arn {backup}" in capsys.readouterr().err
    dynamodb.restore_table_from_backup(TargetTableName=name, BackupArn=backup)
    assert rebuilt(own, "RegistrationsTable") == 0
    printed = capsys.readouterr().out
    assert "stream put back" in printed
    assert "reads the new stream" in printed

    assert status(phone, held) == "SUSPENDED"
    other = logged_in(own, 2)
    assert status(other, registered(other, new_certificate())) == "ACTIVE"
    # The event of the new registration passes through the new stream.
    assert own.wait_for_sms(other.customer.phone, "등록")
    (after,) = mappings(own)
    assert after["EventSourceArn"] != before["EventSourceArn"]
    for setting in ("BatchSize", "FilterCriteria", "DestinationConfig", "MaximumRecordAgeInSeconds"):
        assert after[setting] == before[setting], setting
    assert rebuilt(own, "RegistrationsTable") == 0
    assert capsys.readouterr().out.count("\n") == 1


def test_a_table_that_was_never_backed_up_is_made_anew_and_customers_log_in_again(
    own: LocalCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = logged_in(own, 3)
    own.client("dynamodb").delete_table(TableName=own.physical("ChallengesTable"))
    assert phone.log_in().status == 500

    assert rebuilt(own, "ChallengesTable", "--empty") == 0
    assert "table made, without rows\nTTL put back\n" in capsys.readouterr().out
    assert phone.log_in().status == 200


def test_rows_are_written_back_into_the_stacks_own_table_which_keeps_its_settings(own: LocalCloud) -> None:
    # What a restored copy lacks matters only where the table itself is gone: tools.admin.restore makes no table.
    dynamodb = own.client("dynamodb")
    table = dynamodb.describe_table(TableName=own.physical("RegistrationsTable"))["Table"]
    copy = "copy-of-registrations"
    dynamodb.restore_table_to_point_in_time(
        SourceTableName=table["TableName"], TargetTableName=copy, UseLatestRestorableTime=True
    )
    restored = dynamodb.describe_table(TableName=copy)["Table"]
    dynamodb.delete_table(TableName=copy)

    assert "LatestStreamArn" in table
    assert "LatestStreamArn" not in restored
    names = [
        index["IndexName"] for index in RESOURCES["RegistrationsTable"]["Properties"]["GlobalSecondaryIndexes"]
    ]
    assert sorted(index["IndexName"] for index in restored["GlobalSecondaryIndexes"]) == sorted(names)
