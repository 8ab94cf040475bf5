"""Certificate revocation lists: read, verified, and ready to be indexed (RFC 5280 sections 5 and 6.3).

Stricter than the RFC: delta CRLs, indirect CRLs and CRLs that point to a delta CRL cannot be used, and nextUpdate
must be there. The library parses all but the entries; those stay bytes (crl_entries.py), and the signature is
checked over the bytes as they came.

If you add an extension that is taken into account, touch `_UNDERSTOOD`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from registrar.domain.asn1 import der
from registrar.domain.asn1.ber import der_value
from registrar.domain.asn1.extensions import FALSE, without_critical_false
from registrar.domain.asn1.names import NormalName, normal_name
from registrar.domain.certificates import path
from registrar.domain.certificates.certificate import UNREADABLE, Certificate
from registrar.domain.reasons.errors import CrlUnusable, DerMalformed, PathInvalid
from registrar.domain.revocation.crl_scope import Scope, scope_of

# One that is larger would not fit a function's memory twice.
MOST_BYTES = 128 * 1024 * 1024
_MOST_BYTES_BESIDE_ENTRIES = 64 * 1024
_VERSION_2 = bytes.fromhex("020101")
_EXTENSIONS = 0xA0
_UNDERSTOOD = frozenset(
    {
        ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
        ExtensionOID.CRL_NUMBER,
        ExtensionOID.ISSUING_DISTRIBUTION_POINT,
        ExtensionOID.ISSUER_ALTERNATIVE_NAME,
    }
)
_DELTA = frozenset({ExtensionOID.DELTA_CRL_INDICATOR, ExtensionOID.FRESHEST_CRL})


@dataclass(frozen=True, slots=True)
class Crl:
    """A CRL whose signature was checked. `entries_at` and `entries_end` say where its entries stand in `der`.

    `issuer_key_digest` is SHA-256 of the issuer's SubjectPublicKeyInfo (64 lower-case hex digits); `number` is the
    CRL number, None where it has none.
    """

    der: bytes
    issuer: NormalName
    issuer_key_digest: str
    this_update: datetime
    next_update: datetime
    number: int | None
    scope: Scope
    entries_at: int
    entries_end: int


def newest_of_each_reason(lists: Iterable[Crl]) -> list[Crl]:
    """For each reason the newest of the lists that cover it: the newest list first, and each for those reasons only
    that no newer one covers."""
    newest_first = sorted(lists, key=lambda crl: (crl.this_update, len(crl.scope.reasons)), reverse=True)
    covered: frozenset[str] = frozenset()
    found = []
    for crl in newest_first:
        if reasons := crl.scope.reasons - covered:
            found.append(replace(crl, scope=replace(crl.scope, reasons=reasons)))
            covered |= reasons
    return found


@dataclass(frozen=True, slots=True)
class _Outline:
    signed: tuple[int, int]
    entries: tuple[int, int]
    without_entries: bytes


def read_crl(content: bytes, issuer: Certificate) -> Crl:
    """The CRL in `content`, DER, if `issuer` signed it and may. Raises CrlUnusable, whatever the bytes are."""
    if len(content) > MOST_BYTES:
        raise CrlUnusable("too long")
    try:
        outline = _outline(content)
        parsed = x509.load_der_x509_crl(outline.without_entries)
        values = {extension.oid: extension for extension in parsed.extensions}
        this_update = parsed.last_update_utc
        next_update = parsed.next_update_utc
        name = normal_name(parsed.issuer)
    except DerMalformed as error:
        raise CrlUnusable(f"not DER: {error}") from None
    except UNREADABLE as error:
        raise CrlUnusable(f"malformed: {type(error).__name__}") from None
    if name != issuer.subject:
        raise CrlUnusable("issuer name differs")
    _check_issuer(values, issuer)
    _check_signature(parsed, memoryview(content)[slice(*outline.signed)], issuer)
    for oid, extension in values.items():
        if oid in _DELTA:
            raise CrlUnusable("a delta CRL, or one that points to a delta CRL")
        if extension.critical and oid not in _UNDERSTOOD:
            raise CrlUnusable(f"critical extension {oid.dotted_string} is not understood")
    if next_update is None:
        raise CrlUnusable("nextUpdate is missing")
    if next_update < this_update:
        raise CrlUnusable("nextUpdate is before thisUpdate")
    point = values.get(ExtensionOID.ISSUING_DISTRIBUTION_POINT)
    number = values.get(ExtensionOID.CRL_NUMBER)
    return Crl(
        der=content,
        issuer=name,
        issuer_key_digest=issuer.key_digest,
        this_update=this_update,
        next_update=next_update,
        number=number.value.crl_number if number and isinstance(number.value, x509.CRLNumber) else None,
        scope=scope_of(
            point.value if point and isinstance(point.value, x509.IssuingDistributionPoint) else None, name
        ),
        entries_at=outline.entries[0],
        entries_end=outline.entries[1],
    )


def _outline(content: bytes) -> _Outline:
    """Where the parts of a CertificateList stand, and the same list without its entries. Raises DerMalformed."""
    start, end = der.expect(content, 0, len(content), der.SEQUENCE)
    if end != len(content):
        raise DerMalformed("bytes after the CRL")
    at, signed_end = der.expect(content, start, end, der.SEQUENCE)
    first = at
    if not content.startswith(_VERSION_2, at, signed_end):
        raise DerMalformed("not version 2")
    algorithm_at = at + len(_VERSION_2)
    _, at = der.expect(content, algorithm_at, signed_end, der.SEQUENCE)
    algorithm = content[algorithm_at:at]
    _, at = der.expect(content, at, signed_end, der.SEQUENCE)
    while at < signed_end and content[at] in (der.UTC_TIME, der.GENERALIZED_TIME):
        _, _, at = der.element(content, at, signed_end)
    entries = (at, at)
    entries_from = at
    if at < signed_end and content[at] == der.SEQUENCE:
        entries = der.expect(content, at, signed_end, der.SEQUENCE)
        at = entries[1]
    if len(content) - (at - entries_from) > _MOST_BYTES_BESIDE_ENTRIES:
        raise DerMalformed("too long, its entries aside")
    rest = content[signed_end:end]
    if not rest.startswith(algorithm):
        raise DerMalformed("its two signature algorithms differ")
    extensions = _strict_extensions(content[at:signed_end])
    without = der_value(der.SEQUENCE, content[first:entries_from] + extensions)
    return _Outline((start, signed_end), entries, der_value(der.SEQUENCE, without + rest))


def _strict_extensions(tagged: bytes) -> bytes:
    """The list's extensions under their tag, without a default FALSE that is written out (X.690 section 11.5)."""
    if FALSE not in tagged:
        return tagged
    (extensions,) = der.values_in(tagged, _EXTENSIONS)
    return der_value(_EXTENSIONS, without_critical_false(extensions))


def _check_issuer(
    values: dict[x509.ObjectIdentifier, x509.Extension[x509.ExtensionType]], issuer: Certificate
) -> None:
    # RFC 5280 6.3.3 (f) asks where the extension is there; the Korean roots have none.
    if issuer.key_usage is not None and not issuer.key_usage.crl_sign:
        raise CrlUnusable("the issuer's keyUsage lacks cRLSign")
    authority = values.get(ExtensionOID.AUTHORITY_KEY_IDENTIFIER)
    if authority is not None and isinstance(authority.value, x509.AuthorityKeyIdentifier):
        key_ids = (authority.value.key_identifier, issuer.subject_key_id)
        if None not in key_ids and key_ids[0] != key_ids[1]:
            raise CrlUnusable("authority key identifier differs")


def _check_signature(parsed: x509.CertificateRevocationList, signed: memoryview, issuer: Certificate) -> None:
    try:
        path.check_strong_hash(parsed)
        path.check_signature(parsed, signed, issuer.public_key)
    except PathInvalid as error:
        raise CrlUnusable(error.why) from None
