"""Python runs this when a function starts, if its folder is in PYTHONPATH: the function's clock is then wrong.

By up to CLOCK_ERROR_SECONDS, more or less, for as long as the process lives: `registrar.entry.clock` is the only
clock that the service reads. The clock that signs requests to AWS stays right.
"""

import importlib.machinery
import os
import random
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from types import ModuleType

CLOCK = "registrar.entry.clock"


class WrongClock:
    """Finds the service's clock, and makes it wrong once it is imported."""

    def __init__(self, seconds: float) -> None:
        self.error = timedelta(seconds=seconds)

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The clock's own spec, with a loader that changes the module."""
        spec = importlib.machinery.PathFinder.find_spec(name, path, target) if name == CLOCK else None
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def with_error(module: ModuleType) -> None:
            execute(module)
            right = module.now

            def now() -> datetime:
                at: datetime = right()
                return at + self.error

            module.now = now  # type: ignore[attr-defined]

        spec.loader.exec_module = with_error  # type: ignore[method-assign]
        return spec


if most := float(os.environ.get("CLOCK_ERROR_SECONDS", "0")):
    sys.meta_path.insert(0, WrongClock(random.Random(os.getpid()).uniform(-most, most)))
