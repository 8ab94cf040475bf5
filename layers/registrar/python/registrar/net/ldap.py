"""One anonymous base-scope LDAP search for the CRLs of an entry (RFC 4511, RFC 4523)."""

from registrar.domain.addresses import LdapAddress
from registrar.net.limits import Limits


def search(address: LdapAddress, limits: Limits) -> tuple[bytes, ...]:
    """Every value of the attribute, at least one. Raises Unreachable."""
    raise NotImplementedError
