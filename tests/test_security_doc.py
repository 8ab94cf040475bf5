"""docs/security.md: no requirement of level 1 or 2 is missing, and every test it names exists."""

import re
from pathlib import Path

import pytest

from tests.support.shape import FUNCTIONS, as_list, references, statements

ROOT = Path(__file__).parent.parent
DOCUMENT = (ROOT / "docs/security.md").read_text()
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| ([123]) \| (.*) \| (.*) \| (.*) \|$", DOCUMENT, re.MULTILINE)
# ASVS 5.0.0: section to the numbers of its requirements at level 1, and at level 2.
LEVELS: dict[str, tuple[str, str]] = {
    "6.1": ("1", "2 3"),
    "6.2": ("1 2 3 4 5 6 7 8", "9 10 11 12"),
    "6.3": ("1 2", "3 4"),
    "6.4": ("1 2", "3 4"),
    "6.5": ("", "1 2 3 4 5"),
    "6.6": ("", "1 2 3"),
    "6.8": ("", "1 2 3 4"),
    "7.1": ("", "1 2 3"),
    "7.2": ("1 2 3 4", ""),
    "7.3": ("", "1 2"),
    "7.4": ("1 2", "3 4 5"),
    "7.5": ("", "1 2"),
    "7.6": ("", "1 2"),
    "8.1": ("1", "2"),
    "8.2": ("1 2", "3"),
    "8.3": ("1", ""),
    "8.4": ("", "1"),
}
REQUIRED = {
    f"{section}.{number}": str(level)
    for section, levels in LEVELS.items()
    for level, numbers in enumerate(levels, start=1)
    for number in numbers.split()
}
TESTS = {
    name
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
}


STOLEN = re.findall(r"^\| ((?:`[A-Z]\w+` ?)+) \| (–|(?:`\w+Table` ?)+) \| (.+) \| (.+) \|$", DOCUMENT, re.MULTILINE)
WRITES = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}


def test_what_a_stolen_role_could_do_is_stated_for_every_role_once() -> None:
    named = [name for roles, *_ in STOLEN for name in re.findall(r"`(\w+)`", roles)]

    roles = sorted(name.removesuffix("Function") for name in FUNCTIONS)
    assert sorted(named) == roles, 'docs/security.md, "What a stolen role could do"'


@pytest.mark.parametrize(("roles", "tables"), [row[:2] for row in STOLEN], ids=lambda cell: cell)
def test_the_tables_that_a_stolen_role_could_write_are_stated(roles: str, tables: str) -> None:
    for name in re.findall(r"`(\w+)`", roles):
        writing = [s for s in statements(f"{name}Function") if WRITES & set(as_list(s["Action"]))]
        written = {r for s in writing for r in references(s["Resource"]) if r.endswith("Table")}
        assert written == set(re.findall(r"`(\w+)`", tables)), name


def test_every_requirement_of_level_1_and_2_has_its_row_and_only_once() -> None:
    numbers = [number for number, *_ in ROWS]

    assert len(numbers) == len(set(numbers))
    assert {number: level for number, level, *_ in ROWS if level != "3"} == REQUIRED


@pytest.mark.parametrize(("number", "how", "shown"), [(row[0], row[3], row[4]) for row in ROWS])
def test_a_row_names_existing_tests_or_the_responsible_party(number: str, how: str, shown: str) -> None:
    named = re.findall(r"`(\w+)`", shown)

    assert named or how.startswith(("Bank: ", "Not applicable: ")), number
    assert not [name for name in named if name not in TESTS]
