"""What is fuzzed: a reader, what it may raise, and inputs that it reads."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_MOST_GIVEN = 64 * 1024

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


def given_files() -> list[bytes]:
    """The files below the folders in FUZZ_SEEDS, which are separated as those of PATH are: seeds made by others."""
    folders = filter(None, os.environ.get("FUZZ_SEEDS", "").split(os.pathsep))
    paths = (path for folder in folders for path in sorted(Path(folder).rglob("*")) if path.is_file())
    return [content for path in paths if 0 < len(content := path.read_bytes()) <= _MOST_GIVEN]
