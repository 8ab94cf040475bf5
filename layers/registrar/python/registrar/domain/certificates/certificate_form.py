"""Certificates as CAs write them beside the strict form that the parser reads; the signature is over what came.

The parser reads a copy in which these are changed. Each has one meaning, in which openssl and keytool read it too:

    cA FALSE, critical FALSE   written out, although DER leaves them out (X.690 section 11.5): GoDaddy
                               (bugzilla.mozilla.org 988633), and those that asn1/extensions.py names
    PrintableString            with other visible characters in the subject, such as & and _: DigiCert and others
                               (github.com/golang/go/issues/22970 and 36044)
    TeletexString              in Latin-1 in the subject: older OpenSSL (github.com/wbond/asn1crypto/issues/60)

Nothing else is changed. A time with an offset from UTC, for example, is refused, as openssl refuses it, and so is
such a text in the issuer's name: it is a configured CA's, and an OCSP request has a digest of its bytes.
"""

import re
from contextlib import suppress

from cryptography import x509

from registrar.domain.asn1 import der
from registrar.domain.asn1.ber import der_value
from registrar.domain.asn1.extensions import without_critical_false
from registrar.domain.reasons.errors import DerMalformed

# FALSE before an OCTET STRING (010100 alone begins every RSA signature of 256 bytes), FALSE in a SEQUENCE, and a
# TeletexString: the parser takes it for UTF-8, so it reads some of them otherwise, and refuses others.
_TO_CHANGE = re.compile(rb"\x01\x01\x00\x04|\x30\x03\x01\x01\x00|\x55\x04.\x14", re.DOTALL)
_BASIC_CONSTRAINTS = bytes.fromhex("0603551d13")
_WRITTEN_OUT = bytes.fromhex("04053003010100")
_LEFT_OUT = bytes.fromhex("04023000")
_VERSION = 0xA0
_SUBJECT = 5
_EXTENSIONS = 0xA3
_PRINTABLE = re.compile(rb"[A-Za-z0-9 '()+,\-./:=?]*")
_VISIBLE = re.compile(rb"[ -~]*")


def parse_certificate(content: bytes) -> x509.Certificate:
    """The certificate in `content`, read as if it were in the strict form. Raises what cryptography raises.

    What is read is the same, its signature included; the bytes under the signature are those of `content`.
    """
    if not _TO_CHANGE.search(content):
        with suppress(ValueError):
            return x509.load_der_x509_certificate(content)
    with suppress(ValueError):  # the parser says what is wrong with it
        content = _strict(content)
    return x509.load_der_x509_certificate(content)


def _strict(content: bytes) -> bytes:
    signed, *rest = der.values_in(content)
    fields = der.values_in(signed)
    if len(fields) <= _SUBJECT or fields[0][0] != _VERSION:
        raise DerMalformed("not a certificate of version 3")
    fields[_SUBJECT] = _name(fields[_SUBJECT])
    if fields[-1][0] == _EXTENSIONS:
        fields[-1] = _extensions(fields[-1])
    return der_value(der.SEQUENCE, der_value(der.SEQUENCE, b"".join(fields)) + b"".join(rest))


def _name(name: bytes) -> bytes:
    """A Name (RFC 5280 section 4.1.2.4) with its texts in types that allow them."""
    parts = (der.values_in(part, der.SET) for part in der.values_in(name))
    return der_value(der.SEQUENCE, b"".join(der_value(der.SET, b"".join(map(_attribute, part))) for part in parts))


def _attribute(attribute: bytes) -> bytes:
    kind, value = der.values_in(attribute)
    return der_value(der.SEQUENCE, kind + _text(value))


def _text(value: bytes) -> bytes:
    tag, start, end = der.element(value, 0, len(value))
    text = value[start:end]
    if tag == der.TELETEX_STRING and not text.isascii():
        return der_value(der.UTF8_STRING, text.decode("latin-1").encode())
    if tag == der.PRINTABLE_STRING and not _PRINTABLE.fullmatch(text) and _VISIBLE.fullmatch(text):
        return der_value(der.UTF8_STRING, text)
    return value


def _extensions(tagged: bytes) -> bytes:
    (extensions,) = der.values_in(tagged, _EXTENSIONS)
    made = map(_without_ca_false, der.values_in(without_critical_false(extensions)))
    return der_value(_EXTENSIONS, der_value(der.SEQUENCE, b"".join(made)))


def _without_ca_false(extension: bytes) -> bytes:
    kind, *critical, value = der.values_in(extension)
    if kind == _BASIC_CONSTRAINTS and value == _WRITTEN_OUT:
        value = _LEFT_OUT
    return der_value(der.SEQUENCE, b"".join((kind, *critical, value)))
