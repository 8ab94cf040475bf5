"""The evidence bucket: packages that Object Lock keeps from everybody for years.

    evidence/<request id>/<sha256 of the package>.zip   evidence of one answer to a signature request
    keys/<kid>.json                                     public keys of receipts, written by staff (docs/runbook.md)

The key names the bytes: a repeated write finds them there, and two answers at the same time have a package each, of
which the request's row names one.
"""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

_THERE_ALREADY = ("PreconditionFailed", "412")


@dataclass(frozen=True, slots=True)
class EvidenceBucket:
    """Where evidence is written; the bucket's default retention locks each object."""

    client: Any
    name: str

    def keep(self, request_id: str, package: bytes) -> str:
        """Write a package unless it is there, and return its key. Once this returns, S3 has stored it durably."""
        digest = hashlib.sha256(package)
        key = evidence_key(request_id, digest.hexdigest())
        try:
            self.client.put_object(
                Bucket=self.name,
                Key=key,
                Body=package,
                ContentType="application/zip",
                # S3 takes an object that it will lock only with a digest of its content.
                ChecksumAlgorithm="SHA256",
                ChecksumSHA256=base64.b64encode(digest.digest()).decode(),
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in _THERE_ALREADY:
                raise
        return key


def evidence_key(request_id: str, digest: str) -> str:
    """Where the package with this SHA-256 (hex) is."""
    return f"evidence/{request_id}/{digest}.zip"
