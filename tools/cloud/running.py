"""Remembers the cloud that `make up` left running, for `make down`."""

import json
from pathlib import Path

from tools.cloud.emulator import ROOT, Emulator

STATE = ROOT / "build/local-cloud.json"


def remember(emulator: Emulator, issuers: int, told: str) -> None:
    """Note what is needed to stop it from another process, and what its user was told (a demo login).

    `issuers` is the process id of the issuers' responder.
    """
    STATE.parent.mkdir(exist_ok=True)
    note = {
        "pid": emulator.pid,
        "port": emulator.port,
        "folder": str(emulator.folder),
        "log": str(emulator.log),
        "issuers": issuers,
        "told": told,
    }
    STATE.write_text(json.dumps(note))


def running() -> Emulator | None:
    """The cloud left running, if it still is."""
    if not STATE.exists():
        return None
    note = json.loads(STATE.read_text())
    emulator = Emulator(note["pid"], note["port"], Path(note["folder"]), Path(note["log"]))
    return emulator if emulator.is_running() else None


def issuers() -> int:
    """The process id of the demo issuers' responder."""
    return int(json.loads(STATE.read_text())["issuers"])


def told() -> str:
    """What `make up` said."""
    return str(json.loads(STATE.read_text())["told"])


def forget() -> None:
    """There is none any more."""
    STATE.unlink(missing_ok=True)
