"""The SDK for pages: its own unit tests, and the service's code on what it makes."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from registrar.domain.possession.headings import TextToSign
from registrar.domain.possession.sealing import unwrap
from registrar.domain.possession.signature import check_possession
from registrar.domain.possession.vid import read_random_number
from registrar.domain.reasons.errors import PossessionProofInvalid
from tests.support.builders import a_certificate, an_rsa_key
from tests.support.node import run_node
from tests.support.npki_samples import KOREAN, PASSWORD, R, a_customer
from tests.support.web_cases import document, proof_of
from tools.pki.authorities import CustomerCertificate
from tools.pki.npki_containers import pfx
from tools.pki.npki_files import Pbes2, Pkcs12, Seed, sign_pri_key

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::UserWarning")]

TEXT = "타기관 인증서 등록 / Register\nbank: JBB\nvalid until: 2026-11-22T03:06:02Z"
UPLOAD = "4a" * 16
NONCE = "6c" * 16


def test_the_unit_tests_of_the_sdk_pass(tmp_path: Path) -> None:
    cases = tmp_path / "cases.json"
    cases.write_text(json.dumps(document()), encoding="utf-8")

    printed = run_node(
        ["--test", "--test-reporter=tap", "test/**/*.test.ts"], environment={"WEB_CASES": str(cases)}
    )

    assert "# fail 0" in printed
    assert "# skipped 0" in printed


def customers() -> list[tuple[CustomerCertificate, tuple[bytes, ...]]]:
    """Customers with keys of every kind, and their files under PASSWORD."""
    found: list[tuple[CustomerCertificate, tuple[bytes, ...]]] = []
    for curve, scheme in (
        (ec.SECP256R1(), Seed(10)),
        (ec.SECP384R1(), Pbes2("aes256", "sha256", rounds=10)),
        (ec.SECP521R1(), Seed(10)),
    ):
        customer = a_certificate(key=ec.generate_private_key(curve), random_number=R)
        found.append((customer, (customer.der, sign_pri_key(customer, PASSWORD, scheme))))
    rsa_3072 = a_certificate(key=an_rsa_key("large", 3072), random_number=R)
    found.append((rsa_3072, (pfx(rsa_3072, PASSWORD, key_scheme=Pkcs12(rounds=2), mac_rounds=2),)))
    return [*found, (a_customer(), (a_customer().der, sign_pri_key(a_customer(), PASSWORD)))]


def sealing_key(key: rsa.RSAPrivateKey, key_id: str) -> dict[str, str]:
    public_key = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {
        "key_id": key_id,
        "algorithm": "RSAES_OAEP_SHA_256",
        "public_key": base64.b64encode(public_key).decode(),
    }


def unsealed(key: rsa.RSAPrivateKey, result: dict[str, Any]) -> str:
    ciphertext = base64.b64decode(result["value"]["ciphertext"])
    plaintext = key.decrypt(ciphertext, padding.OAEP(padding.MGF1(SHA256()), SHA256(), None))
    return unwrap(plaintext, UPLOAD, NONCE)


def test_the_service_accepts_what_the_sdk_signs_and_seals(tmp_path: Path) -> None:
    for_passwords, for_r = an_rsa_key("sealing", 4096), an_rsa_key("sealing R", 4096)
    keys = {**sealing_key(for_passwords, "one"), "random_number": sealing_key(for_r, "two")}
    cases = tmp_path / "cases.json"
    cases.write_text('{"cases": []}')
    owners = customers()

    printed = run_node(
        ["test/cross_check.ts"],
        {
            "openings": [
                {"files": [base64.b64encode(file).decode() for file in files], "password": PASSWORD, "text": TEXT}
                for _, files in owners
            ],
            "sealing": {"keys": keys, "upload": UPLOAD, "nonce": NONCE},
            "password": KOREAN,
        },
        {"WEB_CASES": str(cases)},
    )

    made = json.loads(printed)
    assert made["password"]["value"]["key_id"] == "one"
    assert unsealed(for_passwords, made["password"]) == KOREAN
    for (customer, _), signed in zip(owners, made["signed"], strict=True):
        assert read_random_number(unsealed(for_r, signed["sealed"])) == customer.random_number == R
        for kind in ("signature", "cms"):
            proof = proof_of(kind, signed[kind])
            check_possession(customer.der, TextToSign(TEXT), proof)
            with pytest.raises(PossessionProofInvalid):
                check_possession(customer.der, TextToSign(f"{TEXT} "), proof)
            with pytest.raises(PossessionProofInvalid):
                check_possession(a_certificate(key="ec").der, TextToSign(TEXT), proof)
