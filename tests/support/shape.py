"""template.yaml as plain dictionaries, as written and as SAM expands it, and what the tests ask of both."""

import ast
import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from tools.cloud.emulator import PYTHON, REGION, ROOT
from tools.packaging.template import read_template

Properties = dict[str, Any]

TEMPLATE = read_template(ROOT / "template.yaml")
RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]
PARAMETERS: dict[str, dict[str, Any]] = TEMPLATE["Parameters"]
OPERATIONS = read_template(ROOT / "operations.yaml")
"""The nested stack with what admins use in the console."""
FUNCTION_DEFAULTS: Properties = TEMPLATE["Globals"]["Function"]
GATEWAY: dict[str, dict[str, Any]] = RESOURCES["Api"]["Properties"]["GatewayResponses"]
RELYING_GATEWAY: dict[str, dict[str, Any]] = RESOURCES["RelyingApi"]["Properties"]["GatewayResponses"]


def _filled_in(value: Any) -> Any:
    """A part of operations.yaml, with what template.yaml passes to it in place of the parameters."""
    if isinstance(value, str):
        return value.replace("${Service}", "${AWS::StackName}")
    if isinstance(value, list):
        return [_filled_in(each) for each in value]
    if not isinstance(value, dict):
        return value
    passed = RESOURCES["Operations"]["Properties"]["Parameters"]
    if value.keys() == {"Ref"} and value["Ref"] in passed:
        given = passed[value["Ref"]]
        return given["Fn::Join"][1] if "Fn::Join" in given else given
    if value.keys() == {"Fn::Select"}:
        index, choices = _filled_in(value["Fn::Select"])
        return choices[index] if isinstance(choices, list) else {"Fn::Select": [index, choices]}
    return {name: _filled_in(each) for name, each in value.items()}


NESTED: dict[str, dict[str, Any]] = _filled_in(OPERATIONS["Resources"])
"""The resources of the nested stack as if they stood in template.yaml."""

_PACKAGE = ROOT / "layers/registrar/python/registrar"
_SETTINGS = ast.parse((_PACKAGE / "settings.py").read_text())
WIRINGS = {f"registrar.{package}.wiring": _PACKAGE / package / "wiring.py" for package in ("aws", "steps")}
_NAME_IN_SUB = re.compile(r"\$\{(?!!)([^}]+)\}")
# The translator lives where the emulator does, not among what the tests import.
_EXPAND = """
import json, sys
from types import SimpleNamespace
from samtranslator.translator.transform import transform
given = json.load(sys.stdin)
json.dump(transform(given["template"], given["parameters"], SimpleNamespace(load=dict)), sys.stdout)
"""


def of_type(kind: str, resources: Mapping[str, dict[str, Any]] = RESOURCES) -> dict[str, Properties]:
    """Properties by logical name of every resource of a type."""
    return {name: r.get("Properties", {}) for name, r in resources.items() if r["Type"] == kind}


FUNCTIONS = of_type("AWS::Serverless::Function")


@cache
def expanded(rollout: str = PARAMETERS["Rollout"]["Default"], layer: str = "code.zip") -> dict[str, dict[str, Any]]:
    """The resources that CloudFormation gets to see, after SAM, with this rollout and this file for our layer."""
    template = json.loads(json.dumps(TEMPLATE))
    for name, resource in template["Resources"].items():
        for code in ("CodeUri", "ContentUri"):
            if code in resource.get("Properties", {}):
                file = layer if name == "RegistrarLayer" else "code.zip"
                resource["Properties"][code] = f"s3://artefacts/{file}"
    done = subprocess.run(  # noqa: S603 - a program named in the code, with no shell
        [str(PYTHON), "-c", _EXPAND],
        input=json.dumps({"template": template, "parameters": {"Rollout": rollout}}),
        env={"AWS_DEFAULT_REGION": REGION},
        capture_output=True,
        text=True,
        check=True,
    )
    resources: dict[str, dict[str, Any]] = json.loads(done.stdout)["Resources"]
    return resources


def function_property(name: str, wanted: str) -> Any:
    """A function's own property, or the one that Globals gives to all."""
    return FUNCTIONS[name].get(wanted, FUNCTION_DEFAULTS.get(wanted))


def verb(name: str) -> str:
    """The folder of a function."""
    return str(FUNCTIONS[name]["CodeUri"]).removeprefix("functions/").removesuffix("/")


def environment(name: str) -> dict[str, Any]:
    """All environment variables of a function."""
    blocks = (FUNCTION_DEFAULTS.get("Environment", {}), FUNCTIONS[name].get("Environment", {}))
    return {key: value for block in blocks for key, value in block.get("Variables", {}).items()}


def settings_read(folder: str) -> set[str]:
    """The environment variables that a handler reads, itself or through the builders of a wiring that it uses."""
    calls = calls_of_handler(folder)
    if any(called(call) == "signing_bank" for call in calls):
        calls = [*calls, *_calls_in(_functions(_SETTINGS)["signing_bank"], _SETTINGS)]
    return {ast.literal_eval(call.args[0]) for call in calls if called(call) in ("setting", "settings_list")}


