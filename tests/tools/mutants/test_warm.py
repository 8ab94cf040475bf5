"""The warm process: functions are found where they are, and no mutant runs for ever."""

import ast
import importlib
import os
from collections.abc import Callable

import pytest

from tools.mutants.mutant import mutants_of, path_of
from tools.mutants.packages import PACKAGES
from tools.mutants.warm import BROKEN, _code, _function, in_child, run_anew

MODULES = sorted({name for package in PACKAGES.values() for name in package.names()})


@pytest.mark.parametrize("name", MODULES)
def test_each_function_with_mutants_can_be_replaced_where_it_is(name: str) -> None:
    module = importlib.import_module(name)
    whole = compile(ast.parse(path_of(name).read_text()), name, "exec")

    for function in sorted({each.function for each in mutants_of(name)} - {""}):
        found = _function(module, function)
        code = _code(whole, function)
        assert code.co_name == found.__code__.co_name
        assert code.co_freevars == found.__code__.co_freevars, function
        assert code.co_firstlineno == found.__code__.co_firstlineno


def test_child_returns_what_it_found() -> None:
    assert in_child(lambda: "tests/x.py::test", 10) == "tests/x.py::test"
    assert in_child(lambda: None, 10) is None


def _for_ever() -> None:
    while True:
        pass


@pytest.mark.parametrize("work", [_for_ever, lambda: os._exit(1)], ids=["runs for ever", "ends itself"])
def test_child_without_a_result_is_reported_as_such(work: Callable[[], object]) -> None:
    assert in_child(work, 0.05) == "time limit"


def test_fault_that_no_test_can_be_collected_with_is_noticed() -> None:
    """conftest.py imports this module: pytest ends before it reports a test."""
    faults = mutants_of("registrar.domain.possession.cms_signature")
    (fault,) = [each for each in faults if each.fault == "bytes | ContentDigest → bytes & ContentDigest"]
    tests = [
        f"{test_child_returns_what_it_found.__module__.replace('.', '/')}.py::test_child_returns_what_it_found"
    ]
    assert in_child(lambda: run_anew(fault, tests), 60) == BROKEN
