"""Servers that `make up` leaves running: modules of ours, each on a loopback port of its own."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tools.cloud.emulator import ROOT

START_SECONDS = 10
# A proxy of the environment must not receive loopback requests.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def start(module: str, port: int, log: Path) -> int:
    """Run `python -m module port` in a separate process; returns its id once it responds. Raises OSError."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        # A pipe of the caller that this process kept open would never end: `make up | tee log` would wait for it.
        process = subprocess.Popen(
            [sys.executable, "-m", module, str(port)],
            cwd=ROOT,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with _DIRECT.open(f"http://127.0.0.1:{port}", timeout=1):
                return process.pid
        except urllib.error.HTTPError as refusal:
            refusal.close()
            return process.pid  # it refuses the request, so it listens
        except OSError:
            time.sleep(0.05)
    process.kill()
    raise OSError(f"{module} did not start:\n{log.read_text(errors='replace')[-4000:]}")


def stop(pid: int) -> None:
    """End the process that `start` started. Harmless if it has ended."""
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return
