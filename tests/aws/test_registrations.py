"""The registrations' table: one transaction registers, three locks keep it unique."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from registrar.aws import dynamo
from registrar.aws.tables import registration_items as store
from registrar.aws.tables.registrations import Registrations
from registrar.aws.tables.upload_checks import UploadChecks
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import CertificateTaken, ConditionFailed, ReadThrottled
from registrar.domain.registrations.new_registration import new_registration
from registrar.domain.registrations.registration import Hold, Lifecycle, Registration
from registrar.domain.registrations.upload import AwaitingProof, Registered, failure
from tests.support.account import Account
from tests.support.builders import NOW, a_certificate
from tests.support.rows import a_registration, an_awaiting_upload, put, registrations_of, uploads_of
from tests.support.transitions import block
from tools.pki.authorities import CustomerCertificate

DAY = timedelta(days=1)


@pytest.fixture
def registrations(account: Account) -> Registrations:
    return registrations_of(account)


@pytest.fixture
def certificate() -> CustomerCertificate:
    return a_certificate(key="ec")


def add(account: Account, upload: AwaitingProof, **overrides: Any) -> Registration:
    registration = replace(new_registration(upload, "signature", "2026-11", NOW), **overrides)
    registrations_of(account).add(registration, upload, account.physical["UploadsTable"], NOW)
    return registration


def rows(account: Account) -> int:
    return len(account.items("RegistrationsTable"))


def test_a_registration_is_read_as_it_was_written(account: Account, certificate: CustomerCertificate) -> None:
    upload = an_awaiting_upload(account, certificate)
    registration = new_registration(upload, "signature", "2026-11", NOW)
    assert store.from_item(store.to_item(registration)) == registration


def test_registering_ends_the_upload_and_writes_item_and_locks_in_one_call(
    account: Account, registrations: Registrations, certificate: CustomerCertificate
) -> None:
    upload = an_awaiting_upload(account, certificate)
    calls = account.recorded(lambda: add(account, upload))
    assert [call.operation for call in calls] == ["TransactWriteItems"]
    registration = registrations.find("hong", f"r{upload.id}")
    assert registration == new_registration(upload, "signature", "2026-11", NOW)
    ended = uploads_of(account).find(upload.id)
    assert isinstance(ended, Registered)
    assert ended.registration == registration.id
    (row,) = (item for item in account.items("UploadsTable") if item["id"]["S"] == upload.id)
    assert row.keys().isdisjoint({"der", "nonce"})
    assert sorted(item["pk"]["S"].split("#")[0] for item in account.items("RegistrationsTable")) == [
        "CERT",
        "CUST",
        "ISS",
        "KEY",
    ]


def test_a_registration_is_found_only_for_its_customer(account: Account, registrations: Registrations) -> None:
    registration = a_registration(account)
    assert registrations.find("kim", registration.id) is None
    calls = account.recorded(lambda: registrations.find("hong", registration.id))
    row, judged = (call.params for call in calls)
    assert (row["TableName"], row["ConsistentRead"]) == (account.physical["RegistrationsTable"], True)
    asked = judged["RequestItems"]
    assert asked.keys() == {account.physical[name] for name in ("DenyListTable", "KeptStatesTable")}
    assert all(table["ConsistentRead"] for table in asked.values())


def test_an_upload_that_is_registered_names_its_registration(
    account: Account, registrations: Registrations, certificate: CustomerCertificate
) -> None:
    """Two requests at once: the second finds what the first made."""
    upload = an_awaiting_upload(account, certificate)
    add(account, upload)
    before = rows(account)
    again = new_registration(upload, "signature", "2026-11", NOW)
    with pytest.raises(CertificateTaken) as taken:
        registrations.add(again, upload, account.physical["UploadsTable"], NOW)
    assert taken.value.existing == again.id
    assert rows(account) == before


@pytest.mark.parametrize("state", ["refused", "accepted again", "expired"])
def test_an_upload_in_another_state_registers_nothing(
    account: Account, registrations: Registrations, certificate: CustomerCertificate, state: str
) -> None:
    upload = an_awaiting_upload(account, certificate)
    at, uploads = NOW, uploads_of(account)
    if state == "refused":
        uploads.refuse(upload, failure(Code.NOT_AVAILABLE_FOR_REGISTRATION))
    elif state == "accepted again":
        checks = UploadChecks(account.client("dynamodb"), account.physical["UploadsTable"])
        checks.accept(checks.query_again(upload, NOW), [], upload.status, NOW)
    else:
        at = upload.expires_at
    before, rows_before = uploads.find(upload.id), rows(account)
    with pytest.raises(ConditionFailed):
        registrations.add(
            new_registration(upload, "signature", "2026-11", at), upload, account.physical["UploadsTable"], at
        )
    assert uploads.find(upload.id) == before
    assert rows(account) == rows_before


def test_the_same_certificate_of_the_same_customer_names_its_registration(
    account: Account, certificate: CustomerCertificate
) -> None:
    first = a_registration(account, certificate)
    again = an_awaiting_upload(account, certificate)
    with pytest.raises(CertificateTaken) as taken:
        add(account, again)
    assert taken.value.existing == first.id
    assert uploads_of(account).find(again.id) == again
    assert rows(account) == 4


def test_another_customers_certificate_names_no_registration(
    account: Account, certificate: CustomerCertificate
) -> None:
    a_registration(account, certificate, "kim")
    upload = an_awaiting_upload(account, certificate, "hong")
    with pytest.raises(CertificateTaken) as taken:
        add(account, upload)
    assert taken.value.existing is None
    assert uploads_of(account).find(upload.id) == upload
    assert rows(account) == 4


@pytest.mark.parametrize("holder", ["hong", "kim"])
@pytest.mark.parametrize("shared", ["fingerprint", "key_digest", "serial"])
def test_each_lock_alone_prevents_a_second_registration(
    account: Account, certificate: CustomerCertificate, shared: str, holder: str
) -> None:
    """Same fingerprint; same key in another certificate; same issuer and serial with an altered signature."""
    held = a_registration(account, certificate, holder)
    upload = an_awaiting_upload(account, a_certificate(key="ec"), "hong")
    with pytest.raises(CertificateTaken) as taken:
        add(account, upload, **{shared: getattr(held, shared)})
    same_certificate = shared in ("fingerprint", "serial")
    if holder == "hong":
        own = "ALREADY_REGISTERED" if same_certificate else "REPLACES_REQUIRED"
        assert (taken.value.code, taken.value.existing) == (own, held.id)
    else:
        others = "CERT_HELD_BY_OTHER" if same_certificate else "KEY_HELD_BY_OTHER"
        assert (taken.value.code, taken.value.existing) == (others, None)
    assert uploads_of(account).find(upload.id) == upload
    assert rows(account) == 4


def test_the_same_serial_of_another_issuer_can_be_registered(account: Account) -> None:
    a_registration(account, a_certificate(key="ec", serial_number=77))
    a_registration(account, a_certificate(key="ec", serial_number=77, operator="kica"))
    assert rows(account) == 8


def test_locks_of_two_customers_name_no_registration(account: Account, certificate: CustomerCertificate) -> None:
    own, other = a_registration(account, certificate, "hong"), a_registration(account, customer_id="kim")
    upload = an_awaiting_upload(account, a_certificate(key="ec"), "hong")
    with pytest.raises(CertificateTaken) as taken:
        add(account, upload, fingerprint=own.fingerprint, key_digest=other.key_digest)
    assert taken.value.existing is None


def test_all_registrations_of_a_customer_are_listed_across_pages(
    account: Account, registrations: Registrations
) -> None:
    one = a_registration(account)
    a_registration(account, customer_id="kim")
    # Each row carries its certificate: 100 kB ones make pages of 1 MB.
    for number in range(24):
        row = replace(one, id=f"r{number:032x}", der=bytes(100_000), key_digest=f"{number:064x}")
        put(account, "RegistrationsTable", store.to_item(row))
    listed: list[Registration] = []
    calls = account.recorded(lambda: listed.extend(registrations.of_customer("hong")))
    *pages, denied = calls
    assert {call.operation for call in pages} == {"Query"}
    assert len(pages) >= 3
    assert all(call.params["ConsistentRead"] for call in pages)
    asked = denied.params["RequestItems"]
    keys = {name: len(asked[account.physical[name]]["Keys"]) for name in ("DenyListTable", "KeptStatesTable")}
    assert (denied.operation, keys) == ("BatchGetItem", {"DenyListTable": 25, "KeptStatesTable": 26})
    assert all(table["ConsistentRead"] for table in asked.values())
    assert len(listed) == len({r.id for r in listed}) == 25
    assert {r.customer_id for r in listed} == {"hong"}


def test_a_customer_without_registrations_gets_an_empty_list(registrations: Registrations) -> None:
    assert registrations.of_customer("hong") == []


def test_customer_ids_with_a_common_prefix_are_kept_apart(account: Account, registrations: Registrations) -> None:
    a_registration(account, customer_id="hong2")
    assert registrations.of_customer("hong") == []


def test_registrations_are_found_by_their_issuers_serials(account: Account, registrations: Registrations) -> None:
    mine = a_registration(account, a_certificate(key="ec", serial_number=0xA1))
    yours = a_registration(account, a_certificate(key="ec", serial_number=0xA2), "kim")
    a_registration(account, a_certificate(key="ec", serial_number=0xA1, operator="kica"))
    digest = mine.issuer_key_digest
    serials = ["a1", "a2", *(f"{n:x}" for n in range(0x1000, 0x1000 + 200)), "a1"]
    found: dict[str, tuple[str, str]] = {}
    calls = account.recorded(lambda: found.update(registrations.find_by_issuer_serial(digest, serials)))
    assert found == {"a1": ("hong", mine.id), "a2": ("kim", yours.id)}
    assert [call.operation for call in calls] == ["BatchGetItem"] * 3
    asked = [call.params["RequestItems"][registrations.table] for call in calls]
    assert [len(each["Keys"]) for each in asked] == [100, 100, 2]
    assert all(each["ConsistentRead"] for each in asked)
    assert registrations.find_by_issuer_serial(digest, []) == {}


def test_a_registration_is_found_by_its_fingerprint_in_three_calls_whatever_became_of_it(
    account: Account, registrations: Registrations, certificate: CustomerCertificate
) -> None:
    registration = a_registration(account, certificate)

    def found(fingerprint: str) -> Registration | None:
        result: list[Registration | None] = []
        calls = account.recorded(lambda: result.append(registrations.find_by_fingerprint(fingerprint)))
        assert [call.operation for call in calls] == ["GetItem", "GetItem", "BatchGetItem"]
        assert all("ConsistentRead': True" in str(call.params) for call in calls)
        return result[0]

    assert found("0" * 64) is None
    assert found(registration.fingerprint) == registration
    registrations.add_hold("hong", registration.id, Hold.ISSUER, NOW)
    assert found(registration.fingerprint) == registrations.find("hong", registration.id)
    block(registrations, registration)
    blocked = found(registration.fingerprint)
    assert blocked == registrations.find("hong", registration.id)
    assert blocked is not None
    assert blocked.lifecycle is Lifecycle.BLOCKED


def test_a_registration_found_by_its_fingerprint_is_the_customers_last(
    account: Account, registrations: Registrations, certificate: CustomerCertificate
) -> None:
    first = a_registration(account, certificate)
    registrations.deregister(first, NOW)
    again = a_registration(account, certificate, at=NOW + timedelta(hours=1))
    found = registrations.find_by_fingerprint(first.fingerprint)
    assert found is not None
    assert found.id == again.id != first.id


def test_unprocessed_keys_are_read_again(
    account: Account, registrations: Registrations, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = a_registration(account, a_certificate(key="ec", serial_number=0xA1))
    yours = a_registration(account, a_certificate(key="ec", serial_number=0xA2), "kim")
    real = registrations.client.batch_get_item
    asked: list[int] = []

    def one_at_a_time(RequestItems: Any) -> Any:  # noqa: N803 - boto3's name
        ((table, request),) = RequestItems.items()
        first, *rest = request["Keys"]
        asked.append(len(request["Keys"]))
        response = real(RequestItems={table: {**request, "Keys": [first]}})
        return {**response, "UnprocessedKeys": {table: {**request, "Keys": rest}} if rest else {}}

    monkeypatch.setattr(registrations.client, "batch_get_item", one_at_a_time)
    found = registrations.find_by_issuer_serial(mine.issuer_key_digest, ["a1", "a2", "a3"])
    assert found == {"a1": ("hong", mine.id), "a2": ("kim", yours.id)}
    assert asked == [3, 2, 1]


def test_keys_that_are_left_out_again_and_again_are_an_error_after_growing_pauses() -> None:
    pauses: list[float] = []
    keys = [("registrar-RegistrationsTable", {"id": {"S": "x"}})]
    with pytest.raises(ReadThrottled, match="registrar-RegistrationsTable"):
        list(dynamo.get_from(Throttled(), keys, pauses.append))
    assert len(pauses) == dynamo.BATCH_TRIES - 1
    assert all(0 <= pause <= dynamo.PAUSE * 2**n for n, pause in enumerate(pauses))


class Throttled:
    """A table that returns nothing of a batch."""

    def batch_get_item(self, RequestItems: Any) -> Any:  # noqa: N803 - boto3's name
        return {"Responses": {}, "UnprocessedKeys": RequestItems}
