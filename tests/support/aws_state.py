"""What moto holds, saved and restored: making it again by calls takes longer than most tests.

Queues and event buses are not part of it: no test reads from them, what is sent is seen in the recorded calls.
"""

import copy
from collections.abc import Iterator
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

from tools.cloud.emulator import REGION

State = list[dict[str, Any]]
"""The attributes of each backend."""


def save() -> State:
    """Copy what the tables, buckets, keys, text messages and mails are now."""
    return [copy.deepcopy(vars(backend)) for backend in _backends()]


def restore(state: State) -> None:
    """Make it what it was; `state` stays as it is, so that it can be restored again."""
    for backend, saved in zip(_backends(), state, strict=True):
        vars(backend).clear()
        vars(backend).update(copy.deepcopy(saved))


def _backends() -> Iterator[Any]:
    for services in (dynamodb_backends, kms_backends, ses_backends, sns_backends):
        yield services[DEFAULT_ACCOUNT_ID][REGION]
    yield s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
