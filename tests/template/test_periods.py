"""Every period in the texts of docs/openapi.yaml is the one of the code, where it is written once."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from registrar.domain.access.challenge import CHALLENGE_LIFE, PROOF_LIFE
from registrar.domain.access.credentials import STRENGTH_KEPT
from registrar.domain.access.customer import PENDING_LIFE
from registrar.domain.access.recovery import COOLING_OFF
from registrar.domain.access.session import SESSION_IDLE, SESSION_LIFE
from registrar.domain.access.sms_codes import SMS_CODE_LIFE
from registrar.domain.access.throttles import ADDRESS_LIMIT, CERTIFICATE_LIMIT, STEP_UP_LIMIT, WAITS
from registrar.domain.notices.expiry import THRESHOLD_DAYS
from registrar.domain.registrations.registration import EXPIRING
from registrar.domain.registrations.retention import RULES
from registrar.domain.registrations.upload import (
    PASSWORD_DEADLINE,
    POST_LIFE,
    PROOF_DEADLINE,
    TEXT_LIFE,
    UPLOAD_LIFE,
)
from tests.support.openapi import SPEC
from tests.support.shape import RESOURCES
from tools.admin.trust_document import RULES as TRUST_RULES
from tools.cloud.emulator import ROOT

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DEFERRED_FOR = timedelta(minutes=TRUST_RULES["revocation"]["retry_minutes"][-1])
CONFIRMED_WITHIN = timedelta(minutes=TRUST_RULES["revocation"]["max_age_minutes"]["high_value"])
# By the place of a text, in the order of the text.
PERIODS: dict[str, list[timedelta]] = {
    "info description": [HOUR],  # limits by source address
    "paths /login post description": [*WAITS],
    "paths /login/certificate/options post description": [CHALLENGE_LIFE],
    "paths /login/certificate post responses 401 description": [CHALLENGE_LIFE],
    "paths /challenges/otp post responses 200 description": [SESSION_LIFE, SESSION_IDLE],
    "paths /challenges/sms post description": [SMS_CODE_LIFE, HOUR, HOUR],  # texts of a phone, of a customer
    "paths /step-up post responses 200 description": [CHALLENGE_LIFE],
    "paths /credentials/totp post description": [PENDING_LIFE],
    "paths /credentials/phone post description": [SMS_CODE_LIFE, HOUR, HOUR],
    "paths /uploads post description": [POST_LIFE],
    "paths /uploads post parameters 1 description": [RULES["uploads"]],
    "paths /uploads post responses 403 description": [PROOF_LIFE],
    "paths /uploads/{upload_id} get description": [
        UPLOAD_LIFE,
        PASSWORD_DEADLINE,
        DEFERRED_FOR,
        PROOF_DEADLINE,
        TEXT_LIFE,
    ],
    "paths /uploads/{upload_id}/registration post responses 404 description": [RULES["uploads"]],
    "paths /registrations/{registration_id}/check post description": [CONFIRMED_WITHIN, HOUR],  # CHECK_LIMIT
    "components securitySchemes session description": [SESSION_LIFE, SESSION_IDLE],
    "components responses ChallengeRefused description": [CHALLENGE_LIFE],
    "components responses NoSession description": [SESSION_IDLE],
    "components responses NoSuchUpload description": [RULES["uploads"]],
    "components responses ProofRefused description": [STRENGTH_KEPT],
    "components schemas ProofId description": [PROOF_LIFE],
    "components schemas CertificateLogin properties expires_at description": [CHALLENGE_LIFE],
    "components schemas Challenge properties expires_at description": [CHALLENGE_LIFE],
    "components schemas IdentityProof properties expires_at description": [PROOF_LIFE],
    "components schemas SmsSent properties expires_at description": [SMS_CODE_LIFE],
    "components schemas TotpStarted properties expires_at description": [PENDING_LIFE],
    "components schemas Proof properties expires_at description": [TEXT_LIFE],
    "components schemas Registration properties expiring description": [EXPIRING],
}
UNITS = {"day": timedelta(days=1), "hour": HOUR, "minute": MINUTE}
PERIOD = re.compile(rf"\b((?:\d+, )*(?:\d+|one|an)) ({'|'.join(UNITS)})s?\b")


def periods(text: str) -> list[timedelta]:
    """The periods that a text names: `5 minutes`, `an hour`, `1, 5, 15 minutes`."""
    return [
        int(count) * UNITS[unit] if count.isdigit() else UNITS[unit]
        for counts, unit in PERIOD.findall(text)
        for count in counts.split(", ")
    ]


def texts(node: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text of the document but examples: their texts are rendered from the catalogue."""
    if isinstance(node, str):
        yield place.strip(), node
    elif isinstance(node, list):
        for index, each in enumerate(node):
            yield from texts(each, f"{place} {index}")
    elif isinstance(node, dict):
        for name, each in node.items():
            if name not in ("example", "examples"):
                yield from texts(each, f"{place} {name}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lives 5 minutes", [5 * MINUTE]),
        ("an hour, then 1, 5 minutes", [HOUR, MINUTE, 5 * MINUTE]),
        ("one day", [timedelta(days=1)]),
        ("days left: 7, 20 uploads a day", []),
    ],
)
def test_periods_of_a_text_are_found(text: str, expected: list[timedelta]) -> None:
    assert periods(text) == expected


def test_periods_of_the_contract_match_the_code() -> None:
    named = {place: found for place, text in texts(SPEC) if (found := periods(text))}

    assert named == PERIODS, "a period has its source in the code: change it there, and name it here"


@pytest.mark.parametrize("document", ["guide.md", "integrate.md"])
def test_every_period_in_a_guide_exists_in_the_code(document: str) -> None:
    known = {period for found in PERIODS.values() for period in found} | {COOLING_OFF}
    known |= {timedelta(minutes=minutes) for minutes in TRUST_RULES["revocation"]["retry_minutes"]}
    known |= {timedelta(days=days) for days in THRESHOLD_DAYS}
    found = set(periods((ROOT / "docs" / document).read_text(encoding="utf-8")))

    assert found
    assert found <= known


def test_documented_limits_by_source_address_match_code_and_firewall() -> None:
    text = SPEC["info"]["description"].split("## Limits by source address")[1].split("## ")[0]
    rows = re.findall(r"\| `POST .*\| (\d+) \| (\d+) \|", text)
    words = r"within a minute, an address above (\d+) requests, or (\d+) to .*\s+session above (\d+) from"
    ((requests, logins, session),) = re.findall(words, text)

    expected = [(str(limit.per_minute), str(limit.per_hour)) for limit in (ADDRESS_LIMIT, STEP_UP_LIMIT)]
    assert rows == expected
    rules = [rule["Statement"].get("RateBasedStatement") for rule in RESOURCES["WebAcl"]["Properties"]["Rules"]]
    assert [str(rule["Limit"]) for rule in rules if rule] == [requests, session, logins]
    assert {rule["EvaluationWindowSec"] for rule in rules if rule} == {60}
    login = SPEC["paths"]["/login/certificate"]["post"]["description"]
    assert f"({CERTIFICATE_LIMIT.per_minute} a minute for each certificate)" in login
