"""From an uploaded file to the bytes of its one certificate: DER or PEM (RFC 7468), told by content."""

import base64
import re

from cryptography import x509

from registrar.domain.errors import Refusal
from registrar.domain.uploads import check_size

DER_SEQUENCE = 0x30
_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)
_LABELS = (b"CERTIFICATE", b"X509 CERTIFICATE")


def single_certificate(content: bytes) -> bytes:
    """The DER of the only certificate in `content`. Raises Refusal."""
    check_size(len(content))
    if content[0] == DER_SEQUENCE or b"-----BEGIN" not in content:
        return _checked(content)
    blocks = _PEM.findall(content)
    bodies = {_decoded(body) for label, body in blocks if label in _LABELS}
    if len(bodies) > 1:
        raise Refusal("FILE_SEVERAL_CERTIFICATES", count=len(bodies))
    if not bodies:
        raise Refusal("FILE_NO_CERTIFICATE" if blocks else "FILE_UNREADABLE")
    return _checked(bodies.pop())


def _decoded(body: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(body.split()), validate=True)
    except ValueError:
        raise Refusal("FILE_UNREADABLE") from None


def _checked(der: bytes) -> bytes:
    try:
        x509.load_der_x509_certificate(der)
    except (ValueError, x509.InvalidVersion):
        raise Refusal("FILE_UNREADABLE") from None
    return der
