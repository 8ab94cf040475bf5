"""A system of the bank, talking to the functions in the words of API Gateway with IAM authorization.

`docs/relying.md` says who may call; on the local cloud tools/cloud/relying.py makes roles that sign.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from registrar.aws.tables.relying_services import to_item
from registrar.domain.access.relying_service import RelyingService, Use
from tests.support.account import Account
from tests.support.app import Answer, an_event
from tests.support.contract import check_documented
from tests.support.rows import put
from tests.support.shape import RELYING_ROUTES, verb

ACCOUNT = "123456789012"


def a_service(name: str = "transfers", **overrides: Any) -> RelyingService:
    values: dict[str, Any] = {
        "name": name,
        "title": {"ko": "이체", "en": "Transfers"},
        "uses": frozenset(Use),
        "kinds": frozenset({"transfer"}),
    }
    return RelyingService(**values | overrides)


@dataclass
class System:
    """One system of the bank. It signs as a session of the role `role`, as API Gateway would say."""

    account: Account
    role: str = "relying-transfers"
    language: str = "ko"
    user_arn: str | None = None
    extra_headers: dict[str, str] = field(default_factory=dict)

    def enter(self, service: RelyingService | None = None) -> "System":
        """The bank enters it as this service."""
        principal = f"arn:aws:iam::{ACCOUNT}:role/{self.role}"
        put(self.account, "RelyingServicesTable", to_item(principal, service or a_service()))
        return self

    def event(self, method: str, route: str, body: object = None, **path: str) -> dict[str, Any]:
        """The event for a call; `body` is sent as it is where it is text."""
        event = an_event("api_request")
        url = route.format(**path)
        event |= {"resource": route, "path": url, "httpMethod": method, "pathParameters": path or None}
        event["requestContext"] |= {"resourcePath": route, "httpMethod": method, "path": f"/v1{url}"}
        event["requestContext"]["identity"] |= {
            "accountId": ACCOUNT,
            "userArn": self.user_arn or f"arn:aws:sts::{ACCOUNT}:assumed-role/{self.role}/{self.role}-1",
        }
        if body is not None:
            event["body"] = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
        for name, value in {"Accept-Language": self.language, **self.extra_headers}.items():
            event["headers"][name] = value
            event["multiValueHeaders"][name] = [value]
        return event

    def call(self, method: str, route: str, body: object = None, **path: str) -> Answer:
        answer = self.account.invoke(verb(RELYING_ROUTES[method, route]), self.event(method, route, body, **path))
        assert set(answer) == {"statusCode", "headers", "body"}
        found = Answer(answer["statusCode"], answer["headers"], json.loads(answer["body"]))
        check_documented(method, route, found.status, found.headers, found.body, relying=True)
        return found
