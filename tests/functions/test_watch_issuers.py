"""Planning the watch: one message for each list."""

import json
from dataclasses import replace
from typing import Any

import pytest

from registrar.aws.buckets.trust_bucket import ACTIVE
from registrar.aws.tables.issuers import Issuers
from registrar.domain.revocation.distribution_points import Point
from tests.support.account import Account
from tests.support.app import an_event, trust_demo_issuers
from tests.support.builders import NOW, a_pki, a_trust_store

YESSIGN = next(i for i in a_trust_store().issuers if i.operator.id == "yessign")
POINT = Point(YESSIGN.certificate.key_digest, "ldap://ds.yessign.example:389/ou=dp5p1", "yessign")
OTHER = replace(POINT, url="ldap://ds.kica.example:389/ou=dp2", operator="kica")


@pytest.fixture(autouse=True)
def trusted(account: Account) -> None:
    trust_demo_issuers(account)


def know(account: Account, *points: Point) -> None:
    issuers = Issuers(account.client("dynamodb"), account.physical["IssuersTable"])
    for point in points:
        issuers.ensure_point(point, NOW)


def check_authorities(account: Account) -> None:
    document = json.dumps(a_pki().trust_document(check_authorities=True)).encode()
    account.client("s3").put_object(Bucket=account.physical["TrustBucket"], Key=ACTIVE, Body=document)


def planned(account: Account, event: dict[str, Any]) -> tuple[dict[str, int], list[Point]]:
    """The counts that the function returns, and the points of its messages."""
    account.calls.clear()
    counts = account.invoke("watch_issuers", event)
    bodies = [call.params["MessageBody"] for call in account.calls if call.operation == "SendMessage"]
    return counts, [Point(**json.loads(body)["point"]) for body in bodies]


def test_every_known_list_gets_one_message(account: Account) -> None:
    know(account, POINT, OTHER)
    counts, points = planned(account, an_event("schedule"))
    assert counts == {"planned": 2, "known": 2, "authorities": 0, "unlisted_batches": 0}
    assert sorted(points, key=lambda point: point.url) == [OTHER, POINT]


def test_an_admin_can_ask_for_one_operator(account: Account) -> None:
    know(account, POINT, OTHER)
    assert planned(account, {"operator": "kica"})[1] == [OTHER]
    assert planned(account, {"operator": "nobody"}) == (
        {"planned": 0, "known": 2, "authorities": 0, "unlisted_batches": 0},
        [],
    )


def test_where_the_bank_checks_authorities_the_roots_list_is_planned_for_each_of_them(account: Account) -> None:
    check_authorities(account)
    counts, points = planned(account, {})
    root = YESSIGN.anchor.certificate.key_digest
    assert counts == {"planned": 5, "known": 0, "authorities": 5, "unlisted_batches": 0}
    assert {point.operator for point in points} == {"yessign", "kica", "signkorea", "crosscert", "tradesign"}
    assert {point.issuer_key_digest for point in points} == {root}
    assert all(point.url.endswith("?authorityRevocationList") for point in points)


def test_without_known_lists_nothing_is_planned(account: Account) -> None:
    assert planned(account, {}) == ({"planned": 0, "known": 0, "authorities": 0, "unlisted_batches": 0}, [])
