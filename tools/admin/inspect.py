"""Reports how the service would decide on a customer's files, for the help desk and for admins:

    python -m tools.admin.inspect signCert.der signPri.key --password-stdin --trust FOLDER|trust.json

It runs the checks of the service in the same order on this machine, and sends and stores nothing. FOLDER holds
anchors/ and issuers/, as for tools.admin.trust_document; the default is the demo's build/demo-pki. Exit code 0: the
certificate would be accepted; 1: it would be refused; 2: wrong usage. Not checked: the owner, proof of possession,
and whether the certificate is already registered. A password or R is never printed.
"""

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from getpass import getpass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256

from registrar.domain.asn1.names import common_name
from registrar.domain.certificates.certificate import key_strength, read_certificate
from registrar.domain.certificates.decision import Report, decide_certificate, refusal_report
from registrar.domain.certificates.trust import TrustStore
from registrar.domain.certificates.trust_document import KINDS, read_document
from registrar.domain.files.formats import Bare, Container, LockedPair, recognise
from registrar.domain.files.kdf_budget import KdfBudget
from registrar.domain.masking import masked
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import CertificateMalformed, Refusal, TrustDocumentRejected, WrongPassword
from registrar.domain.reasons.findings import headline
from registrar.domain.reasons.reason import LANGUAGES
from registrar.domain.reasons.rendering import one_line
from registrar.domain.registrations.upload import MAX_PASSWORD_TRIES
from registrar.domain.times import instant, iso
from registrar.entry.responses import findings_in
from tools.admin.trust_document import build_document, load_operators, read_certificates

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "build/demo-pki"
ACCEPTED = 0
REFUSED = 1
USAGE_ERROR = 2


class _UsageError(Exception):
    """An argument of the command cannot be used."""


@dataclass(frozen=True)
class Inspected:
    """The service's report, and facts about the container."""

    report: Report
    container: Container | None = None
    certificate: bytes | None = None
    opened: bool = False
    random_number: bool | None = None


def inspect(
    files: Sequence[bytes], password: str | None, trust: TrustStore, kind: str, at: datetime, bank: str
) -> Inspected:
    """Decide on the files of one upload as the service does: recognise, open, decide."""
    try:
        container = recognise(files)
    except Refusal as refused:
        return Inspected(refusal_report(refused, trust))
    if isinstance(container, Bare):
        report = decide_certificate(container.der, trust, kind, at, bank=bank)
        return Inspected(report, container, container.der)
    der = container.certificate
    if password is None:
        return Inspected(_before_the_password(container, trust, kind, at, bank), container, der)
    try:
        opened = container.open(password, KdfBudget())
    except WrongPassword:
        wrong = Refusal(Code.FILE_PASSWORD_WRONG, tries_left=MAX_PASSWORD_TRIES - 1)
        return Inspected(refusal_report(wrong, trust), container, der)
    except Refusal as refused:
        return Inspected(refusal_report(refused, trust), container, der)
    report = decide_certificate(opened.der, trust, kind, at, bank=bank)
    return Inspected(report, container, opened.der, opened=True, random_number=opened.random_number is not None)


def _before_the_password(container: Container, trust: TrustStore, kind: str, at: datetime, bank: str) -> Report:
    """The report on a certificate whose key is still locked: its refusal, or FILE_PASSWORD_REQUIRED."""
    password_required = refusal_report(Refusal(Code.FILE_PASSWORD_REQUIRED), trust)
    if not isinstance(container, LockedPair):
        return password_required
    report = decide_certificate(container.certificate, trust, kind, at, bank=bank)
    return report if report.refused else password_required


def as_json(found: Inspected, language: str, *, show_name: bool) -> dict[str, Any]:
    """The outcome as JSON types."""
    report = found.report
    first = headline(report.findings)
    return {
        "accepted": report.accepted,
        "headline": first.code if first else None,
        "trust_version": report.trust_version,
        "container": _container(found),
        "findings": findings_in(language, report.findings),
        "certificate": _certificate(found, show_name=show_name),
    }


def _container(found: Inspected) -> dict[str, Any] | None:
    container = found.container
    if container is None:
        return None
    if isinstance(container, Bare):
        return {"kind": "certificate alone", "opened": False, "rounds": 0, "random_number": None}
    if isinstance(container, LockedPair):
        kind = "certificate and encrypted key"
        rounds = container.envelope.cost
    else:
        pfx = container.pfx
        envelopes = (*pfx.sealed, *pfx.clear.envelopes)
        kind = "PFX"
        rounds = pfx.mac.rounds + sum(envelope.cost for envelope in envelopes)
    return {"kind": kind, "opened": found.opened, "rounds": rounds, "random_number": found.random_number}


