"""Calls to the local cloud with a function's role, as whoever stole it would make them.

The local cloud lets its root assume any role; the template's tests check that roles trust Lambda only.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, cast

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

from tools.cloud.emulator import REGION
from tools.cloud.local_cloud import LocalCloud

AsRole = Callable[[str, str], Any]
"""Function (without the ending) and service to a client."""
DENIED = frozenset({"AccessDenied", "AccessDeniedException", "AuthorizationError"})


def as_of_role(cloud: LocalCloud, role: str) -> Callable[[str], Any]:
    """Makes clients of a role, named as in the account: one for each service."""
    account = cloud.client("sts").get_caller_identity()["Account"]
    credentials = _assumed(cloud, f"arn:aws:iam::{account}:role/{role}")
    return cache(lambda service: _client(cloud, service, credentials))


def clients_of_roles(cloud: LocalCloud) -> AsRole:
    """Makes clients, each once."""

    @cache
    def credentials(name: str) -> dict[str, str]:
        function = cloud.client("lambda").get_function_configuration(FunctionName=cloud.physical(f"{name}Function"))
        return _assumed(cloud, function["Role"])

    return cache(lambda name, service: _client(cloud, service, credentials(name)))


def _assumed(cloud: LocalCloud, arn: str) -> dict[str, str]:
    given = cloud.client("sts").assume_role(RoleArn=arn, RoleSessionName="tests")["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


@cache
def _session() -> Any:
    """One for all clients: it reads each service's model once."""
    return cast("Any", boto3.Session)(region_name=REGION)


def _client(cloud: LocalCloud, service: str, credentials: dict[str, str]) -> Any:
    config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, proxies={})
    return _session().client(service, endpoint_url=cloud.emulator.url, config=config, **credentials)


def is_denied(client: Any, operation: str, arguments: dict[str, Any]) -> bool:
    """Whether the role is denied; a permitted call may fail for another reason."""
    try:
        getattr(client, xform_name(operation))(**arguments)
    except ClientError as refused:
        return refused.response["Error"]["Code"] in DENIED
    return False
