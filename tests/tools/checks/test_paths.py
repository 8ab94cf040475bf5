"""README.md, CONTRIBUTING.md and docs/architecture.md name files and folders that exist."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.cloud.emulator import ROOT

PACKAGE = ROOT / "layers/registrar/python/registrar"
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "docs/architecture.md")
NOT_PATHS = {"functions/x", "registrar/", ".in"}
_QUOTED = re.compile(r"`([\w<>.*/-]+)`")
_LINKED = re.compile(r"\]\(([\w./-]+)\)")
_PATH = re.compile(r".*/.*|.*\.(py|md|yaml|json|in|toml)")


def missing(text: str, folder: Path) -> list[str]:
    """Paths in a document in `folder` that do not exist.

    A path starts at the root, at the package, or at the folder of the path before it, as `pfx.py` after
    `domain/files/formats.py`.
    """
    absent = [link for link in _LINKED.findall(text) if not (folder / link).exists()]
    before = ROOT
    for name in _quoted_paths(text):
        pattern = re.sub(r"<\w+>", "*", name.removeprefix("registrar/")).rstrip("/")
        found = next((path for base in (ROOT, PACKAGE, before) for path in base.glob(pattern)), None)
        if found is None:
            absent.append(name)
        else:
            before = found if found.is_dir() else found.parent
    return absent


def _quoted_paths(text: str) -> Iterator[str]:
    paths = (name for name in _QUOTED.findall(text) if _PATH.fullmatch(name) and name not in NOT_PATHS)
    yield from (path for path in paths if not path.startswith("build/"))  # `make build` makes them


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_in_the_document_exists(document: str) -> None:
    path = ROOT / document

    assert missing(path.read_text(encoding="utf-8"), path.parent) == []


def test_missing_paths_are_found() -> None:
    text = "[x](absent.md) `domain/absent.py` `tests/test_house.py` `absent.py` `registrar/domain/absent_<y>.py`"

    assert missing(text, ROOT) == [
        "absent.md",
        "domain/absent.py",
        "absent.py",
        "registrar/domain/absent_<y>.py",
    ]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_make_target_in_the_document_exists(document: str) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    named = re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / document).read_text(encoding="utf-8"), re.MULTILINE)

    assert [name for name in named if name not in targets] == []
    assert named
