"""The trust document: which roots, issuing CAs and certificate policies the bank accepts, and when.

An admin writes it with

    python -m tools.admin.trust_document --anchors DIR --issuers DIR --version N > trust.json

and uploads it to the trust bucket. DIR holds DER or PEM certificates. The operator of an issuing CA is found
by the O= of its subject, ignoring case; npki_policies.json states which policies of an operator the bank accepts.
The fingerprints are printed to standard error: compare each with the CA's published fingerprint before use.

To add an operator, change npki_policies.json only.
"""

import argparse
import base64
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NotRequired, TypedDict

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

DOCUMENT_FORMAT: Final = 2
POLICY_TABLE: Final = Path(__file__).with_name("npki_policies.json")
_CERTIFICATE_SUFFIXES: Final = {".der", ".cer", ".crt", ".pem"}


class Label(TypedDict):
    """A text in both languages."""

    ko: str
    en: str


class Policy(TypedDict):
    """A certificate policy (RFC 5280 4.2.1.4): kind `personal` or `corporate`, family `joint` (the default) or
    `financial`."""

    oid: str
    kind: str
    label: Label
    accepted: bool
    family: NotRequired[str]


class Revocation(TypedDict):
    """Revocation sources of an operator; docs/runbook.md explains each member."""

    ocsp: str | None
    crl: list[str]
    responders: list[str]
    certid_hash: str


class Operator(TypedDict):
    """An institution that runs issuing CAs."""

    name: Label
    policies: list[Policy]
    revocation: Revocation


def load_operators(path: Path = POLICY_TABLE) -> dict[str, Operator]:
    """The policy table, by operator id."""
    operators: dict[str, Operator] = json.loads(path.read_text(encoding="utf-8"))
    return operators


# Initial rules of a bank; docs/runbook.md explains each.
RULES: Mapping[str, Any] = {
    "rsa_bits": [2048, 8192],
    "curves": ["secp256r1", "secp384r1", "secp521r1"],
    "hashes": ["sha256", "sha384", "sha512"],
    "warn_days": 30,
    "levels": {"expires_soon": "WARN", "weak_key": "FAIL"},
    "denied_keys": [],
    "revocation": {
        "order": ["ocsp", "crl"],
        "check_authorities": True,
        "max_age_minutes": {"registering": 2880, "high_value": 60},
        "skew_seconds": 300,
        "breaker": {"failures": 5, "rest_seconds": 60},
        "retry_minutes": [1, 5, 30, 120, 360, 720, 1440],
    },
}


def build_document(
    version: int,
    anchors: Iterable[x509.Certificate],
    issuers: Iterable[x509.Certificate],
    operators: Mapping[str, Operator],
) -> dict[str, Any]:
    """The trust document as plain JSON values.

    Raises ValueError when an issuing CA's operator is unknown, when it is not signed by one of the anchors,
    when an anchor is not self-signed, or when the version is not positive.
    """
    if version < 1:
        raise ValueError(f"a version is a positive integer, not {version}")
    anchors = list(anchors)
    issuers = list(issuers)
    for anchor in anchors:
        _check_signed_by_one_of([anchor], anchor)
    for issuer in issuers:
        _check_signed_by_one_of(anchors, issuer)
    named = [_operator_of(issuer, operators) for issuer in issuers]
    return {
        "format": DOCUMENT_FORMAT,
        "version": version,
        "anchors": [_entry(anchor) for anchor in anchors],
        "operators": {name: operators[name] for name in operators if name in named},
        "issuers": [{"operator": name, **_entry(issuer)} for name, issuer in zip(named, issuers, strict=True)],
        "rules": RULES,
    }


def read_certificates(folder: Path) -> list[x509.Certificate]:
    """Every certificate in the folder's .der, .cer, .crt and .pem files, by file name."""
    found: list[x509.Certificate] = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in _CERTIFICATE_SUFFIXES:
            continue
        content = path.read_bytes()
        try:
            if b"-----BEGIN" in content:
                found.extend(x509.load_pem_x509_certificates(content))
            else:
                found.append(x509.load_der_x509_certificate(content))
        except ValueError as error:
            raise ValueError(f"{path.name} is not a certificate") from error
    if not found:
        raise ValueError(f"no certificate in {folder}")
    return found


def _check_signed_by_one_of(signers: list[x509.Certificate], certificate: x509.Certificate) -> None:
    for signer in signers:
        try:
            certificate.verify_directly_issued_by(signer)
        except (ValueError, TypeError, InvalidSignature):
            continue
        return
    raise ValueError(f"{_common_name(certificate)} is not signed by an anchor of this document")


def _operator_of(issuer: x509.Certificate, operators: Mapping[str, Operator]) -> str:
    organizations = [str(a.value) for a in issuer.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)]
    wanted = {organization.casefold() for organization in organizations}
    for operator_id in operators:
        if operator_id.casefold() in wanted:
            return operator_id
    raise ValueError(f"no operator in the policy table for O={', '.join(organizations)}")


def _entry(certificate: x509.Certificate) -> dict[str, str]:
    return {
        "name": _common_name(certificate),
        "certificate": base64.b64encode(certificate.public_bytes(Encoding.DER)).decode("ascii"),
        "accepted_from": _timestamp(certificate.not_valid_before_utc),
        "accepted_until": _timestamp(certificate.not_valid_after_utc),
    }


def _common_name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[-1].value) if names else certificate.subject.rfc4514_string()


def _timestamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the document to standard output and the fingerprints to standard error."""
    parser = argparse.ArgumentParser(
        "python -m tools.admin.trust_document", description="Write the trust document."
    )
    parser.add_argument("--anchors", type=Path, required=True, help="folder with the roots")
    parser.add_argument("--issuers", type=Path, required=True, help="folder with the issuing CAs")
    parser.add_argument("--version", type=int, required=True, help="positive, higher than the active version")
    options = parser.parse_args(arguments)
    try:
        anchors = read_certificates(options.anchors)
        issuers = read_certificates(options.issuers)
        document = build_document(options.version, anchors, issuers, load_operators())
    except (OSError, ValueError) as error:
        print(f"trust_document: {error}", file=sys.stderr)
        return 1
    for certificate in [*anchors, *issuers]:
        fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
        print(f"{fingerprint}  {_common_name(certificate)}", file=sys.stderr)
    # Written as bytes: the terminal's encoding must not decide how Korean names reach the bucket.
    sys.stdout.buffer.write(json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
