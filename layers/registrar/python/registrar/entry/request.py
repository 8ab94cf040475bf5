"""What came in through API Gateway, as plain checked values."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registrar.domain.possession.proofs import MAX_CMS_BYTES, MAX_SIGNATURE_BYTES, Proof
from registrar.domain.possession.sealing import MAX_SEALED_BYTES, Sealed
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.times import instant

MAX_BODY_BYTES = 16 * 1024
CUSTOMER_ID = r"[A-Za-z0-9_-]{1,32}"
CHALLENGE_ID = r"[A-Za-z0-9_-]{22}"
_OWN_ID = re.compile(r"[a-z0-9]{32,33}")
_IDEMPOTENCY_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as the authorizer found out: `method` and `proved_at` are those of their last identity proof."""

    customer_id: str
    customer_kind: str
    method: str
    proved_at: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """A REST API proxy event. Header names are lower-case."""

    headers: Mapping[str, str]
    path: Mapping[str, str]
    context: Mapping[str, Any]
    raw_body: str
    support_ref: str

    @property
    def language(self) -> str:
        """`ko` or `en`, the first that Accept-Language prefers (RFC 9110 12.5.4); Korean where it names neither."""
        return preferred_language(self.headers.get("accept-language", ""))

    @property
    def caller(self) -> Caller:
        """The customer. Raises Refusal (AUTH_REQUIRED) where no authorizer stood before the function."""
        known = self.context.get("authorizer") or {}
        try:
            return Caller(
                known["customer_id"], known["customer_kind"], known["method"], instant(known["proved_at"])
            )
        except (KeyError, ValueError, TypeError):
            raise Refusal(Code.AUTH_REQUIRED) from None

    @property
    def route(self) -> str:
        """The path as the template has it, such as `/uploads/{upload_id}`."""
        return str(self.context["resourcePath"])

    @property
    def source_address(self) -> str:
        """Where the request came from, as API Gateway saw it; X-Forwarded-For is the caller's to write."""
        return str(self.context["identity"]["sourceIp"])

    @property
    def proof_id(self) -> str | None:
        """The Proof-Id header, for requests without a body. Raises Refusal where it cannot be one."""
        proof_id = self.headers.get("proof-id")
        if proof_id is not None and not re.fullmatch(CHALLENGE_ID, proof_id):
            raise Refusal(Code.MALFORMED_REQUEST, field="Proof-Id")
        return proof_id

    @property
    def idempotency_key(self) -> str | None:
        """The Idempotency-Key header, 8 to 64 letters, digits, - or _. Raises Refusal for another form."""
        key = self.headers.get("idempotency-key")
        if key is not None and not _IDEMPOTENCY_KEY.fullmatch(key):
            raise Refusal(Code.MALFORMED_REQUEST, field="Idempotency-Key")
        return key

    def path_id(self, name: str, otherwise: Code) -> str:
        """An id in the path. Raises Refusal with the code `otherwise` for what cannot be one of our ids."""
        value = self.path.get(name) or ""
        if not _OWN_ID.fullmatch(value):
            raise Refusal(otherwise)
        return value

    def fields(self, most: int = MAX_BODY_BYTES) -> "Fields":
        """The JSON object in a body of at most `most` characters. Raises Refusal (MALFORMED_REQUEST)."""
        try:
            body = json.loads(self.raw_body) if len(self.raw_body) <= most else None
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            raise Refusal(Code.MALFORMED_REQUEST, field="body")
        return Fields(body, "")


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object whose members are read one by one; each reader raises Refusal (MALFORMED_REQUEST) by name."""

    values: Mapping[str, Any]
    prefix: str

    def text(self, name: str, pattern: str = r"(?s).{1,256}") -> str:
        """A text that `pattern` matches whole."""
        value = self.values.get(name)
        if not isinstance(value, str) or not re.fullmatch(pattern, value) or not value.isprintable():
            raise self._malformed(name)
        return value

    def optional_text(self, name: str, pattern: str) -> str | None:
        """The same, or None where it is left out."""
        return self.text(name, pattern) if name in self else None

    def number(self, name: str) -> int:
        """A whole number from 0; how large it may be is for the domain to say."""
        value = self.values.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self._malformed(name)
        return value

    def base64(self, name: str, most: int) -> bytes:
        """1 to `most` bytes, in standard base64."""
        value = self.values.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= 2 * most:
            raise self._malformed(name)
        try:
            decoded = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            raise self._malformed(name) from None
        if not 0 < len(decoded) <= most:
            raise self._malformed(name)
        return decoded

    def each(self, name: str, most: int) -> list["Fields"]:
        """The 1 to `most` objects in a list."""
        value = self.values.get(name)
        if not isinstance(value, list) or not 0 < len(value) <= most or not all(isinstance(v, dict) for v in value):
            raise self._malformed(name)
        return [Fields(entry, f"{self.prefix}{name}[{index}].") for index, entry in enumerate(value)]

    def sealed(self, name: str) -> Sealed:
        """What the phone sealed: an object with `key_id` and `ciphertext` (base64)."""
        value = self.values.get(name)
        if not isinstance(value, dict):
            raise self._malformed(name)
        inner = Fields(value, f"{self.prefix}{name}.")
        return Sealed(inner.text("key_id"), inner.base64("ciphertext", MAX_SEALED_BYTES))

    def proof(self) -> Proof:
        """A proof of possession: `cms` or else `signature` (base64), and R in `random_number` where it is sent."""
        kind, most = ("cms", MAX_CMS_BYTES) if "cms" in self else ("signature", MAX_SIGNATURE_BYTES)
        sealed = self.sealed("random_number") if "random_number" in self else None
        return Proof(kind, self.base64(kind, most), sealed)

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def _malformed(self, name: str) -> Refusal:
        return Refusal(Code.MALFORMED_REQUEST, field=f"{self.prefix}{name}")


def read_request(event: Mapping[str, Any]) -> Request:
    """The request in a REST API proxy event (payload format 1.0)."""
    context = event.get("requestContext") or {}
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        body = base64.b64decode(body).decode("utf-8", "replace")
    return Request(
        headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
        path=event.get("pathParameters") or {},
        context=context,
        raw_body=body,
        support_ref=str(context.get("requestId", "-")),
    )


def preferred_language(header: str) -> str:
    """See Request.language."""
    best = "ko"
    weight = 0.0
    for part in header.split(",")[:16]:
        tag, _, parameters = part.strip().partition(";")
        language = tag.strip().lower().split("-")[0]
        quality = parameters.strip().removeprefix("q=") or "1"
        try:
            q = float(quality)
        except ValueError:
            continue
        if language in ("ko", "en") and q > weight:
            best = language
            weight = q
    return best
