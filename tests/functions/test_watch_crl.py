"""The watch: what an issuer did to registered certificates is done here too, once, however runs overlap or end."""

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509

from registrar.domain.registrations.registration import Hold, Lifecycle, Registration
from registrar.domain.revocation.distribution_points import Point
from registrar.net.limits import Limits
from registrar.steps.crl_store import Asked
from tests.support.account import Account, Killed, an_account
from tests.support.app import DONE, a_delivery, trust_demo_issuers
from tests.support.builders import NOW, a_certificate, a_pki, a_trust_store
from tests.support.rows import a_registration, registrations_of
from tools.pki.authorities import CustomerCertificate
from tools.pki.crls import Revoked, make_crl, scope

URL = "ldap://ds.yessign.example:389/ou=dp5p1,ou=AccreditedCA,o=yessign,c=kr?certificateRevocationList"
CA = a_pki().issuers["yessign"]
ISSUER = next(i for i in a_trust_store().issuers if i.operator.id == "yessign")
POINT = Point(ISSUER.certificate.key_digest, URL, "yessign")
FAILED = {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
REASON = x509.ReasonFlags
DAY = timedelta(days=1)


def publish(account: Account, *entries: Revoked, **overrides: Any) -> None:
    """A new list of the issuer, in its directory."""
    values: dict[str, Any] = {"this_update": account.at, "idp": scope(uris=[URL])}
    values["number"] = int(account.at.timestamp())
    account.lists[URL] = make_crl(CA, entries, **values | overrides)


@pytest.fixture
def account() -> Iterator[Account]:
    with an_account() as made:
        trust_demo_issuers(made)
        yield made


def watch(account: Account, point: Point = POINT) -> Any:
    batch = a_delivery("")
    batch["Records"][0]["body"] = json.dumps({"point": asdict(point)})
    return account.invoke("watch_crl", batch)


def registered(account: Account, customer: str = "hong") -> tuple[Registration, CustomerCertificate]:
    certificate = a_certificate(key="ec", crl_url=URL)
    return a_registration(account, certificate, customer), certificate


def listed(certificate: CustomerCertificate, reason: x509.ReasonFlags | None = None) -> Revoked:
    return Revoked(certificate.certificate.serial_number, NOW - DAY, reason)


def now_of(account: Account, registration: Registration) -> Registration:
    found = registrations_of(account).find(registration.customer_id, registration.id)
    assert found is not None
    return found


def counts(account: Account) -> dict[str, int]:
    """What the last run logged of itself."""
    lines = [line for line in account.logged() if line["message"] == "crl watched"]
    found: dict[str, int] = lines[-1]["counts"]
    return found


# ---- what is done


def test_who_stands_on_the_list_is_revoked_and_nobody_else(account: Account) -> None:
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


def test_a_hold_goes_on_and_off_with_the_issuers(account: Account) -> None:
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


def test_a_customers_loss_report_stands_beside_the_issuers_hold(account: Account) -> None:
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


def test_what_ended_otherwise_stays_as_it_ended(account: Account) -> None:
    registration, certificate = registered(account)
    registrations_of(account).deregister(registration, NOW)
    before = now_of(account, registration)
    publish(account, listed(certificate))
    assert watch(account) == DONE
    assert now_of(account, registration) == before
    (line,) = [line for line in account.logged() if line["message"] == "registration.watched"]
    assert line["live"] is False


def test_a_revocation_that_the_list_forgets_is_not_undone(account: Account) -> None:
    registration, certificate = registered(account)
    publish(account, listed(certificate))
    watch(account)
    account.pass_time(days=1)
    publish(account)
    watch(account)
    assert now_of(account, registration).lifecycle is Lifecycle.REVOKED_BY_ISSUER
    assert counts(account)["changed"] == 1
    assert "looked_up" not in counts(account)


# ---- how much work it is


def test_work_grows_with_the_change(account: Account) -> None:
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


def test_a_list_that_did_not_change_costs_no_look_up(account: Account) -> None:
    _, certificate = registered(account)
    publish(account, listed(certificate))
    watch(account)
    account.pass_time(hours=1)
    calls = account.recorded(lambda: watch(account))
    assert counts(account) == {"fetched_bytes": len(account.lists[URL])}
    assert not [call for call in calls if call.operation in ("BatchGetItem", "PutObject")]


def test_what_a_decision_fetched_is_watched_too(account: Account) -> None:
    registration, certificate = registered(account)
    publish(account, listed(certificate))
    crls = account.function("watch_crl").crls
    rules = a_trust_store().rules.revocation
    crls.renew(POINT, Asked(ISSUER.certificate, ISSUER.operator, rules, NOW, Limits(60.0, 0)))
    assert watch(account) == DONE
    assert "fetched_bytes" not in counts(account), "a moment after it was fetched it is not fetched again"
    assert now_of(account, registration).lifecycle is Lifecycle.REVOKED_BY_ISSUER


# ---- repeated, killed


def test_a_message_that_comes_again_does_nothing_more(account: Account) -> None:
    _, certificate = registered(account)
    publish(account, listed(certificate, REASON.certificate_hold))
    watch(account)
    before = account.items("RegistrationsTable")
    account.pass_time(hours=1)
    for _ in range(2):
        assert watch(account) == DONE
    assert account.items("RegistrationsTable") == before


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_any_write_the_next_run_ends_the_same(account: Account, after: bool) -> None:
    (bad, revoked), (held, on_hold), (freed, lifted) = (registered(account, c) for c in ("a", "b", "c"))
    publish(account, listed(lifted, REASON.certificate_hold))
    watch(account)
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
        account.restart()
        account.pass_time(minutes=16)
        assert watch(account) == DONE, account.log.getvalue()
        assert now_of(account, bad).lifecycle is Lifecycle.REVOKED_BY_ISSUER
        assert now_of(account, held).holds == {Hold.ISSUER}
        assert now_of(account, freed).holds == frozenset()
        assert len(account.items("DenyListTable")) == 1
        if not killed:
            assert write > 4, "fetch, list, three registrations, the list watched"
            return


# ---- lists that cannot be had or believed


def unreachable(account: Account) -> None:
    del account.lists[URL]


def forged(account: Account) -> None:
    publish(account, Revoked(1, NOW), signing_key=a_pki().issuers["kica"].key)


def of_another_partition(account: Account) -> None:
    publish(account, idp=scope(uris=[URL.replace("dp5p1", "dp5p2")]))


def rolled_back(account: Account) -> None:
    publish(account, this_update=NOW - DAY)


@pytest.mark.parametrize("go_wrong", [unreachable, forged, of_another_partition, rolled_back])
def test_a_list_that_cannot_be_had_changes_nothing_and_alarms_once_it_is_over(
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
    assert (line["why"], line["url"], line["operator"]) == ("nobody is there", URL, "yessign")
    account.pass_time(hours=1)
    publish(account, signing_key=a_pki().issuers["kica"].key)
    watch(account)
    assert "signature does not verify" in account.log.getvalue()


def test_an_address_taken_off_the_allow_list_is_not_asked(account: Account) -> None:
    point = Point(POINT.issuer_key_digest, URL.replace("ds.yessign", "old.yessign"), "yessign")
    account.lists[point.url] = b""
    assert watch(account, point) == FAILED
    assert "the address is not accepted" in account.log.getvalue()


def test_a_list_whose_issuer_the_bank_no_longer_knows_alarms(account: Account) -> None:
    assert watch(account, Point("ab" * 32, URL, "yessign")) == FAILED
    assert watch(account, Point(POINT.issuer_key_digest, URL, "nobody")) == FAILED


def test_an_issuer_that_is_over_publishes_no_more(account: Account) -> None:
    account.at = ISSUER.certificate.not_after + timedelta(seconds=1)
    assert watch(account) == DONE


# ---- CAs


def test_a_revoked_authority_is_cried_out_every_time(account: Account) -> None:
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
