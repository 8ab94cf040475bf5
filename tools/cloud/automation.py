"""SSM Automation for the local cloud, which has none: runs the documents of operations.yaml.

    .venv/bin/python -m tools.cloud.automation LockOut --as kim.teller CustomerId=gildong Reason="phone stolen"

It checks what SSM checks before it starts (whether the person may start the document; the parameters, by pattern
and values), runs the steps with the document's role, and answers functions that ask who started the execution. It
shows what our documents do; it is not SSM (docs/decisions.md).
"""

import argparse
import json
import re
import sys
import threading
import time
import uuid
from collections.abc import Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self, cast

import boto3
from botocore import xform_name
from botocore.config import Config

from tools.cloud import running, stack
from tools.cloud.emulator import REGION, ROOT
from tools.cloud.local_cloud import LocalCloud
from tools.packaging.template import read_template

POLICIES = ROOT / "docs/policies"
ENDPOINT = "AWS_ENDPOINT_URL_SSM"
"""Where functions look for SSM; only the local cloud sets it."""
_ACCOUNT = "000000000000"
_TRUST = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
_TRUSTING_ALL = json.dumps({"Version": "2012-10-17", "Statement": [_TRUST]})
_VARIABLE = re.compile(r"\{\{ *([\w:]+) *\}\}")


class NotStarted(Exception):
    """The execution does not start: the person may not, or the form is filled in wrong."""


@cache
def documents() -> dict[str, dict[str, Any]]:
    """The documents of operations.yaml by name, with what the nested stack fills in left open."""
    resources = read_template(ROOT / "operations.yaml")["Resources"]
    found = {name: r["Properties"] for name, r in resources.items() if r["Type"] == "AWS::SSM::Document"}
    return {name: document["Content"] for name, document in found.items()}


def checked(content: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, list[str]]:
    """The parameters of an execution, as SSM keeps them. Raises NotStarted."""
    declared = content.get("parameters", {})
    if unknown := given.keys() - declared.keys():
        raise NotStarted(f"no such parameter: {', '.join(sorted(unknown))}")
    values = {}
    for name, parameter in declared.items():
        if name not in given and "default" not in parameter:
            raise NotStarted(f"{name} is missing")
        value = given.get(name, parameter.get("default"))
        if "allowedValues" in parameter and value not in parameter["allowedValues"]:
            raise NotStarted(f"{name} is none of {', '.join(parameter['allowedValues'])}")
        if "allowedPattern" in parameter and not re.fullmatch(parameter["allowedPattern"], value):
            raise NotStarted(f"{name} does not match {parameter['allowedPattern']}")
        values[name] = [value]
    return values


