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

    def lines(self) -> dict[str, dict[str, list[int]]]:
        """For each module and line, the numbers of the tests that ran it."""
        data = self.coverage.get_data()
        return {
            module: {
                str(line): sorted({int(each) for each in contexts if each})
                for line, contexts in data.contexts_by_lineno(str(path_of(module))).items()
            }
            for module in self.modules
        }


def run_covered(items: Sequence[pytest.Item], modules: Sequence[str], failure: FirstFailure) -> dict[str, Any]:
    """Run all tests without a fault: the first that fails, the lines that each ran, the seconds of each."""
    watch = Watch(modules)
    seconds: dict[str, float] = {}

    class Timed:
        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            seconds[report.nodeid] = seconds.get(report.nodeid, 0.0) + report.duration

    for item in items[:1]:
        item.config.pluginmanager.register(Timed())
    watch.coverage.start()
    for number, (item, following) in enumerate(zip(items, [*items[1:], None], strict=True)):
        watch.coverage.switch_context(str(number))
        item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
    watch.coverage.stop()
    times = [seconds.get(each.nodeid, 0.0) for each in items]
    return {"failed": failure.test, "lines": watch.lines(), "seconds": times}


def tests_for(mutant: Mutant, lines: Lines, seconds: Sequence[float]) -> list[int]:
    """The tests that run the mutant's lines, the fastest first; of a fault outside of functions, those that run
    anything of its module."""
    ran = lines.get(mutant.module, {})
    wanted = ran if not mutant.function else [str(line) for line in mutant.lines]
    return sorted({test for line in wanted for test in ran.get(line, ())}, key=lambda test: seconds[test])
