"""What can go wrong, as one family; and what a caller gets where an error leaves a handler.

RegistrarError
├── Refusal                     a request that cannot be granted             → its own code
├── AdminStepRefused            an admin's step that the state forbids       → STATE_CONFLICT
├── StoreError                  AWS did not do what was asked
│   ├── ConditionFailed         a conditional write found another state      → STATE_CONFLICT
│   ├── ItemIncomplete          an item lacks a value that its state needs
│   ├── LogSearchTimedOut       a search of the logs took too long
│   ├── ObjectNotFound          the bucket holds no such object (any more)
│   ├── ReadThrottled           a table did not return all items of a batch
│   ├── DeliveryUnknown         a provider may have taken a message
│   └── NotDelivered            no channel (SMS, AlimTalk, mail, push) took a message
│       ├── ChannelRefused      a channel refused it; the next one may take it
│       └── ChannelThrottled    a channel would take it later
├── ChannelMisconfigured        a customer's channel cannot be tried; the others are
├── RegistrationPrevented       the transaction that registers did not happen
│   ├── CertificateTaken        a lock or the deny list prevents it
│   └── StatusSuperseded        the revocation status is too old to rely on
├── IssuerUnreachable           an issuer's server was not asked, or sent no valid response
├── InputInvalid                something that was read cannot be used
│   ├── DerMalformed            not DER, or not the value expected
│   ├── CertificateMalformed    not a certificate, or one that breaks RFC 5280
│   ├── PrivateKeyMalformed     not a PrivateKeyInfo
│   ├── WrongPassword           a password does not open a file
│   ├── PathInvalid             a certificate or signature does not chain to its issuer
│   ├── CrlUnusable             a CRL, or an entry of it, cannot be used
│   ├── ChainUnreadable         bytes are not an object of the audit chain
│   ├── PossessionProofInvalid  a signature is not that key's over that text
│   │   └── ContentNeeded       a digest of what was signed is not enough     → MALFORMED_REQUEST
│   ├── PasskeyInvalid          a WebAuthn response is not valid
│   ├── SealedSecretInvalid     a sealed secret is not for this upload       → MALFORMED_REQUEST
│   └── TrustEntryInvalid       one entry of a trust document cannot be used
├── TrustDocumentRejected       a trust document is not activated
└── MessageNotDone              a message stays in its queue
    ├── MessagePostponed        it is to be handled later
    ├── MessageThrottled        what it needs takes no more calls now
    ├── CrlOverdue              no current CRL could be fetched
    └── StatusOverdue           a certificate that no CRL covers has no current status

`entry/refusals.py` holds that mapping. An error without an arrow never leaves a handler of the API or of an admin:
the caller handles it. One that does leave it is a defect of ours, as is everything that
is not in this family: SYSTEM_RETRY to a customer, Lambda's error to an admin, another delivery of a message.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from registrar.domain.reasons.codes import AdminCode, Code


class RegistrarError(Exception):
    """Base of every error this project raises on purpose."""


class Refusal(RegistrarError):
    """A request that is refused with a reason from the catalogue.

    `params` fill the reason's text; `retry_after` is in seconds and becomes the `Retry-After` header.
    """

    def __init__(self, code: Code, *, retry_after: int | None = None, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, object] = params
        self.retry_after = retry_after


class AdminStepRefused(RegistrarError):
    """The state does not allow the step; `why` is a sentence for the person at the bank."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class StoreError(RegistrarError):
    """A service of AWS did not do what was asked."""


class LogSearchTimedOut(StoreError):
    """A search of the logs took too long: fewer days take less."""


class ConditionFailed(StoreError):
    """A conditional write found another state.

    `items` holds, for each write of a transaction in order, the item that stood in the way (None where that
    write had no objection).
    """

    def __init__(self, items: Sequence[Mapping[str, Mapping[str, Any]] | None] = ()) -> None:
        super().__init__("a conditional write found another state")
        self.items = items


class ItemIncomplete(StoreError):
    """An item of a table lacks a value that its state needs: a defect, or an item that another release wrote."""


class ObjectNotFound(StoreError):
    """The bucket holds no such object (any more)."""


class ReadThrottled(StoreError):
    """DynamoDB left out keys of a batch in every try: the table is throttled."""


