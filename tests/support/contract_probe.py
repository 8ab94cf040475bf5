"""The stack on which the emulator is tried, and the function in it that makes any call under its own role."""

from pathlib import Path
from typing import Any

from tools.cloud.local_cloud import LocalCloud

CONTRACT = Path(__file__).parents[1] / "local" / "contract"


def probe(contract: LocalCloud, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
    event = {"service": service, "operation": operation, "arguments": arguments}
    answer: dict[str, Any] = contract.invoke("Probe", event)
    return answer
