"""The watch: the issuer's changes are applied to registrations once, with overlapping and killed runs."""

import itertools
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest

from registrar.aws import dynamo
from registrar.aws.tables.issuers import applied_lists, point_key
from registrar.domain.registrations.registration import Hold, Lifecycle
from registrar.domain.revocation.distribution_points import Point
from registrar.net.limits import Limits
from registrar.steps.crl_store import CrlQuery
from tests.support.account import Account, Killed, an_account
from tests.support.app import DONE, trust_demo_issuers
from tests.support.builders import NOW, a_pki, a_trust_store
from tests.support.crl_watch import (
    CA,
    DAY,
    FAILED,
    ISSUER,
    POINT,
    REASON,
    URL,
    counts,
    listed,
    now_of,
    publish,
    registered,
    watch,
)
from tests.support.rows import registrations_of
from tools.pki.crls import Revoked, make_crl, scope


@pytest.fixture
def account() -> Iterator[Account]:
    with an_account() as made:
        trust_demo_issuers(made)
        yield made


def test_only_listed_certificates_are_revoked(account: Account) -> None:
    (bad, certificate), (good, _) = registered(account), registered(account, "kim")
    publish(account, listed(certificate, REASON.superseded), Revoked(1, NOW - DAY))
    assert watch(account) == DONE
    ended = now_of(account, bad)
    assert (ended.lifecycle, ended.end_reason) == (Lifecycle.REVOKED_BY_ISSUER, "superseded")
    assert (ended.revoked_at, ended.ended_at) == (NOW - DAY, NOW)
    assert now_of(account, good) == good
    size = len(account.lists[URL])
    assert counts(account) == {"fetched_bytes": size, "changed": 2, "looked_up": 2, "hit": 1}
    (line,) = [line for line in account.logged() if line["message"] == "registration.watched"]
    assert (line["registration_id"], line["step"], line["live"]) == (bad.id, "revoked", True)
    assert "hong" not in json.dumps(line)


def test_list_without_an_end_is_applied(account: Account) -> None:
    (bad, certificate), never = registered(account), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    entry = listed(certificate, REASON.superseded)
    account.lists[URL] = make_crl(CA, [entry], this_update=account.at, next_update=never, idp=scope(uris=[URL]))

    assert watch(account) == DONE
    assert now_of(account, bad).lifecycle is Lifecycle.REVOKED_BY_ISSUER


def test_a_hold_is_added_and_lifted_with_the_issuers(account: Account) -> None:
    registration, certificate = registered(account)
    publish(account, listed(certificate, REASON.certificate_hold))
    watch(account)
    assert now_of(account, registration).holds == {Hold.ISSUER}
    account.pass_time(days=1)
    publish(account)
    watch(account)
    assert now_of(account, registration).holds == frozenset()
    account.pass_time(days=1)
    publish(account, listed(certificate, REASON.certificate_hold))
    watch(account)
    account.pass_time(days=1)
    publish(account, listed(certificate, REASON.key_compromise))
    watch(account)
    assert now_of(account, registration).lifecycle is Lifecycle.REVOKED_BY_ISSUER


def test_a_hold_is_lifted_by_the_next_list_of_the_same_second(account: Account) -> None:
    registration, certificate = registered(account)
    publish(account, listed(certificate, REASON.certificate_hold), number=1)
    assert watch(account) == DONE
    publish(account, number=2, this_update=account.at)
    account.pass_time(minutes=2)  # a list is fetched once a minute
    assert watch(account) == DONE
    assert now_of(account, registration).holds == set()


def test_a_customers_loss_report_is_independent_of_the_issuers_hold(account: Account) -> None:
    registration, certificate = registered(account)
    registrations_of(account).add_hold("hong", registration.id, Hold.CUSTOMER, NOW)
    publish(account, listed(certificate, REASON.certificate_hold))
    watch(account)
    assert now_of(account, registration).holds == {Hold.CUSTOMER, Hold.ISSUER}
    account.pass_time(days=1)
    publish(account)
    watch(account)
    assert now_of(account, registration).holds == {Hold.CUSTOMER}


def test_a_compromised_key_is_denied_with_its_registration(account: Account) -> None:
    registration, certificate = registered(account)
    publish(account, listed(certificate, REASON.key_compromise))
    watch(account)
    assert now_of(account, registration).end_reason == "keyCompromise"
    (denied,) = account.items("DenyListTable")
    assert denied["id"]["S"].endswith(registration.key_digest)


def test_an_otherwise_ended_registration_is_unchanged(account: Account) -> None:
    registration, certificate = registered(account)
    registrations_of(account).deregister(registration, NOW)
    before = now_of(account, registration)
    publish(account, listed(certificate))
    assert watch(account) == DONE
    assert now_of(account, registration) == before
    (line,) = [line for line in account.logged() if line["message"] == "registration.watched"]
    assert line["live"] is False


