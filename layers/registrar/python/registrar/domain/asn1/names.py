"""Distinguished names: comparing them (RFC 5280 section 7.1) and showing them."""

import unicodedata

from cryptography import x509
from cryptography.x509.oid import NameOID

AttributeValue = tuple[str, str | bytes]
NormalName = tuple[frozenset[AttributeValue], ...]


def _fold(value: str | bytes) -> str | bytes:
    if isinstance(value, bytes):
        return value
    prepared = value if value.isascii() else unicodedata.normalize("NFKC", value)
    return " ".join(prepared.casefold().split())


def normal_name(name: x509.Name) -> NormalName:
    """A form of `name` that is equal for names which match by RFC 5280 7.1 (case and inner space ignored).

    `C=kr` and `C=KR` both occur under one Korean CA, so names are never compared byte by byte.
    """
    return tuple(
        frozenset((attribute.oid.dotted_string, _fold(attribute.value)) for attribute in rdn) for rdn in name.rdns
    )


def has_attribute(name: NormalName, oid: x509.ObjectIdentifier, value: str) -> bool:
    """Whether `name` has an attribute of this type with this value, compared as names are."""
    wanted = (oid.dotted_string, _fold(value))
    return any(wanted in rdn for rdn in name)


def texts_of(name: NormalName, *kinds: x509.ObjectIdentifier) -> list[frozenset[str]]:
    """The values of all attributes of each of these types, as names are compared."""
    found: dict[str, list[str]] = {kind.dotted_string: [] for kind in kinds}
    for rdn in name:
        for kind, value in rdn:
            if kind in found and isinstance(value, str):
                found[kind].append(value)
    return list(map(frozenset, found.values()))


def common_name(name: x509.Name) -> str:
    """The last CN of `name`, or the whole name where it has none (some CAs put the operator in O only)."""
    # `name.get_attributes_for_oid` takes twice as long.
    found = [attribute.value for rdn in name.rdns for attribute in rdn if attribute.oid == NameOID.COMMON_NAME]
    return str(found[-1]) if found else name.rfc4514_string()
