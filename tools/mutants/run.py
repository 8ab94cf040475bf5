"""Runs the mutants of a package, each with the tests that cover it, and keeps what was found in build/mutants.

A mutant that was killed is not run again while its module and the file of the test that killed it are as they were;
one that survived, while its module and all files of tests that cover it are.
"""

import hashlib
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import accumulate
from typing import Any

import pytest

from tools.cloud.emulator import ROOT
from tools.mutants.covered import Lines, Watch, by_line, run_covered, tests_for
from tools.mutants.mutant import Mutant, mutants_of, path_of
from tools.mutants.packages import CONSTANTS, PACKAGES, Package
from tools.mutants.warm import OPTIONS, UNPLACED, FirstFailure, in_child, run_anew, run_swapped

KEPT = ROOT / "build/mutants"
MOST = 300
"""Of a package with more mutants, a sample of so many is run."""
SLOWEST = 30.0
"""Seconds of processor time that a mutant's tests may take beyond three times what they take without a fault."""
CONFIRMING = 10.0
"""Seconds for which tests run after an import, where the running process showed nothing."""
HOUR = 3600.0


@dataclass(slots=True)
class Found:
    """What became of the mutants of one package: the test that killed each, None for each that survived."""

    all: int
    killers: dict[str, str | None] = field(default_factory=dict)


