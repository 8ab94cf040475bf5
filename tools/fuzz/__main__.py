"""`make fuzz`: hostile input for every reader; `--save` writes what was measured to docs/reliability.md."""

import argparse
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.cloud.emulator import ROOT
from tools.fuzz import uploads
from tools.fuzz.report import HEAD, row, save
from tools.fuzz.targets import FOUND, TARGETS

PYTHON = ROOT / ".venv-fuzz/bin/python"
ORDER = [uploads.NAME, *TARGETS]
REPORTS = ROOT / "build/fuzz"
_LAYER = ROOT / "layers/registrar/python"


def main() -> None:
    """Fuzz the readers whose names contain `what`, or all; one after another.

    Exits with 1 where a reader raised another error than its own, took more than a second or 64 MB, or ended its
    process: the input is kept in build/fuzz.
    """
    parser = argparse.ArgumentParser(description="Fuzz the readers of hostile input.")
    parser.add_argument("what", nargs="*", help="part of a reader's name; all readers by default")
    parser.add_argument("--runs", type=int, default=20_000, help="calls of each reader")
    parser.add_argument("--save", action="store_true", help="write the rows to docs/reliability.md")
    options = parser.parse_args()
    wanted = " ".join(options.what).lower()
    names = [name for name in ORDER if wanted in name.lower()]
    if not names:
        parser.error(f"no reader is named {wanted}; there are: {', '.join(ORDER)}")
    REPORTS.mkdir(parents=True, exist_ok=True)
    print(HEAD, flush=True)
    failed = []
    for name in names:
        measured = _fuzzed(name, options.runs)
        if measured is None:
            failed.append(f"{name}: its process ended; libFuzzer's report is above, the input in {REPORTS}")
            continue
        written = row(name, measured, FOUND.get(name, 0), datetime.now(UTC).date())
        print(written, flush=True)
        failures = measured["failures"]
        failed += [f"{name}: {what} ({path})" for what, path in failures.items()]
        if options.save and not failures:
            save({name: written}, ORDER)
    if failed:
        sys.exit("failed:\n  " + "\n  ".join(failed))


def _fuzzed(name: str, runs: int) -> dict[str, Any] | None:
    """What a worker measured; None where its process ended before."""
    report = REPORTS / f"{''.join(each if each.isalnum() else '-' for each in name)}.json"
    report.unlink(missing_ok=True)
    program = [str(PYTHON), "-m", "tools.fuzz.worker", name]
    if name == uploads.NAME:
        program = [sys.executable, "-m", "tools.fuzz.uploads"]
    done = subprocess.run(
        [*program, str(runs), str(report)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{_LAYER}"},
        capture_output=True,
        text=True,
        check=False,
    )
    if not report.exists():
        print(done.stdout[-2000:], done.stderr[-4000:], sep="\n", file=sys.stderr)
        return None
    measured: dict[str, Any] = json.loads(Path(report).read_text(encoding="utf-8"))
    return measured


if __name__ == "__main__":
    main()
