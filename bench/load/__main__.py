"""`make load`: load on the local cloud as tables; `--save` writes them to docs/reliability.md."""

import argparse
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from bench.echo import GET, with_functions
from bench.load import caches, memory, retries, storms, way
from bench.load.bystander import Bystander
from bench.load.page import save
from bench.load.tables import Table
from tools.cloud import seed
from tools.cloud.emulator import ROOT, free_port
from tools.cloud.local_cloud import LocalCloud
from tools.pki.authorities import DemoPki

Measured = tuple[Sequence[Table], Sequence[str]]
"""Tables, and what in them is not as it should be."""
START_SECONDS = 60
CALM_TURNS = 20
"""Logins of the bystander before the storms."""


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
        busy = os.getloadavg()[0]
        tables, failed = PARTS[name](options.seconds)
        print(*(table.text for table in tables), sep="\n", flush=True)
        wrong += failed
        if options.save:
            save(name, tables, datetime.now(UTC).date(), busy)
    if wrong:
        sys.exit("not as documented:\n  " + "\n  ".join(wrong))


def _way(seconds: int) -> Measured:
    with local_cloud() as (cloud, pki):
        runs = [way.run(cloud, pki, clients, seconds) for clients in way.CLIENTS]
    return [way.table(runs)], [
        f"{run.clients} clients: {number} {what}" for run in runs for what, number in run.errors.items()
    ]


def _storms(_: int) -> Measured:
    with local_cloud() as (cloud, _pki):
        calm = Bystander.enrolled(cloud)
        for _turn in range(CALM_TURNS):
            calm.turn()
        with Bystander.enrolled(cloud) as beside:
            found = storms.run_all(cloud)
    rows = [["alone", *_of_bystander(calm)], ["beside the storms", *_of_bystander(beside)]]
    beside_title = "Another customer, from another address"
    return [
        storms.table(found),
        Table(beside_title, ["when", "logins", "refused", "a login ÷ an echo call"], rows),
    ], [*(each for storm in found for each in storm.wrong), *calm.wrong(), *beside.wrong()]


def _of_bystander(found: Bystander) -> list[str]:
    refused = sum(found.failed.values())
    return [
        str(len(found.logins)),
        str(refused),
        f"{found.ratio.median:.1f} × ({found.ratio.low:.1f} to {found.ratio.high:.1f})",
    ]


def _retries(_: int) -> Measured:
    with local_cloud() as (cloud, _pki):
        phones = retries.run(cloud)
    return [retries.table(phones)], retries.wrong(phones)


def _memory(_: int) -> Measured:
    found = memory.run()
    return [memory.table(found)], [f"{verb} grew by {growth} KB" for verb, growth in memory.grown(found).items()]


def _caches(_: int) -> Measured:
    found = caches.run()
    return caches.tables(found), caches.wrong(found)


PARTS: Mapping[str, Callable[[int], Measured]] = {
    "way": _way,
    "storms": _storms,
    "retries": _retries,
    "memory": _memory,
    "caches": _caches,
}


@contextmanager
def local_cloud() -> Iterator[tuple[LocalCloud, DemoPki]]:
    """The local cloud with an echo function behind the authorizer, and its authorities."""
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
    with subprocess.Popen([sys.executable, "-m", "tools.pki.issuers", str(port)], cwd=ROOT) as process:
        try:
            _wait_until_listening(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait_until_listening(port: int) -> None:
    """Raises OSError where nothing listens at the port in time."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


if __name__ == "__main__":
    main()
