"""Devices a customer has logged in from: each keeps a secret, of which only the SHA-256 is stored.

A known device has a budget of login attempts of its own, so that a stranger who guesses cannot lock the customer
out. It is no factor of authentication.
"""

import hashlib
import hmac
import secrets

MAX_DEVICES = 5
_DIGEST_BYTES = hashlib.sha256().digest_size


def new_device() -> tuple[str, bytes]:
    """A device id (128 bits, for the app only) and its digest."""
    device_id = secrets.token_urlsafe(16)
    return device_id, _digest(device_id)


def known_device(devices: bytes, device_id: str | None) -> bytes | None:
    """The digest of `device_id` where it is one of `devices` (digests, oldest first); compared in constant time."""
    if device_id is None:
        return None
    digest = _digest(device_id)
    return digest if any(hmac.compare_digest(digest, each) for each in known_digests(devices)) else None


def known_digests(devices: bytes) -> list[bytes]:
    """The digests in `devices`, one by one."""
    return [devices[at : at + _DIGEST_BYTES] for at in range(0, len(devices), _DIGEST_BYTES)]


def devices_to_keep(devices: bytes) -> bytes:
    """The devices to keep beside a new one: the oldest is dropped if there are too many."""
    return devices[-(MAX_DEVICES - 1) * _DIGEST_BYTES :]


def _digest(device_id: str) -> bytes:
    return hashlib.sha256(device_id.encode()).digest()
