"""`make demo` itself: what a newcomer runs first."""

import os
import subprocess
import sys

import pytest

from tools.packaging.build import ROOT


@pytest.mark.slow
@pytest.mark.cloud
def test_the_demo_tells_its_whole_story_and_ends_well() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "layers/registrar/python")}
    told = subprocess.run(
        [sys.executable, "-m", "tools.demo.run"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "A certificate is registered." in told.stdout
    assert "✗" not in told.stdout + told.stderr
