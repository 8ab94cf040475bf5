"""LDAP responses, byte by byte: valid ones, and those of broken or hostile directories."""

import itertools

import pytest

from registrar.domain.asn1.ber import der_value
from registrar.domain.reasons.errors import IssuerUnreachable
from registrar.domain.revocation.addresses import LdapAddress
from registrar.net import ldap
from tests.support.wire import Wire, frozen

AT = LdapAddress("ds.example.org", 389, "ou=dp1,o=yessign,c=kr", "certificateRevocationList")
CRL, OTHER_CRL = b"0\x05first", b"0\x06second"
SUCCESS = bytes.fromhex("0a0100 0400 0400")


def message(operation: bytes, message_id: int = 2) -> bytes:
    return der_value(0x30, der_value(0x02, bytes([message_id])) + operation)


def attribute(name: str, *values: bytes) -> bytes:
    listed = b"".join(der_value(0x04, value) for value in values)
    return der_value(0x30, der_value(0x04, name.encode()) + der_value(0x31, listed))


def entry(*attributes: bytes) -> bytes:
    return message(der_value(0x64, der_value(0x04, AT.dn.encode()) + der_value(0x30, b"".join(attributes))))


def done(code: int, message_id: int = 2, tag: int = 0x65) -> bytes:
    return message(der_value(tag, der_value(0x0A, bytes([code])) + der_value(0x04, b"") * 2), message_id)


BOUND, DONE = done(0, 1, tag=0x61), done(0)
ENTRY = entry(attribute("certificateRevocationList;binary", CRL))


def test_a_fetch_is_one_anonymous_bind_and_one_search(wire: Wire) -> None:
    wire.answer = BOUND + ENTRY + DONE

    assert ldap.search(AT, frozen()) == (CRL,)
    # As `ldapsearch -x -s base -z 1` sends it for these two attributes.
    assert wire.request() == bytes.fromhex("300c020101 6007 020103 0400 8000") + message(
        der_value(
            0x63,
            der_value(0x04, AT.dn.encode())
            + bytes.fromhex("0a0100 0a0100 020101 020100 010100")
            + der_value(0x87, b"objectClass")
            + der_value(
                0x30,
                der_value(0x04, b"certificateRevocationList;binary")
                + der_value(0x04, b"certificateRevocationList"),
            ),
        )
    )


@pytest.mark.parametrize(
    ("attributes", "crls"),
    [
        ([attribute("certificateRevocationList", CRL)], (CRL,)),
        ([attribute("CERTIFICATErevocationlist;BINARY", CRL)], (CRL,)),
        ([attribute("certificateRevocationList;binary", CRL, OTHER_CRL)], (CRL, OTHER_CRL)),
        # The same list under both names is one list.
        ([attribute(f"certificateRevocationList{end}", CRL) for end in ("", ";binary")], (CRL,)),
        ([attribute("cn", b"x"), attribute("certificateRevocationList", CRL)], (CRL,)),
    ],
)
def test_the_values_of_an_entry_are_returned(wire: Wire, attributes: list[bytes], crls: tuple[bytes, ...]) -> None:
    wire.answer = BOUND + entry(*attributes) + DONE

    assert ldap.search(AT, frozen()) == crls


def test_overlong_lengths_are_accepted(wire: Wire) -> None:
    wire.answer = BOUND + ENTRY + bytes.fromhex("308400000013 0282000102 6584000000080a8101000400 0400")

    assert ldap.search(AT, frozen()) == (CRL,)


@pytest.mark.parametrize(
    ("response", "failed"),
    [
        (BOUND + DONE, False),
        (BOUND + done(32), False),
        (BOUND + done(34), False),
        (BOUND + done(51), True),
        (BOUND + done(52), True),
        (b"", True),
    ],
)
def test_a_missing_entry_is_no_failure_of_the_server(wire: Wire, response: bytes, failed: bool) -> None:
    wire.answer = response
    with pytest.raises(IssuerUnreachable) as caught:
        ldap.search(AT, frozen())
    assert caught.value.server_failed is failed


