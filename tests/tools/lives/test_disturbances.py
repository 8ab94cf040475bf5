"""What disturbs lives: records as Lambda hands them over, a wrong clock, the gate, the order of restarts."""

import itertools
import json
import random
import threading
from datetime import UTC, datetime, timedelta
from types import ModuleType

from registrar.aws.tables.changes import events_in
from tools.lives.clock_error.sitecustomize import CLOCK, WrongClock
from tools.lives.disturbances import WEIGHTS, at_random
from tools.lives.gate import Gate
from tools.lives.redelivery import plain


def test_record_of_a_stream_becomes_what_lambda_hands_over() -> None:
    at = datetime(2026, 11, 30, 12, tzinfo=UTC)
    image = {
        "pk": {"S": "CUST#hong"},
        "sk": {"S": "REG#r1"},
        "lifecycle": {"S": "LIVE"},
        "operator": {"S": "kica"},
        "kind": {"S": "personal"},
        "not_after": {"S": "2027-11-30T00:00:00Z"},
        "der": {"B": b"\x30\x00"},
    }
    record = {"eventID": "e1", "dynamodb": {"ApproximateCreationDateTime": at, "NewImage": image}}

    handed_over = json.loads(json.dumps(plain(record)))

    assert handed_over["dynamodb"]["NewImage"]["der"] == {"B": "MAA="}
    (event,) = events_in(handed_over)
    assert (event.type, event.detail["occurred_at"]) == ("RegistrationActivated", "2026-11-30T12:00:00Z")


def test_functions_clock_is_wrong_and_no_other_module() -> None:
    finder = WrongClock(30)
    spec = finder.find_spec(CLOCK, _path_of("registrar.entry"))
    assert spec is not None
    assert spec.loader is not None
    module = ModuleType(CLOCK)
    module.__spec__ = spec
    spec.loader.exec_module(module)
    before, read, after = datetime.now(UTC), module.now(), datetime.now(UTC)
    assert before <= read - timedelta(seconds=30) <= after
    assert finder.find_spec("registrar.entry.log", _path_of("registrar.entry")) is None


def _path_of(package: str) -> list[str]:
    return list(__import__(package, fromlist=["__path__"]).__path__)


def test_restarts_are_spread_over_the_steps() -> None:
    seeded = random.Random(1)  # noqa: S311
    kinds = list(itertools.islice(at_random(seeded, steps=300, restarts=2), 60))
    restarts = [number for number, kind in enumerate(kinds) if kind == "restart"]
    assert restarts == [10, 21]
    assert set(kinds) - {"restart"} <= set(WEIGHTS)


def test_gate_closes_when_all_are_out_and_keeps_others_out() -> None:
    gate, order = Gate(), []
    entered, leave = threading.Event(), threading.Event()

    def inside() -> None:
        with gate.passing():
            entered.set()
            leave.wait()
            order.append("left")

    life = threading.Thread(target=inside)
    life.start()
    entered.wait()
    closer = threading.Thread(target=_close, args=(gate, order))
    closer.start()
    leave.set()
    closer.join()
    with gate.passing():
        order.append("passed")
    life.join()
    assert order == ["left", "closed", "passed"]


def _close(gate: Gate, order: list[str]) -> None:
    with gate.closed():
        order.append("closed")
