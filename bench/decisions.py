"""Deciding on a certificate ÷ checking its one signature, and compared with a peer.

"Deciding on a parsed certificate" starts from the facts that `read_certificate` read from the DER, fresh ones in
every round, and ends with the report: which configured CA issued it (names, key ids, signature), that CA's own
path and periods, policy, usage, dates, key, algorithm, extensions, summary. Not included: reading the DER
(a separate figure), reading the trust document (once a minute), revocation. The floor is one bare `verify` with
all inputs loaded.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from bench.clock import medians, peer_median, ratios
from bench.report import Row
from registrar.domain.certificates.certificate import Certificate, read_certificate
from registrar.domain.certificates.decision import decide_on
from registrar.domain.certificates.trust import TrustStore
from registrar.domain.certificates.trust_document import read_document
from tests.support.builders import NOW, a_certificate, a_link, a_trust_store, an_ec_key, an_rsa_key
from tools.admin.trust_document import RULES

PEER = "pyhanko-certvalidator 0.33"
GROUP = "Deciding on a certificate, revocation aside"
ROUNDS = 1500
PEER_ROUNDS = 100
POLICY = "1.2.410.200004.99.1"
USAGE = ("digital_signature", "content_commitment")
REVOCATION = {"ocsp": "http://ocsp.example", "crl": [], "responders": [], "certid_hash": "sha1"}
LABEL = {"ko": "시험", "en": "Test"}


@dataclass(frozen=True)
class Chain:
    """A root, an issuing CA and a customer's certificate, plain X.509: no subjectAltName."""

    root: Certificate
    issuer: Certificate
    leaf: Certificate

    def store(self) -> TrustStore:
        """The trust document that accepts it, read."""
        policy = {"oid": POLICY, "kind": "personal", "label": LABEL, "accepted": True}
        document = {
            "format": 2,
            "version": 1,
            "anchors": [_entry(self.root)],
            "operators": {"bench": {"name": LABEL, "revocation": REVOCATION, "policies": [policy]}},
            "issuers": [{"operator": "bench", **_entry(self.issuer)}],
            "rules": RULES,
        }
        return read_document(json.dumps(document).encode(), [self.root.fingerprint])


def rows() -> Iterator[Row]:
    """Ours ÷ the floor for RSA and P-256, reading the DER, and the peer ÷ ours."""
    demo = a_certificate(key="rsa")
    rsa_chain = _chain(an_rsa_key)
    ec_chain = _chain(an_ec_key)
    for name, der, store, most in (
        ("RSA-2048, certificate of the demo CA", demo.der, a_trust_store(), 3),
        ("P-256, customer and CAs", ec_chain.leaf.der, ec_chain.store(), 2),
    ):
        found = ratios(_calls(der, store), "floor", ROUNDS)
        yield Row(GROUP, f"{name}: facts → report ÷ its signature check", found["decide"], most)
        yield Row(GROUP, f"{name}: DER → facts ÷ its signature check", found["read"], None)
    ours = medians(_calls(rsa_chain.leaf.der, rsa_chain.store()), ROUNDS)
    given = {name: base64.b64encode(getattr(rsa_chain, name).der).decode() for name in ("leaf", "issuer", "root")}
    query = {**given, "at": NOW.isoformat(), "rounds": PEER_ROUNDS}
    peer, in_loop = (peer_median(name, query) for name in ("pyhanko", "pyhanko_async"))
    note = "RSA-2048 without a subjectAltName: it raises on the one of NPKI"
    whole = ours["read"] + ours["decide"]
    yield Row(GROUP, f"{PEER} ÷ ours, a decision, CAs kept", peer / ours["decide"], None, note=note, at_least=30)
    yield Row(GROUP, f"{PEER} ÷ ours, both from DER", peer / whole, None)
    yield Row(GROUP, f"{PEER} in a running event loop ÷ ours, both from DER", in_loop / whole, None)


def _calls(der: bytes, store: TrustStore) -> dict[str, Callable[[], object]]:
    issuer = store.candidates(read_certificate(der))[0].certificate
    facts = iter([read_certificate(der) for _ in range(2 * ROUNDS)])
    report = decide_on(next(facts), store, "personal", NOW, bank="JBB")
    assert report.accepted, report.findings
    return {
        "floor": _signature_check(read_certificate(der), issuer),
        "decide": lambda: decide_on(next(facts), store, "personal", NOW, bank="JBB"),
        "read": lambda: read_certificate(der),
    }


def _signature_check(certificate: Certificate, issuer: Certificate) -> Callable[[], object]:
    key = issuer.public_key
    signature = certificate.parsed.signature
    signed = certificate.signed
    if isinstance(key, rsa.RSAPublicKey):
        scheme = padding.PKCS1v15()
        digest = hashes.SHA256()
        return lambda: key.verify(signature, signed, scheme, digest)
    assert isinstance(key, ec.EllipticCurvePublicKey)
    algorithm = ec.ECDSA(hashes.SHA256())
    return lambda: key.verify(signature, signed, algorithm)


def _chain(key: Callable[[str], rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey]) -> Chain:
    root = a_link("A root", key=key("root"), policies=None)
    issuer = a_link("A CA", root, key=key("issuer"))
    leaf = a_link("홍길동", issuer, ca=False, usage=USAGE, policies=[POLICY], key=key("leaf"))
    return Chain(root.certificate, issuer.certificate, leaf.certificate)


def _entry(certificate: Certificate) -> dict[str, str]:
    return {
        "name": hashlib.sha256(certificate.der).hexdigest(),
        "certificate": base64.b64encode(certificate.der).decode(),
        "accepted_from": "2020-01-01T00:00:00Z",
        "accepted_until": "2049-12-31T00:00:00Z",
    }
