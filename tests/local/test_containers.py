"""Containers over real HTTP: every format, its password, its owner; the files are deleted."""

import base64
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from registrar.domain.registrations.upload import MAX_PASSWORD_TRIES
from tests.support.expect import eventually, problem
from tools.cloud.local_cloud import LocalCloud
from tools.demo.phone import Phone, sign
from tools.pki.authorities import CustomerCertificate, DemoPki
from tools.pki.npki_containers import p7b, pem, pfx
from tools.pki.npki_files import Pbes2, Pkcs12, Scheme, sign_pri_key

pytestmark = pytest.mark.cloud

NewPhone = Callable[..., Phone]
NewCertificate = Callable[..., CustomerCertificate]
Files = Mapping[str, bytes]

PASSWORD = "열려라 참깨! 42"
OTHER_IDN = "8502021234560"
BUSINESS_NUMBER = "1234567890"
A_SEAL = {"key_id": "any", "ciphertext": "AAAA"}
CORPORATE = "1.2.410.200005.1.1.5"


def _pair(certificate: CustomerCertificate, scheme: Scheme | None = None) -> Files:
    return {"signCert.der": certificate.der, "signPri.key": sign_pri_key(certificate, PASSWORD, scheme)}


def _pfx(certificate: CustomerCertificate, scheme: Scheme, chain: list[bytes]) -> Files:
    return {"mine.pfx": pfx(certificate, PASSWORD, key_scheme=scheme, certificate_scheme=scheme, chain=chain)}


def _bundle(certificate: CustomerCertificate) -> Files:
    key = pem("ENCRYPTED PRIVATE KEY", sign_pri_key(certificate, PASSWORD))
    return {"mine.pem": certificate.pem + key}


CONTAINERS: dict[str, Callable[[CustomerCertificate, list[bytes]], Files]] = {
    "NPKI pair, SEED": lambda certificate, _: _pair(certificate),
    "NPKI pair, PBES2 SEED SHA-256": lambda certificate, _: _pair(certificate, Pbes2(prf="sha256")),
    "PFX, 3DES": lambda certificate, chain: _pfx(certificate, Pkcs12(), chain),
    "PFX, AES-256": lambda certificate, chain: _pfx(certificate, Pbes2("aes256", "sha256"), chain),
    "PEM bundle": lambda certificate, _: _bundle(certificate),
}


@pytest.fixture
def chain(pki: DemoPki) -> list[bytes]:
    """The CA certificates above a customer's certificate, as in exports."""
    above = (pki.issuers["yessign"], pki.root)
    return [authority.certificate.public_bytes(Encoding.DER) for authority in above]


@pytest.fixture
def is_gone(cloud: LocalCloud) -> Callable[[Mapping[str, Any]], bool]:
    """Whether the bucket has no file of an upload."""
    s3, bucket = cloud.client("s3"), cloud.outputs["UploadBucket"]
    return lambda view: bool(
        s3.list_objects_v2(Bucket=bucket, Prefix=f"uploads/{view['upload_id']}/")["KeyCount"] == 0
    )


IsGone = Callable[[Mapping[str, Any]], bool]


@pytest.mark.parametrize("form", CONTAINERS)
def test_container_is_opened_and_registered(
    form: str, new_phone: NewPhone, new_certificate: NewCertificate, chain: list[bytes], is_gone: IsGone
) -> None:
    phone, certificate = new_phone(), new_certificate(key="rsa" if "PFX" in form else "ec")

    waiting = phone.upload(CONTAINERS[form](certificate, chain))
    opened = phone.open(waiting, PASSWORD)
    gone = is_gone(waiting)
    again = phone.open(waiting, "whatever it says now")
    registered = phone.register(opened.json())

    assert (waiting["state"], waiting["headline"]) == ("NEEDS_PASSWORD", None)
    assert waiting["password"]["tries_left"] == MAX_PASSWORD_TRIES
    assert "proof" not in waiting
    assert (opened.status, opened.json()["state"], gone) == (200, "AWAITING_PROOF", True)
    assert opened.json()["proof"].keys() == {"kind", "given", "consent"}
    assert opened.json()["proof"]["given"] == "container"
    # After a lost response: the container stays open, whatever the repeated request holds.
    assert (again.status, again.json()) == (200, opened.json())
    assert (registered.status, registered.json()["proof"]) == (201, "container")
    assert phone.register(opened.json()).status == 200
    assert phone.call("GET", "/registrations").json()["registrations"] == [registered.json()]


