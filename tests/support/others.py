"""Files that others made, kept beside the project: CA certificates, a published customer's files, NIST's PKITS.

They show that the outside world looks as our own test files do. A test that needs one of them skips without it, all
with the same line in the report. What our own files can show too is tested with those always, and with the
published customer's files where they are at hand: customer_folders.py.
"""

from pathlib import Path

import pytest

from tools.cloud.emulator import ROOT

OTHERS = ROOT.parent / "shared"
MISSING = (
    "NOT TESTED against files made by others (CA certificates, a published customer's files, NIST's PKITS): "
    "they are not beside the project"
)


def made_by_others(name: str) -> Path:
    """Find a file or folder; the test skips where they are not at hand."""
    path = OTHERS / name
    if not path.exists():
        pytest.skip(MISSING)
    return path


def a_vector(name: str) -> bytes:
    """A certificate or key, such as `ca/KISA-RootCA-4.der`."""
    return made_by_others(f"vectors/{name}").read_bytes()
