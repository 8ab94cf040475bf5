"""The trust document: a proposal is activated only when every check passes, and is always reported."""

import base64
import copy
import hashlib
import itertools
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from registrar.aws.buckets.trust_bucket import ACTIVE, CONFIRMATION, INCOMING, REPORT
from registrar.domain.times import iso
from registrar.domain.two_persons import PROPOSAL_LIFE
from tests.support.account import Account, Call
from tests.support.app import DONE, TRUST_PROPOSED, App, a_delivery, an_event, get_trust, put_trust
from tests.support.builders import NOW, a_certificate, a_pki, a_trust_document
from tests.support.prepared import prepared, registered_certificate, uploaded_certificate


def propose(account: Account, document: Any) -> Any:
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    put_trust(account, INCOMING, content)
    return account.invoke("activate_trust", TRUST_PROPOSED)


def confirm(account: Account, document: Any) -> Any:
    """The admin read the report and confirms."""
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    put_trust(account, CONFIRMATION, f"{hashlib.sha256(content).hexdigest().upper()}\n".encode())
    return account.invoke("activate_trust", TRUST_PROPOSED)


def test_a_good_document_becomes_active(account: Account) -> None:
    assert propose(account, a_trust_document()) == DONE
    assert get_trust(account, ACTIVE) == a_trust_document()
    report = get_trust(account, REPORT)
    assert report.pop("proposed_etag")
    digest = hashlib.sha256(json.dumps(a_trust_document()).encode()).hexdigest()
    assert report == {"checked_at": iso(NOW), "sha256": digest, "activated": True, "version": 1, "issuers": 5}


def test_uploads_are_decided_under_the_new_document_within_a_minute(account: Account) -> None:
    app = App(account)
    propose(account, a_trust_document(operators={}, issuers=[]))
    propose(account, a_trust_document())
    assert app.upload(a_certificate(key="ec").der)["state"] == "AWAITING_PROOF"
    only_kica = [i for i in a_trust_document()["issuers"] if i["operator"] == "kica"]
    propose(account, a_trust_document(2, issuers=only_kica))
    confirm(account, a_trust_document(2, issuers=only_kica))
    account.pass_time(minutes=1)
    assert app.upload(a_certificate(key="ec").der)["headline"] == "TRUST_ISSUER_UNKNOWN"


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"{", "not JSON"),
        (b"[]", "must be an object"),
        (a_trust_document(1), "not above the active version"),
        ({**a_trust_document(), "version": 0}, "version must be a whole number"),
        (a_trust_document(2, issuers=[]), "none would be accepted now"),
        (a_trust_document(2, surprise=1), "surprise is not known here"),
        (a_pki(2).trust_document(2), "is not pinned"),
    ],
)
def test_a_bad_document_is_reported_and_the_last_good_one_kept(
    account: Account, document: Any, reason: str
) -> None:
    good = a_trust_document(1)
    good["issuers"] = good["issuers"][:-1]
    propose(account, good)
    assert propose(account, document) == DONE
    assert get_trust(account, ACTIVE) == good
    report = get_trust(account, REPORT)
    assert report["activated"] is False
    assert reason in " ".join(report["reasons"])


def test_all_reasons_are_reported_together(account: Account) -> None:
    document = a_trust_document()
    document["anchors"] = [{**a, "accepted_from": "yesterday"} for a in document["anchors"]]
    document["issuers"] = [{**i, "certificate": "AAAA"} for i in document["issuers"]]
    propose(account, document)
    assert len(get_trust(account, REPORT)["reasons"]) >= 6


def test_a_repeated_or_late_event_changes_nothing_active(account: Account) -> None:
    propose(account, a_trust_document(1))
    propose(account, a_trust_document(2))
    confirm(account, a_trust_document(2))
    versions = account.client("s3").list_object_versions(Bucket=account.physical["TrustBucket"], Prefix=ACTIVE)
    assert account.invoke("activate_trust", TRUST_PROPOSED) == DONE
    again = account.client("s3").list_object_versions(Bucket=account.physical["TrustBucket"], Prefix=ACTIVE)
    assert len(again["Versions"]) == len(versions["Versions"]) == 2
    assert get_trust(account, ACTIVE)["version"] == 2


def test_the_report_is_about_the_last_proposal(account: Account) -> None:
    propose(account, a_trust_document(1))
    propose(account, b"a slip")
    assert get_trust(account, REPORT)["activated"] is False
    propose(account, a_trust_document(1))
    assert get_trust(account, REPORT)["activated"] is True
    propose(account, a_trust_document(2))
    assert get_trust(account, REPORT)["version"] == 2


def test_without_a_proposal_nothing_happens(account: Account) -> None:
    assert account.invoke("activate_trust", TRUST_PROPOSED) == DONE
    assert account.keys("TrustBucket") == []


def test_the_test_event_of_s3_is_ignored(account: Account) -> None:
    assert account.invoke("activate_trust", an_event("sqs_s3_test_event")) == DONE
    assert account.keys("TrustBucket") == []


