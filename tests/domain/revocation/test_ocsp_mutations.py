"""A response that was altered in transit is never GOOD; no bytes raise.

Every bit of a response is flipped, and every byte is set to values that turn types and lengths into others. What
may be altered without notice is known by its place: the count of unused bits of the response's signature, as far
as the bits that it takes away are zero anyway. (A certificate whose signature has unused bits is malformed.)
"""

from collections.abc import Callable

import pytest
from cryptography.x509 import ocsp
from hypothesis import given, settings
from hypothesis import strategies as st

from registrar.domain.revocation.status import StatusValue
from tests.support.ocsp_answers import (
    a_response,
    altered,
    ca_itself,
    delegated,
    of_the_root,
    status,
    without_meaning,
)
from tools.pki.responders import Responder

# A changed certificate makes `cryptography` warn where it reads it all the same.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


# Those whose number is one of those that `altered` sets or one bit from zero.
REFUSALS = ("malformedRequest", "internalError", "sigRequired", "unauthorized")


@pytest.mark.parametrize(
    "who",
    [
        ca_itself,
        pytest.param(delegated, marks=pytest.mark.slow),
        pytest.param(of_the_root, marks=pytest.mark.slow),
    ],
)
def test_altered_response_is_never_good(who: Callable[[], Responder]) -> None:
    answer = a_response(who())
    assert status(answer).value is StatusValue.GOOD
    signature = ocsp.load_der_ocsp_response(answer).signature
    tried = set(altered(answer))
    good = {changed for changed in tried if status(changed).value is StatusValue.GOOD}

    assert good == without_meaning(answer, signature) & tried
    # The response status is not signed: an altered one is an unsigned error response.
    others = {status(changed).why for changed in tried - good if status(changed).value is not StatusValue.INVALID}
    assert others == {f"responder says {name}" for name in REFUSALS}


@pytest.mark.parametrize("who", [ca_itself, delegated])
def test_truncated_or_extended_response_is_invalid(who: Callable[[], Responder]) -> None:
    answer = a_response(who())

    for end in range(len(answer)):
        assert status(answer[:end]).value is StatusValue.INVALID
    assert status(answer + b"\0").value is StatusValue.INVALID


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(
    content=st.binary(max_size=200), beginning=st.sampled_from([b"", b"0\x03\n\x01", b"0\x82\x00\x80", b"0\x80"])
)
def test_random_bytes_are_not_definite(content: bytes, beginning: bytes) -> None:
    assert status(beginning + content).value in (StatusValue.INVALID, StatusValue.UNAVAILABLE)
