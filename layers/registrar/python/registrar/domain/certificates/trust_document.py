"""Reading and checking the trust document, so that an admin's mistake never becomes active.

Every entry is read even when an earlier one is wrong: the admin gets all reasons at once.
"""

import base64
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Literal, TypeVar

from registrar.domain.certificates import path
from registrar.domain.certificates.certificate import ANY_POLICY, Certificate, read_certificate
from registrar.domain.certificates.issuer_paths import IssuerPaths
from registrar.domain.certificates.rules_document import read_rules
from registrar.domain.certificates.trust import (
    Anchor,
    Announced,
    Family,
    Issuer,
    Operator,
    Period,
    Policy,
    Sources,
    Text,
    TrustStore,
)
from registrar.domain.masking import CORPORATE, PERSONAL
from registrar.domain.reasons.errors import PathInvalid, TrustDocumentRejected, TrustEntryInvalid

FORMAT = 2
MAX_DOCUMENT_BYTES = 512 * 1024
KINDS = (PERSONAL, CORPORATE)
FAMILIES = tuple(family.value for family in Family)
GPKI_POLICIES = "1.2.410.100001.2."
_CERTID_HASHES: Mapping[str, Literal["sha1", "sha256"]] = {"sha1": "sha1", "sha256": "sha256"}
_HTTP_ADDRESS = re.compile(r"http://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?")
_CRL_ORIGIN = re.compile(r"(http|ldap)://[A-Za-z0-9.-]+(:[0-9]{1,5})?")
_OID = re.compile(r"[012](\.(0|[1-9][0-9]*)){2,20}")
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,32}")


Draft = tuple[str, Certificate, Operator, Period]
In = TypeVar("In")
Out = TypeVar("Out")


def read_document(raw: bytes, pins: Collection[str]) -> TrustStore:
    """Read a trust document and check it against the pinned anchors (SHA-256 of the DER, hex digits).

    Raises TrustDocumentRejected with what is wrong with each entry, in the order of the document.
    """
    if len(raw) > MAX_DOCUMENT_BYTES:
        raise TrustDocumentRejected([f"document: larger than {MAX_DOCUMENT_BYTES} bytes"])
    reasons: list[str] = []
    try:
        document = json.loads(raw, object_pairs_hook=_no_repeats)
        top = _record(document, {"format", "version", "anchors", "operators", "issuers", "rules"})
        version = _version(top)
        pinned = frozenset(pin.lower() for pin in pins)
        roots = _each(enumerate(_list(top["anchors"])), "anchors", reasons, lambda v: _anchor(v, pinned))
        anchors = tuple(roots.values())
        operators = _operators(top["operators"], reasons)
        drafts = _each(enumerate(_list(top["issuers"])), "issuers", reasons, lambda v: _draft(v, operators))
        paths = IssuerPaths((draft[1] for draft in drafts.values()), anchors)
        checked = _each(
            drafts.items(), "issuers", reasons, lambda draft: _by_each_path(draft, drafts.values(), paths)
        )
        rules = read_rules(top["rules"])
        _refuse_repeats([draft[1] for draft in drafts.values()] + [anchor.certificate for anchor in anchors])
    except TrustEntryInvalid as wrong:
        raise TrustDocumentRejected([*reasons, f"document: {wrong}"]) from None
    except (ValueError, RecursionError) as error:
        raise TrustDocumentRejected([f"document: not JSON ({error})"]) from None
    if reasons:
        raise TrustDocumentRejected(reasons)
    issuers = tuple(chain.from_iterable(checked.values()))
    return TrustStore(version, issuers, rules)


def check_activation(store: TrustStore, active_version: int | None, now: datetime) -> None:
    """Check that `store` may replace the active document. Raises TrustDocumentRejected."""
    reasons = []
    if active_version is not None and store.version <= active_version:
        reasons.append(f"version: {store.version} is not above the active version {active_version}")
    if not any(issuer.accepted_at(now) for issuer in store.issuers):
        reasons.append("issuers: none would be accepted now, so every certificate would be refused")
    if reasons:
        raise TrustDocumentRejected(reasons)


def _no_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    # json keeps the last of two members with one name and says nothing.
    record = dict(pairs)
    if len(record) != len(pairs):
        names = [name for name, _ in pairs]
        raise TrustEntryInvalid(f"{next(n for n in names if names.count(n) > 1)} occurs twice in one object")
    return record


