"""The accepted issuers as customers see them before they choose a file. Texts are in both languages: one response
serves everybody, and may be kept by caches."""

from datetime import datetime
from typing import Any

from registrar.domain.asn1.names import common_name
from registrar.domain.certificates.certificate import Certificate
from registrar.domain.certificates.trust import Issuer, Operator, Period, TrustStore, is_same_name
from registrar.domain.registrations.upload_files import MAX_FILE_BYTES, MAX_FILES
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
    listed = [common_name(certificate.parsed.subject) for certificate, _ in authorities]
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
            if not has_passed(each.period.end, now) and not any(is_same_name(each.name, name) for name in listed)
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
    """Each CA with each period in which it is or will be accepted by one of its paths; the earliest first."""
    periods: dict[str, list[Period]] = {}
    for issuer in issuers:
        period = issuer.window
        if period is not None and not has_passed(period.end, now):
            periods.setdefault(issuer.certificate.fingerprint, []).append(period)
    certificates = {issuer.certificate.fingerprint: issuer.certificate for issuer in issuers}
    found = [(certificates[ca], period) for ca, each in periods.items() for period in _joined(each)]
    return sorted(found, key=lambda each: each[1].start)


def _joined(periods: list[Period]) -> list[Period]:
    """The same time in periods that do not overlap."""
    joined: list[Period] = []
    for period in sorted(periods, key=lambda each: each.start):
        if joined and period.start <= joined[-1].end:
            joined[-1] = Period(joined[-1].start, max(joined[-1].end, period.end))
        else:
            joined.append(period)
    return joined


def _dates(what: str, period: Period) -> dict[str, str]:
    return {f"{what}_from": iso(period.start), f"{what}_until": iso(period.end)}
