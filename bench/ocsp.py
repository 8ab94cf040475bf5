"""An OCSP response parsed, authorised and checked ÷ the signature checks that it requires.

A response of the CA itself requires one check: of its own signature. That of a delegated responder requires two:
its own, and that of the responder's certificate, which came with it. A warm function makes only the first of them,
since it keeps the parsed responder certificate and that its CA issued it: a row divides by that check alone. The
row "parsed again" keeps neither, as in a function's first response.
"""

from collections.abc import Callable, Iterator
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
MOST = 2.9


def rows(rounds: int = ROUNDS) -> Iterator[Row]:
    """Ours ÷ the bare checks, for each kind of responder."""
    for name, responder, signer in (
        ("the CA's own", ca_itself(), None),
        ("a responder's, delegated by the CA", delegated(), issuer()),
        ("a responder's, issued by the root", of_the_root(), root()),
    ):
        der = a_response(responder)
        check = partial(status, der)
        assert check().value is StatusValue.GOOD
        own = _own_check(responder, der)
        if signer is None:
            took = times({"floor": processor(own), "check": processor(check)}, rounds)
            found = ratio(took["check"], took["floor"])
            yield Row(GROUP, f"{name}: DER → status ÷ its signature check", found, MOST)
            continue
        certificate = responder.certificate
        theirs = _verify(signer.public_key, certificate.signature, certificate.tbs_certificate_bytes)
        calls: dict[str, Callable[[], object]] = {
            "own": own,
            "both": partial(_both, own, theirs),
            "check": check,
            "again": partial(_parse_again, der),
        }
        took = times({each: processor(call) for each, call in calls.items()}, rounds)
        checks = "two signature checks"
        note = "the response's and its certificate's"
        yield Row(GROUP, f"{name}: DER → status ÷ {checks}", ratio(took["check"], took["both"]), MOST, note=note)
        note = "the one that a warm function makes"
        yield Row(
            GROUP,
            f"{name}: DER → status ÷ the response's own check",
            ratio(took["check"], took["own"]),
            None,
            note=note,
        )
        again = ratio(took["again"], took["both"])
        yield Row(GROUP, f"{name}, certificate parsed again ÷ {checks}", again, None)


def _both(own: Callable[[], object], theirs: Callable[[], object]) -> None:
    own()
    theirs()


def _parse_again(der: bytes) -> Status:
    read_embedded.cache_clear()
    check_issued.cache_clear()
    return status(der)


def _own_check(responder: Responder, der: bytes) -> Callable[[], object]:
    response = ocsp.load_der_ocsp_response(der)
    return _verify(responder.certificate.public_key(), response.signature, response.tbs_response_bytes)


def _verify(key: object, signature: bytes, signed: bytes) -> Callable[[], None]:
    assert isinstance(key, rsa.RSAPublicKey)
    scheme = padding.PKCS1v15()
    digest = hashes.SHA256()
    return lambda: key.verify(signature, signed, scheme, digest)
