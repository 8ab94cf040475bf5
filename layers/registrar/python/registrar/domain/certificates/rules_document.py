"""Reading the bank's rules, the part of the trust document that says how strict it is.

A rule against certificates that are not the customer's, not the issuer's or expired cannot be lowered; a level may
be chosen only where the bank may reasonably differ.
"""

import re
from datetime import timedelta
from itertools import pairwise

from registrar.domain.certificates.trust import Purpose, RevocationRules, Rules
from registrar.domain.certificates.weak_keys import CURVES, RSA_BITS
from registrar.domain.reasons.errors import TrustEntryInvalid
from registrar.domain.reasons.findings import Level

HASHES = frozenset({"sha256", "sha384", "sha512"})
ADJUSTABLE = {"expires_soon": Level.WARN, "weak_key": Level.FAIL}
MOST_WARN_DAYS = 90
MOST_DENIED_KEYS = 2000
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MEMBERS = {"rsa_bits", "curves", "hashes", "warn_days", "levels", "denied_keys", "revocation"}
_REVOCATION = {"order", "check_authorities", "max_age_minutes", "skew_seconds", "breaker", "retry_minutes"}
SOURCES = ("ocsp", "crl")
LONGEST_AGE_MINUTES = 7 * 24 * 60
MOST_SKEW_SECONDS = 600
LAST_RETRY_MINUTES = 24 * 60
MOST_RETRIES = 20


def read_rules(value: object) -> Rules:
    """The rules in a trust document. Raises TrustEntryInvalid."""
    if not isinstance(value, dict) or value.keys() != _MEMBERS:
        raise TrustEntryInvalid(f"rules must be an object with exactly {', '.join(sorted(_MEMBERS))}")
    return Rules(
        rsa_bits=_rsa_bits(value["rsa_bits"]),
        curves=_names(value["curves"], CURVES, "curves"),
        hashes=_names(value["hashes"], HASHES, "hashes"),
        warn_days=_warn_days(value["warn_days"]),
        levels=_levels(value["levels"]),
        denied_keys=_denied_keys(value["denied_keys"]),
        revocation=_revocation(value["revocation"]),
    )


def _rsa_bits(value: object) -> tuple[int, int]:
    if isinstance(value, list) and len(value) == 2 and all(type(bits) is int for bits in value):
        least, most = value
        if least <= most and least in RSA_BITS and most in RSA_BITS:
            return least, most
    raise TrustEntryInvalid(f"rules.rsa_bits must be the least and the most, from {RSA_BITS[0]} to {RSA_BITS[-1]}")


def _names(value: object, known: frozenset[str], where: str) -> frozenset[str]:
    if not isinstance(value, list) or not value or not all(isinstance(n, str) and n in known for n in value):
        raise TrustEntryInvalid(f"rules.{where} must be a list of some of {', '.join(sorted(known))}")
    return frozenset(value)


def _warn_days(value: object) -> int:
    if type(value) is not int or not 0 <= value <= MOST_WARN_DAYS:
        raise TrustEntryInvalid(f"rules.warn_days must be a whole number from 0 to {MOST_WARN_DAYS}")
    return value


def _levels(value: object) -> dict[str, Level]:
    if not isinstance(value, dict) or value.keys() != ADJUSTABLE.keys():
        raise TrustEntryInvalid(f"rules.levels must give exactly {', '.join(sorted(ADJUSTABLE))}")
    try:
        return {check: Level(level) for check, level in value.items()}
    except ValueError:
        raise TrustEntryInvalid(f"rules.levels must be {', '.join(Level)}") from None


def _denied_keys(value: object) -> frozenset[str]:
    if not isinstance(value, list) or len(value) > MOST_DENIED_KEYS:
        raise TrustEntryInvalid(f"rules.denied_keys must be a list of at most {MOST_DENIED_KEYS}")
    if not all(isinstance(digest, str) and _DIGEST.fullmatch(digest) for digest in value):
        raise TrustEntryInvalid(
            "rules.denied_keys must be SHA-256 of a SubjectPublicKeyInfo, 64 lower-case hex digits"
        )
    return frozenset(value)


def _revocation(value: object) -> RevocationRules:
    if not isinstance(value, dict) or value.keys() != _REVOCATION:
        raise TrustEntryInvalid(f"rules.revocation must be an object with exactly {', '.join(sorted(_REVOCATION))}")
    order = value["order"]
    check = value["check_authorities"]
    if (
        not isinstance(order, list)
        or not order
        or len(set(map(str, order))) != len(order)
        or any(source not in SOURCES for source in order)
    ):
        raise TrustEntryInvalid(f"rules.revocation.order must be a list of some of {', '.join(SOURCES)}, each once")
    if not isinstance(check, bool):
        raise TrustEntryInvalid("rules.revocation.check_authorities must be true or false")
    breaker = value["breaker"]
    if not isinstance(breaker, dict) or breaker.keys() != {"failures", "rest_seconds"}:
        raise TrustEntryInvalid("rules.revocation.breaker must be an object with exactly failures, rest_seconds")
    return RevocationRules(
        order=tuple(order),
        check_authorities=check,
        max_age=_max_age(value["max_age_minutes"]),
        skew=timedelta(seconds=_whole(value["skew_seconds"], "skew_seconds", 0, MOST_SKEW_SECONDS)),
        breaker_failures=_whole(breaker["failures"], "breaker.failures", 1, 100),
        breaker_rest=timedelta(seconds=_whole(breaker["rest_seconds"], "breaker.rest_seconds", 1, 3600)),
        retries=_retries(value["retry_minutes"]),
    )


def _max_age(value: object) -> dict[Purpose, timedelta]:
    if not isinstance(value, dict) or value.keys() != set(Purpose):
        raise TrustEntryInvalid(f"rules.revocation.max_age_minutes must give exactly {', '.join(sorted(Purpose))}")
    ages = {p: _whole(value[p], f"max_age_minutes.{p}", 1, LONGEST_AGE_MINUTES) for p in Purpose}
    return {purpose: timedelta(minutes=age) for purpose, age in ages.items()}


def _retries(value: object) -> tuple[timedelta, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= MOST_RETRIES:
        raise TrustEntryInvalid(f"rules.revocation.retry_minutes must be a list of 1 to {MOST_RETRIES}")
    minutes = [_whole(entry, "retry_minutes", 1, LAST_RETRY_MINUTES) for entry in value]
    if any(later <= earlier for earlier, later in pairwise(minutes)):
        raise TrustEntryInvalid("rules.revocation.retry_minutes must grow")
    return tuple(timedelta(minutes=entry) for entry in minutes)


def _whole(value: object, where: str, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise TrustEntryInvalid(f"rules.revocation.{where} must be a whole number from {least} to {most}")
    return value
