"""Tables of figures in Markdown, and percentiles."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """A heading, names of columns, and rows of cells."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    @property
    def text(self) -> str:
        """As Markdown, with a line feed at the end."""
        rule = ["---", *("---:" for _ in self.head[1:])]
        lines = (f"| {' | '.join(cells)} |" for cells in (self.head, rule, *self.rows))
        return f"### {self.title}\n\n" + "\n".join(lines) + "\n"


def share_at(figures: Sequence[float], share: int) -> float:
    """The figure that `share` percent do not exceed. At least one figure."""
    if len(figures) == 1:
        return figures[0]
    return statistics.quantiles(figures, n=100, method="inclusive")[share - 1]
