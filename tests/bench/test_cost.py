"""docs/cost.md: it equals the output of the script, and each saving holds in calls."""

from bench.cost import BEFORE, GOAL, PRICES, Counted, bill, count, monthly, page
from tests.support.shape import FUNCTIONS
from tools.cloud.emulator import ROOT

MOST = 102
"""USD for a million registrations: what was reached. GOAL is what was wanted."""


def _sum(counted: Counted) -> float:
    return sum(line.dollars for line in bill(counted))


def test_cost_page_is_the_script_output() -> None:
    assert (ROOT / "docs/cost.md").read_text() == page()


def test_each_saving_holds_in_calls() -> None:
    counted = count()

    assert counted.api_requests == 5, "login, code, upload, poll, registration"
    assert counted.calls["GetPublicKey"] == 0, "warm functions have the keys"
    assert counted.calls["Decrypt"] == 3, "one-time code, R, the bank's number"
    assert counted.rsa_4096 == 0
    assert counted.write_units <= 47
    assert counted.log_bytes < 4_900
    assert counted.invocations.total() == 12
    assert GOAL < _sum(counted) <= MOST, "lower MOST when it is cheaper, and the page's list of what is left"


def test_a_poll_more_costs_a_request_with_its_authorizer() -> None:
    once = count()
    twice = count(polls=2)

    assert twice.api_requests - once.api_requests == 1
    assert twice.invocations - once.invocations == {"authorize": 1, "get_upload": 1}


def test_what_was_saved_is_compared_line_by_line() -> None:
    counted = count()

    assert BEFORE.keys() == {line.name for line in bill(counted)}
    assert sum(BEFORE[line.name] * PRICES[line.price] for line in bill(counted)) > 1.5 * _sum(counted)


def test_no_metric_of_a_method_is_paid_for() -> None:
    paid = {name: number for name, number, _ in monthly()}

    assert paid["metrics of API methods"] == 0
    assert paid["KMS keys"] >= 6
    assert FUNCTIONS["SendNoticeFunction"]["MemorySize"] == 256
