"""The build is complete: each handler starts from its folder and the two layers alone, with no more than it needs.

The local cloud cannot show this: it runs functions on an interpreter with other packages installed.
"""

import ast
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name

from tests.support.grants import POWERLESS
from tests.support.shape import (
    FUNCTIONS,
    called,
    calls_of_handler,
    environment,
    function_property,
    settings_read,
    verb,
)
from tools.packaging import build
from tools.packaging.layer_diet import NEEDED_BY_BOTOCORE, OPERATIONS

REGISTRAR = build.ROOT / "layers/registrar/python/registrar"
LAYERS = ("layers/dependencies/python", "layers/registrar/python")
SERVICES_DATA = "layers/dependencies/python/botocore/data"

# Which functions load what a cold start feels: a module that one more loads is seen here, and one that none needs.
LOADED_BY: dict[str, tuple[str, ...]] = {
    "cryptography.x509": (
        *("activate_trust", "apply_reevaluation", "check_registration", "check_revocation"),
        *("confirm_trust", "finish_certificate_login", "get_status", "list_issuers", "open_container"),
        *("plan_reevaluation", "precheck", "reevaluate_segment", "register_certificate"),
        *("resume_registration", "retry_deferred", "sign_request", "validate_upload"),
        *("verify_certificate", "verify_signature", "watch_crl", "watch_issuers"),
    ),
    "fido2": ("add_passkey", "start_passkey", "verify_passkey"),
    "registrar.domain.access.customer": (
        *("add_passkey", "add_totp", "approve_recovery", "cancel_recovery", "change_phone", "explain"),
        *("finish_certificate_login", "list_credentials", "lock_customer", "login", "open_container"),
        *("propose_recovery", "register_certificate", "remove_credential", "report_loss", "send_notice"),
        *("send_otp", "start_passkey", "start_phone", "start_totp", "step_up", "verify_certificate"),
        *("verify_otp", "verify_passkey"),
    ),
    "registrar.domain.certificates.decision": (
        *("activate_trust", "apply_reevaluation", "check_revocation", "open_container"),
        *("plan_reevaluation", "precheck", "reevaluate_segment", "validate_upload", "verify_signature"),
    ),
    "registrar.domain.certificates.trust_document": (
        *("activate_trust", "apply_reevaluation", "check_registration", "check_revocation"),
        *("confirm_trust", "get_status", "list_issuers", "open_container", "plan_reevaluation"),
        *("precheck", "reevaluate_segment", "sign_request", "validate_upload", "verify_signature"),
        *("watch_crl", "watch_issuers"),
    ),
    "registrar.domain.files": ("open_container", "precheck", "validate_upload"),
    "registrar.domain.notices": (
        *("add_passkey", "add_totp", "approve_recovery", "cancel_recovery", "change_phone"),
        *("check_revocation", "flag_shard", "login", "reevaluate_segment", "remove_credential"),
        *("report_loss", "send_notice", "send_otp", "start_passkey", "start_phone", "start_totp"),
        *("verify_certificate", "verify_otp", "verify_passkey"),
    ),
    "registrar.domain.possession.cms_signature": (
        *("finish_certificate_login", "register_certificate", "resume_registration", "sign_request"),
        *("verify_certificate", "verify_signature"),
    ),
    "registrar.domain.registrations.upload": (
        *("activate_trust", "check_revocation", "explain", "get_upload", "open_container"),
        *("register_certificate", "request_upload", "retry_deferred", "validate_upload"),
    ),
    "registrar.net": ("check_registration", "check_revocation", "sign_request", "verify_signature", "watch_crl"),
}
# Passwords, one-time codes, the keys of receipts; all others read certificates or passkeys.
LOADED_BY["cryptography"] = (
    *("add_totp", "get_jwks", "login", "report_loss", "start_totp", "verify_otp"),
    *LOADED_BY["cryptography.x509"],
    *LOADED_BY["fido2"],
)
# The texts of all reasons are loaded with the first refusal, where a response has no others.
WITHOUT_TEXTS = (
    *("authorize", "deregister", "get_registration", "get_sealing_key", "list_credentials", "list_registrations"),
    *("login", "logout", "report_loss", "resume_registration", "start_certificate_login", "start_passkey"),
    *("step_up", "verify_certificate", "verify_otp", "verify_passkey"),
)
NEVER_LOADED = (
    "aws_lambda_powertools.event_handler",
    "aws_lambda_powertools.utilities.idempotency",
    "aws_xray_sdk",
    "boto3",  # clients come from botocore
    "asyncio",
    "cryptography.hazmat.primitives.serialization.pkcs12",
    "http.server",
    "multiprocessing",
    "pydantic",
)
# -I leaves out the environment and the current folder, -S every site-packages: the standard library stays.
# Every handler loads botocore and powertools: one process loads them once, and each handler starts in a fork of it.
_START = """
import importlib, importlib.util, json, os, sys, traceback
given = json.load(sys.stdin)
sys.path[:0] = given["layers"]
import aws_lambda_powertools, botocore.client, botocore.session

class Recorded(type(os.environ)):
    def __getitem__(self, name):
        read.add(name)
        return super().__getitem__(name)

def start(function):
    os.chdir(function["folder"])
    sys.path.insert(0, function["folder"])
    outside = [name for name in given["foreign"] if importlib.util.find_spec(name)]
    os.environ.update(function["environment"])
    os.environ.__class__ = Recorded
    services = []
    create_client = botocore.session.Session.create_client
    def record(self, service_name, *rest, **named):
        services.append(service_name)
        return create_client(self, service_name, *rest, **named)
    botocore.session.Session.create_client = record
    module, _, name = function["handler"].partition(".")
    handler = getattr(importlib.import_module(module), name)
    for name in given["also"]:
        importlib.import_module(name)
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    return {"callable": callable(handler), "outside": outside, "services": services,
            "files": [file for file in files if file], "modules": sorted(sys.modules), "read": sorted(read)}

read = set()
results = {}
for name, function in given["functions"].items():
    reading, writing = os.pipe()
    if os.fork() == 0:
        try:
            with os.fdopen(writing, "w") as result:
                json.dump(start(function), result)
        except BaseException:
            traceback.print_exc()
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as result:
        results[name] = json.load(result)
    os.wait()
json.dump(results, sys.stdout)
"""


