"""What a restore of the registrations' table does not undo, and the bank's hold that follows the person."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from registrar.aws import dynamo
from registrar.aws.tables.kept_states import KeptStates
from registrar.aws.tables.registration_items import lock_keys, to_item
from registrar.aws.tables.registrations import Registrations
from registrar.domain.certificates.certificate import older_key_ids, read_certificate
from registrar.domain.reasons.errors import CertificateTaken, ConditionFailed, Refusal
from registrar.domain.registrations.new_registration import new_registration
from registrar.domain.registrations.registration import Hold, Lifecycle, Registration, View
from registrar.steps.reporting_loss import LossReports
from tests.support import rows
from tests.support.account import Account
from tests.support.builders import NOW, a_certificate, an_rsa_key
from tests.support.prepared import prepared
from tests.support.rows import a_registration, an_awaiting_upload, put, registrations_of
from tests.support.transitions import Change, block, hold, lift, revoke
from tools.pki.authorities import CustomerCertificate

MINUTE = timedelta(minutes=1)


@pytest.fixture
def registrations(account: Account) -> Registrations:
    return registrations_of(account)


def put_back(account: Account, items: list[dict[str, Any]]) -> None:
    """Make the registrations' table what it was, as a restore does."""
    client, table = account.client("dynamodb"), account.physical["RegistrationsTable"]
    for item in account.items("RegistrationsTable"):
        client.delete_item(TableName=table, Key={name: item[name] for name in ("pk", "sk")})
    for item in items:
        put(account, "RegistrationsTable", item)


def judged(found: Registration) -> tuple[Any, ...]:
    return found.status_at(NOW), found.holds, found.usable_at(NOW), found.resume_nonce, found.end_reason


