"""An OCSP answer parsed, authorised and checked ÷ the signature checks that it cannot do without.

The CA's own answer has one signature, a responder's two: the answer's and its certificate's. A responder's
certificate is the same in every answer, so its reading is kept; the row "read anew" is without that.
"""

from collections.abc import Callable, Iterator, Sequence

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import ocsp

from bench.clock import ratios
from bench.report import Row
from local.responders import Responder
from registrar.domain.ocsp_responder import read_embedded
from registrar.domain.revocation import Answer
from tests.domain.ocsp_answers import an_answer, ca_itself, delegated, issuer, of_the_root, root, status

GROUP = "Checking an OCSP answer, RSA-2048"
ROUNDS = 1500


def rows() -> Iterator[Row]:
    """Ours ÷ the bare checks, for each kind of responder."""
    for name, responder, signers in (
        ("the CA's own", ca_itself(), []),
        ("a responder's, delegated by the CA", delegated(), [issuer().public_key]),
        ("a responder's, issued by the root", of_the_root(), [root().public_key]),
    ):
        found = ratios(_calls(responder, signers), "floor", ROUNDS)
        checks = "two signature checks" if signers else "its signature check"
        yield Row(GROUP, f"{name}: DER → status ÷ {checks}", found["check"], 3)
        if signers:
            yield Row(GROUP, f"{name}, certificate read anew ÷ {checks}", found["anew"], None)


def _calls(responder: Responder, signers: Sequence[object]) -> dict[str, Callable[[], object]]:
    der = an_answer(responder)
    assert status(der).answer is Answer.GOOD
    answer = ocsp.load_der_ocsp_response(der)
    certificate = responder.certificate
    bare = [
        _verify(certificate.public_key(), answer.signature, answer.tbs_response_bytes),
        *(_verify(key, certificate.signature, certificate.tbs_certificate_bytes) for key in signers),
    ]

    def anew() -> object:
        read_embedded.cache_clear()
        return status(der)

    # By turns: `anew` leaves the certificate read for `check`.
    return {"floor": lambda: [check() for check in bare], "anew": anew, "check": lambda: status(der)}


def _verify(key: object, signature: bytes, signed: bytes) -> Callable[[], None]:
    assert isinstance(key, rsa.RSAPublicKey)
    scheme, digest = padding.PKCS1v15(), hashes.SHA256()
    return lambda: key.verify(signature, signed, scheme, digest)
