"""The evidence of a completed signature request: a ZIP file that can be checked without this service.

    evidence.json      what was asked, decided and when, and the SHA-256 of every other file
    text.txt           exactly what was signed
    signature.bin      the raw signature, or signature.p7s: the CMS message (DER or BER, as it came)
    certificate.pem    the customer's certificate
    chain.pem          the CAs between it and the root, from the issuing CA upwards
    anchor.pem         the root that the bank trusts
    ocsp.der           the OCSP response on which the certificate was good, with
    responder.pem      the certificate of the responder that signed it

A list of revoked certificates is too long to be copied: where the status is from one, evidence.json names it (CA,
number, times, SHA-256) and says that it does not list the certificate. docs/evidence.md shows how each is checked.

The same completion always gives the same bytes. If you change a member of evidence.json, raise FORMAT.
"""

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from registrar.domain.certificates.certificate import Certificate, key_strength, read_certificate
from registrar.domain.possession.cms_signature import signer_alone
from registrar.domain.revocation.status import ListIdentity, OcspResponse
from registrar.domain.signing.completion import Completion
from registrar.domain.times import iso

FORMAT = "signature-evidence 1"
MANIFEST = "evidence.json"
TEXT = "text.txt"
CERTIFICATE = "certificate.pem"
CHAIN = "chain.pem"
ANCHOR = "anchor.pem"
OCSP = "ocsp.der"
RESPONDER = "responder.pem"
SIGNATURES = {"signature": "signature.bin", "cms": "signature.p7s"}
"""The file of a signature, by the kind of proof."""
# ZIP cannot say "no time"; the earliest it knows.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_PEM_LINE = 64


def build_package(completion: Completion, bank: str) -> bytes:
    """The package; `bank` is the bank's code."""
    certificate = read_certificate(completion.registration.der)
    files = _files(completion, certificate)
    manifest = {
        "format": FORMAT,
        "bank": bank,
        "request": _request(completion),
        "registration_id": completion.registration.id,
        "signed_at": iso(completion.signed_at),
        "signature": {
            "file": SIGNATURES[completion.proof.kind],
            "algorithm": _algorithm(completion.proof.kind, certificate),
        },
        "decision": {
            "result": "COMPLETED",
            "trust_document_version": completion.trust_version,
            "operator": completion.issuer.operator.id,
            "certificate_sha256": certificate.fingerprint,
            "key": key_strength(certificate.public_key),
            "anchor_sha256": completion.issuer.anchor.certificate.fingerprint,
        },
        # Of the customer's certificate first, then of the CAs that were looked up; all are good.
        "revocation": [_source(shown) for shown in completion.status.shown_by],
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    return _zipped({MANIFEST: json.dumps(manifest, indent=1, ensure_ascii=False).encode() + b"\n", **files})


def _files(completion: Completion, certificate: Certificate) -> dict[str, bytes]:
    issuer = completion.issuer
    upwards = reversed(issuer.authorities)
    files = {
        TEXT: completion.text.encode(),
        SIGNATURES[completion.proof.kind]: _signature(completion, certificate),
        CERTIFICATE: _pem(certificate.der),
        CHAIN: b"".join(_pem(authority.der) for authority in upwards),
        ANCHOR: _pem(issuer.anchor.certificate.der),
    }
    for shown in completion.status.shown_by:
        if isinstance(shown, OcspResponse):  # there is one at most: CAs are looked up on lists
            files |= {OCSP: shown.der, RESPONDER: _pem(shown.signer)}
    return files


def _signature(completion: Completion, certificate: Certificate) -> bytes:
    """The signature; of a CMS message only what was checked, so that any program can read it."""
    proof = completion.proof
    if proof.kind != "cms":
        return proof.signature
    return signer_alone(proof.signature, certificate.der, completion.text.encode())


def _request(completion: Completion) -> dict[str, Any]:
    request = completion.request
    return {
        "id": request.id,
        "service": request.service,
        "customer_id": request.customer_id,
        "kind": request.kind,
        "values": dict(request.values),
        "document_sha256": request.document_sha256,
        "nonce": request.nonce,
        "created_at": iso(request.created_at),
        "expires_at": iso(request.expires_at),
    }


def _algorithm(kind: str, certificate: Certificate) -> str:
    if kind == "cms":
        return "CMS SignedData (RFC 5652)"
    is_rsa = isinstance(certificate.public_key, rsa.RSAPublicKey)
    return "RSASSA-PKCS1-v1_5 with SHA-256" if is_rsa else "ECDSA with SHA-256"


def _source(shown: OcspResponse | ListIdentity) -> dict[str, Any]:
    good = {"certificate_sha256": shown.about, "status": "GOOD"}
    if isinstance(shown, OcspResponse):
        return {**good, "source": "ocsp", "file": OCSP}
    return {
        **good,
        "source": "crl",
        "issuer_key_sha256": shown.issuer_key_digest,
        "number": shown.number,
        "this_update": iso(shown.this_update),
        "next_update": iso(shown.next_update),
        "sha256": shown.sha256,
        "entry": None,
    }


def _pem(der: bytes) -> bytes:
    """A certificate as text (RFC 7468 section 5)."""
    text = base64.b64encode(der).decode()
    lines = (text[at : at + _PEM_LINE] for at in range(0, len(text), _PEM_LINE))
    return "\n".join(("-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", "")).encode()


def _zipped(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as package:
        for name, content in files.items():
            package.writestr(zipfile.ZipInfo(name, _NO_TIME), content)
    return packed.getvalue()
