"""Texts to sign for a login by certificate, in the challenges' table under keys that no challenge has."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registrar.aws import dynamo
from registrar.domain.access.certificate_login import CertificateLogin
from registrar.domain.access.challenge import RETENTION
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import ConditionFailed, Refusal


def to_item(login: CertificateLogin) -> dict[str, dict[str, Any]]:
    return {
        "id": _key_of(login.id),
        "nonce": dynamo.text(login.nonce),
        "created_ms": dynamo.millis(login.created_at),
        "expires_at": dynamo.instant(login.expires_at),
        "ttl": dynamo.epoch(login.created_at + RETENTION),
    }


def from_item(item: dynamo.Item) -> CertificateLogin:
    return CertificateLogin(
        id=dynamo.read_text(item, "id").removeprefix(_PREFIX),
        nonce=dynamo.read_text(item, "nonce"),
        created_at=dynamo.read_millis(item, "created_ms"),
        expires_at=dynamo.read_instant(item, "expires_at"),
    )


@dataclass(frozen=True, slots=True)
class CertificateLogins:
    """Texts by id. They name no customer: a function that proves challenges cannot find them."""

    client: Any
    table: str

    def add(self, login: CertificateLogin) -> None:
        dynamo.put(self.client, self.table, to_item(login))

    def use(self, login_id: str, now: datetime) -> CertificateLogin:
        """Use the text up and return it, before anything is compared: of several signatures at once, one counts.

        Raises Refusal (STEP_UP_EXPIRED) where it is unknown, expired or used.
        """
        try:
            item = dynamo.update_once(
                self.client,
                self.table,
                {"id": _key_of(login_id)},
                "expires_at > :now AND attribute_not_exists(used_at)",
                {":now": dynamo.instant(now)},
                sets="used_at = :now",
            )
        except ConditionFailed:
            raise Refusal(Code.STEP_UP_EXPIRED) from None
        return from_item(item)


_PREFIX = "login:"


def _key_of(login_id: str) -> dict[str, str]:
    return dynamo.text(f"{_PREFIX}{login_id}")
