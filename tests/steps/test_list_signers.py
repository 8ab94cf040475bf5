"""Whose key may sign a list: the issuer's, and another key of that CA above it on the certificate's path."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from registrar.domain.certificates.trust import Issuer, TrustStore
from registrar.domain.revocation.distribution_points import Point
from registrar.domain.revocation.status import StatusValue
from registrar.domain.revocation.watch import publisher
from registrar.steps.status_checks import StatusChecks, StatusQuery
from tests.support.builders import NOW, Link
from tests.support.generations import Revocations, a_ca, a_customer, a_list, a_store, listed
from tests.support.statuses import LIMITS, entry_of, statuses_with

ROOT = a_ca("A root")
CA = "A CA"
NEW = a_ca(CA, ROOT, key_of=a_ca("New key"))
"""The CA's certificate for its new key."""
OLD = a_ca(CA, NEW, key_of=a_ca("Old key"))
"""The new key certifies the CA's old one."""
OLD_BY_ROOT = a_ca(CA, ROOT, key_of=OLD)


def the_path(store: TrustStore, customer: Link, above: Link) -> Issuer:
    """The path of the customer's issuer on which `above` is the next."""
    issuers = store.issuers_of(customer.certificate, OLD.certificate.key_digest, NOW)
    return next(issuer for issuer in issuers if issuer.chain[-2] == above.certificate)


def value(statuses: StatusChecks, store: TrustStore, customer: Link, issuer: Issuer) -> StatusValue:
    query = StatusQuery(customer.certificate, (issuer,), store, timedelta(days=1), NOW, LIMITS)
    return statuses.check(query)[0].value


def found(
    signer: Link, customer: Link, store: TrustStore, issuer: Issuer, revoked: Revocations = ()
) -> StatusValue:
    """The status where every list with the CA's name is signed by `signer`."""
    entries = [listed(link, reason) for link, reason in revoked]
    lists = {
        entry_of(ROOT.certificate.parsed.subject): (a_list(ROOT),),
        entry_of(NEW.certificate.parsed.subject): (a_list(signer, *entries),),
    }
    with statuses_with(lambda url: lists.get(url, ())) as statuses:
        return value(statuses, store, customer, issuer)


@pytest.mark.parametrize("listed_too", [False, True])
def test_other_key_of_the_ca_above_on_the_path_may_sign(listed_too: bool) -> None:
    customer = a_customer(OLD)
    store = a_store([ROOT], [NEW, OLD])
    revoked = [(customer, None)] if listed_too else []
    status = found(NEW, customer, store, the_path(store, customer, NEW), revoked)
    assert status is (StatusValue.REVOKED if listed_too else StatusValue.GOOD)


def another_name() -> Link:
    return a_ca("Another CA", ROOT)


def no_list_signer() -> Link:
    return a_ca(CA, ROOT, usage=("key_cert_sign",))


def below() -> Link:
    return a_ca(CA, OLD_BY_ROOT, key_of=a_ca("Newest key"))


def beside() -> Link:
    return NEW


@pytest.mark.parametrize("signer", [another_name, no_list_signer, below, beside])
def test_key_that_is_not_above_on_the_path_may_not_sign(signer: Callable[[], Link]) -> None:
    signing, customer = signer(), a_customer(OLD)
    store = a_store([ROOT], [OLD_BY_ROOT, signing])
    path = the_path(store, customer, ROOT)
    assert found(OLD, customer, store, path) is StatusValue.GOOD
    assert found(signing, customer, store, path) is StatusValue.INVALID


def test_key_above_may_not_sign_without_the_usage() -> None:
    customer = a_customer(OLD)
    unable = a_ca(CA, ROOT, key_of=NEW, usage=("key_cert_sign",))
    store = a_store([ROOT], [unable, OLD])
    assert found(unable, customer, store, the_path(store, customer, unable)) is StatusValue.INVALID


def test_revoked_key_above_ends_the_path_whatever_list_it_signs() -> None:
    customer = a_customer(OLD)
    store = a_store([ROOT], [NEW, OLD])
    lists = {
        entry_of(ROOT.certificate.parsed.subject): (a_list(ROOT, listed(NEW, None)),),
        entry_of(NEW.certificate.parsed.subject): (a_list(NEW),),
    }
    with statuses_with(lambda url: lists.get(url, ())) as statuses:
        assert value(statuses, store, customer, the_path(store, customer, NEW)) is StatusValue.REVOKED


def test_list_signed_above_on_one_path_does_not_count_on_another() -> None:
    """The list was fetched and stored for the first path."""
    customer = a_customer(OLD)
    store = a_store([ROOT], [NEW, OLD, OLD_BY_ROOT])
    lists = {
        entry_of(ROOT.certificate.parsed.subject): (a_list(ROOT),),
        entry_of(NEW.certificate.parsed.subject): (a_list(NEW),),
    }
    with statuses_with(lambda url: lists.get(url, ())) as statuses:
        assert value(statuses, store, customer, the_path(store, customer, NEW)) is StatusValue.GOOD
        assert value(statuses, store, customer, the_path(store, customer, ROOT)) is StatusValue.INVALID


@pytest.mark.parametrize("is_over", [False, True])
def test_watch_takes_a_list_signed_above_on_an_accepted_path(is_over: bool) -> None:
    store = a_store([ROOT], [NEW, OLD, OLD_BY_ROOT], ended=[NEW] if is_over else [])
    point = Point(OLD.certificate.key_digest, "ldap://crl.example/a", "kica")
    known = publisher(store, point, NOW)
    assert known is not None
    keys = [signer.key_digest for signer in known[0]]
    assert keys == [OLD.certificate.key_digest, *([] if is_over else [NEW.certificate.key_digest])]
