"""Relying services on the local cloud: IAM roles that may call their API, their entries, and signed calls.

    eval "$(.venv/bin/python -m tools.cloud.relying transfers)"

prints credentials of a seeded service's role for a shell, for the cloud that `make up` started.
"""

import json
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from registrar.domain.access.relying_service import RelyingService, Use
from tools.admin import relying_service
from tools.cloud import running, stack
from tools.cloud.emulator import REGION, Emulator
from tools.cloud.http_calls import HttpResponse, send
from tools.cloud.local_cloud import LocalCloud

HOURS = 12
SEEDED = (
    RelyingService("transfers", {"ko": "이체", "en": "Transfers"}, frozenset(Use), frozenset({"transfer"})),
    RelyingService("loans", {"ko": "대출", "en": "Loans"}, frozenset({Use.STATUS}), frozenset({"loan"})),
)
"""Two services with rights of their own, so that one can be tried on what belongs to the other."""
_LAMBDA_MAY_BE = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


@dataclass(frozen=True)
class RelyingClient:
    """A system of the bank: it signs each call with the credentials of its role, or of whoever it is."""

    url: str
    credentials: Credentials

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Send `body`: bytes unchanged, anything else as JSON. A header Idempotency_Key is Idempotency-Key."""
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        return send(method, self.url + path, content, self.signed(method, path, content, **headers))

    def signed(self, method: str, path: str, content: bytes | None, **headers: str) -> dict[str, str]:
        """The headers of a request, with its signature."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = AWSRequest(method, self.url + path, {"Content-Type": "application/json", **named}, content)
        SigV4Auth(self.credentials, "execute-api", REGION).add_auth(request)
        return dict(request.headers.items())


def seed_services(cloud: LocalCloud) -> None:
    """Write the entries of the seeded services, and make their roles."""
    for service in SEEDED:
        enter(cloud, make_role(cloud, service.name), service)


def make_role(cloud: LocalCloud, name: str, methods: Sequence[str] = ("*",)) -> str:
    """Make a role that may call these methods (`POST/status`) of the relying services' API, and return its ARN."""
    iam = cloud.client("iam")
    made = iam.create_role(
        RoleName=role_name(name), Path="/relying/", AssumeRolePolicyDocument=json.dumps(_LAMBDA_MAY_BE)
    )
    api = f"arn:aws:execute-api:{REGION}:*:{cloud.outputs['RelyingApiId']}/v1"
    allowed = [{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": f"{api}/{each}"} for each in methods]
    if allowed:
        policy = json.dumps({"Version": "2012-10-17", "Statement": allowed})
        iam.put_role_policy(RoleName=role_name(name), PolicyName="call", PolicyDocument=policy)
    return str(made["Role"]["Arn"])


def enter(cloud: LocalCloud, role_arn: str, service: RelyingService) -> None:
    """Write the entry of a role, as an admin does."""
    relying_service.enter(cloud.client("dynamodb"), cloud.outputs["RelyingServicesTable"], role_arn, service)


def client_of(cloud: LocalCloud, name: str) -> RelyingClient:
    """A client with the credentials of the role that `make_role` made. The local cloud lets its root assume any."""
    return RelyingClient(cloud.relying_url, credentials_of(cloud.emulator, name))


def credentials_of(emulator: Emulator, name: str) -> Credentials:
    """Credentials of a session of the role."""
    arn = emulator.client("iam").get_role(RoleName=role_name(name))["Role"]["Arn"]
    given = emulator.client("sts").assume_role(
        RoleArn=arn, RoleSessionName=f"{name}-1", DurationSeconds=HOURS * 3600
    )["Credentials"]
    return Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


def role_name(name: str) -> str:
    """The role of a relying service of this name."""
    return f"relying-{name}"


def shell_variables(emulator: Emulator, name: str) -> str:
    """What a shell needs to call as a service: the API's address, and credentials of the service's role."""
    credentials = credentials_of(emulator, name)
    outputs = emulator.client("cloudformation").describe_stacks(StackName="registrar")["Stacks"][0]["Outputs"]
    found = {each["OutputKey"]: each["OutputValue"] for each in outputs}
    values = {
        "RELYING_API": stack.api_url(emulator, found, "RelyingApiUrl"),
        "AWS_ACCESS_KEY_ID": credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
        "AWS_SESSION_TOKEN": str(credentials.token),
        "AWS_DEFAULT_REGION": REGION,
    }
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items())


def main() -> None:
    """Print the variables of the service that the command names."""
    names = [service.name for service in SEEDED]
    emulator = running.running()
    if emulator is None or sys.argv[1:] not in [[name] for name in names]:
        sys.exit(f"usage, while `make up` runs: python -m tools.cloud.relying {'|'.join(names)}")
    print(shell_variables(emulator, sys.argv[1]), end="")


if __name__ == "__main__":
    main()
