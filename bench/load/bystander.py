"""A customer who has nothing to do with a storm of logins, and logs in again and again meanwhile."""

import itertools
from collections import Counter
from dataclasses import dataclass, field
from typing import Self

from bench.clock import Spread, ratio, wall
from bench.load.repeating import RepeatingPhone, name_of
from tools.cloud import seed
from tools.cloud.beside import Beside
from tools.cloud.local_cloud import LocalCloud
from tools.demo.authenticator import Authenticator

_numbers = itertools.count()


@dataclass
class Bystander(Beside):
    """A phone that takes turns: a call of the echo function, a whole login with its passkey. Use as a context."""

    phone: RepeatingPhone
    echo: list[float] = field(default_factory=list)
    logins: list[float] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)
    """Responses that were no success, by status and code."""

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

    def wrong(self) -> list[str]:
        """What was refused, and what ended the turns before their time."""
        ended = [f"the bystander's turns ended: {self.failure!r}"] if self.failure else []
        return [*(f"{count} × {what}" for what, count in self.failed.items()), *ended]

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

    def work(self) -> None:
        """One turn after another."""
        while not self._over.is_set():
            self.turn()
