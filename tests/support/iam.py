"""What the template's roles allow, and what a call to AWS needs: IAM in plain code, for calls that no cloud checks.

A resource is named as in tests/support/grants.py: a logical name, with the path of an object or an index behind it.
What has no name in the template: `phone`, `endpoint/x` (a push), `identity/…` (a sender of mail), `execution/x`,
`log-group`, `query`, `MessageProviderSecretArn`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from tests.support.attribute_names import writes_of
from tests.support.shape import FUNCTIONS, as_list, by_provider, statements, verb

_ARN = "arn:${AWS::Partition}:"
_HERE = "${AWS::Region}:${AWS::AccountId}:"
# Resources that are not in the template.
_OTHERS = (
    (f"{_ARN}sns:{_HERE}endpoint/", "endpoint/"),
    (f"{_ARN}ses:{_HERE}identity/", "identity/"),
    (f"{_ARN}ssm:{_HERE}automation-execution/", "execution/"),
)
_READS = {"GetItem": "GetItem", "Query": "Query", "Scan": "Scan"}
_S3 = {
    "GetObject": "GetObject",
    "HeadObject": "GetObject",
    "PutObject": "PutObject",
    "DeleteObject": "DeleteObject",
    "ListObjectsV2": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
}
_OF_BUCKETS = {"ListObjectsV2", "ListObjectVersions"}


@dataclass(frozen=True, order=True)
class Grant:
    """One action on one resource (or pattern of them) that the role of a function allows."""

    function: str
    """By its name in the template without the ending."""
    action: str
    resource: str

    def __str__(self) -> str:
        return f"{self.function} {self.action} {self.resource}"


@dataclass(frozen=True)
class Need:
    """An action that a call takes, and its resource; of several, IAM asks about any one."""

    action: str
    resources: tuple[str, ...]


@cache
def grants_of(name: str) -> tuple[Grant, ...]:
    """Every grant of a function's role, those that a message provider needs included."""
    function = name.removesuffix("Function")
    found = [
        Grant(function, action, named(resource))
        for statement in statements(name) + by_provider(name)
        for action in as_list(statement["Action"])
        for resource in (as_list(statement["Resource"]) if "Resource" in statement else ["phone"])
    ]
    return tuple(dict.fromkeys(found))


@cache
def every_grant() -> frozenset[Grant]:
    """The grants of all functions."""
    return frozenset(grant for name in FUNCTIONS for grant in grants_of(name))


@cache
def function_of(folder: str) -> str:
    """A function's name in the template by its folder."""
    (name,) = (name for name in FUNCTIONS if verb(name) == folder)
    return name


def named(resource: Any) -> str:
    """A resource of a statement."""
    if isinstance(resource, str):
        return "query" if resource == "*" else resource
    if "Fn::If" in resource:
        return "log-group"
    if "Ref" in resource:
        return str(resource["Ref"])
    if "Fn::GetAtt" in resource:
        return str(resource["Fn::GetAtt"][0])
    text = str(resource["Fn::Sub"])
    for beginning, name in _OTHERS:
        if text.startswith(beginning):
            return name + text.removeprefix(beginning)
    return re.sub(r"\$\{(\w+)\.Arn\}", r"\1", text)


def using(folder: str, operation: str, params: Mapping[str, Any], logical: Mapping[str, str]) -> list[list[Grant]]:
    """For each action that a call of a function takes, the grants that allow it: none where it is denied.

    `logical` are the template's names by physical ones.
    """
    grants = grants_of(function_of(folder))
    return [
        [
            grant
            for grant in grants
            if grant.action == need.action and any(fnmatchcase(each, grant.resource) for each in need.resources)
        ]
        for need in needs_of(operation, params, logical)
    ]


def needs_of(operation: str, params: Mapping[str, Any], logical: Mapping[str, str]) -> Iterator[Need]:
    """What IAM asks about a call. An operation that is not known here is a KeyError: add how it is called."""
    if operation in _READS:
        table = logical[params["TableName"]]
        resource = f"{table}/index/{params['IndexName']}" if "IndexName" in params else table
        yield Need(f"dynamodb:{operation}", (resource,))
    elif operation == "BatchGetItem":
        yield from (Need("dynamodb:BatchGetItem", (logical[name],)) for name in params["RequestItems"])
    elif writes := list(writes_of(operation, params)):
        yield from (Need(write.action, (logical[write.table],)) for write in writes)
    elif operation in _S3:
        bucket = logical[params["Bucket"]]
        action = "GetObjectVersion" if "VersionId" in params else _S3[operation]
        yield Need(f"s3:{action}", (bucket if operation in _OF_BUCKETS else f"{bucket}/{params['Key']}",))
    else:
        yield _OF_OTHERS[operation](params, logical)


def _kms(operation: str) -> Any:
    return lambda params, logical: Need(f"kms:{operation}", (logical[params["KeyId"]],))


def _sqs(action: str) -> Any:
    return lambda params, logical: Need(f"sqs:{action}", (logical[params["QueueUrl"]],))


def _publish(params: Mapping[str, Any], _logical: Mapping[str, str]) -> Need:
    return Need("sns:Publish", ("phone" if "PhoneNumber" in params else "endpoint/x",))


def _mail(params: Mapping[str, Any], _logical: Mapping[str, str]) -> Need:
    # Of the sender's address and its domain, whichever is verified.
    local = params["Source"].rpartition("<")[2].partition("@")[0]
    return Need("ses:SendEmail", ("identity/${MailDomain}", f"identity/{local}@${{MailDomain}}"))


def _constant(action: str, resource: str) -> Any:
    return lambda _params, _logical: Need(action, (resource,))


_OF_OTHERS: Mapping[str, Any] = {
    **{operation: _kms(operation) for operation in ("Decrypt", "Encrypt", "GetPublicKey", "Sign")},
    "SendMessage": _sqs("SendMessage"),
    "SendMessageBatch": _sqs("SendMessage"),
    "ChangeMessageVisibility": _sqs("ChangeMessageVisibility"),
    "Publish": _publish,
    "SendEmail": _mail,
    "PutEvents": lambda params, logical: Need("events:PutEvents", (logical[params["Entries"][0]["EventBusName"]],)),
    "GetAutomationExecution": _constant("ssm:GetAutomationExecution", "execution/x"),
    "StartQuery": _constant("logs:StartQuery", "log-group"),
    "GetQueryResults": _constant("logs:GetQueryResults", "query"),
    "GetSecretValue": _constant("secretsmanager:GetSecretValue", "MessageProviderSecretArn"),
}
