"""Searches what functions logged (CloudWatch Logs Insights): only there a request is joined to what it was about.

Insights reads up to 50 log groups in one query, in parallel; FilterLogEvents would read them one after another.
"""

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registrar.domain.reasons.errors import LogSearchTimedOut

MOST_LINES = 500
_VALUE = re.compile(r"[0-9A-Za-z-]{8,40}")
_MEMBER = re.compile(r"[a-z_]{2,30}")
_PAUSE_SECONDS = 0.5
_MOST_PAUSES = 100


@dataclass(frozen=True, slots=True)
class LogSearch:
    """Finds the lines that have a value in a member, in the log groups of some functions of this stack.

    A line that merely contains the value is not found: clients choose parts of some lines.
    """

    logs: Any
    stack: str
    pause: Callable[[float], None] = time.sleep

    def find(
        self,
        values: Sequence[str],
        members: Sequence[str],
        functions: Sequence[str],
        since: datetime,
        until: datetime,
    ) -> list[Mapping[str, Any]]:
        """The last lines (JSON objects) with one of `values` in one of `members`, the oldest first, with their
        `function`.

        Raises LogSearchTimedOut.
        """
        if not all(map(_VALUE.fullmatch, values)) or not all(map(_MEMBER.fullmatch, members)):
            raise ValueError(values)  # they become part of a query
        # The first filter is all that the local cloud knows; the second keeps what clients choose out of the limit.
        exact = " or ".join(f"{member} = '{value}'" for member in members for value in values)
        wanted = f"filter @message like /{'|'.join(values)}/ | filter {exact}"
        asked = f"fields @log, @message | {wanted} | sort @timestamp desc | limit {MOST_LINES}"
        query = self.logs.start_query(
            logGroupNames=[f"/{self.stack}/{function}" for function in functions],
            startTime=int(since.timestamp()),
            endTime=int(until.timestamp()) + 1,
            queryString=asked,
        )["queryId"]
        for _ in range(_MOST_PAUSES):
            found = self.logs.get_query_results(queryId=query)
            if found["status"] == "Complete":
                rows = reversed(found["results"])
                return [line for row in rows if (line := _line(row, values, members)) is not None]
            if found["status"] not in ("Scheduled", "Running"):
                break
            self.pause(_PAUSE_SECONDS)
        raise LogSearchTimedOut("the logs could not be searched in time: choose fewer days")


def _line(
    row: Sequence[Mapping[str, str]], values: Sequence[str], members: Sequence[str]
) -> Mapping[str, Any] | None:
    """A line of ours with one of the values; None for another, and for what the platform wrote."""
    fields = {field["field"]: field["value"] for field in row}
    try:
        line = json.loads(fields["@message"])
    except ValueError:
        return None
    if not isinstance(line, dict) or "message" not in line or all(line.get(name) not in values for name in members):
        return None
    return {**line, "function": fields["@log"].rpartition("/")[2]}
