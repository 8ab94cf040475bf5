"""Runs programs of web/ with the pinned Node.js."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tools.cloud.emulator import ROOT

SDK = ROOT / "web/sdk"
_NODE = ROOT / ".venv-node/bin/node"


def run_node(arguments: Sequence[str], given: Any = None, environment: Mapping[str, str] | None = None) -> str:
    """What a program of the SDK prints. Skips where nothing is built."""
    if not (SDK / "dist/worker.min.js").exists() or not _NODE.exists():
        pytest.skip("NOT RUN: the SDK's tests need Node.js and what `make web` builds")
    done = subprocess.run(  # noqa: S603 - our own programs
        [str(_NODE), *arguments],
        cwd=SDK,
        env={"PATH": os.defpath, **(environment or {})},
        input=None if given is None else json.dumps(given),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    return done.stdout
