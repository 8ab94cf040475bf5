"""A revoked CA: a path on which nothing is revoked counts; a key that may be compromised counts on no path."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from cryptography import x509

from registrar.domain.certificates.trust import TrustStore
from registrar.domain.revocation.status import Status, StatusValue
from registrar.steps.status_checks import StatusChecks, StatusQuery
from tests.support.builders import NOW, Link
from tests.support.generations import Reason, Revocations, a_ca, a_customer, a_store, lists_of
from tests.support.statuses import LIMITS, entry_of, statuses_with

REASON = x509.ReasonFlags
KEY_IS_SAFE = [REASON.superseded, REASON.cessation_of_operation, REASON.affiliation_changed]
KEY_MAY_BE_COMPROMISED = [
    None,
    REASON.unspecified,
    REASON.key_compromise,
    REASON.ca_compromise,
    REASON.aa_compromise,
    REASON.certificate_hold,
    REASON.privilege_withdrawn,
]
OLD, NEW = a_ca("Old root"), a_ca("New root")


@dataclass(frozen=True)
class World:
    """A customer below CAs with two paths: tests revoke `first`; the other path has `second` in its place."""

    customer: Link
    first: Link
    second: Link
    others: tuple[Link, ...] = ()
    roots: tuple[Link, ...] = (OLD, NEW)
    second_is_root: bool = False

    @property
    def issuers(self) -> list[Link]:
        """What an admin would propose."""
        return [self.first, *([] if self.second_is_root else [self.second]), *self.others]

    def store(self, *, reverse: bool = False, ended: tuple[Link, ...] = ()) -> TrustStore:
        step = -1 if reverse else 1
        return a_store(self.roots[::step], self.issuers[::step], ended=ended)

    def lists(self, revoked: Revocations) -> dict[str, tuple[bytes, ...]]:
        return lists_of([*self.roots, *self.issuers], revoked)


def issued_again() -> World:
    first = a_ca("A CA", OLD)
    return World(a_customer(first), first, a_ca("A CA", OLD, key_of=first), roots=(OLD,))


def certified_by_another_root() -> World:
    first = a_ca("A CA", OLD)
    return World(a_customer(first), first, a_ca("A CA", NEW, key_of=first))


def above_the_issuer() -> World:
    first = a_ca("Upper CA", OLD)
    lower = a_ca("Lower CA", first)
    return World(a_customer(lower), first, a_ca("Upper CA", NEW, key_of=first), (lower,))


def renamed() -> World:
    """The CA that issued the customer's has another name beside, which issued nothing."""
    first = a_ca("A CA", OLD)
    return World(a_customer(first), a_ca("Former name", OLD, key_of=first), first, roots=(OLD,))


def cross_certified_root() -> World:
    """A CA below the new root, which the old root certified too."""
    lower = a_ca("A CA", NEW)
    return World(a_customer(lower), a_ca("New root", OLD, key_of=NEW), NEW, (lower,), second_is_root=True)


ONE_KEY: dict[str, Callable[[], World]] = {
    "issued again": issued_again,
    "certified by another root": certified_by_another_root,
    "above the issuer": above_the_issuer,
    "under another name": renamed,
    "a root certified by another": cross_certified_root,
}


def other_key() -> World:
    """The issuer has certificates of two CAs, of which one is revoked."""
    first, second = a_ca("Upper CA", OLD), a_ca("Other upper CA", NEW)
    lower = a_ca("A CA", first)
    return World(a_customer(lower), first, second, (lower, a_ca("A CA", second, key_of=lower)))


def query(world: World, store: TrustStore) -> StatusQuery:
    certificate = world.customer.certificate
    issuer_key = next(
        ca for ca in world.issuers if ca.certificate.subject == certificate.issuer
    ).certificate.key_digest
    issuers = store.issuers_of(certificate, issuer_key, NOW)
    return StatusQuery(certificate, issuers, store, timedelta(days=1), NOW, LIMITS)


