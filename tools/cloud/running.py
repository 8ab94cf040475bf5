"""Remembers the cloud that `make up` left running, for `make down`."""

import json
from pathlib import Path

from tools.cloud.emulator import ROOT, Emulator

STATE = ROOT / "build/local-cloud.json"


def remember(emulator: Emulator, issuers: int, printed: str) -> None:
    """Store what another process needs to stop it, and what `make up` printed (a demo login).

    `issuers` is the process id of the issuers' responder.
    """
    STATE.parent.mkdir(exist_ok=True)
    note = {
        "pid": emulator.pid,
        "port": emulator.port,
        "folder": str(emulator.folder),
        "log": str(emulator.log),
        "issuers": issuers,
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


def issuers() -> int:
    """The process id of the demo issuers' responder."""
    return int(json.loads(STATE.read_text())["issuers"])


def printed() -> str:
    """What `make up` printed."""
    return str(json.loads(STATE.read_text())["printed"])


def forget() -> None:
    """Delete the record of the running cloud."""
    STATE.unlink(missing_ok=True)
