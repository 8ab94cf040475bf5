"""Returns its event."""

import json
from typing import Any


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Return the event; the body {"fail": true} raises."""
    print("echo", event["path"])
    if event["body"] and json.loads(event["body"]).get("fail"):
        raise RuntimeError("asked to fail")
    return {"statusCode": 200, "headers": {"X-Echo": "yes"}, "body": json.dumps(event)}
