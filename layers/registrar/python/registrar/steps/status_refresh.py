"""Before an upload is registered: a revocation status that is outdated, or contradicted, is queried again."""

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from registrar.aws.queues.queue import Queue
from registrar.aws.tables.upload_checks import UploadChecks
from registrar.domain.certificates.certificate import read_certificate
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.registrations.upload import AwaitingProof
from registrar.domain.revocation.status import Status, prevailing
from registrar.steps.known_statuses import KnownStatuses


@dataclass(frozen=True, slots=True)
class StatusRefresh:
    """The uploads' table, the queue of revocation queries, and what is known."""

    checks: UploadChecks
    queries: Queue
    known: KnownStatuses

    def expect_fresh(self, upload: AwaitingProof, now: datetime) -> None:
        """Check that the revocation status is fresh, and that nothing known since contradicts it.

        Raises Refusal (IN_PROGRESS) where it is queried again.
        """
        if not upload.is_status_fresh_at(now) or self._is_contradicted(upload, now):
            self.query_again(upload, now)

    def query_again(self, upload: AwaitingProof, now: datetime) -> NoReturn:
        """Query the status again. Raises Refusal (IN_PROGRESS)."""
        self.checks.query_again(upload, now)
        self.queries.send([{"upload_id": upload.id}])
        raise Refusal(Code.IN_PROGRESS, retry_after=1)

    def _is_contradicted(self, upload: AwaitingProof, now: datetime) -> bool:
        known = self.known.status(read_certificate(upload.der), upload.summary.issuer_key_digest, now)
        given = Status(upload.status.value, upload.status.source, upload.status.as_of)
        return prevailing(given, known) is not given
