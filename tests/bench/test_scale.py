"""docs/scale.md: its arithmetic is the script's, and the script's is what the workers do."""

import pytest

from bench.nightly import simulate
from bench.scale import FULL, NOTICES, REGISTRATIONS, SHARDS, WORKERS, Night, page
from tests.support.shape import FUNCTIONS
from tools.cloud.emulator import ROOT


def test_the_page_is_what_the_script_says() -> None:
    assert (ROOT / "docs/scale.md").read_text() == page()


@pytest.mark.parametrize(
    ("count", "due"),
    [
        (100_000, 2_274),
        pytest.param(REGISTRATIONS, FULL.due, marks=pytest.mark.slow),
    ],
)
def test_the_arithmetic_is_what_a_simulation_counts(count: int, due: int) -> None:
    found = simulate(count, due)
    night = Night(count, found["flagged"], found["noted"])

    assert found["read"] == night.due == due
    assert found["queries"] == night.queries
    assert found["half read units"] / 2 == pytest.approx(night.index_read_units, rel=0.02)
    # Each registration is another customer's here: one digest each.
    assert found["digests"] == night.told
    assert found["updates"] == night.told + night.ended


def test_a_morning_fits_the_functions_and_the_day() -> None:
    assert (FULL.registrations, FULL.told) == (10_000_000, 200_000) == (REGISTRATIONS, NOTICES)
    assert FULL.longest_shard_seconds < FUNCTIONS["FlagShardFunction"]["Timeout"] / 5, "five missed mornings"
    assert FULL.sending_hours < 12, "from 9:00 to the quiet hours"
    source = FUNCTIONS["FlagShardFunction"]["Events"]["Shard"]["Properties"]
    assert source["ScalingConfig"]["MaximumConcurrency"] == WORKERS <= SHARDS
