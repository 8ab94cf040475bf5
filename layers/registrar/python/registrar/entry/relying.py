"""The frame around a handler of the relying services' API: who calls is what IAM found, never what is sent."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from registrar.domain.access.relying_service import RelyingService, principal_of
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.entry.clock import now
from registrar.entry.log import logger
from registrar.entry.request import Request
from registrar.entry.responses import Response
from registrar.entry.route import Handler, route

FindService = Callable[[str, datetime], RelyingService | None]
"""The service of a principal at a moment, if it has an entry."""


@dataclass(frozen=True, slots=True)
class RelyingRequest(Request):
    """A request, and the service that sent it."""

    service: RelyingService


def relying_route(find: FindService) -> Callable[[Callable[[RelyingRequest], Response]], Handler]:
    """`route` for a handler that relying services call.

    A principal without an entry gets RELYING_SERVICE_UNKNOWN; so does a request that IAM did not authorize, should
    a route ever lack that.
    """

    def frame(handle: Callable[[RelyingRequest], Response]) -> Handler:
        @route
        def known(request: Request) -> Response:
            user_arn = (request.context.get("identity") or {}).get("userArn")
            service = find(principal_of(user_arn), now()) if isinstance(user_arn, str) else None
            logger.append_keys(relying_service=service.name if service else None)
            if service is None:
                raise Refusal(Code.RELYING_SERVICE_UNKNOWN)
            return handle(
                RelyingRequest(
                    request.headers,
                    request.path,
                    request.context,
                    request.raw_body,
                    request.support_ref,
                    request.web_origins,
                    service,
                )
            )

        return known

    return frame
