"""Removes from the dependency layer what no function needs: a smaller layer starts faster.

If a function starts to call another operation of AWS, add it to `OPERATIONS`: the client has no method for one that
is missing, and botocore knows no service that is missing. A test compares the list with the calls in the code.
"""

import gzip
import json
import platform
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OPERATIONS = {
    "dynamodb": (*("BatchGetItem", "GetItem", "PutItem", "Query", "Scan", "TransactWriteItems", "UpdateItem"),),
    "events": ("PutEvents",),
    "kms": ("Decrypt", "Encrypt", "GetPublicKey", "Sign"),
    "logs": ("GetQueryResults", "StartQuery"),
    "s3": ("DeleteObject", "GetObject", "HeadObject", "ListObjectVersions", "PutObject"),
    "secretsmanager": ("GetSecretValue",),
    "ses": ("SendEmail",),
    "sns": ("Publish",),
    "sqs": ("ChangeMessageVisibility", "SendMessage"),
    "ssm": ("GetAutomationExecution",),
}
"""The operations that functions call, by service."""

NEEDED_BY_BOTOCORE = {
    # The address of a presigned POST is that of CreateBucket; a redirect asks with HeadBucket where the bucket is.
    "s3": ("CreateBucket", "HeadBucket"),
}

_UNUSED = (
    "bin",
    "boto3/data",  # models of boto3.resource: only clients are used
    "boto3/examples",
    # cffi's compiler: at run time cryptography needs _cffi_backend only
    "cffi",
    "cffi-*.dist-info",
    "pycparser",
    "pycparser-*.dist-info",
    "dateutil/zoneinfo",  # the standard library has zoneinfo
    # powertools' parts for extras that are not installed, and its web page
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/*.*s*",
    "aws_lambda_powertools/utilities/auth_alpha",
    "aws_lambda_powertools/utilities/data_masking",
    "aws_lambda_powertools/utilities/kafka",
    "aws_lambda_powertools/utilities/parser",
    "aws_lambda_powertools/utilities/streaming",
    # parts of WebAuthn that a server does not use: authenticator protocols and attestation
    "fido2/attestation",
    "fido2/client",
    "fido2/ctap2",
    "fido2/hid",
    "fido2/mds3.py",
    "fido2/payment.py",
    "fido2/pcsc.py",
)
_UNUSED_ANYWHERE = ("__pycache__", "*.pyi", "py.typed", "*.h", "tests", "examples-1.json*")
# importlib.metadata reads the first two, tools.packaging.artefacts all.
_DIST_INFO_KEPT = (
    "METADATA",
    "RECORD",
    "WHEEL",
)


def is_dropped(package: str) -> bool:
    """Whether the package is left out of the layer."""
    return f"{package}-*.dist-info" in _UNUSED


def slim(site: Path, machine: str) -> None:
    """Remove unused files of the packages in `site`, whose compiled parts are for `machine`."""
    for pattern in _UNUSED:
        for path in list(site.glob(pattern)):
            _remove(path)
    for pattern in _UNUSED_ANYWHERE:
        for path in list(site.rglob(pattern)):
            _remove(path)
    for info in site.glob("*.dist-info"):
        for path in list(info.iterdir()):
            if path.name not in _DIST_INFO_KEPT:
                _remove(path)
    _keep_services(site / "botocore" / "data")
    if shutil.which("strip") and machine == platform.machine():
        for library in site.rglob("*.so"):
            subprocess.run(["strip", "--strip-unneeded", str(library)], check=True)  # noqa: S607


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _keep_services(data: Path) -> None:
    for service in [path for path in data.iterdir() if path.is_dir()]:
        if service.name not in OPERATIONS:
            shutil.rmtree(service)
            continue
        for older in sorted(path for path in service.iterdir() if path.is_dir())[:-1]:
            shutil.rmtree(older)
        for packed in service.rglob("*.json.gz"):
            _unpack_without_prose(packed)
        for model in service.rglob("service-2.json"):
            _keep_operations(model, {*OPERATIONS[service.name], *NEEDED_BY_BOTOCORE.get(service.name, ())})
    missing = [name for name in OPERATIONS if not (data / name).is_dir()]
    if missing:
        raise SystemExit(f"botocore has no service named {', '.join(missing)}")
    endpoints = data / "endpoints.json"
    document = json.loads(endpoints.read_text())
    document["partitions"] = [part for part in document["partitions"] if part["partition"] == "aws"]
    document["partitions"][0]["services"] = {
        name: service
        for name, service in document["partitions"][0]["services"].items()
        if name in {*OPERATIONS, "email"}  # SES calls its endpoint "email"
    }
    endpoints.write_text(json.dumps(document, separators=(",", ":")))


def _unpack_without_prose(packed: Path) -> None:
    # A cold start parses the model of each service it uses; four fifths of a model are documentation.
    model = _without_prose(json.loads(gzip.decompress(packed.read_bytes())))
    for parameter in model.get("clientContextParams", {}).values():
        parameter["documentation"] = ""  # botocore reads it here (S3 has some)
    packed.with_suffix("").write_text(json.dumps(model, separators=(",", ":")))
    packed.unlink()


def _keep_operations(path: Path, names: set[str]) -> None:
    """Leave these operations in a model, with the shapes that they and the errors of the service consist of."""
    model = json.loads(path.read_text())
    model["operations"] = {name: model["operations"][name] for name in sorted(names)}
    errors = [name for name, shape in model["shapes"].items() if shape.get("exception")]
    wanted = [*_shapes_named(model["operations"]), *errors]
    kept: dict[str, Any] = {}
    while wanted:
        name = wanted.pop()
        if name not in kept:
            kept[name] = model["shapes"][name]
            wanted += _shapes_named(kept[name])
    model["shapes"] = kept
    path.write_text(json.dumps(model, separators=(",", ":")))


def _shapes_named(value: Any) -> Iterator[str]:
    """The names of the shapes that a part of a model refers to."""
    if isinstance(value, dict):
        # A member may also be named "shape"; only strings are references.
        if isinstance(value.get("shape"), str):
            yield value["shape"]
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _shapes_named(inner)


def _without_prose(value: Any) -> Any:
    if isinstance(value, dict):
        # A member may also be named "documentation"; only strings are prose.
        return {
            name: _without_prose(inner)
            for name, inner in value.items()
            if not (name == "documentation" and isinstance(inner, str))
        }
    if isinstance(value, list):
        return [_without_prose(inner) for inner in value]
    return value
