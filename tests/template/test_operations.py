"""operations.yaml, the nested stack of template.yaml, and the forms in it that admins use in the console."""

import json
import re
from typing import Any

import pytest

from tests.support.shape import (
    FUNCTIONS,
    OPERATIONS,
    RESOURCES,
    as_list,
    environment,
    expanded,
    function_property,
    of_type,
    references,
    statements,
)
from tools.cloud.automation import POLICIES, startable

DOCUMENTS = of_type("AWS::SSM::Document", OPERATIONS["Resources"])
STACK = RESOURCES["Operations"]["Properties"]
# What is read about a customer. DescribeAutomationExecutions knows no resource, and shows what documents output.
ABOUT_CUSTOMERS = {"Explain", "ViewBlock", "ViewRecovery"}
CONTENTS: dict[str, dict[str, Any]] = {name: document["Content"] for name, document in DOCUMENTS.items()}

MOST_SECONDS = 300
"""A step waits so long for a function."""


def test_the_nested_stack_gets_every_parameter_and_no_other() -> None:
    assert STACK["Parameters"].keys() == OPERATIONS["Parameters"].keys()
    assert STACK["TemplateURL"] == "operations.yaml"
    assert STACK["Parameters"]["Service"] == {"Ref": "AWS::StackName"}


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


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_has_only_what_automation_knows(name: str) -> None:
    """The local cloud accepts no document: this is what the user guide lists of schema 0.3."""
    content = CONTENTS[name]
    parameters = content.get("parameters", {})
    (step,) = content["mainSteps"]

    assert content.keys() <= {"schemaVersion", "description", "assumeRole", "parameters", "mainSteps", "outputs"}
    for parameter in parameters.values():
        assert parameter.keys() <= {"type", "description", "default", "allowedValues", "allowedPattern"}
        assert parameter["type"] == "String", "functions take each value as one text"
        if "default" in parameter:
            assert parameter["default"] in parameter.get("allowedValues", [parameter["default"]])
            assert re.fullmatch(parameter.get("allowedPattern", ".*"), parameter["default"])
    assert step.keys() <= {"name", "action", "maxAttempts", "isEnd", "inputs", "outputs"}
    assert step["name"] == name
    if step["action"] == "aws:invokeLambdaFunction":
        assert step["inputs"].keys() <= {"FunctionName", "InvocationType", "InputPayload", "Payload"}
        assert step["maxAttempts"] == 1, "a person decides whether to try again"
        waits = step["inputs"]["InvocationType"] == "RequestResponse"
        shown = waits and name not in ABOUT_CUSTOMERS
        assert content.get("outputs", []) == ([f"{name}.Payload"] if shown else [])
        if waits:
            assert function_property(step["inputs"]["FunctionName"]["Ref"], "Timeout") < MOST_SECONDS
    else:
        assert step["action"] == "aws:executeAwsApi"
    used = set(re.findall(r"\{\{ ([^}]+) \}\}", json.dumps(step["inputs"])))
    # Fields of a function for the staff are read from SSM, and no value of a form becomes part of a payload.
    assert used <= {"automation:EXECUTION_ID"} or step["inputs"].get("InvocationType") != "RequestResponse"
    assert used - {"automation:EXECUTION_ID"} <= parameters.keys()


def test_roles_of_documents_trust_automation_of_this_account_only() -> None:
    roles = {content["assumeRole"]["Ref"] for content in CONTENTS.values()}
    for name in roles:
        (statement,) = expanded()[name]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "ssm.amazonaws.com"}
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        assert STACK["Parameters"][name] == {"Fn::GetAtt": [name, "Arn"]}


