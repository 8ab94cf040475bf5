"""Keeps tests off the network: only tests marked `cloud` or `loopback` may connect, to this machine only."""

import gc
import os
import socket
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

# Each starts a cloud of its own, or only an emulator: they need not wait for each other.
OWN_CLOUD = frozenset(
    f"tests/local/test_{name}.py"
    for name in (
        "demo",
        "emulator_contract",
        "emulator_contract_data",
        "faults",
        "layers",
        "message_provider",
        "revocation",
        "sam",
        "watch",
    )
)
# Their tests share one thing that takes seconds to prepare.
PREPARED_ONCE = frozenset({"tests/functions/test_logs.py", "tests/tools/packaging/test_packaging.py"})
# Every function has them, and reads them when it puts a text together.
os.environ |= {"BANK_NAME_KO": "전북은행", "BANK_NAME_EN": "Jeonbuk Bank", "HELP_DESK_PHONE": "1588-0000"}
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class SocketGuard:
    """An audit hook. Python cannot remove one, so its attributes hold what the running test may do."""

    def __init__(self) -> None:
        self.active = False
        self.loopback = False

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Refuse a connection or name look-up that the running test may not make."""
        if not self.active or event not in ("socket.connect", "socket.getaddrinfo"):
            return
        if event == "socket.connect":
            connection, address = arguments
            if connection.family == socket.AF_UNIX:
                return
            host = address[0]
        else:
            host = arguments[0]
        if not (self.loopback and host in LOOPBACK):
            raise RuntimeError(
                f"a test tried to reach {host}: the marks `cloud` and `loopback` allow this machine only"
            )


_guard = SocketGuard()
sys.addaudithook(_guard)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Set the guard before any fixture of the test runs, session-wide ones included."""
    _guard.active = True
    _guard.loopback = any(item.get_closest_marker(name) for name in ("cloud", "loopback"))
    try:
        return (yield)
    finally:
        _guard.active = False


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """Allow loopback: the last test of a run stops the cloud, whether or not it is marked."""
    _guard.loopback = True
    return (yield)


class OneWorkerForTheCloud(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out tests one by one, those of a shared local cloud all to one worker, which starts it once.

    xdist's own loadgroup does nothing with this pytest: it adds the group to an id that is no longer kept there.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file in OWN_CLOUD | PREPARED_ONCE:
            return file
        shared = ("tests/local", "tests/web")
        return next((folder for folder in shared if file.startswith(f"{folder}/")), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneWorkerForTheCloud:
    """Schedule so, whatever --dist says."""
    return OneWorkerForTheCloud(config, log)


def pytest_collection_finish() -> None:
    """Exclude what is loaded by now from garbage collection, which takes a tenth of the time of all tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of a cloud begin first, since they take longest."""
    items.sort(key=lambda item: item.get_closest_marker("cloud") is None)
