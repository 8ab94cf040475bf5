"""Logs Insights on lines of the log: the part of its language that the saved queries use.

`fields`, `filter` (=, in, like, ispresent, and, or), `stats count(*), sum(…) by …`; `sort` and `limit`
are left out.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

Line = Mapping[str, Any]
Row = dict[str, Any]


def run_query(query: str, lines: Iterable[Line], paste: str = "") -> list[Row]:
    """The rows that a query finds, with `paste` for the reference that an admin enters."""
    rows = [dict(line) for line in lines]
    for command in (part.strip() for part in query.replace("PASTE", paste).split("|")):
        verb, _, rest = command.partition(" ")
        if verb == "filter":
            rows = [row for row in rows if any(_all_hold(row, each) for each in rest.split(" or "))]
        elif verb == "stats":
            rows = _stats(rest, rows)
        elif verb not in ("fields", "sort", "limit"):
            raise ValueError(f"no such command is known here: {verb}")
    return rows


def _all_hold(row: Row, conditions: str) -> bool:
    return all(_holds(row, each) for each in conditions.split(" and "))


def _holds(row: Row, condition: str) -> bool:
    if match := re.fullmatch(r"ispresent\((\w+)\)", condition):
        return row.get(match[1]) is not None
    if match := re.fullmatch(r"(\w+) = '([^']*)'", condition):
        return str(row.get(match[1])) == match[2]
    if match := re.fullmatch(r"(\w+) in \[(.*)\]", condition):
        return str(row.get(match[1])) in re.findall(r"'([^']*)'", match[2])
    if match := re.fullmatch(r"(\w+) like /(.*)/", condition):
        return bool(re.search(match[2], str(row.get(match[1], ""))))
    raise ValueError(f"no such condition is known here: {condition}")


def _stats(text: str, rows: list[Row]) -> list[Row]:
    computed, _, by = text.partition(" by ")
    names = [name.strip() for name in by.split(",")]
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row.get(name) for name in names), []).append(row)
    results = []
    for key, group in found.items():
        result = dict(zip(names, key, strict=True))
        for function, member, name in re.findall(r"(count|sum)\(([\w*]+)\) as (\w+)", computed):
            result[name] = len(group) if function == "count" else sum(row.get(member) or 0 for row in group)
        results.append(result)
    return results
