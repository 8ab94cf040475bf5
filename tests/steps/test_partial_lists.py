"""Lists of some reasons each: good where they cover every reason together, revoked where any of them says so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography import x509

from registrar.domain.revocation.distribution_points import MOST_POINTS
from registrar.domain.revocation.status import Status, StatusValue
from registrar.steps.status_checks import StatusChecks
from tests.support.builders import NOW, Link
from tests.support.generations import HOUR, a_ca, a_customer, a_list, a_store, listed
from tests.support.statuses import DIRECTORY, LIMITS, statuses_with
from tools.pki.crls import scope

REASON = x509.ReasonFlags
EVERY = frozenset(REASON) - {REASON.unspecified, REASON.remove_from_crl}
COMPROMISE = frozenset({REASON.key_compromise, REASON.ca_compromise})
HOLD = frozenset({REASON.certificate_hold})
OTHERS = EVERY - COMPROMISE
ROOT = a_ca("A root")
CA = a_ca("A CA", ROOT)
ISSUER = a_store([ROOT], [CA]).issuers[0]
RULES = a_store([ROOT], [CA]).rules.revocation
ONE, TWO = f"{DIRECTORY}/ou=one", f"{DIRECTORY}/ou=two"
DAY = timedelta(days=1)
Reasons = frozenset[x509.ReasonFlags] | None


@dataclass
class Directory:
    """The lists at each address, and the addresses that were asked for."""

    lists: dict[str, Sequence[bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def at(self, url: str) -> Sequence[bytes]:
        self.asked.append(url)
        return self.lists.get(url, ())


@pytest.fixture
def directory() -> Directory:
    return Directory()


@pytest.fixture
def statuses(directory: Directory) -> Iterator[StatusChecks]:
    with statuses_with(directory.at) as made:
        yield made


def point(url: str, reasons: Reasons = None) -> x509.DistributionPoint:
    return x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, reasons, None)


def of(reasons: Reasons, *revoked: Link, url: str = ONE, **overrides: Any) -> bytes:
    """A list of these reasons (of all, for None), at an address."""
    entries = [listed(link, REASON.certificate_hold if reasons == HOLD else None) for link in revoked]
    return a_list(CA, *entries, idp=scope(uris=[url], only_some_reasons=reasons), **overrides)


def status(statuses: StatusChecks, customer: Link, at: datetime = NOW) -> Status:
    signers, operator = ISSUER.list_signers(CA.certificate), ISSUER.operator
    return statuses.crls.status(customer.certificate, signers, operator, RULES, at, DAY, LIMITS)


# ---- at one address


def test_lists_at_one_address_are_good_together_and_fetched_once(
    statuses: StatusChecks, directory: Directory
) -> None:
    first, second = a_customer(CA, point(ONE)), a_customer(CA, point(ONE))
    directory.lists[ONE] = [of(COMPROMISE, this_update=NOW - 2 * HOUR), of(OTHERS)]
    assert status(statuses, first) == Status(StatusValue.GOOD, "crl", NOW - 2 * HOUR, NOW - 2 * HOUR + DAY)
    assert status(statuses, second).value is StatusValue.GOOD
    assert directory.asked == [ONE]


@pytest.mark.parametrize(
    "split", [[COMPROMISE, OTHERS], [OTHERS - HOLD, HOLD, COMPROMISE], [frozenset({r}) for r in EVERY]]
)
def test_any_list_at_an_address_revokes(
    statuses: StatusChecks, directory: Directory, split: list[frozenset[x509.ReasonFlags]]
) -> None:
    customers = [a_customer(CA, point(ONE)) for _ in split]
    directory.lists[ONE] = [of(reasons, customer) for reasons, customer in zip(split, customers, strict=True)]
    values = [status(statuses, customer).value for customer in customers]
    assert values == [StatusValue.ON_HOLD if reasons == HOLD else StatusValue.REVOKED for reasons in split]
    assert status(statuses, a_customer(CA, point(ONE))).value is StatusValue.GOOD
    assert directory.asked == [ONE]


@pytest.mark.parametrize("there", [[COMPROMISE], [OTHERS], [COMPROMISE, OTHERS - HOLD], [COMPROMISE, COMPROMISE]])
def test_without_a_list_for_every_reason_there_is_no_status_but_a_revocation(
    statuses: StatusChecks, directory: Directory, there: list[frozenset[x509.ReasonFlags]]
) -> None:
    good, bad = a_customer(CA, point(ONE)), a_customer(CA, point(ONE))
    directory.lists[ONE] = [of(reasons, bad) for reasons in there]
    assert status(statuses, good).value is StatusValue.INVALID
    assert status(statuses, good).why == "the lists cover some reasons only"
    assert status(statuses, bad).value is StatusValue.REVOKED


@pytest.mark.parametrize("reverse", [False, True])
def test_newer_list_of_some_reasons_counts_beside_an_older_one_of_all(
    statuses: StatusChecks, directory: Directory, reverse: bool
) -> None:
    good, bad = a_customer(CA, point(ONE)), a_customer(CA, point(ONE))
    both = [of(None, this_update=NOW - 2 * HOUR), of(COMPROMISE, bad)]
    directory.lists[ONE] = both[::-1] if reverse else both
    assert status(statuses, bad).value is StatusValue.REVOKED
    assert status(statuses, good).value is StatusValue.GOOD


def test_list_that_is_left_out_of_a_response_is_not_forgotten(statuses: StatusChecks, directory: Directory) -> None:
    """Who answers in place of the directory cannot forge a list, but leave one out."""
    bad = a_customer(CA, point(ONE))
    directory.lists[ONE] = [of(COMPROMISE, bad), of(OTHERS)]
    later = NOW + 20 * HOUR
    assert status(statuses, bad).value is StatusValue.REVOKED
    directory.lists[ONE] = [of(OTHERS, this_update=later)]
    assert status(statuses, bad, later + 3 * HOUR).value is not StatusValue.GOOD
    known = statuses.known.status(bad.certificate, CA.certificate.key_digest, NOW)
    assert known is not None
    assert known.value is StatusValue.REVOKED


def test_each_list_is_replaced_by_a_newer_one_of_its_reasons_only(
    statuses: StatusChecks, directory: Directory
) -> None:
    first, second = a_customer(CA, point(ONE)), a_customer(CA, point(ONE))
    directory.lists[ONE] = [of(COMPROMISE, first, this_update=NOW - 2 * HOUR), of(OTHERS, second, this_update=NOW)]
    assert status(statuses, first).value is StatusValue.REVOKED
    later = NOW + 23 * HOUR
    directory.lists[ONE] = [of(COMPROMISE, first, this_update=later), of(OTHERS, this_update=NOW - HOUR)]
    assert status(statuses, first, later).as_of == later
    assert status(statuses, second, later).value is StatusValue.REVOKED, "the older list is a replay"


@pytest.mark.parametrize("first", [[None], [COMPROMISE, OTHERS]], ids=["whole", "parts"])
def test_ca_may_split_its_list_and_join_it_again(
    statuses: StatusChecks, directory: Directory, first: list[Reasons]
) -> None:
    """Each series has numbers of its own."""
    bad = a_customer(CA, point(ONE))
    numbers = {None: 300, COMPROMISE: 200, OTHERS: 100}
    series: list[list[Reasons]] = [first, [COMPROMISE, OTHERS], [None], [COMPROMISE, OTHERS], [None]]
    for day, parts in enumerate(series):
        at = NOW + day * DAY
        directory.lists[ONE] = [
            of(
                reasons,
                *([bad] if day and reasons != OTHERS else []),
                this_update=at,
                number=numbers[reasons] + day,
            )
            for reasons in parts
        ]
        value = StatusValue.REVOKED if day else StatusValue.GOOD
        assert status(statuses, bad, at + HOUR).value is value


# ---- at several addresses


def test_lists_at_two_addresses_are_good_together(statuses: StatusChecks, directory: Directory) -> None:
    customer = a_customer(CA, point(ONE, COMPROMISE), point(TWO, OTHERS))
    directory.lists = {ONE: [of(COMPROMISE)], TWO: [of(OTHERS, url=TWO)]}
    assert status(statuses, customer).value is StatusValue.GOOD
    assert directory.asked == [ONE, TWO]


@pytest.mark.parametrize(
    ("on_one", "on_two", "value", "asked"),
    [
        (True, False, StatusValue.REVOKED, [ONE]),
        (False, True, StatusValue.REVOKED, [ONE, TWO]),
        (True, True, StatusValue.REVOKED, [ONE]),
    ],
)
def test_either_of_two_addresses_revokes(
    statuses: StatusChecks, directory: Directory, on_one: bool, on_two: bool, value: StatusValue, asked: list[str]
) -> None:
    customer = a_customer(CA, point(ONE, COMPROMISE), point(TWO, OTHERS))
    directory.lists = {
        ONE: [of(COMPROMISE, *[customer] * on_one)],
        TWO: [of(OTHERS, *[customer] * on_two, url=TWO)],
    }
    assert status(statuses, customer).value is value
    assert directory.asked == asked


def test_revocation_at_one_address_beats_a_hold_at_another(statuses: StatusChecks, directory: Directory) -> None:
    customer = a_customer(CA, point(ONE, HOLD), point(TWO, EVERY - HOLD))
    directory.lists = {ONE: [of(HOLD, customer)], TWO: [of(EVERY - HOLD, customer, url=TWO)]}
    assert status(statuses, customer).value is StatusValue.REVOKED


@pytest.mark.parametrize("silent", [ONE, TWO])
def test_silent_address_leaves_no_status(statuses: StatusChecks, directory: Directory, silent: str) -> None:
    customer = a_customer(CA, point(ONE, COMPROMISE), point(TWO, OTHERS))
    directory.lists = {ONE: [of(COMPROMISE)], TWO: [of(OTHERS, url=TWO)]}
    del directory.lists[silent]
    assert status(statuses, customer).value is StatusValue.UNAVAILABLE


def test_list_of_all_reasons_counts_for_those_of_its_address_only(
    statuses: StatusChecks, directory: Directory
) -> None:
    customer = a_customer(CA, point(ONE, COMPROMISE), point(TWO, OTHERS))
    directory.lists = {ONE: [of(None)]}
    assert status(statuses, customer).value is StatusValue.UNAVAILABLE
    directory.lists[TWO] = [of(None, url=TWO)]
    assert status(statuses, customer).value is StatusValue.GOOD


def test_certificate_whose_addresses_leave_a_reason_out_is_on_no_list(
    statuses: StatusChecks, directory: Directory
) -> None:
    """So it is queried by OCSP, and watched by OCSP."""
    customer = a_customer(CA, point(ONE, COMPROMISE), point(TWO, HOLD))
    directory.lists = {ONE: [of(COMPROMISE)], TWO: [of(HOLD, url=TWO)]}
    found = status(statuses, customer)
    assert (found.value, directory.asked) == (StatusValue.UNAVAILABLE, [])


def test_number_of_addresses_is_bounded(statuses: StatusChecks, directory: Directory) -> None:
    urls = [f"{DIRECTORY}/ou=n{number}" for number in range(3 * MOST_POINTS)]
    customer = a_customer(CA, *(point(url, COMPROMISE) for url in urls), point(ONE, OTHERS))
    directory.lists = {ONE: [of(OTHERS)], **{url: [of(COMPROMISE, url=url)] for url in urls}}
    assert status(statuses, customer).value is StatusValue.INVALID
    assert directory.asked == urls[:MOST_POINTS]
