"""S3: the upload bucket, the trust bucket and the one for issuers' lists."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import ConditionFailed, ObjectNotFound, Refusal
from registrar.domain.registrations.upload_files import object_key

if TYPE_CHECKING:  # functions that read trust documents or lists load no uploads
    from registrar.domain.registrations.upload import Upload
    from registrar.domain.registrations.upload_files import AnnouncedFile


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object's bytes, the ETag that names this version of it, and when it was written."""

    content: bytes
    etag: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Bucket:
    """Objects of one bucket, by key."""

    client: Any
    name: str

    def read(self, key: str, limit: int) -> StoredObject:
        """At most `limit` + 1 bytes of the object. Raises ObjectNotFound."""
        try:
            response = self.client.get_object(Bucket=self.name, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                raise ObjectNotFound(key) from None
            raise
        return StoredObject(response["Body"].read(limit + 1), response["ETag"], response["LastModified"])

    def read_part(self, key: str, start: int, length: int, etag: str | None = None) -> StoredObject:
        """`length` bytes from `start`, fewer at the object's end; with `etag` of that version only.

        Raises ObjectNotFound, and ConditionFailed where it is another version by now.
        """
        version = {"IfMatch": etag} if etag else {}
        try:
            response = self.client.get_object(
                Bucket=self.name, Key=key, Range=f"bytes={start}-{start + length - 1}", **version
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                raise ObjectNotFound(key) from None
            if error.response["Error"]["Code"] in ("PreconditionFailed", "412"):
                raise ConditionFailed from None
            raise
        return StoredObject(response["Body"].read(), response["ETag"], response["LastModified"])

    def write(
        self,
        key: str,
        content: bytes,
        *,
        replacing: str | None = None,
        create: bool = False,
        media_type: str = "application/json",
    ) -> None:
        """Write an object; with `replacing` only over that ETag, with `create` only where there is none.

        Raises ConditionFailed.
        """
        condition = {"IfMatch": replacing} if replacing else {"IfNoneMatch": "*"} if create else {}
        try:
            self.client.put_object(Bucket=self.name, Key=key, Body=content, ContentType=media_type, **condition)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("PreconditionFailed", "ConditionalRequestConflict", "412"):
                raise ConditionFailed from None
            raise

    def delete(self, key: str) -> None:
        self.client.delete_object(Bucket=self.name, Key=key)

    def read_upload(self, upload: "Upload") -> list[bytes]:
        """The upload's files, checked against what was announced. Raises Refusal (UPLOAD_CHANGED)."""
        contents = []
        for index, file in enumerate(upload.files):
            try:
                content = self.read(object_key(upload.id, index), file.size).content
            except ObjectNotFound:
                raise Refusal(Code.UPLOAD_CHANGED) from None
            if hashlib.sha256(content).hexdigest() != file.sha256:
                raise Refusal(Code.UPLOAD_CHANGED)
            contents.append(content)
        return contents

    def delete_upload(self, upload: "Upload") -> None:
        """Delete the upload's files, those too that never came."""
        for index in range(len(upload.files)):
            self.delete(object_key(upload.id, index))

    def presigned_post(self, key: str, file: "AnnouncedFile", life: timedelta) -> dict[str, Any]:
        """A form that uploads exactly this file: `url` and `fields`. Key, type and size are all conditions."""
        fields = {"Content-Type": "application/octet-stream"}
        response: dict[str, Any] = self.client.generate_presigned_post(
            self.name,
            key,
            Fields=fields,
            Conditions=[fields, ["content-length-range", file.size, file.size]],
            ExpiresIn=int(life.total_seconds()),
        )
        return response
