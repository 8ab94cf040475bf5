"""The files of an upload: how many, how large, where they are stored; and how long each step may take."""

from datetime import timedelta

import pytest

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.registrations.upload import (
    DAILY_UPLOADS,
    DEFERRAL_GRACE,
    LEASE_PAUSE,
    VALIDATION_LEASE,
    new_upload_id,
)
from registrar.domain.registrations.upload_files import (
    MAX_CERTIFICATE_BYTES,
    MAX_CHOSEN_FILES,
    MAX_FILE_BYTES,
    MAX_FILES,
    check_announced,
    check_sizes,
    file_of_key,
    object_key,
)


def test_object_key_identifies_its_upload() -> None:
    for upload_id in (new_upload_id("c-1001", None), new_upload_id("c-1001", "key-0001")):
        for index in (0, 1):
            assert object_key(upload_id, index) == f"uploads/{upload_id}/{index}"
            assert file_of_key(object_key(upload_id, index)) == (upload_id, index)
        assert upload_id.isalnum()


@pytest.mark.parametrize(
    "key",
    [
        *("", "uploads", "uploads/", "uploads/a", "uploads/a/b", "uploads/a/2", "uploads/a/00", "uploads/a/0/0"),
        *("uploads//0", "uploads/../0", "other/abc/0", "/abc/0", "abc"),
    ],
)
def test_malformed_object_key_belongs_to_no_upload(key: str) -> None:
    assert file_of_key(key) is None


@pytest.mark.parametrize(
    ("limit", "decided"),
    [
        (MAX_FILES, 2),
        (MAX_CHOSEN_FILES, 20),
        (MAX_CERTIFICATE_BYTES, 16_384),
        (MAX_FILE_BYTES, 65_536),
        (DAILY_UPLOADS, 20),
        (LEASE_PAUSE, timedelta(seconds=20)),
        (VALIDATION_LEASE, timedelta(minutes=1)),
        (DEFERRAL_GRACE, timedelta(hours=1)),
    ],
)
def test_limit_is_the_one_that_was_decided(limit: object, decided: object) -> None:
    assert limit == decided


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_at_most_two_files_are_announced(count: int) -> None:
    codes_of = {0: Code.UPLOAD_EMPTY, 3: Code.FILE_SEVERAL_CERTIFICATES}
    if count not in codes_of:
        check_announced([1] * count)
        return
    with pytest.raises(Refusal) as caught:
        check_announced([1] * count)
    assert caught.value.code is codes_of[count]
    assert caught.value.params == ({"count": 3} if count == 3 else {})


@pytest.mark.parametrize(
    ("sizes", "code"),
    [
        ([], "UPLOAD_EMPTY"),
        ([0], "UPLOAD_EMPTY"),
        ([1000, 0], "UPLOAD_EMPTY"),
        ([MAX_FILE_BYTES + 1], "UPLOAD_TOO_LARGE"),
        ([MAX_FILE_BYTES, 1], "UPLOAD_TOO_LARGE"),
    ],
)
def test_announced_size_outside_the_limits_is_refused(sizes: list[int], code: str) -> None:
    with pytest.raises(Refusal) as caught:
        check_sizes(sizes)
    assert caught.value.code == code
    assert caught.value.params == ({"max_bytes": 65_536} if code == "UPLOAD_TOO_LARGE" else {})


@pytest.mark.parametrize("sizes", [[1], [MAX_FILE_BYTES], [MAX_FILE_BYTES - 1, 1]])
def test_announced_size_within_the_limits_is_accepted(sizes: list[int]) -> None:
    check_sizes(sizes)