def _each(
    values: Iterable[tuple[int, In]], where: str, reasons: list[str], read: Callable[[In], Out]
) -> dict[int, Out]:
    """What `read` makes of each value that is right, by its index; what is wrong with the others, in `reasons`."""
    result: dict[int, Out] = {}
    for index, value in values:
        try:
            result[index] = read(value)
        except TrustEntryInvalid as wrong:
            reasons.append(f"{where}[{index}]: {wrong}")
    return result


def _record(value: object, keys: set[str]) -> dict[str, object]:
    if not isinstance(value, dict):
        raise TrustEntryInvalid("must be an object")
    if value.keys() != keys:
        wrong = sorted(f"{k} is missing" for k in keys - value.keys())
        wrong += sorted(f"{k} is not known here" for k in value.keys() - keys)
        raise TrustEntryInvalid(", ".join(wrong))
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TrustEntryInvalid("must be a list")
    return value


def _text(value: object, name: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise TrustEntryInvalid(f"{name} must be a text of 1 to 200 characters")
    return value


def _texts(value: object, name: str) -> Text:
    record = _record(value, {"ko", "en"})
    return {language: _text(record[language], f"{name}.{language}") for language in ("ko", "en")}


def _version(top: Mapping[str, object]) -> int:
    if top["format"] != FORMAT:
        raise TrustEntryInvalid(f"format must be {FORMAT}")
    version = top["version"]
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise TrustEntryInvalid("version must be a whole number from 1")
    return version


def _period(record: Mapping[str, object], what: str = "accepted") -> Period:
    start, end = (_instant(record[name], name) for name in (f"{what}_from", f"{what}_until"))
    if start >= end:
        raise TrustEntryInvalid(f"{what}_from must be before {what}_until")
    return Period(start, end)


def _instant(value: object, name: str) -> datetime:
    try:
        return datetime.strptime(_text(value, name), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise TrustEntryInvalid(f"{name} must look like 2026-11-22T00:00:00Z") from None


def _certificate(record: Mapping[str, object]) -> Certificate:
    try:
        text = record["certificate"]
        if not isinstance(text, str):
            raise TrustEntryInvalid("certificate must be base64 text")
        return read_certificate(base64.b64decode("".join(text.split()), validate=True))
    except ValueError:
        raise TrustEntryInvalid("certificate is not the base64 of a DER certificate") from None


def _anchor(value: object, pins: Collection[str]) -> Anchor:
    record = _record(value, {"name", "certificate", "accepted_from", "accepted_until"})
    name = _text(record["name"], "name")
    certificate = _certificate(record)
    if certificate.fingerprint not in pins:
        raise TrustEntryInvalid(f"{name}: fingerprint {certificate.fingerprint} is not pinned")
    try:
        path.check_issuance(certificate, certificate)
    except PathInvalid as error:
        raise TrustEntryInvalid(f"{name}: not self-signed: {error.why}") from None
    if not certificate.is_ca:
        raise TrustEntryInvalid(f"{name}: not a CA certificate")
    return Anchor(certificate, _period(record))


def _operators(value: object, reasons: list[str]) -> Mapping[str, Operator]:
    if not isinstance(value, dict):
        raise TrustEntryInvalid("operators must be an object")
    read = _each(enumerate(value.items()), "operators", reasons, _operator)
    return {operator.id: operator for operator in read.values()}


def _operator(item: tuple[str, object]) -> Operator:
    identifier, value = item
    if not _IDENTIFIER.fullmatch(identifier):
        raise TrustEntryInvalid(f"{identifier!r} must be 1 to 32 letters, digits, - or _")
    if isinstance(value, dict):
        value = {"announced": [], **value}  # a document may leave it out
    record = _record(value, {"name", "policies", "revocation", "announced"})
    policies = [_policy(entry) for entry in _list(record["policies"])]
    if len({policy.oid for policy in policies}) != len(policies):
        raise TrustEntryInvalid(f"{identifier}: a policy occurs twice")
    name = _texts(record["name"], "name")
    sources = _sources(identifier, record["revocation"])
    announced = tuple(_announced(entry) for entry in _list(record["announced"]))
    return Operator(identifier, name, {p.oid: p for p in policies}, sources, announced)


def _announced(value: object) -> Announced:
    record = _record(value, {"name", "root", "valid_from", "valid_until"})
    name, root = (_text(record[member], member) for member in ("name", "root"))
    return Announced(name, root, _period(record, "valid"))


def _sources(identifier: str, value: object) -> Sources:
    if isinstance(value, dict):
        value = {"exempt_nocheck": False, **value}  # a document may leave it out
    record = _record(value, {"ocsp", "crl", "responders", "certid_hash", "exempt_nocheck"})
    ocsp = record["ocsp"]
    crl = [_origin(entry) for entry in _list(record["crl"])]
    if ocsp is not None and not _HTTP_ADDRESS.fullmatch(_text(ocsp, "ocsp")):
        raise TrustEntryInvalid(f"{identifier}: ocsp must be an address like http://ocsp.example:4612, or null")
    if ocsp is None and not crl:
        raise TrustEntryInvalid(f"{identifier}: without ocsp and crl no certificate could be asked about")
    certid_hash = _CERTID_HASHES.get(str(record["certid_hash"]))
    if certid_hash is None:
        raise TrustEntryInvalid(f"{identifier}: certid_hash must be one of {', '.join(_CERTID_HASHES)}")
    responders = tuple(_certificate({"certificate": entry}) for entry in _list(record["responders"]))
    exempt = record["exempt_nocheck"]
    if not isinstance(exempt, bool):
        raise TrustEntryInvalid(f"{identifier}: exempt_nocheck must be true or false")
    return Sources(str(ocsp) if ocsp else None, tuple(crl), responders, certid_hash, exempt)


def _origin(value: object) -> str:
    text = _text(value, "crl")
    if not _CRL_ORIGIN.fullmatch(text):
        raise TrustEntryInvalid(f"{text}: crl must be origins like ldap://ds.example:389 or http://crl.example")
    return text


def _policy(value: object) -> Policy:
    if isinstance(value, dict):
        value = {"family": Family.JOINT.value, **value}  # a document may leave it out
    record = _record(value, {"oid", "kind", "label", "accepted", "family"})
    oid = _text(record["oid"], "oid")
    kind = record["kind"]
    accepted = record["accepted"]
    if not _OID.fullmatch(oid):
        raise TrustEntryInvalid(f"{oid} is no object identifier")
    if kind not in KINDS or not isinstance(accepted, bool):
        raise TrustEntryInvalid(f"{oid}: kind must be one of {', '.join(KINDS)}, accepted true or false")
    if record["family"] not in FAMILIES:
        raise TrustEntryInvalid(f"{oid}: family must be one of {', '.join(FAMILIES)}")
    if accepted and (oid == ANY_POLICY or oid.startswith(GPKI_POLICIES)):
        raise TrustEntryInvalid(f"{oid} is never acceptable on a customer's certificate")
    return Policy(oid, str(kind), _texts(record["label"], "label"), accepted, Family(str(record["family"])))


def _draft(value: object, operators: Mapping[str, Operator]) -> Draft:
    record = _record(value, {"operator", "name", "certificate", "accepted_from", "accepted_until"})
    name = _text(record["name"], "name")
    operator = operators.get(str(record["operator"]))
    if operator is None:
        raise TrustEntryInvalid(f"{name}: operator {record['operator']} is not described under operators")
    certificate = _certificate(record)
    try:
        path.check_ca_profile(certificate)
    except PathInvalid as error:
        raise TrustEntryInvalid(f"{name}: {error.why}") from None
    return name, certificate, operator, _period(record)


def _by_each_path(draft: Draft, drafts: Collection[Draft], paths: IssuerPaths) -> tuple[Issuer, ...]:
    """The issuer once for each of its paths."""
    name, certificate, operator, accepted = draft
    try:
        found = paths.above(certificate)
    except TrustEntryInvalid as wrong:
        raise TrustEntryInvalid(f"{name}: {wrong}") from None
    return tuple(
        Issuer(certificate, operator, accepted, anchor, authorities, _periods(authorities[:-1], drafts))
        for anchor, authorities in found
    )


def _periods(authorities: Collection[Certificate], drafts: Collection[Draft]) -> tuple[Period, ...]:
    return tuple(period for _, ca, _, period in drafts if ca in authorities)


def _refuse_repeats(certificates: Sequence[Certificate]) -> None:
    if len({c.fingerprint for c in certificates}) != len(certificates):
        raise TrustEntryInvalid("a certificate occurs twice")
