"""The trust document: which roots, issuing CAs and certificate policies the bank accepts, and when.

An admin writes it with

    python -m tools.admin.trust_document --anchors DIR --issuers DIR --version N > trust.json

and uploads it to the trust bucket. DIR holds DER or PEM certificates. The operator of an issuing CA is found
by the O= of its subject, ignoring case; npki_policies.json states which policies of an operator the bank accepts.
The fingerprints are printed to standard error: compare each with the CA's published fingerprint before use.

To add an operator, change npki_policies.json only. It also announces the CAs of coming generations, by name:
certificates under them are refused with that reason until the bank has pinned their root (docs/runbook.md, "A new
generation of CAs").
"""

import argparse
import base64
import json
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NotRequired, TypedDict

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

DOCUMENT_FORMAT: Final = 2
POLICY_TABLE: Final = Path(__file__).with_name("npki_policies.json")
Accepted = tuple[str, datetime, datetime]
"""The SHA-256 of a CA certificate, and from when until when the bank accepts it."""
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


class Announced(TypedDict):
    """An issuing CA of a coming generation, whose root the bank has not pinned yet."""

    name: str
    root: str
    valid_from: str
    valid_until: str


class Operator(TypedDict):
    """An institution that runs issuing CAs; `unconfirmed` says of an address what has to be asked before use."""

    name: Label
    policies: list[Policy]
    revocation: Revocation
    announced: NotRequired[list[Announced]]
    unconfirmed: NotRequired[dict[str, str]]


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
    periods: Iterable[Accepted] = (),
) -> dict[str, Any]:
    """The trust document as plain JSON values. Several generations of roots and issuing CAs stand side by side.

    A CA is accepted while its certificate is valid, or for its period among `periods`. A CA of the document is no
    longer announced. Raises ValueError when an issuing CA's operator is unknown, when it is not signed by one of
    the anchors, when an anchor is not self-signed, when a period is of no CA or outside its validity, or when the
    version is not positive.
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
    wanted = _periods(periods, [*anchors, *issuers])
    here = {_common_name(issuer) for issuer in issuers}
    return {
        "format": DOCUMENT_FORMAT,
        "version": version,
        "anchors": [_entry(anchor, wanted) for anchor in anchors],
        "operators": {name: _described(operators[name], here) for name in operators if name in named},
        "issuers": [
            {"operator": name, **_entry(issuer, wanted)} for name, issuer in zip(named, issuers, strict=True)
        ],
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
    issuer = _common_name(certificate, certificate.issuer)
    raise ValueError(
        f"{_common_name(certificate)} is not signed by an anchor of this document: it names {issuer}"
        f"{_serial_of_issuer(certificate)}. Compare the fingerprint of that root with the authority's own notice, "
        "pin it in TrustAnchorPins, and put its certificate among the anchors"
    )


def _serial_of_issuer(certificate: x509.Certificate) -> str:
    """The serial of the issuer's certificate, where the authority key identifier has it."""
    try:
        key = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    except x509.ExtensionNotFound:
        return ""
    serial = key.authority_cert_serial_number
    return "" if serial is None else f" (serial {serial:X})"


def _operator_of(issuer: x509.Certificate, operators: Mapping[str, Operator]) -> str:
    organizations = [str(a.value) for a in issuer.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)]
    wanted = {organization.casefold() for organization in organizations}
    for operator_id in operators:
        if operator_id.casefold() in wanted:
            return operator_id
    raise ValueError(f"no operator in the policy table for O={', '.join(organizations)}")


def _described(operator: Operator, issuers: Collection[str]) -> Operator:
    left = [each for each in operator.get("announced", []) if each["name"] not in issuers]
    described: Operator = {**operator, "announced": left}
    described.pop("unconfirmed", None)
    return described


def _periods(
    periods: Iterable[Accepted], certificates: Sequence[x509.Certificate]
) -> dict[str, tuple[datetime, datetime]]:
    """The bank's own period of each CA that has one, by its fingerprint."""
    known = {_fingerprint(certificate): certificate for certificate in certificates}
    found: dict[str, tuple[datetime, datetime]] = {}
    for fingerprint, first, last in periods:
        certificate = known.get(fingerprint.lower())
        if certificate is None:
            raise ValueError(f"{fingerprint} is the fingerprint of no CA of this document")
        if not certificate.not_valid_before_utc <= first < last <= certificate.not_valid_after_utc:
            raise ValueError(f"{_common_name(certificate)} is not valid from {first} to {last}")
        found[fingerprint.lower()] = (first, last)
    return found


def _entry(certificate: x509.Certificate, periods: Mapping[str, tuple[datetime, datetime]]) -> dict[str, str]:
    validity = (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
    first, last = periods.get(_fingerprint(certificate), validity)
    return {
        "name": _common_name(certificate),
        "certificate": base64.b64encode(certificate.public_bytes(Encoding.DER)).decode("ascii"),
        "accepted_from": _timestamp(first),
        "accepted_until": _timestamp(last),
    }


def _common_name(certificate: x509.Certificate, name: x509.Name | None = None) -> str:
    name = certificate.subject if name is None else name
    names = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[-1].value) if names else name.rfc4514_string()


def _fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()


def _timestamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _accepted(text: str) -> Accepted:
    fingerprint, _, period = text.partition("=")
    first, _, last = period.partition("/")
    return fingerprint, _moment(first), _moment(last)


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the document to standard output and the fingerprints to standard error."""
    parser = argparse.ArgumentParser(
        "python -m tools.admin.trust_document", description="Write the trust document."
    )
    parser.add_argument("--anchors", type=Path, required=True, help="folder with the roots")
    parser.add_argument("--issuers", type=Path, required=True, help="folder with the issuing CAs")
    parser.add_argument("--version", type=int, required=True, help="positive, higher than the active version")
    parser.add_argument(
        "--accept",
        type=_accepted,
        action="append",
        default=[],
        metavar="SHA256=FROM/UNTIL",
        help="accept this CA for a part of its validity only, such as …=2026-12-01T00:00:00Z/2030-06-02T00:00:00Z",
    )
    options = parser.parse_args(arguments)
    try:
        anchors = read_certificates(options.anchors)
        issuers = read_certificates(options.issuers)
        operators = load_operators()
        document = build_document(options.version, anchors, issuers, operators, options.accept)
    except (OSError, ValueError) as error:
        print(f"trust_document: {error}", file=sys.stderr)
        return 1
    for certificate in [*anchors, *issuers]:
        print(f"{_fingerprint(certificate)}  {_common_name(certificate)}", file=sys.stderr)
    for name in document["operators"]:
        for member, note in operators[name].get("unconfirmed", {}).items():
            print(f"not confirmed: {name}, {member}: {note}", file=sys.stderr)
    # Written as bytes: the terminal's encoding must not decide how Korean names reach the bucket.
    sys.stdout.buffer.write(json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
