"""Work in a thread of its own, while something else uses the local cloud."""

import threading
from abc import abstractmethod
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self


@dataclass
class Beside:
    """Does `work` beside the main thread while the context lasts."""

    failure: Exception | None = field(default=None, init=False)
    """What ended the work before its time. Whoever relies on the work has to report it."""
    _over: threading.Event = field(default_factory=threading.Event, init=False, repr=False)
    _thread: threading.Thread | None = field(default=None, init=False, repr=False)

    @abstractmethod
    def work(self) -> None:
        """Work until `_over` is set, or nothing is left to do."""

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def finish(self) -> None:
        """Let what is in progress be the last."""
        self._over.set()

    def stop(self) -> None:
        """End the work, and wait until nothing is in progress. Harmless when ended."""
        self.finish()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        try:
            self.work()
        except Exception as failure:
            self.failure = failure
            raise