@dataclass
class Automation:
    """Runs documents, and answers functions while it is open. Use as a context manager."""

    cloud: LocalCloud
    executions: dict[str, dict[str, Any]] = field(default_factory=dict)
    _people: dict[tuple[str, tuple[str, ...]], "Person"] = field(default_factory=dict)
    _server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        function = self.cloud.physical("SetBankHoldFunction")
        configuration = self.cloud.client("lambda").get_function_configuration(FunctionName=function)
        port = int(configuration["Environment"]["Variables"][ENDPOINT].rpartition(":")[2])
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _answering(self.executions))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *raised: object) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def run(self, person: "Person", document: str, **parameters: str) -> dict[str, Any]:
        """Run a document as `person` and return its last step's result. Raises NotStarted."""
        with self.started(person, document, **parameters) as execution_id:
            return self._steps(document, execution_id)

    def act(self, name: str, document: str, **parameters: str) -> dict[str, Any]:
        """Run a document as a person of this name, with the one policy that allows it. Raises NotStarted."""
        return self.run(self.person(name, policy_for(document)), document, **parameters)

    def person(self, name: str, *policies: str) -> "Person":
        """A person with these policies of docs/policies."""
        if (name, policies) not in self._people:
            self._people[name, policies] = Person.of(self.cloud, name, *policies)
        return self._people[name, policies]

    @contextmanager
    def started(self, person: "Person", document: str, **parameters: str) -> Any:
        """Within, an execution is in progress, and nothing has been done. Raises NotStarted."""
        content = self._content(document)
        person.check_may_start(f"registrar-{document}")
        execution_id = str(uuid.uuid4())
        execution = self.executions[execution_id] = {
            "AutomationExecutionId": execution_id,
            "DocumentName": f"registrar-{document}",
            "DocumentVersion": "1",
            "AutomationExecutionStatus": "InProgress",
            "ExecutionStartTime": time.time(),
            "ExecutedBy": person.arn,
            "Parameters": checked(content, parameters),
        }
        try:
            yield execution_id
            execution["AutomationExecutionStatus"] = "Success"
        except BaseException:
            execution["AutomationExecutionStatus"] = "Failed"
            raise

    def as_role_of(self, document: str, service: str) -> Any:
        """A client with the role of a document, as SSM uses it."""
        role = self._content(document)["assumeRole"]
        # The role trusts SSM for executions of this account only: a condition that nobody can meet here.
        self.cloud.client("iam").update_assume_role_policy(
            RoleName=role.rpartition("/")[2], PolicyDocument=_TRUSTING_ALL
        )
        given = self.cloud.client("sts").assume_role(RoleArn=role, RoleSessionName="Automation")["Credentials"]
        return _client(self.cloud, service, given)

    def _steps(self, document: str, execution_id: str) -> dict[str, Any]:
        content = self._content(document)
        result: dict[str, Any] = {}
        values = {name: value[0] for name, value in self.executions[execution_id]["Parameters"].items()}
        values["automation:EXECUTION_ID"] = execution_id
        for step in content["mainSteps"]:
            inputs = _filled(step["inputs"], values)
            if step["action"] == "aws:invokeLambdaFunction":
                payload = inputs.get("Payload") or json.dumps(inputs["InputPayload"])
                response = self.as_role_of(document, "lambda").invoke(
                    FunctionName=inputs["FunctionName"], InvocationType=inputs["InvocationType"], Payload=payload
                )
                result = json.loads(response["Payload"].read() or b"{}")
                if "FunctionError" in response:
                    raise RuntimeError(result)
            elif step["action"] == "aws:executeAwsApi":
                client = self.as_role_of(document, inputs.pop("Service"))
                result = getattr(client, xform_name(inputs.pop("Api")))(**inputs)
            else:
                raise NotImplementedError(step["action"])
        return result

    def _content(self, document: str) -> dict[str, Any]:
        """A document, with what template.yaml passes to the nested stack."""
        passed = read_template(ROOT / "template.yaml")["Resources"]["Operations"]["Properties"]["Parameters"]
        return cast("dict[str, Any]", self._resolved(documents()[document], passed))

    def _resolved(self, value: Any, passed: Mapping[str, Any]) -> Any:
        if isinstance(value, list):
            return [self._resolved(each, passed) for each in value]
        if not isinstance(value, dict):
            return value
        if value.keys() == {"Ref"}:
            given = self._physical(passed[value["Ref"]])
            return given.split(",") if value["Ref"] == "DeadLetters" else given
        return {name: self._resolved(each, passed) for name, each in value.items()}

    def _physical(self, value: Mapping[str, Any]) -> str:
        ((kind, argument),) = value.items()
        if kind == "Fn::Join":
            return str(argument[0]).join(self._physical(each) for each in argument[1])
        if kind == "Ref":
            return self.cloud.physical(argument)
        name = self.cloud.physical(argument[0])
        if name.startswith("http"):
            return f"arn:aws:sqs:{REGION}:{_ACCOUNT}:{name.rpartition('/')[2]}"
        return f"arn:aws:iam::{_ACCOUNT}:role/{name}"


