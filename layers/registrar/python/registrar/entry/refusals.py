"""What a caller gets for an error: the one mapping, for the API and for functions that admins invoke."""

from collections.abc import Callable, Mapping
from typing import Any

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import (
    AdminStepRefused,
    ConditionFailed,
    ContentNeeded,
    Refusal,
    RegistrarError,
    SealedSecretInvalid,
)

REFUSALS: Mapping[type[RegistrarError], Callable[[Any], Refusal]] = {
    Refusal: lambda refusal: refusal,
    AdminStepRefused: lambda refused: Refusal(Code.STATE_CONFLICT, why=refused.why),
    ConditionFailed: lambda _: Refusal(Code.STATE_CONFLICT, retry_after=1),
    ContentNeeded: lambda _: Refusal(Code.MALFORMED_REQUEST, field="content"),
    SealedSecretInvalid: lambda _: Refusal(Code.MALFORMED_REQUEST, field="sealed"),
}
"""Error to refusal. No class here derives from another one here."""


def refusal_of(error: Exception) -> Refusal | None:
    """What the caller gets; None for any other error, which is a defect of ours."""
    return next((refusal(error) for kind, refusal in REFUSALS.items() if isinstance(error, kind)), None)
