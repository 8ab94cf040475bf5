"""Every change of a registration: from which states it is allowed, and that repeating it is harmless."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from registrar.aws.tables.registration_items import to_item
from registrar.aws.tables.registrations import Registrations
from registrar.domain.reasons.errors import AdminStepRefused, CertificateTaken, ConditionFailed
from registrar.domain.registrations.new_registration import new_registration
from registrar.domain.registrations.registration import Hold, Lifecycle, Registration, Revocation
from registrar.domain.two_persons import digest_of
from tests.support.account import Account, Killed
from tests.support.builders import NOW, a_certificate
from tests.support.prepared import prepared
from tests.support.rows import a_registration, an_awaiting_upload, put, register, registrations_of
from tests.support.transitions import ENDS, Change, block, confirm, hold, lift, propose, revoke

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
UNKNOWN = "r" + "0" * 32


@pytest.fixture
def registrations(account: Account) -> Registrations:
    return registrations_of(account)


CHANGES: dict[str, Change] = {
    **{lifecycle.value: change for lifecycle, change in ENDS.items()},
    "propose": propose,
    "resume": lambda registrations, r: registrations.resume(r, NOW),
    **{f"hold {which}": hold(which) for which in Hold},
    "hold by issuer": lambda registrations, r: registrations.hold_by_issuer(r.customer_id, r.id, NOW, NOW),
    **{f"lift {which}": lift(which) for which in (Hold.BANK, Hold.ISSUER)},
    "hold anew": lambda registrations, r: registrations.hold_by_reevaluation(r.customer_id, r.id, NOW),
    "lift anew": lambda registrations, r: registrations.lift_by_reevaluation(r.customer_id, r.id, NOW),
}


def proposed(account: Account, /, **certificate: Any) -> Registration:
    """A live registration that one person of the staff proposed to block."""
    r = a_registration(account, a_certificate(key="ec", **certificate))
    propose(registrations_of(account), r)
    return r


@pytest.mark.parametrize("lifecycle", ENDS)
def test_a_live_registration_ends_once_and_repeating_it_changes_nothing(
    account: Account, registrations: Registrations, lifecycle: Lifecycle
) -> None:
    r = prepared(account, proposed)
    ended = ENDS[lifecycle](registrations, r)
    assert (ended.lifecycle, ended.ended_at) == (lifecycle, NOW)
    assert registrations.get("hong", r.id).lifecycle is lifecycle
    before = account.items("RegistrationsTable"), account.items("DenyListTable")
    assert ENDS[lifecycle](registrations, r).lifecycle is lifecycle
    assert (account.items("RegistrationsTable"), account.items("DenyListTable")) == before
    assert not [item for item in before[0] if "expiry_shard" in item], "the nightly job need not read it"


@pytest.mark.parametrize("lifecycle", [each for each in Lifecycle if each is not Lifecycle.LIVE])
def test_an_ended_registration_never_changes(
    account: Account, registrations: Registrations, lifecycle: Lifecycle
) -> None:
    r = prepared(account, proposed, not_after=NOW + DAY)
    at = NOW
    if lifecycle is Lifecycle.EXPIRED:
        at = NOW + DAY + MINUTE
    elif lifecycle is Lifecycle.SUPERSEDED:
        put(account, "RegistrationsTable", to_item(replace(r, lifecycle=lifecycle)))
    else:
        ENDS[lifecycle](registrations, r)
    assert registrations.get("hong", r.id).lifecycle_at(at) is lifecycle
    before = account.items("RegistrationsTable"), account.items("DenyListTable")
    others: dict[str, Change] = {
        "revoke": lambda s, r: s.revoke(r.customer_id, r.id, "superseded", NOW, at),
        "deregister": lambda s, r: s.deregister(r, at),
        "block": lambda s, r: confirm(s, r, at=at),
        "propose": lambda s, r: propose(s, r, at=at),
        "resume": lambda s, r: s.resume(r, at),
        "hold": lambda s, r: s.add_hold(r.customer_id, r.id, Hold.CUSTOMER, at),
        "lift": lambda s, r: s.lift_hold(r.customer_id, r.id, Hold.BANK, at),
        "hold by issuer": lambda s, r: s.hold_by_issuer(r.customer_id, r.id, at, at),
        "lift by issuer": lambda s, r: s.lift_by_issuer(r.customer_id, r.id, at, at),
        "hold anew": lambda s, r: s.hold_by_reevaluation(r.customer_id, r.id, at),
        "lift anew": lambda s, r: s.lift_by_reevaluation(r.customer_id, r.id, at),
    }
    own = {Lifecycle.REVOKED_BY_ISSUER: "revoke", Lifecycle.DEREGISTERED: "deregister", Lifecycle.BLOCKED: "block"}
    for name, change in others.items():
        if own.get(lifecycle) != name:
            with pytest.raises((AdminStepRefused, ConditionFailed)):
                change(registrations, r)
    assert (account.items("RegistrationsTable"), account.items("DenyListTable")) == before


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_an_unknown_registration_creates_no_item(
    account: Account, registrations: Registrations, change: str
) -> None:
    r = replace(prepared(account, a_registration), id=UNKNOWN)
    before = account.items("RegistrationsTable")
    with pytest.raises((AdminStepRefused, ConditionFailed)):
        CHANGES[change](registrations, r)
    assert account.items("RegistrationsTable") == before
    assert account.items("DenyListTable") == []


@pytest.mark.parametrize("first", Hold)
@pytest.mark.parametrize("second", Hold)
def test_holds_are_independent_of_each_other(
    account: Account, registrations: Registrations, first: Hold, second: Hold
) -> None:
    r = prepared(account, a_registration)
    for each in (first, second, first):
        registrations.add_hold("hong", r.id, each, NOW)
    held = registrations.get("hong", r.id)
    assert held.holds == {first, second}
    lifted = registrations.resume(held, NOW) if first is Hold.CUSTOMER else lift(first)(registrations, r)
    assert lifted.holds == {second} - {first}
    assert lifted == registrations.get("hong", r.id)
    assert lifted.usable_at(NOW) is (first is second)


def test_a_loss_report_takes_effect_at_the_next_consistent_read(
    account: Account, registrations: Registrations
) -> None:
    r = prepared(account, a_registration)
    assert registrations.get("hong", r.id).usable_at(NOW)
    calls = account.recorded(lambda: registrations.add_hold("hong", r.id, Hold.CUSTOMER, NOW))
    assert len([call for call in calls if call.operation == "TransactWriteItems"]) == 1, "all or nothing"
    assert not registrations.get("hong", r.id).usable_at(NOW)


def test_a_loss_report_is_independent_of_the_issuers_hold(account: Account, registrations: Registrations) -> None:
    r = prepared(account, a_registration)
    for each in (Hold.ISSUER, Hold.CUSTOMER):
        registrations.add_hold("hong", r.id, each, NOW)
    assert lift(Hold.ISSUER)(registrations, r).holds == {Hold.CUSTOMER}
    assert not registrations.get("hong", r.id).usable_at(NOW)
    registrations.add_hold("hong", r.id, Hold.ISSUER, NOW)
    assert registrations.resume(registrations.get("hong", r.id), NOW).holds == {Hold.ISSUER}


def test_the_issuers_hold_is_lifted_for_a_later_time_only(account: Account, registrations: Registrations) -> None:
    r = prepared(account, a_registration)
    registrations.hold_by_issuer("hong", r.id, NOW, NOW + DAY)
    for too_early in (NOW - DAY, NOW):
        with pytest.raises(ConditionFailed):
            registrations.lift_by_issuer("hong", r.id, too_early, NOW + DAY)
    before = account.items("RegistrationsTable")
    assert registrations.hold_by_issuer("hong", r.id, NOW - DAY, NOW + DAY).holds == {Hold.ISSUER}
    assert account.items("RegistrationsTable") == before, "a hold for an earlier time changes nothing"
    with pytest.raises(ConditionFailed):
        registrations.lift_by_issuer("hong", r.id, NOW - DAY, NOW + DAY, by_next_list=True)
    assert registrations.lift_by_issuer("hong", r.id, NOW, NOW + DAY, by_next_list=True).holds == set()
    registrations.hold_by_issuer("hong", r.id, NOW, NOW + DAY)
    assert registrations.lift_by_issuer("hong", r.id, NOW + MINUTE, NOW + DAY).holds == set()
    assert registrations.lift_by_issuer("hong", r.id, NOW - DAY, NOW + DAY).holds == set(), "there is none to lift"


def test_a_signature_for_one_loss_report_lifts_no_later_one(account: Account, registrations: Registrations) -> None:
    r = prepared(account, a_registration)
    first = registrations.add_hold("hong", r.id, Hold.CUSTOMER, NOW)
    assert first.resume_nonce == registrations.add_hold("hong", r.id, Hold.CUSTOMER, NOW).resume_nonce
    assert registrations.resume(first, NOW).resume_nonce is None
    second = registrations.add_hold("hong", r.id, Hold.CUSTOMER, NOW)
    assert second.resume_nonce not in (None, first.resume_nonce)
    with pytest.raises(ConditionFailed):
        registrations.resume(first, NOW)
    assert registrations.get("hong", r.id) == second


def test_removing_the_last_hold_removes_the_attribute(account: Account, registrations: Registrations) -> None:
    """A reader of the stream sees `holds` or no attribute, never an empty set."""
    r = prepared(account, a_registration)
    hold(Hold.BANK)(registrations, r)
    assert [item["holds"] for item in account.items("RegistrationsTable") if "holds" in item] == [{"SS": ["bank"]}]
    lift(Hold.BANK)(registrations, r)
    assert not [item for item in account.items("RegistrationsTable") if "holds" in item]


def test_a_revocation_stores_the_issuers_reason_and_time(account: Account, registrations: Registrations) -> None:
    r = prepared(account, a_registration)
    hold(Hold.ISSUER)(registrations, r)
    revoke(registrations, r, "cessationOfOperation")
    ended = registrations.get("hong", r.id)
    assert (ended.end_reason, ended.revoked_at, ended.ended_at) == ("cessationOfOperation", NOW - DAY, NOW)
    assert account.items("DenyListTable") == []


def test_a_compromised_key_is_denied_with_the_revocation(account: Account, registrations: Registrations) -> None:
    r = prepared(account, a_registration)
    assert revoke(registrations, r, "keyCompromise").lifecycle is Lifecycle.REVOKED_BY_ISSUER
    (denied,) = account.items("DenyListTable")
    assert denied["id"] == {"S": f"DENY#KEY#{r.key_digest}"}
    assert (denied["registration_id"], denied["why"]) == ({"S": r.id}, {"S": "keyCompromise"})


def test_a_revocation_that_becomes_a_compromise_denies_the_key(
    account: Account, registrations: Registrations
) -> None:
    r = prepared(account, a_registration)
    revoke(registrations, r, "superseded")
    assert revoke(registrations, r, "keyCompromise").end_reason == "superseded", "what ended stays as it ended"
    assert [item["id"]["S"] for item in account.items("DenyListTable")] == [f"DENY#KEY#{r.key_digest}"]


def test_blocking_takes_two_persons(account: Account, registrations: Registrations) -> None:
    r = prepared(account, a_registration)
    with pytest.raises(AdminStepRefused):
        confirm(registrations, r)
    propose(registrations, r, "staff-1")
    with pytest.raises(AdminStepRefused):
        confirm(registrations, r, "staff-1")
    assert registrations.get("hong", r.id).usable_at(NOW)
    assert account.items("DenyListTable") == []
    assert confirm(registrations, r, "staff-2").lifecycle is Lifecycle.BLOCKED


def test_a_proposal_that_was_replaced_blocks_nothing(account: Account, registrations: Registrations) -> None:
    r = prepared(account, a_registration)
    propose(registrations, r, "staff-1")
    read = registrations.find_block_proposal("hong", r.id)
    assert read is not None
    propose(registrations, r, "staff-1")
    with pytest.raises(ConditionFailed):
        registrations.block(r, read.confirmed(digest_of(read.shown), "staff-2", NOW), NOW)
    assert registrations.get("hong", r.id).usable_at(NOW)


@pytest.mark.parametrize("customer", ["hong", "kim"])
@pytest.mark.parametrize("again", ["the certificate", "another certificate of the key"])
def test_a_blocked_certificate_and_its_key_are_never_registered_again(
    account: Account, registrations: Registrations, customer: str, again: str
) -> None:
    r = prepared(account, a_registration)
    block(registrations, r)
    same = {"key_digest": r.key_digest}
    if again == "the certificate":
        same |= {"fingerprint": r.fingerprint, "serial": r.serial}
    assert refused(account, customer, **same).code == "KEY_DENIED"


def test_a_restored_table_does_not_allow_a_blocked_certificate(
    account: Account, registrations: Registrations
) -> None:
    r = prepared(account, a_registration)
    earlier = account.items("RegistrationsTable")
    block(registrations, r)
    for item in earlier:
        put(account, "RegistrationsTable", item)
    for found in (registrations.get("hong", r.id), *registrations.of_customer("hong")):
        assert (found.lifecycle_at(NOW), found.usable_at(NOW)) == (Lifecycle.BLOCKED, False)
    with pytest.raises(ConditionFailed):
        registrations.deregister(r, NOW)
    assert refused(account, "kim", key_digest=r.key_digest).code == "KEY_DENIED"


def refused(account: Account, customer: str, **same: Any) -> CertificateTaken:
    upload = an_awaiting_upload(account, a_certificate(key="ec"), customer)
    registration = replace(new_registration(upload, "signature", "2026-11", NOW), **same)
    with pytest.raises(CertificateTaken) as taken:
        register(account, registration, upload)
    assert taken.value.existing is None
    return taken.value


def test_a_deregistered_certificate_can_be_registered_by_its_customer_only(
    account: Account, registrations: Registrations
) -> None:
    certificate = a_certificate(key="ec")
    first = a_registration(account, certificate)
    registrations.deregister(first, NOW)
    same = {"fingerprint": first.fingerprint, "serial": first.serial, "key_digest": first.key_digest}
    assert refused(account, "kim", **same).code == "CERT_HELD_BY_OTHER"
    assert refused(account, "kim", key_digest=first.key_digest).code == "KEY_HELD_BY_OTHER"

    again = a_registration(account, certificate, at=NOW + MINUTE)
    assert registrations.get("hong", again.id).usable_at(NOW)
    assert registrations.get("hong", first.id).lifecycle is Lifecycle.DEREGISTERED
    assert not [item for item in account.items("RegistrationsTable") if "released_at" in item]
    upload = an_awaiting_upload(account, certificate)
    third = new_registration(upload, "signature", "2026-11", NOW)
    with pytest.raises(CertificateTaken) as taken:
        registrations.add(third, upload, account.physical["UploadsTable"], NOW)
    assert (taken.value.code, taken.value.existing) == ("ALREADY_REGISTERED", again.id)


def test_deregistering_a_restored_row_leaves_the_locks_of_a_later_registration(
    account: Account, registrations: Registrations
) -> None:
    certificate = a_certificate(key="ec")
    first = a_registration(account, certificate)
    (row,) = [item for item in account.items("RegistrationsTable") if item["sk"] == {"S": f"REG#{first.id}"}]
    registrations.deregister(first, NOW)
    a_registration(account, certificate, at=NOW + MINUTE)
    put(account, "RegistrationsTable", row)
    before = account.items("RegistrationsTable")
    assert registrations.deregister(first, NOW).lifecycle is Lifecycle.DEREGISTERED
    assert account.items("RegistrationsTable") == before


@pytest.mark.parametrize("change", ["keyCompromise", "block", "deregister"])
@pytest.mark.parametrize("after", [False, True])
def test_a_crash_writes_all_of_an_end_or_nothing(
    account: Account, registrations: Registrations, change: str, after: bool
) -> None:
    r = prepared(account, proposed)
    acts: dict[str, Callable[[], Registration]] = {
        "keyCompromise": lambda: revoke(registrations, r, "keyCompromise"),
        "block": lambda: confirm(registrations, r),
        "deregister": lambda: registrations.deregister(r, NOW),
    }
    with account.killed_at(0, after=after), pytest.raises(Killed):
        acts[change]()
    assert registrations.get("hong", r.id).usable_at(NOW) is not after
    assert len(account.items("DenyListTable")) == (after and change != "deregister")
    released = [item for item in account.items("RegistrationsTable") if "released_at" in item]
    assert len(released) == (3 if after and change == "deregister" else 0)
    ended = acts[change]()
    assert ended.lifecycle is not Lifecycle.LIVE


def test_a_compromised_key_of_an_ended_registration_is_denied_after_a_crash(
    account: Account, registrations: Registrations
) -> None:
    r = prepared(account, a_registration)
    registrations.deregister(r, NOW)
    with account.killed_at(1, after=False), pytest.raises(Killed):
        revoke(registrations, r, "keyCompromise")
    assert account.items("DenyListTable") == []
    with pytest.raises(ConditionFailed):
        revoke(registrations, r, "keyCompromise")
    assert len(account.items("DenyListTable")) == 1


def test_every_attribute_is_read_as_it_was_written(account: Account, registrations: Registrations) -> None:
    r = replace(
        a_registration(account),
        holds=frozenset(Hold),
        resume_nonce="ab" * 16,
        lifecycle=Lifecycle.REVOKED_BY_ISSUER,
        ended_at=NOW,
        end_reason="superseded",
        revoked_at=NOW - DAY,
        replaces="r" + "1" * 32,
        superseded_by="r" + "2" * 32,
        revocation=Revocation(NOW - MINUTE, "ocsp"),
        listed=True,  # an ended one is in no index of live ones
    )
    put(account, "RegistrationsTable", to_item(r))
    assert registrations.get("hong", r.id) == r
