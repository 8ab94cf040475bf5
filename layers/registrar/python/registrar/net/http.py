"""HTTP/1.1 to an issuer's servers: one request a connection, no redirects, nothing but 200."""

from registrar.domain.addresses import HttpAddress
from registrar.net.limits import Limits


def get(address: HttpAddress, limits: Limits) -> bytes:
    """The body at an address. Raises Unreachable."""
    raise NotImplementedError


def post(address: HttpAddress, body: bytes, content_type: str, limits: Limits) -> bytes:
    """The answer to a body. Raises Unreachable."""
    raise NotImplementedError
