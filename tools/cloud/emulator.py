"""Starts and stops the AWS emulator, a child process on a free loopback port with a private folder.

It checks signatures and each function's role (AUTH=true). `ACCESS_KEY` is its root: the deployer's
credentials, never a function's.
"""

import atexit
import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import boto3
from botocore.config import Config

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-emulator/bin/python"
REGION = "ap-northeast-2"
ACCESS_KEY = "test"
SECRET_KEY = "test"  # pragma: allowlist secret  # noqa: S105

START_SECONDS = 30
GRACE_SECONDS = 3
"""Seconds to wait after SIGTERM, which can hang during a stack operation."""
KEEP_SECONDS = 60
"""Seconds that writing the state may take."""

_STARTER = ThreadPoolExecutor(1)
# A proxy of the environment must not receive loopback requests.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class EmulatorError(Exception):
    """The emulator did not start."""


@dataclass
class Emulator:
    """A running emulator. Use as a context manager, or call `stop`."""

    pid: int
    port: int
    folder: Path
    """Its private TMPDIR, removed when it stops."""
    log: Path
    keeps_state: bool = False
    """Whether tables, queues, objects, functions … outlive `restart`."""
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _clients: dict[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def start(cls, *, port: int | None = None, background: bool = False, keeps_state: bool = False) -> Self:
        """Start an emulator and wait until it responds; unless `background`, it ends with this process."""
        if not PYTHON.exists():
            raise EmulatorError(f"{PYTHON} is missing: run make build")
        folder = Path(tempfile.mkdtemp(prefix="local-cloud-"))
        emulator = cls(0, port or free_port(), folder, folder / "emulator.log", keeps_state)
        if not background:
            atexit.register(emulator.stop)
        emulator._run(background=background)
        return emulator

    def _run(self, *, background: bool) -> None:
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [str(PYTHON), "-m", "ministack"],
                cwd=self.folder,
                env=_environment(self.port, self.folder, keeps_state=self.keeps_state),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # One C call runs between fork and exec: safe with threads.
                preexec_fn=None if background or sys.platform != "linux" else _die_with_parent,  # noqa: PLW1509
            )
        self.pid = self._process.pid
        try:
            self._wait_until_healthy()
        except BaseException:
            self.stop()
            raise

    def restart(self) -> None:
        """Stop it, which writes what it keeps, and start it again on the same port. Raises EmulatorError.

        It must have been started with `keeps_state`. Its functions end; credentials of sessions (STS) and records
        of streams are not kept.
        """
        self._end(KEEP_SECONDS)
        # It dies with the thread that started it, and the caller's may end before this process does.
        _STARTER.submit(self._run, background=False).result()

    @property
    def url(self) -> str:
        """The endpoint of every service."""
        return f"http://127.0.0.1:{self.port}"

    def client(self, service: str) -> Any:
        """A boto3 client with the deployer's credentials, cached since creating one takes longer than a call."""
        if service not in self._clients:
            session = cast("Any", boto3.Session(ACCESS_KEY, SECRET_KEY, region_name=REGION))
            config = Config(retries={"total_max_attempts": 2}, s3={"addressing_style": "path"}, proxies={})
            self._clients[service] = session.client(service, endpoint_url=self.url, config=config)
        return self._clients[service]

    def get(self, path: str) -> bytes:
        """Read one of the emulator's own pages, such as /_ministack/health."""
        with _DIRECT.open(self.url + path, timeout=10) as answer:
            return cast("bytes", answer.read())

    def is_running(self) -> bool:
        """Whether its process runs and responds on its port (another process may have its id by now)."""
        with contextlib.suppress(OSError):
            return self._alive() and bool(self.get("/_ministack/health"))
        return False

    def stop(self) -> None:
        """Stop it and its child processes, and remove its folder. Harmless when already stopped."""
        atexit.unregister(self.stop)
        self._end(GRACE_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self, grace: float) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
            deadline = time.monotonic() + grace
            while self._alive() and time.monotonic() < deadline:
                time.sleep(0.02)
        # The group outlives its leader while a function's worker runs.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def _alive(self) -> bool:
        if self._process is not None:
            return self._process.poll() is None
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if not self._alive():
                break
            with contextlib.suppress(OSError):  # urllib's errors are OSErrors
                self.get("/_ministack/health")
                return
            time.sleep(0.05)
        raise EmulatorError(f"the emulator did not come up:\n{self.log.read_text(errors='replace')[-4000:]}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _environment(port: int, folder: Path, *, keeps_state: bool) -> dict[str, str]:
    kept = {
        "PERSIST_STATE": "1",
        "STATE_DIR": str(folder / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(folder / "objects"),
    }
    # Nothing is inherited: the emulator passes its variables to the functions.
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "AUTH": "true",
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LAMBDA_ACCOUNT_CONCURRENCY": "24",  # each worker takes about 50 MB
        **(kept if keeps_state else {}),
    }


def free_port() -> int:
    """A free loopback port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return cast("int", probe.getsockname()[1])


def _die_with_parent() -> None:
    parent_death_signal = 1  # PR_SET_PDEATHSIG: also when the parent is killed, unlike atexit
    ctypes.CDLL(None).prctl(parent_death_signal, signal.SIGKILL)
