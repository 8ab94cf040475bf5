"""Checks the evidence of a signature without the service, years later:

    python -m tools.admin.verify_evidence PACKAGE

PACKAGE is a file of the evidence bucket. It needs no network and no AWS. Each line says what was checked, what is
wrong, or what cannot be checked from the package alone, and how to check that elsewhere. Exit code 0: nothing that
was checked is wrong; 1: something is; 2: not a package. docs/evidence.md does the same with openssl alone.
"""

import argparse
import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.x509 import ocsp

from registrar.domain.asn1.pem import blocks_in
from registrar.domain.bank import SigningBank
from registrar.domain.certificates.certificate import UNREADABLE, Certificate, read_certificate
from registrar.domain.certificates.path import check_ca_profile, check_dates, check_issuance, check_path_lengths
from registrar.domain.evidence.package import (
    ANCHOR,
    CERTIFICATE,
    CHAIN,
    FORMAT,
    MANIFEST,
    OCSP,
    RESPONDER,
    SIGNATURES,
    TEXT,
)
from registrar.domain.possession.headings import Label, TextToSign, Version, labelled
from registrar.domain.possession.proofs import Proof
from registrar.domain.possession.signature import check_possession
from registrar.domain.reasons.errors import CertificateMalformed, PathInvalid, PossessionProofInvalid, Refusal
from registrar.domain.revocation.ocsp import check_response
from registrar.domain.revocation.status import Status, StatusValue
from registrar.domain.times import instant, iso

RIGHT = 0
WRONG = 1
USAGE_ERROR = 2
MAX_PACKAGE_BYTES = 1024 * 1024
# An answer that came in time may have been decided a little later; clocks may differ.
SKEW = timedelta(minutes=5)


class NotAPackage(Exception):
    """The file is no evidence package that this version can read."""


@dataclass
class Findings:
    """What became of each check."""

    checked: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)

    def note(self, what: str, objection: str | None) -> None:
        """Note a check: `objection` says why it failed."""
        if objection is None:
            self.checked.append(what)
        else:
            self.wrong.append(f"{what}: {objection}")

    def lines(self) -> Iterator[str]:
        """All of it, for people."""
        yield from (f"checked      {line}" for line in self.checked)
        yield from (f"NOT CHECKED  {line}" for line in self.unchecked)
        yield from (f"WRONG        {line}" for line in self.wrong)


@dataclass(frozen=True)
class Package:
    """The files by name, evidence.json as it says itself, and the certificates."""

    files: Mapping[str, bytes]
    manifest: Mapping[str, Any]
    signed_at: datetime
    certificate: Certificate
    authorities: Sequence[Certificate]
    anchor: Certificate

    @property
    def issuer(self) -> Certificate:
        """The CA that issued the customer's certificate."""
        return self.authorities[0] if self.authorities else self.anchor


