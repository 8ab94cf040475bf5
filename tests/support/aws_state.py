"""What moto holds, saved and restored: making it again by calls takes longer than most tests.

Queues and event buses are not part of it: no test reads from them, what is sent is seen in the recorded calls.
"""

import pickle
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

from tools.cloud.emulator import REGION


@dataclass(frozen=True)
class State:
    """The attributes of each backend. What is pickled outlives moto's own reset, which closes every S3 object."""

    pickled: Sequence[bytes]
    keys: Mapping[str, Any]


def save() -> State:
    """Copy what the tables, buckets, keys, text messages and mails are now."""
    return State([pickle.dumps(vars(backend)) for backend in _backends()], dict(_kms().keys))


def restore(state: State) -> None:
    """Make it what it was; `state` stays as it is, so that it can be restored again."""
    for backend, attributes in zip(_backends(), state.pickled, strict=True):
        vars(backend).clear()
        vars(backend).update(pickle.loads(attributes))  # noqa: S301 - our own
    _kms().keys = dict(state.keys)


def _backends() -> Iterator[Any]:
    for services in (dynamodb_backends, ses_backends, sns_backends):
        yield services[DEFAULT_ACCOUNT_ID][REGION]
    yield s3_backends[DEFAULT_ACCOUNT_ID]["aws"]


def _kms() -> Any:
    # Private keys are not pickled, and nothing changes a key.
    return kms_backends[DEFAULT_ACCOUNT_ID][REGION]
