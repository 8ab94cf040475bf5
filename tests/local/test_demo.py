"""`make demo` itself."""

import os
import subprocess
import sys

import pytest

from tools.packaging.build import ROOT


@pytest.mark.slow
@pytest.mark.cloud
def test_demo_completes_every_step() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "layers/registrar/python"), "LC_ALL": "en_US.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-m", "tools.demo.run"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "A certificate is registered." in done.stdout
    assert "✗" not in done.stdout + done.stderr
