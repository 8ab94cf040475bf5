"""Every function: its code, its settings, its log group."""

import ast

import pytest

from registrar.domain.registrations.upload import VALIDATION_LEASE
from tests.support.shape import (
    FUNCTION_DEFAULTS,
    FUNCTIONS,
    NESTED,
    PARAMETERS,
    RESOURCES,
    TEMPLATE,
    environment,
    expanded,
    function_property,
    of_type,
    settings_read,
    verb,
)
from tools.cloud.emulator import ROOT

SEALING_KEYS = ("SealingKeyA", "SealingKeyB")
RECEIPT_KEYS = ("ReceiptKeyA", "ReceiptKeyB")
RANDOM_NUMBER_KEYS = ("RandomNumberKeyA", "RandomNumberKeyB")
each_function = pytest.mark.parametrize("name", FUNCTIONS)


def test_every_folder_is_a_function() -> None:
    folders = {handler.parent.name for handler in (ROOT / "functions").glob("*/handler.py")}

    assert sorted(verb(name) for name in FUNCTIONS) == sorted(folders)


@each_function
def test_a_function_is_named_after_its_folder(name: str) -> None:
    assert name == "".join(part.title() for part in verb(name).split("_")) + "Function"


@each_function
def test_a_description_fits_lambda_and_the_readme(name: str) -> None:
    description = FUNCTIONS[name]["Description"]

    assert 0 < len(description) <= 256
    assert not set(description) & set("|\n")


@each_function
def test_a_function_runs_on_the_runtime_of_the_build(name: str) -> None:
    assert function_property(name, "Runtime") == "python3.13"
    assert function_property(name, "Architectures") == ["arm64"]
    assert function_property(name, "Layers") == [{"Ref": "DependenciesLayer"}, {"Ref": "RegistrarLayer"}]


def test_layers_are_built_for_the_runtime() -> None:
    layers = of_type("AWS::Serverless::LayerVersion")

    for name, layer in layers.items():
        assert layer["CompatibleRuntimes"] == ["python3.13"]
        assert RESOURCES[name]["Metadata"]["BuildMethod"] == "python3.13"
    # Only this one holds machine code.
    assert layers["DependenciesLayer"]["CompatibleArchitectures"] == ["arm64"]
    assert RESOURCES["DependenciesLayer"]["Metadata"]["BuildArchitecture"] == "arm64"


@each_function
def test_the_handler_exists(name: str) -> None:
    module, _, function = function_property(name, "Handler").partition(".")
    tree = ast.parse((ROOT / "functions" / verb(name) / f"{module}.py").read_text())

    assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@each_function
def test_a_function_has_exactly_the_settings_that_it_reads(name: str) -> None:
    assert (
        environment(name).keys() == settings_read(verb(name)) | FUNCTION_DEFAULTS["Environment"]["Variables"].keys()
    )


def test_every_function_can_name_the_bank() -> None:
    assert FUNCTION_DEFAULTS["Environment"]["Variables"] == {
        "BANK_NAME_KO": {"Ref": "BankNameKo"},
        "BANK_NAME_EN": {"Ref": "BankNameEn"},
        "HELP_DESK_PHONE": {"Ref": "HelpDeskPhone"},
    }


