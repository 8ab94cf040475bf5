"""The message provider's secret: read once, kept for a while, read again after a refusal, and shown nowhere."""

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from registrar.aws.message_secret import KEPT, MessageSecret
from registrar.domain.reasons.errors import ChannelRefused, ChannelThrottled
from tests.support.builders import NOW

FIRST = {"key_id": "bank-1", "secret": "first secret"}
SECOND = {"key_id": "bank-2", "secret": "second secret"}


class Stored:
    """Secrets Manager with one secret."""

    def __init__(self, value: Any) -> None:
        self.text = json.dumps(value)
        self.reads = 0
        self.fails: Exception | None = None

    def get_secret_value(self, **call: str) -> dict[str, str]:
        assert call == {"SecretId": "arn"}
        self.reads += 1
        if self.fails:
            raise self.fails
        return {"SecretString": self.text}


def test_it_is_read_once_and_again_after_a_while() -> None:
    stored = Stored(FIRST)
    secret = MessageSecret(stored, "arn")
    for _ in range(3):
        assert secret.current(NOW).secret == "first secret"
    stored.text = json.dumps(SECOND)
    assert secret.current(NOW + KEPT - timedelta(seconds=1)).key_id == "bank-1"
    assert secret.current(NOW + KEPT).key_id == "bank-2"
    assert stored.reads == 2


def test_a_refusal_reads_it_at_once() -> None:
    stored = Stored(FIRST)
    secret = MessageSecret(stored, "arn")
    refused = secret.current(NOW)
    assert secret.after_refusal(refused, NOW) is None
    stored.text = json.dumps(SECOND)
    changed = secret.after_refusal(refused, NOW)
    assert changed is not None
    assert changed.key_id == "bank-2"
    assert secret.current(NOW) == changed


@pytest.mark.parametrize(
    "value",
    [
        "first secret",
        {"secret": "first secret"},
        ["first secret"],
        None,
        {"key_id": None, "secret": "first secret"},
        {"key_id": "bank-1", "secret": None},
        {"key_id": "bank-1", "secret": ""},
        {"key_id": "bank-1", "secret": 17},
        {"key_id": "은행", "secret": "first secret"},
        {"key_id": "bank-1, x=y", "secret": "first secret"},
        {"key_id": "bank-1\r\nX-Other: first secret", "secret": "first secret"},
    ],
)
def test_a_secret_of_another_form_is_a_refusal_without_its_content(value: Any) -> None:
    with pytest.raises(ChannelRefused) as failed:
        MessageSecret(Stored(value), "arn").current(NOW)
    assert "first secret" not in f"{failed.value!r} {failed.value.__context__!r}"


def test_a_secret_of_bytes_is_a_refusal() -> None:
    stored = Stored(FIRST)
    stored.get_secret_value = lambda **_: {"SecretBinary": b"first secret"}  # type: ignore[method-assign]
    with pytest.raises(ChannelRefused):
        MessageSecret(stored, "arn").current(NOW)


def test_without_a_response_a_message_is_sent_later() -> None:
    stored = Stored(FIRST)
    secret = MessageSecret(stored, "arn")
    refused = secret.current(NOW)
    stored.fails = ReadTimeoutError(endpoint_url="https://secretsmanager")
    with pytest.raises(ChannelThrottled, match="no response"):
        secret.current(NOW + KEPT)
    with pytest.raises(ChannelThrottled, match="no response"):
        secret.after_refusal(refused, NOW)


def test_it_is_not_shown() -> None:
    secret = MessageSecret(Stored(FIRST), "arn")
    assert "first secret" not in f"{secret.current(NOW)!r} {secret!r}"
