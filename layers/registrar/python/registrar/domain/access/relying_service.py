"""Relying services: the bank's systems that use registered certificates, each known by the IAM role that calls.

IAM decides which role may call which method; the entry decides which service a role is, and what it may ask for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal

NAME = r"[a-z][a-z0-9-]{1,31}"
ROLE_ARN = r"arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_-]{1,64}"
ENTRY_LIFE = timedelta(minutes=1)
"""How long a function may keep an entry: a service whose entry is removed may call for that long."""
_ROLE_SESSION = re.compile(r"arn:([a-z-]+):sts::([0-9]{12}):assumed-role/([^/]+)/[^/]+")


class Use(StrEnum):
    """What a service may ask for, signature requests aside."""

    STATUS = "status"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True)
class RelyingService:
    """`name` identifies the service: its signature requests belong to it, whichever of its roles calls. `title` is
    what customers read, in ko and en; `kinds` are the kinds of signature requests that it may create."""

    name: str
    title: Mapping[str, str]
    uses: frozenset[Use]
    kinds: frozenset[str]

    def check_use(self, use: Use) -> None:
        """Raises Refusal (RELYING_SERVICE_NOT_ALLOWED) where the service may not do that."""
        if use not in self.uses:
            raise Refusal(Code.RELYING_SERVICE_NOT_ALLOWED)


def principal_of(user_arn: str) -> str:
    """The principal whose entry counts for `user_arn`, the caller as API Gateway names it.

    A session of a role (`assumed-role/NAME/SESSION`, without the role's path) is the role without its path: names
    of roles are unique in an account. Whatever else signs, such as a user, is itself, and has no entry.
    """
    session = _ROLE_SESSION.fullmatch(user_arn)
    return "arn:{}:iam::{}:role/{}".format(*session.groups()) if session else user_arn
