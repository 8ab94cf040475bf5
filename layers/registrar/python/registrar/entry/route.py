"""The frame around a handler of the REST API: request in, response out, every failure a problem document."""

import re
from collections.abc import Callable
from typing import Any

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.entry.cors import readable_by_page
from registrar.entry.log import customer_ref, logger
from registrar.entry.metrics import Metric, counted
from registrar.entry.refusals import refusal_of
from registrar.entry.request import Request, read_request
from registrar.entry.responses import Response
from registrar.entry.start import started

_ID = re.compile(r"[a-z0-9]{32,33}")
Handler = Callable[[dict[str, Any], Any], Response]


def route(handle: Callable[[Request], Response]) -> Handler:
    """Turn `handle` into a Lambda handler.

    An error becomes the problem document that refusals.py defines; any other is a defect of ours: logged with its
    trace, counted (Lambda takes the call for a success), returned as SYSTEM_RETRY with a reference and no detail.
    """

    def lambda_handler(event: dict[str, Any], context: Any) -> Response:
        request = read_request(event)
        logger.append_keys(support_ref=request.support_ref, function=context.function_name, **request.gateway_ids)
        try:
            response = handle(request)
        except Exception as error:  # noqa: BLE001 - the one catch-all of the API: the customer gets a reference instead of a bare 502
            from registrar.entry.problems import problem  # texts that a request without an error does not need

            response = problem(_refusal(error, request), request.language, request.support_ref)
        logger.info("answered", status=response["statusCode"], **_about(request))
        return readable_by_page(response, request)

    return started(lambda_handler)


def _about(request: Request) -> dict[str, Any]:
    """Whom and what a request is about, so that `explain` finds it by its reference: ids only."""
    known = request.context.get("authorizer") or {}
    who: dict[str, Any] = {"customer_ref": customer_ref(known["customer_id"])} if "customer_id" in known else {}
    return {**who, **{name: value for name, value in request.path.items() if _ID.fullmatch(value)}}


def _refusal(error: Exception, request: Request) -> Refusal:
    refusal = refusal_of(error)
    if refusal is None:
        logger.exception("unexpected failure", **counted(Metric.UNEXPECTED_FAILURES), **_about(request))
        return Refusal(Code.SYSTEM_RETRY, retry_after=5)
    logger.info("refused", code=refusal.code, **_about(request))
    return refusal
