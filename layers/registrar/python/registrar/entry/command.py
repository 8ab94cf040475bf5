"""The frame around a function that an admin calls directly, under IAM: one registration, who calls, and why.

The caller states the staff id: a function cannot see who invokes it. IAM decides who may call; CloudTrail records
who did.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from registrar.domain.reasons.errors import Refusal, RegistrarError
from registrar.domain.reasons.rendering import render
from registrar.entry.fields import CUSTOMER_ID, REGISTRATION_ID, Fields
from registrar.entry.log import logger
from registrar.entry.refusals import refusal_of


@dataclass(frozen=True, slots=True)
class Command:
    """The fields of every command; `fields` holds the others."""

    fields: Fields
    customer_id: str
    registration_id: str
    staff_id: str
    reason: str

    @property
    def facts(self) -> dict[str, str]:
        """The facts for the audit log."""
        names = ("customer_id", "registration_id", "staff_id", "reason")
        return {name: getattr(self, name) for name in names}


def command(
    handle: Callable[[Command], dict[str, Any]],
) -> Callable[[Mapping[str, Any], Any], dict[str, Any]]:
    """`invoked` for a command about one registration."""
    return invoked(lambda fields: handle(_read(fields)))


def invoked(
    handle: Callable[[Fields], dict[str, Any]],
) -> Callable[[Mapping[str, Any], Any], dict[str, Any]]:
    """Turn `handle` into a Lambda handler that returns `{"done": …}`, or `{"refused": code, "text": …}`.

    An error becomes the refusal that refusals.py defines: a step that the state forbids is STATE_CONFLICT, with the
    obstacle as its text. Any other error is raised to Lambda.
    """

    def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        # CloudTrail's record of the call has the same request id, and the principal.
        logger.append_keys(function=context.function_name, request_id=context.aws_request_id)
        try:
            return {"done": handle(Fields(event, ""))}
        except RegistrarError as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            return _refused(refusal)

    return lambda_handler


def _read(fields: Fields) -> Command:
    return Command(
        fields,
        customer_id=fields.text("customer_id", CUSTOMER_ID),
        registration_id=fields.text("registration_id", REGISTRATION_ID),
        **who_and_why(fields),
    )


def who_and_why(fields: Fields) -> dict[str, str]:
    """The `staff_id` and `reason` that every change needs. Raises Refusal (MALFORMED_REQUEST)."""
    return {"staff_id": fields.staff_id(), "reason": fields.text("reason", r".{5,200}")}


def _refused(refused: Refusal) -> dict[str, Any]:
    logger.info("refused", code=refused.code)
    text = refused.params.get("why") or render(refused.code, "en", refused.params)[1]
    return {"refused": refused.code, "text": text}
