"""The audit path: which log lines it takes, who may write its bucket, what its trail records."""

import ast
from typing import Any

import pytest

from tests.support.shape import FUNCTIONS, RESOURCES, expanded, function_property, of_type, references, verb
from tools.cloud.emulator import ROOT

FILTERS = of_type("AWS::Logs::SubscriptionFilter")
PATTERN = "{ $.audit IS TRUE }"
# The local cloud takes these only: each delivery starts a process there.
LOCAL = {"SetBankHold", "LockCustomer", "Explain", "ConfirmTrust"} | {
    *("ProposeBlock", "ConfirmBlock", "ProposeRecovery", "ApproveRecovery"),
    *("PlanReevaluation", "ApplyReevaluation", "ReportLoss", "ResumeRegistration", "Deregister"),
}
# Functions without an event that nobody of the staff invokes.
NO_STAFF = {"AuthorizeFunction", "CollectAuditFunction"}


def _audits(name: str) -> bool:
    """Whether a handler calls audit(), or the frame of staff's functions does for it."""
    tree = ast.parse((ROOT / "functions" / verb(name) / "handler.py").read_text())
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return "registrar.entry.command" in imported or any(
        isinstance(function, ast.Name) and function.id == "audit" for function in called
    )


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_audit_lines_of_a_function_that_writes_some_are_collected(name: str) -> None:
    group = name.removesuffix("Function")
    found = [f for f in FILTERS.values() if f["LogGroupName"] == {"Ref": f"{group}Logs"}]

    assert len(found) == _audits(name)
    for each in found:
        assert each["DestinationArn"] == {"Fn::GetAtt": ["CollectAuditFunction", "Arn"]}
        pattern: Any = each["FilterPattern"]
        assert pattern == ({"Fn::If": ["InAws", PATTERN, "audit :true"]} if group in LOCAL else PATTERN)
        # CloudWatch Logs calls the function when the filter is made.
        assert RESOURCES[f"{group}Audit"]["DependsOn"] == "CollectAuditPermission"
        assert RESOURCES[f"{group}Audit"].get("Condition") == (None if group in LOCAL else "InAws")


def test_only_handlers_write_audit_lines() -> None:
    # A filter belongs to a handler that calls audit(): what a step would write could be missed. The frame of
    # staff's functions writes for each of them.
    package = ROOT / "layers/registrar/python/registrar"
    callers = [path for path in package.rglob("*.py") if " audit(" in path.read_text().replace("def audit(", "")]

    assert callers == [package / "entry/command.py"]


def test_the_audit_path_feeds_itself_with_nothing() -> None:
    assert not {"CollectAuditAudit", "KeepAuditAudit"} & FILTERS.keys()


def test_one_role_writes_the_audit_bucket_and_only_new_objects() -> None:
    policy = expanded()["AuditBucketPolicy"]["Properties"]["PolicyDocument"]
    objects = {"Fn::Sub": "${AuditBucket.Arn}/*"}
    role = {"Fn::GetAtt": ["KeepAuditFunctionRole", "Arn"]}
    denied = {
        statement["Sid"]: (statement["Effect"], statement["Principal"], statement["Action"], statement["Resource"])
        for statement in policy["Statement"]
        if statement["Sid"] != "TlsOnly"
    }
    conditions = {statement["Sid"]: statement.get("Condition") for statement in policy["Statement"]}

    assert denied == {
        "OneWriter": ("Deny", "*", "s3:PutObject", objects),
        "NewObjectsOnly": ("Deny", "*", "s3:PutObject", objects),
        "NothingIsDeleted": ("Deny", "*", ["s3:DeleteObject", "s3:DeleteObjectVersion"], objects),
    }
    assert conditions["OneWriter"] == {"ArnNotEquals": {"aws:PrincipalArn": role}}
    assert conditions["NewObjectsOnly"] == {"Null": {"s3:if-none-match": "true"}}
    assert conditions["NothingIsDeleted"] is None


def test_a_delivery_that_fails_is_retried_and_kept() -> None:
    config = expanded()["CollectAuditFunctionEventInvokeConfig"]["Properties"]

    # The filters name the function without a version: with an alias of its own this would not hold for them.
    assert config["Qualifier"] == "$LATEST"
    assert config["MaximumRetryAttempts"] == 2
    # The longest that Lambda knows.
    assert config["MaximumEventAgeInSeconds"] == 6 * 3600
    assert config["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": ["UncollectedAudit", "Arn"]}


