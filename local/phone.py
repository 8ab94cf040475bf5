"""The mobile app, as far as this service is concerned: what a customer's phone sends, and keeps to itself.

The certificate's private key never leaves it: the phone signs the text that the service shows.
"""

import base64
import hashlib
import time
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from local.http_calls import Answer, post_form, send
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

    def announce(self, name: str, content: bytes, **headers: str) -> Answer:
        """Ask for an upload of exactly this file."""
        file = {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        return self.call("POST", "/uploads", {"files": [file]}, **headers)

    def send_file(self, announced: Answer, content: bytes) -> Answer:
        """Send the file with the form that `announce` got."""
        form = announced.json()["files"][0]
        return post_form(form["url"], form["fields"], content)

    def wait_for_decision(self, upload_id: str, seconds: float = 30) -> dict[str, Any]:
        """Poll, as often as the service says, until the upload is decided."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            view: dict[str, Any] = self.call("GET", f"/uploads/{upload_id}").json()
            if "poll_after" not in view:
                return view
            time.sleep(min(view["poll_after"], 0.1))
        raise TimeoutError(f"upload {upload_id} was not decided in {seconds} s")

    def upload(self, name: str, content: bytes) -> dict[str, Any]:
        """Announce, send, wait: what the service decided."""
        announced = self.announce(name, content)
        if announced.status != 201:
            raise RuntimeError(f"announcing {name}: {announced.status} {announced.body.decode()}")
        sent = self.send_file(announced, content)
        if sent.status >= 300:
            raise RuntimeError(f"sending {name}: {sent.status} {sent.body.decode()}")
        return self.wait_for_decision(announced.json()["upload_id"])

    def prove(self, view: dict[str, Any], key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> Answer:
        """Sign the text of an upload that awaits its proof, agree to the consent, register."""
        proof = view["proof"]
        body = {"signature": sign(key, proof["text"]), "consent_version": proof["consent"]["version"]}
        return self.call("POST", f"/uploads/{view['upload_id']}/registration", body)