CHANGES: dict[str, Change] = {
    "revoked": revoke,
    "revoked, key compromised": lambda table, r: revoke(table, r, "keyCompromise"),
    "blocked": block,
    "deregistered": lambda table, r: table.deregister(r, NOW),
    **{f"held by {each}": hold(each) for each in Hold},
    "held by re-evaluation": lambda table, r: table.hold_by_reevaluation(r.customer_id, r.id, NOW),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_restored_row_is_judged_as_it_was_left(
    account: Account, registrations: Registrations, change: str
) -> None:
    r = prepared(account, a_registration)
    earlier = account.items("RegistrationsTable")
    left = judged(CHANGES[change](registrations, r))
    put_back(account, earlier)
    (listed,) = registrations.of_customer("hong")
    (batch,) = registrations.find_many([("hong", r.id)])
    named = registrations.find_by_fingerprint(r.fingerprint)
    assert named is not None
    for found in (registrations.get("hong", r.id), listed, batch, named):
        assert judged(found) == left
        assert not found.usable_at(NOW)


def test_a_restored_predecessor_stays_superseded(account: Account, registrations: Registrations) -> None:
    r = prepared(account, a_registration)
    earlier = account.items("RegistrationsTable")
    upload = an_awaiting_upload(account, a_certificate(key="ec", not_before=NOW - MINUTE))
    new = new_registration(upload, "signature", "2026-11", NOW, r)
    registrations.add(new, upload, account.physical["UploadsTable"], NOW, r)
    put_back(account, earlier)
    found = registrations.get("hong", r.id)
    assert (found.status_at(NOW), found.superseded_by) == (Lifecycle.SUPERSEDED, new.id)


@pytest.mark.parametrize("which", [Hold.BANK, Hold.ISSUER, Hold.CUSTOMER])
def test_a_hold_that_was_lifted_since_does_not_come_back(
    account: Account, registrations: Registrations, which: Hold
) -> None:
    r = prepared(account, a_registration)
    held = hold(which)(registrations, r)
    earlier = account.items("RegistrationsTable")
    registrations.resume(held, NOW) if which is Hold.CUSTOMER else lift(which)(registrations, r)
    put_back(account, earlier)
    assert registrations.get("hong", r.id).usable_at(NOW)


def test_a_signature_over_an_earlier_report_lifts_no_later_one_of_a_restored_row(
    account: Account, registrations: Registrations
) -> None:
    r = prepared(account, a_registration)
    first = registrations.add_hold("hong", r.id, Hold.CUSTOMER, NOW)
    earlier = account.items("RegistrationsTable")
    registrations.resume(first, NOW)
    second = registrations.add_hold("hong", r.id, Hold.CUSTOMER, NOW)
    put_back(account, earlier)
    assert registrations.get("hong", r.id).resume_nonce == second.resume_nonce
    with pytest.raises(ConditionFailed):
        registrations.resume(first, NOW)
    assert not registrations.get("hong", r.id).usable_at(NOW)


@pytest.mark.parametrize("again", [False, True], ids=["", "reported again before the restore"])
def test_a_loss_report_on_a_restored_row_takes_effect_and_is_taken_back(
    account: Account, registrations: Registrations, again: bool
) -> None:
    """The row still has the text of the report that was taken back."""
    r = prepared(account, a_registration)
    first = registrations.add_hold("hong", r.id, Hold.CUSTOMER, NOW)
    earlier = account.items("RegistrationsTable")
    registrations.resume(first, NOW)
    if again:
        registrations.add_hold("hong", r.id, Hold.CUSTOMER, NOW)
    put_back(account, earlier)
    (held,) = LossReports(registrations).hold_all("hong", NOW)
    assert (held.holds, held.usable_at(NOW)) == (frozenset({Hold.CUSTOMER}), False)
    with pytest.raises(ConditionFailed):
        registrations.resume(first, NOW)
    assert registrations.resume(held, NOW).usable_at(NOW)


def test_a_re_evaluation_lifts_or_takes_over_no_hold_by_staff_of_a_restored_row(
    account: Account, registrations: Registrations
) -> None:
    r = prepared(account, a_registration)
    registrations.hold_by_reevaluation("hong", r.id, NOW)
    earlier = account.items("RegistrationsTable")
    hold(Hold.BANK)(registrations, r)
    put_back(account, earlier)
    for change in (registrations.lift_by_reevaluation, registrations.hold_by_reevaluation):
        with pytest.raises(ConditionFailed):
            change("hong", r.id, NOW)
        found = registrations.get("hong", r.id)
        assert (found.holds, found.bank_hold_reason) == (frozenset({Hold.BANK}), None)


def test_holds_of_before_kept_states_are_honoured_and_lifted(
    account: Account, registrations: Registrations
) -> None:
    r = replace(prepared(account, a_registration), holds=frozenset(Hold), resume_nonce="ab" * 16)
    put(account, "RegistrationsTable", to_item(r))
    assert registrations.get("hong", r.id).holds == frozenset(Hold)
    assert registrations.add_hold("hong", r.id, Hold.CUSTOMER, NOW).resume_nonce == r.resume_nonce
    registrations.resume(r, NOW)
    for each in (Hold.BANK, Hold.ISSUER):
        lift(each)(registrations, r)
    assert registrations.get("hong", r.id).usable_at(NOW)


# ---- the bank's hold follows the person


def register(account: Account, certificate: CustomerCertificate, **facts: Any) -> Registration:
    upload = an_awaiting_upload(account, certificate, facts.pop("customer_id", "hong"))
    new = replace(new_registration(upload, "signature", "2026-11", NOW), **facts)
    older = older_key_ids(read_certificate(certificate.der).public_key)
    rows.register(account, new, upload, older_key_ids=older)
    return new


ENDS: dict[str, Callable[[Registrations, Registration], object]] = {
    "stands": lambda table, r: None,
    "revoked at the customer's wish": revoke,
    "blocked": block,
    "repeated": hold(Hold.BANK),
}


@pytest.mark.parametrize("then", ENDS)
def test_whom_the_bank_holds_registers_nothing_else_of_the_kind(
    account: Account, registrations: Registrations, then: str
) -> None:
    r = prepared(account, a_registration)
    hold(Hold.BANK)(registrations, r)
    ENDS[then](registrations, r)
    with pytest.raises(Refusal, match="REG_SUSPENDED"):
        register(account, a_certificate(key="ec"))
    assert register(account, a_certificate(key="ec"), kind="corporate").usable_at(NOW), "another kind"
    assert register(account, a_certificate(key="ec"), customer_id="kim").usable_at(NOW), "another person"
    lift(Hold.BANK)(registrations, r)
    new = register(account, a_certificate(key="ec"))
    assert registrations.get("hong", new.id).usable_at(NOW)


def test_the_hold_of_a_re_evaluation_lets_the_customer_register_another(
    account: Account, registrations: Registrations
) -> None:
    """Its certificate fails the bank's checks, not its person: the way on is another certificate."""
    r = prepared(account, a_registration)
    registrations.hold_by_reevaluation("hong", r.id, NOW)
    new = register(account, a_certificate(key="ec"))
    assert registrations.get("hong", new.id).usable_at(NOW)


def test_what_is_registered_while_the_hold_is_put_on_is_held(
    account: Account, registrations: Registrations
) -> None:
    """The registration began before the hold and ended after it; those that stood before are not held."""
    before = register(account, a_certificate(key="ec"), registered_at=NOW - timedelta(hours=1))
    meanwhile = register(account, a_certificate(key="ec"))
    held = a_registration(account)
    hold(Hold.BANK)(registrations, held)
    assert registrations.get("hong", meanwhile.id).status_at(NOW) is View.SUSPENDED
    assert registrations.get("hong", before.id).usable_at(NOW)
    lift(Hold.BANK)(registrations, held)
    assert registrations.get("hong", meanwhile.id).usable_at(NOW)


def test_a_hold_outlives_the_restore_that_loses_its_registration(
    account: Account, registrations: Registrations
) -> None:
    earlier = account.items("RegistrationsTable")
    certificate = a_certificate(key="ec")
    hold(Hold.BANK)(registrations, a_registration(account, certificate))
    put_back(account, earlier)
    with pytest.raises(Refusal, match="REG_SUSPENDED"):
        register(account, certificate)


# ---- one key, whatever its form


class OtherExponent:
    """The key with another public exponent: whoever has its private key computes this one's."""

    def __init__(self, exponent: int) -> None:
        self.exponent = exponent

    def public_key(self) -> Any:
        numbers = an_rsa_key().public_key().public_numbers()
        return type(numbers)(self.exponent, numbers.n).public_key()


@pytest.mark.parametrize("older", [False, True], ids=["", "registered before 2026-11-28"])
@pytest.mark.parametrize("deny", [block, lambda table, r: revoke(table, r, "keyCompromise")])
def test_a_denied_key_is_denied_with_every_exponent(
    account: Account, registrations: Registrations, deny: Change, older: bool
) -> None:
    r = prepared(account, _registered, older=older)
    deny(registrations, r)
    for customer_id in ("hong", "kim"):
        for key in (an_rsa_key(), OtherExponent(65539)):
            with pytest.raises(CertificateTaken) as taken:
                register(account, a_certificate(key=key), customer_id=customer_id)
            assert taken.value.code == "KEY_DENIED"


@pytest.mark.parametrize("older", [False, True], ids=["", "registered before 2026-11-28"])
def test_a_key_is_registered_once_whatever_its_exponent(account: Account, older: bool) -> None:
    r = prepared(account, _registered, older=older)
    for customer_id, code, named in (("kim", "KEY_HELD_BY_OTHER", None), ("hong", "REPLACES_REQUIRED", r.id)):
        with pytest.raises(CertificateTaken) as taken:
            register(account, a_certificate(key=OtherExponent(65539)), customer_id=customer_id)
        assert (taken.value.code, taken.value.existing) == (code, named)


def _registered(account: Account, *, older: bool) -> Registration:
    """A registration of the RSA key, with the id that keys had before where it is `older`."""
    r = a_registration(account, a_certificate(key=an_rsa_key()))
    if not older:
        return r
    client, table = account.client("dynamodb"), account.physical["RegistrationsTable"]
    _, key, _ = lock_keys(r)
    client.delete_item(TableName=table, Key=key)
    before = replace(r, key_digest=read_certificate(r.der).key_digest)
    _, key, _ = lock_keys(before)
    owner = {"customer_id": {"S": "hong"}, "registration_id": {"S": r.id}}
    put(account, "RegistrationsTable", {**key, **owner})
    put(account, "RegistrationsTable", to_item(before))
    return before


def test_a_registration_that_is_held_or_ended_prevents_what_needs_its_absence(
    account: Account, registrations: Registrations
) -> None:
    kept = KeptStates(account.physical["KeptStatesTable"])
    one = a_registration(account)

    def check() -> None:
        dynamo.transact(account.client("dynamodb"), [kept.absence(one.id)])

    check()
    registrations.add_hold("hong", one.id, Hold.BANK, NOW)
    with pytest.raises(ConditionFailed):
        check()
    registrations.lift_hold("hong", one.id, Hold.BANK, NOW)
    check()
    registrations.deregister(registrations.get("hong", one.id), NOW)
    with pytest.raises(ConditionFailed):
        check()