@each_function
def test_a_setting_is_named_after_its_resource(name: str) -> None:
    for setting, value in environment(name).items():
        resource = setting.title().replace("_", "")
        expected = {
            "BANK_CODE": {"Ref": "BankCode"},
            "STACK": {"Ref": "AWS::StackName"},
            "IDENTITY_KEY": {"Fn::GetAtt": ["IdentityKey", "Arn"]},
            "SEALING_KEY": {"Fn::If": ["SealToA", *({"Fn::GetAtt": [key, "Arn"]} for key in SEALING_KEYS)]},
            "RANDOM_NUMBER_KEY": {
                "Fn::If": ["SealToA", *({"Fn::GetAtt": [key, "Arn"]} for key in RANDOM_NUMBER_KEYS)]
            },
            "RANDOM_NUMBER_KEYS": {"Fn::Sub": ",".join(f"${{{key}.Arn}}" for key in RANDOM_NUMBER_KEYS)},
            "SEALING_KEYS": {"Fn::Sub": ",".join(f"${{{key}.Arn}}" for key in SEALING_KEYS)},
            "RECEIPT_KEY": {"Fn::If": ["SignWithA", *({"Fn::GetAtt": [key, "Arn"]} for key in RECEIPT_KEYS)]},
            "RECEIPT_KEYS": {"Fn::Sub": ",".join(f"${{{key}.Arn}}" for key in RECEIPT_KEYS)},
            "CUSTOMER_KEY": {"Fn::GetAtt": ["CustomerKey", "Arn"]},
            "PASSKEY_ORIGINS": {"Fn::Join": [",", {"Ref": "PasskeyOrigins"}]},
            "PRIVATE_ADDRESSES": {"Fn::If": ["InAws", "refused", "allowed"]},
            "TRUST_ANCHOR_PINS": {"Fn::Join": [",", {"Ref": "TrustAnchorPins"}]},
        }.get(setting, {"Ref": resource})
        assert value == expected


@each_function
def test_no_setting_is_a_secret(name: str) -> None:
    # A value here is readable by everyone in the console.
    assert not [setting for setting, value in environment(name).items() if isinstance(value, str)]


@each_function
def test_a_function_has_its_own_log_group_with_a_retention_period(name: str) -> None:
    group = name.removesuffix("Function") + "Logs"

    assert FUNCTIONS[name]["LoggingConfig"] == {"LogGroup": {"Ref": group}}
    logs = RESOURCES[group]["Properties"]
    assert logs["LogGroupName"] == {"Fn::Sub": f"/${{AWS::StackName}}/{verb(name)}"}
    assert logs["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def test_every_log_group_belongs_to_a_function_or_to_the_entrance() -> None:
    groups = {name.removesuffix("Function") + "Logs" for name in FUNCTIONS}

    assert of_type("AWS::Logs::LogGroup").keys() == groups | {"ApiAccessLogs", "RelyingAccessLogs"}
    nested = of_type("AWS::Logs::LogGroup", NESTED)
    assert nested.keys() == {"FirewallLogs", "KeyUseLogs"}
    assert {str(group["RetentionInDays"]) for group in nested.values()} == {str({"Ref": "LogRetentionDays"})}


def test_expanded_functions_log_json_without_platform_noise() -> None:
    functions = of_type("AWS::Lambda::Function", expanded())

    assert functions.keys() == FUNCTIONS.keys()
    for name, function in functions.items():
        assert function["LoggingConfig"] == {
            "LogGroup": {"Ref": name.removesuffix("Function") + "Logs"},
            "LogFormat": "JSON",
            "ApplicationLogLevel": "INFO",
            "SystemLogLevel": "WARN",
        }


def test_an_api_function_times_out_before_the_gateway() -> None:
    for name, function in FUNCTIONS.items():
        if any(event["Type"] == "Api" for event in function.get("Events", {}).values()):
            assert function_property(name, "Timeout") < 29


def test_a_validation_times_out_before_its_lease() -> None:
    assert function_property("ValidateUploadFunction", "Timeout") < VALIDATION_LEASE.total_seconds()


def test_private_addresses_are_queried_in_the_local_stage_only() -> None:
    assert TEMPLATE["Conditions"]["InAws"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "Stage"}, "local"]}]}
    assert PARAMETERS["Stage"]["Default"] == "prod"


def test_the_watch_of_large_lists_has_a_full_processor_and_the_longest_timeout() -> None:
    assert function_property("WatchCrlFunction", "MemorySize") >= 1769
    assert function_property("WatchCrlFunction", "Timeout") == 900
