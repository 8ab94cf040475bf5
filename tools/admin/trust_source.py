"""The trust that inspect decides by, and where it is from: a trust document, or a folder of CA certificates."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from registrar.domain.asn1.names import common_name
from registrar.domain.certificates.certificate import Certificate, read_certificate
from registrar.domain.certificates.path import check_issuance
from registrar.domain.certificates.trust import Text, TrustStore, is_same_name
from registrar.domain.certificates.trust_document import read_document
from registrar.domain.masking import PERSONAL
from registrar.domain.reasons.errors import PathInvalid, TrustDocumentRejected
from tools.admin.trust_document import build_document, load_operators, read_certificates


class NoTrust(Exception):
    """There is no trust document or folder of CA certificates at this path."""


@dataclass(frozen=True)
class Entry:
    """A CA certificate of the document; an anchor has no operator."""

    certificate: Certificate
    name: str
    accepted_from: str
    accepted_until: str
    operator: Mapping[str, str] | None


@dataclass(frozen=True)
class TrustSource:
    """The trust, the path that it was read from, and when the newest file there was changed.

    Its anchors count as pinned. The service never does this: its pins come from the template (TrustAnchorPins).
    """

    path: Path
    changed_at: datetime
    store: TrustStore
    anchors: tuple[Entry, ...]
    issuers: tuple[Entry, ...]

    def entry(self, certificate: Certificate) -> Entry | None:
        """The document's entry for this very certificate."""
        entries = (*self.anchors, *self.issuers)
        return next((each for each in entries if each.certificate.fingerprint == certificate.fingerprint), None)

    def signer(self, certificate: Certificate) -> Entry | None:
        """The document's CA that signed this certificate."""
        return next((each for each in (*self.anchors, *self.issuers) if _issued(certificate, each)), None)

    def kind(self, certificate: Certificate) -> str:
        """Whose certificate it is by its policy; a person's where nobody has described it."""
        described = (policy for each in self.store.issuers for policy in each.operator.policies.values())
        asserted = certificate.policies or frozenset()
        return next((policy.kind for policy in described if policy.oid in asserted), PERSONAL)

    def announced_by(self, certificate: Certificate) -> Text | None:
        """The operator that has announced a CA of this name; who made this certificate is not known."""
        name = common_name(certificate.parsed.subject)
        operators = (each.operator for each in self.store.issuers)
        return next((o.name for o in operators if any(is_same_name(a.name, name) for a in o.announced)), None)


def read_trust(path: Path) -> TrustSource:
    """The trust in a folder with anchors/ and issuers/, or in a trust document. Raises NoTrust."""
    try:
        raw = _raw(path)
        document = json.loads(raw)
        anchors = tuple(_entry(each, None) for each in document["anchors"])
        store = read_document(raw, [anchor.certificate.fingerprint for anchor in anchors])
        names = {name: operator["name"] for name, operator in document["operators"].items()}
        issuers = tuple(_entry(each, names[each["operator"]]) for each in document["issuers"])
        return TrustSource(path, _changed_at(path), store, anchors, issuers)
    except TrustDocumentRejected as rejected:
        raise NoTrust(f"no trust in {path}: {'; '.join(rejected.reasons)}") from None
    except (TypeError, KeyError) as error:
        raise NoTrust(f"no trust in {path}: not a trust document ({type(error).__name__})") from None
    except (OSError, ValueError) as error:
        raise NoTrust(f"no trust in {path}: {error}") from None


def _raw(path: Path) -> bytes:
    if not path.is_dir():
        return path.read_bytes()
    anchors = read_certificates(path / "anchors")
    issuers = read_certificates(path / "issuers")
    return json.dumps(build_document(1, anchors, issuers, load_operators())).encode()


def _changed_at(path: Path) -> datetime:
    files = [path] if path.is_file() else [each for each in path.glob("*/*") if each.is_file()]
    return datetime.fromtimestamp(max(each.stat().st_mtime for each in files), UTC)


def _entry(entry: Mapping[str, Any], operator: Mapping[str, str] | None) -> Entry:
    certificate = read_certificate(base64.b64decode(entry["certificate"]))
    return Entry(certificate, entry["name"], entry["accepted_from"], entry["accepted_until"], operator)


def _issued(certificate: Certificate, entry: Entry) -> bool:
    try:
        check_issuance(certificate, entry.certificate)
    except PathInvalid:
        return False
    return True