@pytest.fixture(scope="session")
def built() -> Path:
    return build.build(build.host())


@cache
def foreign(built: Path) -> list[str]:
    """Top-level modules of the environment that runs this test, without those in the layers."""
    here = set(importlib.metadata.packages_distributions())
    brought = {path.name.partition(".")[0] for layer in LAYERS for path in (built / layer).iterdir()}
    return sorted(name for name in here - brought - sys.stdlib_module_names if name.isidentifier())


def start(names: Sequence[str], built: Path, *, also: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Load the handler of each function in a separate process, and the modules `also`."""
    given = {
        "layers": [str(built / layer) for layer in LAYERS],
        "foreign": foreign(built),
        "functions": {
            name: {
                "folder": str(built / "functions" / verb(name)),
                "environment": {
                    **dict.fromkeys(environment(name), "1"),  # some are numbers
                    "AWS_REGION": "x",
                    "AWS_DEFAULT_REGION": "x",
                },
                "handler": function_property(name, "Handler"),
            }
            for name in names
        },
        "also": also,
    }
    return subprocess.run(  # noqa: S603 - this interpreter on the text above
        [sys.executable, "-I", "-S", "-B", "-c", _START],
        input=json.dumps(given),
        env={"PATH": os.defpath},
        cwd=built,
        capture_output=True,
        text=True,
        check=False,
    )


def started(names: Sequence[str], built: Path, **arguments: Any) -> dict[str, dict[str, Any]]:
    done = start(names, built, **arguments)
    assert done.returncode == 0, done.stderr
    results: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return results


@pytest.fixture(scope="session")
def all_started(built: Path) -> dict[str, dict[str, Any]]:
    return started(list(FUNCTIONS), built)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_handler_imports_from_deployed_files_only(
    name: str, built: Path, all_started: dict[str, dict[str, Any]]
) -> None:
    result = all_started[name]

    assert result["callable"]
    assert result["outside"] == []
    # The standard library is in the folders of this interpreter.
    allowed = (str(built), str(Path(os.__file__).parent), str(Path(sys.base_prefix)))
    assert not [file for file in result["files"] if not file.startswith(allowed)]
    assert not [file for file in result["files"] if "site-packages" in file or "dist-packages" in file]
    assert result["services"] or name in POWERLESS, "it creates no client when it starts"
    assert set(result["services"]) == clients_of(name) - WITH_A_MESSAGE_PROVIDER
    for service in result["services"]:
        assert list((built / SERVICES_DATA / service).glob("*/service-2.json")), service


# The work of a module at its import is the cost of a cold start.
@pytest.mark.parametrize("module", LOADED_BY)
def test_a_cold_start_loads_only_what_it_needs(module: str, all_started: dict[str, dict[str, Any]]) -> None:
    loading = {verb(name) for name, result in all_started.items() if module in result["modules"]}

    assert loading == set(LOADED_BY[module])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_cold_start_loads_nothing_costly_that_nobody_needs(
    name: str, all_started: dict[str, dict[str, Any]]
) -> None:
    modules = all_started[name]["modules"]

    assert not [costly for costly in NEVER_LOADED if costly in modules]
    assert "registrar.domain.reasons.catalogue" not in modules or verb(name) not in WITHOUT_TEXTS


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_setting_is_read_at_the_start(name: str, all_started: dict[str, dict[str, Any]]) -> None:
    # A missing one fails the deployment's first start, not the first customer who needs it.
    assert settings_read(verb(name)) <= set(all_started[name]["read"])


def test_packages_of_the_tests_are_searched(built: Path) -> None:
    assert {"moto", "pytest", "yaml", "mypy", "hypothesis"} <= set(foreign(built))
    assert not {"boto3", "botocore", "cryptography", "registrar", "json"} & set(foreign(built))


def test_late_imports_are_deployed(built: Path) -> None:
    """Imports inside functions, which do not run when a handler starts."""
    ours = sorted((built / "layers/registrar/python").rglob("*.py"))
    handlers = sorted((built / "functions").glob("*/handler.py"))
    modules = {module for path in ours + handlers for module in imported(path)}
    modules |= {
        ".".join(path.relative_to(built / "layers/registrar/python").with_suffix("").parts).removesuffix(
            ".__init__"
        )
        for path in ours
    }

    started(["ValidateUploadFunction"], built, also=sorted(modules))


def imported(path: Path) -> set[str]:
    found = set[str]()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


MAKERS = ("client", "one_try_client")
WITH_A_MESSAGE_PROVIDER = {"secretsmanager"}
"""By default text messages go through SNS, and the provider's secret is never read."""


def clients_of(name: str) -> set[str]:
    """The services whose clients a handler creates, itself or through the builders that it uses."""
    calls = calls_of_handler(verb(name))
    named = {ast.literal_eval(call.args[0]) for call in calls if called(call) in MAKERS}
    return named | {"s3" for call in calls if called(call) == "post_client"}


def test_every_requested_service_is_kept(built: Path) -> None:
    requested = {service for name in FUNCTIONS for service in clients_of(name)}

    assert requested <= set(OPERATIONS)
    assert not [service for service in requested if not (built / SERVICES_DATA / service).is_dir()]


# What stores call their client, and what is no operation of a service.
CLIENTS = ("client", "logs", "ses", "sns", "ssm")
NO_OPERATION = {"exceptions", "generate_presigned_post", "get_paginator"}


def test_the_layer_has_the_operations_that_the_code_calls_and_no_others() -> None:
    calls = {name for path in sorted(REGISTRAR.rglob("*.py")) for name in methods_of_clients(path)}

    listed = [operation for operations in OPERATIONS.values() for operation in operations]
    assert calls - NO_OPERATION == {xform_name(operation) for operation in listed}


def methods_of_clients(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            holder = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            if holder in CLIENTS:
                yield node.attr
        if isinstance(node, ast.Call) and called(node) == "get_paginator":
            yield ast.literal_eval(node.args[0])


def test_clients_of_the_layer_have_the_kept_operations_and_presign(built: Path) -> None:
    session = botocore.session.Session()
    session.set_config_variable("data_path", str(built / SERVICES_DATA))
    session.set_credentials("key", "secret")
    clients: dict[str, Any] = {
        name: session.create_client(name, region_name="ap-northeast-2") for name in OPERATIONS
    }

    for name, client in clients.items():
        kept = {*OPERATIONS[name], *NEEDED_BY_BOTOCORE.get(name, ())}
        assert set(client.meta.service_model.operation_names) == kept
    posted = clients["s3"].generate_presigned_post("bucket", "key")
    assert posted["url"] == "https://bucket.s3.ap-northeast-2.amazonaws.com/"
    assert "ConditionalCheckFailedException" in dir(clients["dynamodb"].exceptions)


@pytest.mark.parametrize(
    ("function", "missing", "expected"),
    [
        ("ValidateUploadFunction", "layers/dependencies/python/cryptography", "cryptography"),
        ("ValidateUploadFunction", "layers/dependencies/python/_cffi_backend*", "_cffi_backend"),
        ("AuthorizeFunction", "layers/dependencies/python/jmespath", "jmespath"),
        ("AuthorizeFunction", "layers/dependencies/python/aws_lambda_powertools", "aws_lambda_powertools"),
        (
            "AuthorizeFunction",
            "layers/registrar/python/registrar/domain/access/session.py",
            "registrar.domain.access.session",
        ),
        ("VerifyOtpFunction", f"{SERVICES_DATA}/kms", "Unknown service: 'kms'"),
        ("LoginFunction", "functions/login/handler.py", "handler"),
    ],
)
def test_missing_package_is_detected(
    function: str, missing: str, expected: str, built: Path, tmp_path: Path
) -> None:
    for part in ("layers", "functions"):
        shutil.copytree(built / part, tmp_path / part, copy_function=os.link)
    for path in list(tmp_path.glob(missing)):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    # Bytecode left in __pycache__ is not loaded without its source.
    done = start([function], tmp_path)

    assert done.returncode != 0
    assert expected in done.stderr
