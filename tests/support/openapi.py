"""docs/openapi.yaml as plain dictionaries."""

from typing import Any

import yaml

from tools.cloud.emulator import ROOT

PATH = ROOT / "docs/openapi.yaml"


def read() -> dict[str, Any]:
    """The document as it is: its responses are open, since later versions may add members."""
    document: dict[str, Any] = yaml.load(PATH.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return document


def closed(node: Any) -> Any:
    """The same schemas, closed: a response of this version has no member that is not listed."""
    if isinstance(node, list):
        return [closed(each) for each in node]
    if not isinstance(node, dict):
        return node
    changed = {name: closed(value) for name, value in node.items()}
    if node.get("type") == "object":
        changed.setdefault("additionalProperties", False)
    return changed


REQUESTS = frozenset(
    {
        *(
            "LoginRequest",
            "OtpRequest",
            "UploadRequest",
            "AnnouncedFile",
            "RegistrationRequest",
            "StepUpRequest",
            "Sealed",
        ),
        *("PasswordRequest", "PrecheckRequest", "SmsRequest", "PasskeyAnswer", "CertificateAnswer", "ProofRequest"),
        *("CodeRequest", "PhoneRequest", "PasskeyRequest", "LossRequest", "ResumeRequest"),
    }
)
"""Schemas of requests: members that they do not name are ignored."""
SPEC = read()
for _name, _schema in SPEC["components"]["schemas"].items():
    if _name not in REQUESTS:
        SPEC["components"]["schemas"][_name] = closed(_schema)
OPERATIONS: dict[tuple[str, str], dict[str, Any]] = {
    (method.upper(), path): operation
    for path, item in SPEC["paths"].items()
    for method, operation in item.items()
    if method != "parameters"
}
"""By method and path."""
