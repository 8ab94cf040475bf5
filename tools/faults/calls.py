"""Which call to AWS a request of a function is: its service, its operation, its logical call.

Retries of botocore carry one `amz-sdk-invocation-id`, and ours of a transaction one token, so a logical call is one
call of our code.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

_CREDENTIAL = re.compile(r"Credential=[^/]+/\d+/[^/]+/(?P<service>[^/]+)/aws4_request")
_JSON_SERVICES = {"kms": "1.1", "dynamodb": "1.0", "sqs": "1.0", "events": "1.1", "logs": "1.1"}
_XML = "application/xml"
# What IAM calls an operation, where it has another name.
_IAM_NAMES = {
    "HeadObject": "GetObject",
    "ListObjectsV2": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "DeleteObjects": "DeleteObject",
}


@dataclass(frozen=True, order=True)
class Operation:
    """One operation that a function calls, such as PutItem."""

    function: str
    """The verb: the name of the function's folder."""
    name: str


@dataclass(frozen=True)
class Request:
    """A request of a function to AWS; `actions` are those that IAM checks."""

    operation: Operation
    service: str
    invocation: str
    actions: frozenset[str]


def request_of(function: str, start: str, headers: Mapping[str, str], body: bytes) -> Request | None:
    """The call; None where no AWS client made the request (a phone sends its files to the same address).

    `start` is the request line; names of headers are in lower case.
    """
    invocation = headers.get("amz-sdk-invocation-id")
    signed = _CREDENTIAL.search(headers.get("authorization", ""))
    if invocation is None or signed is None:
        return None
    service = signed["service"]
    if "x-amz-target" in headers:
        name = headers["x-amz-target"].rpartition(".")[2]
    elif service == "s3":
        name = _s3_operation(start)
    else:
        name = parse_qs(body.decode()).get("Action", ["unknown"])[0]
    if name == "TransactWriteItems":
        invocation = json.loads(body)["ClientRequestToken"]
    return Request(Operation(function, name), service, invocation, _actions(service, name, body))


def _actions(service: str, name: str, body: bytes) -> frozenset[str]:
    if name == "TransactWriteItems":
        verbs = {verb for write in json.loads(body)["TransactItems"] for verb in write}
        return frozenset(f"dynamodb:{verb}Item" for verb in verbs)
    return frozenset({f"{service}:{_IAM_NAMES.get(name, name)}"})


def _s3_operation(start: str) -> str:
    method, target, _ = start.split(" ", 2)
    address = urlsplit(target)
    query = parse_qs(address.query, keep_blank_values=True)
    if not address.path.strip("/").partition("/")[2]:
        if "versions" in query:
            return "ListObjectVersions"
        return "DeleteObjects" if "delete" in query else "ListObjectsV2"
    return f"{method.title()}Object"


def error(service: str, *, throttled: bool) -> tuple[int, str, bytes]:
    """Status, content type and body of a service's refusal: it throttles, or has a fault of its own."""
    if service in _JSON_SERVICES:
        code = "InternalServerError"
        if throttled:
            code = "ProvisionedThroughputExceededException" if service == "dynamodb" else "ThrottlingException"
        body = f'{{"__type": "{code}", "message": "made by tools.faults"}}'
        return 400 if throttled else 500, f"application/x-amz-json-{_JSON_SERVICES[service]}", body.encode()
    if service == "s3":
        code = "SlowDown" if throttled else "InternalError"
        body = f"<Error><Code>{code}</Code><Message>made by tools.faults</Message></Error>"
        return 503 if throttled else 500, _XML, body.encode()
    code, fault = ("Throttling", "Sender") if throttled else ("InternalFailure", "Receiver")
    about = f"<Type>{fault}</Type><Code>{code}</Code><Message>made by tools.faults</Message>"
    body = f"<ErrorResponse><Error>{about}</Error><RequestId>faults</RequestId></ErrorResponse>"
    return 400 if throttled else 500, "text/xml", body.encode()


def cancelled(body: bytes) -> tuple[int, str, bytes]:
    """Status, content type and body of DynamoDB's refusal of a transaction whose first write it throttles."""
    others = [{"Code": "None"}] * (len(json.loads(body)["TransactItems"]) - 1)
    refusal = {
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "made by tools.faults",
        "CancellationReasons": [{"Code": "ThrottlingError", "Message": "made by tools.faults"}, *others],
    }
    return 400, "application/x-amz-json-1.0", json.dumps(refusal).encode()


PARTIAL = frozenset({"BatchGetItem", "PutEvents"})
"""Operations that may respond 200 and say that a part was not done."""


def nothing_done(name: str, body: bytes) -> bytes:
    """The response of one of PARTIAL that did nothing of what was asked."""
    asked = json.loads(body)
    if name == "BatchGetItem":
        return json.dumps({"Responses": {}, "UnprocessedKeys": asked["RequestItems"]}).encode()
    failed = {"ErrorCode": "ThrottlingException", "ErrorMessage": "made by tools.faults"}
    entries = [failed for _ in asked["Entries"]]
    return json.dumps({"FailedEntryCount": len(entries), "Entries": entries}).encode()