def calls_of_handler(folder: str) -> list[ast.Call]:
    """The calls in a handler, and in the builders of a wiring that it uses."""
    tree = ast.parse((ROOT / "functions" / folder / "handler.py").read_text())
    return _calls_in(tree, tree)


def called(call: ast.Call) -> str:
    """The name of the function that is called, or nothing where it is an attribute."""
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _calls_in(part: ast.AST, module: ast.Module) -> list[ast.Call]:
    """The calls in a part of a module, and in the builders that it uses."""
    wirings = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in module.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if f"{node.module}.{alias.name}" in WIRINGS
    }
    found = []
    for node in ast.walk(part):
        match node:
            case ast.Attribute(value=ast.Name(id=alias), attr=builder) if alias in wirings:
                found += _calls_of_builder(wirings[alias], builder)
            case ast.Name(id=builder) if module is not part and builder in _functions(module):
                found += _calls_in(_functions(module)[builder], module)
        if isinstance(node, ast.Call):
            found.append(node)
    return found


@cache
def _calls_of_builder(wiring: str, builder: str) -> list[ast.Call]:
    module = ast.parse(WIRINGS[wiring].read_text())
    return _calls_in(_functions(module)[builder], module)


def _functions(module: ast.Module) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}


def statements(name: str) -> list[dict[str, Any]]:
    """The statements of a function's policy that allow something."""
    return [s for s in _policy(name) if s["Effect"] == "Allow"]


def denials(name: str) -> list[dict[str, Any]]:
    """The statements of a function's policy that take back what SAM's managed policies allow too widely."""
    return [s for s in _policy(name) if s["Effect"] == "Deny"]


def by_provider(name: str) -> list[dict[str, Any]]:
    """The statements of a function's policy that replace those of `statements` where MessageProvider is http."""
    return [s["Fn::If"][1] for s in written(name) if "Fn::If" in s]


def written(name: str) -> list[dict[str, Any]]:
    """The statements of a function's policy as they stand in the template."""
    return [s for policy in FUNCTIONS[name].get("Policies", []) for s in as_list(policy["Statement"])]


def _policy(name: str) -> list[dict[str, Any]]:
    """The statements, with the one of the parameters' defaults where there are two."""
    found = []
    for statement in written(name):
        condition, _, otherwise = statement.get("Fn::If", ("", None, statement))
        assert condition in ("", "SendsByProvider"), "name the condition here"
        found.append(otherwise)
    return found


def events(kind: str) -> Iterator[tuple[str, Properties]]:
    """Function and properties of every event of a kind."""
    for name, function in FUNCTIONS.items():
        for event in function.get("Events", {}).values():
            if event["Type"] == kind:
                yield name, event["Properties"]


def routes_of(api: str) -> dict[tuple[str, str], str]:
    """Method and path of every route of an API, and its function."""
    return {(e["Method"], e["Path"]): name for name, e in events("Api") if e["RestApiId"] == {"Ref": api}}


PREFLIGHT = ("OPTIONS", "/{proxy+}")
"""What browsers ask before a page's request (CORS); it belongs to every route, and is none of its own."""
ROUTES = {route: name for route, name in routes_of("Api").items() if route != PREFLIGHT}
"""The routes of customers' apps and pages."""
RELYING_ROUTES = routes_of("RelyingApi")
"""The routes of relying services."""
PUBLIC_ROUTES = {
    (event["Method"], event["Path"])
    for _, event in events("Api")
    if event["RestApiId"] == {"Ref": "Api"} and event.get("Auth", {}).get("Authorizer") == "NONE"
} - {PREFLIGHT}
"""Routes for which the gateway asks no authorizer. Which they may be is decided in tests/template/test_api.py."""


def as_list(value: Any) -> list[Any]:
    """The value as the list it stands for."""
    return value if isinstance(value, list) else [value]


def references(value: Any) -> set[str]:
    """The names that Ref, GetAtt, Sub and DependsOn mention anywhere in `value`."""
    if isinstance(value, list):
        return {name for inner in value for name in references(inner)}
    if not isinstance(value, dict):
        return set()
    found: set[str] = set()
    for key, inner in value.items():
        if key == "Ref":
            found.add(inner.split(".")[0])  # SAM knows `Api.Stage`
        elif key == "DependsOn":
            found.update(as_list(inner))
        elif key == "Fn::GetAtt":
            found.add(inner[0] if isinstance(inner, list) else inner.split(".")[0])
        elif key == "Fn::Sub":
            found |= _in_sub(inner)
        else:
            found |= references(inner)
    return found


def _in_sub(value: Any) -> set[str]:
    text: str = value[0] if isinstance(value, list) else value
    given: dict[str, Any] = value[1] if isinstance(value, list) else {}
    names = {name.split(".")[0] for name in _NAME_IN_SUB.findall(text)}
    return (names - given.keys()) | references(given)


def graph(resources: Mapping[str, Any]) -> dict[str, set[str]]:
    """Which resource needs which others to be there first."""
    return {name: references(resource) & resources.keys() for name, resource in resources.items()}
