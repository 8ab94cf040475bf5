"""The README's facts: its table of routes, its tree of folders, and what `make help` prints."""

import re
import subprocess
from typing import Any

import pytest

from tests.support.shape import RESOURCES, ROUTES, TEMPLATE, verb
from tools.checks.routes import BEGIN, END, README, table
from tools.checks.sections import with_section
from tools.cloud.emulator import ROOT

TEXT = README.read_text(encoding="utf-8")
DOMAIN = ROOT / "layers/registrar/python/registrar/domain"


def test_readme_table_equals_the_template() -> None:
    assert with_section(TEXT, BEGIN, END, table(TEMPLATE)) == TEXT, "run `make docs`"


def test_every_route_is_in_the_row_of_its_function() -> None:
    rows = {line.split("|")[2].strip(" `"): line for line in table(TEMPLATE).splitlines()[2:]}

    for (method, path), function in ROUTES.items():
        assert f"`{method} {path}`" in rows[verb(function)]


def test_changed_route_changes_the_table() -> None:
    login = RESOURCES["LoginFunction"]
    event = login["Properties"]["Events"]["Post"]
    moved: dict[str, Any] = {**event, "Properties": {"Method": "PUT", "Path": "/elsewhere"}}
    changed = {**login, "Properties": {**login["Properties"], "Events": {"Post": moved}}}

    drawn = table({"Resources": {**RESOURCES, "LoginFunction": changed}})

    assert drawn != table(TEMPLATE)
    assert "| `PUT /elsewhere` | `login` |" in drawn


def test_text_outside_the_markers_is_kept() -> None:
    text = f"before\n{BEGIN}old\n{END}after\n"

    assert with_section(text, BEGIN, END, "new\n") == f"before\n{BEGIN}new\n{END}after\n"


def test_missing_marker_is_refused() -> None:
    with pytest.raises(ValueError, match="end of routes"):
        with_section(f"{BEGIN}no end\n", BEGIN, END, "new\n")


def test_tree_of_the_readme_names_every_folder_and_document() -> None:
    (tree,) = re.findall(r"## Where things are\n\n```\n(.*?)```", TEXT, re.DOTALL)
    folders = [
        path
        for parent in (ROOT / "tools", DOMAIN, DOMAIN.parent)
        for path in parent.iterdir()
        if path.is_dir() and path.name != "__pycache__"
    ]
    documents = [path for path in (ROOT / "docs").iterdir() if path.is_file()]

    missing = {path.name for path in (*folders, *documents) if path.name not in tree}
    named = set(re.findall(r"[a-z_]+\.(?:md|yaml)", tree)) - {"template.yaml", "operations.yaml"}
    assert not missing
    assert {name for name in named if not (ROOT / "docs" / name).is_file()} == set()


def test_make_help_prints_each_described_target_once() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    printed = subprocess.run(
        ["make", "--silent", "help"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()

    assert [line.split()[0] for line in printed] == re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE)
    assert not [line for line in printed if ".installed" in line or "  ." in line]
