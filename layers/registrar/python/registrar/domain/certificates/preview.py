"""The effect of a new trust document: a dry run over existing certificates.

It sends no notice and writes nothing: an admin reads the figures before they activate the document.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registrar.domain.certificates.decision import Report, decide_certificate
from registrar.domain.certificates.trust import TrustStore
from registrar.domain.reasons.findings import headline

MAX_EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class Sample:
    """An uploaded or registered certificate; `source` is `upload` or `registration`."""

    source: str
    id: str
    der: bytes
    customer_kind: str


def preview(
    samples: Iterable[Sample], old: TrustStore, new: TrustStore, now: datetime, bank: str
) -> dict[str, Any]:
    """How many of `samples` would be decided otherwise by `new` than by `old`, with up to ten examples of each."""
    result: dict[str, Any] = {"looked_at": 0, "would_be_refused": [], "would_be_accepted": [], "other_reasons": []}
    counts = {"would_be_refused": 0, "would_be_accepted": 0, "other_reasons": 0}
    for sample in samples:
        result["looked_at"] += 1
        before, after = (
            decide_certificate(sample.der, store, sample.customer_kind, now, bank=bank) for store in (old, new)
        )
        change = _change(before, after)
        if change is not None:
            counts[change] += 1
            if len(result[change]) < MAX_EXAMPLES:
                example = {"before": _codes(before), "after": _codes(after)}
                result[change].append({"source": sample.source, "id": sample.id, **example})
    return {**result, "counts": counts}


def _change(before: Report, after: Report) -> str | None:
    if before.accepted and not after.accepted:
        return "would_be_refused"
    if after.accepted and not before.accepted:
        return "would_be_accepted"
    return "other_reasons" if _codes(before) != _codes(after) else None


def _codes(report: Report) -> list[str]:
    first = headline(report.findings)
    codes = {finding.code for finding in report.findings}
    return sorted(codes, key=lambda code: (first is None or code != first.code, code))
