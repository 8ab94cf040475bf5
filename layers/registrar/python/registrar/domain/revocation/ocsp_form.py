"""OCSP responses as responders write them: the parser reads a strict form, the signature is over what came.

The parser refuses a response whole for what other clients read: a default that is written out (version v1, critical
FALSE) and fractions of seconds. These are taken out of a copy, which is parsed; fractions are cut off, so that a
response counts as older and ends earlier, by less than a second. Nothing else may differ between the two.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.x509 import ocsp

from registrar.domain.asn1 import der
from registrar.domain.asn1.ber import der_value
from registrar.domain.asn1.extensions import without_critical_false

_VERSION = bytes.fromhex("a003020100")
_FRACTION = re.compile(rb"([0-9]{14})\.[0-9]{1,9}Z")
_EXTENSIONS = 0xA1
_RESPONSE_BYTES = 0xA0
_REVOKED = 0xA1
_NEXT_UPDATE = 0xA0
_CERTIFICATES = 0xA0


@dataclass(frozen=True, slots=True)
class Form:
    """A response, the bytes that its signature is over, the DER of its signature's AlgorithmIdentifier, and of each
    certificate in it."""

    response: ocsp.OCSPResponse
    signed: bytes
    algorithm: bytes
    certificates: tuple[bytes, ...] = ()


def read_form(content: bytes) -> Form:
    """A response of a responder, successful or not. Raises ValueError and DerMalformed."""
    try:
        response = ocsp.load_der_ocsp_response(content)
    except ValueError:
        response = ocsp.load_der_ocsp_response(_strict(content))
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        return Form(response, b"", b"")
    signed, algorithm, _signature, *more = _parts(content)
    return Form(response, signed, algorithm, tuple(_certificates(more)))


def _parts(content: bytes) -> list[bytes]:
    """The values of the BasicOCSPResponse in a response that was parsed, without a copy of each level around it."""
    at, end = der.expect(content, 0, len(content), der.SEQUENCE)
    _, _, at = der.element(content, at, end)  # responseStatus
    at, end = der.expect(content, at, end, _RESPONSE_BYTES)
    at, end = der.expect(content, at, end, der.SEQUENCE)
    _, _, at = der.element(content, at, end)  # responseType
    at, end = der.expect(content, at, end, der.OCTET_STRING)
    at, end = der.expect(content, at, end, der.SEQUENCE)
    parts = []
    while at < end:
        _, _, after = der.element(content, at, end)
        parts.append(content[at:after])
        at = after
    return parts


def _strict(content: bytes) -> bytes:
    basic, around = _basic(content)
    # Without the certificates: they are read one by one, each from its own bytes.
    data, algorithm, signature, *_ = der.values_in(basic)
    return around(der_value(der.SEQUENCE, _response_data(data) + algorithm + signature))


def _certificates(tagged: Sequence[bytes]) -> list[bytes]:
    """What is in the certificates of a BasicOCSPResponse, which may be left out."""
    if not tagged:
        return []
    (only,) = tagged
    (sequence,) = _exactly(only, 1, _CERTIFICATES)
    return der.values_in(sequence)


def _basic(content: bytes) -> tuple[bytes, Callable[[bytes], bytes]]:
    """The BasicOCSPResponse in an OCSPResponse (RFC 6960 4.2.1), and what puts another in its place."""
    status, body = _exactly(content, 2)
    (inner,) = _exactly(body, 1, body[0])
    kind, octets = _exactly(inner, 2)
    start, end = der.expect(octets, 0, len(octets), der.OCTET_STRING)

    def around(basic: bytes) -> bytes:
        made = der_value(der.SEQUENCE, kind + der_value(der.OCTET_STRING, basic))
        return der_value(der.SEQUENCE, status + der_value(body[0], made))

    return octets[start:end], around


def _response_data(data: bytes) -> bytes:
    parts = der.values_in(data)
    if parts[:1] == [_VERSION]:
        del parts[0]
    responder, *rest = parts
    made = [responder]
    for part in rest:
        if part[0] == der.SEQUENCE:
            made.append(der_value(der.SEQUENCE, b"".join(map(_single, der.values_in(part)))))
        else:
            made.append(_extensions(part) if part[0] == _EXTENSIONS else _time(part))
    return der_value(der.SEQUENCE, b"".join(made))


def _single(single: bytes) -> bytes:
    cert_id, status, *rest = der.values_in(single)
    if status[0] == _REVOKED:
        status = der_value(_REVOKED, b"".join(map(_time, der.values_in(status, _REVOKED))))
    made = [cert_id, status]
    for part in rest:
        if part[0] == _EXTENSIONS:
            made.append(_extensions(part))
        elif part[0] == _NEXT_UPDATE:
            made.append(der_value(_NEXT_UPDATE, b"".join(map(_time, der.values_in(part, _NEXT_UPDATE)))))
        else:
            made.append(_time(part))
    return der_value(der.SEQUENCE, b"".join(made))


def _extensions(tagged: bytes) -> bytes:
    (extensions,) = der.values_in(tagged, tagged[0])
    return der_value(tagged[0], without_critical_false(extensions))


def _time(value: bytes) -> bytes:
    """A GeneralizedTime without a fraction of a second; any other value as it is."""
    tag, start, end = der.element(value, 0, len(value))
    fraction = _FRACTION.fullmatch(value[start:end])
    return der_value(tag, fraction[1] + b"Z") if tag == der.GENERALIZED_TIME and fraction else value


def _exactly(value: bytes, count: int, tag: int = der.SEQUENCE) -> list[bytes]:
    parts = der.values_in(value, tag)
    if len(parts) != count:
        raise ValueError("another number of values")
    return parts