def test_entries_are_kept_in_batches_by_two_writers_at_most() -> None:
    source = FUNCTIONS["KeepAuditFunction"]["Events"]["Entries"]["Properties"]
    queue = RESOURCES["AuditQueue"]["Properties"]

    assert source["ScalingConfig"] == {"MaximumConcurrency": 2}
    # Lambda asks for a window where a batch is larger than ten.
    assert source["BatchSize"] > 10
    window = source["MaximumBatchingWindowInSeconds"]
    assert window > 0
    assert queue["VisibilityTimeout"] >= 6 * function_property("KeepAuditFunction", "Timeout") + window


def test_an_audit_path_that_falls_behind_alarms() -> None:
    alarm = RESOURCES["AuditBehindAlarm"]["Properties"]

    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/SQS", "ApproximateAgeOfOldestMessage")
    assert references(alarm["Dimensions"]) == {"AuditQueue"}
    assert alarm["Threshold"] == 1800


def _selected(name: str) -> dict[str, Any]:
    selectors = expanded()["AccountTrail"]["Properties"]["AdvancedEventSelectors"]
    (selector,) = (selector for selector in selectors if selector["Name"] == name)
    return {field.pop("Field"): field for field in map(dict, selector["FieldSelectors"])}


def test_the_trail_records_who_invokes_a_function_of_staff() -> None:
    staff = {name for name, function in FUNCTIONS.items() if not function.get("Events")} - NO_STAFF
    fields = _selected("staff")

    assert fields["eventCategory"] == {"Equals": ["Data"]}
    assert fields["resources.type"] == {"Equals": ["AWS::Lambda::Function"]}
    assert references(fields["resources.ARN"]["StartsWith"]) == staff


def test_the_trail_records_changes_of_trust_and_every_use_of_evidence() -> None:
    assert _selected("management") == {"eventCategory": {"Equals": ["Management"]}}
    trust = _selected("trust")
    evidence = _selected("evidence")

    for fields in (trust, evidence):
        assert fields["resources.type"] == {"Equals": ["AWS::S3::Object"]}
    assert trust["readOnly"] == {"Equals": ["false"]}
    assert trust["resources.ARN"] == {"StartsWith": [{"Fn::Sub": "${TrustBucket.Arn}/"}]}
    assert "readOnly" not in evidence
    buckets = [{"Fn::Sub": "${EvidenceBucket.Arn}/"}, {"Fn::Sub": "${AuditBucket.Arn}/"}]
    assert evidence["resources.ARN"] == {"StartsWith": buckets}


def test_the_trail_signs_its_files_and_covers_the_account() -> None:
    trail = expanded()["AccountTrail"]["Properties"]

    assert trail["IsLogging"] is True
    assert trail["EnableLogFileValidation"] is True
    # Events of IAM are in us-east-1.
    assert trail["IsMultiRegionTrail"] is True
    assert trail["IncludeGlobalServiceEvents"] is True


def test_only_this_trail_writes_its_bucket() -> None:
    (_, reading, writing, others, deleting) = expanded()["TrailBucketPolicy"]["Properties"]["PolicyDocument"][
        "Statement"
    ]
    name = "arn:${AWS::Partition}:cloudtrail:${AWS::Region}:${AWS::AccountId}:trail/${AWS::StackName}"

    assert expanded()["AccountTrail"]["Properties"]["TrailName"] == {"Ref": "AWS::StackName"}
    for statement in (reading, writing):
        assert statement["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
        assert statement["Condition"]["StringEquals"]["aws:SourceArn"] == {"Fn::Sub": name}
    assert writing["Resource"] == {"Fn::Sub": "${TrailBucket.Arn}/AWSLogs/${AWS::AccountId}/*"}
    assert writing["Condition"]["StringEquals"]["s3:x-amz-acl"] == "bucket-owner-full-control"
    objects = {"Fn::Sub": "${TrailBucket.Arn}/*"}
    for denial, actions in (
        (others, "s3:PutObject"),
        (deleting, ["s3:DeleteObject", "s3:DeleteObjectVersion"]),
    ):
        assert (denial["Effect"], denial["Principal"], denial["Resource"]) == ("Deny", "*", objects)
        assert denial["Action"] == actions
    # A request without a source ARN, as any person's is, is denied too.
    assert others["Condition"] == {"StringNotEquals": {"aws:SourceArn": {"Fn::Sub": name}}}
    assert "Condition" not in deleting
