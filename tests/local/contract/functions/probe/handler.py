"""Makes the one AWS call the event names, with this function's own role."""

import base64
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Return the result of the call, or the code of its error."""
    config = Config(s3={"addressing_style": "virtual"})
    client: Any = boto3.client(event["service"], config=config)
    arguments = {
        name: base64.b64decode(value["base64"]) if isinstance(value, dict) and "base64" in value else value
        for name, value in event["arguments"].items()
    }
    print("probe", event["service"], event["operation"])
    try:
        answer = getattr(client, event["operation"])(**arguments)
    except ClientError as error:
        return {"error": error.response["Error"]["Code"], "message": str(error)}
    return {
        name: base64.b64encode(value).decode() if isinstance(value, bytes) else value
        for name, value in answer.items()
        if name != "ResponseMetadata"
    }
