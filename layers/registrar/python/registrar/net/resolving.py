"""Host names to addresses that may be connected to.

A name in an issuer's certificate can be made to point at 127.0.0.1 or at 169.254.169.254, where a cloud hands out
credentials. So every address of a name is checked, and the connection goes to a checked address, not to the name: a
second look-up could say something else (DNS rebinding).
"""

import ipaddress
import socket
from typing import Final

from registrar.domain.reasons.errors import IssuerUnreachable

# RFC 4291 section 2.4: all unicast addresses of the public internet. RFC 3056 tunnels carry an IPv4 address inside.
_GLOBAL_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
_6TO4: Final = ipaddress.IPv6Network("2002::/16")
# RFC 6052 section 2.1: what a subnet with DNS64 sees in place of an IPv4 address.
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


def resolve(host: str, port: int, *, private_allowed: bool) -> list[str]:
    """Every numeric address of a host, in the resolver's order, without repeats.

    Raises IssuerUnreachable if there is none, or if one of them is not public and `private_allowed` is False.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise IssuerUnreachable("the host name has no address") from error
    addresses = list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
    if not addresses:
        raise IssuerUnreachable("the host name has no address")
    if not private_allowed and not all(is_public(address) for address in addresses):
        raise IssuerUnreachable("the host name points into a private network")
    return addresses


def is_public(text: str) -> bool:
    """Whether an address is a unicast address of the public internet, also where an IPv4 address hides in IPv6."""
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            address = address.ipv4_mapped
        elif address in _NAT64:
            address = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        elif address not in _GLOBAL_UNICAST or address in _6TO4:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved
