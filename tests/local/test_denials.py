"""Every function's role is denied every action that it does not hold.

The matrix is made of the template (tests/support/denials.py): nothing is left out because nobody thought of it.
What SAM's managed policies allow on logs is tried in test_permissions.py. Other roles than functions' cannot be
assumed, here as in AWS: what they hold is decided in tests/template/test_denials.py.
"""

import pytest

from tests.support.denials import IN_AWS_ONLY, tried
from tests.support.power_calls import call, filled
from tests.support.roles import as_of_role, is_denied
from tests.support.shape import FUNCTIONS
from tools.cloud.local_cloud import LocalCloud

pytestmark = [pytest.mark.cloud, pytest.mark.slow]


@pytest.mark.parametrize("role", [f"{name}Role" for name in FUNCTIONS])
def test_role_is_denied_what_it_does_not_hold(role: str, cloud: LocalCloud) -> None:
    assert not IN_AWS_ONLY & cloud.resources.keys()
    client = as_of_role(cloud, cloud.physical(role))
    allowed = []
    for power in tried(role):
        service, operation, arguments = call(power)
        if not is_denied(client(service), operation, filled(cloud, arguments)):
            allowed.append(str(power))

    assert not allowed
