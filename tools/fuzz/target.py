"""What is fuzzed: a reader, what it may raise, and inputs that it reads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Reader = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class Target:
    """`read` takes hostile bytes and raises `refuses` and nothing else. `seeds` are well-formed, and made here."""

    read: Reader
    seeds: Sequence[bytes]
    refuses: tuple[type[Exception], ...] = ()
    most_bytes: int = 70_000
    """The longest input; readers bound it themselves, at a little less."""


Targets = dict[str, Callable[[], Target]]
"""By name, each made when it is asked for: some need a CA."""
