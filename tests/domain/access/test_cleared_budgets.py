"""When budgets of attempts were cleared: one moment for each known device, and one for all others."""

from datetime import timedelta

from registrar.domain.access.cleared_budgets import cleared_at, with_cleared
from tests.support.builders import NOW

PHONE, TABLET = b"\1" * 32, b"\2" * 32
NOW_MS = int(NOW.timestamp() * 1000)


def test_a_budget_is_cleared_alone() -> None:
    cleared = with_cleared({}, PHONE + TABLET, PHONE, NOW)

    assert [cleared_at(cleared, device) for device in (PHONE, TABLET, None)] == [NOW_MS, None, None]
    both = with_cleared(cleared, PHONE + TABLET, None, NOW + timedelta(seconds=1))
    assert [cleared_at(both, device) for device in (PHONE, TABLET, None)] == [NOW_MS, None, NOW_MS + 1000]


def test_a_device_that_is_known_no_more_is_dropped() -> None:
    cleared = with_cleared({}, PHONE + TABLET, PHONE, NOW)

    assert cleared_at(with_cleared(cleared, TABLET, TABLET, NOW), PHONE) is None


def test_devices_are_stored_by_eight_hex_digits() -> None:
    cleared = with_cleared(with_cleared({}, PHONE, PHONE, NOW), PHONE, None, NOW)

    assert cleared == {"01010101": NOW_MS, "": NOW_MS}
