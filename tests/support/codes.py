"""One-time codes without the wait: each serves once, so a customer's third code within a minute would take 30 s."""

from tools.cloud.local_cloud import LocalCloud
from tools.demo.phone import Phone


def forget_used_codes(cloud: LocalCloud, phone: Phone) -> None:
    """Let the phone's current code serve again, as if half a minute had passed since it was used."""
    cloud.client("dynamodb").update_item(
        TableName=cloud.physical("SessionsTable"),
        Key={"customer_id": {"S": phone.customer.id}},
        UpdateExpression="REMOVE totp_step",
    )
    phone.last_step = 0