class NotDelivered(StoreError):
    """No channel took the message: certainly not sent."""


class ChannelRefused(NotDelivered):
    """A channel refused the message: certainly not sent by it."""


class DeliveryUnknown(StoreError):
    """A provider did not answer whether it took the message, which may be on its way."""


class ChannelThrottled(NotDelivered):
    """A channel refused the message because too many were sent: certainly not sent, and it succeeds later."""


class ChannelMisconfigured(RegistrarError):
    """A channel of a customer's row cannot be tried; `why` says what an admin has to correct.

    `channel` is a name that may be logged: what is in the row instead of one may be anything.
    """

    def __init__(self, channel: str, why: str) -> None:
        self.channel = channel if channel.isascii() and channel.isalpha() and len(channel) <= 16 else "?"
        self.why = why
        super().__init__(f"{self.channel}: {why}")


class RegistrationPrevented(RegistrarError):
    """The transaction that registers a certificate did not happen."""


class CertificateTaken(RegistrationPrevented):
    """The certificate or its key is registered already, or denied.

    `code` is ALREADY_REGISTERED where it is the same certificate of the same customer, REPLACES_REQUIRED where only
    the key is that of another certificate of theirs; `existing` is that registration. Otherwise `existing` is None,
    `code` is an AdminCode, and the customer learns nothing more.
    """

    def __init__(self, code: Code | AdminCode, existing: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.existing = existing


class StatusSuperseded(RegistrationPrevented):
    """The issuer's CRL was applied to registrations after the status was found: the issuer is queried again."""


class IssuerUnreachable(RegistrarError):
    """An OCSP response or a CRL could not be fetched; `why`, for logs, holds nothing that a server sent.

    `server_failed` is False where the server works and does not have what was asked for.
    """

    def __init__(self, why: str, *, server_failed: bool = True) -> None:
        super().__init__(why)
        self.why = why
        self.server_failed = server_failed


class InputInvalid(RegistrarError):
    """What was read cannot be used.

    `why` is a short technical phrase for logs and admins; it quotes nothing of what was read.
    """

    def __init__(self, why: str = "") -> None:
        super().__init__(why)
        self.why = why


class DerMalformed(InputInvalid, ValueError):
    """The bytes are no DER value, or not the one expected."""


class CertificateMalformed(InputInvalid, ValueError):
    """The bytes are no certificate, or one of which a part breaks RFC 5280 or DER."""


class PrivateKeyMalformed(InputInvalid, ValueError):
    """The bytes are no PrivateKeyInfo: after a decryption it means that the password was wrong."""


class WrongPassword(InputInvalid):
    """The password opens nothing. The caller counts it and refuses with FILE_PASSWORD_WRONG and the tries left."""


class PathInvalid(InputInvalid):
    """A certificate, or something that its issuer signs, does not hold under the issuer's certificate."""


class CrlUnusable(InputInvalid):
    """The CRL, or an entry of it, cannot be used."""


class ChainUnreadable(InputInvalid):
    """The bytes are not an object of the audit chain."""


class PossessionProofInvalid(InputInvalid):
    """The signature is not that of the certificate's key over the expected text."""


class ContentNeeded(PossessionProofInvalid):
    """Whether the signature is right cannot be checked by a digest of the content alone."""


class PasskeyInvalid(InputInvalid):
    """The bytes are no valid credential or proof of identity."""


class SealedSecretInvalid(InputInvalid, ValueError):
    """The plaintext is not of the expected form, or was sealed for another upload or nonce."""


class TrustEntryInvalid(InputInvalid):
    """An entry of a trust document cannot be used; `why` says which member is wrong, for the admin."""


class TrustDocumentRejected(RegistrarError):
    """A trust document that must not become active; `reasons` says everything that is wrong with it."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = tuple(reasons)


class MessageNotDone(RegistrarError):
    """The message stays in its queue and is delivered again."""


class MessagePostponed(MessageNotDone):
    """The message is in order, but to be handled later."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"in {wait}")
        self.wait = wait


class MessageThrottled(MessageNotDone):
    """The message is in order, but what it needs takes no more calls now."""


class CrlOverdue(MessageNotDone):
    """No current CRL could be fetched: revocations on it are unknown."""


class StatusOverdue(MessageNotDone):
    """The responder gave no current status of certificates that no CRL covers."""
