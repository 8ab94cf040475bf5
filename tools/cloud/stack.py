"""Deploys a packaged template to the local cloud through CloudFormation, as on AWS."""

import contextlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from tools.cloud.emulator import Emulator
from tools.packaging.template import (
    gateway_responses_apart,
    layers_on_path,
    package,
    read_template,
    with_own_variables,
    with_variables,
)

ARTEFACT_BUCKET = "registrar-artefacts"
_API_ADDRESS = re.compile(r"https://(?P<api>\w+)\.execute-api\.[^/]+/(?P<stage>\w+)")


class StackError(Exception):
    """CloudFormation did not create the stack; the message lists its events, the first failure first."""


def deploy(
    emulator: Emulator,
    template: Path,
    built: Path,
    parameters: Mapping[str, str],
    *,
    name: str = "registrar",
    with_layers: bool = False,
    variables: Mapping[str, str] | None = None,
    own_variables: Mapping[str, Mapping[str, str]] | None = None,
) -> dict[str, str]:
    """Create the stack, with Stage=local unless `parameters` say otherwise, and return its outputs.

    Every function gets `variables` in its environment: where the local cloud has what AWS has elsewhere. A function
    in `own_variables`, by the name of its folder, gets those too.

    The emulator unzips a function's layers each time it starts one: unless `with_layers`, functions
    import them from `built`.
    """
    s3 = emulator.client("s3")
    with contextlib.suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(
            Bucket=ARTEFACT_BUCKET, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name}
        )

    def store(key: str, content: bytes) -> str:
        s3.put_object(Bucket=ARTEFACT_BUCKET, Key=key, Body=content)
        return f"s3://{ARTEFACT_BUCKET}/{key}"

    source = with_variables(gateway_responses_apart(read_template(template)), variables or {})
    source = with_own_variables(source, own_variables or {})
    packaged = package(source if with_layers else layers_on_path(source, built), built, store)
    store(f"{name}.json", json.dumps(packaged).encode())
    declared = packaged.get("Parameters", {})
    values = {**({"Stage": "local"} if "Stage" in declared else {}), **parameters}
    cloudformation = emulator.client("cloudformation")
    try:
        cloudformation.create_stack(
            StackName=name,
            TemplateURL=f"{emulator.url}/{ARTEFACT_BUCKET}/{name}.json",
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            OnFailure="DO_NOTHING",
        )
        waiter = cloudformation.get_waiter("stack_create_complete")
        waiter.wait(StackName=name, WaiterConfig={"Delay": 0.2, "MaxAttempts": 300})
    except (ClientError, WaiterError) as error:
        raise StackError(f"{error}\n{_failures(cloudformation, name)}") from error
    _put_gateway_responses_into_effect(emulator, source, name)
    stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _put_gateway_responses_into_effect(emulator: Emulator, template: Mapping[str, Any], name: str) -> None:
    """Deploy each API again: a gateway response counts from the next deployment on."""
    physical = resources(emulator, name=name)
    for api, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Api":
            stage = resource["Properties"]["StageName"]
            emulator.client("apigateway").create_deployment(restApiId=physical[api], stageName=stage)


def resources(emulator: Emulator, *, name: str = "registrar") -> dict[str, str]:
    """Map the template's logical names to the physical ones."""
    pages = emulator.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=name)
    return {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for page in pages
        for resource in page["StackResourceSummaries"]
        if "PhysicalResourceId" in resource
    }


def api_url(emulator: Emulator, outputs: Mapping[str, str], name: str = "ApiUrl") -> str:
    """Convert the AWS address of a REST API in an output to one that resolves locally."""
    match = _API_ADDRESS.match(outputs.get(name, ""))
    if match is None:
        raise StackError(f"{name} is no output with the address of a REST API: {', '.join(outputs) or 'none'}")
    return f"{emulator.url}/_aws/execute-api/{match['api']}/{match['stage']}"


def _failures(cloudformation: Any, name: str) -> str:
    try:
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    except ClientError:
        return ""
    return "\n".join(
        f"{event['LogicalResourceId']}: {event['ResourceStatus']} {event.get('ResourceStatusReason', '')}"
        for event in reversed(events)
        if "FAILED" in event["ResourceStatus"] or "ROLLBACK" in event["ResourceStatus"]
    )
