"""docs/cost.md: it equals the output of the script, and each saving holds in calls."""

import pytest

from bench.cost import BEFORE, GOAL, Counted, bill, bytes_of_access, count, page
from bench.cost_month import monthly
from bench.durations import DYNAMODB_MS, milliseconds
from bench.prices import PRICES
from registrar.entry.metrics import Metric
from tests.support.shape import FUNCTIONS
from tools.cloud.emulator import ROOT

MOST = 96
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
    assert counted.write_units <= 35, "the row of an upload stays below 1 KB"
    assert counted.read_units <= 43, "a batch pays for a certificate that is not there"
    assert counted.log_bytes < 5_100
    assert counted.invocations.total() == 19
    assert GOAL < _sum(counted) <= MOST, "lower MOST when it is cheaper, and the page's list of what is left"


def test_a_poll_more_costs_a_request_with_its_authorizer() -> None:
    once = count()
    twice = count(polls=2)

    assert twice.api_requests - once.api_requests == 1
    assert twice.invocations - once.invocations == {"authorize": 1, "get_upload": 1}


def test_what_was_saved_is_compared_line_by_line() -> None:
    counted = count()

    assert BEFORE.keys() == {line.name for line in bill(counted)}
    assert sum(BEFORE[line.name] * PRICES[line.price] for line in bill(counted)) > _sum(counted) + 5


def test_audit_entries_and_access_log_are_counted() -> None:
    counted = count()

    assert counted.invocations["collect_audit"] == 7, "each function's entries are a delivery"
    assert counted.calls["SendMessage"] == 7 + 1, "the audit queue, and the query of the issuer"
    assert counted.access_bytes / 5 > 400
    assert bytes_of_access('{"a":"$context.status"}') == len('{"a":"xxx"}')


def test_a_function_with_less_memory_computes_longer_and_waits_as_long() -> None:
    calls = ["GetItem"] * 4
    whole = milliseconds("get_upload", calls, 1769)

    assert milliseconds("get_upload", calls, 3000) == whole
    assert milliseconds("get_upload", calls, 884) - 4 * DYNAMODB_MS == pytest.approx(
        (whole - 4 * DYNAMODB_MS) * 1769 / 884
    )


def test_what_is_paid_each_month_is_all_of_both_stacks() -> None:
    paid = {name: number for name, number, _ in monthly()}
    alarms = [name for name in paid if name.startswith("metrics that")]

    assert paid["metrics of API methods"] == 0
    assert paid["KMS keys"] >= 6
    assert paid["dashboards"] == 1
    assert paid["metrics counted in log lines"] == len(Metric)
    assert [paid[name] > 40 for name in alarms] == [True]
    assert paid["snapshots of functions"] == 14
    assert paid["queues that functions poll"] == 10, "polls of streams are free"
    assert FUNCTIONS["SendNoticeFunction"]["MemorySize"] == 256
