"""Reports how the service would decide on test files, for admins:

    python -m tools.admin.inspect signCert.der signPri.key --password-stdin --trust FOLDER|trust.json

It is for files that an admin made or was given for tests, never for a customer's key or password: an agent explains
by the form Explain what happened to a customer. It runs the checks of the service in the same order on this
machine, and sends and stores nothing. FOLDER holds anchors/ and issuers/, as for tools.admin.trust_document; the
default is the demo's build/demo-pki. An issuer's own certificate is shown as that, and not judged. Exit code 0: the
certificate would be accepted; 1: it would be refused; 2: wrong usage; 3: it is an issuer's. Not checked: the owner,
proof of possession, and whether the certificate is already registered. A password or R is never printed.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from getpass import getpass
from pathlib import Path
from typing import Any

from registrar.domain.asn1.names import common_name
from registrar.domain.certificates.certificate import Certificate, key_strength, read_certificate
from registrar.domain.certificates.decision import Report, decide_certificate, holder_name, refusal_report
from registrar.domain.certificates.trust import TrustStore
from registrar.domain.certificates.trust_document import KINDS
from registrar.domain.files.formats import Bare, Container, LockedPair, recognise
from registrar.domain.files.kdf_budget import KdfBudget
from registrar.domain.masking import shown_name
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import CertificateMalformed, Refusal, WrongPassword
from registrar.domain.reasons.findings import headline
from registrar.domain.reasons.reason import LANGUAGES
from registrar.domain.reasons.rendering import one_line
from registrar.domain.registrations.upload import MAX_PASSWORD_TRIES
from registrar.domain.times import instant, iso
from registrar.entry.problems import findings_in
from tools.admin.inspect_text import FOR_TEST_FILES, report_text
from tools.admin.trust_source import NoTrust, TrustSource, read_trust
from tools.packaging.template import read_template

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "build/demo-pki"
ACCEPTED = 0
REFUSED = 1
USAGE_ERROR = 2
NOT_JUDGED = 3


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


def as_json(found: Inspected, trust: TrustSource, kind: str, language: str, *, show_name: bool) -> dict[str, Any]:
    """The outcome as JSON types; an issuer's has no verdict but an `authority`, what the trust says of it."""
    report = found.report
    certificate = _readable(found)
    authority = _authority(certificate, trust, language) if certificate and certificate.is_ca else None
    findings = () if authority else report.findings
    first = headline(findings)
    return {
        "accepted": None if authority else report.accepted,
        "headline": first.code if first else None,
        "note": FOR_TEST_FILES[language],
        "customer_kind": kind,
        "trust_version": report.trust_version,
        "trust": _trust(trust),
        "container": _container(found),
        "findings": findings_in(language, findings),
        "certificate": _certificate(certificate, trust, show_name=show_name) if certificate else None,
        "authority": authority,
    }


def _readable(found: Inspected) -> Certificate | None:
    try:
        return read_certificate(found.certificate) if found.certificate is not None else None
    except CertificateMalformed:
        return None


def _trust(trust: TrustSource) -> dict[str, Any]:
    """What was decided by: the file, when it was changed, and the roots that count as pinned."""
    roots = [f"{one_line(each.name)} (SHA-256 {each.certificate.fingerprint})" for each in trust.anchors]
    return {
        "source": str(trust.path),
        "changed_at": iso(trust.changed_at),
        "version": trust.store.version,
        "roots": roots,
    }


def _authority(certificate: Certificate, trust: TrustSource, language: str) -> dict[str, Any]:
    """What the trust says of an issuer's certificate."""
    entry = trust.entry(certificate)
    signer = trust.signer(certificate)
    signed_by = one_line(signer.name) if signer else None
    if entry is None and (coming := trust.announced_by(certificate)):
        return {"role": "announced", "operator": coming[language], "signed_by": signed_by}
    if entry is None:
        return {"role": "none", "signed_by": signed_by}
    operator = {"operator": entry.operator[language]} if entry.operator else {}
    period = {"accepted_from": entry.accepted_from, "accepted_until": entry.accepted_until}
    return {"role": "issuer" if entry.operator else "anchor", **operator, **period, "signed_by": signed_by}


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


def _certificate(certificate: Certificate, trust: TrustSource, *, show_name: bool) -> dict[str, Any]:
    name = holder_name(certificate)
    if certificate.is_ca:
        shown = common_name(certificate.parsed.subject)
    else:
        shown = name if show_name else shown_name(name, trust.kind(certificate))
    return {
        "name": one_line(shown),
        "issuer": one_line(common_name(certificate.parsed.issuer)),
        "policies": sorted(certificate.policies or ()),
        "key": key_strength(certificate.public_key),
        "serial": f"{certificate.serial:x}",
        "fingerprint": certificate.fingerprint,
        "not_before": iso(certificate.not_before),
        "not_after": iso(certificate.not_after),
    }


def _name_the_bank() -> None:
    """Texts name the bank: as the environment says, as for functions, else as the template does by default."""
    template = read_template(ROOT / "template.yaml")
    for name, value in template["Globals"]["Function"]["Environment"]["Variables"].items():
        if name in ("BANK_NAME_KO", "BANK_NAME_EN", "HELP_DESK_PHONE"):
            os.environ.setdefault(name, template["Parameters"][value["Ref"]]["Default"])


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m tools.admin.inspect",
        description=f"Report how the service would decide on test files. {FOR_TEST_FILES['en']}",
        epilog="Exit code: 0 accepted, 1 refused, 2 wrong usage, 3 an issuer's certificate.",
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="the files of one upload")
    parser.add_argument("--trust", type=Path, help="folder with anchors/ and issuers/, or a trust document")
    parser.add_argument("--at", type=instant, help="decide as at this time, such as 2020-03-10T00:00:00Z")
    parser.add_argument("--kind", choices=KINDS, default="personal", help="the customer's kind")
    parser.add_argument("--bank", default="", help="the OU that names this bank, as the parameter BankCode")
    parser.add_argument("--language", choices=LANGUAGES, default="ko", help="of all that is printed")
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
    except (_UsageError, NoTrust, OSError) as error:
        print(f"inspect: {error}", file=sys.stderr)
        return USAGE_ERROR
    password = _read_password() if options.password_stdin else None
    at = options.at or datetime.now(UTC)
    _name_the_bank()
    found = inspect(files, password, trust.store, options.kind, at, options.bank)
    outcome = as_json(found, trust, options.kind, options.language, show_name=options.show_name)
    if options.json:
        print(json.dumps(outcome, ensure_ascii=False, indent=1))
    else:
        print(report_text(outcome, options.language))
    if outcome["authority"] is not None:
        return NOT_JUDGED
    return ACCEPTED if outcome["accepted"] else REFUSED


if __name__ == "__main__":
    sys.exit(main())
