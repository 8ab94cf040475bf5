"""Every difference between two trust documents, in plain words, for the admin who confirms the new one.

The dry run over certificates (preview.py) shows only what changes a verdict today: a pinned responder, an older
status that is accepted, or another order of the sources changes none, and yet decides who says that a certificate
is good. So the documents themselves are compared, member by member, without knowing what a member means: one that
is new in the format is reported too.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from registrar.domain.asn1.names import common_name
from registrar.domain.certificates.certificate import read_certificate
from registrar.domain.reasons.errors import CertificateMalformed

WORDS = {
    "version": "number of the document",
    "format": "format of the document",
    "anchors": "root that is trusted",
    "issuers": "issuing CA",
    "operators": "CA operator",
    "certificate": "CA certificate",
    "operator": "operator of the CA",
    "name": "name",
    "ko": "Korean text",
    "en": "English text",
    "accepted_from": "start of the period in which the CA is accepted",
    "accepted_until": "end of the period in which the CA is accepted",
    "announced": "CA of a coming generation, not trusted yet",
    "root": "name of its root",
    "valid_from": "start of its validity",
    "valid_until": "end of its validity",
    "policies": "certificate policy",
    "oid": "object identifier",
    "kind": "kind of customer",
    "label": "text for customers",
    "family": "joint or financial certificate",
    "accepted": "whether the bank registers such certificates",
    "revocation": "how the revocation status is queried",
    "ocsp": "address of the OCSP responder",
    "crl": "servers that CRLs may come from",
    "responders": "pinned OCSP responder, whose signed responses are believed",
    "certid_hash": "hash in OCSP requests",
    "exempt_nocheck": "whether responders with ocsp-nocheck are believed when they are revoked",
    "rules": "the bank's rules",
    "rsa_bits": "least and most bits of an RSA key",
    "curves": "accepted curve",
    "hashes": "accepted hash in a signature",
    "warn_days": "days before the end from which the customer is warned",
    "levels": "how much a finding weighs",
    "expires_soon": "a certificate that expires soon",
    "weak_key": "a weak key",
    "denied_keys": "key that is never accepted",
    "order": "order of the sources of the revocation status",
    "check_authorities": "whether the status of the CA is checked too",
    "max_age_minutes": "oldest status that is accepted, in minutes",
    "registering": "to register",
    "high_value": "for high values",
    "skew_seconds": "how far clocks may differ, in seconds",
    "breaker": "pause of a source that fails",
    "failures": "failures in a row before the pause",
    "rest_seconds": "length of the pause, in seconds",
    "retry_minutes": "times of further queries, in minutes",
}
_SETS = ("curves", "hashes", "denied_keys")
"""Lists of texts in which only membership counts."""
_ENTRIES = ("anchors", "issuers", "policies", "responders", "announced")
"""Lists of entries that are found again by what identifies them, wherever they are in the list."""
_ORDER = "order of the entries"
Place = tuple[str, ...]


def differences(old: bytes, new: bytes) -> list[str]:
    """A line for each difference of two JSON documents, in the order of the new one; none where they agree."""
    before = dict(_facts(_parsed(old)))
    after = dict(_facts(_parsed(new)))
    lines = []
    for place, value in after.items():
        was = before.get(place)
        if place[-1] == _ORDER:
            if was is not None and _reordered(was, value):
                lines.append(f"changed: {_named(place[:-1])}: the order of the entries")
        elif was is None:
            lines.append(f"added: {_named(place)}: {value}")
        elif was != value:
            lines.append(f"changed: {_named(place)}: {was} becomes {value}")
    removed = [place for place in before if place not in after and place[-1] != _ORDER]
    return lines + [f"removed: {_named(place)}: {before[place]}" for place in removed]


def _parsed(raw: bytes) -> dict[str, Any]:
    """The document; an empty one where it is none, so that all of the other differs."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _reordered(before: str, after: str) -> bool:
    """Whether the entries that both lists have are in another order: the earlier of two that match is used."""
    old: list[str] = json.loads(before)
    new: list[str] = json.loads(after)
    return [key for key in old if key in new] != [key for key in new if key in old]


def _facts(value: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Each thing that a part of the document says: where, and what."""
    member = place[-1] if place else ""
    if isinstance(value, dict):
        if not value and place:
            yield place, "{}"
        for name, inner in value.items():
            yield from _facts(inner, (*place, name))
    elif isinstance(value, list) and member in _SETS:
        yield from (((*place, _text(each)), "listed") for each in value)
    elif isinstance(value, list) and member in _ENTRIES:
        yield from _entries(value, place)
    elif member == "certificate":
        yield place, _certificate(value)[1]
    else:
        yield place, _text(value)


def _entries(entries: list[Any], place: Place) -> Iterator[tuple[Place, str]]:
    keys: list[str] = []
    for entry in entries:
        key = _key(entry)
        keys.append(key if key not in keys else f"{key} ({len(keys) + 1})")
        here = (*place, keys[-1])
        if isinstance(entry, dict):
            yield from _facts(entry, here)
        else:
            yield here, _certificate(entry)[1]
    yield (*place, _ORDER), json.dumps(keys)


def _key(entry: Any) -> str:
    """What identifies an entry: a policy's OID, a coming CA's name, or the SHA-256 of a certificate."""
    if isinstance(entry, Mapping) and "root" in entry:
        return _text(entry.get("name"))
    if isinstance(entry, Mapping):
        return str(entry["oid"]) if "oid" in entry else _certificate(entry.get("certificate"))[0]
    return _certificate(entry)[0]


def _certificate(value: Any) -> tuple[str, str]:
    """The SHA-256 of a certificate, and its description."""
    try:
        der = base64.b64decode("".join(str(value).split()), validate=True)
    except ValueError:
        return _text(value), _text(value)
    fingerprint = hashlib.sha256(der).hexdigest()
    try:
        certificate = read_certificate(der)
    except CertificateMalformed:
        return fingerprint, f"SHA-256 {fingerprint}"
    name = _text(common_name(certificate.parsed.subject))
    return fingerprint, f"{name}, SHA-256 {fingerprint}, SHA-256 of its key {certificate.key_digest}"


def _text(value: Any) -> str:
    """The value as JSON; characters that could disguise the line are escaped."""
    written = json.dumps(value, ensure_ascii=False)
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in written)


def _named(place: Place) -> str:
    """`rules.max_age_minutes.registering (the bank's rules, …)`: the member as in the document, and in words."""
    words = ", ".join(WORDS[member] for member in place if member in WORDS)
    return f"{'.'.join(place)} ({words})"
