"""The frame around a function that the staff invoke by a document (SSM Automation).

The payload is the id of an execution and nothing else. Who acts, and every field, is what SSM keeps of that
execution: whoever starts it cannot name another person, and whoever else invokes the function cannot change what it
does.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from registrar.domain.reasons.errors import AdminStepRefused, Refusal, RegistrarError
from registrar.domain.reasons.rendering import render
from registrar.domain.staff import Execution, check_execution
from registrar.entry.clock import now
from registrar.entry.fields import CUSTOMER_ID, EXECUTION_ID, REGISTRATION_ID, Fields
from registrar.entry.log import audit, logger
from registrar.entry.refusals import refusal_of
from registrar.entry.start import started
from registrar.settings import bank

FindExecution = Callable[[str], Execution | None]
"""The execution of an id, if its document is this stack's."""
Handler = Callable[[Mapping[str, Any], Any], dict[str, Any]]
_INNER_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


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


@dataclass(frozen=True, slots=True)
class Explained:
    """What a function found, and the text that a person reads of it."""

    text: str
    done: dict[str, Any]


def command(
    find: FindExecution, **documents: Mapping[str, str]
) -> Callable[[Callable[[Command], dict[str, Any]]], Handler]:
    """`invoked` for a command about one registration."""
    frame = invoked(find, **documents)
    return lambda handle: frame(lambda fields: handle(_read(fields)))


def invoked(
    find: FindExecution, **documents: Mapping[str, str]
) -> Callable[[Callable[[Fields], dict[str, Any] | Explained]], Handler]:
    """Turn `handle` into a Lambda handler that returns `{"done": …}`, or `{"refused": code, "text": …}`.

    What is Explained has a `text` too, before the rest.

    `documents` names the documents that lead to the function, with the fields that each of them decides.

    An error becomes the refusal that refusals.py defines: a step that the state forbids is STATE_CONFLICT, with the
    obstacle as its text. Any other error is raised to Lambda.
    """

    def frame(handle: Callable[[Fields], dict[str, Any] | Explained]) -> Handler:
        def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
            # CloudTrail's record of the call has the same request id.
            logger.append_keys(function=context.function_name, request_id=context.aws_request_id, execution_id=None)
            try:
                done = handle(_fields(event, find, documents))
                return {"text": done.text, "done": done.done} if isinstance(done, Explained) else {"done": done}
            except RegistrarError as error:
                refusal = refusal_of(error)
                if refusal is None:
                    raise
                return _refused(refusal)

        return started(lambda_handler)

    return frame


def _fields(event: object, find: FindExecution, documents: Mapping[str, Mapping[str, str]]) -> Fields:
    """What the form was filled in with, what its document decides, and who started it. Raises AdminStepRefused."""
    try:
        if not isinstance(event, dict) or event.keys() != {"execution_id"}:
            raise AdminStepRefused("start a document: the payload is its execution_id and nothing else")
        execution_id = Fields(event, "").text("execution_id", EXECUTION_ID)
        logger.append_keys(execution_id=execution_id)
        started = check_execution(find(execution_id), documents, now())
    except RegistrarError as refused:
        audit("staff.not_identified", why=str(refused))
        raise
    filled = {_INNER_CAPITAL.sub("_", name).lower(): value for name, value in started.parameters.items()}
    return Fields({**filled, **documents[started.document], "staff_id": started.started_by}, "")


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
    text = refused.params.get("why") or render(refused.code, "en", bank().params | dict(refused.params))[1]
    return {"refused": refused.code, "text": text}
