"""The mobile app, as far as this service is concerned: what a customer's phone sends, and keeps to itself.

The certificate's private key never leaves it: the phone signs the text that the service shows.
"""

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from local.http_calls import Answer, post_form, send
from local.pki import CustomerCertificate
from local.seed import DemoCustomer
from registrar.domain.totp import DIGITS, STEP_SECONDS


def sign(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, text: str) -> str:
    """The signature over the UTF-8 bytes of `text`, base64."""
    if isinstance(key, rsa.RSAPrivateKey):
        signature = key.sign(text.encode(), padding.PKCS1v15(), SHA256())
    else:
        signature = key.sign(text.encode(), ec.ECDSA(SHA256()))
    return base64.b64encode(signature).decode()


def code_at(totp_secret: bytes, step: int) -> str:
    """The one-time code of a time step (RFC 6238), as an authenticator app shows it."""
    totp = TOTP(totp_secret, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303 - RFC 6238's default, what phones implement
    return totp.generate(step * STEP_SECONDS).decode()


@dataclass
class Phone:
    """One customer's app against the API at `url`."""

    url: str
    customer: DemoCustomer
    language: str = "ko"
    token: str | None = field(default=None, repr=False)
    last_step: int = 0

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One API call, with the session where there is one."""
        known = {"Accept-Language": self.language, **{k.replace("_", "-"): v for k, v in headers.items()}}
        if self.token:
            known["Authorization"] = f"Bearer {self.token}"
        return send(method, self.url + path, body, known)

    def code(self) -> str:
        """The current one-time code; the next one where the current one was used already (within the window)."""
        self.last_step = max(int(time.time()) // 30, self.last_step + 1)
        totp = TOTP(self.customer.totp_secret, 6, SHA1(), 30)  # noqa: S303 - what authenticator apps do
        return totp.generate(self.last_step * 30).decode()

    def log_in(self) -> Answer:
        """Password, then code; keeps the token. Returns the last answer."""
        self.token = None
        answer = self.call("POST", "/login", {"customer_id": self.customer.id, "password": self.customer.password})
        if answer.status == 200:
            body = {"challenge_id": answer.json()["challenge_id"], "code": self.code()}
            answer = self.call("POST", "/login/otp", body)
        if answer.status == 200:
            self.token = answer.json()["token"]
        return answer

    def announce(self, files: Mapping[str, bytes], **headers: str) -> Answer:
        """Ask for an upload of exactly these files."""
        announced = [
            {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
        ]
        return self.call("POST", "/uploads", {"files": announced}, **headers)

    def send_files(self, announced: Answer, files: Mapping[str, bytes]) -> list[Answer]:
        """Send the files with the forms that `announce` got."""
        forms = announced.json()["files"]
        return [post_form(form["url"], form["fields"], files[form["name"]]) for form in forms]

    def wait_for_decision(
        self, upload_id: str, seconds: float = 30, *, while_deferred: bool = False
    ) -> dict[str, Any]:
        """Poll until the upload is decided, or deferred unless `while_deferred` says to go on."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            view: dict[str, Any] = self.call("GET", f"/uploads/{upload_id}").json()
            if "poll_after" not in view or (view["state"] == "DEFERRED" and not while_deferred):
                return view
            time.sleep(min(view["poll_after"], 0.1))
        raise TimeoutError(f"upload {upload_id} was not decided in {seconds} s")

    def upload(self, files: Mapping[str, bytes]) -> dict[str, Any]:
        """Announce, send, wait: what the service decided."""
        announced = self.announce(files)
        if announced.status != 201:
            raise RuntimeError(f"announcing: {announced.status} {announced.body.decode()}")
        for sent in self.send_files(announced, files):
            if sent.status >= 300:
                raise RuntimeError(f"sending: {sent.status} {sent.body.decode()}")
        return self.wait_for_decision(announced.json()["upload_id"])

    def seal(self, upload_id: str, nonce: str, secret: str, *, random_number: bool = False) -> dict[str, str]:
        """Seal a password, or R, to the service's current key for it, bound to one upload and nonce.

        RSAES-OAEP with SHA-256.
        """
        key = self.call("GET", "/sealing-key").json()
        key = key["random_number"] if random_number else key
        public_key = load_der_public_key(base64.b64decode(key["public_key"]))
        if not isinstance(public_key, rsa.RSAPublicKey):
            raise TypeError("the sealing key is an RSA key")
        plaintext = json.dumps({"upload": upload_id, "nonce": nonce, "secret": secret}).encode()
        oaep = padding.OAEP(padding.MGF1(SHA256()), SHA256(), None)
        ciphertext = public_key.encrypt(plaintext, oaep)
        return {"key_id": key["key_id"], "ciphertext": base64.b64encode(ciphertext).decode()}

    def open(self, view: dict[str, Any], password: str) -> Answer:
        """Send the sealed password of an upload that needs one; the answer once all is decided."""
        sealed = self.seal(view["upload_id"], view["password"]["nonce"], password)
        answer = self.call("POST", f"/uploads/{view['upload_id']}/password", {"sealed": sealed})
        if answer.status == 200:
            self.wait_for_decision(view["upload_id"])
            return self.call("GET", f"/uploads/{view['upload_id']}")
        return answer

    def prove(self, view: dict[str, Any], certificate: CustomerCertificate, replaces: str | None = None) -> Answer:
        """Sign the text of an upload that awaits its proof, seal R, agree to the consent, register."""
        proof = view["proof"]
        body = {
            "signature": sign(certificate.key, proof["text"]),
            "random_number": self.seal(
                view["upload_id"], proof["nonce"], certificate.random_number.hex(), random_number=True
            ),
            "consent_version": proof["consent"]["version"],
            **({"replaces": replaces} if replaces else {}),
        }
        return self.register(view, body)

    def register(self, view: dict[str, Any], body: Mapping[str, Any] | None = None) -> Answer:
        """Register with a proof, or where the container was the proof, with the consent alone."""
        consent = {"consent_version": view["proof"]["consent"]["version"]}
        return self.call("POST", f"/uploads/{view['upload_id']}/registration", body or consent)
