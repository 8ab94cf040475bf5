"""Which addresses of an issuer may be queried: URLs of OCSP responders and CRLs, checked against a list.

The URLs stand in certificates that customers upload, so each is hostile until its origin is on the issuer's list
of the trust document. Anything that two readers of a URL could read in two ways is refused.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

MOST_CHARACTERS: Final = 1024
CRL_ATTRIBUTES: Final = ("certificateRevocationList", "authorityRevocationList")
"""The attributes of RFC 4523 section 2 that hold complete CRLs."""

_PORTS: Final = {"http": 80, "ldap": 389}
_LABEL: Final = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ORIGIN: Final = rf"(?P<scheme>(?i:http|ldap))://(?P<host>{_LABEL}(?:\.{_LABEL})*)(?::(?P<port>[0-9]{{1,5}}))?"
# RFC 3986 section 3.3 and 3.4: no fragment, no user, no space, nothing that needs encoding.
_REST: Final = r"(?P<rest>(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?)"


@dataclass(frozen=True, slots=True)
class HttpAddress:
    """`path` begins with a slash and includes the query."""

    host: str
    port: int
    path: str


@dataclass(frozen=True, slots=True)
class LdapAddress:
    """One attribute of one entry; `dn` is decoded, `attribute` one of CRL_ATTRIBUTES."""

    host: str
    port: int
    dn: str
    attribute: str


Address = HttpAddress | LdapAddress
Origin = tuple[str, str, int]


def origin(text: str) -> Origin:
    """Scheme, host in lower case, and port of an entry such as `http://ocsp.yessign.org:4612`.

    Raises ValueError for anything that is not exactly an origin.
    """
    match = re.fullmatch(_ORIGIN, text) if len(text) <= MOST_CHARACTERS else None
    if not match:
        raise ValueError("not an origin such as http://host:port or ldap://host:port")
    return _origin(match)


def allowed(url: str, origins: Collection[str]) -> Address | None:
    """The address that a URL names if its origin is one of `origins`, or None.

    Raises ValueError if one of `origins` is none.
    """
    match = re.fullmatch(_ORIGIN + _REST, url) if len(url) <= MOST_CHARACTERS else None
    if not match:
        return None
    try:
        found = _origin(match)
    except ValueError:
        return None
    if found not in {origin(text) for text in origins}:
        return None
    scheme, host, port = found
    if scheme == "ldap":
        return _ldap(host, port, match["rest"])
    return HttpAddress(host, port, match["rest"] or "/")


def _origin(match: re.Match[str]) -> Origin:
    scheme = match["scheme"].lower()
    host = match["host"].lower()
    port = int(match["port"] or _PORTS[scheme])
    if not 0 < port < 2**16 or len(host) > 253:
        raise ValueError("no such port or host")
    return scheme, host, port


def _ldap(host: str, port: int, rest: str) -> LdapAddress | None:
    """RFC 4516 section 2: `/dn?attributes?scope?filter?extensions`, of which Korean CAs write one or two parts.

    A filter is not sent: the entry is named, and what it holds is a signed list or is refused.
    """
    dn, attribute, scope, _filter, extensions, *more = (*rest[1:].split("?"), "", "", "", "")[
        : max(5, rest.count("?") + 1)
    ]
    name = re.sub("(?i);binary$", "", attribute) or CRL_ATTRIBUTES[0]
    named = [known for known in CRL_ATTRIBUTES if known.lower() == name.lower()]
    try:
        decoded = unquote_to_bytes(dn).decode()
    except UnicodeDecodeError:
        return None
    if (
        not decoded
        or not decoded.isprintable()
        or not named
        or scope.lower() not in ("", "base")
        or extensions
        or more
    ):
        return None
    return LdapAddress(host, port, decoded, named[0])
