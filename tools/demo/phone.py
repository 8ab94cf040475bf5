"""The mobile app as the service sees it: what a customer's phone sends, and what stays on it.

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

from registrar.domain.access.totp import DIGITS, STEP_SECONDS
from tools.cloud.http_calls import HttpResponse, post_form, send
from tools.cloud.seed import DemoCustomer
from tools.demo.authenticator import Authenticator, from_websafe
from tools.pki.authorities import CustomerCertificate


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
    device_id: str | None = field(default=None, repr=False)
    proof_id: str | None = None
    device: Authenticator | None = None
    sealing_keys: dict[str, Any] | None = None
    """Those that came with the last upload that needs something sealed."""
    address: str | None = None
    """Source address of requests: the local gateway accepts it from the caller, API Gateway does not."""

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Send a request, with the session's token if there is one."""
        known = {"Accept-Language": self.language, **{k.replace("_", "-"): v for k, v in headers.items()}}
        if self.address:
            known.setdefault("X-Forwarded-For", self.address)
        if self.token:
            known["Authorization"] = f"Bearer {self.token}"
        return send(method, self.url + path, body, known)

    def code(self) -> str:
        """A one-time code not used yet: the current one, or the next within the window; else wait for it."""
        self.last_step = max(int(time.time()) // STEP_SECONDS, self.last_step + 1)
        while self.last_step > int(time.time()) // STEP_SECONDS + 1:
            time.sleep(0.2)
        return code_at(self.customer.totp_secret, self.last_step)

    def wrong_code(self) -> str:
        """Six digits that are no one-time code of this hour."""
        now = int(time.time()) // STEP_SECONDS
        near = {code_at(self.customer.totp_secret, now + step) for step in range(-120, 121)}
        return next(code for number in range(10**DIGITS) if (code := f"{number:06}") not in near)

    def complete(self, challenge: Mapping[str, Any]) -> HttpResponse:
        """Complete a challenge by the first of its methods that this phone supports."""
        known = {"otp": self.complete_by_code} | ({"passkey": self.complete_by_passkey} if self.device else {})
        method = next(method for method in challenge["methods"] if method in known)
        return known[method](challenge)

    def complete_by_code(self, challenge: Mapping[str, Any]) -> HttpResponse:
        """Send the code that the authenticator app shows."""
        return self.call(
            "POST", "/challenges/otp", {"challenge_id": challenge["challenge_id"], "code": self.code()}
        )

    def complete_by_passkey(self, challenge: Mapping[str, Any]) -> HttpResponse:
        """Sign the challenge with the phone's passkey."""
        if self.device is None:
            raise RuntimeError("this phone has no passkey")
        signed = self.device.get(from_websafe(challenge["asked"]["passkey"]["challenge"]))
        return self.call("POST", "/challenges/passkey", {"challenge_id": challenge["challenge_id"], **signed})

    def add_passkey(self, rp_id: str, origin: str, name: str) -> HttpResponse:
        """Add a passkey of this phone, with a fresh proof of identity. Returns the last response."""
        proof = {"proof_id": self.prove_identity("enrol", "passkey")}
        asked = self.call("POST", "/credentials/passkey/options", proof)
        if asked.status != 200:
            return asked
        device = Authenticator(rp_id, origin)
        made = device.create(from_websafe(asked.json()["challenge"]))
        response = self.call("POST", "/credentials/passkey", {**proof, "name": name, **made})
        if response.status == 201:
            self.device = device
        return response

    def log_in(self, operation: str = "register") -> HttpResponse:
        """Log in; keep token, device id and proof of identity. Returns the last response."""
        self.token = None
        body = {"customer_id": self.customer.id, "password": self.customer.password, "operation": operation}
        if self.device_id:
            body["device_id"] = self.device_id
        response = self.call("POST", "/login", body)
        if response.status == 200:
            response = self.complete(response.json())
        if response.status == 200:
            earned = response.json()
            self.token = earned["token"]
            self.proof_id = earned.get("proof_id")
            self.device_id = earned.get("device_id", self.device_id)
        return response

    def log_in_by_certificate(self, certificate: CustomerCertificate) -> HttpResponse:
        """Log in with a registered certificate alone; keep token and device id. Returns the last response."""
        self.token = None
        self.proof_id = None
        response = self.call("POST", "/login/certificate/options")
        if response.status != 200:
            return response
        asked = response.json()
        body = {
            "login_id": asked["login_id"],
            "fingerprint": hashlib.sha256(certificate.der).hexdigest(),
            "signature": sign(certificate.key, asked["text"]),
            **({"device_id": self.device_id} if self.device_id else {}),
        }
        response = self.call("POST", "/login/certificate", body)
        if response.status == 200:
            earned = response.json()
            self.token = earned["token"]
            self.device_id = earned.get("device_id", self.device_id)
        return response

    def step_up(self, operation: str, object_id: str | None = None) -> HttpResponse:
        """Prove identity for one operation. Returns the last response, with `proof_id` on success."""
        asked = {"operation": operation, **({"object": object_id} if object_id else {})}
        response = self.call("POST", "/step-up", asked)
        return self.complete(response.json()) if response.status == 200 else response

    def prove_identity(self, operation: str, object_id: str | None = None) -> str | None:
        """A fresh proof of identity for one operation, or None if it is refused."""
        proof_id: str | None = self.step_up(operation, object_id).json().get("proof_id")
        return proof_id

    def log_out(self) -> HttpResponse:
        """End the session here."""
        return self.call("POST", "/logout")

    def announce(self, files: Mapping[str, bytes], **headers: str) -> HttpResponse:
        """Announce an upload of these files, with a fresh proof of identity if the last one is used."""
        if self.proof_id is None:
            self.proof_id = self.prove_identity("register")
        announced = [
            {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
        ]
        proof = {"proof_id": self.proof_id} if self.proof_id else {}
        response = self.call("POST", "/uploads", {"files": announced, **proof}, **headers)
        if response.status == 201:
            self.proof_id = None
        return response

    def send_files(self, announced: HttpResponse, files: Mapping[str, bytes]) -> list[HttpResponse]:
        """Send the files with the forms that `announce` received."""
        forms = announced.json()["files"]
        return [post_form(form["url"], form["fields"], files[form["name"]]) for form in forms]

    def wait_for_decision(
        self, upload_id: str, seconds: float = 30, *, while_deferred: bool = False
    ) -> dict[str, Any]:
        """Poll until the upload is decided, or deferred unless `while_deferred`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            view: dict[str, Any] = self.call("GET", f"/uploads/{upload_id}").json()
            if "poll_after" not in view or (view["state"] == "DEFERRED" and not while_deferred):
                part = view.get("password") or view.get("proof") or {}
                self.sealing_keys = part.get("sealing_keys", self.sealing_keys)
                return view
            time.sleep(min(view["poll_after"], 0.1))
        raise TimeoutError(f"upload {upload_id} was not decided in {seconds} s")

    def upload(self, files: Mapping[str, bytes]) -> dict[str, Any]:
        """Announce the files, send them, and return the decided upload."""
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
        keys = self.sealing_keys or self.call("GET", "/sealing-key").json()
        key = keys["random_number"] if random_number else keys
        public_key = load_der_public_key(base64.b64decode(key["public_key"]))
        if not isinstance(public_key, rsa.RSAPublicKey):
            raise TypeError("the sealing key is an RSA key")
        plaintext = json.dumps({"upload": upload_id, "nonce": nonce, "secret": secret}).encode()
        oaep = padding.OAEP(padding.MGF1(SHA256()), SHA256(), None)
        ciphertext = public_key.encrypt(plaintext, oaep)
        return {"key_id": key["key_id"], "ciphertext": base64.b64encode(ciphertext).decode()}

    def open(self, view: dict[str, Any], password: str) -> HttpResponse:
        """Send the sealed password of an upload that needs one; return the response once the upload is decided."""
        sealed = self.seal(view["upload_id"], view["password"]["nonce"], password)
        response = self.call("POST", f"/uploads/{view['upload_id']}/password", {"sealed": sealed})
        if response.status == 200:
            self.wait_for_decision(view["upload_id"])
            return self.call("GET", f"/uploads/{view['upload_id']}")
        return response

    def prove(
        self, view: dict[str, Any], certificate: CustomerCertificate, replaces: str | None = None
    ) -> HttpResponse:
        """Sign the text of an upload that awaits proof of possession, seal R, agree to the consent, register."""
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

    def register(self, view: dict[str, Any], body: Mapping[str, Any] | None = None) -> HttpResponse:
        """Register with a proof of possession, or with the consent alone if the container was the proof."""
        consent = {"consent_version": view["proof"]["consent"]["version"]}
        return self.call("POST", f"/uploads/{view['upload_id']}/registration", body or consent)
