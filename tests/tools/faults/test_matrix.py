"""Which cells there are, in which order, and what the result says of them."""

from tools.faults.calls import Operation
from tools.faults.cells import Cell, Outcome
from tools.faults.episodes import ONLY, Episode, Fault, Kind
from tools.faults.matrix import LONG, PAIRS, Recorded, parsed
from tools.faults.result import Result, powers

READ, WRITE = Operation("login", "Query"), Operation("login", "PutItem")
RECORDED = Recorded({"login": {READ: 1, WRITE: 3}, "logout": {Operation("logout", "UpdateItem"): 1}})


USUAL = [kind for kind in Kind if kind not in ONLY]


def single(cells: list[Cell]) -> list[Cell]:
    return [cell for cell in cells if len(cell.faults) == 1]


def test_every_call_meets_every_kind_once_and_order_is_fixed() -> None:
    cells = RECORDED.cells()

    assert cells == RECORDED.cells()
    calls = [(READ, 1), (WRITE, 1), (WRITE, 3), (Operation("logout", "UpdateItem"), 1)]
    assert sorted((f.operation, f.occurrence, f.kind) for cell in single(cells) for f in cell.faults) == sorted(
        (operation, occurrence, kind) for operation, occurrence in calls for kind in USUAL
    )
    assert len([cell for cell in cells if len(cell.faults) == 2]) == PAIRS
    assert len(cells) == len(single(cells)) + PAIRS


def test_each_operation_meets_every_kind_before_a_scenario_repeats_one() -> None:
    other = Operation("logout", "UpdateItem")
    several = Recorded({"login": {READ: 1, WRITE: 3}, "sign": {READ: 1, WRITE: 1}, "logout": {other: 1}})
    first = single(several.cells())[: 3 * len(USUAL)]

    faults = [fault for cell in first for fault in cell.faults]
    assert {(f.operation, f.kind) for f in faults} == {(o, k) for o in (READ, WRITE, other) for k in USUAL}
    # Kinds go round the scenarios, and the first and the last call.
    assert {cell.scenario for cell in first for f in cell.faults if f.operation == READ} == {"login", "sign"}
    assert {f.occurrence for f in faults if f.operation == WRITE} == {1, 3}
    # A shorter run leaves out kinds rather than calls.
    assert {f.operation for f in faults[:3]} == {READ, WRITE, other}


def test_only_what_every_recording_has_is_tried() -> None:
    recorded = Recorded.of({"login": [{READ: 2, WRITE: 1}, {READ: 1}]})

    assert recorded == Recorded({"login": {READ: 1}})


def test_long_scenarios_are_for_what_no_other_calls_and_then_come_last() -> None:
    alone = Operation("flag_expiring", "Query")
    cells = single(Recorded({"login": {READ: 1, WRITE: 2}, "expiry": {READ: 1, alone: 1}}).cells())

    first, rest = cells[: 3 * len(USUAL)], [cell.scenario for cell in cells[3 * len(USUAL) :]]
    assert {f.operation for cell in first if cell.scenario in LONG for f in cell.faults} == {alone}
    assert rest == ["login"] * rest.count("login") + ["expiry"] * len(USUAL)
    assert "login" in rest


def test_only_operations_that_can_do_a_part_do_nothing_of_it() -> None:
    reads, put = Operation("authorize", "BatchGetItem"), Operation("publish_events", "PutEvents")
    cells = Recorded({"login": {READ: 1, reads: 1, put: 2}}).cells()

    partial = [fault for cell in cells for fault in cell.faults if fault.kind is Kind.PARTIAL]
    assert {(fault.operation, fault.occurrence) for fault in partial} == {(reads, 1), (put, 1), (put, 2)}
    assert len(partial) == 3


def test_printed_cell_can_be_run_again() -> None:
    for cell in (*RECORDED.cells(), Cell("login")):
        assert parsed(str(cell)) == cell


def outcome(kind: Kind, *broken: str, met: bool = True, also: Fault | None = None) -> Outcome:
    faults = (Fault(WRITE, 1, kind), *([also] if also else []))
    actions = {WRITE: frozenset({"dynamodb:PutItem"}), READ: frozenset({"dynamodb:Query"})}
    episode = Episode(faults, actions=actions, fired=set(faults) if met else set())
    return Outcome(Cell("login", faults), met, broken, 1.0, episode)


def test_table_counts_survived_of_tried() -> None:
    result = Result(RECORDED.cells())
    for each in (outcome(Kind.LOST), outcome(Kind.LOST, "2 registrations"), outcome(Kind.RESET, met=False)):
        result.add(each)
    result.add(outcome(Kind.ERROR, also=Fault(READ, 1, Kind.RESET)))

    titles, row, total = _rows(result)
    assert row[titles.index("lost")] == total[titles.index("lost")] == "1/2"
    assert row[titles.index("reset")] == ""
    assert f"4 cells of {len(RECORDED.cells())}" in result.summary()
    # The fault that did not come up was not tried, and two at once are not each alone.
    assert f"1 of {3 * len(USUAL)} pairs" in result.summary()
    assert "In 1 the fault did not come up; of the other 3, 2 were survived" in result.summary()
    assert "Calls that failed: 2 of the" in result.summary()
    assert [str(each.cell) for each in result.broken] == ["login:login:PutItem:1:lost"]


def _rows(result: Result) -> list[list[str]]:
    titles, _, row, total = ([part.strip() for part in line.split("|")] for line in result.table().splitlines())
    return [titles, row, total]


def test_powers_are_those_of_the_policies() -> None:
    assert ("login", "dynamodb:PutItem") in powers()
    assert ("send_notice", "sns:Publish") in powers()
    assert not [power for power in powers() if power[1].startswith("ssm:")]
