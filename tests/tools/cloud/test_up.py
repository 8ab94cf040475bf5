"""What `make up` sets and prints for a developer."""

import base64
import secrets
import subprocess
from datetime import UTC, datetime

import pytest

from registrar.domain.access.passkeys import RelyingParty, check_creation
from tools.cloud.seed import DemoCustomer
from tools.cloud.up import login_variables, origin_parameters
from tools.demo.authenticator import Authenticator, websafe

PAGE = "http://localhost:50123"


@pytest.mark.parametrize("origin", ["http://localhost", "http://localhost:3000", "https://bank.example"])
def test_a_passkey_of_the_sandbox_origin_is_accepted(origin: str) -> None:
    parameters = origin_parameters(PAGE, [origin])
    party = RelyingParty(parameters["PasskeyRpId"], "demo", frozenset(parameters["PasskeyOrigins"].split(",")))
    challenge = secrets.token_bytes(16)
    made = Authenticator(party.id, origin).create(challenge)
    client_data, attestation = (base64.b64decode(made[name]) for name in ("client_data_json", "attestation_object"))

    check_creation(party, websafe(challenge), client_data, attestation, "browser", datetime.now(UTC))


@pytest.mark.parametrize("origins", [["localhost"], [""], ["http://localhost", "http://127.0.0.1"]])
def test_origins_without_one_host_are_refused(origins: list[str]) -> None:
    with pytest.raises(SystemExit, match="one host"):
        origin_parameters(PAGE, origins)


def test_the_page_may_use_the_api_and_passkeys() -> None:
    assert origin_parameters(PAGE, ["http://localhost:3000"]) == {
        "PasskeyRpId": "localhost",
        "PasskeyOrigins": "http://localhost:3000,http://localhost:50123",
        "WebOrigins": "http://localhost:50123,http://localhost:3000",
    }


def test_origins_of_another_host_leave_the_page_without_passkeys() -> None:
    origins = ["https://bank.example", "https://bank.example:8443"]

    assert origin_parameters(PAGE, origins) == {
        "PasskeyRpId": "bank.example",
        "PasskeyOrigins": "https://bank.example,https://bank.example:8443",
        "WebOrigins": "http://localhost:50123,https://bank.example,https://bank.example:8443",
    }


def test_a_shell_reads_every_login_variable_unchanged() -> None:
    customer = DemoCustomer("gil dong", "", "", "", "it's $(a) password", b"\x01\x02", "")
    lines = login_variables("http://127.0.0.1:1/v1", customer)
    names = ("API", "CUSTOMER_ID", "CUSTOMER_PASSWORD", "TOTP_SECRET")
    printed = subprocess.run(  # noqa: S603 - our own lines
        ["/bin/sh", "-c", lines + "\n".join(f'printf "%s\\n" "${name}"' for name in names)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert printed.stdout.splitlines() == ["http://127.0.0.1:1/v1", "gil dong", "it's $(a) password", "0102"]
