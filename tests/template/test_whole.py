"""The template as a whole: it has no cycle, and one file is deployed to AWS and the local cloud."""

from graphlib import CycleError, TopologicalSorter
from typing import Any

import pytest

from tests.support.shape import PARAMETERS, RESOURCES, TEMPLATE, expanded, graph, references
from tools.cloud.emulator import ROOT
from tools.packaging.template import read_template

# Types that make the local cloud reject a whole template.
NOT_LOCAL = {
    "AWS::WAFv2::WebACL",
    "AWS::WAFv2::WebACLAssociation",
    "AWS::WAFv2::LoggingConfiguration",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::Logs::QueryDefinition",
    "AWS::SSM::Document",
    "AWS::CloudTrail::Trail",
    "AWS::Backup::BackupSelection",
    "AWS::Budgets::Budget",
    "AWS::Events::Archive",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
}
# Root CA 4 of the Korea Internet & Security Agency: SHA-256 of its certificate.
KISA_ROOT_CA_4 = "a002ff556c601863b08b9aa33a8e6666e97e72bbe552f66eb9f2395c68c7bc98"  # pragma: allowlist secret


def test_the_template_has_no_cycle() -> None:
    order = list(TopologicalSorter(graph(expanded())).static_order())

    assert len(order) == len(expanded())


def test_a_cycle_is_detected() -> None:
    bucket_to_function: dict[str, Any] = {"Notify": {"Fn::Sub": "${Reader.Arn}"}}
    function_to_bucket: dict[str, Any] = {"Role": {"Fn::Sub": ["${B}/*", {"B": {"Fn::GetAtt": ["Bucket", "Arn"]}}]}}

    with pytest.raises(CycleError):
        TopologicalSorter(graph({"Bucket": bucket_to_function, "Reader": function_to_bucket})).prepare()


def test_the_expanded_template_leaves_room_below_cloudformations_limit_of_500() -> None:
    assert len(expanded()) <= 490


def test_every_reference_exists() -> None:
    mentioned = references([RESOURCES, TEMPLATE["Outputs"], TEMPLATE["Globals"]])
    known = RESOURCES.keys() | expanded().keys() | PARAMETERS.keys()

    assert {name for name in mentioned if not name.startswith("AWS::")} <= known


def test_resources_missing_in_the_local_cloud_are_conditional() -> None:
    guarded = {
        name for name, resource in expanded().items() if resource.get("Condition") in ("InAws", "KeepsTrail")
    }
    assert TEMPLATE["Conditions"]["KeepsTrail"]["Fn::And"][0] == {"Condition": "InAws"}

    assert {name for name, resource in expanded().items() if resource["Type"] in NOT_LOCAL} <= guarded
    # The condition depends on a parameter: one on the account id would be evaluated too late.
    assert TEMPLATE["Conditions"]["InAws"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "Stage"}, "local"]}]}
    assert PARAMETERS["Stage"]["Default"] != "local"


def test_no_unconditional_resource_refers_to_a_conditional_one() -> None:
    sometimes = {name for name, resource in expanded().items() if "Condition" in resource}
    # CloudFormation ignores a DependsOn of what it does not make.
    values = {
        name: {k: v for k, v in resource.items() if k != "DependsOn"} for name, resource in expanded().items()
    }
    always = {name: needs for name, needs in graph(values).items() if name not in sometimes}

    assert not {name for name, needs in always.items() if needs & sometimes}
    outputs = [output for output in TEMPLATE["Outputs"].values() if "Condition" not in output]
    assert not references(outputs) & sometimes


def test_the_pinned_root_is_kisas() -> None:
    assert PARAMETERS["TrustAnchorPins"]["Type"] == "CommaDelimitedList"
    assert PARAMETERS["TrustAnchorPins"]["Default"] == KISA_ROOT_CA_4


def test_no_parameter_is_a_secret() -> None:
    assert PARAMETERS.keys() == {
        "Stage",
        "BankCode",
        "BankNameKo",
        "BankNameEn",
        "HelpDeskPhone",
        "TrustAnchorPins",
        "PasskeyRpId",
        "PasskeyOrigins",
        "WebOrigins",
        "WebDomain",
        "WebCertificateArn",
        "CurrentSealingKey",
        "CurrentReceiptKey",
        "QuietHours",
        "SmsPartsPerSecond",
        "NoticeWorkers",
        "MailDomain",
        "RetentionDaysEnded",
        "EvidenceRetentionDays",
        "EvidenceLockMode",
        "AuditRetentionDays",
        "Trail",
        "LogRetentionDays",
        "AlarmTopicArn",
        "FirewallMode",
        "Rollout",
        "MultiRegionKeys",
        "ApiDomain",
        "ApiCertificateArn",
        "RelyingDomain",
        "RelyingCertificateArn",
        "RelyingTruststoreUri",
        "SmsSpendAlarmUsd",
        "MessageProvider",
        "MessageProviderUrl",
        "MessageProviderSecretArn",
        "ApiLogRole",
        "UploadCertificates",
    }


def test_no_account_region_or_partition_is_hard_coded() -> None:
    text = (ROOT / "template.yaml").read_text()

    assert "arn:aws:" not in text
    assert "ap-northeast" not in text
    assert read_template(ROOT / "template.yaml") == TEMPLATE
