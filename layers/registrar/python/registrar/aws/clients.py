"""AWS clients: made once per process, with time limits that leave a function time to respond.

They are boto3's clients, taken from the botocore session that boto3 wraps: `import boto3` loads its transfer
manager (threads, multiprocessing) as well, a fifth of a cold start for what no function uses.
"""

from functools import cache
from typing import Any

import botocore
import botocore.session
from botocore.config import Config

# botocore puts its own text together twice for each call, a quarter of the call's processor time.
_AGENT = f"registrar Botocore/{botocore.__version__}"
# Two tries fit into the shortest function timeout (10 s).
_LIMITS = Config(
    connect_timeout=2,
    read_timeout=4,
    retries={"mode": "standard", "total_max_attempts": 3},
    user_agent=_AGENT,
)
# A message that may have been sent is never repeated automatically: the queue decides on the next try.
_ONE_TRY = Config(
    connect_timeout=2,
    read_timeout=6,
    retries={"mode": "standard", "total_max_attempts": 1},
    user_agent=_AGENT,
)
# A path-style address of a new bucket returns 307 for its first hours in AWS.
_POST = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})

_session = botocore.session.get_session()


@cache
def client(service: str) -> Any:
    """A low-level client; the region and endpoint come from the environment."""
    return _session.create_client(service, config=_LIMITS)


@cache
def one_try_client(service: str) -> Any:
    """A low-level client for calls that must not be repeated, such as sending a message to a customer."""
    return _session.create_client(service, config=_ONE_TRY)


@cache
def post_client() -> Any:
    """An S3 client whose presigned addresses name the bucket as host and sign with SigV4."""
    return _session.create_client("s3", config=_LIMITS.merge(_POST))