def test_the_proposal_is_read_whatever_key_the_event_names(account: Account) -> None:
    put_trust(account, INCOMING, json.dumps(a_trust_document()).encode())
    account.invoke("activate_trust", a_delivery("incoming/other.json"))
    assert sorted(account.keys("TrustBucket")) == [ACTIVE, INCOMING, REPORT]


def test_an_unreadable_active_document_does_not_prevent_an_activation(account: Account) -> None:
    put_trust(account, ACTIVE, json.dumps(a_pki(2).trust_document(9)).encode())
    propose(account, a_trust_document(1))
    assert get_trust(account, ACTIVE)["version"] == 9, "not without a confirmation, as any later document"
    put_trust(account, CONFIRMATION, hashlib.sha256(json.dumps(a_trust_document(1)).encode()).hexdigest().encode())
    propose(account, a_trust_document(1))
    assert get_trust(account, ACTIVE) == a_trust_document(1)


def test_an_activation_is_audited_with_its_author(account: Account) -> None:
    propose(account, a_trust_document())
    propose(account, b"a slip")
    lines = [line for line in account.logged() if line.get("audit")]
    assert [line["message"] for line in lines] == ["trust.checked"] * 2
    assert [(line["activated"], line["refused"]) for line in lines] == [(True, False), (False, True)]
    assert lines[1]["sha256"] == hashlib.sha256(b"a slip").hexdigest()


# ---- the second document waits until an admin confirms it


def test_a_second_document_awaits_confirmation_and_reports_its_effect(app: App, account: Account) -> None:
    held = prepared(app, registered_certificate)[1]["registration_id"]
    _, refused = prepared(app, uploaded_certificate, policy_oid="1.2.410.200005.1.1.6.2")
    assert refused["headline"] == "CERT_POLICY_NOT_ACCEPTED"
    only_kica = a_trust_document(2, issuers=[i for i in a_trust_document()["issuers"] if i["operator"] == "kica"])
    before = account.items("UploadsTable") + account.items("RegistrationsTable")
    assert propose(account, only_kica) == DONE
    assert get_trust(account, ACTIVE)["version"] == 1
    report = get_trust(account, REPORT)
    assert report["activated"] is False
    assert report["to_activate"] == f"another person fills in ConfirmTrust with {report['sha256']}"
    change = report["would_change"]
    assert change["counts"] == {"would_be_refused": 1, "would_be_accepted": 0, "other_reasons": 1}
    assert change["looked_at"] == 2
    (example,) = change["would_be_refused"]
    assert example == {
        "source": "registration",
        "id": held,
        "before": [],
        "after": ["TRUST_ISSUER_UNKNOWN"],
    }
    assert change["other_reasons"][0]["id"] == refused["upload_id"]
    assert account.items("UploadsTable") + account.items("RegistrationsTable") == before, "a dry run writes nothing"
    assert confirm(account, only_kica) == DONE
    assert get_trust(account, ACTIVE) == only_kica
    assert get_trust(account, REPORT)["activated"] is True


@pytest.mark.parametrize("confirmation", [b"", b"yes", b"0" * 64, b"\xff\xfe", b"x" * 100_000])
def test_a_proposal_is_confirmed_by_its_own_digest_only(account: Account, confirmation: bytes) -> None:
    propose(account, a_trust_document(1))
    put_trust(account, CONFIRMATION, confirmation)
    assert propose(account, a_trust_document(2)) == DONE
    assert get_trust(account, ACTIVE)["version"] == 1
    assert get_trust(account, REPORT)["activated"] is False


def test_a_confirmation_of_an_earlier_proposal_activates_nothing(account: Account) -> None:
    propose(account, a_trust_document(1))
    propose(account, a_trust_document(2))
    propose(account, a_trust_document(3))
    confirm(account, a_trust_document(2))
    assert get_trust(account, ACTIVE)["version"] == 1


def test_a_confirmed_document_that_fails_a_check_is_not_activated(account: Account) -> None:
    propose(account, a_trust_document(1))
    propose(account, a_pki(2).trust_document(2))
    confirm(account, a_pki(2).trust_document(2))
    assert get_trust(account, ACTIVE)["version"] == 1
    assert "is not pinned" in str(get_trust(account, REPORT)["reasons"])


def test_the_report_shows_what_no_certificate_would_feel(account: Account) -> None:
    """A responder of the proposer's own changes no verdict of the dry run."""
    propose(account, a_trust_document(1))
    document = copy.deepcopy(a_trust_document(2))
    own = base64.b64encode(a_certificate(key="ec").der).decode()
    document["operators"]["yessign"]["revocation"]["responders"] = [own]
    propose(account, document)
    report = get_trust(account, REPORT)
    assert set(report["would_change"]["counts"].values()) == {0}
    version, responder = report["differences"]
    assert version == "changed: version (number of the document): 1 becomes 2"
    assert "pinned OCSP responder, whose signed responses are believed" in responder