def _certificate(found: Inspected, *, show_name: bool) -> dict[str, Any] | None:
    if found.certificate is None:
        return None
    try:
        certificate = read_certificate(found.certificate)
    except CertificateMalformed:
        return None
    name = certificate.real_name or common_name(certificate.parsed.subject).split("(")[0]
    return {
        "name": one_line(name if show_name else masked(name)),
        "issuer": one_line(common_name(certificate.parsed.issuer)),
        "policies": sorted(certificate.policies or ()),
        "key": key_strength(certificate.public_key),
        "serial": f"{certificate.serial:x}",
        "fingerprint": certificate.fingerprint,
        "not_before": iso(certificate.not_before),
        "not_after": iso(certificate.not_after),
    }


def read_trust(path: Path) -> TrustStore:
    """The trust in a folder of CA certificates or in a trust document, whose anchors count as pinned."""
    try:
        if path.is_dir():
            anchors = read_certificates(path / "anchors")
            issuers = read_certificates(path / "issuers")
            document: Any = build_document(1, anchors, issuers, load_operators())
            pins = [anchor.fingerprint(SHA256()).hex() for anchor in anchors]
            return read_document(json.dumps(document).encode(), pins)
        raw = path.read_bytes()
        return read_document(raw, _own_pins(raw))
    except (OSError, ValueError) as error:
        raise _UsageError(f"no trust in {path}: {error}") from None
    except TrustDocumentRejected as rejected:
        raise _UsageError(f"no trust in {path}: {'; '.join(rejected.reasons)}") from None


def _own_pins(raw: bytes) -> list[str]:
    """The fingerprints of a document's anchors. The service never does this: its pins come from the template."""
    try:
        return [hashlib.sha256(base64.b64decode(a["certificate"])).hexdigest() for a in json.loads(raw)["anchors"]]
    except (TypeError, KeyError) as error:
        raise ValueError(f"not a trust document ({type(error).__name__})") from None


def _print(outcome: dict[str, Any]) -> None:
    print("ACCEPTED" if outcome["accepted"] else f"REFUSED  {outcome['headline']}")
    for part in ("container", "certificate"):
        for name, value in (outcome[part] or {}).items():
            print(f"  {part}.{name}: {', '.join(value) if isinstance(value, list) else value}")
    for finding in outcome["findings"]:
        print(f"\n{finding['level']} {finding['code']}: {finding['title']}")
        print(f"  {finding['text']}\n  → {finding['next_action']}")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m tools.admin.inspect", description="Report how the service would decide."
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="the files of one upload")
    parser.add_argument("--trust", type=Path, help="folder with anchors/ and issuers/, or a trust document")
    parser.add_argument("--at", type=instant, help="decide as at this time, such as 2020-03-10T00:00:00Z")
    parser.add_argument("--kind", choices=KINDS, default="personal", help="the customer's kind")
    parser.add_argument("--bank", default="", help="the OU that names this bank, as the parameter BankCode")
    parser.add_argument("--language", choices=LANGUAGES, default="ko", help="of the texts")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    parser.add_argument("--show-name", action="store_true", help="print the holder's name in full")
    return parser.parse_args(arguments)


def _read_password() -> str:
    """From a pipe, or typed by a person without being shown."""
    return getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report; returns the exit code."""
    options = _options(arguments)
    try:
        if options.trust is None and not DEMO.is_dir():
            raise _UsageError(f"--trust is needed: there is no {DEMO.relative_to(ROOT)}")
        trust = read_trust(options.trust or DEMO)
        files = [path.read_bytes() for path in options.files]
    except (_UsageError, OSError) as error:
        print(f"inspect: {error}", file=sys.stderr)
        return USAGE_ERROR
    password = _read_password() if options.password_stdin else None
    at = options.at or datetime.now(UTC)
    found = inspect(files, password, trust, options.kind, at, options.bank)
    outcome = as_json(found, options.language, show_name=options.show_name)
    if options.json:
        print(json.dumps(outcome, ensure_ascii=False, indent=1))
    else:
        _print(outcome)
    return ACCEPTED if outcome["accepted"] else REFUSED


if __name__ == "__main__":
    sys.exit(main())
