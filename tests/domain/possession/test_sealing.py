"""Sealed secrets: bound to one upload and one nonce, and never quoted."""

import json

import pytest

from registrar.domain.possession.sealing import MAX_SECRET_CHARS, Sealed, unwrap
from registrar.domain.reasons.errors import SealedSecretInvalid

UPLOAD, NONCE = "a" * 32, "b" * 32


def sealed(**changed: object) -> bytes:
    return json.dumps({"upload": UPLOAD, "nonce": NONCE, "secret": "비밀 1!"} | changed).encode()


def test_sealed_secret_is_opened() -> None:
    assert unwrap(sealed(), UPLOAD, NONCE) == "비밀 1!"
    assert unwrap(sealed(secret="x" * MAX_SECRET_CHARS), UPLOAD, NONCE) == "x" * MAX_SECRET_CHARS
    assert unwrap(sealed(more="is ignored"), UPLOAD, NONCE) == "비밀 1!"


@pytest.mark.parametrize(
    "plaintext",
    [
        sealed(upload="c" * 32),
        sealed(nonce="c" * 32),
        sealed(nonce=""),
        sealed(upload=UPLOAD + "\n" + NONCE, nonce=""),
        sealed(secret=""),
        sealed(secret="x" * (MAX_SECRET_CHARS + 1)),
        sealed(secret=None),
        sealed(secret=1),
        sealed(secret=True),
        sealed(secret=["a"]),
        sealed(secret={}),
        sealed(upload=None),
        sealed(nonce=7),
        b"",
        b"Hong!1234",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"7",
        b'"text"',
        b"[" * 100_000,
        json.dumps({"upload": UPLOAD, "nonce": NONCE}).encode(),
    ],
)
def test_secret_sealed_for_another_context_is_refused(plaintext: bytes) -> None:
    with pytest.raises(SealedSecretInvalid) as caught:
        unwrap(plaintext, UPLOAD, NONCE)
    assert str(caught.value) == ""
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("name", ["upload", "nonce"])
def test_number_that_reads_like_the_id_is_refused(name: str) -> None:
    digits = "1" * 32
    good = {"upload": digits, "nonce": digits, "secret": "x"}

    assert unwrap(json.dumps(good).encode(), digits, digits) == "x"
    with pytest.raises(SealedSecretInvalid):
        unwrap(json.dumps(good | {name: int(digits)}).encode(), digits, digits)


def test_repr_contains_no_secret() -> None:
    assert "secret-bytes" not in repr(Sealed("key", b"secret-bytes"))