@pytest.mark.parametrize(
    ("response", "why"),
    [
        (b"", "cut off"),
        (BOUND, "cut off"),
        (BOUND + ENTRY, "cut off"),
        (BOUND + DONE, "no CRL"),
        (BOUND + entry() + DONE, "no CRL"),
        (BOUND + entry(attribute("authorityRevocationList", CRL)) + DONE, "no CRL"),
        (done(48, 1, tag=0x61), "LDAP result 48$"),
        (BOUND + done(32), "LDAP result 32 noSuchObject"),
        (BOUND + done(10), "LDAP result 10 referral"),
        (BOUND + ENTRY + done(4), "LDAP result 4$"),
        (BOUND + message(der_value(0x73, der_value(0x04, b"ldap://127.0.0.1/"))) + DONE, "referral"),
        (BOUND + ENTRY * 5 + DONE, "more entries"),
        # A response to another message, and a notice of disconnection.
        (BOUND + done(0, 1), "not LDAP"),
        (DONE, "not LDAP"),
        (BOUND + message(der_value(0x78, SUCCESS), 0), "not LDAP"),
        (BOUND + BOUND, "not LDAP"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "not LDAP"),
        # Lengths: indefinite, of five bytes, far beyond the end, beyond the value around.
        (BOUND + b"\x30\x80\x02\x01\x02\x65\x80", "not LDAP"),
        (BOUND + b"\x30\x85\x00\x00\x00\x00\x01\x00", "not LDAP"),
        (BOUND + b"\x30\xff" + b"\xff" * 200, "not LDAP"),
        (BOUND + b"\x30\x84\xff\xff\xff\xff", "too large"),
        (BOUND + message(b"\x64\x84\x7f\xff\xff\xff\x04"), "not LDAP"),
        (BOUND + message(b"\x64\x82\x01"), "not LDAP"),
        (BOUND + message(b"\x64"), "not LDAP"),
        (BOUND + b"\x30\x00", "not LDAP"),
        (BOUND + message(b""), "not LDAP"),
        (BOUND + message(der_value(0x65, b"")), "not LDAP"),
        (BOUND + message(b"\x65\x02\x0a\x01"), "not LDAP"),
        (BOUND + entry(der_value(0x31, b"")), "not LDAP"),
        (BOUND + entry(der_value(0x30, der_value(0x04, b"cn"))), "not LDAP"),
        (BOUND + b"\x30\x84\x00\x01\x00\x00" + b"\x30\x80" * 0x8000, "not LDAP"),
        # Many values of almost no bytes.
        (BOUND + entry(attribute("certificateRevocationList", *[b""] * 33)), "too many values"),
        (BOUND + entry(*[attribute("cn")] * 33), "too many values"),
    ],
)
def test_malformed_responses_are_refused(wire: Wire, response: bytes, why: str) -> None:
    wire.answer = response

    with pytest.raises(IssuerUnreachable, match=why):
        ldap.search(AT, frozen(100_000))


def test_a_deeply_nested_response_is_refused(wire: Wire) -> None:
    deep = b""
    for _ in range(2000):
        deep = der_value(0x30, deep)
    wire.answer = BOUND + message(deep)

    with pytest.raises(IssuerUnreachable, match="not LDAP"):
        ldap.search(AT, frozen())


@pytest.mark.parametrize("most", [13, 14])
def test_all_values_together_are_bounded(wire: Wire, most: int) -> None:
    wire.answer = BOUND + entry(attribute("certificateRevocationList", b"0\x05first", b"0\x04forth")) + DONE

    if most == 14:
        assert len(ldap.search(AT, frozen(most))) == 2
    else:
        with pytest.raises(IssuerUnreachable, match="too large"):
            ldap.search(AT, frozen(most))


def test_every_truncation_is_detected(wire: Wire) -> None:
    response = BOUND + ENTRY + DONE
    for length in range(len(response)):
        wire.answer = response[:length]
        with pytest.raises(IssuerUnreachable, match="cut off"):
            ldap.search(AT, frozen())


def test_every_changed_byte_returns_bytes_or_a_reason(wire: Wire) -> None:
    response = BOUND + ENTRY + DONE
    outcomes = {"answered": 0, "refused": 0}
    for at, byte in itertools.product(range(len(response)), (0x00, 0x30, 0x7F, 0x80, 0x84, 0xFF)):
        wire.answer = response[:at] + bytes([byte]) + response[at + 1 :]
        try:
            found = ldap.search(AT, frozen())
        except IssuerUnreachable:
            outcomes["refused"] += 1
        else:
            assert all(isinstance(value, bytes) for value in found)
            outcomes["answered"] += 1

    assert outcomes["refused"] > outcomes["answered"] > 0


def test_a_silent_directory_fails_at_the_deadline(wire: Wire) -> None:
    wire.answer = BOUND
    wire.stays_open = True

    with pytest.raises(IssuerUnreachable, match="in time"):
        ldap.search(AT, frozen(seconds=0.02))
