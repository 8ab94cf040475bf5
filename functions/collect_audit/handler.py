"""Pass the audit entries that CloudWatch Logs delivers to the audit queue, so that they are kept in batches.

Lambda repeats a failed delivery twice, then sends it to the queue of uncollected entries.
"""

from typing import Any

from registrar.aws import wiring as stores
from registrar.entry.log_delivery import audit_lines, parts
from registrar.entry.start import started

# A message of SQS holds 256 KiB, of which the JSON around the lines and its escapes need some.
MOST_BYTES = 100_000
queue = stores.audit_queue()


@started
def lambda_handler(event: dict[str, Any], context: Any) -> None:
    group, lines = audit_lines(event)
    queue.send({"group": group, "entries": part} for part in parts(lines, MOST_BYTES))