def test_p7b_is_read_as_a_certificate(
    new_phone: NewPhone, new_certificate: NewCertificate, chain: list[bytes], is_gone: IsGone
) -> None:
    phone, certificate = new_phone(), new_certificate()

    view = phone.upload({"mine.p7b": p7b(*chain, certificate.der)})

    assert view["state"] == "AWAITING_PROOF"
    assert phone.prove(view, certificate).status == 201
    eventually(lambda: is_gone(view))


def test_encipherment_pair_is_refused_before_its_password_is_required(
    new_phone: NewPhone, new_certificate: NewCertificate, is_gone: IsGone
) -> None:
    certificate = new_certificate(encipherment=True)

    view = new_phone().upload({"kmCert.der": certificate.der, "kmPri.key": sign_pri_key(certificate, PASSWORD)})

    assert (view["state"], view["headline"]) == ("REJECTED", "CERT_USAGE_NOT_ALLOWED")
    assert is_gone(view)


def test_wrong_passwords_are_counted_and_end_the_upload(
    new_phone: NewPhone, new_certificate: NewCertificate, is_gone: IsGone
) -> None:
    phone = new_phone()
    view = phone.upload(_pair(new_certificate()))

    for left in range(MAX_PASSWORD_TRIES - 1, 0, -1):
        wrong = problem(phone.open(view, PASSWORD.upper() + "!"), "FILE_PASSWORD_WRONG")
        assert (wrong["params"], is_gone(view)) == ({"tries_left": left}, False)
        assert phone.call("GET", f"/uploads/{view['upload_id']}").json()["password"]["tries_left"] == left
    problem(phone.open(view, "wrong"), "FILE_PASSWORD_ATTEMPTS_EXCEEDED")

    assert is_gone(view)
    problem(phone.open(view, PASSWORD), "FILE_PASSWORD_ATTEMPTS_EXCEEDED")
    end = phone.call("GET", f"/uploads/{view['upload_id']}").json()
    assert (end["state"], end["headline"]) == ("REJECTED", "FILE_PASSWORD_ATTEMPTS_EXCEEDED")


def test_sealed_password_is_bound_to_upload_and_nonce(new_phone: NewPhone, new_certificate: NewCertificate) -> None:
    phone, other = new_phone(), new_phone()
    first, second = (phone.upload(_pair(new_certificate())) for _ in range(2))
    path, nonce = f"/uploads/{first['upload_id']}/password", first["password"]["nonce"]
    good = phone.seal(first["upload_id"], nonce, PASSWORD)

    for bad in (
        phone.seal(second["upload_id"], second["password"]["nonce"], PASSWORD),
        phone.seal(first["upload_id"], "0" * 32, PASSWORD),
        {**good, "key_id": "arn:aws:kms:ap-northeast-2:000000000000:key/another"},
        {**good, "ciphertext": good["ciphertext"][:-8] + "AAAAAAA="},
    ):
        problem(phone.call("POST", path, {"sealed": bad}), "MALFORMED_REQUEST")
    problem(other.call("POST", path, {"sealed": good}), "UPLOAD_NOT_FOUND")

    # None of them counts as a try.
    assert (
        phone.call("GET", f"/uploads/{first['upload_id']}").json()["password"]["tries_left"] == MAX_PASSWORD_TRIES
    )
    assert phone.call("POST", path, {"sealed": good}).status == 200


