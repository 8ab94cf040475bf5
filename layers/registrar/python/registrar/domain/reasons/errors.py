"""What can go wrong, as one family.

RegistrarError
├── Refusal                 the caller gets a problem document with a code of the catalogue
├── StoreError              a table or bucket said no
│   ├── ConditionFailed     a conditional write lost: somebody else was first, or the state is another
│   ├── NotThere            the object that an event names does not exist (any more)
│   └── NotDelivered        a channel (SMS, mail, push) did not take a message
├── Unreachable             an issuer's server was not asked, or gave no answer that is one
└── TrustDocumentRejected   an admin's trust document is not activated; carries every reason

Whatever is not in this family is a defect of ours and becomes SYSTEM_RETRY.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from registrar.domain.reasons.codes import Code


class RegistrarError(Exception):
    """Base of every error this project raises on purpose."""


class Refusal(RegistrarError):
    """A request that is answered with a reason from the catalogue.

    `params` fill the reason's text; `retry_after` is in seconds and becomes the `Retry-After` header.
    """

    def __init__(self, code: Code, *, retry_after: int | None = None, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, object] = params
        self.retry_after = retry_after


class StoreError(RegistrarError):
    """A table or bucket refused."""


class ConditionFailed(StoreError):
    """A conditional write found another state.

    `items` holds, for each write of a transaction in order, the item that stood in the way (None where that
    write had no objection).
    """

    def __init__(self, items: Sequence[Mapping[str, Mapping[str, Any]] | None] = ()) -> None:
        super().__init__("a conditional write found another state")
        self.items = items


class NotThere(StoreError):
    """The object is not there (any more)."""


class NotDelivered(StoreError):
    """No channel took the message: certainly not sent."""


class Unreachable(RegistrarError):
    """An OCSP responder or CRL could not be had; `why`, for logs and admins, holds nothing that a server sent."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class TrustDocumentRejected(RegistrarError):
    """A trust document that must not become active; `reasons` says everything that is wrong with it."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = tuple(reasons)
