"""Connections go only to checked public addresses, whatever a name resolves to later."""

import threading

import pytest

from registrar.domain.reasons.errors import IssuerUnreachable
from registrar.domain.revocation.addresses import HttpAddress
from registrar.net import http
from registrar.net.limits import Limits
from registrar.net.resolving import is_public, resolve
from tests.support.wire import PUBLIC, Wire, frozen, ticking

AT = HttpAddress("crl.example.org", 8080, "/a.crl")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ncrl"


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])
def test_public_addresses_are_accepted(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "addresses",
    [
        pytest.param(["127.0.0.1", "127.9.9.9", "::1"], id="loopback"),
        pytest.param(["0.0.0.0", "::"], id="unspecified"),  # noqa: S104 - refused
        pytest.param(
            ["10.1.2.3", "172.31.0.1", "192.168.0.1", "100.64.0.1", "fc00::1", "fd00:ec2::254"], id="private"
        ),
        pytest.param(["169.254.169.254", "169.254.170.2", "fe80::1", "fe80::1%eth0", "fec0::1"], id="link"),
        pytest.param(["224.0.0.1", "239.1.1.1", "ff02::1", "ff0e::1", "255.255.255.255"], id="many"),
        pytest.param(
            ["240.0.0.1", "192.0.2.1", "198.18.0.1", "203.0.113.1", "2001:db8::1", "4000::1"], id="reserved"
        ),
        pytest.param(["::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1"], id="mapped"),
        pytest.param(["::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe"], id="IPv4 inside"),
        pytest.param(["2002:7f00:1::1", "2002:808:808::1", "2001:0:7f00:1::"], id="tunnels"),
    ],
)
def test_addresses_outside_the_public_internet_are_refused(addresses: list[str]) -> None:
    assert not [address for address in addresses if is_public(address)]


def test_one_private_address_among_public_ones_is_refused(wire: Wire) -> None:
    wire.names["crl.example.org"] = [[PUBLIC, "169.254.169.254"]]

    with pytest.raises(IssuerUnreachable, match="private"):
        http.get(AT, frozen())
    assert wire.tried == []


def test_the_local_stage_accepts_private_addresses(wire: Wire) -> None:
    wire.names["crl.example.org"] = [["127.0.0.1", "127.0.0.1"]]

    assert resolve("crl.example.org", 80, private_allowed=True) == ["127.0.0.1"]


def test_a_name_is_resolved_once(wire: Wire) -> None:
    wire.names["crl.example.org"] = [[PUBLIC], ["169.254.169.254"]]
    wire.answer = OK

    assert http.get(AT, frozen()) == b"crl"
    assert wire.looked_up == ["crl.example.org"]
    assert wire.tried == [(PUBLIC, 8080)]


def test_the_next_address_is_tried_after_a_refusal(wire: Wire) -> None:
    wire.names["crl.example.org"] = [["1.1.1.1", PUBLIC]]
    wire.dead = {"1.1.1.1"}
    wire.answer = OK

    assert http.get(AT, frozen()) == b"crl"
    assert wire.tried == [("1.1.1.1", 8080), (PUBLIC, 8080)]


def test_refused_connections_to_all_addresses_are_reported(wire: Wire) -> None:
    wire.dead = {PUBLIC}

    with pytest.raises(IssuerUnreachable, match="no address takes"):
        http.get(AT, frozen())


def test_a_name_without_an_address_is_unreachable(wire: Wire) -> None:
    wire.names["crl.example.org"] = [[]]

    with pytest.raises(IssuerUnreachable, match="no address"):
        http.get(AT, frozen())


def test_a_silent_resolver_fails_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr("registrar.net.stream.resolve", lambda *_, **__: [PUBLIC] if over.wait() else [])

    with pytest.raises(IssuerUnreachable, match="in time"):
        http.get(AT, Limits(0.01, 100, clock=lambda: 0.0))
    over.set()


def test_after_the_deadline_no_server_is_queried(wire: Wire) -> None:
    with pytest.raises(IssuerUnreachable, match="in time"):
        http.get(AT, ticking(0))
    assert wire.tried == []
