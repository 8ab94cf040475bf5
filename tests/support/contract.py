"""Whether a response is one that docs/openapi.yaml, or docs/relying.yaml, documents for its operation."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs

from tests.support.openapi import RELYING_SPEC, SPEC


def check_documented(
    method: str, path: str, status: int, headers: Mapping[str, str], body: Any, *, relying: bool = False
) -> None:
    """Check status, type, headers, body and code; `path` as the document has it (`relying`: docs/relying.yaml)."""
    spec = RELYING_SPEC if relying else SPEC
    response = _resolved(spec, spec["paths"][path][method.lower()]["responses"][str(status)])
    sent = {name.lower(): value for name, value in headers.items()}
    media = response["content"][sent["content-type"].partition(";")[0]]
    documented = {name.lower(): _resolved(spec, header) for name, header in response["headers"].items()}
    required = {name for name, header in documented.items() if header.get("required")}
    assert sent.keys() & {"cache-control", "content-language", "retry-after"} <= documented.keys()
    assert required <= sent.keys()
    assert sent["cache-control"] == documented["cache-control"]["schema"]["const"]
    if "content-language" in sent:
        assert sent["content-language"] in documented["content-language"]["schema"]["enum"]
    _validator(media["schema"]["$ref"], relying).validate(body)
    assert "x-codes" not in media or body["code"] in media["x-codes"], body["code"]


def _resolved(spec: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    _, _, kind, name = node["$ref"].split("/")
    found: dict[str, Any] = spec["components"][kind][name]
    return found


@cache
def _validator(reference: str, relying: bool) -> Any:
    schema = {"$ref": reference, "components": (RELYING_SPEC if relying else SPEC)["components"]}
    return jsonschema_rs.validator_for(schema, validate_formats=True)
