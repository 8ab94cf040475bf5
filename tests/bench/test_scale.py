"""docs/scale.md: it equals the output of the script, and the script equals a simulation of the workers."""

import pytest

from bench.nightly import simulate
from bench.scale import FULL, FULL_LIMIT, NOTICES, REGISTRATIONS, SHARDS, WORKERS, Night, hours_for, page
from tests.support.shape import FUNCTIONS
from tools.cloud.emulator import ROOT


def test_scale_page_is_the_script_output() -> None:
    assert (ROOT / "docs/scale.md").read_text() == page()


@pytest.mark.parametrize(
    ("count", "due"),
    [
        (100_000, 2_274),
        pytest.param(2_500_000, 56_000, marks=pytest.mark.slow),
    ],
)
def test_arithmetic_equals_the_simulation(count: int, due: int) -> None:
    found = simulate(count, due)
    night = Night(count, found["flagged"], found["recorded"])

    assert found["read"] == night.due == due
    assert found["queries"] == night.queries
    assert found["half read units"] / 2 == pytest.approx(night.index_read_units, rel=0.02)
    # Each registration is another customer's here: one digest each.
    assert found["digests"] == night.notified
    assert found["updates"] == night.notified + night.ended


def test_expiry_run_fits_function_timeouts_and_sending_hours() -> None:
    assert (FULL.registrations, FULL.notified) == (10_000_000, 200_000) == (REGISTRATIONS, NOTICES)
    assert FULL.longest_shard_seconds < FUNCTIONS["FlagShardFunction"]["Timeout"] / 5, "five missed mornings"
    assert hours_for(FULL.parts, FULL_LIMIT) < 12, "from 9:00 to the quiet hours, at the limit that the page names"
    source = FUNCTIONS["FlagShardFunction"]["Events"]["Shard"]["Properties"]
    assert source["ScalingConfig"]["MaximumConcurrency"] == WORKERS <= SHARDS
