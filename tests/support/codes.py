"""One-time codes: those of text messages, and without the wait (each serves once, a third would take 30 s)."""

import re

from tools.cloud.local_cloud import LocalCloud
from tools.demo.phone import Phone


def texted_code(text: str) -> str:
    """The code in a text message."""
    (code,) = re.findall(r"\b\d{6}\b", text, re.ASCII)
    return str(code)


def forget_used_codes(cloud: LocalCloud, phone: Phone) -> None:
    """Let the phone's current code serve again, as if half a minute had passed since it was used."""
    cloud.client("dynamodb").update_item(
        TableName=cloud.physical("SessionsTable"),
        Key={"customer_id": {"S": phone.customer.id}},
        UpdateExpression="REMOVE totp_step",
    )
    phone.last_step = 0
