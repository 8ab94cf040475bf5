"""The accepted issuers as customers see them before they choose a file. Texts are in both languages: one response
serves everybody, and may be kept by caches."""

from datetime import datetime
from typing import Any

from registrar.domain.asn1.names import common_name
from registrar.domain.certificates.certificate import Certificate
from registrar.domain.certificates.trust import Issuer, Operator, Period, TrustStore
from registrar.domain.registrations.upload import MAX_FILE_BYTES, MAX_FILES
from registrar.domain.times import has_passed, iso


def issuer_list(trust: TrustStore, now: datetime) -> dict[str, Any]:
    """The operators with a CA that is or will be accepted, each with its kinds, CAs, and coming generation."""
    operators = {issuer.operator.id: issuer.operator for issuer in trust.issuers}
    views = (_operator_view(operator, trust, now) for operator in operators.values())
    return {
        "issuers": [view for view in views if view["authorities"]],
        "files": {"max_files": MAX_FILES, "max_bytes": MAX_FILE_BYTES},
    }


def _operator_view(operator: Operator, trust: TrustStore, now: datetime) -> dict[str, Any]:
    authorities = _authorities([i for i in trust.issuers if i.operator.id == operator.id], now)
    return {
        "operator": operator.id,
        "name": dict(operator.name),
        "accepted": any(now in period for _, period in authorities),
        "kinds": _kinds(operator),
        "authorities": [
            {"name": common_name(certificate.parsed.subject)[:64], **_dates("accepted", period)}
            for certificate, period in authorities
        ],
        "announced": [
            {"name": each.name, "root": each.root, **_dates("valid", each.period)}
            for each in operator.announced
            if not has_passed(each.period.end, now)
        ],
    }


def _kinds(operator: Operator) -> list[dict[str, Any]]:
    """Each kind once: several policies can have one label."""
    kinds: list[dict[str, Any]] = []
    for policy in operator.policies.values():
        kind = {
            "customer_kind": policy.kind,
            "family": policy.family.value,
            "label": dict(policy.label),
            "accepted": policy.accepted,
        }
        if kind not in kinds:
            kinds.append(kind)
    return kinds


def _authorities(issuers: list[Issuer], now: datetime) -> list[tuple[Certificate, Period]]:
    """Each CA that is or will be accepted, with the longest period of its paths; the earliest first."""
    found: dict[str, tuple[Certificate, Period]] = {}
    for issuer in issuers:
        period = issuer.window
        if period is None or has_passed(period.end, now):
            continue
        known = found.get(issuer.certificate.fingerprint)
        if known is None or period.end > known[1].end:
            found[issuer.certificate.fingerprint] = (issuer.certificate, period)
    return sorted(found.values(), key=lambda each: each[1].start)


def _dates(what: str, period: Period) -> dict[str, str]:
    return {f"{what}_from": iso(period.start), f"{what}_until": iso(period.end)}
