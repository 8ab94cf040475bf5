"""The samples of docs/integrate.md, taken from the document."""

import json
import re
import shutil
import subprocess
from typing import Any

import pytest

from tools.cloud.emulator import ROOT

GUIDE = (ROOT / "docs/integrate.md").read_text(encoding="utf-8")


def sample(name: str) -> str:
    (found,) = re.findall(rf"<!-- sample: {name} -->\n```\w+\n(.*?)```", GUIDE, re.DOTALL)
    return str(found)


def run_javascript(body: str, given: Any) -> Any:
    """What `body`, run after the sample, returns. Skips where there is no Node.js (20 or newer)."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("NOT RUN: the JavaScript sample of docs/integrate.md needs node, which is not installed")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    if int(version[1:].split(".")[0]) < 20:
        pytest.skip(f"NOT RUN: the JavaScript sample of docs/integrate.md needs node 20, this is {version}")
    program = (
        f"{sample('javascript')}\n"
        "const input = JSON.parse(require('fs').readFileSync(0, 'utf8'));\n"
        f"(async () => {{{body}}})().then((found) => console.log(JSON.stringify(found)));\n"
    )
    done = subprocess.run(  # noqa: S603 - our own document
        [node, "-e", program], input=json.dumps(given), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def commands(name: str) -> str:
    """The shell commands that the document gives under this name."""
    (found,) = re.findall(rf"<!-- commands: {name} -->\n```sh\n(.*?)```", GUIDE, re.DOTALL)
    return str(found)


def relying_sample(name: str) -> str:
    """A sample of docs/relying.md."""
    text = (ROOT / "docs/relying.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"<!-- sample: {name} -->\n```\w+\n(.*?)```", text, re.DOTALL)
    return str(found)
