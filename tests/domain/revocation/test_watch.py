"""Which CRLs the bank watches, and the effect of a change in one."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest
from cryptography import x509

from registrar.domain.revocation.crl import read_crl
from registrar.domain.revocation.crl_index import index_crl, read_head
from registrar.domain.revocation.distribution_points import Point
from registrar.domain.revocation.watch import Step, authority_points, publisher, revoked_authorities, steps
from tests.support.builders import NOW, a_pki, a_trust_store
from tools.pki.crls import Revoked, make_crl, scope

URL = "ldap://ds.yessign.example:389/ou=dp5p1,ou=AccreditedCA,o=yessign,c=kr?certificateRevocationList"
STORE = a_trust_store()
ISSUER = next(i for i in STORE.issuers if i.operator.id == "yessign")
REASON = x509.ReasonFlags
DAY = timedelta(days=1)


def an_index(*entries: Revoked, url: str = URL) -> bytes:
    crl = make_crl(a_pki().issuers["yessign"], entries, this_update=NOW, idp=scope(uris=[url]))
    return index_crl(read_crl(crl, ISSUER.certificate))


def entry(serial: int, reason: x509.ReasonFlags | None = None) -> Revoked:
    return Revoked(serial, NOW - DAY, reason)


def found(before: bytes | None, after: bytes) -> tuple[list[tuple[Step, int]], int]:
    counts: Counter[str] = Counter()
    return sorted((step, each.serial) for step, each in steps(before, after, counts)), counts["changed"]


REVOKED, HELD, LIFTED, STILL_HELD = Step.REVOKED, Step.HELD, Step.LIFTED, Step.STILL_HELD
HOLD = REASON.certificate_hold


@pytest.mark.parametrize(
    ("before", "after", "expected", "changed"),
    [
        ([], [entry(7)], [(REVOKED, 7)], 1),
        ([], [entry(7, REASON.superseded), entry(8, HOLD)], [(HELD, 8), (REVOKED, 7)], 2),
        ([entry(8, HOLD)], [], [(LIFTED, 8)], 1),
        ([entry(8, HOLD)], [entry(8, REASON.key_compromise)], [(REVOKED, 8)], 1),
        ([entry(7)], [entry(7)], [], 0),
        ([entry(7)], [], [], 1),
        ([entry(7), entry(8, HOLD)], [entry(7), entry(8, HOLD), entry(9, HOLD)], [(HELD, 9), (STILL_HELD, 8)], 1),
    ],
    ids=[
        "revoked",
        "revoked and held",
        "lifted",
        "held, then revoked",
        "nothing new",
        "forgotten, not undone",
        "still held",
    ],
)
def test_action_for_each_list_change(
    before: Sequence[Revoked], after: Sequence[Revoked], expected: list[tuple[Step, int]], changed: int
) -> None:
    assert found(an_index(*before), an_index(*after)) == (expected, changed)


def test_first_crl_is_completely_new() -> None:
    assert found(None, an_index(entry(7), entry(8, HOLD))) == ([(HELD, 8), (REVOKED, 7)], 2)
    assert found(None, an_index()) == ([], 0)


def test_crl_of_other_certificates_lifts_no_hold() -> None:
    other = an_index(entry(7), url=URL.replace("dp5p1", "dp5p2"))
    assert found(an_index(entry(8, HOLD)), other)[0] == [(REVOKED, 7)]


def test_publisher_of_a_crl_comes_from_the_trust_document() -> None:
    key, root = ISSUER.certificate.key_digest, ISSUER.anchor.certificate
    assert publisher(STORE, Point(key, URL, "yessign"), NOW) == ([ISSUER.certificate], ISSUER.operator)
    assert publisher(STORE, Point(root.key_digest, URL, "yessign"), NOW) == ([root], ISSUER.operator)
    assert publisher(STORE, Point("ab" * 32, URL, "yessign"), NOW) is None
    assert publisher(STORE, Point(key, URL, "nobody"), NOW) is None


def test_each_operator_serves_the_root_crl_at_its_own_address() -> None:
    points = authority_points(STORE)
    assert len(points) == len(STORE.issuers)
    assert {point.issuer_key_digest for point in points} == {ISSUER.anchor.certificate.key_digest}
    assert all(f"//ds.{point.operator}.example:389/" in point.url for point in points)


@pytest.mark.parametrize("listed", [(), ("kica",), ("kica", "yessign")])
def test_revoked_cas_on_the_root_crl_are_found(listed: Sequence[str]) -> None:
    authorities = [i.certificate for i in STORE.issuers if i.operator.id in listed]
    crl = make_crl(a_pki().root, [entry(each.serial) for each in authorities], this_update=NOW)
    index = index_crl(read_crl(crl, ISSUER.anchor.certificate))

    def read(start: int, length: int) -> bytes:
        return index[start : start + length]

    key = ISSUER.anchor.certificate.key_digest
    revoked = [authority for authority, _ in revoked_authorities(STORE, key, read_head(read), read)]
    assert sorted(each.fingerprint for each in revoked) == sorted(each.fingerprint for each in authorities)
