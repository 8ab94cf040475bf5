"""What CloudWatch does with an alarm: its state after a series of measured values.

It knows what the templates use: statistics of one metric by its exact dimensions, two forms of formula, queries
with one condition, missing data, and M of N periods.
"""

import re
from collections.abc import Mapping
from typing import Any

from tests.support.shape import PARAMETERS, Properties

Dimensions = frozenset[tuple[str, str]]
Measured = Mapping[tuple[str, str, Dimensions], list[float | None]]
"""Namespace, metric and dimensions, and the statistic of each period, the last one last; None where none came."""

_QUERY = re.compile(
    r"SELECT (?P<by>SUM|AVG)\((?P<metric>\w+)\)"
    r' FROM (?:SCHEMA\()?"(?P<namespace>[\w/]+)"(?:, (?P<names>[\w, ]+)\))?'
    r"(?: WHERE (?P<name>\w+) = '(?P<value>\w+)')?"
)
_COMPARE = {
    "GreaterThanThreshold": float.__gt__,
    "GreaterThanOrEqualToThreshold": float.__ge__,
    "LessThanThreshold": float.__lt__,
}


def state(alarm: Properties, measured: Measured) -> str:
    """ALARM or OK."""
    periods: int = alarm["EvaluationPeriods"]
    if "Metrics" in alarm:
        values = _formula(alarm["Metrics"], measured, periods)
    else:
        values = _series(alarm, measured, periods)
    breaching = [_is_breaching(alarm, value) for value in values]
    needed: int = alarm.get("DatapointsToAlarm", periods)
    return "ALARM" if sum(breaching) >= needed else "OK"


def metric_of(metric: Mapping[str, Any]) -> tuple[str, str, Dimensions]:
    """What identifies a metric, with references of the template as text."""
    dimensions = {(each["Name"], str(each["Value"])) for each in metric.get("Dimensions", [])}
    return str(metric["Namespace"]), metric["MetricName"], frozenset(dimensions)


def _is_breaching(alarm: Properties, value: float | None) -> bool:
    if value is None:
        return bool(alarm["TreatMissingData"] == "breaching")
    threshold = alarm["Threshold"]
    if isinstance(threshold, dict):
        threshold = PARAMETERS[threshold["Ref"]]["Default"]
    return _COMPARE[alarm["ComparisonOperator"]](float(value), float(threshold))


def _series(metric: Mapping[str, Any], measured: Measured, periods: int) -> list[float | None]:
    values = measured.get(metric_of(metric), [])[-periods:]
    return [*[None] * (periods - len(values)), *values]


def _formula(parts: list[dict[str, Any]], measured: Measured, periods: int) -> list[float | None]:
    (shown,) = [part for part in parts if part.get("ReturnData", True)]
    if query := _QUERY.fullmatch(shown["Expression"]):
        return _queried(query, measured, periods)
    inputs = {
        part["Id"]: _series(part["MetricStat"]["Metric"], measured, periods) for part in parts if part is not shown
    }
    return [_computed(shown["Expression"], {name: inputs[name][i] for name in inputs}) for i in range(periods)]


def _computed(expression: str, values: Mapping[str, float | None]) -> float | None:
    """`SUM(FILL(METRICS(), 0))` or `a - FILL(b, 0)`. Without a value that is not filled there is no result."""
    if expression == "SUM(FILL(METRICS(), 0))":
        # FILL has nothing to fill for a metric that never had a value.
        return sum(value or 0 for value in values.values()) if any(v is not None for v in values.values()) else None
    match = re.fullmatch(r"(\w+) - FILL\((\w+), 0\)", expression)
    assert match, f"no such formula is known here: {expression}"
    first, filled = values[match[1]], values[match[2]]
    return None if first is None else first - (filled or 0)


def _queried(query: re.Match[str], measured: Measured, periods: int) -> list[float | None]:
    found = []
    for (namespace, metric, dimensions), values in measured.items():
        names = {name for name, _ in dimensions}
        if (namespace, metric) != (query["namespace"], query["metric"]):
            continue
        if query["names"] and names != set(query["names"].split(", ")):
            continue
        if query["name"] and (query["name"], query["value"]) not in dimensions:
            continue
        found.append([*[None] * (periods - len(values)), *values[-periods:]])
    results: list[float | None] = []
    for index in range(periods):
        present = [value for values in found if (value := values[index]) is not None]
        total = sum(present)
        results.append((total / len(present) if query["by"] == "AVG" else total) if present else None)
    return results
