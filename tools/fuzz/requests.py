"""Readers of what apps and admins send: requests and their fields, signatures, passkeys, trust documents."""

import base64
import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from registrar.domain.access.credentials import Passkey
from registrar.domain.access.passkeys import Assertion, RelyingParty, check_assertion, check_creation
from registrar.domain.access.session import bearer_token, new_session, read_token
from registrar.domain.certificates.trust_differences import differences
from registrar.domain.certificates.trust_document import read_document
from registrar.domain.possession.cms_signature import (
    check_cms_signature,
    is_signed_attributes,
    read_signer,
    signer_alone,
    signing_time,
)
from registrar.domain.possession.sealing import unwrap
from registrar.domain.possession.vid import read_random_number
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import (
    PasskeyInvalid,
    PossessionProofInvalid,
    Refusal,
    SealedSecretInvalid,
    TrustDocumentRejected,
)
from registrar.entry.fields import Fields
from registrar.entry.language import preferred_language
from registrar.entry.references import read_reference
from registrar.entry.request import read_request
from tests.support.builders import NOW, a_pin, a_pki, a_trust_document
from tests.support.cms_messages import SignerInfo, a_message, by_key_id, signed_by, the_attributes
from tests.support.npki_samples import R, a_customer, an_ec_customer
from tools.demo.authenticator import Authenticator, websafe
from tools.fuzz.target import Target, Targets
from tools.pki.npki_containers import as_ber

_TEXT = "등록 ABC".encode()
_NONCE = bytes(range(32))
_PARTY = RelyingParty("bank.example", "Demo Bank", frozenset({"https://bank.example"}))


def _cms() -> Target:
    customer = a_customer()

    def read(content: bytes) -> None:
        signing_time(content, customer.der)
        read_signer(content)
        check_cms_signature(content, customer.der, _TEXT)
        signer_alone(content, customer.der, _TEXT)

    certificate = customer.der
    seeds = [
        signed_by(customer, _TEXT),
        signed_by(customer, _TEXT, content_in=_TEXT, certificates=[certificate]),
        signed_by(customer, _TEXT, sid=by_key_id(customer.certificate)),
        signed_by(customer, _TEXT, attributes=None),
        as_ber(signed_by(customer, _TEXT, content_in=_TEXT)),
    ]
    return Target(read, seeds, (PossessionProofInvalid,), 17_000)


def _cms_attributes() -> Target:
    """The attributes of a message, whatever they are: the customer signed them."""
    customer = an_ec_customer()

    def read(content: bytes) -> None:
        message = a_message(SignerInfo(customer, _TEXT, attributes=[content]).der())
        signing_time(message, customer.der)
        signer_alone(message, customer.der, _TEXT)
        is_signed_attributes(content)

    return Target(read, [b"".join(the_attributes(_TEXT))], (PossessionProofInvalid,), 16_000)


def _passkeys() -> tuple[Authenticator, Passkey, dict[str, bytes]]:
    device = Authenticator("bank.example", "https://bank.example", credential_id=bytes(32))
    made = {name: base64.b64decode(value) for name, value in device.create(_NONCE).items()}
    challenge = websafe(_NONCE)
    known = check_creation(_PARTY, challenge, made["client_data_json"], made["attestation_object"], "phone", NOW)
    return device, known, made


def _two(content: bytes, lengths: tuple[int, ...]) -> tuple[bytes, bytes]:
    """The two parts of an input: the first byte says which length the first has in the seeds."""
    size = lengths[content[0] % len(lengths)] if content else 0
    return content[1 : 1 + size], content[1 + size :]


def _new_passkey() -> Target:
    _, _, made = _passkeys()
    client_data = made["client_data_json"]
    lengths = (len(client_data), 0, 40)

    def read(content: bytes) -> None:
        first, second = _two(content, lengths)
        check_creation(_PARTY, websafe(_NONCE), first, second, "phone", NOW)

    return Target(read, [b"\0" + client_data + made["attestation_object"]], (PasskeyInvalid,), 10_000)