def test_the_report_compares_with_an_unreadable_active_document(account: Account) -> None:
    """A pin was withdrawn."""
    put_trust(account, ACTIVE, json.dumps(a_pki(2).trust_document(9)).encode())
    propose(account, a_trust_document(10))
    lines = get_trust(account, REPORT)["differences"]
    assert any(line.startswith("removed: anchors.") for line in lines)
    assert any(line.startswith("added: anchors.") for line in lines)


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_proposal_expires_after_a_day(account: Account, confirmed: bool) -> None:
    propose(account, a_trust_document(1))
    propose(account, a_trust_document(2))
    account.at += PROPOSAL_LIFE + timedelta(seconds=1)
    (confirm if confirmed else lambda account, _: account.invoke("activate_trust", TRUST_PROPOSED))(
        account, a_trust_document(2)
    )
    assert get_trust(account, ACTIVE)["version"] == 1
    assert get_trust(account, REPORT)["reasons"] == ["proposal: older than a day: upload it again"]
    propose(account, a_trust_document(2))
    confirm(account, a_trust_document(2))
    assert get_trust(account, ACTIVE)["version"] == 2


# ---- parallel deliveries: whatever the slow one read, the last report is about the latest proposal


def writes(key: str) -> Callable[[Call], bool]:
    return lambda call: call.operation == "PutObject" and call.params["Key"] == key


def assert_last_report_is_about_what_is_proposed(account: Account) -> dict[str, Any]:
    s3, bucket = account.client("s3"), account.physical["TrustBucket"]
    report = get_trust(account, REPORT)
    assert report["proposed_etag"] == s3.head_object(Bucket=bucket, Key=INCOMING)["ETag"]
    active = s3.head_object(Bucket=bucket, Key=ACTIVE)["ETag"]
    assert report["activated"] is (active == report["proposed_etag"])
    return report


@pytest.mark.parametrize("latest", [a_trust_document(3), b"a slip"], ids=["good", "bad"])
def test_a_slow_delivery_does_not_report_an_older_proposal_last(account: Account, latest: Any) -> None:
    propose(account, a_trust_document(1))
    with account.interrupted(writes(REPORT), lambda: propose(account, latest)):
        assert propose(account, a_trust_document(2)) == DONE
    report = assert_last_report_is_about_what_is_proposed(account)
    assert report.get("version") == (3 if latest != b"a slip" else None)


def test_a_slow_delivery_does_not_report_an_activated_document_as_pending(account: Account) -> None:
    propose(account, a_trust_document(1))
    with account.interrupted(writes(REPORT), lambda: confirm(account, a_trust_document(2))):
        assert propose(account, a_trust_document(2)) == DONE
    assert assert_last_report_is_about_what_is_proposed(account)["activated"] is True


def test_a_slow_delivery_sees_a_later_confirmation(account: Account) -> None:
    """Its own event may already have been delivered."""
    propose(account, a_trust_document(1))
    confirmation = hashlib.sha256(json.dumps(a_trust_document(2)).encode()).hexdigest().encode()
    with account.interrupted(writes(REPORT), lambda: put_trust(account, CONFIRMATION, confirmation)):
        assert propose(account, a_trust_document(2)) == DONE
    assert assert_last_report_is_about_what_is_proposed(account)["activated"] is True


def test_two_deliveries_that_activate_one_document_both_finish(account: Account) -> None:
    with account.interrupted(writes(ACTIVE), lambda: account.invoke("activate_trust", TRUST_PROPOSED)):
        assert propose(account, a_trust_document(1)) == DONE
    assert assert_last_report_is_about_what_is_proposed(account)["activated"] is True


def test_a_document_activated_meanwhile_is_not_overwritten(account: Account) -> None:
    propose(account, a_trust_document(1))
    put_trust(account, INCOMING, json.dumps(a_trust_document(2)).encode())
    third = json.dumps(a_trust_document(3)).encode()
    with account.interrupted(writes(ACTIVE), lambda: put_trust(account, ACTIVE, third)):
        assert confirm(account, a_trust_document(2)) == DONE
    assert get_trust(account, ACTIVE)["version"] == 3
    assert "not above the active version" in str(assert_last_report_is_about_what_is_proposed(account)["reasons"])


def test_a_proposal_that_keeps_changing_fails_and_is_retried(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    propose(account, a_trust_document(1))
    trust, versions = account.function("activate_trust").trust, itertools.count(2)
    real = type(trust).report

    def another_proposal(*arguments: Any) -> None:
        put_trust(account, INCOMING, json.dumps(a_trust_document(next(versions))).encode())
        real(*arguments)

    monkeypatch.setattr(type(trust), "report", another_proposal)
    assert propose(account, b"a slip") == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
    monkeypatch.undo()
    assert account.invoke("activate_trust", TRUST_PROPOSED) == DONE
    assert_last_report_is_about_what_is_proposed(account)
