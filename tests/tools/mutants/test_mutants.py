"""Mutants: which faults are put into which code, and what is reported of them."""

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tools.mutants import report
from tools.mutants.equivalents import equivalents
from tools.mutants.mutant import Mutant, mutants_of
from tools.mutants.operators import replacements
from tools.mutants.packages import PACKAGES
from tools.mutants.report import BEGIN, END, HEAD, counted, row, with_row
from tools.mutants.run import Found

STATES = {"State": ("OPEN", "DONE")}
AT = datetime(2026, 11, 30, tzinfo=UTC)


def faults(text: str) -> set[str]:
    """What replaces the first statement of a text, or something in it."""
    tree = ast.parse(text)
    found = [
        replacement
        for parent in ast.walk(tree)
        for node in ast.iter_child_nodes(parent)
        for replacement in replacements(node, parent, STATES)
    ]
    return {"nothing" if isinstance(each, ast.Pass) else ast.unparse(each) for each in found}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a < b", {"a <= b"}),
        ("a >= b", {"a > b"}),
        ("a is not b", {"a is b"}),
        ("a in b", {"a not in b"}),
        ("a and b", {"a or b", "a", "b"}),
        ("not a", {"a"}),
        ("a if b else c", {"a", "c"}),
        ("x = 5", {"6", "4"}),
        ("x = True", {"False"}),
        ("min(a, b)", {"max(a, b)", "nothing"}),
        ("x = [a for a in b if a]", {" for a in b"}),
        ("x = State.DONE", {"State.OPEN"}),
        ("a in (b, c)", {"a not in (b, c)", "(b,)", "(c,)"}),
        ("BOTH = (a, b)", {"(a,)", "(b,)"}),
        ("pair = (a, b)", set()),
        ("x = [a for a, b in c]", set()),
        ("text = 'a' + b", set()),
        ("end = at + life", {"at - life"}),
        ("check(a)", {"nothing"}),
        ("raise a", {"nothing"}),
    ],
)
def test_each_kind_of_code_has_its_faults(text: str, expected: set[str]) -> None:
    assert faults(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("return a", {"return None"}),
        ("return a == b", {"return True", "return False", "a != b"}),
        ("return None", set()),
        ("if a:\n        return b", {"nothing", "return None"}),
    ],
)
def test_results_and_guards_have_faults(text: str, expected: set[str]) -> None:
    assert faults(f"def f():\n    {text}") == expected


def mutant(fault: str) -> Mutant:
    (found,) = [each for each in mutants_of("registrar.domain.access.throttles") if each.fault == fault]
    return found


def test_mutant_changes_one_thing_and_leaves_the_tree_as_it_was() -> None:
    found = mutant("attempts < FREE_TRIES → attempts <= FREE_TRIES")
    before = ast.unparse(found.tree)

    assert (found.function, found.where) == ("wait_after", "wait_after")
    original = compile(found.tree, "throttles", "exec")
    assert found.compiled().co_consts != original.co_consts
    assert ast.unparse(found.tree) == before


def test_fault_in_a_constant_is_named_after_it() -> None:
    assert mutant("2000 → 2001").name == "registrar.domain.access.throttles:ADDRESS_LIMIT: 2000 → 2001"


def test_each_mutant_has_a_name_of_its_own() -> None:
    names = [
        each.name for package in PACKAGES.values() for module in package.names() for each in mutants_of(module)
    ]

    assert len(names) == len(set(names))
    assert len(names) > 1000


def test_each_equivalent_names_a_mutant_that_exists() -> None:
    names = {
        each.name for package in PACKAGES.values() for module in package.names() for each in mutants_of(module)
    }

    assert set(equivalents()) - names == set()
    assert all(reason.endswith(".") for reason in equivalents().values())


def test_survivors_are_counted_apart_from_equivalents() -> None:
    found = Found(9, {"a": "tests/x.py::test", "b": None, "c": None, "d": "time limit"})

    count = counted(found, {"b": "Nothing differs.", "d": "Nothing differs."})
    assert (count.survived, count.killed_equivalents) == (("c",), ("d",))
    assert row("codes", count, AT) == "| codes | 9 | 4 | 2 | 1 | 1 | 66.7% | 2026-11-30 |\n"


def test_saved_line_replaces_that_of_its_package_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "reliability.md"
    path.write_text(f"before\n{BEGIN}{HEAD}| codes | 1 |\n| path | 2 |\n{END}after\n")
    monkeypatch.setattr(report, "DOCUMENT", path)
    count = counted(Found(1, {"a": None}), {})

    report.save("codes", count, AT)
    report.save("new", count, AT)
    expected = "".join(row(name, count, AT) for name in ("codes",)) + "| path | 2 |\n" + row("new", count, AT)
    assert path.read_text() == f"before\n{BEGIN}{HEAD}{expected}{END}after\n"


def test_document_without_the_section_is_reported() -> None:
    with pytest.raises(ValueError, match="mutants:begin"):
        with_row("no section", "codes", "| codes |\n")