def _passkey() -> Target:
    device, known, _ = _passkeys()
    proved = {name: base64.b64decode(value) for name, value in device.get(_NONCE).items()}
    client_data = proved["client_data_json"]
    lengths = (len(client_data), 0, 40)

    def read(content: bytes) -> None:
        first, second = _two(content, lengths)
        # What the device would sign: only so the checks behind the signature are reached.
        signed = second + hashlib.sha256(first).digest()
        signature = device.key.sign(signed, ec.ECDSA(SHA256()))
        check_assertion(_PARTY, websafe(_NONCE), [known], Assertion(known.credential_id, second, first, signature))

    return Target(read, [b"\0" + client_data + proved["authenticator_data"]], (PasskeyInvalid,), 4096)


def _trust_document() -> Target:
    pins = [a_pin(a_pki().root.certificate)]
    usual = json.dumps(a_trust_document()).encode()

    def read(content: bytes) -> None:
        read_document(content, pins)
        differences(usual, content)

    one = a_trust_document()
    small = {**one, "issuers": one["issuers"][:1], "operators": dict(list(one["operators"].items())[:1])}
    seeds = [usual, json.dumps(small).encode()]
    return Target(read, seeds, (TrustDocumentRejected,), 600_000)


def _sealed() -> Target:
    seed = json.dumps({"upload": "u", "nonce": "n", "secret": "Hong!1234"}).encode()
    return Target(lambda content: unwrap(content, "u", "n"), [seed], (SealedSecretInvalid,), 1024)


def _small_texts() -> Target:
    """Headers and parameters: the session's token, the language, a reference that somebody read out, R."""
    _, token = new_session("c-1001", "personal", "otp", NOW)

    def read(content: bytes) -> None:
        text = content.decode("utf-8", "replace")
        read_token(text)
        read_token(bearer_token({"authorization": text}))
        preferred_language(text)
        read_reference(text)
        read_random_number(text)

    texts = (token, f"Bearer {token}", "ko-KR;q=0.9, en;q=0.8", "7KQ2-M4XD", R.hex(), base64.b64encode(R).decode())
    return Target(read, [text.encode() for text in texts], (ValueError,), 1024)


_MEMBERS = ("id", "code", "name", "files", "proof", "sealed", "at", "count", "content")


def _body() -> Target:
    """A body in JSON, and each kind of member that a route reads."""

    def read(content: bytes) -> None:
        text = content.decode("utf-8", "replace")
        request = read_request({"headers": {"Proof-Id": text[:40], "Idempotency-Key": text[:70]}, "body": text})
        for ask in (lambda: request.proof_id, lambda: request.idempotency_key, lambda: request.caller):
            _refused(ask)
        _refused(lambda: request.path_id("id", Code.UPLOAD_NOT_FOUND))
        fields = request.fields()
        for name in _MEMBERS:
            for each in _readers(fields, name):
                _refused(each)

    certificate = base64.b64encode(a_customer().der).decode()
    sealed = {"key_id": "k", "ciphertext": base64.b64encode(bytes(256)).decode()}
    whole = {
        "id": "x" * 22,
        "code": "123 456",
        "name": "signCert.der",
        "files": [{"name": "인증서.der", "size": 1000, "sha256": "0" * 64}],
        "proof": {"signature": "AAAA", "random_number": sealed},
        "sealed": sealed,
        "at": "2026-12-31T14:59:59Z",
        "count": 3,
        "content": certificate,
    }
    parts = [{name: value} for name, value in whole.items()]
    return Target(read, [json.dumps(each).encode() for each in (whole, *parts)], (Refusal,), 17_000)


def _readers(fields: Fields, name: str) -> list[Any]:
    return [
        lambda: fields.text(name),
        lambda: fields.one_time_code(name),
        lambda: fields.file_name(name),
        lambda: fields.some_of(name, ("a", "b")),
        lambda: fields.instant(name),
        lambda: fields.number(name),
        lambda: fields.base64(name, 2048),
        lambda: [each.file_name("name") for each in fields.each(name, 20)],
        lambda: fields.object(name).proof(),
        lambda: fields.sealed(name),
    ]


def _refused(read: Any) -> None:
    try:
        read()
    except Refusal:
        return


REQUESTS: Targets = {
    "CMS signature": _cms,
    "CMS signature, attributes under it": _cms_attributes,
    "new passkey": _new_passkey,
    "passkey's assertion under its signature": _passkey,
    "trust document": _trust_document,
    "sealed secret": _sealed,
    "body of a request": _body,
    "tokens, language, references, R": _small_texts,
}
