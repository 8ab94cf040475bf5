"""A pytest process that has collected the tests once and runs them again and again, each time in a child.

A fault in a function is put into the running process, by the function's code: whoever imported the function has it.
That takes milliseconds. A fault elsewhere (constants, fields, members) is imported anew, with the tests that need
it: tests compute their own values of constants when they are imported.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from types import CodeType, FunctionType
from typing import Any

import pytest

from tools.mutants.mutant import Mutant, path_of

_ANEW = ("registrar", "tests", "functions", "tools.pki", "tools.cloud", "tools.admin", "conftest")

UNPLACED = "not in this process"
BROKEN = "no test can be collected"


class FirstFailure:
    """A plugin that notes the first test that failed."""

    def __init__(self) -> None:
        self.test: str | None = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test that errs in its set-up has noticed the fault too."""
        if report.failed and self.test is None:
            self.test = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Nor can it be collected where the fault breaks an import."""
        if report.failed and self.test is None:
            self.test = report.nodeid


def in_child(work: Callable[[], object], limit: float) -> Any:
    """What `work` returns in a child process, as JSON.

    "time limit" where it takes more than `limit` seconds of processor time, or ends itself.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            os.setpgid(0, 0)
            signal.signal(signal.SIGPROF, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_PROF, limit)
            with os.fdopen(writing, "w") as pipe:
                json.dump(work(), pipe)
        finally:
            os._exit(0)
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            text = pipe.read()
    except KeyboardInterrupt:
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        os.waitpid(child, 0)
    return json.loads(text) if text else "time limit"


def run_items(items: Sequence[pytest.Item], failure: FirstFailure) -> str | None:
    """Run tests in this process until one fails, and return its name."""
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
        if failure.test:
            return failure.test
    return None


def run_swapped(mutant: Mutant, items: Sequence[pytest.Item], failure: FirstFailure) -> str | None:
    """Run tests with the mutant's function in place of the original; UNPLACED where it cannot be replaced."""
    try:
        function = _function(import_module(mutant.module), mutant.function)  # some are imported on first use
        code = _code(mutant.compiled(), mutant.function)
    except LookupError:
        return UNPLACED
    if code.co_freevars != function.__code__.co_freevars:
        return UNPLACED
    function.__code__ = code
    return run_items(items, failure)


def run_anew(mutant: Mutant | None, tests: Iterable[str]) -> str | None:
    """Import product and tests anew, with the mutant, or without any fault, and run the tests in this order.

    Those of one function run together: the names of their parameters may change with the fault.
    """
    wanted: dict[str, int] = {}
    for name in tests:
        wanted.setdefault(_function_of(name), len(wanted))
    for name in [each for each in sys.modules if each.split(".")[0] in _ANEW or each.startswith(_ANEW)]:
        del sys.modules[name]
    if mutant:
        sys.meta_path.insert(0, _Finder(mutant))
    failure = FirstFailure()
    files = sorted({name.partition("::")[0] for name in wanted})
    status = pytest.main([*OPTIONS, "-x", *files], plugins=[failure, _Chosen(wanted)])
    # Where conftest.py cannot be imported, pytest ends without a report.
    broken = status in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERNAL_ERROR)
    return failure.test or (BROKEN if broken else None)


# A failure is noticed, not explained: explaining takes longer than most tests.
OPTIONS = ["-q", "-s", "--assert=plain", "--tb=native", "-p", "no:cacheprovider"]


def _function_of(test: str) -> str:
    return test.partition("[")[0]


class _Chosen:
    """A plugin that runs only some tests, in a given order."""

    def __init__(self, wanted: Mapping[str, int]) -> None:
        self.wanted = wanted

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out the others."""
        chosen = [each for each in items if _function_of(each.nodeid) in self.wanted]
        items[:] = sorted(chosen, key=lambda each: self.wanted[_function_of(each.nodeid)])


class _Finder:
    """Finds the mutated module before Python finds the original."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """None for every other module."""
        if name != self.mutant.module:
            return None
        path = str(path_of(name))
        return spec_from_file_location(name, path, loader=_Loader(name, path, self.mutant.compiled()))


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self._mutated = code

    def get_code(self, _: str) -> CodeType:
        return self._mutated


def _function(module: Any, name: str) -> FunctionType:
    found: Any = module
    for part in name.split("."):
        found = vars(found)[part]
    for holder in ("fget", "func", "__func__", "__wrapped__"):
        found = getattr(found, holder, found)
    if not isinstance(found, FunctionType):
        raise LookupError(name)
    return found


def _code(module: CodeType, name: str) -> CodeType:
    found = module
    for part in name.split("."):
        found = next(each for each in found.co_consts if isinstance(each, CodeType) and each.co_name == part)
    return found
