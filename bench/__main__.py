"""`make bench`: every figure of this project as a table of ratios; `--save` writes docs/benchmarks.md."""

import argparse
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from bench import (
    cold_start,
    crls,
    decisions,
    files,
    hostile,
    logins,
    nightly,
    ocsp,
    registering,
    sending,
    signing,
    signing_calls,
    warm_call,
    watch,
    writes,
)
from bench.report import Row, markdown
from tools.packaging.build import ROOT

BENCHES: dict[str, Callable[[], Iterator[Row]]] = {
    "cold": cold_start.rows,
    "layer": cold_start.layer_rows,
    "warm": warm_call.rows,
    "registering": registering.rows,
    "writes": writes.rows,
    "signing": signing.rows,
    "signed": signing_calls.rows,
    "watch": watch.rows,
    "nightly": nightly.rows,
    "sending": sending.rows,
    "logins": logins.rows,
    "files": files.rows,
    "hostile": hostile.rows,
    "decisions": decisions.rows,
    "ocsp": ocsp.rows,
    "crls": crls.rows,
}


def main() -> None:
    """Run the named benchmarks, or all; exit 1 if a figure exceeds its limit."""
    parser = argparse.ArgumentParser(description="Measure, and print a table of ratios.")
    parser.add_argument("names", nargs="*", choices=[*BENCHES, []], help="which benchmarks; all by default")
    parser.add_argument("--save", action="store_true", help="write docs/benchmarks.md (needs all benchmarks)")
    options = parser.parse_args()
    rows = [row for name in options.names or BENCHES for row in BENCHES[name]()]
    table = markdown(rows, datetime.now(UTC).date())
    print(table)
    if options.save and not options.names:
        (ROOT / "docs/benchmarks.md").write_text(table)
    over = [row.name for row in rows if not row.holds]
    if over:
        sys.exit(f"over the limit: {', '.join(over)}")


if __name__ == "__main__":
    main()
