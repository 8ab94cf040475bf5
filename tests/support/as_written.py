"""Certificates and messages in forms that no library writes: parts of them replaced, and signed again."""

from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.x509.oid import NameOID

from registrar.domain.asn1 import der
from registrar.domain.asn1.ber import der_value
from tests.support.builders import a_certificate, a_pki, an_ec_key
from tools.pki.authorities import Authority, CustomerCertificate, _oid, _tlv

FALSE = bytes.fromhex("010100")
_CONSTRUCTED = 0x20


def replaced(value: bytes, old: bytes, new: bytes) -> bytes:
    """A DER value with `new` for each value in it that is `old`, inside octet strings too."""
    if value == old or old not in value:
        return new if value == old else value
    tag, start, end = der.element(value, 0, len(value))
    if tag & _CONSTRUCTED:
        return der_value(tag, b"".join(replaced(each, old, new) for each in der.values_in(value, tag)))
    return der_value(tag, replaced(value[start:end], old, new))


def with_critical(value: bytes, written: bytes = FALSE) -> bytes:
    """A DER value with these bytes for `critical` in each of its extensions that says nothing about it."""
    tag = value[0]
    if not tag & _CONSTRUCTED:
        return value
    parts = [with_critical(each, written) for each in der.values_in(value, tag)]
    if [part[0] for part in parts] == [der.OBJECT_IDENTIFIER, der.OCTET_STRING]:
        parts.insert(1, written)
    return der_value(tag, b"".join(parts))


def signed_certificate(to_be_signed: bytes, issuer: Authority | None = None) -> bytes:
    """A certificate of these bytes, by the CA of the customers unless by another."""
    issuer = issuer or a_pki().issuers["yessign"]
    algorithm = der.values_in(to_be_signed)[2]
    signature = issuer.key.sign(to_be_signed, padding.PKCS1v15(), hashes.SHA256())
    return _tlv(0x30, to_be_signed, algorithm, _tlv(0x03, b"\0", signature))


@cache
def a_usual_certificate() -> CustomerCertificate:
    """What the others are made of."""
    return a_certificate(key=an_ec_key())


def certificate_with(old: bytes, new: bytes) -> bytes:
    """The usual certificate with another part, signed by its CA."""
    return signed_certificate(replaced(a_usual_certificate().certificate.tbs_certificate_bytes, old, new))


def certificate_with_text(tag: int, text: bytes, oid: x509.ObjectIdentifier = NameOID.COMMON_NAME) -> bytes:
    """The usual certificate with this text, of the type of this tag, for an attribute of its subject."""
    subject = a_usual_certificate().certificate.subject
    (*_, old) = subject.get_attributes_for_oid(oid)
    kind = _oid(oid.dotted_string)
    was = _tlv(0x30, kind, _tlv(0x0C, str(old.value).encode()))
    whole = subject.public_bytes()
    return certificate_with(whole, replaced(whole, was, _tlv(0x30, kind, _tlv(tag, text))))


def certificate_with_end(tag: int, text: bytes) -> bytes:
    """The usual certificate whose validity ends at this time, of the type of this tag."""
    validity = der.values_in(a_usual_certificate().certificate.tbs_certificate_bytes)[4]
    first, _ = der.values_in(validity)
    return certificate_with(validity, _tlv(0x30, first, _tlv(tag, text)))
