"""A sample of `make lives`, on a cloud of its own: its functions' clocks are wrong, and one is killed."""

import pytest

from tools.lives.course import Plan
from tools.lives.run import a_cloud, run
from tools.pki.authorities import DemoPki

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

# What an app calls: a queue would deliver again only after a minute and more.
CALLED = ("Authorize", "Login", "VerifyPasskey", "RequestUpload", "GetUpload", "RegisterCertificate")


def test_customers_get_on_while_a_function_is_killed_and_events_are_published_twice(pki: DemoPki) -> None:
    plan = Plan(customers=7, seed=20261130, steps=4, by_code=0)
    disturbed = iter(("kill", "republish"))
    with a_cloud(pki) as cloud:
        victims = frozenset(f"{name}Function" for name in CALLED)
        result = run(cloud, pki, plan, disturbed, victims, steps_between=(2, 6))
    assert not result.violations, "\n".join(result.violations)
    assert result.counts["kills"] == 1
    assert 0 < result.counts["events delivered twice"] <= result.counts["doubled deliveries"]