def checked(world: World, revoked: Revocations, *, reverse: bool = False) -> tuple[Status, bool]:
    lists = world.lists(revoked)
    with statuses_with(lambda url: lists.get(url, ())) as statuses:
        return statuses.check(query(world, world.store(reverse=reverse)))


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("kind", [*ONE_KEY.values(), other_key], ids=[*ONE_KEY, "another key"])
def test_certificate_counts_where_nothing_is_revoked(kind: Callable[[], World], reverse: bool) -> None:
    status, of_authority = checked(kind(), [], reverse=reverse)
    assert (status.value, of_authority) == (StatusValue.GOOD, False)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("reason", KEY_IS_SAFE)
@pytest.mark.parametrize("kind", [*ONE_KEY.values(), other_key], ids=[*ONE_KEY, "another key"])
def test_another_path_counts_where_the_revocation_says_nothing_against_the_key(
    kind: Callable[[], World], reason: Reason, reverse: bool
) -> None:
    world = kind()
    status, of_authority = checked(world, [(world.first, reason)], reverse=reverse)
    assert (status.value, of_authority) == (StatusValue.GOOD, False)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("reason", KEY_MAY_BE_COMPROMISED)
@pytest.mark.parametrize("kind", ONE_KEY.values(), ids=ONE_KEY)
def test_key_that_may_be_compromised_counts_on_no_path(
    kind: Callable[[], World], reason: Reason, reverse: bool
) -> None:
    world = kind()
    status, of_authority = checked(world, [(world.first, reason)], reverse=reverse)
    held = StatusValue.ON_HOLD if reason is REASON.certificate_hold else StatusValue.REVOKED
    assert (status.value, of_authority) == (held, True)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("reason", KEY_MAY_BE_COMPROMISED)
def test_compromised_key_of_one_path_says_nothing_against_another_key(reason: Reason, reverse: bool) -> None:
    world = other_key()
    status, of_authority = checked(world, [(world.first, reason)], reverse=reverse)
    assert (status.value, of_authority) == (StatusValue.GOOD, False)


@pytest.mark.parametrize("kind", [issued_again, certified_by_another_root, above_the_issuer, other_key])
def test_certificate_is_refused_where_every_path_is_revoked(kind: Callable[[], World]) -> None:
    world = kind()
    revoked = [(world.first, REASON.superseded), (world.second, REASON.superseded)]
    status, of_authority = checked(world, revoked)
    assert (status.value, of_authority) == (StatusValue.REVOKED, True)


@pytest.mark.parametrize("kind", [certified_by_another_root, above_the_issuer, other_key])
def test_revoked_certificate_is_revoked_by_any_path(kind: Callable[[], World]) -> None:
    world = kind()
    status, of_authority = checked(world, [(world.first, REASON.superseded), (world.customer, None)])
    assert (status.value, of_authority) == (StatusValue.REVOKED, False)


# ---- silent lists


def with_lists(world: World, revoked: Revocations, *silent: Link) -> dict[str, tuple[bytes, ...]]:
    lists = world.lists(revoked)
    for ca in silent:
        del lists[entry_of(ca.certificate.parsed.subject)]
    return lists


def status_with(statuses: StatusChecks, world: World, store: TrustStore | None = None) -> tuple[StatusValue, bool]:
    status, of_authority = statuses.check(query(world, store or world.store()))
    return status.value, of_authority


@pytest.mark.parametrize("kind", [certified_by_another_root, above_the_issuer, other_key])
@pytest.mark.parametrize(
    ("superseded", "silent", "value"),
    [
        (None, [OLD], StatusValue.GOOD),
        (None, [NEW], StatusValue.GOOD),
        (None, [OLD, NEW], StatusValue.UNAVAILABLE),
        ("first", [NEW], StatusValue.UNAVAILABLE),
        ("second", [OLD], StatusValue.UNAVAILABLE),
    ],
)
def test_path_without_a_status_neither_counts_nor_refuses(
    kind: Callable[[], World], superseded: str | None, silent: list[Link], value: StatusValue
) -> None:
    world = kind()
    revoked = [(getattr(world, superseded), REASON.superseded)] if superseded else []
    lists = with_lists(world, revoked, *silent)
    with statuses_with(lambda url: lists.get(url, ())) as statuses:
        assert status_with(statuses, world) == (value, value is not StatusValue.GOOD)


