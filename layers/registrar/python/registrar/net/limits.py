"""How long and how much one question to an issuer's server may take."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """`deadline` is a time of `clock`, in seconds, by which everything is over: name look-up, connection, answer.

    `most_bytes` bounds the answer. `private_allowed` lets in addresses that are not of the public internet: only in
    the local stage.
    """

    deadline: float
    most_bytes: int
    private_allowed: bool = False
    clock: Callable[[], float] = time.monotonic
