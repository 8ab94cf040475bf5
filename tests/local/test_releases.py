"""Versions and aliases on the local cloud: what a caller of the alias gets after a change."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.shape import FUNCTIONS
from tools.cloud.local_cloud import LocalCloud

pytestmark = pytest.mark.cloud

NAME = "releases"
COPIED = ("AutoPublishAlias", "AutoPublishAliasAllProperties", "VersionDeletionPolicy")
# A function as template.yaml has those that customers wait for; the one setting is a parameter.
SMALL = json.dumps(
    {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": "AWS::Serverless-2016-10-31",
        "Parameters": {"Switch": {"Type": "String"}},
        "Resources": {
            "Answer": {
                "Type": "AWS::Serverless::Function",
                "Properties": {
                    **{key: FUNCTIONS["SignRequestFunction"][key] for key in COPIED},
                    "Runtime": "python3.13",
                    "Handler": "index.handler",
                    "InlineCode": "import os\ndef handler(event, context):\n    return os.environ['SWITCH']\n",
                    "Environment": {"Variables": {"SWITCH": {"Ref": "Switch"}}},
                    "VersionDescription": {"Ref": "Switch"},
                },
            }
        },
        "Outputs": {"Function": {"Value": {"Ref": "Answer"}}},
    }
)


@pytest.fixture
def cloudformation(cloud: LocalCloud) -> Iterator[Any]:
    client: Any = cloud.client("cloudformation")
    yield client
    client.delete_stack(StackName=NAME)
    client.get_waiter("stack_delete_complete").wait(StackName=NAME, WaiterConfig={"Delay": 0.1})


def answered(cloud: LocalCloud) -> str:
    """What the alias returns."""
    (stack,) = cloud.client("cloudformation").describe_stacks(StackName=NAME)["Stacks"]
    function = stack["Outputs"][0]["OutputValue"]
    response = cloud.client("lambda").invoke(FunctionName=function, Qualifier="live")
    return str(json.loads(response["Payload"].read()))


def test_the_alias_gets_another_value_of_a_parameter(cloud: LocalCloud, cloudformation: Any) -> None:
    def deploy(act: str, value: str) -> str:
        getattr(cloudformation, f"{act}_stack")(
            StackName=NAME,
            TemplateBody=SMALL,
            Parameters=[{"ParameterKey": "Switch", "ParameterValue": value}],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        waiter = cloudformation.get_waiter(f"stack_{act}_complete")
        waiter.wait(StackName=NAME, WaiterConfig={"Delay": 0.1})
        return answered(cloud)

    assert deploy("create", "A") == "A"
    assert deploy("update", "B") == "B"
