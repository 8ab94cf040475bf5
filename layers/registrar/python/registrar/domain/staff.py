"""Who of the staff acts: whoever started the execution of a document (SSM Automation) that invoked the function.

A Lambda function does not learn who invokes it, so nobody's word is taken for it: SSM keeps who started an
execution and with which parameters, and the function asks SSM for both.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from registrar.domain.reasons.errors import AdminStepRefused

EXECUTION_LIFE = timedelta(minutes=15)
"""From the start of an execution to its call: a step of a document waits for a function for 5 minutes at most."""


@dataclass(frozen=True, slots=True)
class Execution:
    """An execution of a document, as SSM keeps it."""

    document: str
    """The document's name, without that of the stack."""
    status: str
    started_by: str
    """The ARN of the person: an IAM user, or the session of a role."""
    started_at: datetime
    parameters: Mapping[str, str]
    """What the form was filled in with; what was left empty is missing."""
    is_nested: bool
    """Whether another execution or an association started it, or it was started for several targets."""


def check_execution(found: Execution | None, documents: Collection[str], now: datetime) -> Execution:
    """The execution, if a person runs one of these documents right now. Raises AdminStepRefused."""
    if found is None:
        raise AdminStepRefused("no such execution of a document of this service")
    if found.document not in documents:
        raise AdminStepRefused(f"the document {found.document} is not for this function")
    if found.is_nested:
        raise AdminStepRefused("a person has to start the document itself, once")
    if found.status != "InProgress":
        raise AdminStepRefused(f"the execution is not running: {found.status}")
    if now - found.started_at > EXECUTION_LIFE:
        raise AdminStepRefused("the execution started too long ago: start the document again")
    if not found.started_by:
        raise AdminStepRefused("the execution does not say who started it")
    return found
