"""Evidence is checked without the service: by the project's tool, and by the commands of docs/evidence.md alone."""

import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp

from registrar.domain.evidence.jwk import public_jwk, raw_signature
from registrar.domain.evidence.package import build_package
from registrar.domain.evidence.receipt import Receipt
from registrar.domain.possession.headings import Label, TextToSign, Version
from registrar.domain.possession.proofs import Proof
from registrar.domain.signing.completion import Completion
from tests.support.builders import a_certificate, an_ec_key
from tests.support.evidence import BANK, SIGNED_AT, a_completion, a_signature, by_ocsp
from tests.support.ocsp_answers import NONCE, ca_itself, delegated
from tools.admin.verify_evidence import MAX_PACKAGE_BYTES, NotAPackage, main, verify
from tools.cloud.emulator import ROOT
from tools.pki.responders import ResponseFields

DOCUMENT = (ROOT / "docs/evidence.md").read_text(encoding="utf-8")
Files = dict[str, bytes]


def a_package(completion: Completion | None = None) -> bytes:
    return build_package(completion or a_completion(), BANK)


def files_in(package: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed(files: Files, compression: int = zipfile.ZIP_STORED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return target.getvalue()


def changed(completion: Completion | None = None, **files: bytes | Callable[[bytes], bytes]) -> bytes:
    """A good package with other files, each named in evidence.json as if it had always been so."""
    found = files_in(a_package(completion))
    for name, content in files.items():
        full = next(each for each in found if each.startswith(name))
        found[full] = content if isinstance(content, bytes) else content(found[full])
    manifest = json.loads(found["evidence.json"])
    manifest["files"] = {n: hashlib.sha256(c).hexdigest() for n, c in found.items() if n != "evidence.json"}
    return packed({**found, "evidence.json": json.dumps(manifest).encode()})


def with_manifest(**members: Any) -> bytes:
    found = files_in(a_package())
    manifest = json.loads(found["evidence.json"]) | members
    return packed({**found, "evidence.json": json.dumps(manifest).encode()})


GOOD: dict[str, Callable[[], Completion]] = {
    "raw": a_completion,
    "cms": lambda: a_completion("cms"),
    "list": lambda: a_completion(source="crl"),
    "responder of the CA": lambda: a_completion(status=by_ocsp(delegated())),
    "the CA itself": lambda: a_completion(status=by_ocsp(ca_itself())),
    "no nonce": lambda: a_completion(status=by_ocsp(said=ResponseFields())),
    **{f"text of version {each}": partial(a_completion, version=each) for each in Version},
}
each_good_one = pytest.mark.parametrize("completion", GOOD.values(), ids=GOOD)


@each_good_one
def test_nothing_is_wrong_with_good_evidence(completion: Callable[[], Completion]) -> None:
    found = verify(a_package(completion()))

    assert found.wrong == []
    assert len(found.checked) >= 7


def test_what_cannot_be_checked_is_named() -> None:
    unchecked = "\n".join(verify(a_package(a_completion(source="crl"))).unchecked)

    for named in (
        "list number 41",
        "c1" * 32,
        "when it was signed",
        "that the root is",
        "5e" * 32,
        "not looked up",
        f"전북은행 is the bank {BANK}",
    ):
        assert named in unchecked


def a_line_replaced(text: bytes) -> bytes:
    return text.replace("김철수".encode(), "이영희".encode())


def with_another_signature(response: bytes) -> bytes:
    signature = ocsp.load_der_ocsp_response(response).signature
    return response.replace(signature, signature[:-1] + bytes([signature[-1] ^ 1]))


def a_revoked_one() -> bytes:
    """As a defective service might write it."""
    revoked_at = SIGNED_AT - timedelta(hours=1)
    said = ResponseFields(nonce=NONCE, status=ocsp.OCSPCertStatus.REVOKED, revoked_at=revoked_at)
    return a_package(a_completion(status=by_ocsp(said=said)))


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "text": (lambda: changed(text=a_line_replaced), "signature of the certificate's key"),
    "signature": (lambda: changed(signature=lambda s: s[:-1] + bytes([s[-1] ^ 1])), "signature of the certificate"),
    "certificate": (lambda: changed(certificate=a_certificate(key="ec").pem), "signature of the certificate's key"),
    "root": (lambda: changed(anchor=a_certificate(key="ec").pem), "root was issued by the next"),
    "chain": (lambda: changed(chain=b""), "root was issued by the next"),
    "response": (lambda: changed(ocsp=with_another_signature), "OCSP response"),
    "later": (lambda: with_manifest(signed_at="2026-11-23T03:05:00Z"), "while the request was valid"),
    "years later": (lambda: with_manifest(signed_at="2036-11-23T03:01:00Z"), "valid at 2036"),
    "revoked": (a_revoked_one, "REVOKED"),
    "no source": (lambda: with_manifest(revocation=[]), "source of the certificate's revocation"),
    "bank": (lambda: with_manifest(bank="XYZ"), "the text names the bank"),
    "digest": (lambda: packed({**files_in(a_package()), "text.txt": b"x"}), "every other file"),
    "one more": (lambda: packed({**files_in(a_package()), "x": b"x"}), "every other file"),
}


@pytest.mark.parametrize(("package", "what"), BAD.values(), ids=BAD)
def test_every_change_is_found(package: Callable[[], bytes], what: str) -> None:
    assert any(what in line for line in verify(package()).wrong)


@pytest.mark.parametrize(
    ("member", "value"),
    [("id", "s" + "0" * 32), ("service", "loans"), ("document_sha256", "00" * 32), ("nonce", "A" * 22)],
)
def test_evidence_of_another_request_is_found(member: str, value: str) -> None:
    request = json.loads(files_in(a_package())["evidence.json"])["request"]

    wrong = verify(with_manifest(request=request | {member: value})).wrong

    assert [line.split(":")[0] for line in wrong] == [
        "the text names the bank, service, request, document and nonce"
    ]


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("label", [Label.BANK, Label.REQUEST, Label.DOCUMENT, Label.NONCE, Label.UNTIL])
def test_a_text_that_binds_something_else_is_found_in_every_version(version: Version, label: Label) -> None:
    completion = a_completion(version=version)
    start = f"\n{label.of(version)}: "
    assert start in completion.text

    bound = f"({BANK})" if version is Version.KOREAN and label is Label.BANK else start
    other = TextToSign(completion.text.replace(bound, f"{bound}x"))
    signed = replace(completion, text=other, proof=Proof("signature", a_signature("signature", other), None))

    (wrong,) = verify(a_package(signed)).wrong
    assert wrong.startswith("the text names the bank, service, request, document and nonce: not so for")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        a_package()[:-30],
        packed({"evidence.json": b"{}"}),
        packed({**files_in(a_package()), "evidence.json": b"[" * 100_000}),
        packed({**files_in(a_package()), "certificate.pem": b"no certificate"}),
        packed(files_in(a_package()), zipfile.ZIP_DEFLATED),
        with_manifest(format="signature-evidence 2"),
        with_manifest(request={}),
        with_manifest(signed_at=7),
        with_manifest(files=[]),
        with_manifest(signature={"file": "text.txt"}),
        b"\x00" * (MAX_PACKAGE_BYTES + 1),
    ],
)
def test_what_is_no_package_is_refused(content: bytes) -> None:
    with pytest.raises(NotAPackage):
        verify(content)


