"""A function killed at each of its writes in turn."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from tests.support.account import Account, Killed, an_account
from tests.support.app import (
    App,
    trust_demo_issuers,
)

AFTER_THE_LEASE = timedelta(seconds=90)  # the queue's visibility timeout
# After a write is before the next one: only after the last write it is another state.
SIDES = (pytest.param(False, id="before"), pytest.param(True, id="after", marks=pytest.mark.slow))


@dataclass(frozen=True)
class Crash:
    """One way to be killed; `killed` is False once there is no such write any more."""

    app: App
    state: Any
    killed: bool

    @property
    def account(self) -> Account:
        return self.app.account


def each_crash(prepare: Callable[[App], Any], act: Callable[[App, Any], object], *, after: bool) -> Iterator[Crash]:
    """The account once for each write of `act`, with `act` killed at that write; at last once where it is not."""
    with an_account() as account:
        trust_demo_issuers(account)
        prepared = App(account)
        prepared.enrol()
        state = prepare(prepared)
        snapshot = account.snapshot()
        for write in itertools.count():
            account.restore(snapshot)
            app = replace(prepared)
            killed = False
            with account.killed_at(write, after=after):
                try:
                    act(app, state)
                except Killed:
                    killed = True
            account.restart()
            yield Crash(app, state, killed)
            if not killed:
                assert write, "it wrote nothing, so nothing was tested"
                return
