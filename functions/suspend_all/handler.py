"""Apply a loss report by password that was accepted while logins had to wait: suspend all that the customer has.

After a wrong password the message has no customer id: it is queued so that the request looks the same, and dropped
here.
"""

from collections.abc import Mapping
from typing import Any

from registrar.entry.batch import each_message
from registrar.entry.clock import now
from registrar.entry.log import audit
from registrar.steps import wiring as use_cases

loss_reports = use_cases.loss_reports()


@each_message
def lambda_handler(message: Mapping[str, Any]) -> None:
    customer_id = message["customer_id"]
    if not customer_id:
        return
    for held in loss_reports.hold_all(customer_id, now()):
        audit("loss.reported", customer_id=customer_id, registration_id=held.id, factor="password")
