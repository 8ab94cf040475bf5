"""Sessions: only the session's own token opens it, until it expires."""

import base64
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registrar.domain.access.session import (
    SESSION_IDLE,
    SESSION_LIFE,
    bearer_token,
    is_last_use_due,
    is_live,
    new_session,
    read_token,
)
from tests.support.builders import NOW

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("customer", ["c-1001", "고객-1", "a", "c.with.dots", "=+/"])
def test_token_identifies_its_session(customer: str) -> None:
    session, token = new_session(customer, "personal", "otp", NOW)
    read = read_token(token)
    assert read is not None
    assert read[0] == customer == session.customer_id
    assert is_live(session, read[1], NOW)
    assert (session.customer_kind, session.method, session.proved_at) == ("personal", "otp", NOW)


def test_no_part_of_the_secret_is_stored() -> None:
    session, token = new_session("c-1001", "personal", "otp", NOW)
    read = read_token(token)
    assert read is not None
    assert len(read[1]) == 32
    assert read[1] != session.secret_digest
    assert token.split(".")[1] not in repr(session)


def test_two_sessions_of_one_customer_share_no_value() -> None:
    first, one = new_session("c-1001", "personal", "otp", NOW)
    second, other = new_session("c-1001", "personal", "otp", NOW)
    assert one.split(".")[0] == other.split(".")[0]
    assert one != other
    assert first.secret_digest != second.secret_digest
    read = read_token(other)
    assert read is not None
    assert not is_live(first, read[1], NOW)


def test_session_expires_to_the_second() -> None:
    session, token = new_session("c-1001", "personal", "otp", NOW)
    read = read_token(token)
    assert read is not None
    assert session.expires_at == NOW + SESSION_LIFE == NOW + timedelta(hours=1)
    session = replace(session, seen_at=session.expires_at - SECOND)
    assert is_live(session, read[1], session.expires_at - SECOND)
    assert not is_live(session, read[1], session.expires_at)
    assert not is_live(session, read[1], session.expires_at + SECOND)


def test_token_with_a_changed_secret_is_rejected() -> None:
    session, token = new_session("c-1001", "personal", "otp", NOW)
    handle, _, secret = token.partition(".")
    raw = base64.urlsafe_b64decode(secret + "=")
    for index in range(32):
        changed = raw[:index] + bytes([raw[index] ^ 1]) + raw[index + 1 :]
        read = read_token(f"{handle}.{base64.urlsafe_b64encode(changed).decode().rstrip('=')}")
        assert read == ("c-1001", changed)
        assert not is_live(session, changed, NOW)


def test_a_changed_handle_names_another_customer() -> None:
    _, token = new_session("c-1001", "personal", "otp", NOW)
    read = read_token(base64.urlsafe_b64encode(b"c-1002").decode() + token[token.index(".") :])
    assert read is not None
    assert read[0] == "c-1002"


BASE64 = st.binary(max_size=40).map(lambda raw: base64.urlsafe_b64encode(raw).decode().rstrip("="))
SECRET = base64.urlsafe_b64encode(bytes(32)).decode().rstrip("=")


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "Yy0x",
        f".{SECRET}",
        "Yy0x.",
        f"Yy0x.{SECRET[:-2]}",
        f"Yy0x.{SECRET}AAAA",
        f"Yy0x.{SECRET}.",
        f"Yy0x.{SECRET[:-1]}!",
        f"Yy0x.{SECRET} ",
        f"Y.{SECRET}",
        f"_w.{SECRET}",
        f"가나.{SECRET}",
        f"\ud800.{SECRET}",
        f"{'A' * 240}.{SECRET}",
        f"Bearer Yy0x.{SECRET}",
    ],
)
def test_malformed_token_is_rejected(token: str) -> None:
    assert read_token(token) is None


@settings(derandomize=True, max_examples=200, deadline=None, database=None)
@given(st.text(max_size=20) | BASE64, st.sampled_from([".", "", ".."]), st.text(max_size=20) | BASE64)
def test_any_text_parses_or_is_rejected(handle: str, dot: str, secret: str) -> None:
    token = handle + dot + secret
    read = read_token(token)
    if read is not None:
        customer, raw = read
        assert customer
        assert len(raw) == 32


def test_idle_session_expires_after_ten_minutes() -> None:
    session, token = new_session("c-1001", "personal", "otp", NOW)
    read = read_token(token)
    assert read is not None
    assert timedelta(minutes=10) == SESSION_IDLE
    assert is_live(session, read[1], NOW + SESSION_IDLE - SECOND)
    assert not is_live(session, read[1], NOW + SESSION_IDLE)
    seen = replace(session, seen_at=NOW + timedelta(minutes=5))
    assert is_live(seen, read[1], NOW + SESSION_IDLE)


def test_last_use_is_recorded_once_a_minute() -> None:
    session, _ = new_session("c-1001", "personal", "otp", NOW)
    assert not is_last_use_due(session, NOW + timedelta(seconds=59))
    assert is_last_use_due(session, NOW + timedelta(seconds=60))


@pytest.mark.parametrize(
    ("header", "token"),
    [("Bearer abc", "abc"), ("bearer  abc ", "abc"), ("Basic abc", ""), ("Bearer", ""), ("abc", "")],
)
def test_token_is_read_from_the_authorization_header(header: str, token: str) -> None:
    assert bearer_token({"authorization": header}) == token
    assert bearer_token({}) == ""
