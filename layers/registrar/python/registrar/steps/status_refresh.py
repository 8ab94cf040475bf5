"""Before an upload is registered: an outdated revocation status is queried again."""

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from registrar.aws.queues.queue import Queue
from registrar.aws.tables.upload_checks import UploadChecks
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.registrations.upload import AwaitingProof


@dataclass(frozen=True, slots=True)
class StatusRefresh:
    """The uploads' table and the queue of revocation queries."""

    checks: UploadChecks
    queries: Queue

    def expect_fresh(self, upload: AwaitingProof, now: datetime) -> None:
        """Check that the revocation status is fresh. Raises Refusal (IN_PROGRESS) where it is queried again."""
        if not upload.is_status_fresh_at(now):
            self.query_again(upload, now)

    def query_again(self, upload: AwaitingProof, now: datetime) -> NoReturn:
        """Query the status again. Raises Refusal (IN_PROGRESS)."""
        self.checks.query_again(upload, now)
        self.queries.send([{"upload_id": upload.id}])
        raise Refusal(Code.IN_PROGRESS, retry_after=1)
