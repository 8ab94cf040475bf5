"""Authorizes `Bearer good`, denies `Bearer bad`, and raises for any other token."""

import json
from typing import Any


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Return a policy, or raise the message that API Gateway turns into 401."""
    print("guard", json.dumps(event))
    header = next((value for name, value in event["headers"].items() if name.lower() == "authorization"), "")
    effects = {"Bearer good": "Allow", "Bearer bad": "Deny"}
    if header not in effects:
        raise Exception("Unauthorized")
    statement = {"Action": "execute-api:Invoke", "Effect": effects[header], "Resource": event["methodArn"]}
    return {
        "principalId": "C-1",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": {"customer": "C-1", "session": "S-1", "count": 3, "invocation": context.aws_request_id},
    }