def test_registration_waits_for_the_password(new_phone: NewPhone, new_certificate: NewCertificate) -> None:
    phone, certificate = new_phone(), new_certificate()
    body = {"signature": sign(certificate.key, "x"), "consent_version": "2026-11-30"}
    view = phone.upload(_pair(certificate))
    path = f"/uploads/{view['upload_id']}/registration"

    problem(phone.call("POST", path, body), "FILE_PASSWORD_REQUIRED")
    opened = phone.open(view, PASSWORD).json()
    problem(phone.call("POST", path, {"consent_version": "never shown"}), "CONSENT_REQUIRED")

    assert phone.register(opened).status == 201
    bare = phone.upload({"signCert.der": new_certificate().der})
    problem(phone.call("POST", f"/uploads/{bare['upload_id']}/password", {"sealed": A_SEAL}), "STATE_CONFLICT")


def test_key_of_another_certificate_is_refused(
    new_phone: NewPhone, new_certificate: NewCertificate, is_gone: IsGone
) -> None:
    phone = new_phone()
    before, after = new_certificate(), new_certificate()

    view = phone.upload({"signCert.der": after.der, "signPri.key": sign_pri_key(before, PASSWORD)})
    opened = phone.open(view, PASSWORD).json()

    assert (opened["state"], opened["headline"], is_gone(view)) == ("REJECTED", "FILE_KEY_MISMATCH", True)


@pytest.mark.parametrize("alone", [False, True], ids=["container", "bare"])
def test_certificate_of_another_owner_is_refused(
    alone: bool, new_phone: NewPhone, new_certificate: NewCertificate, is_gone: IsGone
) -> None:
    phone, certificate = new_phone(), new_certificate(idn=OTHER_IDN)

    if alone:
        view = phone.upload({"signCert.der": certificate.der})
        refused = problem(phone.prove(view, certificate), "OWNER_MISMATCH")
        assert OTHER_IDN not in str(refused)
    else:
        view = phone.open(phone.upload(_pair(certificate)), PASSWORD).json()
        assert (view["state"], view["headline"]) == ("REJECTED", "OWNER_MISMATCH")
    eventually(lambda: is_gone(view))
    assert phone.call("GET", "/registrations").json() == {"registrations": []}


def test_registration_needs_proof_of_the_owner(new_phone: NewPhone, new_certificate: NewCertificate) -> None:
    phone, certificate, without = new_phone(), new_certificate(), new_certificate(vid=False)
    view = phone.upload({"signCert.der": certificate.der})
    proof = view["proof"]
    signed = {
        "signature": sign(certificate.key, proof["text"]),
        "consent_version": proof["consent"]["version"],
    }

    problem(phone.register(view, signed), "OWNER_UNVERIFIABLE")
    problem(phone.prove(phone.upload({"signCert.der": without.der}), without), "OWNER_UNVERIFIABLE")

    assert phone.prove(view, certificate).status == 201


