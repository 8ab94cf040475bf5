"""`make bench`: every figure of this project as a table of ratios; `--save` writes docs/benchmarks.md."""

import argparse
import sys
import traceback
from datetime import UTC, datetime

from bench.benches import BENCHES, GROUPS
from bench.page import parts_of, save


def main() -> None:
    """Run the named benchmarks, or all, and save each once it has run.

    Exits with 1 if a figure exceeds its limit, or if a benchmark fails: the others run all the same.
    """
    parser = argparse.ArgumentParser(description="Measure, and print a table of ratios.")
    parser.add_argument("names", nargs="*", help="which benchmarks; all by default")
    parser.add_argument("--save", action="store_true", help="replace their figures in docs/benchmarks.md")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in BENCHES]
    if unknown:
        parser.error(f"no benchmark is named {', '.join(unknown)}; WHAT is one of: {', '.join(BENCHES)}")
    over = []
    failed = []
    for name in options.names or BENCHES:
        try:
            rows = list(BENCHES[name].rows())
        except Exception:  # noqa: BLE001 - whatever it is, the others' figures are not lost
            traceback.print_exc()
            failed.append(name)
            continue
        parts = parts_of(rows, datetime.now(UTC).date())
        print(*(f"## {group}\n\n{part}" for group, part in parts.items()), sep="\n", flush=True)
        over += [f"{row.group}: {row.name}" for row in rows if not row.holds]
        if not options.save:
            continue
        if any(row.value is None for row in rows):
            failed.append(f"{name} (not saved: not all of it was measured)")
        else:
            save(parts, GROUPS)
    if over or failed:
        red = [("over the limit", over), ("failed", failed)]
        sys.exit("\n".join(f"{what}:\n  " + "\n  ".join(each) for what, each in red if each))


if __name__ == "__main__":
    main()
