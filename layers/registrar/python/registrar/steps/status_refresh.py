"""Before an upload is registered: a revocation status that is outdated, or contradicted, is queried again."""

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from registrar.aws.queues.queue import Queue
from registrar.aws.tables.registering_reads import BeforeRegistering, RegisteringReads
from registrar.aws.tables.upload_checks import UploadChecks
from registrar.domain.certificates.certificate import older_key_ids, read_certificate
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.registrations.upload import AwaitingProof
from registrar.domain.revocation.named import Named
from registrar.domain.revocation.status import Status, prevailing
from registrar.steps.known_statuses import KnownStatuses


@dataclass(frozen=True, slots=True)
class StatusRefresh:
    """The uploads' table, the queue of revocation queries, what is known, and what is read before registering."""

    checks: UploadChecks
    queries: Queue
    known: KnownStatuses
    reads: RegisteringReads

    def expect_fresh(self, upload: AwaitingProof, now: datetime) -> BeforeRegistering:
        """Check that the revocation status is fresh, and that nothing known since contradicts it; returns what was
        read with that.

        Raises Refusal (IN_PROGRESS) where the status is queried again.
        """
        certificate = read_certificate(upload.der)
        named = Named.of(certificate, upload.summary.issuer_key_digest)
        read = self.reads.find(upload, certificate.serial, older_key_ids(certificate.public_key), named.points)
        stated = self.known.judge(named, read.known, now)
        given = Status(upload.status.value, upload.status.source, upload.status.as_of)
        if not upload.is_status_fresh_at(now) or prevailing(given, stated) is not given:
            self.query_again(upload, now)
        return read

    def query_again(self, upload: AwaitingProof, now: datetime) -> NoReturn:
        """Query the status again. Raises Refusal (IN_PROGRESS)."""
        self.checks.query_again(upload, now)
        self.queries.send([{"upload_id": upload.id}])
        raise Refusal(Code.IN_PROGRESS, retry_after=1)