@dataclass
class Person:
    """A person with a role of the bank's staff: the session of the role is named after them."""

    cloud: LocalCloud
    name: str
    role: str
    credentials: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, cloud: LocalCloud, name: str, *policies: str) -> Self:
        """A person whose role has these policies of docs/policies."""
        iam = cloud.client("iam")
        role = f"staff-{'-'.join(policies) or 'none'}"
        with suppress(iam.exceptions.EntityAlreadyExistsException):
            iam.create_role(RoleName=role, AssumeRolePolicyDocument=_TRUSTING_ALL)
        for policy in policies:
            iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=policy_of(cloud, policy))
        arn = f"arn:aws:iam::{_ACCOUNT}:role/{role}"
        given = cloud.client("sts").assume_role(RoleArn=arn, RoleSessionName=name)["Credentials"]
        return cls(cloud, name, role, given)

    @property
    def arn(self) -> str:
        """What SSM keeps of who started an execution."""
        return str(self.client("sts").get_caller_identity()["Arn"])

    def client(self, service: str) -> Any:
        """A client with the person's own permissions."""
        return _client(self.cloud, service, self.credentials)

    def check_may_start(self, document: str) -> None:
        """Raises NotStarted where IAM denies it."""
        resource = f"arn:aws:ssm:{REGION}:{_ACCOUNT}:document/{document}"
        found = self.cloud.client("iam").simulate_principal_policy(
            PolicySourceArn=f"arn:aws:iam::{_ACCOUNT}:role/{self.role}",
            ActionNames=["ssm:StartAutomationExecution"],
            ResourceArns=[resource],
        )
        if found["EvaluationResults"][0]["EvalDecision"] != "allowed":
            raise NotStarted(f"{self.name} is not authorized to perform ssm:StartAutomationExecution on {resource}")


def policy_for(document: str) -> str:
    """The policy of docs/policies that lets its holders start a document."""
    (found,) = [
        path.stem for path in POLICIES.glob("*.json") if document in startable(json.loads(path.read_text()))
    ]
    return found


def startable(policy: Mapping[str, Any]) -> set[str]:
    """The documents that a policy lets its holders start."""
    allowed = [
        statement["Resource"]
        for statement in policy["Statement"]
        if statement["Effect"] == "Allow" and statement["Action"] == "ssm:StartAutomationExecution"
    ]
    return {arn.rpartition("STACK-")[2] for arns in allowed for arn in arns if ":document/" in arn}


def policy_of(cloud: LocalCloud, name: str) -> str:
    """A policy of docs/policies, with the names of this stack."""
    text = (POLICIES / f"{name}.json").read_text()
    return text.replace("STACK-", "registrar-").replace("BUCKET", cloud.outputs["TrustBucket"])


def _client(cloud: LocalCloud, service: str, given: Mapping[str, str]) -> Any:
    session = cast("Any", boto3.Session)(
        given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], region_name=REGION
    )
    config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, proxies={})
    return session.client(service, endpoint_url=cloud.emulator.url, config=config)


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(each, values) for name, each in value.items()}
    return _VARIABLE.sub(lambda found: values[found[1]], value) if isinstance(value, str) else value


def _answering(executions: Mapping[str, dict[str, Any]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """GetAutomationExecution, in SSM's words."""

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found = executions.get(asked.get("AutomationExecutionId", ""))
            if self.headers["X-Amz-Target"] != "AmazonSSM.GetAutomationExecution" or found is None:
                self._send(400, {"__type": "AutomationExecutionNotFoundException"})
            else:
                self._send(200, {"AutomationExecution": found})

        def _send(self, status: int, body: object) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            pass

    return Handler


def main() -> None:
    """Run a document on the cloud that `make up` started."""
    parser = argparse.ArgumentParser(description="Run a document of operations.yaml on the local cloud.")
    parser.add_argument("document", choices=sorted(documents()))
    parser.add_argument("--as", dest="person", required=True, help="who you are, such as kim.teller")
    roles = sorted(path.stem for path in POLICIES.glob("*.json"))
    parser.add_argument(
        "--role", choices=roles, help="a policy of docs/policies; by default the one that allows it"
    )
    parser.add_argument("parameters", nargs="*", help="Name=value")
    options = parser.parse_intermixed_args()  # options may stand between the document and its parameters
    emulator = running.running()
    if emulator is None:
        sys.exit("no local cloud is running: make up")
    (described,) = emulator.client("cloudformation").describe_stacks(StackName="registrar")["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}
    cloud = LocalCloud(emulator, outputs, stack.resources(emulator))
    parameters = dict(each.split("=", 1) for each in options.parameters)
    try:
        with Automation(cloud) as automation:
            person = automation.person(options.person, options.role or policy_for(options.document))
            result = automation.run(person, options.document, **parameters)
    except NotStarted as why:
        sys.exit(str(why))
    result.pop("ResponseMetadata", None)
    if "done" in result and "text" in result:
        print(result.pop("text"), end="\n\n")  # as the step shows it, above the JSON
    # A job is started, and nobody waits for its result.
    print(json.dumps(result, ensure_ascii=False, indent=2) if result else f"{options.document}: started")


if __name__ == "__main__":
    main()
