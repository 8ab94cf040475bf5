"""The bank's rules: every mistake is reported, and protective levels cannot be lowered."""

from datetime import timedelta
from typing import Any

import pytest

from registrar.domain.certificates.rules_document import MOST_DENIED_KEYS, read_rules
from registrar.domain.certificates.trust import Purpose
from registrar.domain.reasons.errors import TrustEntryInvalid
from registrar.domain.reasons.findings import Level
from tests.support.builders import a_trust_document

GOOD: dict[str, Any] = a_trust_document()["rules"]


def test_the_demo_rules_are_read() -> None:
    rules = read_rules(GOOD)
    assert list(rules.rsa_bits) == GOOD["rsa_bits"]
    assert rules.curves == set(GOOD["curves"])
    assert rules.hashes == set(GOOD["hashes"])
    assert rules.warn_days == GOOD["warn_days"]
    assert rules.levels == GOOD["levels"]
    assert rules.denied_keys == set(GOOD["denied_keys"])
    assert rules.revocation.order == ("ocsp", "crl")
    assert rules.revocation.max_age == {
        Purpose.REGISTERING: timedelta(days=2),
        Purpose.HIGH_VALUE: timedelta(hours=1),
    }
    assert rules.revocation.skew == timedelta(minutes=5)
    assert (rules.revocation.breaker_failures, rules.revocation.breaker_rest) == (5, timedelta(minutes=1))
    assert rules.revocation.retries == tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 720, 1440))


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("check", ["expires_soon", "weak_key"])
def test_configurable_level_may_be_chosen(check: str, level: Level) -> None:
    assert read_rules(GOOD | {"levels": GOOD["levels"] | {check: level.value}}).levels[check] is level


@pytest.mark.parametrize("check", ["usage", "issuer", "policy", "dates", "owner", "signature", "encoding"])
def test_protective_level_cannot_be_lowered(check: str) -> None:
    with pytest.raises(TrustEntryInvalid, match="levels must give exactly"):
        read_rules(GOOD | {"levels": GOOD["levels"] | {check: "INFORM"}})


REVOCATION: dict[str, Any] = GOOD["revocation"]
WRONG_REVOCATION: dict[str, list[Any]] = {
    "order": [None, [], ["ocsp", "ocsp"], ["dns"], "ocsp", [["ocsp"]], [1]],
    "check_authorities": [None, 1, "true"],
    "max_age_minutes": [
        None,
        {},
        {"registering": 60},
        {"registering": 0, "high_value": 60},
        {"registering": 60, "high_value": 1e3},
    ],
    "skew_seconds": [None, -1, 601, 1.0, True],
    "breaker": [None, {}, {"failures": 0, "rest_seconds": 60}, {"failures": 5, "rest_seconds": 0}, {"failures": 5}],
    "retry_minutes": [None, [], [5, 5], [5, 1], [0], [1441], [1, "5"], list(range(1, 22))],
}


@pytest.mark.parametrize(
    ("member", "value"), [(member, value) for member in WRONG_REVOCATION for value in WRONG_REVOCATION[member]]
)
def test_each_revocation_mistake_names_its_member(member: str, value: object) -> None:
    with pytest.raises(TrustEntryInvalid, match=rf"^rules\.revocation\.{member}"):
        read_rules(GOOD | {"revocation": REVOCATION | {member: value}})


@pytest.mark.parametrize("revocation", [None, [], {}, REVOCATION | {"more": 1}])
def test_revocation_members_are_complete(revocation: object) -> None:
    with pytest.raises(
        TrustEntryInvalid, match="exactly breaker, check_authorities, max_age_minutes, order, retry_minutes"
    ):
        read_rules(GOOD | {"revocation": revocation})


WRONG_LEVELS: list[Any] = ["", "fail", "IGNORE", None, 1, []]
WRONG: dict[str, list[Any]] = {
    "rsa_bits": [
        *(None, 2048, [2048], [4096, 2048], [1024, 4096], [2048, 16384], [2048.0, 4096], [True, 4096]),
        *(["2048", "4096"], [2048, 3072, 4096], {"2048": 4096}),
    ],
    "curves": [None, [], "secp256r1", ["secp256k1"], ["secp256r1", 1], [["secp256r1"]], {}],
    "hashes": [None, [], ["sha1"], ["md5"], ["sha256", "sha1"], [None], "sha256"],
    "warn_days": [None, -1, 91, 30.0, "30", True],
    "levels": [
        *(None, {}, [], {"expires_soon": "WARN"}, "WARN"),
        *({**GOOD["levels"], "weak_key": level} for level in WRONG_LEVELS),
    ],
    "denied_keys": [
        *(None, {}, "a" * 64, ["a" * 63], ["A" * 64], ["g" * 64], [1], ["a" * 64 + "\n"]),
        ["a" * 64] * (MOST_DENIED_KEYS + 1),
    ],
}


@pytest.mark.parametrize(("member", "value"), [(member, value) for member in WRONG for value in WRONG[member]])
def test_each_mistake_names_its_member(member: str, value: object) -> None:
    with pytest.raises(TrustEntryInvalid, match=rf"^rules\.{member} "):
        read_rules(GOOD | {member: value})


@pytest.mark.parametrize("rules", [None, [], "rules", {}, GOOD | {"more": 1}])
def test_members_are_complete(rules: object) -> None:
    with pytest.raises(
        TrustEntryInvalid, match="exactly curves, denied_keys, hashes, levels, revocation, rsa_bits, warn_days"
    ):
        read_rules(rules)


@pytest.mark.parametrize("missing", GOOD)
def test_missing_member_is_refused(missing: str) -> None:
    with pytest.raises(TrustEntryInvalid, match="exactly"):
        read_rules({name: value for name, value in GOOD.items() if name != missing})
