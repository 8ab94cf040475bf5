"""Which call fails, and how: kinds of faults, and the calls that were seen since an episode began."""

from dataclasses import dataclass, field
from enum import StrEnum

from tools.faults.calls import PARTIAL, Operation, Request


class Kind(StrEnum):
    """What happens to a call. "Once" is to its first try: the client library repeats it by itself.

    An outage lasts for OUTAGE_CALLS calls of the operation, each with all its tries.
    Partial is a success that says that nothing was done; it and throttled-once are for some operations only (ONLY).
    After lost, time-out and error-late the call took effect, and the function does not learn of it.
    """

    THROTTLED = "throttled"
    THROTTLED_ONCE = "throttled-once"
    ERROR_ONCE = "error-once"
    ERROR = "error"
    OUTAGE = "outage"
    ERROR_LATE = "error-late"
    RESET = "reset"
    LOST_ONCE = "lost-once"
    LOST = "lost"
    TIMEOUT = "time-out"
    LATENCY = "latency"
    PARTIAL = "partial"


OUTAGE_CALLS = 3
THROTTLES = frozenset({Kind.THROTTLED, Kind.THROTTLED_ONCE})
ONCE = frozenset({Kind.THROTTLED_ONCE, Kind.ERROR_ONCE, Kind.LOST_ONCE})
NO_EFFECT = THROTTLES | {Kind.ERROR, Kind.ERROR_ONCE, Kind.OUTAGE, Kind.RESET, Kind.PARTIAL}
NO_RESPONSE = frozenset({Kind.LOST, Kind.LOST_ONCE, Kind.TIMEOUT})
REFUSALS = THROTTLES | {Kind.ERROR, Kind.ERROR_ONCE, Kind.OUTAGE, Kind.ERROR_LATE}
ONLY = {Kind.PARTIAL: PARTIAL, Kind.THROTTLED_ONCE: frozenset({"TransactWriteItems"})}
"""Kinds that only these operations have. Where others are throttled once, that is an error once."""


@dataclass(frozen=True)
class Fault:
    """The `occurrence`-th call (from 1) of an operation fails, with all its tries unless the kind says once."""

    operation: Operation
    occurrence: int
    kind: Kind


@dataclass
class Episode:
    """What passed the proxy since the last `begin`."""

    faults: tuple[Fault, ...] = ()
    calls: dict[Operation, list[str]] = field(default_factory=dict)
    """The logical calls of each operation, in their order."""
    tries: dict[str, int] = field(default_factory=dict)
    actions: dict[Operation, frozenset[str]] = field(default_factory=dict)
    fired: set[Fault] = field(default_factory=set)

    def see(self, request: Request) -> Fault | None:
        """Note a request; return the fault that it meets, if any."""
        known = self.calls.setdefault(request.operation, [])
        self.actions[request.operation] = self.actions.get(request.operation, frozenset()) | request.actions
        if request.invocation not in known:
            known.append(request.invocation)
        self.tries[request.invocation] = self.tries.get(request.invocation, 0) + 1
        occurrence = known.index(request.invocation) + 1
        for fault in self.faults:
            last = fault.occurrence + (OUTAGE_CALLS if fault.kind is Kind.OUTAGE else 1) - 1
            if fault.operation == request.operation and fault.occurrence <= occurrence <= last:
                if fault.kind in ONCE and self.tries[request.invocation] > 1:
                    return None
                self.fired.add(fault)
                return fault
        return None
