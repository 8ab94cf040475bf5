"""Which test uses which grant of the template's roles: tests/fixtures/used_grants.json.

    python -m tests.support.used_grants     # after a change of a role, or of a test that the file names

Each test of the functions that the file names fails if its calls do not need the grants that stand there
(tests/functions/conftest.py), and tests/template/test_used_grants.py fails for a grant that stands nowhere.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.support.iam import Grant, every_grant

FILE = Path(__file__).parents[1] / "fixtures/used_grants.json"
_TO = "USED_GRANTS_TO"
"""Names a file to which each test of a run adds a line: several processes run them."""

_used: set[Grant] = set()
_pauses: list[None] = []


def note(grants: Iterable[Grant]) -> None:
    """Note that a call of a function needed these."""
    if not _pauses:
        _used.update(grants)


@contextmanager
def unnoted() -> Iterator[None]:
    """Within, calls are no test's own."""
    _pauses.append(None)
    try:
        yield
    finally:
        _pauses.pop()


def taken() -> frozenset[Grant]:
    """What was noted since this was asked for last."""
    found = frozenset(_used)
    _used.clear()
    return found


def finished(test: str) -> frozenset[Grant]:
    """What a test used, for which it calls this at its end."""
    found = taken()
    if found and _TO in os.environ:
        with Path(os.environ[_TO]).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps([test, sorted(map(str, found))]) + "\n")
    return found


@cache
def claimed() -> Mapping[str, frozenset[Grant]]:
    """The grants that each named test uses."""
    content: dict[str, list[str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return {test: frozenset(_grant(each) for each in grants) for test, grants in content.items()}


def fewest(by_test: Mapping[str, frozenset[Grant]]) -> dict[str, list[str]]:
    """Few tests that use every grant that any test uses, each grant at the first of them."""
    left = set().union(*by_test.values()) & every_grant()
    found: dict[str, list[str]] = {}
    while left:
        test = max(sorted(by_test), key=lambda each: len(by_test[each] & left))
        found[test] = sorted(map(str, by_test[test] & left))
        left -= by_test[test]
    return dict(sorted(found.items()))


def _grant(text: str) -> Grant:
    return Grant(*text.split(" "))


def main() -> None:
    """Run the tests of the functions, and write which of them use which grants."""
    former = FILE.read_text(encoding="utf-8")
    FILE.write_text("{}\n", encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder, "lines")
        command = [sys.executable, "-m", "pytest", "-q", "-n", "4", "tests/functions"]
        done = subprocess.run(command, env={**os.environ, _TO: str(lines)}, check=False)  # noqa: S603 - our own
        if done.returncode:
            FILE.write_text(former, encoding="utf-8")
            sys.exit("a test failed: nothing is written")
        used = map(json.loads, lines.read_text(encoding="utf-8").splitlines())
        by_test = {test: frozenset(map(_grant, grants)) for test, grants in used}
    FILE.write_text(json.dumps(fewest(by_test), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
