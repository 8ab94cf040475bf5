"""OCSP answers for the tests: what is asked, who answers, and answers that no library writes."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cache
from typing import Annotated, Any

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import SignatureAlgorithmOID

from registrar.domain.asn1.ber import der_value
from registrar.domain.certificates.certificate import Certificate, read_certificate
from registrar.domain.revocation.ocsp import check_response, request_for
from registrar.domain.revocation.status import Status
from tests.support.builders import NOW, a_certificate, a_pki, an_rsa_key
from tools.pki.authorities import Authority, CustomerCertificate
from tools.pki.responders import Responder, ResponseFields, issue_responder, issuer_itself, sign_response

NONCE = bytes(range(32))
DAY = timedelta(days=1)
YEAR = timedelta(days=365)
SKEW = timedelta(minutes=5)
OPERATOR = "yessign"
# Values that turn types and lengths into others.
BYTES = (0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x0A, 0x30, 0x31, 0x7F, 0x80, 0x81, 0x82, 0x84, 0xA0, 0xA1, 0xA2, 0xFF)


@cache
def customer() -> CustomerCertificate:
    """Whose certificate is asked about."""
    return a_certificate(key=an_rsa_key())


def facts(certificate: x509.Certificate) -> Certificate:
    """What the checks know of a certificate."""
    return read_certificate(certificate.public_bytes(Encoding.DER))


@cache
def asked() -> Certificate:
    """The certificate that is asked about."""
    return facts(customer().certificate)


def issuing_ca() -> Authority:
    """Its CA."""
    return a_pki().issuers[OPERATOR]


@cache
def issuer() -> Certificate:
    """Its CA's certificate."""
    return facts(issuing_ca().certificate)


@cache
def root() -> Certificate:
    """The anchor above."""
    return facts(a_pki().root.certificate)


def a_request(hash_name: Any = "sha1") -> bytes:
    """What is sent."""
    return request_for(asked(), issuer(), NONCE, hash_name)


def a_responder(authority: Authority | None = None, **overrides: Any) -> Responder:
    """A responder of the issuing CA unless of another."""
    given = {"key": an_rsa_key("responder"), "not_before": NOW - YEAR, "not_after": NOW + YEAR, **overrides}
    return issue_responder(authority or issuing_ca(), **given)


@cache
def ca_itself() -> Responder:
    """The CA as its own responder."""
    return issuer_itself(issuing_ca())


@cache
def delegated() -> Responder:
    """As RFC 6960 has it."""
    return a_responder(critical=False)


@cache
def of_the_root() -> Responder:
    """As in Korea."""
    return a_responder(a_pki().root)


def a_response(responder: Responder | None = None, said: ResponseFields | None = None, **overrides: Any) -> bytes:
    """A good answer with our nonce, signed by the CA itself by default; `overrides` are ResponseFields."""
    said = said or ResponseFields(**{"nonce": NONCE, **overrides})
    return sign_response(a_request(), responder or ca_itself(), NOW, said)


def status(answer: bytes, **overrides: Any) -> Status:
    """What an answer is worth at NOW."""
    given = {"nonce": NONCE, "now": NOW, "skew": SKEW, "max_age": DAY, "responders": [], "root": root()}
    about = {"certificate": asked(), "issuer": issuer()}
    return check_response(answer, **{**about, **given, **overrides})


@asn1.sequence
class _ResponseData:
    responder: asn1.TLV
    produced_at: asn1.GeneralizedTime
    singles: list[asn1.TLV]
    extensions: Annotated[list[asn1.TLV] | None, asn1.Explicit(1)]


def _raw(der: bytes) -> asn1.TLV:
    return asn1.decode_der(asn1.TLV, der)


def singles_of(answer: bytes) -> list[bytes]:
    """The DER of each SingleResponse in an answer."""
    data = asn1.decode_der(_ResponseData, _signed(answer))
    return [asn1.encode_der(single) for single in data.singles]


def with_extension(single: bytes, oid: str, *, critical: bool) -> bytes:
    """A SingleResponse with one more extension: singleExtensions [1]; there must be none yet."""
    flag = asn1.encode_der(True) if critical else b""
    extension = der_value(0x30, asn1.encode_der(x509.ObjectIdentifier(oid)) + flag + asn1.encode_der(b"\x05\x00"))
    body = single[_header(single) :] + der_value(0xA1, der_value(0x30, extension))
    return der_value(0x30, body)


def holding(answer: bytes, singles: Sequence[bytes], *, version: bytes = b"") -> bytes:
    """The ResponseData of an answer with other SingleResponses in it."""
    data = asn1.decode_der(_ResponseData, _signed(answer))
    data.singles = [_raw(single) for single in singles]
    encoded = asn1.encode_der(data)
    return der_value(0x30, version + encoded[_header(encoded) :])


def signed_by(
    key: rsa.RSAPrivateKey,
    data: bytes,
    *,
    oid: x509.ObjectIdentifier = SignatureAlgorithmOID.RSA_WITH_SHA256,
    digest: hashes.HashAlgorithm | None = None,
    scheme: Any = None,
    algorithm: bytes | None = None,
    response_type: str = "1.3.6.1.5.5.7.48.1.1",
) -> bytes:
    """The DER of an OCSPResponse around a ResponseData, without certificates."""
    signature = key.sign(data, scheme or padding.PKCS1v15(), digest or hashes.SHA256())
    algorithm = algorithm or der_value(0x30, asn1.encode_der(oid) + b"\x05\x00")
    basic = der_value(0x30, data + algorithm + der_value(0x03, b"\0" + signature))
    kind = asn1.encode_der(x509.ObjectIdentifier(response_type))
    body = der_value(0x30, kind + der_value(0x04, basic))
    return der_value(0x30, b"\x0a\x01\x00" + der_value(0xA0, body))


def _signed(answer: bytes) -> bytes:
    return x509.ocsp.load_der_ocsp_response(answer).tbs_response_bytes


def _header(der: bytes) -> int:
    return 2 + (der[1] & 0x7F if der[1] & 0x80 else 0)


def altered(content: bytes) -> Iterator[bytes]:
    """Each byte with each of its changes."""
    for at, old in enumerate(content):
        for new in {*(old ^ 1 << bit for bit in range(8)), *BYTES} - {old}:
            yield content[:at] + bytes([new]) + content[at + 1 :]


def without_meaning(answer: bytes, signature: bytes) -> set[bytes]:
    """The same response with other counts of unused bits before this signature."""
    at = answer.index(signature) - 1
    assert answer[at] == 0
    zeros = next(bit for bit in range(9) if bit == 8 or signature[-1] >> bit & 1)
    return {answer[:at] + bytes([count]) + answer[at + 1 :] for count in range(1, min(zeros, 7) + 1)}
