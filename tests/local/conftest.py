"""The local cloud for tests: one for the whole run."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from local.cloud import LocalCloud


@pytest.fixture(scope="session")
def cloud() -> Iterator[LocalCloud]:
    """template.yaml, built for this machine, deployed and seeded."""
    from local import seed  # only here: the tests of the emulator alone do not need it to work

    pki = seed.demo_pki(datetime.now(UTC))
    with LocalCloud.start(seed.parameters(pki)) as started:
        seed.seed(started, pki)
        yield started