def test_every_dead_letter_queue_can_be_redriven() -> None:
    queues = of_type("AWS::SQS::Queue")
    dead = {
        str(queue["RedrivePolicy"]["deadLetterTargetArn"]) for queue in queues.values() if "RedrivePolicy" in queue
    }
    (given,) = [STACK["Parameters"]["DeadLetters"]["Fn::Join"][1]]

    assert {str(arn) for arn in given} == dead
    policy = expanded()["JobsRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    (taken,) = [s["Resource"] for s in policy if "sqs:StartMessageMoveTask" in s["Action"]]
    (returned,) = [s["Resource"] for s in policy if s["Action"] == "sqs:SendMessage"]
    sources = {name for name, queue in queues.items() if "RedrivePolicy" in queue}
    assert {str(arn) for arn in taken} == dead
    assert {arn["Fn::GetAtt"][0] for arn in returned} == sources


# ---- who may do what


def invoked_by(role: str) -> set[str]:
    """The functions that a role of documents may invoke."""
    policies = expanded()[role]["Properties"]["Policies"]
    found = [s for policy in policies for s in policy["PolicyDocument"]["Statement"]]
    return {arn["Fn::GetAtt"][0] for s in found if s["Action"] == "lambda:InvokeFunction" for arn in s["Resource"]}


def test_a_role_of_documents_invokes_exactly_their_functions() -> None:
    for role in {content["assumeRole"]["Ref"] for content in CONTENTS.values()}:
        steps = [c["mainSteps"][0]["inputs"] for c in CONTENTS.values() if c["assumeRole"] == {"Ref": role}]
        assert invoked_by(role) == {inputs["FunctionName"]["Ref"] for inputs in steps if "FunctionName" in inputs}


def test_who_acts_is_read_by_exactly_the_functions_that_documents_name_a_person_for() -> None:
    execution = {"execution_id": "{{ automation:EXECUTION_ID }}"}
    steps = [content["mainSteps"][0]["inputs"] for content in CONTENTS.values()]
    named = {inputs["FunctionName"]["Ref"] for inputs in steps if inputs.get("InputPayload") == execution}

    assert named == {name for name in FUNCTIONS if _reads_executions(name)}
    assert named == {name for name in FUNCTIONS if "STACK" in environment(name)}


def _reads_executions(name: str) -> bool:
    return any("ssm:GetAutomationExecution" in as_list(s["Action"]) for s in statements(name))


def test_the_two_halves_of_an_action_have_two_functions_two_roles_and_two_policies() -> None:
    assert not invoked_by("ProposeRole") & invoked_by("ConfirmRole")
    halves = [startable({"Statement": policy("proposes")}), startable({"Statement": policy("confirms")})]
    assert not halves[0] & halves[1]
    for policy_of_half, other in zip(("proposes", "confirms"), reversed(halves), strict=True):
        (denied,) = [s for s in policy(policy_of_half) if s["Sid"] == "NeverTheOtherHalf"]
        # IAM knows a document to start by either form (an older one, with a version).
        documents = {f"arn:aws:ssm:*:*:document/STACK-{name}" for name in other}
        definitions = {f"arn:aws:ssm:*:*:automation-definition/STACK-{name}:*" for name in other}
        assert set(denied["Resource"]) == documents | definitions


def test_executions_that_name_a_customer_are_read_by_those_who_act_for_customers() -> None:
    reading = {path.stem for path in POLICIES.glob("*.json") if "ssm:GetAutomationExecution" in path.read_text()}
    assert reading == {"supports", "holds", "proposes", "confirms"}


def policy(name: str) -> list[dict[str, Any]]:
    """The statements of a policy for the staff."""
    found: list[dict[str, Any]] = json.loads((POLICIES / f"{name}.json").read_text())["Statement"]
    return found


@pytest.mark.parametrize("name", sorted(path.stem for path in POLICIES.glob("*.json")))
def test_a_policy_of_the_staff_starts_documents_of_one_role_and_invokes_nothing(name: str) -> None:
    rules = policy(name)
    (passed,) = [s for s in rules if s["Action"] == "iam:PassRole"]
    (role,) = {CONTENTS[document]["assumeRole"]["Ref"] for document in startable({"Statement": rules})}

    assert passed["Resource"] == f"arn:aws:iam::*:role/STACK-{role}-*"
    assert passed["Condition"] == {"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}}
    (invoking,) = [s for s in rules if "lambda:InvokeFunction" in s["Action"]]
    assert (invoking["Effect"], invoking["Resource"]) == ("Deny", "arn:aws:lambda:*:*:function:STACK-*")
    assert [s for s in rules if s["Effect"] == "Deny" and "ssm:UpdateDocument" in s["Action"]]


def test_every_document_may_be_started_by_one_policy() -> None:
    started = [
        document for path in POLICIES.glob("*.json") for document in startable({"Statement": policy(path.stem)})
    ]

    assert sorted(started) == sorted(CONTENTS)
