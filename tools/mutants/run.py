"""Runs the mutants of a package, each with the tests that cover it, and keeps what was found in build/mutants.

A mutant that was killed is not run again while its module and the file of the test that killed it are as they were;
one that survived, while its module and all files of tests that cover it are.
"""

import hashlib
import json
import os
import random
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

import pytest

from tools.cloud.emulator import ROOT
from tools.mutants.covered import Lines, Watch, run_covered, tests_for
from tools.mutants.mutant import Mutant, mutants_of, path_of
from tools.mutants.packages import CONSTANTS, Package
from tools.mutants.warm import OPTIONS, UNPLACED, FirstFailure, in_child, run_anew, run_swapped

KEPT = ROOT / "build/mutants"
MOST = 300
"""Of a package with more mutants, a sample of so many is run."""
SLOWEST = 30.0
"""Seconds that the tests of a mutant may take beyond three times what they take without a fault."""


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
        self.watch = Watch(spec.names())
        self.imported: Mapping[str, Mapping[str, object]] = {}
        self.watch.coverage.start()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Called once, with what was collected."""
        self.watch.coverage.stop()
        self.imported = self.watch.lines()
        session.config.pluginmanager.register(self.failure)
        _settle_hypothesis()
        items = session.items
        lines, seconds = self._covered(items)
        mutants = [mutant for module in self.spec.names() for mutant in mutants_of(module)]
        self.found.all = len(mutants)
        if len(mutants) > MOST:
            mutants = random.Random(self.package).sample(mutants, MOST)  # noqa: S311 - the same each time
        mutants.sort(key=lambda mutant: not mutant.function)  # those in functions are faster
        before = _read(KEPT / f"{self.package}.json")
        after: dict[str, Any] = {}
        for number, mutant in enumerate(mutants, 1):
            chosen = tests_for(mutant, lines, seconds)
            limit = SLOWEST + 3 * sum(seconds[each] for each in chosen)
            tests = [items[each] for each in chosen]
            if not mutant.function:
                tests += [each for each in items if each.nodeid.startswith(CONSTANTS) and each not in tests]
            kept = before.get(mutant.name)
            if kept is None or kept["digest"] != _digest(mutant, _needed(kept["killer"], tests)):
                killer = self._killer(mutant, tests, limit)
                kept = {"killer": killer, "digest": _digest(mutant, _needed(killer, tests))}
                self.show(f"{number}/{len(mutants)} {'killed' if killer else 'SURVIVED'} {mutant.name}")
            after[mutant.name] = kept
            self.found.killers[mutant.name] = kept["killer"]
            if number % 20 == 0:
                _write(KEPT / f"{self.package}.json", {**before, **after})
        _write(KEPT / f"{self.package}.json", after)
        return True

    def _covered(self, items: Sequence[pytest.Item]) -> tuple[Lines, Sequence[float]]:
        path = KEPT / f"{self.package}.lines.json"
        sources = [path_of(each) for each in self.spec.names()]
        files = sorted({item.path for item in items})
        digest = _digest_of([*(each.read_bytes() for each in [*sources, *files]), _support()])
        covered = _read(path)
        if covered.get("digest") != digest:
            self.show(f"{len(items)} tests run once, to find which lines each runs …")
            covered = in_child(partial(run_covered, items, self.spec.names(), self.failure), 3600)
            fails = covered["failed"] or in_child(partial(run_anew, None, [each.nodeid for each in items]), 3600)
            if fails:
                sys.exit(f"without any fault, this fails: {fails}")
            _write(path, covered := {**covered, "digest": digest})
        return covered["lines"], covered["seconds"]

    def _killer(self, mutant: Mutant, tests: Sequence[pytest.Item], limit: float) -> str | None:
        """What a swapped function does not show is confirmed by an import where the function ran in one."""
        if not tests:
            return None
        if mutant.function:
            killer = in_child(partial(run_swapped, mutant, tests, self.failure), limit)
            ran = self.imported[mutant.module]
            if killer != UNPLACED and (killer or not any(str(line) in ran for line in mutant.lines)):
                return killer and str(killer)
        # Tests named after the module kill most, and importing fewer files is faster; the contract takes longest.
        groups: dict[int, list[str]] = {}
        own = f"/test_{mutant.module.rpartition('.')[2]}"
        for each in tests:
            place = 2 if each.nodeid.startswith(CONSTANTS) else int(own not in each.nodeid)
            groups.setdefault(place, []).append(each.nodeid)
        for _, names in sorted(groups.items()):
            killer = in_child(partial(run_anew, mutant, names), limit + SLOWEST)
            if killer is not None:
                return str(killer)
        return None


def run(package: str, spec: Package) -> Found:
    """The mutants of one package. What pytest prints goes to build/mutants/pytest.log."""
    KEPT.mkdir(parents=True, exist_ok=True)
    printed = os.fdopen(os.dup(1), "w", buffering=1)
    log = os.open(KEPT / "pytest.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    sys.stdout.flush()
    os.dup2(log, 1)
    loop = Loop(package, spec, lambda line: print(line, file=printed))
    pytest.main([*OPTIONS, *spec.tests, *CONSTANTS], plugins=[loop])
    os.dup2(printed.fileno(), 1)
    return loop.found


def _settle_hypothesis() -> None:
    """The same examples each time, and none kept that a fault made fail."""
    import hypothesis

    hypothesis.settings.register_profile("mutants", derandomize=True, database=None)
    hypothesis.settings.load_profile("mutants")


def _needed(killer: str | None, tests: Sequence[pytest.Item]) -> set[str]:
    """The files of tests on which an outcome depends."""
    names = [killer] if killer and "::" in killer else [each.nodeid for each in tests]
    return {name.partition("::")[0] for name in names}


def _digest(mutant: Mutant, files: Iterable[str]) -> str:
    return _digest_of([_source(mutant.module), *(_test(name) for name in sorted(files))])


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
