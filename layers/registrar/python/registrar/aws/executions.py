"""Executions of this stack's documents (SSM Automation): who started them, and with which parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from registrar.domain.staff import Execution


@dataclass(frozen=True, slots=True)
class Executions:
    """Reads executions; documents are named `<stack>-<name>`."""

    ssm: Any
    stack: str

    def find(self, execution_id: str) -> Execution | None:
        """The execution; None where there is none of this id, or its document is not this stack's."""
        try:
            found = self.ssm.get_automation_execution(AutomationExecutionId=execution_id)["AutomationExecution"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "AutomationExecutionNotFoundException":
                return None
            raise
        name = found["DocumentName"]
        if not name.startswith(f"{self.stack}-"):
            return None
        nested = ("ParentAutomationExecutionId", "AssociationId", "Targets", "TargetMaps", "TargetLocations")
        return Execution(
            document=name.removeprefix(f"{self.stack}-"),
            status=found["AutomationExecutionStatus"],
            started_by=found.get("ExecutedBy", ""),
            started_at=found["ExecutionStartTime"],
            parameters=_filled(found.get("Parameters", {})),
            is_nested=any(found.get(member) for member in nested),
        )


def _filled(parameters: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The parameters with a value: each of our documents' is one text."""
    return {name: values[0] for name, values in parameters.items() if len(values) == 1 and values[0]}
