"""The verdict on an upload, and its files: deleted before the verdict is visible; then the issuer is queried.

After a crash between two steps the next caller (the queue, the customer, the sweep) finds the files or the verdict.
"""

from dataclasses import dataclass
from datetime import datetime

from registrar.aws.buckets.bucket import Bucket
from registrar.aws.queues.queue import Queue
from registrar.aws.tables.uploads import Uploads
from registrar.domain.registrations.upload import Checking, Undecided, Upload, UploadState, Validating, Verdict

# States whose files are still needed.
_OPEN = (UploadState.ISSUED, UploadState.VALIDATING, UploadState.NEEDS_PASSWORD, UploadState.FAILED)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The uploads' table, the bucket with their files, and the queue of revocation queries."""

    uploads: Uploads
    bucket: Bucket
    queries: Queue

    def decide(self, upload: Undecided, verdict: Verdict, now: datetime) -> None:
        """Save the verdict, delete the files, publish it. Raises ConditionFailed as Uploads.decide does."""
        self.uploads.decide(upload, verdict, now)
        self.publish(upload, verdict.state)

    def decide_bare(self, upload: Validating, verdict: Verdict, now: datetime) -> None:
        """In one write where a bare certificate passed, and its file, which holds no secret, deleted afterwards."""
        if verdict.state is not UploadState.CHECKING:
            self.decide(upload, verdict, now)
            return
        self.uploads.decide_and_publish(upload, verdict, now)
        self.bucket.delete_upload(upload)
        self.queries.send([{"upload_id": upload.id}])

    def publish(self, upload: Undecided, outcome: UploadState) -> None:
        """Continue after a verdict was saved that leads to `outcome`. Repeating it is harmless."""
        self.bucket.delete_upload(upload)
        self.uploads.publish(upload, outcome)
        if outcome is UploadState.CHECKING:
            self.queries.send([{"upload_id": upload.id}])

    def sweep(self, upload: Upload, now: datetime) -> None:
        """Finish what was decided; delete the files of an ended upload, but not those of an open one."""
        if isinstance(upload, Undecided) and upload.outcome is not None:
            self.publish(upload, upload.outcome)
        elif isinstance(upload, Checking):
            self.bucket.delete_upload(upload)
            self.queries.send(
                [{"upload_id": upload.id}]
            )  # the decision may have been interrupted before the query was queued
        elif upload.state_at(now) not in _OPEN:
            self.bucket.delete_upload(upload)
