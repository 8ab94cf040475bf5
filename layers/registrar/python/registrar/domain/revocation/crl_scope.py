"""Which certificates a CRL covers (RFC 5280 5.2.5), and a given one for which reasons (6.3.3 (b) to (e))."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from cryptography import x509

from registrar.domain.asn1.names import NormalName, normal_name
from registrar.domain.certificates.certificate import UNREADABLE, Certificate
from registrar.domain.reasons.errors import CrlUnusable

ALL_REASONS = frozenset(flag.value for flag in x509.ReasonFlags) - {"unspecified", "removeFromCRL"}
_ATTRIBUTE_TYPE = re.compile(r"(^|[,+])\s*([A-Za-z][A-Za-z0-9-]*)=")


@dataclass(frozen=True, slots=True)
class Scope:
    """What issuingDistributionPoint says; without one, every certificate of the issuer for every reason.

    `names` are distribution point names in a form that can be compared, None where the CRL names none. `reasons`
    are named as in RFC 5280 5.3.1.
    """

    names: frozenset[str] | None = None
    user_only: bool = False
    ca_only: bool = False
    attribute_only: bool = False
    reasons: frozenset[str] = ALL_REASONS

    def to_map(self) -> dict[str, object]:
        """The scope as JSON types."""
        return {
            "names": None if self.names is None else sorted(self.names),
            "user_only": self.user_only,
            "ca_only": self.ca_only,
            "attribute_only": self.attribute_only,
            "reasons": sorted(self.reasons),
        }

    @classmethod
    def from_map(cls, stored: Mapping[str, Any]) -> "Scope":
        """The inverse of `to_map`. Raises KeyError where a value is missing."""
        names = stored["names"]
        return cls(
            None if names is None else frozenset(names),
            stored["user_only"],
            stored["ca_only"],
            stored["attribute_only"],
            frozenset(stored["reasons"]),
        )


def scope_of(point: x509.IssuingDistributionPoint | None, issuer: NormalName) -> Scope:
    """The scope of a CRL of `issuer`. Raises CrlUnusable for one that lists other issuers' certificates."""
    if point is None:
        return Scope()
    if point.indirect_crl:
        raise CrlUnusable("an indirect CRL")
    reasons = reasons_of(point.only_some_reasons)
    if not reasons:
        raise CrlUnusable("a CRL for no reason")
    return Scope(
        _point_names(point.full_name, point.relative_name, issuer),
        point.only_contains_user_certs,
        point.only_contains_ca_certs,
        point.only_contains_attribute_certs,
        reasons,
    )


def covered_reasons(certificate: Certificate, scope: Scope) -> frozenset[str]:
    """The reasons for which `certificate` would be on the CRL: the CRL's own that its distribution point has too.

    Raises CrlUnusable where the CRL does not cover the certificate.

    A certificate that points to a delta CRL is refused: a newer revocation could stand there.
    """
    if scope.attribute_only or (scope.ca_only and not certificate.is_ca) or (scope.user_only and certificate.is_ca):
        raise CrlUnusable("a CRL for another kind of certificate")
    extensions = _extensions(certificate)
    if any(isinstance(extension.value, x509.FreshestCRL) for extension in extensions):
        raise CrlUnusable("the certificate points to a delta CRL")
    announced = [e.value for e in extensions if isinstance(e.value, x509.CRLDistributionPoints)]
    if not announced:
        # RFC 5280 6.3.3: then the only point is the issuer's name.
        names = {directory_key(certificate.issuer)}
        if scope.names is not None and not scope.names & names:
            raise CrlUnusable("a CRL for another distribution point")
        return scope.reasons
    points = (point for points in announced for point in points if _is_of(point, scope, certificate.issuer))
    covered = frozenset[str]().union(*(scope.reasons & reasons_of(point.reasons) for point in points))
    if not covered:
        raise CrlUnusable("a CRL for another distribution point")
    return covered


def _extensions(certificate: Certificate) -> list[x509.Extension[x509.ExtensionType]]:
    try:
        return list(certificate.parsed.extensions)
    except UNREADABLE as error:
        raise CrlUnusable(f"the certificate's extensions: {type(error).__name__}") from error


def _is_of(point: x509.DistributionPoint, scope: Scope, issuer: NormalName) -> bool:
    """Whether the CRL is the one behind `point`."""
    if point.crl_issuer is not None and directory_key(issuer) not in _keys(point.crl_issuer):
        return False
    if scope.names is None:
        return True
    names = _point_names(point.full_name, point.relative_name, issuer)
    if names is None:
        names = _keys(point.crl_issuer or ())
    return bool(scope.names & names)


def reasons_of(flags: frozenset[x509.ReasonFlags] | None) -> frozenset[str]:
    """The names of ReasonFlags (RFC 5280 4.2.1.13); every reason where there are none."""
    return ALL_REASONS if flags is None else frozenset(flag.value for flag in flags)


def _point_names(
    full: Iterable[x509.GeneralName] | None, relative: x509.RelativeDistinguishedName | None, issuer: NormalName
) -> frozenset[str] | None:
    """The names of a DistributionPointName, one of which is enough (RFC 5280 4.2.1.13)."""
    if relative is not None:
        return frozenset({directory_key((*issuer, *normal_name(x509.Name([relative]))))})
    return None if full is None else _keys(full)


def _keys(names: Iterable[x509.GeneralName]) -> frozenset[str]:
    keys = set()
    for name in names:
        if isinstance(name, x509.DirectoryName):
            keys.add(directory_key(normal_name(name.value)))
        elif isinstance(name, x509.UniformResourceIdentifier):
            keys.add(f"uri:{name.value}")
            keys |= _ldap_entry(name.value)
    return frozenset(keys)


def _ldap_entry(uri: str) -> set[str]:
    """The directory entry that an LDAP address stands for (RFC 4516): CAs name one point now so, now so."""
    try:
        parts = urlsplit(uri)
        if parts.scheme.lower() not in ("ldap", "ldaps") or len(parts.path) < 2:
            return set()
        # The parser wants attribute types in capitals.
        text = _ATTRIBUTE_TYPE.sub(lambda found: f"{found[1]}{found[2].upper()}=", unquote(parts.path[1:]))
        return {directory_key(normal_name(x509.Name.from_rfc4514_string(text)))}
    except ValueError:
        return set()


def directory_key(name: NormalName) -> str:
    """A name as text, equal for names that match."""
    rdns = [
        sorted([oid, value if isinstance(value, str) else f"#{value.hex()}"] for oid, value in rdn) for rdn in name
    ]
    return "dn:" + json.dumps(rdns, ensure_ascii=False)
