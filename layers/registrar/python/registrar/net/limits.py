"""Limits of time and size for one request to an issuer's server."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """`deadline` is a time of `clock`, in seconds, by which everything is done: name look-up, connection, response.

    `most_bytes` bounds the response. `private_allowed` allows addresses outside the public internet: only in the
    local stage.
    """

    deadline: float
    most_bytes: int
    private_allowed: bool = False
    clock: Callable[[], float] = time.monotonic
