"""Real servers on loopback: slapd with real CRLs, and an HTTP server that misbehaves."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from registrar.domain.reasons.errors import IssuerUnreachable
from registrar.net.fetch import Limits, ask_ocsp, fetch_crl
from tests.support.wire import frozen, ticking
from tools.pki.directory import Directory, missing_program
from tools.pki.file_server import Fault, FileServer

pytestmark = pytest.mark.loopback
with_slapd = pytest.mark.skipif(missing_program() is not None, reason=f"{missing_program()} is not installed")

DN = "ou=dp5p22874,ou=AccreditedCA,o=yessign,c=kr"
LIMITS = frozen(4_000_000, private_allowed=True, seconds=30)


def a_crl(revoked: int) -> bytes:
    """DER; slapd takes nothing else."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    entry = x509.RevokedCertificateBuilder().revocation_date(at)
    return (
        x509.CertificateRevocationListBuilder(
            x509.Name.from_rfc4514_string("O=yessign,C=KR"),
            at,
            datetime(2026, 1, 2, tzinfo=UTC),
            [],
            [entry.serial_number(2**120 + number).build() for number in range(revoked)],
        )
        .sign(ec.generate_private_key(ec.SECP256R1()), SHA256())
        .public_bytes(Encoding.DER)
    )


@pytest.fixture(scope="module")
def directory() -> Iterator[Directory]:
    with Directory() as directory:
        yield directory


@pytest.fixture
def server() -> Iterator[FileServer]:
    with FileServer() as server:
        yield server


@pytest.mark.slow
@with_slapd
@pytest.mark.parametrize(
    "rest",
    [
        "",
        "?certificateRevocationList",
        "?certificateRevocationList;binary",
        "?certificateRevocationList;binary?base?objectClass=cRLDistributionPoint",
    ],
)
def test_a_crl_is_fetched_from_a_directory(directory: Directory, rest: str) -> None:
    crl = a_crl(1)
    directory.put(DN, crl)

    assert fetch_crl(directory.url(DN, rest), [directory.origin], LIMITS) == (crl,)


@pytest.mark.slow
@with_slapd
def test_an_entry_name_with_a_space_is_found(directory: Directory) -> None:
    crl = a_crl(1)
    directory.put("cn=crl 1,o=SignKorea,c=kr", crl)

    assert fetch_crl(directory.url("cn=crl 1,o=SignKorea,c=kr"), [directory.origin], LIMITS) == (crl,)


@pytest.mark.slow
@with_slapd
def test_a_new_crl_replaces_the_old_one(directory: Directory) -> None:
    directory.put(DN, a_crl(1))
    newer = a_crl(2)
    directory.put(DN, newer)

    assert fetch_crl(directory.url(DN), [directory.origin], LIMITS) == (newer,)


@pytest.mark.slow
@with_slapd
def test_several_crls_of_one_entry_are_returned(directory: Directory) -> None:
    crls = {a_crl(1), a_crl(2)}
    directory.put(DN, *crls)

    assert set(fetch_crl(directory.url(DN), [directory.origin], LIMITS)) == crls


@pytest.mark.slow
@with_slapd
def test_a_crl_is_accepted_up_to_two_megabytes(directory: Directory) -> None:
    crl = a_crl(60_000)
    directory.put(DN, crl)
    just_enough = frozen(len(crl), private_allowed=True, seconds=30)
    too_few = frozen(len(crl) - 1, private_allowed=True, seconds=30)

    assert len(crl) > 2_000_000
    assert fetch_crl(directory.url(DN), [directory.origin], just_enough) == (crl,)
    with pytest.raises(IssuerUnreachable, match="too large"):
        fetch_crl(directory.url(DN), [directory.origin], too_few)


@pytest.mark.slow
@with_slapd
@pytest.mark.parametrize(
    ("dn", "why"),
    [
        (f"ou=dp1,{DN}", "LDAP result 32 noSuchObject"),
        ("o=elsewhere,c=us", "LDAP result 32 noSuchObject"),
        ("no name", "LDAP result 34 invalidDNSyntax"),
        ("o=yessign,c=kr", "the entry has no CRL"),
    ],
)
def test_a_missing_entry_or_attribute_is_reported(directory: Directory, dn: str, why: str) -> None:
    directory.put(DN)

    with pytest.raises(IssuerUnreachable, match=why):
        fetch_crl(directory.url(dn), [directory.origin], LIMITS)


@pytest.mark.slow
@with_slapd
def test_a_stopped_directory_is_unreachable() -> None:
    with Directory() as ended:
        url, origin = ended.url(DN), ended.origin

    with pytest.raises(IssuerUnreachable, match="no address takes a connection"):
        fetch_crl(url, [origin], LIMITS)


def test_a_crl_is_fetched_over_http(server: FileServer) -> None:
    crl = a_crl(1000)
    server.put("/root.crl", crl)

    assert fetch_crl(server.url("/root.crl"), [server.origin], LIMITS) == (crl,)


def test_an_ocsp_response_is_fetched(server: FileServer) -> None:
    server.put("/OCSPServer", b"answer")

    assert ask_ocsp(server.url("/OCSPServer"), b"request", [server.origin], LIMITS) == b"answer"
    assert server.bodies == [b"request"]


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Fault.HUGE, "too large"),
        (Fault.REDIRECT, "HTTP status 302"),
        (Fault.MISSING, "HTTP status 404"),
        (Fault.TOO_LONG, "cut off"),
        (Fault.CLOSED, "cut off|broke"),
    ],
)
def test_faulty_servers_are_unreachable(server: FileServer, fault: Fault, why: str) -> None:
    server.put("/root.crl", b"crl", fault)

    with pytest.raises(IssuerUnreachable, match=why):
        fetch_crl(server.url("/root.crl"), [server.origin], LIMITS)
    assert dict(server.requests) == {"/root.crl": 1}


def test_a_dripping_server_fails_at_the_deadline(server: FileServer) -> None:
    server.put("/root.crl", b"crl", Fault.DRIP)

    # Every single wait is short; their sum exceeds the deadline.
    with pytest.raises(IssuerUnreachable, match="in time"):
        fetch_crl(server.url("/root.crl"), [server.origin], ticking(20, private_allowed=True))


def test_an_address_outside_the_allow_list_is_not_queried(server: FileServer) -> None:
    server.put("/root.crl", b"crl")

    for asked in (
        lambda: fetch_crl(server.url("/root.crl"), ["http://127.0.0.1"], LIMITS),
        lambda: ask_ocsp(server.url("/root.crl"), b"request", [], LIMITS),
        lambda: ask_ocsp("ldap://127.0.0.1:1/o=x", b"request", ["ldap://127.0.0.1:1"], LIMITS),
    ):
        with pytest.raises(IssuerUnreachable, match="not accepted"):
            asked()
    assert not server.requests


def test_a_listed_private_address_is_queried_in_the_local_stage_only(server: FileServer) -> None:
    server.put("/root.crl", b"crl")

    with pytest.raises(IssuerUnreachable, match="private network"):
        fetch_crl(server.url("/root.crl"), [server.origin], Limits(1, 1000, clock=lambda: 0.0))
    assert not server.requests
