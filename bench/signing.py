"""AWS calls and write units of one completed signature request, itemised per call, as bench/writes.py counts them.

Counted are its creation, the answer and a poll; that the app loads the text is counted aside. The functions are
warm: the relying service's entry and the trust document are in memory. The issuer's responder states the status.
"""

from collections.abc import Iterator

from bench.report import Row
from bench.writes import Cost, MeteredApp
from tests.support.account import an_account
from tests.support.app import trust_demo_issuers
from tests.support.signing import Signer, a_signer

GROUP = "One completed signature request"
MOST_CALLS = 12
MOST_UNITS = 8
LOADING = "/signature-requests/{request_id}"


def rows() -> Iterator[Row]:
    """The totals, then every call."""
    found = costs()
    counted = [cost for cost in found if not cost.aside]
    loading = [cost for cost in found if cost.aside]
    yield Row(GROUP, "AWS calls", len(counted), MOST_CALLS, "calls", "created, answered, polled once")
    units = sum(cost.units for cost in found)
    yield Row(GROUP, "write units", units, MOST_UNITS, "units", "with those for loading the text")
    yield Row(GROUP, "AWS calls to load the text", len(loading), None, "calls", "authorizer included")
    for number, cost in enumerate(found, 1):
        note = "the app loads the text" if cost.aside else ""
        yield Row(GROUP, f"{number}. `{cost.step}` {cost.operation}", cost.units, None, "units", note)


def costs() -> list[Cost]:
    """Every AWS call, in order; those that load the text are marked as aside."""
    with an_account() as account:
        app = MeteredApp(account, aside=LOADING)
        app.enrol()
        trust_demo_issuers(account)
        app.token = app.log_in().body["token"]
        signer = a_signer(app)
        _sign_once(signer)
        app.meter()
        _sign_once(signer)
        return app.costs


def _sign_once(signer: Signer) -> None:
    request_id = signer.asked()
    signed = signer.sign(request_id)
    result = signer.poll(request_id)
    if result["state"] != "COMPLETED":
        raise RuntimeError(f"not completed: {signed}")
