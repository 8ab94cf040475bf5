"""The bank's own domains for the two APIs, and what has to be decided before production."""

from typing import Any

import pytest

from tests.support.shape import PARAMETERS, RESOURCES, TEMPLATE, expanded, of_type

CONDITIONS: dict[str, Any] = TEMPLATE["Conditions"]
OUTPUTS: dict[str, Any] = TEMPLATE["Outputs"]
each_api = pytest.mark.parametrize(
    ("api", "domain", "certificate", "condition"),
    [
        ("Api", "ApiDomain", "ApiCertificateArn", "HasApiDomain"),
        ("RelyingApi", "RelyingDomain", "RelyingCertificateArn", "HasRelyingDomain"),
    ],
)


@each_api
def test_a_domain_is_regional_and_speaks_tls_1_2_or_later(
    api: str, domain: str, certificate: str, condition: str
) -> None:
    resource = expanded()[f"{domain}Name"]

    assert resource["Condition"] == condition
    assert (
        resource["Properties"].items()
        >= {
            "DomainName": {"Ref": domain},
            "EndpointConfiguration": {"Types": ["REGIONAL"]},
            "RegionalCertificateArn": {"Ref": certificate},
            "SecurityPolicy": "TLS_1_2",
        }.items()
    )


@each_api
def test_paths_at_a_domain_are_those_that_the_firewall_looks_at(
    api: str, domain: str, certificate: str, condition: str
) -> None:
    mapping = expanded()[f"{domain}Path"]

    assert mapping["Condition"] == condition
    assert mapping["Properties"] == {
        "DomainName": {"Ref": f"{domain}Name"},
        "BasePath": RESOURCES[api]["Properties"]["StageName"],
        "RestApiId": {"Ref": api},
        "Stage": {"Ref": f"{api}v1Stage"},
    }


@each_api
def test_behind_a_domain_the_gateways_own_address_is_closed(
    api: str, domain: str, certificate: str, condition: str
) -> None:
    endpoint = expanded()[api]["Properties"]["Body"]["x-amazon-apigateway-endpoint-configuration"]

    assert endpoint == {"disableExecuteApiEndpoint": {"Fn::If": [condition, True, False]}}


@each_api
def test_clients_are_given_the_domain(api: str, domain: str, certificate: str, condition: str) -> None:
    used, at_domain, otherwise = OUTPUTS[f"{api}Url"]["Value"]["Fn::If"]

    assert (used, at_domain) == (condition, {"Fn::Sub": f"https://${{{domain}}}/v1"})
    assert otherwise["Fn::Sub"].startswith(f"https://${{{api}}}.execute-api.")
    target = OUTPUTS[f"{domain}Target"]
    assert (target["Condition"], target["Value"]) == (
        condition,
        {"Fn::GetAtt": [f"{domain}Name", "RegionalDomainName"]},
    )


def test_only_relying_services_can_be_asked_for_client_certificates() -> None:
    assert "MutualTlsAuthentication" not in expanded()["ApiDomainName"]["Properties"]
    assert expanded()["RelyingDomainName"]["Properties"]["MutualTlsAuthentication"] == {
        "Fn::If": [
            "AsksClientCertificates",
            {"TruststoreUri": {"Ref": "RelyingTruststoreUri"}},
            {"Ref": "AWS::NoValue"},
        ]
    }


def test_without_a_domain_nothing_of_it_exists() -> None:
    parameters = (
        "ApiDomain",
        "ApiCertificateArn",
        "RelyingDomain",
        "RelyingCertificateArn",
        "RelyingTruststoreUri",
    )

    assert {PARAMETERS[name]["Default"] for name in parameters} == {""}
    none = [{"Fn::Equals": [{"Ref": "ApiDomain"}, value]} for value in ("", "none")]
    assert CONDITIONS["HasApiDomain"] == {"Fn::Not": [{"Fn::Or": none}]}
    assert CONDITIONS["HasRelyingDomain"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "RelyingDomain"}, ""]}]}


def test_every_key_can_reach_another_region_or_none() -> None:
    keys = of_type("AWS::KMS::Key", expanded())

    assert len(keys) >= 8
    for key in keys.values():
        assert key["MultiRegion"] == {"Fn::If": ["KeysReachOtherRegions", True, False]}
    assert CONDITIONS["KeysReachOtherRegions"] == {"Fn::Equals": [{"Ref": "MultiRegionKeys"}, "true"]}


def test_an_api_is_deployed_anew_whenever_the_stack_is() -> None:
    """SAM compares what is written: with another parameter a deployment of the old definition would stay."""
    assert TEMPLATE["Globals"]["Api"]["AlwaysDeploy"] is True
