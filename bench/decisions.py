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

from bench.clock import NO_PEERS, Spread, Timed, has_peers, peer, processor, ratio, times
from bench.report import Row
from registrar.domain.certificates.certificate import Certificate, read_certificate
from registrar.domain.certificates.decision import decide_on
from registrar.domain.certificates.trust import TrustStore
from registrar.domain.certificates.trust_document import read_document
from tests.support.builders import NOW, a_certificate, a_link, a_trust_store, an_ec_key, an_rsa_key
from tools.admin.trust_document import RULES

PEER = "pyhanko-certvalidator 0.33"
KEPT = "÷ ours, a decision, CAs kept"
FROM_DER = "÷ ours, both from DER"
IN_LOOP = "in a running event loop ÷ ours, both from DER"
GROUP = "Deciding on a certificate, revocation aside"
ROUNDS = 1500
PEER_ROUNDS = 100
POLICY = "1.2.410.200004.99.1"
USAGE = ("digital_signature", "content_commitment")
REVOCATION = {"ocsp": "http://ocsp.example", "crl": [], "responders": [], "certid_hash": "sha1"}
LABEL = {"ko": "시험", "en": "Test"}

_Keys = Callable[[str], rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey]


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


def rows(rounds: int = ROUNDS, peer_rounds: int = PEER_ROUNDS) -> Iterator[Row]:
    """Ours ÷ the floor for RSA and P-256 keys, reading the DER, and the peer ÷ ours."""
    demo = a_certificate(key="rsa")
    ec_chain = _chain(an_ec_key, an_ec_key)
    mixed = _chain(an_rsa_key, an_ec_key)
    for name, der, store, most in (
        ("RSA-2048, certificate of the demo CA", demo.der, a_trust_store(), 2.8),
        ("P-256, customer and CAs", ec_chain.leaf.der, ec_chain.store(), 1.7),
        ("P-256 under CAs with RSA-2048", mixed.leaf.der, mixed.store(), 2.3),
    ):
        took = times(_calls(der, store, rounds), rounds)
        decided, read = (ratio(took[each], took["floor"]) for each in ("decide", "read"))
        yield Row(GROUP, f"{name}: facts → report ÷ its signature check", decided, most)
        yield Row(GROUP, f"{name}: DER → facts ÷ its signature check", read, None)
    found = _beside_peer(_chain(an_rsa_key, an_rsa_key), peer_rounds) if has_peers() else {}
    for name, at_least, note in (
        (KEPT, 30, "RSA-2048 without a subjectAltName: it raises on the one of NPKI"),
        (FROM_DER, None, ""),
        (IN_LOOP, None, ""),
    ):
        said = note if found else NO_PEERS
        yield Row(GROUP, f"{PEER} {name}", found.get(name), None, note=said, at_least=at_least)


def _beside_peer(chain: Chain, rounds: int) -> dict[str, Spread]:
    """The peer ÷ ours on the same chain."""
    given = {name: base64.b64encode(getattr(chain, name).der).decode() for name in ("leaf", "issuer", "root")}
    given["at"] = NOW.isoformat()
    with peer("pyhanko", given) as own_loop, peer("pyhanko_async", given) as in_loop:
        calls = _calls(chain.leaf.der, chain.store(), rounds)
        took = times({**calls, "own loop": own_loop, "in loop": in_loop}, rounds)
    whole = [read + decided for read, decided in zip(took["read"], took["decide"], strict=True)]
    return {
        KEPT: ratio(took["own loop"], took["decide"]),
        FROM_DER: ratio(took["own loop"], whole),
        IN_LOOP: ratio(took["in loop"], whole),
    }


def _calls(der: bytes, store: TrustStore, rounds: int) -> dict[str, Timed]:
    issuer = store.candidates(read_certificate(der))[0].certificate
    # Each decision has facts of its own: what a certificate keeps of itself is not worked out twice.
    facts = iter([read_certificate(der) for _ in range(2 * rounds + 1)])
    report = decide_on(next(facts), store, "personal", NOW, bank="JBB")
    assert report.accepted, report.findings
    return {
        "floor": processor(_signature_check(read_certificate(der), issuer)),
        "decide": processor(lambda: decide_on(next(facts), store, "personal", NOW, bank="JBB")),
        "read": processor(lambda: read_certificate(der)),
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


def _chain(authority: _Keys, customer: _Keys) -> Chain:
    root = a_link("A root", key=authority("root"), policies=None)
    issuer = a_link("A CA", root, key=authority("issuer"))
    leaf = a_link("홍길동", issuer, ca=False, usage=USAGE, policies=[POLICY], key=customer("leaf"))
    return Chain(root.certificate, issuer.certificate, leaf.certificate)


def _entry(certificate: Certificate) -> dict[str, str]:
    return {
        "name": hashlib.sha256(certificate.der).hexdigest(),
        "certificate": base64.b64encode(certificate.der).decode(),
        "accepted_from": "2020-01-01T00:00:00Z",
        "accepted_until": "2049-12-31T00:00:00Z",
    }