def test_a_revocation_removed_from_the_list_is_not_undone(account: Account) -> None:
    registration, certificate = registered(account)
    publish(account, listed(certificate))
    watch(account)
    account.pass_time(days=1)
    publish(account)
    watch(account)
    assert now_of(account, registration).lifecycle is Lifecycle.REVOKED_BY_ISSUER
    assert counts(account)["changed"] == 1
    assert "looked_up" not in counts(account)


# ---- amount of work


def test_look_ups_grow_with_the_change_only(account: Account) -> None:
    for customer in ("hong", "kim", "lee"):
        registered(account, customer)
    others = [Revoked(serial, NOW - DAY) for serial in range(1, 400)]
    publish(account, *others)
    watch(account)
    assert counts(account)["looked_up"] == 399
    account.pass_time(days=1)
    gained = [Revoked(serial, NOW) for serial in range(1000, 1150)]
    publish(account, *others, *gained)
    calls = account.recorded(lambda: watch(account))
    assert (counts(account)["changed"], counts(account)["looked_up"]) == (150, 150)
    asked = [call.params["RequestItems"] for call in calls if call.operation == "BatchGetItem"]
    assert [len(keys["Keys"]) for request in asked for keys in request.values()] == [100, 50]


def test_an_unchanged_list_costs_no_look_up(account: Account) -> None:
    _, certificate = registered(account)
    publish(account, listed(certificate))
    watch(account)
    account.pass_time(hours=1)
    calls = account.recorded(lambda: watch(account))
    assert counts(account) == {"fetched_bytes": len(account.lists[URL])}
    assert not [call for call in calls if call.operation in ("BatchGetItem", "PutObject")]


def test_a_list_fetched_for_a_decision_is_watched_too(account: Account) -> None:
    registration, certificate = registered(account)
    publish(account, listed(certificate))
    crls = account.function("watch_crl").crls
    rules = a_trust_store().rules.revocation
    crls.renew(POINT, CrlQuery([ISSUER.certificate], ISSUER.operator, rules, NOW, Limits(60.0, 0)))
    assert watch(account) == DONE
    assert "fetched_bytes" not in counts(account), "a moment after it was fetched it is not fetched again"
    assert now_of(account, registration).lifecycle is Lifecycle.REVOKED_BY_ISSUER


# ---- repetitions and crashes


def test_a_repeated_message_changes_nothing(account: Account) -> None:
    _, certificate = registered(account)
    publish(account, listed(certificate, REASON.certificate_hold))
    watch(account)
    before = account.items("RegistrationsTable")
    account.pass_time(hours=1)
    for _ in range(2):
        assert watch(account) == DONE
    assert account.items("RegistrationsTable") == before


def applied(account: Account) -> datetime:
    """The time of the list that was applied, by what is recorded for statuses."""
    key = point_key(POINT.id)
    item = dynamo.get(account.client("dynamodb"), account.physical["IssuersTable"], key)
    assert item is not None
    (found,) = applied_lists(item)
    return found.as_of


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_any_write_the_next_run_ends_the_same(account: Account, after: bool) -> None:
    account.function("watch_crl").issuers.ensure_point(POINT, NOW)
    (bad, revoked), (held, on_hold), (freed, lifted) = (registered(account, c) for c in ("a", "b", "c"))
    publish(account, listed(lifted, REASON.certificate_hold))
    watch(account)
    assert applied(account) == NOW
    account.pass_time(days=1)
    publish(account, listed(revoked, REASON.key_compromise), listed(on_hold, REASON.certificate_hold))
    snapshot = account.snapshot()
    for write in itertools.count():
        account.restore(snapshot)
        killed = False
        with account.killed_at(write, after=after):
            try:
                watch(account)
            except Killed:
                killed = True
        # A status relies on it: every change is applied before that is recorded.
        if applied(account) != NOW:
            assert now_of(account, bad).lifecycle is Lifecycle.REVOKED_BY_ISSUER
            assert now_of(account, held).holds == {Hold.ISSUER}
        account.restart()
        account.pass_time(minutes=16)
        assert watch(account) == DONE, account.log.getvalue()
        assert now_of(account, bad).lifecycle is Lifecycle.REVOKED_BY_ISSUER
        assert now_of(account, held).holds == {Hold.ISSUER}
        assert now_of(account, freed).holds == frozenset()
        assert applied(account) == NOW + DAY
        assert len(account.items("DenyListTable")) == 1
        if not killed:
            assert write > 4, "fetch, list, three registrations, the list watched"
            return


# ---- unavailable and invalid lists


def unreachable(account: Account) -> None:
    del account.lists[URL]


def forged(account: Account) -> None:
    publish(account, Revoked(1, NOW), signing_key=a_pki().issuers["kica"].key)


def of_another_partition(account: Account) -> None:
    publish(account, idp=scope(uris=[URL.replace("dp5p1", "dp5p2")]))


def rolled_back(account: Account) -> None:
    publish(account, this_update=NOW - DAY)


