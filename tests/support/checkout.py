"""A copy of this checkout, as a developer has it who has just cloned it, in which make's commands are run."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from tools.cloud.emulator import ROOT

MADE = (".git", ".venv*", "build", "node_modules", "__pycache__", ".*_cache", ".hypothesis")
PAGE = ("dist", "generated")
"""What `make build-web` makes."""
INSTALLED = (".venv", ".venv-emulator", ".venv-node")


def copy_checkout(copy: Path, *, with_page: bool) -> None:
    """Copy the sources, with what `make` installed and built for this machine, and with the page if it is built."""
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*MADE, *(() if with_page else PAGE)))
    for name in INSTALLED:
        (copy / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "web/node_modules", copy / "web/node_modules", symlinks=True, copy_function=_link)
    locks = [*(copy / "requirements").rglob("*.txt"), *copy.rglob("package-lock.json")]
    for lock in locks:
        os.utime(lock, (0, 0))  # installed already
    shutil.copytree(ROOT / "build/host", copy / "build/host")  # not linked: another test may build there


def _link(source: str, target: str) -> None:
    """Link a file that nothing changes: there are many; on another file system it is copied."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def run(script: str, checkout: Path) -> str:
    """What the commands print; this returns only when every process that writes there has ended."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", str(checkout)),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(checkout / "layers/registrar/python"),
        "no_proxy": "127.0.0.1,localhost",
    }
    done = subprocess.run(  # noqa: S603 - commands of our own document
        ["/bin/bash", "-e", "-o", "pipefail", "-c", script],
        cwd=checkout,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def page_of(printed: str) -> str:
    """The address of the page that `make up` prints."""
    (found,) = re.findall(r"^page +(http://localhost:\d+)", printed, re.MULTILINE)
    return str(found)
