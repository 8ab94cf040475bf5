"""Devices: the phone keeps a secret, the service stores its digest; the last five are known."""

from registrar.domain.access.devices import MAX_DEVICES, devices_to_keep, known_device, new_device


def test_device_is_recognised_by_its_secret_only() -> None:
    device_id, digest = new_device()
    assert len(device_id) == 22
    assert known_device(digest, device_id) == digest
    assert known_device(digest, new_device()[0]) is None
    assert known_device(digest, None) is None
    assert known_device(b"", device_id) is None


def test_two_devices_share_no_value() -> None:
    assert new_device() != new_device()


def test_five_devices_are_known() -> None:
    assert MAX_DEVICES == 5


def test_sixth_device_replaces_the_oldest() -> None:
    devices, made = b"", [new_device() for _ in range(MAX_DEVICES + 1)]
    for _, digest in made:
        devices = devices_to_keep(devices) + digest
    assert [known_device(devices, device_id) for device_id, _ in made] == [None, *(d for _, d in made[1:])]
