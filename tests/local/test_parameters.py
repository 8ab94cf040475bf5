"""Parameters that CloudFormation refuses before it creates anything (section Rules of template.yaml)."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.shape import PARAMETERS, TEMPLATE
from tools.cloud.local_cloud import LocalCloud

pytestmark = pytest.mark.cloud

# Parameters and rules of ours, and a resource that costs nothing.
SMALL = json.dumps(
    {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": PARAMETERS,
        "Rules": TEMPLATE["Rules"],
        "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
    }
)
DECIDED = {
    "Stage": "prod",
    "PasskeyRpId": "bank.test",
    "PasskeyOrigins": "https://cert.bank.test",
    "MailDomain": "bank.test",
    "HelpDeskPhone": "1588-1234",
    "AlarmTopicArn": "arn:aws:sns:ap-northeast-2:000000000000:alarms",
    "MultiRegionKeys": "false",
    "ApiDomain": "none",
}
CERTIFICATE = "arn:aws:acm:ap-northeast-2:000000000000:certificate/1"


def created(cloud: LocalCloud, parameters: dict[str, str]) -> bool:
    """Whether a stack with these parameters is created; it is deleted again."""
    cloudformation: Any = cloud.client("cloudformation")
    name = "parameters"
    cloudformation.create_stack(
        StackName=name,
        TemplateBody=SMALL,
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 0.1})
    cloudformation.delete_stack(StackName=name)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 0.1})
    return True


@pytest.mark.parametrize(
    "parameters",
    [
        DECIDED,
        {"Stage": "dev"},
        DECIDED | {"ApiDomain": "api.bank.test", "ApiCertificateArn": CERTIFICATE},
        DECIDED
        | {
            "RelyingDomain": "relying.bank.test",
            "RelyingCertificateArn": CERTIFICATE,
            "RelyingTruststoreUri": "s3://bank/ca.pem",
        },
    ],
)
def test_decided_parameters_are_accepted(cloud: LocalCloud, parameters: dict[str, str]) -> None:
    assert created(cloud, parameters)


@pytest.mark.parametrize("name", DECIDED.keys() - {"Stage"})
def test_production_refuses_what_nobody_decided(cloud: LocalCloud, name: str) -> None:
    parameters = {key: value for key, value in DECIDED.items() if key != name}

    with pytest.raises(ClientError, match=f"rule ProdIsDecided failed: {name} ") as refused:
        created(cloud, parameters)
    assert refused.value.response["Error"]["Code"] == "ValidationError"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"PasskeyOrigins": "https://bank.test,https://bank.example"}, "PasskeyOrigins still has"),
        ({"ApiDomain": "api.bank.test"}, "ApiDomain needs ApiCertificateArn"),
        ({"RelyingDomain": "relying.bank.test"}, "RelyingDomain needs RelyingCertificateArn"),
        ({"RelyingTruststoreUri": "s3://bank/ca.pem"}, "RelyingTruststoreUri needs RelyingDomain"),
        ({"MessageProvider": "http"}, "MessageProvider=http needs MessageProviderUrl"),
        (
            {"MessageProvider": "http", "MessageProviderUrl": "https://messages.bank.test/v1"},
            "MessageProvider=http needs MessageProviderSecretArn",
        ),
    ],
)
def test_parameters_that_contradict_each_other_are_refused(
    cloud: LocalCloud, changed: dict[str, str], message: str
) -> None:
    with pytest.raises(ClientError, match=message):
        created(cloud, DECIDED | changed)
