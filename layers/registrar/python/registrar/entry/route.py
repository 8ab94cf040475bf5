"""The frame around a handler of the REST API: request in, answer out, every failure a problem document."""

from collections.abc import Callable
from typing import Any

from registrar.domain.possession.sealing import NotSealedForThis
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import ConditionFailed, Refusal
from registrar.entry.answers import Answer, problem
from registrar.entry.log import logger
from registrar.entry.request import Request, read_request

Handler = Callable[[dict[str, Any], Any], Answer]


def route(handle: Callable[[Request], Answer]) -> Handler:
    """Turn `handle` into a Lambda handler.

    A Refusal becomes its problem document; a conditional write that lost becomes STATE_CONFLICT; anything else
    is a defect of ours: logged with its trace, answered as SYSTEM_RETRY with a reference and no detail.
    """

    def lambda_handler(event: dict[str, Any], context: Any) -> Answer:
        request = read_request(event)
        logger.append_keys(support_ref=request.support_ref, function=context.function_name)
        try:
            answer = handle(request)
        except Refusal as refusal:
            answer = problem(refusal, request.language, request.support_ref)
            logger.info("refused", code=refusal.code)
        except NotSealedForThis:
            answer = problem(Refusal(Code.MALFORMED_REQUEST, field="sealed"), request.language, request.support_ref)
            logger.info("refused", code=Code.MALFORMED_REQUEST)
        except ConditionFailed:
            answer = problem(Refusal(Code.STATE_CONFLICT, retry_after=1), request.language, request.support_ref)
            logger.info("refused", code=Code.STATE_CONFLICT)
        except Exception:  # noqa: BLE001 - the one catch-all of the API: the customer gets a reference instead of a bare 502
            logger.exception("unexpected failure")
            answer = problem(Refusal(Code.SYSTEM_RETRY, retry_after=5), request.language, request.support_ref)
        logger.info("answered", status=answer["statusCode"])
        return answer

    return lambda_handler