def read_package(content: bytes) -> Package:
    """Take a package apart. Raises NotAPackage, whatever the bytes are."""
    try:
        files = _unzipped(content)
        manifest = json.loads(files[MANIFEST])
        if manifest["format"] != FORMAT:
            raise NotAPackage(f"format {manifest['format']!r}, not {FORMAT!r}")
        (certificate,) = _certificates(files[CERTIFICATE])
        (anchor,) = _certificates(files[ANCHOR])
        signed_at = instant(manifest["signed_at"])
        return Package(files, manifest, signed_at, certificate, _certificates(files[CHAIN]), anchor)
    except (zipfile.BadZipFile, NotImplementedError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise NotAPackage(f"{type(error).__name__}: {error}") from error


def _unzipped(content: bytes) -> dict[str, bytes]:
    if len(content) > MAX_PACKAGE_BYTES:
        raise NotAPackage("too large")
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        entries = package.infolist()
        # A package is stored as it is: what is compressed may be of any size.
        if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
            raise NotAPackage("compressed")
        if len({entry.filename for entry in entries}) != len(entries):
            raise NotAPackage("a file occurs twice")
        return {entry.filename: package.read(entry) for entry in entries}


def _certificates(content: bytes) -> list[Certificate]:
    try:
        return [read_certificate(block.der() or b"") for block in blocks_in(content)]
    except (Refusal, CertificateMalformed) as error:
        raise NotAPackage(f"a certificate cannot be read: {error}") from error


def verify(content: bytes) -> Findings:
    """All checks of a package. Raises NotAPackage."""
    package = read_package(content)
    found = Findings()
    try:
        _check_files(package, found)
        _check_signature(package, found)
        _check_text(package, found)
        _check_path(package, found)
        _check_revocation(package, found)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise NotAPackage(f"evidence.json: {type(error).__name__}: {error}") from error
    _name_what_is_left(package, content, found)
    return found


def _check_files(package: Package, found: Findings) -> None:
    named = package.manifest["files"]
    digests = {name: hashlib.sha256(file).hexdigest() for name, file in package.files.items() if name != MANIFEST}
    differ = sorted(name for name in named.keys() | digests.keys() if named.get(name) != digests.get(name))
    found.note("evidence.json names every other file by its SHA-256", _listed("not so for", differ))


def _check_signature(package: Package, found: Findings) -> None:
    (kind,) = [kind for kind, name in SIGNATURES.items() if name == package.manifest["signature"]["file"]]
    objection = None
    try:
        proof = Proof(kind, package.files[SIGNATURES[kind]], None)
        check_possession(package.certificate.der, TextToSign(package.files[TEXT].decode()), proof)
    except PossessionProofInvalid as error:
        objection = error.why
    found.note(f"{SIGNATURES[kind]} is the signature of the certificate's key over {TEXT}", objection)


def _check_text(package: Package, found: Findings) -> None:
    """What binds the text to this request and no other stands in it, each once."""
    request = package.manifest["request"]
    text = package.files[TEXT].decode().split("\n")
    korean = [line for line in text if line.startswith(f"{Label.BANK.of(Version.KOREAN)}: ")]
    # The Korean version names the bank in words too: "전북은행(JBB)".
    name = korean[0].partition(": ")[2].removesuffix(f"({package.manifest['bank']})") if korean else ""
    expected = labelled(
        Version.KOREAN if korean else Version.ENGLISH,
        {
            Label.BANK: SigningBank(package.manifest["bank"], name),
            Label.SERVICE: request["service"],
            Label.REQUEST: request["id"],
            Label.DOCUMENT: request["document_sha256"],
            Label.NONCE: request["nonce"],
            Label.UNTIL: instant(request["expires_at"]),
        },
    )
    said = [line.partition(": ")[::2] for line in text]
    differ = sorted(name for name in expected if [value for key, value in said if key == name] != [expected[name]])
    found.note("the text names the bank, service, request, document and nonce", _listed("not so for", differ))
    if name:
        found.unchecked.append(
            f"that {name} is the bank {package.manifest['bank']}: the package proves its code alone"
        )
    in_time = instant(request["created_at"]) <= package.signed_at < instant(request["expires_at"])
    found.note("it was signed while the request was valid", None if in_time else iso(package.signed_at))
    found.unchecked.append("evidence.json repeats the values of the text: what counts is the text; read text.txt")


def _check_path(package: Package, found: Findings) -> None:
    decision = package.manifest["decision"]
    same = package.certificate.fingerprint == decision["certificate_sha256"]
    same &= package.anchor.fingerprint == decision["anchor_sha256"]
    found.note("certificate and root are those of the decision", None if same else "others")
    objection = None
    try:
        below = package.certificate
        for authority in (*package.authorities, package.anchor):
            check_issuance(below, authority)
            check_dates(below, package.signed_at)
            below = authority
        check_dates(package.anchor, package.signed_at)
        for authority in package.authorities:
            check_ca_profile(authority)
        check_path_lengths(list(reversed(package.authorities)))
    except PathInvalid as error:
        objection = error.why
    what = f"each certificate up to the root was issued by the next, and valid at {iso(package.signed_at)}"
    found.note(what, objection)
    found.unchecked.append(
        "that the root is the authority's: compare its SHA-256 with the one that the authority publishes: "
        + package.anchor.fingerprint
    )


def _check_revocation(package: Package, found: Findings) -> None:
    sources = package.manifest["revocation"]
    about = {source["certificate_sha256"] for source in sources}
    for source in sources:
        if source["source"] == "ocsp":
            _check_ocsp(package, found)
        else:
            found.unchecked.append(_list_to_compare(source))
    missing = None if package.certificate.fingerprint in about else "no source"
    found.note("the source of the certificate's revocation status is named", missing)
    left = [authority for authority in package.authorities if authority.fingerprint not in about]
    if left:
        found.unchecked.append(f"that {len(left)} CA certificates of the path were not revoked: not looked up")


def _check_ocsp(package: Package, found: Findings) -> None:
    response = package.files[OCSP]
    (responder,) = _certificates(package.files[RESPONDER])
    status = _status_in(response, package, [])
    pinned = status.value is not StatusValue.GOOD
    if pinned:
        status = _status_in(response, package, [responder])
    objection = None if status.value is StatusValue.GOOD else f"{status.value.value} {status.why}".strip()
    as_of = f" as of {iso(status.as_of)}" if status.as_of else ""
    found.note(f"the OCSP response says that the certificate is good{as_of}", objection)
    if status.value is StatusValue.GOOD and pinned:
        found.unchecked.append(f"that the CA lets {responder.fingerprint} respond: the bank's trust document did")
    found.unchecked.append(
        "that the responder's own certificate was not revoked: ask for its CA's list of that day"
    )


def _status_in(response: bytes, package: Package, pinned: Sequence[Certificate]) -> Status:
    return check_response(
        response,
        package.certificate,
        package.issuer,
        nonce=_nonce_in(response),
        now=package.signed_at,
        skew=SKEW,
        # How old it may be was the bank's rule; its time is printed.
        max_age=timedelta(days=365),
        responders=pinned,
        root=package.anchor,
    )


def _nonce_in(response: bytes) -> bytes:
    """The nonce of the response: only the service knew whether it is the one that it had sent."""
    with suppress(*UNREADABLE):
        for extension in ocsp.load_der_ocsp_response(response).extensions:
            if isinstance(extension.value, x509.OCSPNonce):
                return extension.value.nonce
    return b""


def _list_to_compare(source: Mapping[str, Any]) -> str:
    return (
        f"that the list of revoked certificates does not name {source['certificate_sha256']}: the list is not in "
        f"the package. Ask its CA (SHA-256 of its key {source['issuer_key_sha256']}) for the list number "
        f"{source['number']} of {source['this_update']}, and compare its SHA-256: {source['sha256']}"
    )


def _name_what_is_left(package: Package, content: bytes, found: Findings) -> None:
    request = package.manifest["request"]
    digest = hashlib.sha256(content).hexdigest()
    found.unchecked += [
        f"when it was signed: {iso(package.signed_at)} is what the bank states; S3 shows when it was stored",
        f"what the bank states: compare the SHA-256 of the package with evidence_sha256 of the receipt: {digest}",
        f"the document itself: compare its SHA-256 with {request['document_sha256']}",
        f"whose certificate it is: the bank registered it for customer {request['customer_id']}",
    ]


def _listed(words: str, names: Sequence[str]) -> str | None:
    return f"{words} {', '.join(names)}" if names else None


def main() -> int:
    """Check the package that the command names."""
    parser = argparse.ArgumentParser(description="Check the evidence of a signature.")
    parser.add_argument("package", type=Path, metavar="PACKAGE")
    path: Path = parser.parse_args().package
    try:
        found = verify(path.read_bytes())
    except (OSError, NotAPackage) as error:
        print(f"{path}: {error}", file=sys.stderr)
        return USAGE_ERROR
    print("\n".join(found.lines()))
    return WRONG if found.wrong else RIGHT


if __name__ == "__main__":
    sys.exit(main())
