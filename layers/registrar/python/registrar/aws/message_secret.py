"""Secrets Manager: the key that signs requests to the message provider."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError

from registrar.domain.notices.provider_messages import Credentials
from registrar.domain.reasons.errors import ChannelRefused, ChannelThrottled

KEPT = timedelta(minutes=15)
"""How long a function uses what it read. A new secret counts sooner where the provider refuses the old one."""


@dataclass(slots=True)
class MessageSecret:
    """The secret {"key_id": …, "secret": …}, read when it is needed."""

    client: Any
    arn: str
    _kept: tuple[Credentials, datetime] | None = field(default=None, repr=False)

    def current(self, at: datetime) -> Credentials:
        """The credentials, read at most KEPT ago."""
        if self._kept is None or at - self._kept[1] >= KEPT:
            self._kept = (self._read(), at)
        return self._kept[0]

    def after_refusal(self, refused: Credentials, at: datetime) -> Credentials | None:
        """The credentials, read now; None where they are those that were refused."""
        self._kept = (self._read(), at)
        return None if self._kept[0] == refused else self._kept[0]

    def _read(self) -> Credentials:
        """The stored credentials. Without them nothing is sent, so no outcome is unknown: the errors say that."""
        try:
            stored = self.client.get_secret_value(SecretId=self.arn)
        except BotoCoreError as error:
            raise ChannelThrottled("no response with the provider's secret") from error
        try:
            found = json.loads(stored["SecretString"])
            key_id = found["key_id"]
            secret = found["secret"]
            if isinstance(key_id, str) and isinstance(secret, str):
                return Credentials(key_id, secret)
        except (ValueError, KeyError, TypeError):
            pass  # not chained: the error quotes what is stored
        raise ChannelRefused("the provider's secret is not a key_id and a secret")
