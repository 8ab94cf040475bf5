"""The list of issuers: what the active trust document accepts, for everybody, and for caches."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from registrar.aws.buckets.trust_bucket import ACTIVE
from registrar.domain.certificates.trust import Period
from registrar.domain.registrations.upload_files import MAX_FILE_BYTES
from registrar.domain.times import iso
from registrar.entry.issuer_list import issuer_list
from tests.support.account import Account
from tests.support.app import App, put_trust
from tests.support.builders import NOW, a_pin, a_pki, a_trust_document, a_trust_store

DAY = timedelta(days=1)


def listed(app: App) -> dict[str, Any]:
    response = App(app.account, signed_in=False).call("GET", "/issuers")
    assert response.status == 200
    found: dict[str, Any] = response.body
    return found


def by_operator(app: App) -> dict[str, Any]:
    return {each["operator"]: each for each in listed(app)["issuers"]}


def activate(account: Account, document: dict[str, Any]) -> None:
    put_trust(account, ACTIVE, json.dumps(document).encode())
    account.pass_time(minutes=2)


def test_list_names_issuers_and_kinds_in_both_languages(app: App) -> None:
    body = listed(app)
    assert [each["operator"] for each in body["issuers"]] == list(a_pki().issuers)
    yessign = body["issuers"][0]
    assert (yessign["name"], yessign["accepted"]) == ({"ko": "금융결제원 (yessign)", "en": "KFTC yessign"}, True)
    kinds = {
        each["label"]["ko"]: (each["customer_kind"], each["family"], each["accepted"]) for each in yessign["kinds"]
    }
    assert kinds["개인 범용"] == ("personal", "joint", True)
    assert kinds["기업뱅킹용"] == ("corporate", "joint", True)
    assert kinds["개인 금융인증서"] == ("personal", "financial", False)
    assert [each["label"]["ko"] for each in yessign["kinds"]].count("기업 금융인증서") == 1
    assert body["files"] == {"max_files": 2, "max_bytes": MAX_FILE_BYTES}


def test_dates_are_those_in_which_a_certificate_would_be_accepted(app: App, account: Account) -> None:
    document = a_trust_document(2)
    document["issuers"][0] |= {"accepted_from": iso(NOW - DAY), "accepted_until": iso(NOW + 9 * DAY)}
    document["anchors"][0] |= {"accepted_until": iso(NOW + 5 * DAY)}
    activate(account, document)
    (authority,) = by_operator(app)["yessign"]["authorities"]
    assert authority == {
        "name": "yessignCA-Demo Class 1",
        "accepted_from": iso(NOW - DAY),
        "accepted_until": iso(NOW + 5 * DAY),
    }


def test_next_generation_is_listed_with_its_dates_beside_the_present_one(app: App, account: Account) -> None:
    first, second = a_pki(), a_pki(2)
    account.parameters = {
        **account.parameters,
        "TrustAnchorPins": ",".join(a_pin(pki.root.certificate) for pki in (first, second)),
    }
    document, later = a_trust_document(2), second.trust_document()
    document["anchors"] += later["anchors"]
    document["issuers"].append(later["issuers"][0] | {"accepted_from": iso(NOW + 30 * DAY)})
    activate(account, document)
    yessign = by_operator(app)["yessign"]
    assert yessign["accepted"] is True
    assert [each["name"] for each in yessign["authorities"]] == ["yessignCA-Demo Class 1", "yessignCA-Demo Class 2"]
    assert yessign["authorities"][1]["accepted_from"] == iso(NOW + 30 * DAY)
    assert [each["name"] for each in yessign["announced"]] == ["yessignCA Class 4"]


def test_operator_whose_cas_are_all_over_is_not_listed(app: App, account: Account) -> None:
    document = a_trust_document(2)
    document["issuers"][0] |= {"accepted_until": iso(NOW - DAY)}
    document["issuers"][1] |= {"accepted_from": iso(NOW + DAY)}
    activate(account, document)
    found = by_operator(app)
    assert "yessign" not in found
    assert found["kica"]["accepted"] is False


def test_announced_ca_that_is_accepted_or_over_is_not_announced(app: App, account: Account) -> None:
    document = a_trust_document(2)
    dates = {"root": "KISA RootCA 5", "valid_from": iso(NOW - DAY)}
    document["operators"]["yessign"]["announced"] = [
        dates | {"name": "yessignCA-Demo  class 1", "valid_until": iso(NOW + 9 * DAY)},
        dates | {"name": "yessignCA Class 4", "valid_until": iso(NOW)},
        dates | {"name": "yessignCA Class 5", "valid_until": iso(NOW + 9 * DAY)},
    ]
    activate(account, document)
    assert [each["name"] for each in by_operator(app)["yessign"]["announced"]] == ["yessignCA Class 5"]


def test_ca_with_a_pause_between_two_paths_is_listed_with_both_periods() -> None:
    """Each root that certified it is accepted for a time of its own."""
    trust = a_trust_store()
    one = trust.issuers[0]
    periods = [Period(NOW + first * DAY, NOW + last * DAY) for first, last in ((20, 90), (-1, 9), (5, 12))]
    paths = tuple(replace(one, anchor=replace(one.anchor, accepted=period)) for period in periods)
    (operator,) = issuer_list(replace(trust, issuers=paths), NOW)["issuers"]
    assert operator["accepted"] is True
    assert [(each["accepted_from"], each["accepted_until"]) for each in operator["authorities"]] == [
        (iso(NOW - DAY), iso(NOW + 12 * DAY)),
        (iso(NOW + 20 * DAY), iso(NOW + 90 * DAY)),
    ]


def test_without_a_document_the_response_is_a_problem_that_no_cache_keeps(account: Account) -> None:
    account.client("s3").delete_object(Bucket=account.physical["TrustBucket"], Key=ACTIVE)
    response = account.invoke("list_issuers", App(account, signed_in=False).event("GET", "/issuers"))
    assert (response["statusCode"], response["headers"]["Cache-Control"]) == (500, "no-store")
    assert json.loads(response["body"])["code"] == "SYSTEM_RETRY"


def test_addresses_and_marks_for_admins_are_not_in_the_list(app: App) -> None:
    text = json.dumps(listed(app))
    assert not [each for each in ("://", "ocsp", "unconfirmed", "1.2.410", "certid", "fingerprint") if each in text]


def test_response_may_be_cached_for_some_minutes_and_reads_the_document_alone(app: App, account: Account) -> None:
    event = App(account, signed_in=False).event("GET", "/issuers")
    calls = account.recorded(lambda: account.invoke("list_issuers", event))
    assert {call.operation for call in calls} == {"GetObject"}
    headers = account.invoke("list_issuers", event)["headers"]
    assert headers["Cache-Control"] == "public, max-age=300"
    assert "Content-Language" not in headers
