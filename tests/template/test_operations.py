"""operations.yaml, the nested stack of template.yaml: the forms that admins use in the console."""

from typing import Any

import pytest

from tests.support.shape import OPERATIONS, RESOURCES, expanded, of_type, references

DOCUMENTS = of_type("AWS::SSM::Document", OPERATIONS["Resources"])
NESTED = RESOURCES["Operations"]["Properties"]
CONTENTS: dict[str, dict[str, Any]] = {name: document["Content"] for name, document in DOCUMENTS.items()}


def test_the_nested_stack_gets_every_parameter_and_no_other() -> None:
    assert NESTED["Parameters"].keys() == OPERATIONS["Parameters"].keys()
    assert NESTED["TemplateURL"] == "operations.yaml"
    assert NESTED["Parameters"]["Service"] == {"Ref": "AWS::StackName"}


def test_every_reference_of_the_nested_stack_exists() -> None:
    known = OPERATIONS["Resources"].keys() | OPERATIONS["Parameters"].keys()

    assert {name for name in references(OPERATIONS) if not name.startswith("AWS::")} <= known


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_a_form_with_a_role_of_its_own(name: str) -> None:
    document = DOCUMENTS[name]
    content = CONTENTS[name]

    assert document["DocumentType"] == "Automation"
    assert document["Name"] == {"Fn::Sub": "${Service}-" + name}, "functions know documents by this name"
    assert document["UpdateMethod"] == "NewVersion", "a document with a name cannot be replaced"
    assert content["schemaVersion"] == "0.3"
    assert set(content["assumeRole"]) == {"Ref"}, "without a role it runs with whatever its starter may do"
    assert content["description"]
    for parameter in content.get("parameters", {}).values():
        assert parameter["description"].endswith(".")
        assert "allowedPattern" in parameter or "allowedValues" in parameter, "anything could be typed"


def test_roles_of_documents_trust_automation_of_this_account_only() -> None:
    roles = {content["assumeRole"]["Ref"] for content in CONTENTS.values()}
    for name in roles:
        (statement,) = expanded()[name]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "ssm.amazonaws.com"}
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        assert NESTED["Parameters"][name] == {"Fn::GetAtt": [name, "Arn"]}


def test_every_dead_letter_queue_can_be_redriven() -> None:
    queues = of_type("AWS::SQS::Queue")
    dead = {
        str(queue["RedrivePolicy"]["deadLetterTargetArn"]) for queue in queues.values() if "RedrivePolicy" in queue
    }
    (given,) = [NESTED["Parameters"]["DeadLetters"]["Fn::Join"][1]]

    assert {str(arn) for arn in given} == dead
    policy = expanded()["JobsRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    (taken,) = [s["Resource"] for s in policy if "sqs:StartMessageMoveTask" in s["Action"]]
    (returned,) = [s["Resource"] for s in policy if s["Action"] == "sqs:SendMessage"]
    sources = {name for name, queue in queues.items() if "RedrivePolicy" in queue}
    assert {str(arn) for arn in taken} == dead
    assert {arn["Fn::GetAtt"][0] for arn in returned} == sources
