"""The documents for app developers: a client generated from openapi.yaml, and the sample of integrate.md.

Both register a certificate with the running service.
"""

import functools
import hashlib
import importlib
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tools.cloud.http_calls import post_form
from tools.demo.phone import Phone, sign
from tools.pki.authorities import CustomerCertificate
from tools.pki.npki_containers import pfx
from tools.pki.npki_files import sign_pri_key

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

NewPhone = Callable[..., Phone]
NewCertificate = Callable[..., CustomerCertificate]

Ask = Callable[..., Any]
Seal = Callable[[str, str, str], dict[str, str]]

DOCS = Path(__file__).parents[2] / "docs"
PACKAGE = "generated_registrar_client"


@pytest.fixture(scope="module")
def client_package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A client generated from docs/openapi.yaml alone; returns the name to import."""
    from openapi_python_client import generate
    from openapi_python_client.config import Config, ConfigFile, MetaType

    folder = tmp_path_factory.mktemp("client")
    config = Config.from_sources(
        ConfigFile(post_hooks=[]),
        MetaType.NONE,
        document_source=DOCS / "openapi.yaml",
        file_encoding="utf-8",
        overwrite=False,
        output_path=folder / PACKAGE,
    )
    problems = generate(config=config)
    assert [f"{each.header}: {each.detail}" for each in problems] == []
    sys.path.insert(0, str(folder))
    try:
        yield PACKAGE
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
            del sys.modules[name]


def test_generated_client_registers_a_certificate(
    client_package: str, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    def load(name: str) -> ModuleType:
        return importlib.import_module(f"{client_package}.{name}")

    def ask(operation: str, *arguments: Any, **named: Any) -> Any:
        answer = load(f"api.{operation}").sync_detailed(*arguments, accept_language="en", **named)
        assert answer.parsed is not None, answer
        return answer

    models, phone, certificate = load("models"), new_phone(log_in=False), new_certificate(key="rsa")
    body = models.LoginRequest(
        customer_id=phone.customer.id,
        password=phone.customer.password,
        operation=models.LoginRequestOperation.REGISTER,
    )
    with load("client").Client(base_url=phone.url, httpx_args={"trust_env": False}) as anybody:
        challenge = ask("login.login", client=anybody, body=body).parsed
        code = models.OtpRequest(challenge_id=challenge.challenge_id, code=phone.code())
        session = ask("login.verify_otp", client=anybody, body=code).parsed
    assert session.expires_at > challenge.expires_at
    logged_in = load("client").AuthenticatedClient
    with logged_in(base_url=phone.url, token=session.token, httpx_args={"trust_env": False}) as client:
        phone.token = session.token
        seal_random_number = functools.partial(phone.seal, random_number=True)
        walked = functools.partial(ask, client=client)
        _walk(walked, models, session.proof_id, certificate, seal_random_number)
        _open(walked, models, phone.prove_identity("register"), new_certificate(), phone.seal)


def _open(ask: Ask, models: ModuleType, proof: str | None, certificate: CustomerCertificate, seal: Seal) -> None:
    content = pfx(certificate, "열려라")
    file = models.AnnouncedFile(name="a.pfx", size=len(content), sha256=hashlib.sha256(content).hexdigest())
    announced = ask("uploads.request_upload", body=models.UploadRequest(files=[file], proof_id=proof)).parsed
    assert post_form(announced.files[0].url, announced.files[0].fields.to_dict(), content).status == 204
    view = _decided(lambda: ask("uploads.get_upload", announced.upload_id).parsed, models)
    assert isinstance(view, models.UploadNeedsPassword)
    sealed = models.Sealed.from_dict(seal(view.upload_id, view.password.nonce, "열려라"))
    ask("uploads.open_container", view.upload_id, body=models.PasswordRequest(sealed=sealed))
    opened = _decided(lambda: ask("uploads.get_upload", announced.upload_id).parsed, models)
    assert isinstance(opened.proof, models.ProofGiven)
    consent = models.RegistrationRequest(consent_version=opened.proof.consent.version)
    assert ask("registrations.register_certificate", view.upload_id, body=consent).status_code == 201


def _walk(ask: Ask, models: ModuleType, proof: str, certificate: CustomerCertificate, seal: Seal) -> None:
    content = certificate.der
    digest = hashlib.sha256(content).hexdigest()
    file = models.AnnouncedFile(name="signCert.der", size=len(content), sha256=digest)
    wanted = models.UploadRequest(files=[file], proof_id=proof)
    announced = ask("uploads.request_upload", body=wanted, idempotency_key="generated-client").parsed
    form = announced.files[0]
    assert post_form(form.url, form.fields.to_dict(), content).status == 204

    view = _decided(lambda: ask("uploads.get_upload", announced.upload_id).parsed, models)
    assert isinstance(view, models.UploadAwaitingProof)
    assert view.certificate.issuer == "KFTC yessign"
    sealed = seal(view.upload_id, view.proof.nonce, certificate.random_number.hex())
    signed = models.RegistrationRequest(
        consent_version=view.proof.consent.version,
        signature=sign(certificate.key, view.proof.text),
        random_number=models.Sealed.from_dict(sealed),
    )
    registered = ask("registrations.register_certificate", view.upload_id, body=signed)
    assert (registered.status_code, registered.parsed.usable) == (201, True)
    again = ask("registrations.register_certificate", view.upload_id, body=signed)
    assert (again.status_code, again.parsed) == (200, registered.parsed)

    listed = ask("registrations.list_registrations").parsed
    assert listed.registrations == [registered.parsed]
    one = ask("registrations.get_registration", registered.parsed.registration_id)
    assert one.parsed == registered.parsed
    unknown = ask("uploads.get_upload", "0" * 32)
    assert (unknown.status_code, unknown.parsed.code.value) == (404, "UPLOAD_NOT_FOUND")
    done = ask("uploads.get_upload", announced.upload_id).parsed
    assert isinstance(done, models.UploadRegistered)


def _decided(look: Callable[[], Any], models: ModuleType) -> Any:
    deadline = time.monotonic() + 30
    while isinstance(view := look(), models.UploadOpen):
        assert time.monotonic() < deadline, view
        time.sleep(0.1)
    return view


@pytest.mark.parametrize("key", ["rsa", "ec"])
def test_python_sample_registers_a_certificate(
    key: str, new_phone: NewPhone, new_certificate: NewCertificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    text = (DOCS / "integrate.md").read_text(encoding="utf-8")
    (sample,) = re.findall(r"<!-- sample: python -->\n```python\n(.*?)```", text, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(sample, "integrate.md", "exec"), names)  # noqa: S102 - our own document
    phone, certificate, consents = new_phone(), new_certificate(key=key), []

    def agrees(shown: dict[str, Any], consent: str) -> bool:
        consents.append((shown["fingerprint"], consent))
        return True

    arguments = ({"signCert.der": certificate.der}, agrees)
    named = {"private_key": certificate.key, "random_number": certificate.random_number}
    registered = names["register"](phone.url, phone.token, phone.proof_id, *arguments, **named)
    assert (registered["status"], registered["proof"], len(consents)) == ("ACTIVE", "signature", 1)
    proof_id = names["prove_identity"](phone.url, phone.token, phone.code)
    assert names["register"](phone.url, phone.token, proof_id, *arguments, **named) == registered
    contained = new_certificate(key=key)
    pair = {"signCert.der": contained.der, "signPri.key": sign_pri_key(contained, "열려라")}
    proof_id = phone.prove_identity("register")
    opened = names["register"](phone.url, phone.token, proof_id, pair, agrees, password="열려라")
    assert (opened["status"], opened["proof"]) == ("ACTIVE", "container")

    with pytest.raises(names["Refused"]) as refused:
        names["call"]("GET", f"{phone.url}/uploads/{'0' * 32}", headers={"Authorization": f"Bearer {phone.token}"})
    assert (refused.value.status, refused.value.problem["code"]) == (404, "UPLOAD_NOT_FOUND")
    with pytest.raises(names["Refused"]) as nobody:
        names["call"]("GET", f"{phone.url}/registrations")
    assert (nobody.value.status, nobody.value.problem["code"]) == (401, "AUTH_REQUIRED")
