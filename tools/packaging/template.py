"""Reads a SAM template and points it at a build: at zips in S3 (`package`) or at the built folders (`point_at`).

Parts come from a build (tools.packaging.build): `functions/x/` from build/<target>/functions/x, a layer under
`layers/x/…` from build/<target>/layers/x, so that its zip has `python/` at the top.
"""

import hashlib
import io
import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, cast

import yaml

_CODE = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)  # equal content makes an equal zip


class _TemplateLoader(yaml.CSafeLoader):
    """YAML as CloudFormation reads it: short tags, and dates that stay text."""


def _short_tag(loader: yaml.CSafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(cast("yaml.MappingNode", node), deep=True)
    if suffix in ("Ref", "Condition"):
        return {suffix: value}
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{suffix}": value}


_TemplateLoader.add_multi_constructor("!", _short_tag)
_TemplateLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_template(path: Path) -> dict[str, Any]:
    """Parse a template with its short tags (`!Ref`, `!GetAtt`, `!Sub` …) spelled out."""
    # The loader is a SafeLoader.
    return cast("dict[str, Any]", yaml.load(path.read_text(), Loader=_TemplateLoader))  # noqa: S506


def nested_templates(template: dict[str, Any]) -> list[str]:
    """The files of a template's nested stacks, beside it; `sam deploy` uploads them."""
    stacks = (r for r in template["Resources"].values() if r.get("Type") == "AWS::CloudFormation::Stack")
    return [stack["Properties"]["TemplateURL"] for stack in stacks]


def package(template: dict[str, Any], built: Path, store: Callable[[str, bytes], str]) -> dict[str, Any]:
    """Replace each local folder by the result of `store(key, zip)`: the zip's s3:// address."""

    def stored(name: str, folder: Path) -> str:
        archive = zip_folder(folder)
        return store(f"{name}-{hashlib.sha256(archive).hexdigest()[:16]}.zip", archive)

    return _with_code(template, built, stored)


def point_at(template: dict[str, Any], built: Path) -> dict[str, Any]:
    """Replace each local folder by its built form, relative to `built`, with nothing left to build."""
    pointed = _with_code(template, built, lambda _, folder: f"{folder.relative_to(built).as_posix()}/")
    return {
        **pointed,
        "Resources": {
            name: {key: value for key, value in resource.items() if key != "Metadata"}
            if resource["Type"] in _CODE
            else resource
            for name, resource in pointed["Resources"].items()
        },
    }


def _with_code(template: dict[str, Any], built: Path, place: Callable[[str, Path], str]) -> dict[str, Any]:
    resources = dict(template["Resources"])
    for name, resource in resources.items():
        field = _CODE.get(resource.get("Type", ""))
        properties = resource.get("Properties", {})
        uri = properties.get(field) if field else None
        if field is None or not isinstance(uri, str) or uri.startswith("s3://"):
            continue
        placed = place(name, built_folder(built, uri))
        resources[name] = {**resource, "Properties": {**properties, field: placed}}
    return {**template, "Resources": resources}


def layers_on_path(template: dict[str, Any], built: Path) -> dict[str, Any]:
    """Let functions import the layers from where they were built, through PYTHONPATH, instead of as layers.

    For a machine that runs the functions itself: nothing has to be unzipped when one starts. Folders that are in
    PYTHONPATH already come after.
    """
    everywhere = dict(template.get("Globals", {}).get("Function", {}))
    layers = [layer["Ref"] for layer in everywhere.pop("Layers", [])]
    if not layers:
        return template
    resources = template["Resources"]
    folders = [built_folder(built, resources[name]["Properties"]["ContentUri"]) / "python" for name in layers]
    # Of two layers the later one wins, of two folders in a path the first.
    path = os.pathsep.join(str(folder.resolve()) for folder in reversed(folders))
    variables = everywhere.get("Environment", {}).get("Variables", {})
    more = f"{os.pathsep}{variables['PYTHONPATH']}" if "PYTHONPATH" in variables else ""
    everywhere["Environment"] = {"Variables": {**variables, "PYTHONPATH": path + more}}
    return {
        **template,
        "Globals": {**template["Globals"], "Function": everywhere},
        "Resources": {name: resource for name, resource in resources.items() if name not in layers},
    }


def with_variables(template: dict[str, Any], variables: Mapping[str, str]) -> dict[str, Any]:
    """Give every function these variables too."""
    if not variables:
        return template
    everywhere = dict(template["Globals"]["Function"])
    before = everywhere.get("Environment", {}).get("Variables", {})
    everywhere["Environment"] = {"Variables": {**before, **variables}}
    return {**template, "Globals": {**template["Globals"], "Function": everywhere}}


def with_own_variables(template: dict[str, Any], variables: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Give functions, named by their folders, variables of their own too."""
    resources = dict(template["Resources"])
    for name, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        own = variables.get(PurePosixPath(str(properties.get("CodeUri", ""))).name, {})
        if resource["Type"] == "AWS::Serverless::Function" and own:
            before = properties.get("Environment", {}).get("Variables", {})
            changed = {**properties, "Environment": {"Variables": {**before, **own}}}
            resources[name] = {**resource, "Properties": changed}
    return {**template, "Resources": resources}


def gateway_responses_apart(template: dict[str, Any]) -> dict[str, Any]:
    """Declare what each API responds itself as resources of its own: the local cloud drops it inside an API."""
    resources = dict(template["Resources"])
    for api, resource in template["Resources"].items():
        if resource["Type"] != "AWS::Serverless::Api":
            continue
        properties = dict(resource["Properties"])
        for kind, response in properties.pop("GatewayResponses", {}).items():
            headers = response["ResponseParameters"]["Headers"]
            resources[api + kind.title().replace("_", "")] = {
                "Type": "AWS::ApiGateway::GatewayResponse",
                "Properties": {
                    "RestApiId": {"Ref": api},
                    "ResponseType": kind,
                    "StatusCode": str(response["StatusCode"]),
                    "ResponseParameters": {
                        f"gatewayresponse.header.{name}": value for name, value in headers.items()
                    },
                    "ResponseTemplates": response["ResponseTemplates"],
                },
            }
        resources[api] = {**resource, "Properties": properties}
    return {**template, "Resources": resources}


def built_folder(built: Path, uri: str) -> Path:
    """Find the built form of a CodeUri or ContentUri."""
    parts = PurePosixPath(uri).parts
    folder = built.joinpath(*(parts[:2] if parts[0] == "layers" else parts))
    if not folder.is_dir():
        raise FileNotFoundError(f"{uri} has not been built: {folder} is missing")
    return folder


def zip_folder(folder: Path) -> bytes:
    """Zip a folder's content, the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(str(path.relative_to(folder)), _ZIP_EPOCH)
                entry.external_attr = 0o644 << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes(), compresslevel=1)
    return buffer.getvalue()


def gateway_body(response: Mapping[str, Any], template: Mapping[str, Any]) -> str:
    """The body of a response of API Gateway itself; a parameter of the template in it has its default."""
    body = response["ResponseTemplates"]["application/json"]
    text: str = body["Fn::Sub"] if isinstance(body, Mapping) else body
    for name, parameter in template["Parameters"].items():
        text = text.replace(f"${{{name}}}", str(parameter.get("Default", "")))
    return text