class Loop:
    """A plugin that runs mutants instead of tests, once pytest has collected these."""

    def __init__(self, package: str, spec: Package, show: Callable[[str], None]) -> None:
        self.package = package
        self.spec = spec
        self.show = show
        self.failure = FirstFailure()
        self.found = Found(0)
        alike = [each for each in PACKAGES.values() if each.tests == spec.tests]
        self.modules = sorted({name for each in alike for name in each.names()})
        self.watch = Watch(self.modules)
        self.imported: Mapping[str, Mapping[str, Sequence[str]]] = {}
        self.items: Sequence[pytest.Item] = []
        self.lines: Lines = {}
        self.seconds: Sequence[float] = []
        self.kills: Counter[str] = Counter()
        self.watch.coverage.start()

    def pytest_collectstart(self, collector: pytest.Collector) -> None:
        """What runs while a file is imported is that file's."""
        if isinstance(collector, pytest.Module):
            self.watch.coverage.switch_context(collector.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Called once, with what was collected."""
        self.watch.coverage.stop()
        self.imported = self.watch.lines()
        session.config.pluginmanager.register(self.failure)
        self.items = session.items
        self.lines, self.seconds = self._covered()
        self._check_imports()
        mutants = [mutant for module in self.spec.names() for mutant in mutants_of(module)]
        self.found.all = len(mutants)
        # By chance, and the same each time: whatever was run when it is stopped is a sample.
        random.Random(self.package).shuffle(mutants)  # noqa: S311
        path = KEPT / f"{self.package}.json"
        before = _read(path)
        after: dict[str, Any] = {}
        with suppress(KeyboardInterrupt):
            for number, mutant in enumerate(mutants[:MOST], 1):
                running = self._running(mutant)
                anew = self._anew(mutant, running)
                kept = before.get(mutant.name)
                if kept is None or kept["digest"] != self._digest(mutant, kept["killer"], anew):
                    killer = self._killer(mutant, running, anew)
                    kept = {"killer": killer, "digest": self._digest(mutant, killer, anew)}
                    self.show(f"{number} {'killed' if killer else 'SURVIVED'} {mutant.name}")
                after[mutant.name] = kept
                self.found.killers[mutant.name] = kept["killer"]
        _write(path, {**before, **after})
        return True

    def _covered(self) -> tuple[Lines, Sequence[float]]:
        """What each test runs, and its seconds; found anew for files of tests that changed."""
        path = KEPT / f"lines-{_digest_of(each.encode() for each in self.spec.tests)}.json"
        kept = _read(path)
        sources = _digest_of([*(_source(each) for each in self.modules), _support()]).encode()
        digests = {name: _digest_of([sources, _test(name)]) for name in dict.fromkeys(map(_file, self.items))}
        changed = {name for name, digest in digests.items() if kept.get(name, {}).get("digest") != digest}
        if changed:
            tests = [each for each in self.items if _file(each) in changed]
            self.show(f"{len(tests)} tests run once, to find which lines each runs …")
            covered = in_child(partial(run_covered, tests, self.modules, self.failure), HOUR)
            if covered["failed"]:
                sys.exit(f"without any fault, this fails: {covered['failed']}")
            for name in changed:
                found = {test: each for test, each in covered["tests"].items() if test.partition("::")[0] == name}
                kept[name] = {"digest": digests[name], "tests": found}
            _write(path, kept)
        ran = [kept[_file(each)]["tests"][each.nodeid] for each in self.items]
        return by_line(ran), [each["seconds"] for each in ran]

    def _check_imports(self) -> None:
        """Tests pass without a fault after an import too: the fastest of them stand for all."""
        names = [self.items[each].nodeid for each in self._fastest(range(len(self.items)))]
        if fails := in_child(partial(run_anew, None, names), HOUR):
            sys.exit(f"without any fault, this fails after an import: {fails}")

    def _running(self, mutant: Mutant) -> list[int]:
        """The tests that run the fault in a function."""
        return tests_for(mutant, self.lines, self.seconds) if mutant.function else []

    def _anew(self, mutant: Mutant, running: Sequence[int]) -> list[int]:
        """The tests to run after an import: for a function, where it ran in one; else all that use the module."""
        ran = self.imported[mutant.module]
        importers = {each for line in mutant.lines for each in ran.get(str(line), ())}
        if mutant.function:
            more = [number for number, each in enumerate(self.items) if _file(each) in importers]
            return self._fastest({*running, *more}) if more else []
        found = tests_for(mutant, self.lines, self.seconds)
        more = [number for number, each in enumerate(self.items) if _reads_constants(each, mutant.module)]
        return list(dict.fromkeys([*found, *more]))

    def _fastest(self, tests: Iterable[int]) -> list[int]:
        """As many as take CONFIRMING in all."""
        ordered = sorted(tests, key=lambda test: self.seconds[test])
        sums = accumulate(self.seconds[each] for each in ordered)
        return [each for each, total in zip(ordered, sums, strict=True) if total <= CONFIRMING]

    def _killer(self, mutant: Mutant, running: Sequence[int], anew: Sequence[int]) -> str | None:
        if mutant.function:
            tests = [self.items[each] for each in running]
            tests.sort(key=lambda test: -self.kills[test.nodeid])  # the rest stays in order: the fastest first
            killer = in_child(partial(run_swapped, mutant, tests, self.failure), self._limit(running))
            self.kills[str(killer)] += 1
            if killer == UNPLACED:
                anew = running
            elif killer or not anew:
                return killer and str(killer)
        # Tests named after the module kill most, and importing fewer files is faster; the contract takes longest.
        groups: dict[int, list[int]] = {}
        own = f"/test_{mutant.module.rpartition('.')[2]}"
        for each in anew:
            name = _file(self.items[each])
            groups.setdefault(2 if name in CONSTANTS else int(own not in name), []).append(each)
        for _, chosen in sorted(groups.items()):
            names = [self.items[each].nodeid for each in chosen]
            killer = in_child(partial(run_anew, mutant, names), self._limit(chosen))
            if killer is not None:
                return str(killer)
        return None

    def _digest(self, mutant: Mutant, killer: str | None, tests: Sequence[int]) -> str:
        """Of the module and the files of tests on which an outcome depends."""
        run = {*self._running(mutant), *tests}
        named = [killer.partition("::")[0]] if killer and "::" in killer else [_file(self.items[n]) for n in run]
        return _digest_of([_source(mutant.module), *(_test(name) for name in sorted(set(named)))])

    def _limit(self, tests: Sequence[int]) -> float:
        return SLOWEST + 3 * sum(self.seconds[each] for each in tests)


def run(package: str, spec: Package) -> Found:
    """The mutants of one package. What pytest prints goes to build/mutants/pytest.log."""
    KEPT.mkdir(parents=True, exist_ok=True)
    _settle_hypothesis()
    printed = os.fdopen(os.dup(1), "w", buffering=1)
    log = os.open(KEPT / "pytest.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    sys.stdout.flush()
    os.dup2(log, 1)
    loop = Loop(package, spec, lambda line: print(line, file=printed))
    pytest.main([*OPTIONS, *spec.tests, *CONSTANTS], plugins=[loop])
    os.dup2(printed.fileno(), 1)
    return loop.found


def _file(test: pytest.Item) -> str:
    return test.nodeid.partition("::")[0]


def _reads_constants(test: pytest.Item, module: str) -> bool:
    """Whether its file names the module, or compares constants of all."""
    name = _file(test)
    return name in CONSTANTS or module.encode() in _test(name)


def _settle_hypothesis() -> None:
    """The same examples each time, and none kept that a fault made fail, nor looked for in a shorter form."""
    import hypothesis

    phases = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
    hypothesis.settings.register_profile("mutants", derandomize=True, database=None, phases=phases)
    hypothesis.settings.load_profile("mutants")


@cache
def _source(module: str) -> bytes:
    return path_of(module).read_bytes()


@cache
def _test(name: str) -> bytes:
    path = ROOT / name
    return path.read_bytes() if path.is_file() else b""


def _support() -> bytes:
    return b"".join(path.read_bytes() for path in sorted((ROOT / "tests/support").glob("**/*.py")))


def _digest_of(parts: Iterable[bytes]) -> str:
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:16]


def _read(path: Any) -> dict[str, Any]:
    return json.loads(path.read_text()) if path.exists() else {}


def _write(path: Any, value: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False))
