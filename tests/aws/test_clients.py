"""What every client of ours has in common."""

from typing import Any

import botocore

from registrar.aws import clients


def test_every_client_has_the_fixed_user_agent() -> None:
    configs: tuple[Any, ...] = (clients._LIMITS, clients._ONE_TRY, clients._LIMITS.merge(clients._POST))

    assert {config.user_agent for config in configs} == {f"registrar Botocore/{botocore.__version__}"}
