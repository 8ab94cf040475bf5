"""Certificates in which a default FALSE is written out, although DER leaves it out (X.690 section 11.5).

GoDaddy wrote BasicConstraints with cA FALSE (bugzilla.mozilla.org 988633), asn1c wrote every BOOLEAN with a default
(github.com/vlm/asn1c/pull/181), and so do makers of authenticators (fido-alliance/conformance-test-tools-resources,
issue 769). The meaning is certain: no CA, and not critical. So both are read; nothing else is repaired.
"""

from contextlib import suppress

from cryptography import x509

from registrar.domain.asn1 import der
from registrar.domain.asn1.ber import der_value
from registrar.domain.reasons.errors import DerMalformed

_FALSE = bytes.fromhex("010100")
_BASIC_CONSTRAINTS = bytes.fromhex("0603551d13")
_WRITTEN_OUT = bytes.fromhex("04053003010100")
_LEFT_OUT = bytes.fromhex("04023000")
_EXTENSIONS = 0xA3


def parse_certificate(content: bytes) -> x509.Certificate:
    """The certificate in `content`, read as if it left the defaults out. Raises what cryptography raises.

    What is read is the same, its signature included; the bytes under the signature are those of `content`.
    """
    if _FALSE in content:
        with suppress(DerMalformed):  # the parser says what is wrong with it
            content = _without_defaults(content)
    return x509.load_der_x509_certificate(content)


def _without_defaults(content: bytes) -> bytes:
    start, end = der.expect(content, 0, len(content), der.SEQUENCE)
    at, signed_end = der.expect(content, start, end, der.SEQUENCE)
    if end != len(content):
        raise DerMalformed("bytes after the certificate")
    fields = b""
    for tag, value in _values(content, at, signed_end):
        fields += _extensions(value) if tag == _EXTENSIONS else value
    return der_value(der.SEQUENCE, der_value(der.SEQUENCE, fields) + content[signed_end:end])


def _extensions(value: bytes) -> bytes:
    outer, _ = der.expect(value, 0, len(value), _EXTENSIONS)
    start, end = der.expect(value, outer, len(value), der.SEQUENCE)
    found = b"".join(_extension(each) for _, each in _values(value, start, end))
    return der_value(_EXTENSIONS, der_value(der.SEQUENCE, found) + value[end:])


def _extension(extension: bytes) -> bytes:
    start, end = der.expect(extension, 0, len(extension), der.SEQUENCE)
    parts = [part for _, part in _values(extension, start, end)]
    if len(parts) == 3 and parts[1] == _FALSE:
        del parts[1]
    if parts[0] == _BASIC_CONSTRAINTS and parts[-1] == _WRITTEN_OUT:
        parts[-1] = _LEFT_OUT
    return der_value(der.SEQUENCE, b"".join(parts))


def _values(content: bytes, at: int, end: int) -> list[tuple[int, bytes]]:
    """Tag and bytes of each value from `at` to `end`."""
    found = []
    while at < end:
        tag, _, after = der.element(content, at, end)
        found.append((tag, content[at:after]))
        at = after
    return found
