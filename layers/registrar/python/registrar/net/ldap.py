"""One anonymous base-scope LDAP search for the CRLs of an entry (RFC 4511, RFC 4523).

Only what such a search needs of BER: definite lengths (RFC 4511 section 5.1) and values inside values, taken apart
level by level, so that no response can be nested too deep.
"""

from typing import Final

from registrar.domain.asn1.ber import der_value
from registrar.domain.reasons.errors import IssuerUnreachable
from registrar.domain.revocation.addresses import LdapAddress
from registrar.net.limits import Limits
from registrar.net.stream import Stream, connected

MOST_SIDE_BY_SIDE: Final = 32
"""Values at one level of a response, so also CRLs of one entry: one is usual, some come with a change of keys."""

_BOOLEAN = 0x01
_INTEGER = 0x02
_OCTET_STRING = 0x04
_ENUMERATED = 0x0A
_SEQUENCE = 0x30
_SET = 0x31
# RFC 4511 section 4: the tags of the operations.
_BIND = 0x60
_BOUND = 0x61
_SEARCH = 0x63
_ENTRY = 0x64
_DONE = 0x65
_REFERENCE = 0x73
_BIND_ID = 1
_SEARCH_ID = 2
_SIMPLE = 0x80
_PRESENT = 0x87
_MESSAGES = 4
_RESULTS: Final = {
    3: "timeLimitExceeded",
    10: "referral",
    32: "noSuchObject",
    34: "invalidDNSyntax",
    50: "insufficientAccessRights",
    51: "busy",
    52: "unavailable",
}
_ABOUT_ENTRY: Final = frozenset({10, 32, 34, 50})
"""Results about the entry that was asked for: the server works."""
_NOT_LDAP: Final = "the response is not LDAP"
_Values = list[tuple[int, bytes]]


def search(address: LdapAddress, limits: Limits) -> tuple[bytes, ...]:
    """Every value of the attribute, at least one and together no more than `limits.most_bytes`.

    Raises IssuerUnreachable. A referral is not followed: where it leads is not on the issuer's list.
    """
    with connected(address.host, address.port, limits) as stream:
        # RFC 4513 section 5.1.1 makes the bind optional; some directories require one, even an anonymous one.
        stream.send(_message(_BIND_ID, der_value(_BIND, _number(3) + _text("") + der_value(_SIMPLE, b""))))
        tag, contents = _operation(stream, _BIND_ID)
        if tag != _BOUND:
            raise IssuerUnreachable(_NOT_LDAP)
        _succeeded(contents)
        stream.send(_message(_SEARCH_ID, _search_request(address)))
        values = _found(stream, address.attribute)
    if not values:
        raise IssuerUnreachable("the entry has no CRL", server_failed=False)
    if sum(map(len, values)) > limits.most_bytes:
        raise IssuerUnreachable("the response is too large")
    return values


def _search_request(address: LdapAddress) -> bytes:
    """RFC 4511 section 4.5.1: base object, aliases not followed, one entry, any class.

    RFC 4523 section 2 transfers the attribute as `;binary`; some directories know it only without.
    """
    attributes = _text(address.attribute + ";binary") + _text(address.attribute)
    return der_value(
        _SEARCH,
        _text(address.dn)
        + der_value(_ENUMERATED, b"\x00") * 2
        + _number(1)
        + _number(0)
        + der_value(_BOOLEAN, b"\x00")
        + der_value(_PRESENT, b"objectClass")
        + der_value(_SEQUENCE, attributes),
    )


def _found(stream: Stream, attribute: str) -> tuple[bytes, ...]:
    """The values of all entries up to the end of the search, without repeats."""
    found: dict[bytes, None] = {}
    for _ in range(_MESSAGES):
        tag, contents = _operation(stream, _SEARCH_ID)
        if tag == _DONE:
            _succeeded(contents)
            return tuple(found)
        if tag != _ENTRY:
            raise IssuerUnreachable("referral" if tag == _REFERENCE else _NOT_LDAP)
        found |= dict.fromkeys(_values_of(attribute, contents))
    raise IssuerUnreachable("more entries than the one asked for")


def _values_of(attribute: str, entry: bytes) -> list[bytes]:
    """RFC 4511 section 4.5.2: the name, then attributes, each with a set of values."""
    _name, attributes = _of(_values(entry), _OCTET_STRING, _SEQUENCE)
    found: list[bytes] = []
    for tag, each in _values(attributes):
        if tag != _SEQUENCE:
            raise IssuerUnreachable(_NOT_LDAP)
        name, values = _of(_values(each), _OCTET_STRING, _SET)
        if name.lower().partition(b";")[0] == attribute.lower().encode():
            found += [value for tag, value in _values(values) if tag == _OCTET_STRING]
    return found


def _operation(stream: Stream, message_id: int) -> tuple[int, bytes]:
    """Tag and contents of the next message's operation; controls are ignored."""
    tag, first = stream.exactly(2)
    if tag != _SEQUENCE:
        raise IssuerUnreachable(_NOT_LDAP)
    more = stream.exactly(_length_bytes(first))
    parts = list(_values(stream.exactly(_length(first, more))))
    if len(parts) < 2:
        raise IssuerUnreachable(_NOT_LDAP)
    number_tag, number = parts[0]
    operation = parts[1]
    # Message 0 is the server's own: a notice that it disconnects.
    if number_tag != _INTEGER or int.from_bytes(number) != message_id:
        raise IssuerUnreachable(_NOT_LDAP)
    return operation


def _succeeded(result: bytes) -> None:
    """RFC 4511 section 4.1.9: a code, a name and a text, of which only the code counts."""
    code, *_ = _of(_values(result)[:1], _ENUMERATED)
    number = int.from_bytes(code)
    if number:
        why = f"LDAP result {number} {_RESULTS.get(number, '')}".rstrip()
        raise IssuerUnreachable(why, server_failed=number not in _ABOUT_ENTRY)


def _values(contents: bytes) -> _Values:
    """The values that stand side by side. They are counted, since millions of empty ones fit into a few MB."""
    values: _Values = []
    at = 0
    while at < len(contents):
        if len(values) == MOST_SIDE_BY_SIDE:
            raise IssuerUnreachable("the response has too many values")
        head = contents[at : at + 2]
        if len(head) < 2:
            raise IssuerUnreachable(_NOT_LDAP)
        start = at + 2 + _length_bytes(head[1])
        end = start + _length(head[1], contents[at + 2 : start])
        if end > len(contents):
            raise IssuerUnreachable(_NOT_LDAP)
        values.append((head[0], contents[start:end]))
        at = end
    return values


def _length_bytes(first: int) -> int:
    """How many bytes of a length follow its first. None of indefinite length, none of 4 GB or more."""
    if first == 0x80 or first > 0x84:
        raise IssuerUnreachable(_NOT_LDAP)
    return first & 0x7F if first > 0x80 else 0


def _length(first: int, more: bytes) -> int:
    return int.from_bytes(more) if first > 0x80 else first


def _of(values: _Values, *tags: int) -> list[bytes]:
    """The contents of values that must have just these tags."""
    if [tag for tag, _ in values] != list(tags):
        raise IssuerUnreachable(_NOT_LDAP)
    return [contents for _, contents in values]


def _message(message_id: int, operation: bytes) -> bytes:
    return der_value(_SEQUENCE, _number(message_id) + operation)


def _number(number: int) -> bytes:
    return der_value(_INTEGER, bytes([number]))


def _text(text: str) -> bytes:
    return der_value(_OCTET_STRING, text.encode())
