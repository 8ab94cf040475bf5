"""The request from API Gateway, as plain checked values."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.times import instant
from registrar.entry.fields import CHALLENGE_ID, Fields
from registrar.entry.language import preferred_language
from registrar.entry.references import new_reference

MAX_BODY_BYTES = 16 * 1024
_OWN_ID = re.compile(r"[a-z0-9]{32,33}")
_IDEMPOTENCY_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller by the authorizer: `method` and `proved_at` are those of their last proof of identity."""

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
    """Our own, new for each request: no client can choose it."""
    web_origins: tuple[str, ...]
    """Origins of pages that may read responses. The API's stage names them; the relying services' API has none."""

    @property
    def page_origin(self) -> str | None:
        """The origin of the page that sent the request, if it may read the response. Compared whole."""
        origin = self.headers.get("origin")
        return origin if origin in self.web_origins else None

    @property
    def language(self) -> str:
        """The language to respond in, by Accept-Language."""
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
    def gateway_ids(self) -> dict[str, str]:
        """What leads from a line of the log to that of API Gateway. A client can choose the first of them."""
        return {
            "gateway_id": str(self.context.get("requestId", "-")),
            "extended_id": str(self.context.get("extendedRequestId", "-")),
        }

    @property
    def route(self) -> str:
        """The path as the template has it, such as `/uploads/{upload_id}`."""
        return str(self.context["resourcePath"])

    @property
    def source_address(self) -> str:
        """Where the request came from, as API Gateway saw it; the caller can write X-Forwarded-For."""
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

    def fields(self, most: int = MAX_BODY_BYTES) -> Fields:
        """The JSON object in a body of at most `most` characters. Raises Refusal (MALFORMED_REQUEST)."""
        try:
            body = json.loads(self.raw_body, object_pairs_hook=_members) if len(self.raw_body) <= most else None
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            raise Refusal(Code.MALFORMED_REQUEST, field="body")
        return Fields(body, "")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object. Of a member that occurs twice, programs read different values (RFC 8259 section 4)."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member occurs twice")
    return members


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
        support_ref=new_reference(),
        web_origins=_listed((event.get("stageVariables") or {}).get("web_origins", "")),
    )


def _listed(text: str) -> tuple[str, ...]:
    """The values of a comma-separated list."""
    return tuple(value.strip() for value in text.split(",") if value.strip())
