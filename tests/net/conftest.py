"""The internet, as far as tests of `registrar.net` see it."""

import socket
from collections.abc import Iterator

import pytest

from tests.support.wire import Wire


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """Replaces all name look-ups and connections."""
    wire = Wire()
    monkeypatch.setattr(socket, "getaddrinfo", wire.getaddrinfo)
    monkeypatch.setattr(socket, "create_connection", wire.create_connection)
    yield wire
    wire.close()
