"""docs/openapi.yaml and docs/relying.yaml as plain dictionaries."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tools.cloud.emulator import ROOT

PATH = ROOT / "docs/openapi.yaml"
RELYING_PATH = ROOT / "docs/relying.yaml"


def read(path: Path = PATH) -> dict[str, Any]:
    """A document as it is: its responses are open, since later versions may add members."""
    document: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
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


def members(where: str, schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property of a schema and of the schemas inside it, with its place."""
    for name, member in schema.get("properties", {}).items():
        yield f"{where}.{name}", member
        yield from members(f"{where}.{name}", member)
    inner = [schema[key] for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict)]
    for each in (*inner, *(part for key in ("oneOf", "anyOf", "allOf") for part in schema.get(key, []))):
        yield from members(where, each)


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
        "CertificateLoginRequest",
        *("CodeRequest", "PhoneRequest", "PasskeyRequest", "LossRequest", "ResumeRequest"),
    }
)
"""Schemas of requests: members that they do not name are ignored."""
RELYING_REQUESTS = frozenset({"StatusRequest", "BatchRequest", "VerifyRequest"})
"""The same of docs/relying.yaml."""


def read_closed(path: Path, requests: frozenset[str]) -> dict[str, Any]:
    """A document with its responses closed."""
    document = read(path)
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        if name not in requests:
            schemas[name] = closed(schema)
    return document


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """The operations of a document, by method and path."""
    return {
        (method.upper(), path): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }


SPEC = read_closed(PATH, REQUESTS)
OPERATIONS = operations(SPEC)
RELYING_SPEC = read_closed(RELYING_PATH, RELYING_REQUESTS)
RELYING_OPERATIONS = operations(RELYING_SPEC)
