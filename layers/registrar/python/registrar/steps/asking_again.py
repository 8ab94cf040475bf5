"""Before an upload is registered: the issuer is asked once more where its status is too old to count."""

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from registrar.aws.queues.queue import Queue
from registrar.aws.tables.upload_checks import UploadChecks
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.registrations.upload import AwaitingProof


@dataclass(frozen=True, slots=True)
class AskingAgain:
    """The uploads' table and the queue of questions to issuers."""

    checks: UploadChecks
    questions: Queue

    def expect_fresh(self, upload: AwaitingProof, now: datetime) -> None:
        """Check that what the issuer said is young enough. Raises Refusal (IN_PROGRESS) where it is asked again."""
        if not upload.vouched_for_at(now):
            self.ask(upload, now)

    def ask(self, upload: AwaitingProof, now: datetime) -> NoReturn:
        """Ask the issuer once more. Raises Refusal (IN_PROGRESS)."""
        self.checks.again(upload, now)
        self.questions.send([{"upload_id": upload.id}])
        raise Refusal(Code.IN_PROGRESS, retry_after=1)
