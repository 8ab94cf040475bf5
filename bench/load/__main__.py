"""`make load`: load on the local cloud as tables; `--save` writes them to docs/reliability.md."""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from bench.echo import GET, with_functions
from bench.load import storms, way
from bench.load.page import save
from bench.load.tables import Table
from tools.cloud import background, seed
from tools.cloud.emulator import free_port
from tools.cloud.local_cloud import LocalCloud
from tools.pki.authorities import DemoPki
from tools.pki.issuers import LOG_FILE

Measured = tuple[Table, Sequence[str]]
"""A table, and what in it is not as it should be."""


def main() -> None:
    """Run the named parts, or all, print their tables, and save them if asked.

    Exits with 1 if anything is not as documented.
    """
    parser = argparse.ArgumentParser(description="Put load on the local cloud, and print what was met.")
    parser.add_argument("names", nargs="*", help=f"which parts; all by default: {', '.join(PARTS)}")
    parser.add_argument("--seconds", type=int, default=way.SECONDS, help="of each run of the main way")
    parser.add_argument("--save", action="store_true", help="replace their tables in docs/reliability.md")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in PARTS]:
        parser.error(f"no part is named {', '.join(unknown)}; WHAT is one of: {', '.join(PARTS)}")
    wrong: list[str] = []
    for name in options.names or PARTS:
        table, failed = PARTS[name](options.seconds)
        print(table.text, flush=True)
        wrong += failed
        if options.save:
            save(name, table, datetime.now(UTC).date())
    if wrong:
        sys.exit("not as documented:\n  " + "\n  ".join(wrong))


def _way(seconds: int) -> Measured:
    with _cloud() as (cloud, pki):
        runs = [way.run(cloud, pki, clients, seconds) for clients in way.CLIENTS]
    return way.table(runs), [
        f"{run.clients} clients: {number} {what}" for run in runs for what, number in run.errors.items()
    ]


def _storms(_: int) -> Measured:
    with _cloud() as (cloud, _pki):
        found = storms.run_all(cloud)
    return storms.table(found), [each for storm in found for each in storm.wrong]


PARTS: Mapping[str, Callable[[int], Measured]] = {"way": _way, "storms": _storms}


@contextmanager
def _cloud() -> Iterator[tuple[LocalCloud, DemoPki]]:
    """The local cloud with an echo function, and its authorities."""
    pki = seed.demo_pki(datetime.now(UTC))
    template, built = with_functions(load_echo=GET)
    with (
        _issuers() as responder,
        LocalCloud.start(seed.parameters(pki), template=template, built=built) as cloud,
    ):
        seed.seed(cloud, pki, responder)
        yield cloud, pki


@contextmanager
def _issuers() -> Iterator[str]:
    """The address of the issuers' responder, in a process of its own: clients must not keep it from responding."""
    port = free_port()
    process = background.start("tools.pki.issuers", port, LOG_FILE)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        background.stop(process)


if __name__ == "__main__":
    main()
