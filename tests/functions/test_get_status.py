"""The status of a certificate for a relying service: usable or the reason, by three names, for three purposes."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from registrar.aws import dynamo
from registrar.aws.tables.registration_items import lock_keys
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.rendering import render
from registrar.domain.registrations.registration import Hold, Registration
from registrar.domain.times import iso
from tests.support.account import Account
from tests.support.app import App, assert_problem
from tests.support.bank import BANK
from tests.support.builders import NOW, a_certificate, a_pki
from tests.support.crl_watch import URL, publish, watch
from tests.support.prepared import prepared
from tests.support.relying import System, a_service
from tests.support.rows import a_registration, registrations_of
from tests.support.transitions import Change, block, hold, revoke

STATUS = "/status"
BATCH = "/status/batch"
PURPOSES = ("VIEW", "NORMAL", "HIGH_VALUE")
Names = Callable[[Registration], dict[str, str]]


def by_ids(r: Registration) -> dict[str, str]:
    return {"customer_id": r.customer_id, "registration_id": r.id}


def by_fingerprint(r: Registration) -> dict[str, str]:
    return {"fingerprint": r.fingerprint}


def by_issuer_and_serial(r: Registration) -> dict[str, str]:
    return {"issuer_key_digest": r.issuer_key_digest, "serial": r.serial}


NAMES = (by_ids, by_fingerprint, by_issuer_and_serial)
each_name = pytest.mark.parametrize("names", NAMES)


@pytest.fixture
def system(app: App) -> System:
    """The system of the service transfers."""
    return prepared(app.account, entered)


def entered(account: Account) -> System:
    return System(account).enter()


def asked(system: System, names: dict[str, str], purpose: str = "NORMAL") -> dict[str, Any]:
    answer = system.call("POST", STATUS, {"certificate": names, "purpose": purpose})
    assert answer.status == 200, answer.body
    return answer.body


@each_name
def test_a_good_certificate_is_usable_and_its_holder_named(system: System, names: Names) -> None:
    registration = prepared(system.account, a_registration)

    body = asked(system, names(registration))

    assert body == {
        "usable": True,
        "purpose": "NORMAL",
        "checked_at": "2026-11-23T03:00:00Z",
        "reason": None,
        "customer_id": "hong",
        "registration_id": registration.id,
        "revocation": {
            "as_of": "2026-11-23T03:00:00Z",
            "source": "ocsp",
            "max_age_seconds": 2880 * 60,
            "fresh": True,
        },
    }


def test_issuer_and_serial_are_what_the_certificates_say(system: System) -> None:
    certificate = a_certificate(key="ec")
    registration = a_registration(system.account, certificate)
    key = a_pki().issuers["yessign"].certificate.public_key()
    named = {
        "issuer_key_digest": hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
        .hexdigest()
        .upper(),
        "serial": f"00{certificate.certificate.serial_number:X}",
    }

    assert asked(system, named)["registration_id"] == registration.id


@pytest.mark.parametrize(
    "names",
    [
        {"customer_id": "hong", "registration_id": "r" + "0" * 32},
        {"fingerprint": "0" * 64},
        {"issuer_key_digest": "0" * 64, "serial": "1"},
    ],
)
def test_a_certificate_that_is_not_registered_has_a_code_of_its_own(system: System, names: dict[str, str]) -> None:
    prepared(system.account, a_registration)

    body = asked(system, names)

    assert (body["usable"], body["reason"]["code"]) == (False, "NOT_REGISTERED")
    assert (body["customer_id"], body["registration_id"], body["revocation"]) == (None, None, None)


def test_a_registration_of_another_customer_is_not_registered_under_this_one(system: System) -> None:
    registration = prepared(system.account, a_registration)

    body = asked(system, {"customer_id": "kim", "registration_id": registration.id})

    assert body["reason"]["code"] == "NOT_REGISTERED"


ENDINGS: dict[str, Change] = {
    "REG_SUSPENDED": hold(Hold.CUSTOMER),
    "REG_HELD": hold(Hold.ISSUER),
    "REG_REVOKED": revoke,
    "REG_DEREGISTERED": lambda registrations, r: registrations.deregister(r, NOW),
    "REG_BLOCKED": block,
}


@each_name
@pytest.mark.parametrize("code", ENDINGS)
def test_a_certificate_that_may_not_be_used_has_its_reason(system: System, names: Names, code: str) -> None:
    registration = prepared(system.account, a_registration)
    ENDINGS[code](registrations_of(system.account), registration)

    for purpose in PURPOSES:
        body = asked(system, names(registration), purpose)
        assert (body["usable"], body["reason"]["code"]) == (False, code)
        assert (body["customer_id"], body["registration_id"]) == ("hong", registration.id)


@each_name
def test_a_restored_row_is_judged_by_what_is_kept_of_it(system: System, names: Names) -> None:
    """Row and locks as they were before the block, as after a restore of their table."""
    registration = prepared(system.account, a_registration)
    table = system.account.physical["RegistrationsTable"]
    before = system.account.items("RegistrationsTable")
    block(registrations_of(system.account), registration)
    for item in before:
        system.account.client("dynamodb").put_item(TableName=table, Item=item)

    assert asked(system, names(registration))["reason"]["code"] == "REG_BLOCKED"


@each_name
def test_the_hold_of_staff_on_the_person_counts(system: System, names: Names) -> None:
    held = prepared(system.account, a_registration)
    registrations_of(system.account).add_hold("hong", held.id, Hold.BANK, NOW)
    later = a_registration(system.account, a_certificate(key="ec"))

    assert asked(system, names(later))["reason"]["code"] == "REG_SUSPENDED"


def test_an_expired_certificate_has_its_end(system: System) -> None:
    registration = prepared(system.account, a_registration)
    system.account.at = registration.not_after + timedelta(seconds=1)

    reason = asked(system, by_ids(registration), "VIEW")["reason"]

    assert (reason["code"], reason["params"]) == ("REG_EXPIRED", {"expired_on": iso(registration.not_after)})
    assert "{" not in reason["detail"]


def test_a_certificate_is_not_usable_before_its_begin(system: System) -> None:
    registration = prepared(system.account, a_registration)
    system.account.at = registration.not_before - timedelta(hours=1)

    reason = asked(system, by_ids(registration), "VIEW")["reason"]

    assert (reason["code"], list(reason["params"])) == ("CERT_NOT_YET_VALID", ["valid_from_at"])


# ---- how fresh the revocation status is


@pytest.mark.parametrize(
    ("purpose", "minutes", "max_age", "fresh"),
    [
        ("VIEW", 300 * 1440, None, True),
        ("NORMAL", 2880, 2880 * 60, True),
        ("NORMAL", 2881, 2880 * 60, False),
        ("HIGH_VALUE", 60, 3600, True),
        ("HIGH_VALUE", 61, 3600, False),
    ],
)
def test_a_purpose_needs_a_status_of_its_age(
    system: System, purpose: str, minutes: int, max_age: int | None, fresh: bool
) -> None:
    registration = prepared(system.account, a_registration)  # its status is of this moment
    system.account.pass_time(minutes=minutes)

    body = asked(system, by_ids(registration), purpose)

    assert body["revocation"]["as_of"] == "2026-11-23T03:00:00Z"
    assert (body["revocation"]["max_age_seconds"], body["revocation"]["fresh"]) == (max_age, fresh)
    assert body["usable"] is fresh
    assert (body["reason"] or {}).get("code") == (None if fresh else "STATUS_OUTDATED")


@each_name
def test_a_list_that_was_applied_to_all_registrations_is_a_status(app: App, system: System, names: Names) -> None:
    account = app.account
    publish(account)
    app.register(a_certificate(key="ec", crl_url=URL))
    (registration,) = registrations_of(account).of_customer("hong")
    account.pass_time(days=10)
    assert asked(system, names(registration))["reason"]["code"] == "STATUS_OUTDATED"
    publish(account)
    watch(account)

    body = asked(system, names(registration))

    assert body["usable"]
    assert body["revocation"] == {
        "as_of": "2026-12-03T03:00:00Z",
        "source": "crl",
        "max_age_seconds": 2880 * 60,
        "fresh": True,
    }


def test_a_list_that_could_not_be_applied_whole_is_no_status(app: App, system: System) -> None:
    account = app.account
    publish(account)
    app.register(a_certificate(key="ec", crl_url=URL))
    (registration,) = registrations_of(account).of_customer("hong")
    account.pass_time(days=10)
    publish(account)
    account.lists.clear()  # what is stored stays the newest

    watch(account)

    assert asked(system, by_ids(registration))["reason"]["code"] == "STATUS_OUTDATED"


# ---- reads


def reads(account: Account, act: Callable[[], object]) -> list[str]:
    return [call.operation for call in account.recorded(act)]


@each_name
def test_a_status_takes_two_strong_reads(system: System, names: Names) -> None:
    registration = prepared(system.account, a_registration)
    asked(system, names(registration))  # the entry and the trust document are kept for a minute

    calls = system.account.recorded(lambda: asked(system, names(registration)))

    assert [call.operation for call in calls] == ["BatchGetItem", "BatchGetItem"]
    assert all(table["ConsistentRead"] for call in calls for table in call.params["RequestItems"].values())


def test_a_certificate_that_is_not_registered_takes_one(system: System) -> None:
    asked(system, {"fingerprint": "0" * 64})

    assert reads(system.account, lambda: asked(system, {"fingerprint": "0" * 64})) == ["BatchGetItem"]


@pytest.mark.parametrize("names", [by_fingerprint, by_issuer_and_serial])
def test_a_lock_of_before_takes_one_more(system: System, names: Names) -> None:
    registration = prepared(system.account, a_registration)
    account = system.account
    table = account.physical["RegistrationsTable"]
    for key in lock_keys(registration):
        account.client("dynamodb").update_item(
            TableName=table, Key=key, UpdateExpression="REMOVE key_digest, points"
        )
    deny = dynamo.text(f"DENY#KEY#{registration.key_digest}")
    account.client("dynamodb").put_item(
        TableName=account.physical["DenyListTable"], Item={"id": deny, "denied_at": dynamo.instant(NOW)}
    )

    assert asked(system, names(registration))["reason"]["code"] == "REG_BLOCKED"
    assert reads(account, lambda: asked(system, names(registration))) == ["BatchGetItem"] * 3


# ---- many at once


def test_a_batch_returns_each_in_its_place(system: System) -> None:
    account = system.account
    good = a_registration(account)
    held = hold(Hold.CUSTOMER)(registrations_of(account), a_registration(account, a_certificate(key="ec"), "kim"))
    named = [by_fingerprint(held), {"fingerprint": "0" * 64}, by_ids(good), by_issuer_and_serial(good)]

    answer = system.call("POST", BATCH, {"certificates": named, "purpose": "HIGH_VALUE"})

    assert answer.status == 200
    assert answer.body == {"results": [asked(system, each, "HIGH_VALUE") for each in named]}
    assert [each["usable"] for each in answer.body["results"]] == [False, False, True, True]


def test_a_hundred_certificates_take_few_calls(system: System) -> None:
    registration = prepared(system.account, a_registration)
    named = [by_fingerprint(registration), by_ids(registration)]
    named += [{"fingerprint": f"{number:064x}"} for number in range(98)]
    ask = {"certificates": named, "purpose": "VIEW"}
    system.call("POST", BATCH, ask)

    calls = reads(system.account, lambda: system.call("POST", BATCH, ask))

    assert calls == ["BatchGetItem"] * 3


# ---- requests


@pytest.mark.parametrize(
    ("route", "body", "field"),
    [
        (STATUS, {}, "purpose"),
        (STATUS, {"purpose": "SHOW"}, "purpose"),
        (STATUS, {"purpose": "VIEW"}, "certificate"),
        (STATUS, {"purpose": "VIEW", "certificate": "x"}, "certificate"),
        (STATUS, {"purpose": "VIEW", "certificate": {}}, "certificate"),
        (STATUS, {"purpose": "VIEW", "certificate": {"fingerprint": "0" * 63}}, "certificate.fingerprint"),
        (STATUS, {"purpose": "VIEW", "certificate": {"fingerprint": "0" * 64, "customer_id": "x"}}, "certificate"),
        (STATUS, {"purpose": "VIEW", "certificate": {"serial": "1"}}, "certificate"),
        (
            STATUS,
            {"purpose": "VIEW", "certificate": {"issuer_key_digest": "0" * 64, "serial": "0x1"}},
            "certificate.serial",
        ),
        (
            STATUS,
            {"purpose": "VIEW", "certificate": {"customer_id": "a#b", "registration_id": "r" + "0" * 32}},
            "certificate.customer_id",
        ),
        (BATCH, {"purpose": "VIEW", "certificates": []}, "certificates"),
        (BATCH, {"purpose": "VIEW", "certificates": [{"fingerprint": "0" * 64}] * 101}, "certificates"),
        (
            BATCH,
            {"purpose": "VIEW", "certificates": [{"fingerprint": "0" * 64}, {"fingerprint": "x"}]},
            "certificates[1].fingerprint",
        ),
        (BATCH, {"purpose": "VIEW", "certificate": {"fingerprint": "0" * 64}}, "certificates"),
        (BATCH, "[]", "body"),
    ],
)
def test_a_malformed_request_names_the_member(system: System, route: str, body: object, field: str) -> None:
    assert_problem(system.call("POST", route, body), "MALFORMED_REQUEST", field=field)


def test_the_longest_batch_is_read(system: System) -> None:
    named = {"issuer_key_digest": "f" * 64, "serial": "f" * 42}

    answer = system.call("POST", BATCH, {"purpose": "HIGH_VALUE", "certificates": [named] * 100})

    assert answer.status == 200
    assert len(answer.body["results"]) == 100


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_texts_are_in_the_language_of_the_request(system: System, language: str) -> None:
    system.language = language

    reason = asked(system, {"fingerprint": "0" * 64})["reason"]

    assert (reason["title"], reason["detail"]) == render(Code.NOT_REGISTERED, language, BANK.params)


def test_two_services_get_the_same_status(app: App, system: System) -> None:
    registration = a_registration(app.account)
    loans = System(app.account, role="relying-loans").enter(a_service("loans", kinds=frozenset({"loan"})))

    assert asked(loans, by_ids(registration)) == asked(system, by_ids(registration))


def test_the_audit_log_has_the_service_and_the_registration(system: System) -> None:
    registration = prepared(system.account, a_registration)
    asked(system, by_fingerprint(registration))

    (line,) = [each for each in system.account.logged() if each["message"] == "status.returned"]
    assert (line["relying_service"], line["registrations"], line["reasons"]) == (
        "transfers",
        [registration.id],
        [None],
    )
    assert "hong" not in str(line)
