"""The uploads' table: every change of the upload's state machine is one conditional write here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from registrar.aws import dynamo
from registrar.domain.errors import ConditionFailed, Refusal
from registrar.domain.uploads import (
    DAILY_UPLOADS,
    PROOF_DEADLINE,
    RETENTION,
    TEXT_LIFE,
    VALIDATION_LEASE,
    AnnouncedFile,
    Upload,
    UploadState,
    new_nonce,
)


def to_item(upload: Upload) -> dict[str, dict[str, Any]]:
    """An upload as it starts; what is decided later is added by the writes below."""
    return {
        "id": dynamo.text(upload.id),
        "customer_id": dynamo.text(upload.customer_id),
        "customer_kind": dynamo.text(upload.customer_kind),
        "state": dynamo.text(upload.state),
        "file": dynamo.as_json([upload.file.name, upload.file.size, upload.file.sha256]),
        "method": dynamo.text(upload.method),
        "proved_at": dynamo.instant(upload.proved_at),
        "created_at": dynamo.instant(upload.created_at),
        "expires_at": dynamo.instant(upload.expires_at),
        "attempts": dynamo.number(upload.attempts),
        "ttl": dynamo.epoch(upload.created_at + RETENTION),
    }


def from_item(item: dynamo.Item) -> Upload:
    return Upload(
        id=dynamo.read_text(item, "id"),
        customer_id=dynamo.read_text(item, "customer_id"),
        customer_kind=dynamo.read_text(item, "customer_kind"),
        state=UploadState(dynamo.read_text(item, "state")),
        file=AnnouncedFile(*dynamo.read_json(item, "file")),
        method=dynamo.read_text(item, "method"),
        proved_at=dynamo.read_instant(item, "proved_at"),
        created_at=dynamo.read_instant(item, "created_at"),
        expires_at=dynamo.read_instant(item, "expires_at"),
        attempts=dynamo.read_number(item, "attempts"),
        lease_until=dynamo.read_instant(item, "lease_until") if "lease_until" in item else None,
        findings=tuple(dynamo.read_json(item, "findings")) if "findings" in item else (),
        summary=dynamo.read_json(item, "summary") if "summary" in item else None,
        der=dynamo.read_bytes(item, "der") if "der" in item else None,
        nonce=dynamo.read_text(item, "nonce") if "nonce" in item else None,
        nonce_expires_at=(dynamo.read_instant(item, "nonce_expires_at") if "nonce_expires_at" in item else None),
        bad_proofs=dynamo.read_number(item, "bad_proofs") if "bad_proofs" in item else 0,
    )


@dataclass(frozen=True, slots=True)
class Uploads:
    """Uploads by id, and each customer's daily quota beside them."""

    client: Any
    table: str

    def find(self, upload_id: str) -> Upload | None:
        item = dynamo.get(self.client, self.table, _key(upload_id))
        return from_item(item) if item else None

    def add(self, upload: Upload) -> Upload:
        """Add the upload and count it, or return the one that an earlier request with the same id made.

        Raises Refusal (UPLOAD_LIMIT_REACHED) when today's uploads are used up.
        """
        day = upload.created_at.strftime("%Y-%m-%d")
        count = {
            "TableName": self.table,
            "Key": _key(f"quota:{upload.customer_id}:{day}"),
            "UpdateExpression": "ADD used :one SET #ttl = :ttl",
            "ConditionExpression": "attribute_not_exists(used) OR used < :most",
            "ExpressionAttributeNames": {"#ttl": "ttl"},
            "ExpressionAttributeValues": {
                ":one": dynamo.number(1),
                ":most": dynamo.number(DAILY_UPLOADS),
                ":ttl": dynamo.epoch(upload.created_at + RETENTION),
            },
        }
        create = {
            "TableName": self.table,
            "Item": to_item(upload),
            "ConditionExpression": "attribute_not_exists(id)",
        }
        try:
            dynamo.transact(self.client, [{"Put": create}, {"Update": count}])
        except ConditionFailed as failed:
            existing, _ = failed.items
            if existing:
                return from_item(existing)
            raise Refusal("UPLOAD_LIMIT_REACHED", limit=DAILY_UPLOADS, again_at=_next_day(upload)) from None
        return upload

    def claim(self, upload_id: str, now: datetime) -> Upload:
        """Start validating: the caller holds the lease that `attempts` numbers, and nobody else until it ends.

        Raises ConditionFailed where there is nothing to do: decided, expired, or leased to another delivery.
        """
        item = dynamo.update(
            self.client,
            self.table,
            _key(upload_id),
            "SET #state = :validating, lease_until = :lease ADD attempts :one",
            "(#state = :issued AND expires_at > :now) OR (#state = :validating AND lease_until <= :now)",
            {
                ":validating": dynamo.text(UploadState.VALIDATING),
                ":issued": dynamo.text(UploadState.ISSUED),
                ":lease": dynamo.instant(now + VALIDATION_LEASE),
                ":now": dynamo.instant(now),
                ":one": dynamo.number(1),
            },
            state="state",
        )
        return from_item(item)

    def reject(self, upload: Upload, findings: Sequence[Mapping[str, object]]) -> None:
        """Publish a refusal, with the lease that `upload` holds. Raises ConditionFailed where it lost it."""
        dynamo.update(
            self.client,
            self.table,
            _key(upload.id),
            "SET #state = :to, findings = :findings REMOVE lease_until",
            "#state = :from AND attempts = :token",
            {
                ":to": dynamo.text(UploadState.REJECTED),
                ":from": dynamo.text(UploadState.VALIDATING),
                ":token": dynamo.number(upload.attempts),
                ":findings": dynamo.as_json(findings),
            },
            state="state",
        )

    def accept(
        self,
        upload: Upload,
        findings: Sequence[Mapping[str, object]],
        summary: Mapping[str, object],
        der: bytes,
        now: datetime,
    ) -> None:
        """Publish that only the owner's proof is missing, with the lease that `upload` holds.

        Raises ConditionFailed where it lost it.
        """
        dynamo.update(
            self.client,
            self.table,
            _key(upload.id),
            "SET #state = :to, findings = :findings, summary = :summary, der = :der, expires_at = :deadline,"
            " nonce = :nonce, nonce_expires_at = :nonce_end REMOVE lease_until",
            "#state = :from AND attempts = :token",
            {
                ":to": dynamo.text(UploadState.AWAITING_PROOF),
                ":from": dynamo.text(UploadState.VALIDATING),
                ":token": dynamo.number(upload.attempts),
                ":findings": dynamo.as_json(findings),
                ":summary": dynamo.as_json(summary),
                ":der": dynamo.binary(der),
                ":deadline": dynamo.instant(now + PROOF_DEADLINE),
                ":nonce": dynamo.text(new_nonce()),
                ":nonce_end": dynamo.instant(now + TEXT_LIFE),
            },
            state="state",
        )

    def renew_text(self, upload: Upload, now: datetime) -> Upload:
        """A new text to sign in place of the one that is over, or what another request made of it meanwhile."""
        try:
            item = dynamo.update(
                self.client,
                self.table,
                _key(upload.id),
                "SET nonce = :nonce, nonce_expires_at = :end",
                "#state = :awaiting AND nonce = :old",
                {
                    ":nonce": dynamo.text(new_nonce()),
                    ":end": dynamo.instant(now + TEXT_LIFE),
                    ":awaiting": dynamo.text(UploadState.AWAITING_PROOF),
                    ":old": dynamo.text(upload.nonce or ""),
                },
                state="state",
            )
        except ConditionFailed:
            return self.find(upload.id) or upload
        return from_item(item)

    def count_bad_proof(self, upload: Upload) -> int:
        """Note a proof that failed; returns how many there are. Raises ConditionFailed on another state."""
        item = dynamo.update(
            self.client,
            self.table,
            _key(upload.id),
            "ADD bad_proofs :one",
            "#state = :awaiting",
            {":one": dynamo.number(1), ":awaiting": dynamo.text(UploadState.AWAITING_PROOF)},
            state="state",
        )
        return dynamo.read_number(item, "bad_proofs")

    def refuse(self, upload: Upload, finding: Mapping[str, object]) -> None:
        """End an upload whose certificate is taken. Repeating it is harmless."""
        try:
            dynamo.update(
                self.client,
                self.table,
                _key(upload.id),
                "SET #state = :to, findings = :findings REMOVE der, nonce",
                "#state = :awaiting",
                {
                    ":to": dynamo.text(UploadState.REJECTED),
                    ":awaiting": dynamo.text(UploadState.AWAITING_PROOF),
                    ":findings": dynamo.as_json([finding]),
                },
                state="state",
            )
        except ConditionFailed:
            return


def _key(upload_id: str) -> dict[str, dict[str, str]]:
    return {"id": dynamo.text(upload_id)}


def _next_day(upload: Upload) -> datetime:
    return upload.created_at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
