"""The two requests to an issuer's servers. They return bytes that are not checked yet."""

from collections.abc import Collection

from registrar.domain.reasons.errors import IssuerUnreachable
from registrar.domain.revocation.addresses import HttpAddress, LdapAddress, allowed
from registrar.net import http, ldap
from registrar.net.limits import Limits

__all__ = ["Limits", "ask_ocsp", "fetch_crl"]


def ask_ocsp(url: str, request: bytes, origins: Collection[str], limits: Limits) -> bytes:
    """The responder's OCSPResponse to a DER OCSPRequest, sent by POST (RFC 6960 appendix A.1).

    `url` comes out of a certificate; `origins` are those at which this issuer may be queried
    (domain/revocation/addresses.py).
    Raises IssuerUnreachable for an address that is not accepted and for every failure.
    """
    address = allowed(url, origins)
    if not isinstance(address, HttpAddress):
        raise IssuerUnreachable("the address is not accepted")
    return http.post(address, request, "application/ocsp-request", limits)


def fetch_crl(url: str, origins: Collection[str], limits: Limits) -> tuple[bytes, ...]:
    """The CRLs at an address over HTTP (RFC 5280 section 4.2.1.13: DER) or LDAP, at least one.

    An LDAP attribute can hold several lists: all are returned, in the server's order, together within
    `limits.most_bytes`. `url`, `origins` and errors are as for `ask_ocsp`.
    """
    address = allowed(url, origins)
    if isinstance(address, LdapAddress):
        return ldap.search(address, limits)
    if isinstance(address, HttpAddress):
        return (http.get(address, limits),)
    raise IssuerUnreachable("the address is not accepted")