def test_a_file_that_occurs_twice_is_refused() -> None:
    target = io.BytesIO(a_package())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(target, "a") as package:
        package.writestr("text.txt", b"another text")

    with pytest.raises(NotAPackage, match="twice"):
        verify(target.getvalue())


@pytest.mark.parametrize(
    ("content", "code"), [(a_package(), 0), (changed(text=a_line_replaced), 1), (b"nothing", 2)]
)
def test_the_exit_code_says_what_was_found(
    content: bytes, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(content)
    monkeypatch.setattr(sys, "argv", ["verify_evidence", str(path)])

    assert main() == code
    assert ("WRONG" in capsys.readouterr().out) is (code == 1)


# ---- the commands of the document


def commands(name: str) -> str:
    (block,) = re.findall(rf"<!-- commands: {name} -->\n```sh\n(.*?)```", DOCUMENT, re.DOTALL)
    return str(block)


def run(script: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    if shutil.which("openssl") is None or shutil.which("unzip") is None:
        pytest.skip("no openssl or unzip command")
    return subprocess.run(  # noqa: S603 - the document's own commands
        ["/bin/sh", "-c", script], cwd=folder, capture_output=True, text=True, check=False
    )


@each_good_one
def test_openssl_alone_checks_good_evidence(completion: Callable[[], Completion], tmp_path: Path) -> None:
    (tmp_path / "package.zip").write_bytes(a_package(completion()))

    done = run(commands("package"), tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "files: OK" in done.stdout
    assert "signature: OK" in done.stdout or "Verified OK" in done.stdout
    assert "certificate.pem: OK" in done.stdout
    assert ("status: OK" in done.stdout) is (tmp_path / "ocsp.der").exists()


def a_forged_text() -> bytes:
    return changed(text=a_line_replaced)


@pytest.mark.parametrize(
    "package",
    [
        a_forged_text,
        lambda: changed(signature=lambda s: s[:-1] + bytes([s[-1] ^ 1])),
        lambda: changed(anchor=a_certificate(key="ec").pem),
        lambda: changed(ocsp=with_another_signature),
        lambda: packed({**files_in(a_package()), "text.txt": b"x"}),
        a_revoked_one,
        lambda: changed(a_completion("cms"), signature=a_signature("cms", a_completion().text + " ")),
    ],
)
def test_openssl_alone_finds_a_change(package: Callable[[], bytes], tmp_path: Path) -> None:
    (tmp_path / "package.zip").write_bytes(package())

    assert run(commands("package"), tmp_path).returncode != 0


def a_receipt_and_keys(folder: Path) -> None:
    key = an_ec_key("receipts")
    receipt = Receipt(
        *(BANK, "transfers", "hong", "s" + "1" * 32, "transfer", "COMPLETED"),
        "5e" * 32,
        "2e" * 32,
        "7a" * 32,
        SIGNED_AT,
    )
    signature = raw_signature(key.sign(receipt.to_sign("kid-1"), ec.ECDSA(SHA256())))
    spki = [
        each.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        for each in (an_ec_key("other"), key)
    ]
    keys = {"keys": [public_jwk("kid-0", spki[0]), public_jwk("kid-1", spki[1])]}
    (folder / "receipt.jws").write_text(receipt.compact("kid-1", signature) + "\n")
    (folder / "jwks.json").write_text(json.dumps(keys))


def test_openssl_alone_checks_a_receipt(tmp_path: Path) -> None:
    a_receipt_and_keys(tmp_path)

    done = run(commands("receipt"), tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert "Verified OK" in done.stdout
    assert f'"evidence_sha256":"{"7a" * 32}"' in done.stdout


def test_openssl_alone_finds_a_changed_receipt(tmp_path: Path) -> None:
    a_receipt_and_keys(tmp_path)
    header, payload, signature = (tmp_path / "receipt.jws").read_text().split(".")
    (tmp_path / "receipt.jws").write_text(f"{header}.{payload[:-4]}AAAA.{signature}")

    assert "Verified OK" not in run(commands("receipt"), tmp_path).stdout
