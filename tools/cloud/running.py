"""Remembers the cloud that `make up` left running, for `make down`."""

import json
from collections.abc import Sequence
from pathlib import Path

from tools.cloud.emulator import ROOT, Emulator

STATE = ROOT / "build/local-cloud.json"


def remember(emulator: Emulator, servers: Sequence[int], printed: str) -> None:
    """Store what another process needs to stop it, and what `make up` printed (a demo login).

    `servers` are the process ids of what runs beside it: the issuers' responder, and the page's server.
    """
    STATE.parent.mkdir(exist_ok=True)
    note = {
        "pid": emulator.pid,
        "port": emulator.port,
        "folder": str(emulator.folder),
        "log": str(emulator.log),
        "servers": list(servers),
        "printed": printed,
    }
    STATE.write_text(json.dumps(note))


def running() -> Emulator | None:
    """The cloud that `make up` started, if it still runs."""
    if not STATE.exists():
        return None
    note = json.loads(STATE.read_text())
    emulator = Emulator(note["pid"], note["port"], Path(note["folder"]), Path(note["log"]))
    return emulator if emulator.is_running() else None


def servers() -> list[int]:
    """The process ids of what runs beside the emulator."""
    return list(json.loads(STATE.read_text())["servers"])


def printed() -> str:
    """What `make up` printed."""
    return str(json.loads(STATE.read_text())["printed"])


def forget() -> None:
    """Delete the record of the running cloud."""
    STATE.unlink(missing_ok=True)
