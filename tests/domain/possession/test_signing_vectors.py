"""The test material for app developers: the signing vectors, and the samples of docs/integrate.md."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from registrar.domain.bank import SigningBank
from registrar.domain.possession.texts_to_sign import text_to_sign
from registrar.domain.times import SEOUL
from tests.support.builders import a_certificate, an_ec_key, an_upload, proves
from tests.support.samples import run_javascript, sample

DOCS = Path(__file__).parents[3] / "docs"
VECTORS: dict[str, Any] = json.loads((DOCS / "vectors/signing.json").read_text(encoding="utf-8"))
CERTIFICATES: dict[str, dict[str, Any]] = VECTORS["certificates"]
TEXT = "타기관 인증서 등록 / Register\nnonce: 1"

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
KEYS: dict[str, Callable[[], PrivateKey]] = {
    "RSA": lambda: rsa.generate_private_key(65537, 2048),
    "P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "P-521": lambda: ec.generate_private_key(ec.SECP521R1()),
}


def der(name: str) -> bytes:
    return x509.load_pem_x509_certificate(CERTIFICATES[name]["pem"].encode()).public_bytes(Encoding.DER)


@pytest.mark.parametrize("vector", VECTORS["signatures"], ids=lambda v: f"{v['certificate']}: {v['what']}")
def test_vector_has_its_stated_verdict(vector: dict[str, Any]) -> None:
    name = vector["certificate"]

    accepted = proves(der(name), CERTIFICATES[name]["text"], bytes.fromhex(vector["signature"]))

    assert accepted is vector["accepted"]


@pytest.mark.parametrize("name", CERTIFICATES)
def test_vector_text_matches_the_service(name: str) -> None:
    text = CERTIFICATES[name]["text"]
    lines = dict(line.split(": ", 1) for line in text.split("\n")[1:])
    end = datetime.strptime(lines["서명 기한"], "%Y년 %m월 %d일 %H:%M:%S (한국 시간)").replace(tzinfo=SEOUL)
    given = {"id": lines["등록 요청 번호"], "nonce": lines["일회용 값"], "nonce_expires_at": end}
    upload = an_upload(a_certificate(key=an_ec_key()), **given)
    summary = replace(upload.summary, fingerprint=hashlib.sha256(der(name)).hexdigest())
    upload = replace(upload, summary=summary)

    assert text_to_sign(upload, SigningBank("JBB", "전북은행")) == text
    assert len(text.encode()) == CERTIFICATES[name]["text_bytes"]
    assert hashlib.sha256(text.encode()).digest().hex(" ") == CERTIFICATES[name]["text_sha256"]


def test_each_key_type_has_an_accepted_vector() -> None:
    accepted = {vector["certificate"] for vector in VECTORS["signatures"] if vector["accepted"]}

    assert accepted == CERTIFICATES.keys() == {"RSA 2048", "EC P-256", "EC P-521"}


@cache
def python_sample() -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(sample("python"), "integrate.md", "exec"), names)  # noqa: S102 - our own document
    return names


@pytest.mark.parametrize("kind", KEYS)
def test_signature_by_the_python_sample_is_accepted(kind: str) -> None:
    key = KEYS[kind]()

    signature = python_sample()["sign"](key, TEXT)

    assert proves(certificate_of(key), TEXT, base64.b64decode(signature, validate=True))


@pytest.mark.parametrize("kind", KEYS)
def test_signature_by_the_javascript_sample_is_accepted(kind: str) -> None:
    key = KEYS[kind]()
    pkcs8 = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    algorithm = (
        {"name": "RSASSA-PKCS1-v1_5", "hash": "SHA-256"} if kind == "RSA" else {"name": "ECDSA", "namedCurve": kind}
    )

    # Several, since an ECDSA number now and then begins with a zero byte or needs one.
    signed = run_javascript(
        """
        const pkcs8 = Buffer.from(input.pkcs8, "base64");
        const key = await crypto.subtle.importKey("pkcs8", pkcs8, input.algorithm, false, ["sign"]);
        const texts = [...Array(20).keys()].map((n) => `${input.text} ${n}`);
        return Object.fromEntries(await Promise.all(texts.map(async (text) => [text, await sign(key, text)])));
        """,
        {"pkcs8": base64.b64encode(pkcs8).decode(), "algorithm": algorithm, "text": TEXT},
    )

    assert len(signed) == 20
    for text, signature in signed.items():
        assert proves(certificate_of(key), text, base64.b64decode(signature, validate=True))


def test_javascript_sample_converts_and_hashes() -> None:
    pairs = VECTORS["raw_to_der"]
    content = bytes(range(256))

    found = run_javascript(
        """
        const der = input.raw.map((raw) => hex(ecdsaToDer(Uint8Array.from(Buffer.from(raw, "hex")))));
        return { der, sha256: await sha256Hex(Uint8Array.from(Buffer.from(input.content, "hex"))) };
        """,
        {"raw": [pair["raw"].replace(" ", "") for pair in pairs], "content": content.hex()},
    )

    assert found["der"] == [pair["der"].replace(" ", "") for pair in pairs]
    assert found["sha256"] == hashlib.sha256(content).hexdigest()


def certificate_of(key: PrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, start, end)
    return builder.sign(key, SHA256()).public_bytes(Encoding.DER)
