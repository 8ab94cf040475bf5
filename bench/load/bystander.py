"""A customer who has nothing to do with a storm of logins, and logs in again and again meanwhile."""

import itertools
import threading
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from bench.clock import Spread, ratio, wall
from bench.load.repeating import RepeatingPhone, name_of
from tools.cloud import seed
from tools.cloud.local_cloud import LocalCloud
from tools.demo.authenticator import Authenticator

_numbers = itertools.count()


@dataclass
class Bystander:
    """A phone that takes turns: a call of the echo function, a whole login with its passkey. Use as a context."""

    phone: RepeatingPhone
    echo: list[float] = field(default_factory=list)
    logins: list[float] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)
    """Responses that were no success, by status and code."""
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    @classmethod
    def enrolled(cls, cloud: LocalCloud) -> Self:
        """Another customer, logged in."""
        device = Authenticator(seed.RP_ID, seed.ORIGIN)
        customer = seed.enrol(cloud, f"bystander-{next(_numbers)}", device=device)
        found = cls(RepeatingPhone(cloud.url, customer, device=device))
        found._log_in()
        return found

    @property
    def ratio(self) -> Spread:
        """A login in calls of the echo function."""
        return ratio(self.logins, self.echo)

    def turn(self) -> None:
        """Call the echo function, then log in."""
        self.echo.append(wall(self._echo)())
        self.logins.append(wall(self._log_in)())

    def _echo(self) -> None:
        response = self.phone.call("GET", "/echo")
        if response.status != 200:
            self.failed[f"echo: {name_of(response)}"] += 1

    def _log_in(self) -> None:
        # On a fast machine its own logins would meet the limit of one address.
        number = next(_numbers)
        self.phone.address = f"198.17.{number // 256 % 256}.{number % 256}"
        response = self.phone.log_in()
        if response.status != 200:
            self.failed[name_of(response)] += 1

    def _work(self) -> None:
        while not self._over.is_set():
            self.turn()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._work)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()