@pytest.mark.parametrize("kind", [certified_by_another_root, above_the_issuer])
def test_compromise_refuses_for_good_though_the_other_path_has_no_status(kind: Callable[[], World]) -> None:
    world = kind()
    lists = with_lists(world, [(world.first, REASON.ca_compromise)], NEW)
    with statuses_with(lambda url: lists.get(url, ())) as statuses:
        assert status_with(statuses, world) == (StatusValue.REVOKED, True)


@pytest.mark.parametrize("kind", [certified_by_another_root, above_the_issuer])
def test_compromise_counts_where_the_bank_no_longer_accepts_the_revoked_certificate(
    kind: Callable[[], World],
) -> None:
    """Its list is not fetched any more: the one that was read is enough."""
    world = kind()
    lists = world.lists([(world.first, REASON.key_compromise)])
    with statuses_with(lambda url: lists.get(url, ())) as statuses:
        assert status_with(statuses, world) == (StatusValue.REVOKED, True)
        del lists[entry_of(OLD.certificate.parsed.subject)]
        assert status_with(statuses, world, world.store(ended=(world.first,))) == (StatusValue.REVOKED, True)


# ---- paths that are not tried


@pytest.mark.parametrize(
    "overrides",
    [{"policies": ["1.2.3"]}, {"days": (-20, -10)}, {"days": (10, 20)}],
    ids=["policy", "over", "later"],
)
def test_path_that_does_not_count_anyway_is_not_tried(overrides: dict[str, object]) -> None:
    first = a_ca("A CA", OLD)
    world = World(a_customer(first), first, a_ca("A CA", NEW, key_of=first, **overrides))
    status, of_authority = checked(world, [(first, REASON.superseded)])
    assert (status.value, of_authority) == (StatusValue.REVOKED, True)


# ---- cost


def fetches(world: World, revoked: Revocations = ()) -> list[str]:
    lists, asked = world.lists(revoked), list[str]()

    def lists_at(url: str) -> tuple[bytes, ...]:
        asked.append(url)
        return lists[url]

    with statuses_with(lists_at) as statuses:
        status_with(statuses, world)
        first = len(asked)
        status_with(statuses, world)
    assert len(asked) == first, "what was fetched is read again"
    return sorted(asked)


def lists_at_entries(*authorities: Link) -> list[str]:
    return sorted(entry_of(ca.certificate.parsed.subject) for ca in authorities)


def test_ca_with_one_certificate_costs_one_list_for_each_certificate_of_the_path() -> None:
    upper = a_ca("Upper CA", OLD)
    lower = a_ca("Lower CA", upper)
    beside = a_ca("Another CA", NEW)
    world = World(a_customer(lower), upper, beside, (lower,))
    assert fetches(world) == lists_at_entries(OLD, upper, lower)


def test_good_path_costs_beside_its_own_lists_those_only_that_could_name_its_keys() -> None:
    """The list of the other upper CA may name the issuer's other certificate. That of the new root names no key."""
    world = other_key()
    assert fetches(world) == lists_at_entries(world.others[0], OLD, world.first, world.second)


@pytest.mark.parametrize("kind", ONE_KEY.values(), ids=ONE_KEY)
@pytest.mark.parametrize("reason", [REASON.superseded, REASON.key_compromise])
def test_no_list_is_fetched_twice(kind: Callable[[], World], reason: Reason) -> None:
    world = kind()
    asked = fetches(world, [(world.first, reason)])
    assert len(set(asked)) == len(asked)
