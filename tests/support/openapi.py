"""docs/openapi.yaml as plain dictionaries."""

from typing import Any

import yaml

from tools.cloud.emulator import ROOT

PATH = ROOT / "docs/openapi.yaml"
SPEC: dict[str, Any] = yaml.load(PATH.read_text(encoding="utf-8"), yaml.CSafeLoader)
OPERATIONS: dict[tuple[str, str], dict[str, Any]] = {
    (method.upper(), path): operation
    for path, item in SPEC["paths"].items()
    for method, operation in item.items()
    if method != "parameters"
}
"""By method and path."""
