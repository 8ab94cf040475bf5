"""The uploads' tables: every change of the upload's state machine is one conditional write here.

What a customer announces is in a table of its own, and becomes a row of the uploads' table when a file arrives:
only functions that decide on an upload can write there (docs/security.md, "What a stolen role could do").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from registrar.aws import dynamo
from registrar.aws.tables.announcements import Announcements
from registrar.aws.tables.upload_items import (
    certificate_apart,
    certificate_digest,
    certificate_key,
    certificate_values,
    findings_json,
    from_item,
    has_certificate_apart,
    key_of,
    other_certificate_key,
    read_as,
    to_item,
)
from registrar.domain.possession.headings import new_nonce
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import ConditionFailed, Refusal
from registrar.domain.reasons.findings import Finding
from registrar.domain.registrations.upload import (
    MAX_BAD_PROOFS,
    MAX_PASSWORD_TRIES,
    PASSWORD_DEADLINE,
    RETENTION,
    VALIDATION_DEADLINE,
    VALIDATION_LEASE,
    AwaitingProof,
    Issued,
    NeedsPassword,
    Undecided,
    Upload,
    UploadState,
    Validating,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class Uploads:
    """Uploads by id; those for which no file has arrived are among the announcements.

    `apart` is whether a certificate that passes is written to an item of its own.
    """

    client: Any
    table: str
    announcements: Announcements
    apart: bool = True

    def find(self, upload_id: str) -> Upload | None:
        keys = [key_of(upload_id), certificate_key(upload_id)]
        found = {dynamo.read_text(item, "id"): item for item in dynamo.get_many(self.client, self.table, keys)}
        item, certificate = (found.get(dynamo.read_text(key, "id")) for key in keys)
        if item is None:
            return self.announcements.find(upload_id)
        if has_certificate_apart(item):
            item = {**self._certificate(upload_id, dynamo.read_text(item, "certificate"), certificate), **item}
        return from_item(item)

    def _certificate(self, upload_id: str, digest: str, first: dynamo.Item | None) -> dynamo.Item:
        """The certificate that the row names by `digest`; `first` was read with the row, perhaps too early.

        Nothing where it is missing.
        """
        if first is None:
            first = dynamo.get(self.client, self.table, certificate_key(upload_id))
        if first is not None and certificate_digest(first) == digest:
            return first
        return dynamo.get(self.client, self.table, other_certificate_key(upload_id, digest)) or {}

    def of_customer(self, upload_id: str, customer_id: str) -> Upload:
        """The customer's own upload. Raises Refusal (UPLOAD_NOT_FOUND), for another customer's just the same."""
        upload = self.find(upload_id)
        if upload is None or upload.customer_id != customer_id:
            raise Refusal(Code.UPLOAD_NOT_FOUND)
        return upload

    def add(self, upload: Issued, *proofs: Mapping[str, Mapping[str, Any]]) -> Upload:
        """Announce the upload, or return the one that an earlier request with the same id announced, as it is now.

        Raises Refusal as Announcements.add does.
        """
        announced = self.announcements.add(upload, *proofs)
        return upload if announced is upload else self.find(upload.id) or announced

    def receive(self, upload_id: str, index: int, now: datetime) -> Validating | None:
        """Record that file number `index` arrived: the claimed upload, or None while another file is missing.

        Raises ConditionFailed where there is nothing to do: decided, expired, or leased to another delivery.
        """
        announced = self.announcements.find(upload_id)
        if announced is not None and announced.ending_at(now) is None:
            try:
                return self._enter(announced, index, now)
            except ConditionFailed:
                pass  # a delivery before this one entered it
        try:
            return self.claim(upload_id, now)
        except ConditionFailed:
            return self.claim(upload_id, now) if self.arrive(upload_id, index, now) else None

    def _enter(self, announced: Issued, index: int, now: datetime) -> Validating | None:
        """Write the upload's row when its first file arrives, claimed where that is its only one.

        Raises ConditionFailed where there is a row.
        """
        first = {"arrived": {"NS": [str(index)]}}
        claimed = {
            "state": dynamo.text(UploadState.VALIDATING),
            "lease_until": dynamo.instant(now + VALIDATION_LEASE),
            "attempts": dynamo.number(1),
        }
        only = len(announced.files) == 1
        item = {**to_item(announced), **(claimed if only else first)}
        dynamo.put_once(self.client, self.table, item, "attribute_not_exists(id)")
        return read_as(item, Validating) if only else None

    def arrive(self, upload_id: str, index: int, now: datetime) -> bool:
        """Record that file number `index` arrived; returns whether all have. Repeating it is harmless.

        Raises ConditionFailed where the upload waits for no file.
        """
        item = dynamo.update(
            self.client,
            self.table,
            key_of(upload_id),
            "ADD arrived :index",
            "#state = :issued AND expires_at > :now",
            {
                ":index": {"NS": [str(index)]},
                ":issued": dynamo.text(UploadState.ISSUED),
                ":now": dynamo.instant(now),
            },
            state="state",
        )
        upload = read_as(item, Issued)
        return len(upload.arrived) == len(upload.files)

    def claim(self, upload_id: str, now: datetime) -> Validating:
        """Start validating: only the caller holds the lease that `attempts` numbers, until it ends.

        Raises ConditionFailed where there is nothing to do: a file is missing, it is decided, expired, or leased
        to another delivery.
        """
        item = dynamo.update_once(
            self.client,
            self.table,
            key_of(upload_id),
            "(#state = :issued AND expires_at > :now"
            " AND (file_count = :one OR (attribute_exists(arrived) AND size(arrived) = file_count)))"
            " OR (#state = :validating AND lease_until <= :now)",
            {
                ":validating": dynamo.text(UploadState.VALIDATING),
                ":issued": dynamo.text(UploadState.ISSUED),
                ":lease": dynamo.instant(now + VALIDATION_LEASE),
                ":now": dynamo.instant(now),
                ":one": dynamo.number(1),
            },
            adds="attempts :one",
            sets="#state = :validating, lease_until = :lease",
            state="state",
        )
        return read_as(item, Validating)

    def request_password(self, upload: Validating, now: datetime) -> None:
        """Wait for the password of a container, with the lease that `upload` holds. Raises ConditionFailed."""
        self._move(
            upload,
            "SET #state = :to, nonce = :nonce, expires_at = :deadline REMOVE lease_until",
            {
                ":to": dynamo.text(UploadState.NEEDS_PASSWORD),
                ":nonce": dynamo.text(new_nonce()),
                ":deadline": dynamo.instant(now + PASSWORD_DEADLINE),
            },
        )

    def count_password(self, upload: NeedsPassword, now: datetime) -> NeedsPassword:
        """Take one password try before it is made. Raises ConditionFailed where none is left or allowed."""
        item = dynamo.update_once(
            self.client,
            self.table,
            key_of(upload.id),
            "#state = :waiting AND expires_at > :now AND attribute_not_exists(outcome)"
            " AND (attribute_not_exists(password_tries) OR password_tries < :most)",
            {
                ":one": dynamo.number(1),
                ":most": dynamo.number(MAX_PASSWORD_TRIES),
                ":waiting": dynamo.text(UploadState.NEEDS_PASSWORD),
                ":now": dynamo.instant(now),
            },
            adds="password_tries :one",
            state="state",
        )
        return read_as(item, NeedsPassword)

    def decide(self, upload: Undecided, verdict: Verdict, now: datetime) -> None:
        """Save a verdict before the files are purged; `publish` makes it the state.

        Raises ConditionFailed where another delivery or request decided already, or the lease was lost.
        """
        expression, values = self._verdict(upload, verdict, now)
        self._move(
            upload,
            f"SET outcome = :outcome, {expression}",
            {":outcome": dynamo.text(verdict.state), **values},
            "attribute_not_exists(outcome)",
        )

    def publish(self, upload: Undecided, outcome: UploadState) -> None:
        """Make `outcome`, to which the saved verdict leads, the state. Harmless where it is already."""
        try:
            dynamo.update(
                self.client,
                self.table,
                key_of(upload.id),
                "SET #state = :outcome REMOVE outcome, lease_until",
                "outcome = :outcome",
                {":outcome": dynamo.text(outcome)},
                state="state",
            )
        except ConditionFailed:
            return

    def decide_and_publish(self, upload: Undecided, verdict: Verdict, now: datetime) -> None:
        """Both in one write, for files that hold no secret and may be purged afterwards. Raises ConditionFailed."""
        expression, values = self._verdict(upload, verdict, now)
        self._move(
            upload,
            f"SET #state = :to, {expression} REMOVE lease_until",
            {":to": dynamo.text(verdict.state), **values},
        )

    def _move(self, upload: Undecided, expression: str, values: dynamo.Item, condition: str = "") -> None:
        """A write that names the state it leaves, with `attempts` as the fencing token of its lease."""
        dynamo.update(
            self.client,
            self.table,
            key_of(upload.id),
            expression,
            "#state = :from AND attempts = :token" + (f" AND {condition}" if condition else ""),
            {
                ":from": dynamo.text(upload.state),
                ":token": dynamo.number(upload.attempts),
                **values,
            },
            state="state",
        )

    def count_proof(self, upload: AwaitingProof) -> int:
        """Take one try before a proof of possession is compared; returns how many are taken.

        Raises ConditionFailed where none is left, or on another state.
        """
        item = dynamo.update_once(
            self.client,
            self.table,
            key_of(upload.id),
            "#state = :awaiting AND (attribute_not_exists(bad_proofs) OR bad_proofs < :most)",
            {
                ":one": dynamo.number(1),
                ":most": dynamo.number(MAX_BAD_PROOFS),
                ":awaiting": dynamo.text(UploadState.AWAITING_PROOF),
            },
            adds="bad_proofs :one",
            state="state",
        )
        return dynamo.read_number(item, "bad_proofs")

    def return_proof_try(self, upload: AwaitingProof) -> None:
        """Return the try of a proof that was not wrong. Harmless where another request ended the upload."""
        try:
            dynamo.update_once(
                self.client,
                self.table,
                key_of(upload.id),
                "#state = :awaiting AND bad_proofs > :none",
                {
                    ":minus_one": dynamo.number(-1),
                    ":none": dynamo.number(0),
                    ":awaiting": dynamo.text(UploadState.AWAITING_PROOF),
                },
                adds="bad_proofs :minus_one",
                state="state",
            )
        except ConditionFailed:
            return

    def refuse(self, upload: AwaitingProof, finding: Finding) -> None:
        """End an upload whose certificate is taken. Repeating it is harmless."""
        try:
            dynamo.update(
                self.client,
                self.table,
                key_of(upload.id),
                "SET #state = :to, findings = :findings REMOVE der, certificate, nonce",
                "#state = :awaiting",
                {
                    ":to": dynamo.text(UploadState.REJECTED),
                    ":awaiting": dynamo.text(UploadState.AWAITING_PROOF),
                    ":findings": findings_json([finding]),
                },
                state="state",
            )
        except ConditionFailed:
            return

    def _verdict(self, upload: Undecided, verdict: Verdict, now: datetime) -> tuple[str, dict[str, Any]]:
        """The part of an update that writes a verdict; a certificate that passed is written first, where it is
        apart. The certificate stays with a refusal too: it is public, and a new policy is tried on it before it
        counts."""
        values: dict[str, Any] = {
            "findings": findings_json(verdict.findings),
            "trust_version": dynamo.number(verdict.trust_version),
        }
        if verdict.summary is not None and verdict.der is not None:
            if self.apart:
                values["certificate"] = self._kept_apart(upload, certificate_apart(verdict.der, verdict.summary))
            else:
                values |= certificate_values(verdict.der, verdict.summary)
            values["expires_at"] = dynamo.instant(now + VALIDATION_DEADLINE)
        elif verdict.der:
            values["der"] = dynamo.binary(verdict.der)
        if verdict.opened:
            values["opened"] = {"BOOL": True}
        expression = ", ".join(f"{name} = :{name}" for name in values)
        return expression, {f":{name}": value for name, value in values.items()}

    def _kept_apart(self, upload: Undecided, passed: dynamo.Item) -> dict[str, str]:
        """Write the certificate, and return what the row names it by. Repeating it changes nothing.

        A delivery that lost its lease may have written another one first: then this one has a key of its own.
        """
        digest = certificate_digest(passed)
        values = {
            ":der": passed["der"],
            ":summary": passed["summary"],
            # DynamoDB erases items one by one, within days: no row is ever without its certificate.
            ":ttl": dynamo.epoch(upload.created_at + RETENTION + timedelta(days=7)),
        }
        write = "SET der = :der, summary = :summary, #ttl = :ttl"
        unwritten = "attribute_not_exists(id) OR (der = :der AND summary = :summary)"
        key = certificate_key(upload.id)
        try:
            dynamo.update(self.client, self.table, key, write, unwritten, values, returns="NONE", ttl="ttl")
        except ConditionFailed:
            other = other_certificate_key(upload.id, digest)
            dynamo.change(self.client, self.table, other, write, values, ttl="ttl")
        return dynamo.text(digest)
