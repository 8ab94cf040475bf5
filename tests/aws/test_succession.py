"""Succession: a renewed certificate replaces an earlier one; exactly one of them is usable at any time."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from registrar.aws.tables.registrations import Registrations
from registrar.domain.reasons.errors import CertificateTaken, ConditionFailed
from registrar.domain.registrations.new_registration import new_registration
from registrar.domain.registrations.registration import Hold, Lifecycle, Registration
from registrar.domain.registrations.upload import UploadState
from tests.support.account import Account, Killed
from tests.support.builders import NOW, a_certificate, an_ec_key
from tests.support.rows import a_registration, an_awaiting_upload, registrations_of, uploads_of
from tests.support.transitions import ENDS, hold, revoke
from tools.pki.authorities import CustomerCertificate

MINUTE = timedelta(minutes=1)


@pytest.fixture
def registrations(account: Account) -> Registrations:
    return registrations_of(account)


def a_later_certificate() -> CustomerCertificate:
    """A certificate that starts a minute before NOW, later than others do."""
    return a_certificate(key="ec", not_before=NOW - MINUTE)


def succeed(account: Account, old: Registration, **overrides: Any) -> Registration:
    upload = an_awaiting_upload(account, a_later_certificate(), old.customer_id)
    new = new_registration(upload, "signature", "2026-11", NOW, old)
    new = replace(new, **overrides)
    registrations_of(account).add(new, upload, account.physical["UploadsTable"], NOW, replaces=old)
    return new


@pytest.mark.parametrize("held", [(), (Hold.CUSTOMER, Hold.ISSUER)])
def test_a_successor_ends_the_old_one_in_its_own_transaction(
    account: Account, registrations: Registrations, held: tuple[Hold, ...]
) -> None:
    old = a_registration(account)
    for each in held:
        registrations.add_hold("hong", old.id, each, NOW)
    *_, last = account.recorded(lambda: succeed(account, old))
    assert (last.operation, len(last.params["TransactItems"])) == ("TransactWriteItems", 7)
    new, ended = sorted(registrations.of_customer("hong"), key=lambda r: r.lifecycle)
    assert (ended.id, ended.lifecycle, ended.superseded_by) == (old.id, Lifecycle.SUPERSEDED, new.id)
    assert (new.lifecycle, new.replaces, new.holds) == (Lifecycle.LIVE, old.id, frozenset())


@pytest.mark.parametrize("lifecycle", [Lifecycle.REVOKED_BY_ISSUER, Lifecycle.DEREGISTERED])
def test_an_ended_predecessor_is_only_referred_to(
    account: Account, registrations: Registrations, lifecycle: Lifecycle
) -> None:
    r = a_registration(account)
    old = ENDS[lifecycle](registrations, r)
    new = succeed(account, old, key_digest=old.key_digest)
    assert registrations.get("hong", new.id).replaces == old.id
    assert registrations.get("hong", old.id) == old


@pytest.mark.parametrize("meanwhile", ["ended", "held by the bank"])
def test_a_predecessor_that_changed_meanwhile_prevents_the_registration(
    account: Account, registrations: Registrations, meanwhile: str
) -> None:
    old = a_registration(account)
    if meanwhile == "ended":
        revoke(registrations, old)
    else:
        hold(Hold.BANK)(registrations, old)
    before = account.items("RegistrationsTable")
    with pytest.raises(ConditionFailed):
        succeed(account, old)
    assert account.items("RegistrationsTable") == before


@pytest.mark.parametrize("after", [False, True])
def test_exactly_one_of_predecessor_and_successor_is_usable_at_any_time(
    account: Account, registrations: Registrations, after: bool
) -> None:
    old = a_registration(account)
    upload = an_awaiting_upload(account, a_later_certificate())
    new = new_registration(upload, "signature", "2026-11", NOW, old)

    def register() -> None:
        registrations.add(new, upload, account.physical["UploadsTable"], NOW, replaces=old)

    with account.killed_at(0, after=after), pytest.raises(Killed):
        register()
    usable = [r.id for r in registrations.of_customer("hong") if r.usable_at(NOW)]
    assert usable == [new.id if after else old.id]
    found = uploads_of(account).find(upload.id)
    assert found is not None
    assert found.state is (UploadState.REGISTERED if after else UploadState.AWAITING_PROOF)


def test_a_successor_takes_the_key_of_its_predecessor_and_of_no_other_registration(
    account: Account, registrations: Registrations
) -> None:
    old, other = a_registration(account), a_registration(account, a_certificate(key=an_ec_key("other")))
    before = account.items("RegistrationsTable")

    with pytest.raises(CertificateTaken):
        succeed(account, old, key_digest=other.key_digest)
    assert account.items("RegistrationsTable") == before
    assert succeed(account, old, key_digest=old.key_digest).replaces == old.id


def test_a_compromised_key_ends_the_successor_that_has_it(account: Account, registrations: Registrations) -> None:
    old = a_registration(account, a_certificate(key="ec"))
    new = succeed(account, old, key_digest=old.key_digest)
    with pytest.raises(ConditionFailed):
        revoke(registrations, old, "keyCompromise")
    assert registrations.get("hong", old.id).lifecycle is Lifecycle.SUPERSEDED
    found = registrations.get("hong", new.id)
    assert (found.lifecycle_at(NOW), found.usable_at(NOW)) == (Lifecycle.BLOCKED, False)