@pytest.mark.parametrize("alone", [False, True], ids=["container", "bare"])
def test_company_registers_its_certificate(
    alone: bool, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone = new_phone(name="주식회사 길동", kind="corporate", idn=BUSINESS_NUMBER)
    certificate = new_certificate(real_name="주식회사 길동", idn=BUSINESS_NUMBER, policy_oid=CORPORATE)

    if alone:
        registered = phone.prove(phone.upload({"signCert.der": certificate.der}), certificate)
    else:
        registered = phone.register(phone.open(phone.upload(_pair(certificate)), PASSWORD).json())

    assert (registered.status, registered.json()["certificate"]["kind"]) == (201, "corporate")
    personal = new_phone().upload({"signCert.der": certificate.der})
    assert (personal["state"], personal["headline"]) == ("REJECTED", "CERT_PERSONAL_REQUIRED")


# --- CMS instead of a signature


@pytest.mark.parametrize("key", ["rsa", "ec"])
@pytest.mark.parametrize("options", [[], ["-noattr", "-nocerts"]], ids=["attributes", "bare"])
def test_cms_signature_by_openssl_registers(
    key: str, options: list[str], tmp_path: Path, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone, certificate, stranger = new_phone(), new_certificate(key=key), new_certificate(key=key)
    view = phone.upload({"signCert.der": certificate.der})
    proof = view["proof"]
    body = {
        "random_number": phone.seal(
            view["upload_id"], proof["nonce"], certificate.random_number.hex(), random_number=True
        ),
        "consent_version": proof["consent"]["version"],
    }

    theirs = {**body, "cms": _openssl_cms(stranger, proof["text"], options, tmp_path)}
    problem(phone.register(view, theirs), "PROOF_FAILED")
    other_text = {**body, "cms": _openssl_cms(certificate, proof["text"] + "\n", options, tmp_path)}
    problem(phone.register(view, other_text), "PROOF_FAILED")
    registered = phone.register(view, {**body, "cms": _openssl_cms(certificate, proof["text"], options, tmp_path)})

    assert (registered.status, registered.json()["proof"]) == (201, "cms")


def _openssl_cms(certificate: CustomerCertificate, text: str, options: list[str], folder: Path) -> str:
    """The CMS signature of the openssl command, base64."""
    key = certificate.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for name, content in (("text", text.encode()), ("key.pem", key), ("certificate.pem", certificate.pem)):
        (folder / name).write_bytes(content)
    files = ["-in", "text", "-signer", "certificate.pem", "-inkey", "key.pem", "-md", "sha256"]
    command = ["openssl", "cms", "-sign", "-binary", "-outform", "DER", *files, *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=True)  # noqa: S603
    return base64.b64encode(done.stdout).decode()


# --- before login


@pytest.mark.parametrize("language", ["ko", "en"])
def test_precheck_findings_equal_those_of_an_upload(
    language: str, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    nobody, customer = new_phone(log_in=False, language=language), new_phone(language=language)

    def ask(content: bytes, kind: str = "personal") -> dict[str, Any]:
        body = {"certificate": base64.b64encode(content).decode(), "customer_kind": kind}
        answer = nobody.call("POST", "/precheck", body)
        assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
        view: dict[str, Any] = answer.json()
        return view

    good, weak = new_certificate(), new_certificate(encipherment=True, rsa_bits=1024, key="rsa")
    view = customer.upload({"signCert.der": good.der})
    assert ask(good.der) == {
        "accepted": True,
        "headline": None,
        "findings": [],
        "certificate": view["certificate"],
    }
    assert ask(good.pem) == ask(good.der)
    customer.prove(view, good)
    # Registrations are not checked.
    assert ask(good.der)["accepted"] is True
    refused, uploaded = ask(weak.der), customer.upload({"kmCert.der": weak.der})
    prechecked = (refused["accepted"], refused["headline"], refused["findings"], refused["certificate"])
    assert prechecked == (False, uploaded["headline"], uploaded["findings"], None)
    assert ask(good.der, "corporate")["headline"] == "CERT_CORPORATE_REQUIRED"
    assert ask(b"a photo")["headline"] == "FILE_UNREADABLE"
    assert ask(sign_pri_key(good, PASSWORD))["headline"] == "FILE_NO_CERTIFICATE"
    assert ask(_bundle(good)["mine.pem"])["headline"] == "FILE_PASSWORD_REQUIRED"


def test_malformed_precheck_is_refused(new_phone: NewPhone) -> None:
    nobody = new_phone(log_in=False)
    for body, field in (
        ({"certificate": "AAAA"}, "customer_kind"),
        ({"certificate": "AAAA", "customer_kind": "both"}, "customer_kind"),
        ({"certificate": "?", "customer_kind": "personal"}, "certificate"),
        ({"certificate": "A" * 30_000, "customer_kind": "personal"}, "certificate"),
        ({"customer_kind": "personal"}, "certificate"),
    ):
        named = problem(nobody.call("POST", "/precheck", body), "MALFORMED_REQUEST")["params"]
        assert named == {"field": field}
