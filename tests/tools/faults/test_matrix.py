"""Which cells there are, in which order, and what the result says of them."""

from tools.faults.calls import Operation
from tools.faults.cells import Cell, Outcome
from tools.faults.episodes import Episode, Fault, Kind
from tools.faults.matrix import PAIRS, QUICK, SLOW_CELLS, Recorded, parsed
from tools.faults.result import Result, powers

READ, WRITE = Operation("login", "Query"), Operation("login", "PutItem")
RECORDED = Recorded({"login": {READ: 1, WRITE: 3}, "logout": {Operation("logout", "UpdateItem"): 1}})


def test_every_call_meets_every_kind_and_order_is_fixed() -> None:
    cells = RECORDED.cells()

    assert cells == RECORDED.cells()
    single = [cell for cell in cells if len(cell.faults) == 1 and cell.faults[0].kind is not Kind.TIMEOUT]
    calls = [(READ, 1), (WRITE, 1), (WRITE, 3), (Operation("logout", "UpdateItem"), 1)]
    assert {(f.operation, f.occurrence, f.kind) for cell in single for f in cell.faults} == {
        (operation, occurrence, kind) for operation, occurrence in calls for kind in QUICK
    }
    assert len(single) == len(calls) * len(QUICK)
    # A shorter run leaves out kinds rather than calls.
    assert len({(f.operation, f.occurrence) for cell in single[: len(calls)] for f in cell.faults}) == len(calls)
    assert len([cell for cell in cells if len(cell.faults) == 2]) == PAIRS
    assert len(cells) == len(single) + PAIRS + min(SLOW_CELLS, len(calls))


def test_only_what_every_recording_has_is_tried() -> None:
    recorded = Recorded.of({"login": [{READ: 2, WRITE: 1}, {READ: 1}]})

    assert recorded == Recorded({"login": {READ: 1}})


def test_long_scenarios_come_last_after_their_first_kind() -> None:
    cells = Recorded({"login": {READ: 1, WRITE: 1}, "expiry": {READ: 1}}).cells()

    single = [cell for cell in cells if len(cell.faults) == 1 and cell.faults[0].kind in QUICK]
    assert [cell.scenario for cell in single[:3]].count("expiry") == 1
    last = [cell.scenario for cell in single[-(len(QUICK) - 1) :]]
    assert last == ["expiry"] * (len(QUICK) - 1)
    assert len(set(map(str, single))) == 3 * len(QUICK)


def test_only_operations_that_can_do_a_part_do_nothing_of_it() -> None:
    reads, put = Operation("authorize", "BatchGetItem"), Operation("publish_events", "PutEvents")
    cells = Recorded({"login": {READ: 1, reads: 1, put: 2}}).cells()

    partial = [fault for cell in cells for fault in cell.faults if fault.kind is Kind.PARTIAL]
    assert {(fault.operation, fault.occurrence) for fault in partial} == {(reads, 1), (put, 1), (put, 2)}
    assert len(partial) == 3


def test_printed_cell_can_be_run_again() -> None:
    for cell in (*RECORDED.cells(), Cell("login")):
        assert parsed(str(cell)) == cell


def outcome(kind: Kind, *broken: str, met: bool = True) -> Outcome:
    fault = Fault(WRITE, 1, kind)
    episode = Episode((fault,), actions={WRITE: frozenset({"dynamodb:PutItem"})}, fired={fault} if met else set())
    return Outcome(Cell("login", (fault,)), met, broken, 1.0, episode)


def test_table_counts_survived_of_tried() -> None:
    result = Result(cells=9)
    for each in (outcome(Kind.LOST), outcome(Kind.LOST, "2 registrations"), outcome(Kind.RESET, met=False)):
        result.add(each)

    titles, row, total = _rows(result)
    assert row[titles.index("lost")] == total[titles.index("lost")] == "1/2"
    assert row[titles.index("reset")] == ""
    assert "3 cells of 9" in result.summary()
    assert "In 1 the fault did not come up; of the other 2, 1 were survived" in result.summary()
    assert "Calls that failed: 1 of the" in result.summary()
    assert [str(each.cell) for each in result.broken] == ["login:login:PutItem:1:lost"]


def _rows(result: Result) -> list[list[str]]:
    titles, _, row, total = ([part.strip() for part in line.split("|")] for line in result.table().splitlines())
    return [titles, row, total]


def test_powers_are_those_of_the_policies() -> None:
    assert ("login", "dynamodb:PutItem") in powers()
    assert ("send_notice", "sns:Publish") in powers()
    assert not [power for power in powers() if power[1].startswith("ssm:")]
