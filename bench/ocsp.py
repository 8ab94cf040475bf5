"""An OCSP response parsed, authorised and checked ÷ the signature checks that it requires.

A response of the CA itself has one signature; that of a delegated responder has two, its own and that of the
responder's certificate. A warm function keeps the parsed responder certificate, and that its CA issued it; the row
"parsed again" is without both.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import ocsp

from bench.clock import processor, ratio, times
from bench.report import Row
from registrar.domain.revocation.ocsp_responder import check_issued, read_embedded
from registrar.domain.revocation.status import Status, StatusValue
from tests.support.ocsp_answers import a_response, ca_itself, delegated, issuer, of_the_root, root, status
from tools.pki.responders import Responder

GROUP = "Checking an OCSP response, RSA-2048"
ROUNDS = 1500


def rows(rounds: int = ROUNDS) -> Iterator[Row]:
    """Ours ÷ the bare checks, for each kind of responder."""
    for name, responder, signers in (
        ("the CA's own", ca_itself(), []),
        ("a responder's, delegated by the CA", delegated(), [issuer().public_key]),
        ("a responder's, issued by the root", of_the_root(), [root().public_key]),
    ):
        der = a_response(responder)
        floor = _floor(responder, der, signers)
        check = partial(status, der)
        assert check().value is StatusValue.GOOD
        checks = "two signature checks" if signers else "its signature check"
        took = times({"floor": processor(floor), "check": processor(check)}, rounds)
        yield Row(GROUP, f"{name}: DER → status ÷ {checks}", ratio(took["check"], took["floor"]), 3)
        if signers:
            took = times({"floor": processor(floor), "again": processor(partial(_parse_again, der))}, rounds)
            again = ratio(took["again"], took["floor"])
            yield Row(GROUP, f"{name}, certificate parsed again ÷ {checks}", again, None)


def _parse_again(der: bytes) -> Status:
    read_embedded.cache_clear()
    check_issued.cache_clear()
    return status(der)


def _floor(responder: Responder, der: bytes, signers: Sequence[object]) -> Callable[[], object]:
    response = ocsp.load_der_ocsp_response(der)
    certificate = responder.certificate
    bare = [
        _verify(certificate.public_key(), response.signature, response.tbs_response_bytes),
        *(_verify(key, certificate.signature, certificate.tbs_certificate_bytes) for key in signers),
    ]
    return lambda: [check() for check in bare]


def _verify(key: object, signature: bytes, signed: bytes) -> Callable[[], None]:
    assert isinstance(key, rsa.RSAPublicKey)
    scheme = padding.PKCS1v15()
    digest = hashes.SHA256()
    return lambda: key.verify(signature, signed, scheme, digest)
