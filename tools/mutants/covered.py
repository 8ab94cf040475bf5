"""Which tests run which lines of the mutated modules, found by one run of all tests of a package."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tools.cloud.emulator import ROOT
from tools.mutants.mutant import Mutant, path_of
from tools.mutants.warm import FirstFailure

Lines = Mapping[str, Mapping[str, Sequence[int]]]
"""For each module and line, the numbers of the tests that ran it."""


class Watch:
    """Notes the lines of some modules that run."""

    def __init__(self, modules: Sequence[str]) -> None:
        for packages in (ROOT / ".venv-mutants").glob("lib/python3.*/site-packages"):
            sys.path.append(str(packages))
        import coverage  # type: ignore[import-not-found]

        self.modules = modules
        self.coverage: Any = coverage.Coverage(data_file=None, include=[str(path_of(each)) for each in modules])

    def lines(self) -> dict[str, dict[str, list[str]]]:
        """For each module and line, what ran it: tests, or the files that imported it."""
        data = self.coverage.get_data()
        return {
            module: {
                str(line): sorted({each for each in contexts if each})
                for line, contexts in data.contexts_by_lineno(str(path_of(module))).items()
            }
            for module in self.modules
        }


def run_covered(items: Sequence[pytest.Item], modules: Sequence[str], failure: FirstFailure) -> dict[str, Any]:
    """Run tests without a fault: the first that fails, and for each its seconds and the lines that it ran."""
    watch = Watch(modules)
    tests: dict[str, dict[str, Any]] = {each.nodeid: {"seconds": 0.0, "lines": {}} for each in items}

    class Timed:
        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            tests[report.nodeid]["seconds"] += report.duration

    items[0].config.pluginmanager.register(Timed())
    watch.coverage.start()
    for item, following in zip(items, [*items[1:], None], strict=True):
        watch.coverage.switch_context(item.nodeid)
        item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
    watch.coverage.stop()
    for module, lines in watch.lines().items():
        for line, ran in lines.items():
            for test in ran:
                tests[test]["lines"].setdefault(module, []).append(line)
    return {"failed": failure.test, "tests": tests}


def by_line(tests: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, list[int]]]:
    """For each module and line, the numbers of the tests that ran it, from what each test ran."""
    found: dict[str, dict[str, list[int]]] = {}
    for number, test in enumerate(tests):
        for module, lines in test["lines"].items():
            for line in lines:
                found.setdefault(module, {}).setdefault(line, []).append(number)
    return found


def tests_for(mutant: Mutant, lines: Lines, seconds: Sequence[float]) -> list[int]:
    """The tests that run the mutant's lines, the fastest first; of a fault outside of functions, those that run
    anything of its module."""
    ran = lines.get(mutant.module, {})
    wanted = ran if not mutant.function else [str(line) for line in mutant.lines]
    return sorted({each for line in wanted for each in ran.get(line, ())}, key=lambda test: seconds[test])
