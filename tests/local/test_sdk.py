"""A certificate is registered by the SDK for pages, from an NPKI folder, in each way."""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.node import SDK, run_node
from tests.support.samples import sample
from tools.demo.phone import Phone
from tools.pki.authorities import CustomerCertificate
from tools.pki.issue import customer_files
from tools.pki.npki_files import sign_pri_key

pytestmark = [pytest.mark.slow, pytest.mark.cloud]

PASSWORD = "Hong!1234"


def test_the_documents_sample_registers_a_certificate(
    new_phone: Callable[..., Phone], new_certificate: Callable[..., CustomerCertificate], tmp_path: Path
) -> None:
    phone = new_phone()
    certificate = new_certificate(key="ec")
    for name, content in customer_files(certificate, PASSWORD).items():
        (tmp_path / name).write_bytes(content)
    program = tmp_path / "register.mjs"
    program.write_text(sample("sdk").replace('"../web/sdk/dist', f'"{SDK}/dist'), encoding="utf-8")
    environment = {
        "API": phone.url,
        "TOKEN": str(phone.token),
        "PROOF_ID": phone.proof_id or str(phone.prove_identity("register")),
    }

    printed = run_node([str(program), str(tmp_path), PASSWORD], environment=environment)

    (listed,) = phone.call("GET", "/registrations").json()["registrations"]
    assert printed.splitlines()[-1] == listed["registration_id"]


@pytest.mark.parametrize("way", ["signature", "cms", "container"])
def test_the_sdk_registers_a_certificate(
    way: str,
    new_phone: Callable[..., Phone],
    new_certificate: Callable[..., CustomerCertificate],
) -> None:
    phone = new_phone()
    certificate = new_certificate(key="ec")
    home = "NPKI/yessign/USER/cn=홍길동"
    files = {"signCert.der": certificate.der, "signPri.key": sign_pri_key(certificate, PASSWORD)}

    printed = run_node(
        ["test/register.ts"],
        {
            "api": phone.url,
            "token": phone.token,
            "proofId": phone.proof_id or phone.prove_identity("register"),
            "way": way,
            "password": PASSWORD,
            "folder": {f"{home}/{name}": base64.b64encode(content).decode() for name, content in files.items()},
        },
    )

    result = json.loads(printed)
    assert result["status"] == 201
    assert result["registered"]["proof"] == way
    assert result["registered"]["usable"] is True
    assert [each["registration_id"] for each in result["listed"]["registrations"]] == [
        result["registered"]["registration_id"]
    ]
