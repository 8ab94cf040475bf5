"""A fixed sample of `make test-faults`: calls that fail between functions and AWS, one at a time."""

from collections.abc import Iterator

import pytest

from tools.faults.cells import run
from tools.faults.matrix import parsed
from tools.faults.starting import a_world
from tools.faults.world import World

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

CELLS = (
    "login-passkey:verify_passkey:TransactWriteItems:1:lost",
    "register:request_upload:TransactWriteItems:1:lost-once",
    "register:validate_upload:SendMessage:1:error",
    "register:register_certificate:TransactWriteItems:1:lost",
    "register:send_notice:Publish:1:throttled",
    "register:publish_events:PutEvents:1:error",
)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with a_world() as made:
        yield made


@pytest.mark.parametrize("cell", CELLS)
def test_failing_call_loses_and_doubles_nothing(cell: str, world: World) -> None:
    outcome = run(world, parsed(cell))

    assert outcome.broken == ()
    assert outcome.met, "the call was not made"
