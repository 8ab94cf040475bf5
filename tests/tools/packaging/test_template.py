"""The template for the local cloud: layers in a path, and the gateway's own responses apart from their API."""

import os
from pathlib import Path
from typing import Any

import pytest

from tools.cloud.emulator import ROOT
from tools.packaging.template import gateway_responses_apart, layers_on_path, read_template, with_own_variables

TEMPLATE = read_template(ROOT / "template.yaml")


@pytest.fixture
def built(tmp_path: Path) -> Path:
    for name in ("dependencies", "registrar"):
        (tmp_path / "layers" / name / "python").mkdir(parents=True)
    return tmp_path


def test_functions_get_a_path_instead_of_layers(built: Path) -> None:
    changed = layers_on_path(TEMPLATE, built)

    function = changed["Globals"]["Function"]
    assert "Layers" not in function
    assert not [r for r in changed["Resources"].values() if r["Type"] == "AWS::Serverless::LayerVersion"]
    # The later layer wins, as in Lambda.
    path = function["Environment"]["Variables"]["PYTHONPATH"].split(os.pathsep)
    assert path == [str(built / "layers" / name / "python") for name in ("registrar", "dependencies")]


def test_everything_else_stays(built: Path) -> None:
    changed = layers_on_path(TEMPLATE, built)

    before = {name: r for name, r in TEMPLATE["Resources"].items() if r["Type"] != "AWS::Serverless::LayerVersion"}
    assert changed["Resources"] == before
    assert {**changed, "Resources": 0, "Globals": 0} == {**TEMPLATE, "Resources": 0, "Globals": 0}


def test_a_template_without_layers_stays_as_it_is(tmp_path: Path) -> None:
    template: dict[str, Any] = {"Resources": {}}

    assert layers_on_path(template, tmp_path) == template


def test_gateway_responses_become_resources_of_their_own() -> None:
    changed = gateway_responses_apart(TEMPLATE)["Resources"]

    for api in ("Api", "RelyingApi"):
        given = TEMPLATE["Resources"][api]["Properties"]["GatewayResponses"]
        assert {**changed[api]["Properties"], "GatewayResponses": given} == TEMPLATE["Resources"][api]["Properties"]
        assert "GatewayResponses" not in changed[api]["Properties"]
    apart = {name: resource for name, resource in changed.items() if name not in TEMPLATE["Resources"]}
    assert len(apart) == 7 + 8
    denied = TEMPLATE["Resources"]["Api"]["Properties"]["GatewayResponses"]["ACCESS_DENIED"]
    headers = denied["ResponseParameters"]["Headers"]
    assert apart["ApiAccessDenied"] == {
        "Type": "AWS::ApiGateway::GatewayResponse",
        "Properties": {
            "RestApiId": {"Ref": "Api"},
            "ResponseType": "ACCESS_DENIED",
            "StatusCode": "401",
            "ResponseParameters": {f"gatewayresponse.header.{name}": value for name, value in headers.items()},
            "ResponseTemplates": denied["ResponseTemplates"],
        },
    }


def test_one_function_gets_variables_of_its_own_beside_those_it_has() -> None:
    changed = with_own_variables(TEMPLATE, {"authorize": {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}})

    def variables(template: dict[str, Any], name: str) -> dict[str, Any]:
        found: dict[str, Any] = template["Resources"][name]["Properties"]["Environment"]["Variables"]
        return found

    before = variables(TEMPLATE, "AuthorizeFunction")
    assert variables(changed, "AuthorizeFunction") == {**before, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    assert "AWS_ENDPOINT_URL" not in before
    others = {name: each for name, each in changed["Resources"].items() if name != "AuthorizeFunction"}
    assert others == {name: each for name, each in TEMPLATE["Resources"].items() if name != "AuthorizeFunction"}
