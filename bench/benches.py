"""Every benchmark of this project: `BENCHES` is the order of docs/benchmarks.md."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

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
from bench.report import Row


@dataclass(frozen=True)
class Bench:
    """One benchmark, and the headings of its rows. With the sizes `tiny` it soon ends, its figures mean little."""

    rows: Callable[..., Iterator[Row]]
    groups: tuple[str, ...]
    tiny: Mapping[str, int] = field(default_factory=dict)
    slow: bool = False
    """Whether it needs a build, the local cloud or several seconds, even with tiny sizes."""


BENCHES: Mapping[str, Bench] = {
    "cold": Bench(cold_start.rows, (cold_start.GROUP,), {"rounds": 1}, slow=True),
    "layer": Bench(cold_start.layer_rows, (cold_start.LAYER_GROUP,), slow=True),
    "warm": Bench(warm_call.rows, (warm_call.GROUP, warm_call.STATUS_GROUP), {"calls": 1}, slow=True),
    "registering": Bench(registering.rows, (registering.GROUP,), {"rounds": 1}, slow=True),
    "writes": Bench(writes.rows, tuple(way.group for way in writes.WAYS)),
    "signing": Bench(signing.rows, (signing.GROUP,)),
    "signed": Bench(signing_calls.rows, (signing_calls.GROUP,), {"calls": 1, "seconds": 1}, slow=True),
    "watch": Bench(watch.rows, (watch.GROUP,), {"registrations": 100, "entries": 1000}),
    "nightly": Bench(nightly.rows, (nightly.GROUP,), {"part": 100}),
    "sending": Bench(sending.rows, (sending.GROUP,), {"notices": 50}),
    "logins": Bench(logins.rows, (logins.GROUP,), {"rounds": 2}),
    "files": Bench(files.rows, (files.GROUP,), {"rounds": 1, "peer_rounds": 1}),
    "hostile": Bench(hostile.rows, (hostile.GROUP,), {"files": 1}, slow=True),
    "decisions": Bench(decisions.rows, (decisions.GROUP,), {"rounds": 1, "peer_rounds": 1}),
    "ocsp": Bench(ocsp.rows, (ocsp.GROUP,), {"rounds": 1}),
    "crls": Bench(crls.rows, (crls.GROUP,), {"entries": 1000, "rounds": 1, "decisions": 5}),
}
GROUPS = tuple(group for bench in BENCHES.values() for group in bench.groups)
"""All headings of the page, in its order."""
