"""docs/retention.md matches the code and the template."""

import re
from datetime import timedelta

import pytest

from registrar.domain.registrations.retention import RULES
from tests.support.shape import PARAMETERS, RESOURCES, TEMPLATE, of_type
from tools.cloud.emulator import ROOT

ROWS = {
    cells[0]: cells
    for line in (ROOT / "docs/retention.md").read_text().splitlines()
    if line.startswith("| ") and len(cells := [cell.strip() for cell in line.strip("|").split("|")]) == 6
}
PACKAGE = ROOT / "layers/registrar/python/registrar"


def _said(period: timedelta) -> str:
    hours = int(period.total_seconds()) // 3600
    count, unit = (hours // 24, "day") if hours % 24 == 0 else (hours, "hour")
    return f"{count} {unit}{'s' if count > 1 else ''}"


@pytest.mark.parametrize("name", RULES)
def test_the_document_states_the_period_in_force(name: str) -> None:
    assert re.match(rf"{_said(RULES[name])}\b", ROWS[name][3])


def test_only_listed_data_is_kept_without_a_period() -> None:
    kept = {"sessions", "customers", "live registrations", "deny list", "kept states", "issuers", "trust documents"}
    kept |= {"relying services", "page"}

    assert ROWS.keys() - {"what", "---"} == RULES.keys() | kept
    assert all(ROWS[name][3].startswith(("never", "with the customer")) for name in kept)


@pytest.mark.parametrize("kind", ["AWS::DynamoDB::Table", "AWS::S3::Bucket"])
def test_every_table_and_bucket_is_documented(kind: str) -> None:
    named = {name for row in ROWS.values() for name in re.findall(r"`(\w+)`", row[1])}

    assert of_type(kind).keys() <= named


@pytest.mark.parametrize(
    "name",
    [
        "challenges",
        "uploads",
        "announcements",
        "renewed texts",
        "session uses",
        "attempts",
        "signature requests",
        "notices",
        "expiry runs",
        "revocation statuses",
    ],
)
def test_data_erased_by_ttl_is_in_a_table_with_ttl(name: str) -> None:
    (table,) = re.findall(r"`(\w+Table)`", ROWS[name][1])

    assert ROWS[name][4].startswith("DynamoDB TTL")
    assert "TimeToLiveSpecification" in RESOURCES[table]["Properties"]
    used = [p for p in PACKAGE.rglob("*.py") if f'RULES["{name}"]' in p.read_text()]
    assert len(used) == 1, "the code takes the figure from the rules"


def test_every_table_with_ttl_has_a_rule() -> None:
    forgetful = {n for n, table in of_type("AWS::DynamoDB::Table").items() if "TimeToLiveSpecification" in table}
    named = {n for row in ROWS.values() if "TTL" in row[4] for n in re.findall(r"`(\w+Table)`", row[1])}

    assert forgetful == named


def test_parameter_defaults_match_the_rules() -> None:
    for parameter, name in (
        ("RetentionDaysEnded", "ended registrations"),
        ("LogRetentionDays", "logs"),
        ("EvidenceRetentionDays", "evidence"),
        ("AuditRetentionDays", "audit entries"),
    ):
        assert PARAMETERS[parameter]["Type"] == "Number"
        assert PARAMETERS[parameter]["Default"] == RULES[name].days
        assert f"`{parameter}`" in ROWS[name][3]


def test_logs_files_and_messages_are_kept_for_the_periods_of_the_rules() -> None:
    groups = [group["RetentionInDays"] for group in of_type("AWS::Logs::LogGroup").values()]
    (rule,) = RESOURCES["UploadBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    # SQS keeps four days by default.
    queues = {n: q.get("MessageRetentionPeriod", 345600) for n, q in of_type("AWS::SQS::Queue").items()}
    dead = {
        name for name in queues if name.endswith("DeadLetters") or name in ("UnpublishedEvents", "UncollectedAudit")
    }

    assert groups
    assert {str(each) for each in groups} == {str({"Ref": "LogRetentionDays"})}
    assert rule["ExpirationInDays"] == RULES["files"].days
    assert {queues[name] for name in dead} == {int(RULES["dead letters"].total_seconds())}
    assert {queues[name] for name in queues.keys() - dead} == {int(RULES["queues"].total_seconds())}


def test_the_runbook_states_how_long_copies_hold_deleted_items() -> None:
    runbook = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")

    assert _said(RULES["point-in-time copies"]) in runbook


def test_every_retention_period_is_covered_by_a_rule() -> None:
    text = (ROOT / "template.yaml").read_text()

    assert TEMPLATE["Parameters"].keys() >= {"RetentionDaysEnded", "LogRetentionDays", "EvidenceRetentionDays"}
    assert "RecoveryPeriodInDays" not in text
    # Versions of evidence, audit entries and CloudTrail's files only: their period is that of the bucket's rule.
    assert len(re.findall(r"(?:NoncurrentVersionExpiration|NoncurrentDays)", text)) == 2 * 3
