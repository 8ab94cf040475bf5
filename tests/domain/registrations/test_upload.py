"""The upload: its state at each moment, what is allowed in it, and the form of its ids and keys."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from registrar.domain.possession.headings import new_nonce
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.reasons.findings import Finding, Level
from registrar.domain.registrations.upload import (
    AwaitingProof,
    Checking,
    Deferred,
    Issued,
    NeedsPassword,
    Registered,
    Rejected,
    Upload,
    UploadState,
    Validating,
    Verdict,
    failure,
    new_upload_id,
    registration_id,
)
from tests.support.builders import NOW, a_certificate, an_ec_key, an_upload, an_upload_in

SECOND = timedelta(seconds=1)
CERTIFICATE = a_certificate(key=an_ec_key())
ISSUED, VALIDATING, NEEDS_PASSWORD, AWAITING, REJECTED, EXPIRED, FAILED = (
    UploadState.ISSUED,
    UploadState.VALIDATING,
    UploadState.NEEDS_PASSWORD,
    UploadState.AWAITING_PROOF,
    UploadState.REJECTED,
    UploadState.EXPIRED,
    UploadState.FAILED,
)


def issued(**overrides: Any) -> Issued:
    return an_upload_in(Issued, **overrides)


def validating(**overrides: Any) -> Validating:
    return an_upload_in(Validating, **overrides)


def awaiting(**overrides: Any) -> AwaitingProof:
    return an_upload(CERTIFICATE, **overrides)


def rejected(*findings: Finding) -> Rejected:
    return an_upload_in(Rejected, findings=findings)


def registered() -> Registered:
    return an_upload_in(Registered, summary=awaiting().summary)


def codes(upload: Upload, at: datetime) -> list[str]:
    return [finding.code for finding in upload.findings_at(at)]


# --- what is true when ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "seconds", "state"),
    [(0, 0, ISSUED), (9, 59, ISSUED), (10, 0, EXPIRED), (60 * 24 * 30, 0, EXPIRED)],
)
def test_announced_file_may_arrive_for_ten_minutes(minutes: int, seconds: int, state: UploadState) -> None:
    at = NOW + timedelta(minutes=minutes, seconds=seconds)
    assert issued().state_at(at) is state
    assert codes(issued(), at) == (["UPLOAD_EXPIRED"] if state is EXPIRED else [])


@pytest.mark.parametrize(
    ("attempts", "lease", "state"),
    [
        (1, SECOND, VALIDATING),
        (1, -SECOND, VALIDATING),
        (4, -SECOND, VALIDATING),
        (5, SECOND, VALIDATING),
        (5, timedelta(), FAILED),
        (5, -SECOND, FAILED),
    ],
)
def test_validation_fails_when_the_last_lease_expires(attempts: int, lease: timedelta, state: UploadState) -> None:
    upload = validating(attempts=attempts, lease_until=NOW + lease)
    assert upload.state_at(NOW) is state
    assert upload.findings_at(NOW) == (
        (failure(Code.SYSTEM_RETRY, support_ref=upload.id),) if state is FAILED else ()
    )


def test_abandoned_validation_fails_after_an_hour() -> None:
    """Its messages may have been lost before they were counted as attempts."""
    upload = validating(lease_until=NOW + SECOND)
    over = upload.created_at + timedelta(hours=1)
    assert upload.state_at(over - SECOND) is VALIDATING
    assert upload.state_at(over) is FAILED
    leased = validating(lease_until=over + SECOND)
    assert leased.state_at(over) is VALIDATING


def test_proof_of_possession_may_arrive_for_one_day() -> None:
    upload = awaiting()
    assert upload.state_at(NOW + timedelta(hours=24) - SECOND) is AWAITING
    assert upload.state_at(NOW + timedelta(hours=24)) is EXPIRED
    assert codes(upload, NOW + timedelta(hours=24)) == ["UPLOAD_EXPIRED"]


@pytest.mark.parametrize(("bad", "state"), [(0, AWAITING), (2, AWAITING), (3, REJECTED), (4, REJECTED)])
def test_three_invalid_proofs_end_the_upload(bad: int, state: UploadState) -> None:
    upload = awaiting(bad_proofs=bad)
    assert upload.state_at(NOW) is state
    assert codes(upload, NOW) == (["PROOF_ATTEMPTS_EXCEEDED"] if state is REJECTED else [])
    if state is REJECTED:
        assert upload.state_at(NOW + timedelta(days=2)) is REJECTED


@pytest.mark.parametrize("upload", [registered(), rejected()], ids=lambda upload: upload.state)
@pytest.mark.parametrize("later", [timedelta(), timedelta(minutes=10), timedelta(days=100)])
def test_ended_upload_keeps_its_state(upload: Upload, later: timedelta) -> None:
    assert upload.state_at(NOW + later) is upload.state


def test_each_class_has_the_state_that_is_stored_for_it() -> None:
    classes = (Issued, Validating, NeedsPassword, Checking, Deferred, AwaitingProof, Registered, Rejected)

    assert [each.state.value for each in classes] == [
        "ISSUED",
        "VALIDATING",
        "NEEDS_PASSWORD",
        "CHECKING",
        "DEFERRED",
        "AWAITING_PROOF",
        "REGISTERED",
        "REJECTED",
    ]


def test_unfinished_check_fails_and_deferred_upload_expires() -> None:
    known = {"summary": awaiting().summary, "der": CERTIFICATE.der}
    checking, deferred = an_upload_in(Checking, **known), an_upload_in(Deferred, **known, due_at=NOW)
    end = checking.expires_at
    assert [upload.state_at(end - SECOND) for upload in (checking, deferred)] == [checking.state, deferred.state]
    assert [upload.state_at(end) for upload in (checking, deferred)] == [FAILED, EXPIRED]


def test_the_findings_of_the_decision_stay_visible() -> None:
    found = failure(Code.CERT_IS_CA)
    warned = awaiting(findings=(Finding("dates", Level.WARN, Code.CERT_EXPIRES_SOON),))
    assert rejected(found).findings_at(NOW + timedelta(days=9)) == (found,)
    assert codes(warned, NOW) == ["CERT_EXPIRES_SOON"]
    assert codes(warned, NOW + timedelta(days=1)) == ["UPLOAD_EXPIRED"]


# --- may a proof be given? ------------------------------------------------------------------------


def refusal(upload: Upload, at: datetime = NOW) -> Refusal:
    with pytest.raises(Refusal) as caught:
        upload.check_awaiting_proof(at)
    return caught.value


def test_proof_is_accepted_until_its_text_expires() -> None:
    assert awaiting().check_awaiting_proof(NOW) == awaiting()
    awaiting().check_awaiting_proof(NOW + timedelta(minutes=5) - SECOND)
    assert refusal(awaiting(), NOW + timedelta(minutes=5)).code == "PROOF_EXPIRED"


def test_warning_of_a_good_certificate_is_no_reason_to_refuse() -> None:
    warned = awaiting(findings=(Finding("revocation", Level.WARN, Code.STATUS_BEFORE_SIGNING),))

    with pytest.raises(Refusal, match="STATE_CONFLICT"):
        warned.check_state(NeedsPassword, NOW)


def checking() -> Checking:
    return an_upload_in(Checking, summary=awaiting().summary, der=CERTIFICATE.der)


@pytest.mark.parametrize("upload", [issued(), validating(), checking()], ids=lambda upload: upload.state)
def test_proof_is_refused_before_the_checks_pass(upload: Upload) -> None:
    found = refusal(upload)
    assert (found.code, found.retry_after) == ("IN_PROGRESS", 1)


@pytest.mark.parametrize(
    ("upload", "code", "params"),
    [
        (issued(expires_at=NOW), "UPLOAD_EXPIRED", {}),
        (awaiting(expires_at=NOW), "UPLOAD_EXPIRED", {}),
        (validating(attempts=5, lease_until=NOW), "SYSTEM_RETRY", {"support_ref": issued().id}),
        (awaiting(bad_proofs=3), "PROOF_ATTEMPTS_EXCEEDED", {}),
        (registered(), "STATE_CONFLICT", {}),
        (rejected(failure(Code.ALREADY_REGISTERED, registration_id="rffff")), "STATE_CONFLICT", {}),
        (
            rejected(failure(Code.CERT_IS_CA), failure(Code.CERT_KEY_TOO_WEAK, found="x")),
            "CERT_IS_CA",
            {},
        ),
        (
            rejected(failure(Code.CERT_KEY_TOO_WEAK, found="RSA 1024", required="more")),
            "CERT_KEY_TOO_WEAK",
            {"found": "RSA 1024", "required": "more"},
        ),
    ],
    ids=[
        "late",
        "a day late",
        "failed",
        "bad proofs",
        "registered",
        "registered before",
        "rejected",
        "rejected with params",
    ],
)
def test_proof_is_refused_after_the_upload_ended(upload: Upload, code: str, params: dict[str, str]) -> None:
    found = refusal(upload)
    assert (found.code, dict(found.params), found.retry_after) == (code, params, None)


def test_expired_certificate_is_refused_at_the_proof() -> None:
    end = NOW + timedelta(minutes=2)
    summary = replace(awaiting().summary, not_after=end)
    upload = awaiting(summary=summary)
    upload.check_awaiting_proof(end)
    found = refusal(upload, end + SECOND)
    assert found.code == "CERT_EXPIRED"
    assert found.params == {"expired_on": end, "issuer": summary.issuer}


def test_revocation_status_is_valid_until_it_is_too_old() -> None:
    fresh_until = awaiting().status.fresh_until
    assert awaiting().is_status_fresh_at(fresh_until - SECOND)
    assert not awaiting().is_status_fresh_at(fresh_until)


# --- ids ------------------------------------------------------------------------------------------


def test_verdict_states_its_most_important_code() -> None:
    weak = Finding("key", Level.FAIL, Code.CERT_KEY_TOO_WEAK)
    refused = Verdict((weak, Finding("dates", Level.WARN, Code.CERT_EXPIRES_SOON)), 1)

    assert (refused.headline, refused.state) == (Code.CERT_KEY_TOO_WEAK, REJECTED)
    passed = Verdict((), 1, summary=awaiting().summary)
    assert (passed.headline, passed.state) == (None, UploadState.CHECKING)


def test_registered_upload_names_its_registration() -> None:
    assert awaiting().registration is None
    assert registered().registration == "r" + awaiting().id == registration_id(awaiting().id)
    already = failure(Code.ALREADY_REGISTERED, registration_id="rffff")
    assert rejected(already).registration == "rffff"
    assert rejected(failure(Code.CERT_IS_CA)).registration is None


def test_idempotency_key_and_customer_identify_one_upload() -> None:
    first = new_upload_id("c-1001", "key-0001")
    assert first == new_upload_id("c-1001", "key-0001") == "b2545dddfe30a2281f04813c80d6fec7"
    assert len({first, new_upload_id("c-1002", "key-0001"), new_upload_id("c-1001", "key-0002")}) == 3


def test_upload_without_idempotency_key_is_new() -> None:
    ids = {new_upload_id("c-1001", None) for _ in range(50)}
    assert len(ids) == 50
    assert {len(each) for each in ids} == {32}
    assert len({new_nonce() for _ in range(50)}) == 50


# --- the password of a container ------------------------------------------------------------------


def waiting(**overrides: Any) -> NeedsPassword:
    return an_upload_in(NeedsPassword, **overrides)


def test_password_may_arrive_until_the_deadline() -> None:
    assert waiting().state_at(NOW + timedelta(minutes=10) - SECOND) is NEEDS_PASSWORD
    assert waiting().state_at(NOW + timedelta(minutes=10)) is EXPIRED


@pytest.mark.parametrize(
    ("tries", "state"), [(0, NEEDS_PASSWORD), (4, NEEDS_PASSWORD), (5, REJECTED), (6, REJECTED)]
)
def test_five_wrong_passwords_end_the_upload(tries: int, state: UploadState) -> None:
    upload = waiting(password_tries=tries)
    assert upload.state_at(NOW) is state
    assert codes(upload, NOW) == (["FILE_PASSWORD_ATTEMPTS_EXCEEDED"] if state is REJECTED else [])


def test_pending_outcome_of_the_fifth_try_keeps_the_upload_open() -> None:
    """A verdict is saved and not yet published: until it is, no other end may show."""
    upload = waiting(password_tries=5, outcome=AWAITING)
    assert upload.state_at(NOW) is NEEDS_PASSWORD
    assert codes(upload, NOW) == []


def test_proof_is_refused_before_the_password() -> None:
    assert refusal(waiting()).code == "FILE_PASSWORD_REQUIRED"


def test_opened_container_needs_no_unexpired_text() -> None:
    awaiting(opened=True).check_awaiting_proof(NOW + timedelta(hours=23))