@pytest.mark.parametrize("go_wrong", [unreachable, forged, of_another_partition, rolled_back])
def test_an_unavailable_list_changes_nothing_and_alarms_once_expired(
    account: Account, go_wrong: Callable[[Account], None]
) -> None:
    (held, on_hold), (_, revoked) = registered(account), registered(account, "kim")
    publish(account, listed(on_hold, REASON.certificate_hold), listed(revoked))
    watch(account)
    before = account.items("RegistrationsTable")
    account.pass_time(hours=12)
    go_wrong(account)
    assert watch(account) == DONE, "the list of this morning is still good"
    account.pass_time(days=1)
    assert watch(account) == FAILED, "over: the message is delivered again, and ends among the dead letters"
    assert account.items("RegistrationsTable") == before
    account.pass_time(minutes=16)
    publish(account)
    assert watch(account) == DONE
    assert now_of(account, held).holds == frozenset()


def test_why_a_list_was_not_fetched_is_logged(account: Account) -> None:
    assert watch(account) == FAILED, "no list was ever had"
    (line,) = [line for line in account.logged() if line["message"] == "crl not fetched"]
    assert (line["why"], line["url"], line["operator"]) == ("no server is there", URL, "yessign")
    account.pass_time(hours=1)
    publish(account, signing_key=a_pki().issuers["kica"].key)
    watch(account)
    assert "signature does not verify" in account.log.getvalue()


def test_an_address_removed_from_the_allow_list_is_not_queried(account: Account) -> None:
    point = Point(POINT.issuer_key_digest, URL.replace("ds.yessign", "old.yessign"), "yessign")
    account.lists[point.url] = b""
    assert watch(account, point) == FAILED
    assert "the address is not accepted" in account.log.getvalue()


def test_a_list_of_an_issuer_removed_from_the_trust_document_alarms(account: Account) -> None:
    assert watch(account, Point("ab" * 32, URL, "yessign")) == FAILED
    assert watch(account, Point(POINT.issuer_key_digest, URL, "nobody")) == FAILED


def test_an_expired_issuers_list_is_not_expected(account: Account) -> None:
    account.at = ISSUER.certificate.not_after + timedelta(seconds=1)
    assert watch(account) == DONE


# ---- CAs


def test_a_revoked_authority_is_reported_in_every_run(account: Account) -> None:
    url = "ldap://ds.yessign.example:389/CN=KISA-Demo-RootCA,OU=Korea-Certification-Authority-Central,O=KISA,C=KR"
    root, authority = a_pki().root, ISSUER.certificate
    entry = Revoked(authority.serial, NOW - DAY, REASON.ca_compromise)
    account.lists[f"{url}?authorityRevocationList"] = make_crl(
        root, [entry], this_update=NOW, next_update=NOW + 90 * DAY, idp=scope(only_ca=True)
    )
    point = Point(ISSUER.anchor.certificate.key_digest, f"{url}?authorityRevocationList", "yessign")
    for _ in range(2):
        assert watch(account, point) == DONE
        account.pass_time(days=1)
    lines = [line for line in account.logged() if line["message"] == "authority revoked"]
    assert [line["fingerprint"] for line in lines] == [authority.fingerprint] * 2
    assert {line["reason"] for line in lines} == {"cACompromise"}


# ---- lists of some reasons each, at one address


def watch_parts(account: Account, *parts: bytes) -> None:
    with patch("registrar.steps.crl_store.fetch_crl", return_value=parts):
        assert watch(account) == DONE


def part(account: Account, reasons: frozenset[REASON], *entries: Revoked) -> bytes:
    idp = scope(uris=[URL], only_some_reasons=reasons)
    return make_crl(CA, entries, this_update=account.at, idp=idp, number=int(account.at.timestamp()))


HOLDS = frozenset({REASON.certificate_hold})
OTHERS = frozenset(REASON) - HOLDS - {REASON.unspecified, REASON.remove_from_crl}


def test_each_list_at_an_address_is_applied(account: Account) -> None:
    (bad, revoked), (held, on_hold), (good, _) = (registered(account, name) for name in ("hong", "kim", "lee"))
    watch_parts(
        account,
        part(account, OTHERS, listed(revoked, REASON.superseded)),
        part(account, HOLDS, listed(on_hold, REASON.certificate_hold)),
    )
    assert now_of(account, bad).lifecycle is Lifecycle.REVOKED_BY_ISSUER
    assert now_of(account, held).holds == {Hold.ISSUER}
    assert now_of(account, good) == good
    account.pass_time(days=1)
    watch_parts(account, part(account, OTHERS), part(account, HOLDS))
    assert now_of(account, held).holds == set()


def test_a_list_left_out_of_a_response_lifts_no_hold_and_is_reported_when_overdue(account: Account) -> None:
    held, on_hold = registered(account)
    watch_parts(account, part(account, OTHERS), part(account, HOLDS, listed(on_hold, REASON.certificate_hold)))
    account.pass_time(days=2)
    with patch("registrar.steps.crl_store.fetch_crl", return_value=(part(account, OTHERS),)):
        assert watch(account) == FAILED
    assert now_of(account, held).holds == {Hold.ISSUER}
