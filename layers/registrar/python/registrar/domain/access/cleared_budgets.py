"""When a customer's budgets of login attempts were cleared: by a completed login from a known device that device's,
by any other login the one of all unknown devices.

The moment is part of the budget's key (throttles.account_key). So the write that starts a session clears a budget,
and nobody has to look for its counter.
"""

from collections.abc import Mapping
from datetime import datetime

from registrar.domain.access.devices import known_digests

Cleared = Mapping[str, int]
"""Milliseconds since 1970, by the first 8 hex digits of a device's digest; "" for all unknown devices."""


def cleared_at(cleared: Cleared, device_digest: bytes | None) -> int | None:
    """When the budget of a known device, or that of all unknown ones, was cleared; None where it never was."""
    return cleared.get(_name(device_digest))


def with_cleared(cleared: Cleared, devices: bytes, device_digest: bytes | None, now: datetime) -> Cleared:
    """The same with one budget cleared, without devices that are no longer among `devices`."""
    names = {"", *map(_name, known_digests(devices))}
    kept = {name: at for name, at in cleared.items() if name in names}
    return {**kept, _name(device_digest): int(now.timestamp() * 1000)}


def _name(device_digest: bytes | None) -> str:
    return device_digest.hex()[:8] if device_digest else ""
