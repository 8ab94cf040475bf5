"""The day a certificate ends: decision, registration and notice agree on whether it ended, and on the day."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import pytest

from registrar.domain.certificates.file_decision import decide
from registrar.domain.notices.texts_expiry import expiring
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.rendering import render
from registrar.domain.registrations.new_registration import new_registration
from registrar.domain.registrations.registration import Registration
from registrar.domain.times import days_left
from tests.support.builders import NOW, a_certificate, a_trust_store, an_ec_key, an_upload
from tools.pki.authorities import CustomerCertificate

SECOND = timedelta(seconds=1)
NEARLY = timedelta(microseconds=999_999)
# NOW is noon in Seoul on 23 November 2026.
MIDNIGHT = NOW + timedelta(hours=12)
ENDS = {
    "23:59:59": MIDNIGHT - SECOND,
    "midnight": MIDNIGHT,
    "in the afternoon": NOW + timedelta(hours=3),
    "before the run at 9": NOW - timedelta(hours=3, minutes=30),
}
each_end = pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)


@cache
def a_certificate_until(end: datetime) -> CustomerCertificate:
    return a_certificate(key=an_ec_key(), not_before=NOW - timedelta(days=300), not_after=end)


@cache
def a_registration() -> Registration:
    return new_registration(an_upload(a_certificate(key=an_ec_key())), "signature", "2026-11", NOW)


def seen(end: datetime, at: datetime) -> tuple[str, str, str, str, str]:
    """The code for registering it, that of the registration, and what these and the notice say, in English."""
    (finding,) = decide(a_certificate_until(end).der, a_trust_store(), "personal", at).findings
    registered = replace(a_registration(), not_after=end)
    reason = registered.reason_at(at)
    ended = render(Code(reason), "en", {"expired_on": end})[1] if reason else ""
    notice = expiring("en", [registered], at)
    return finding.code, reason or "", render(finding.code, "en", finding.params)[1], ended, notice


@each_end
@pytest.mark.parametrize("before", [timedelta(hours=1), SECOND, timedelta(), -NEARLY])
def test_until_its_last_second_a_certificate_ends_today(end: datetime, before: timedelta) -> None:
    code, reason, warning, _, notice = seen(end, end - before)

    assert (code, reason) == ("CERT_EXPIRES_SOON", "")
    assert "(on 23 November 2026, days left: 0)" in warning
    assert "ends today (23 November 2026)" in notice
    assert days_left(end, end - before) == 0


@each_end
@pytest.mark.parametrize("after", [SECOND, timedelta(hours=8), timedelta(days=1)])
def test_after_its_last_second_a_certificate_ended_on_that_day(end: datetime, after: timedelta) -> None:
    code, reason, refusal, ended, notice = seen(end, end + after)

    assert (code, reason) == ("CERT_EXPIRED", "REG_EXPIRED")
    assert "expired on 23 November 2026," in refusal
    assert "(expired on 23 November 2026)" in ended
    assert "ended on 23 November 2026 (" in notice


@each_end
def test_next_step_after_the_end_is_a_new_certificate_in_all_texts(end: datetime) -> None:
    _, _, refusal, ended, _ = seen(end, end + SECOND)
    # The notice's sentences are the same before and after, as a registered template has to be: test_texts.py.
    for text in (refusal, ended):
        assert "new" in text
        assert "Renewal opens" not in text
        assert "Renew it" not in text
