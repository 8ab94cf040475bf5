"""The local cloud for tests: one for the whole run."""

from collections.abc import Iterator

import pytest

from local.cloud import LocalCloud


@pytest.fixture(scope="session")
def cloud() -> Iterator[LocalCloud]:
    """template.yaml, built for this machine, deployed and seeded."""
    from local import seed

    with LocalCloud.start() as started:
        seed.seed(started)
        yield started
