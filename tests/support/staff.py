"""The bank's staff in an account in memory: they start a document of operations.yaml, which invokes its function.

Tests write a command as fields in one object, with who acts in `staff_id` by a short name, such as `kim.teller`.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from tests.support.account import Account
from tests.support.shape import OPERATIONS, verb
from tools.cloud.automation import checked, documents

ROLE = "arn:aws:sts::999988887777:assumed-role/AWSReservedSSO_Staff_00ff00ff00ff00ff"
ONE_DOCUMENT = {
    "propose_block": "ProposeBlock",
    "propose_recovery": "ProposeRecovery",
    "plan_reevaluation": "PlanReevaluation",
    "apply_reevaluation": "ApplyReevaluation",
    "explain": "Explain",
    "confirm_trust": "ConfirmTrust",
}
BY_FIELD = {
    ("set_bank_hold", "on"): "Hold",
    ("set_bank_hold", "off"): "Lift",
    ("lock_customer", "out"): "LockOut",
    ("lock_customer", "in"): "Unlock",
    ("confirm_block", "view"): "ViewBlock",
    ("confirm_block", "confirm"): "ConfirmBlock",
    ("approve_recovery", "view"): "ViewRecovery",
    ("approve_recovery", "approve"): "ApproveRecovery",
}
DECIDED = ("hold", "lock", "step")
"""Fields that the document decides."""


def arn(name: str, role: str = ROLE) -> str:
    """The session of a person."""
    return f"{role}/{name}"


def act(account: Account, function: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Start the document for these fields, and return what its function returns.

    The form is not checked, so that the function is: SSM does that first (tests/tools/cloud/test_automation.py).
    """
    decided = [fields[name] for name in DECIDED if name in fields]
    document = BY_FIELD[function, decided[0]] if decided else ONE_DOCUMENT[function]
    filled = {n: v for n, v in fields.items() if n not in (*DECIDED, "staff_id") and v is not None}
    texts = {
        name: ",".join(map(str, value)) if isinstance(value, list) else str(value) for name, value in filled.items()
    }
    parameters = {"".join(part.title() for part in name.split("_")): text for name, text in texts.items()}
    execution_id = started(account, document, arn(fields.get("staff_id", "somebody")), **parameters)
    result: dict[str, Any] = account.invoke(function, {"execution_id": execution_id})
    account.executions[execution_id]["AutomationExecutionStatus"] = "Success"
    return result


def started(account: Account, document: str, by: str, **parameters: str) -> str:
    """An execution that is in progress: its id."""
    execution_id = str(uuid.uuid4())
    account.executions[execution_id] = {
        "DocumentName": f"registrar-{document}",
        "AutomationExecutionStatus": "InProgress",
        "ExecutionStartTime": account.at,
        "ExecutedBy": by,
        "Parameters": {name: [value] for name, value in parameters.items()},
    }
    return execution_id


def form(document: str, **parameters: str) -> dict[str, list[str]]:
    """What SSM keeps of a form that it accepts. Raises NotStarted."""
    return checked(documents()[document], parameters)


def function_of(document: str) -> str | None:
    """The folder of the function that a document invokes, if it invokes one."""
    inputs = OPERATIONS["Resources"][document]["Properties"]["Content"]["mainSteps"][0]["inputs"]
    return verb(inputs["FunctionName"]["Ref"]) if "FunctionName" in inputs else None
