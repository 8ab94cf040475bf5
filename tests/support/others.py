"""Files that others made, kept beside the project: CA certificates, a published test certificate, NIST's PKITS.

They show that the outside world looks as our own test files do. A test that needs one of them skips without it, all
with the same line in the report.
"""

from pathlib import Path

import pytest

from tools.cloud.emulator import ROOT

OTHERS = ROOT.parent / "shared"


def made_by_others(name: str) -> Path:
    """Find a file or folder; the test skips where they are not at hand."""
    path = OTHERS / name
    if not path.exists():
        pytest.skip("NOT TESTED: files made by others (CA certificates, PKITS) are not beside the project")
    return path


def a_vector(name: str) -> bytes:
    """A certificate or key, such as `ca/KISA-RootCA-4.der`."""
    return made_by_others(f"vectors/{name}").read_bytes()
