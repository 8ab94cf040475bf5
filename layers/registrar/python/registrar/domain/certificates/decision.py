"""The decision on a certificate: every check, in one fixed order, with all findings (never only the first).

The order is by which next step really helps: of two findings, the one comes first whose next step removes the other
too, or without which the other's next step is in vain.

If you add a check: put it into CHECKS at the position of its finding, its code into the catalogue with texts
and FAQ, and a test that produces it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import NameOID

from registrar.domain.asn1.names import (
    AttributeValue,
    NormalName,
    common_name,
    has_attribute,
    texts_of,
)
from registrar.domain.certificates import path
from registrar.domain.certificates.certificate import (
    Certificate,
    key_strength,
    older_key_ids,
    read_certificate,
)
from registrar.domain.certificates.issuing_banks import issuing_bank
from registrar.domain.certificates.summary import Summary
from registrar.domain.certificates.trust import (
    Family,
    Issuer,
    Policy,
    Rules,
    Text,
    TrustStore,
    is_same_name,
)
from registrar.domain.certificates.weak_keys import weakness
from registrar.domain.masking import CORPORATE, shown_name
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import CertificateMalformed, PathInvalid, Refusal
from registrar.domain.reasons.findings import Finding, Level, consistent
from registrar.domain.times import days_left, has_passed

# A hostile file has hundreds; the first few are enough.
MOST_EXTENSIONS_NAMED = 5


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome: findings in fixed order; `summary` only where the certificate is accepted."""

    trust_version: int
    findings: tuple[Finding, ...]
    summary: Summary | None = None
    der: bytes | None = None

    @property
    def refused(self) -> bool:
        """Whether a check failed."""
        return any(finding.level is Level.FAIL for finding in self.findings)

    def with_finding(self, finding: Finding) -> "Report":
        """The report with one more failure, and so no longer accepted."""
        return Report(self.trust_version, consistent((*self.findings, finding)), der=self.der)

    @property
    def accepted(self) -> bool:
        """Whether no check failed."""
        return self.summary is not None


@dataclass(slots=True)
class _Case:
    """The input of the checks. `accepted` says whether there is an issuer, and the bank accepts it now."""

    certificate: Certificate
    issuer: Issuer | None
    candidates: tuple[Issuer, ...]
    issuers: tuple[Issuer, ...]
    weakness: str | None
    compromised: bool
    accepted: bool
    policy: Policy | None
    customer_kind: str
    bank: str
    rules: Rules
    now: datetime


def refusal_report(refused: Refusal, trust: TrustStore) -> Report:
    """The report on files without a readable certificate."""
    return Report(trust.version, (Finding("file", Level.FAIL, refused.code, refused.params),))


def decide_certificate(
    der: bytes, trust: TrustStore, customer_kind: str, now: datetime, *, bank: str = ""
) -> Report:
    """Decide whether one DER certificate may be registered by a customer of `customer_kind`.

    `bank` is the OU by which certificates name this bank itself. Never raises for bad content.
    """
    try:
        certificate = read_certificate(der)
    except CertificateMalformed:
        return Report(trust.version, (Finding("encoding", Level.FAIL, Code.CERT_MALFORMED),), der=der)
    return decide_on(certificate, trust, customer_kind, now, bank=bank)


def decide_on(
    certificate: Certificate, trust: TrustStore, customer_kind: str, now: datetime, *, bank: str = ""
) -> Report:
    """Decide on the facts of a certificate, as `decide_certificate` does on its bytes."""
    candidates = trust.candidates(certificate)
    signers: list[Issuer | None] = [i for i in candidates if _signed_by(certificate, i)]
    weak = weakness(certificate.public_key)
    compromised = _is_compromised(certificate, weak, trust.rules)
    cases = [
        _Case(
            certificate=certificate,
            issuer=issuer,
            candidates=candidates,
            issuers=trust.issuers,
            weakness=weak,
            compromised=compromised,
            accepted=issuer is not None and issuer.accepted_at(now),
            policy=_policy(certificate, issuer),
            customer_kind=customer_kind,
            bank=bank,
            rules=trust.rules,
            now=now,
        )
        for issuer in signers or [None]
    ]
    case = min(cases, key=_objections) if len(cases) > 1 else cases[0]
    issuer = case.issuer
    policy = case.policy
    findings = consistent([finding for check in CHECKS for finding in check(case)])
    if issuer is None or policy is None or any(f.level is Level.FAIL for f in findings):
        return Report(trust.version, findings, der=certificate.der)
    return Report(trust.version, findings, _summary(certificate, issuer, policy), certificate.der)


def _objections(case: _Case) -> int:
    """How many checks of the issuer's path fail.

    A CA key can have several certificates (a new root signs it again), and a CA several paths: one that is valid
    now and allows the policy is enough.
    """
    return sum(1 for check in (_check_issuer, _check_policy, _check_generation) for _ in check(case))


def _signed_by(certificate: Certificate, issuer: Issuer) -> bool:
    try:
        path.check_issuance(certificate, issuer.certificate)
    except PathInvalid:
        return False
    return True


def _policy(certificate: Certificate, issuer: Issuer | None) -> Policy | None:
    """The one policy of the certificate, where its issuer's operator has described it."""
    asserted = certificate.policies or frozenset()
    if issuer is None or len(asserted) != 1:
        return None
    return issuer.operator.policies.get(next(iter(asserted)))


def _summary(certificate: Certificate, issuer: Issuer, policy: Policy) -> Summary:
    units, names = texts_of(certificate.subject, _UNIT, NameOID.COMMON_NAME)
    return Summary(
        operator=issuer.operator.id,
        issuer=issuer.operator.name,
        name_masked=shown_name(holder_name(certificate), policy.kind),
        kind=policy.kind,
        policy=policy.label,
        serial=f"{certificate.serial:x}",
        fingerprint=certificate.fingerprint,
        key_digest=certificate.key_id,
        issuer_key_digest=issuer.certificate.key_digest,
        not_before=certificate.not_before,
        not_after=certificate.not_after,
        issuing_bank=issuing_bank(issuer.operator.id, units, names),
    )


def holder_name(certificate: Certificate) -> str:
    """The holder's name as the CA checked it, else the CN without what is behind a name: 홍길동()0020041…."""
    if checked := (certificate.real_name or "").strip():
        return checked
    in_subject = common_name(certificate.parsed.subject)
    return _BEHIND_NAME.sub("", in_subject).strip() or in_subject


_UNIT = NameOID.ORGANIZATIONAL_UNIT_NAME
_BEHIND_NAME = re.compile(r"\([^()]*\)[0-9]*\Z")


def _check_usage(case: _Case) -> Iterator[Finding]:
    usage = case.certificate.key_usage
    if case.certificate.is_ca or (usage is not None and (usage.key_cert_sign or usage.crl_sign)):
        yield Finding("usage", Level.FAIL, Code.CERT_IS_CA)
    elif usage is None or not (usage.digital_signature and usage.content_commitment):
        yield Finding("usage", Level.FAIL, Code.CERT_USAGE_NOT_ALLOWED)


def _check_issuer(case: _Case) -> Iterator[Finding]:
    """Before the end of the certificate, unless its operator is accepted: a renewed one would be refused too."""
    if not case.accepted and not _is_of_accepted_operator(case):
        yield from _issuer_findings(case)


def _check_generation(case: _Case) -> Iterator[Finding]:
    """After the end of the certificate: a renewed one is from a generation of the operator that is accepted."""
    if not case.accepted and _is_of_accepted_operator(case):
        yield from _issuer_findings(case)


def _issuer_findings(case: _Case) -> Iterator[Finding]:
    """On an issuer that is not accepted."""
    if case.issuer is not None:
        params = {"issuer": case.issuer.operator.name}
        yield Finding("issuer", Level.FAIL, Code.TRUST_ISSUER_NOT_ACCEPTED_NOW, params)
    elif _is_forged(case):
        params = {"issuer": case.candidates[0].operator.name}
        yield Finding("issuer", Level.FAIL, Code.TRUST_SIGNATURE_INVALID, params)
    else:
        issuer = common_name(case.certificate.parsed.issuer)
        code = Code.TRUST_GENERATION_NOT_YET if _is_announced(case, issuer) else Code.TRUST_ISSUER_UNKNOWN
        yield Finding("issuer", Level.FAIL, code, {"issuer": issuer[:64]})


def _is_announced(case: _Case, name: str) -> bool:
    """Whether a CA of this name is announced by an accepted operator, is valid now, and is not configured."""
    if any(is_same_name(common_name(i.certificate.parsed.subject), name) for i in case.issuers):
        return False
    operators = {i.operator.id: i.operator for i in case.issuers if i.accepted_at(case.now)}
    announced = (each for operator in operators.values() for each in operator.announced)
    return any(case.now in each.period and is_same_name(each.name, name) for each in announced)


def _is_forged(case: _Case) -> bool:
    may_be = (_may_be_the_signer(case.certificate, i.certificate) for i in case.candidates)
    return case.issuer is None and any(may_be)


def _is_of_accepted_operator(case: _Case) -> bool:
    """Whether another CA of the issuer's operator is accepted now.

    An unknown issuer only claims to be the operator's, by its organization, by the name of a CA but for its
    generation, or by a policy: that decides on the order of findings and on nothing else.
    """
    if _is_forged(case):
        return False
    accepted = (i for i in case.issuers if i.accepted_at(case.now))
    if case.issuer is not None:
        return any(i.operator.id == case.issuer.operator.id for i in accepted)
    return any(_claims(case.certificate, i) for i in accepted)


def _claims(certificate: Certificate, issuer: Issuer) -> bool:
    return bool(
        _organization(certificate.issuer) & _organization(issuer.certificate.subject)
        or _without_generation(certificate.parsed.issuer) == _without_generation(issuer.certificate.parsed.subject)
        or (certificate.policies or frozenset()) & issuer.operator.policies.keys()
    )


def _without_generation(name: x509.Name) -> str:
    """The CN without what changes with each generation: of TradeSignCA2 and TradeSignCA4 it is tradesignca."""
    return common_name(name).casefold().rstrip(" 0123456789").removesuffix("class").rstrip(" -")


def _organization(name: NormalName) -> frozenset[AttributeValue]:
    kind = NameOID.ORGANIZATION_NAME.dotted_string
    return frozenset(value for part in name for value in part if value[0] == kind)


def _may_be_the_signer(certificate: Certificate, issuer: Certificate) -> bool:
    """False where the key ids differ: then it is another key under a known name, not a broken signature."""
    key_ids = (certificate.authority_key_id, issuer.subject_key_id)
    return None in key_ids or key_ids[0] == key_ids[1]


def _check_bank(case: _Case) -> Iterator[Finding]:
    if case.bank and has_attribute(case.certificate.subject, _UNIT, case.bank):
        yield Finding("bank", Level.FAIL, Code.OWN_BANK_CERTIFICATE)


def _check_policy(case: _Case) -> Iterator[Finding]:
    if case.issuer is None:
        return
    try:
        holding = path.valid_policies(case.issuer.authorities, case.certificate)
    except PathInvalid:
        holding = frozenset()
    found = case.policy
    holds = found is not None and found.accepted and (holding is None or found.oid in holding)
    if found is not None and holds and found.kind == case.customer_kind:
        return
    accepted = [p for p in case.issuer.operator.policies.values() if p.accepted]
    for_customer = [p for p in accepted if p.kind == case.customer_kind]
    if _is_of_refused_family(found, for_customer):
        params = {"accepted": _labels(for_customer)}
        yield Finding("policy", Level.FAIL, Code.CERT_FINANCIAL_NOT_ACCEPTED, params)
    elif not holds:
        params = {"found": _kind_found(case), "accepted": _labels(for_customer)}
        yield Finding("policy", Level.FAIL, Code.CERT_POLICY_NOT_ACCEPTED, params)
    else:
        code = Code.CERT_CORPORATE_REQUIRED if case.customer_kind == CORPORATE else Code.CERT_PERSONAL_REQUIRED
        yield Finding("policy", Level.FAIL, code, {"accepted": _labels(for_customer)})


def _is_of_refused_family(found: Policy | None, for_customer: list[Policy]) -> bool:
    """Whether it is a financial certificate, and the bank accepts none of this kind of customer."""
    if found is None or found.accepted or found.family is not Family.FINANCIAL:
        return False
    return not any(policy.family is Family.FINANCIAL for policy in for_customer)


def _kind_found(case: _Case) -> Text:
    """The kind in words; the OID only where nobody has described it."""
    if case.policy is not None:
        return case.policy.label
    asserted = ", ".join(sorted(case.certificate.policies or ())) or "-"
    return {"ko": asserted, "en": asserted}


def _labels(policies: list[Policy]) -> Text:
    """The kinds, each once: several policies can have one label."""
    return {
        language: ", ".join(dict.fromkeys(p.label[language] for p in policies)) or "-" for language in ("ko", "en")
    }


def _check_dates(case: _Case) -> Iterator[Finding]:
    certificate = case.certificate
    now = case.now
    if has_passed(certificate.not_after, now):
        issuer = case.issuer.operator.name if case.issuer else common_name(certificate.parsed.issuer)[:64]
        params = {"expired_on": certificate.not_after, "issuer": issuer}
        yield Finding("dates", Level.FAIL, Code.CERT_EXPIRED, params)
    elif certificate.not_before <= now and (certificate.not_after - now).days < case.rules.warn_days + 2:
        days = days_left(certificate.not_after, now)
        if days > case.rules.warn_days:
            return
        left: dict[str, object] = {"expires_on": certificate.not_after, "days_left": days}
        yield Finding("dates", case.rules.levels["expires_soon"], Code.CERT_EXPIRES_SOON, left)


def _check_start(case: _Case) -> Iterator[Finding]:
    """Last: waiting helps only where nothing else is wrong."""
    certificate = case.certificate
    if case.now < certificate.not_before and not has_passed(certificate.not_after, case.now):
        yield Finding("dates", Level.FAIL, Code.CERT_NOT_YET_VALID, {"valid_from_at": certificate.not_before})


def _check_compromise(case: _Case) -> Iterator[Finding]:
    """Before the end of the certificate: a renewal may keep the key."""
    if case.compromised:
        yield Finding("key", Level.FAIL, Code.CERT_KEY_KNOWN_COMPROMISED)


def _is_compromised(certificate: Certificate, weak: str | None, rules: Rules) -> bool:
    if weak in _COMPROMISED:
        return True
    key = certificate.public_key
    return bool(rules.denied_keys and rules.denied_keys & {certificate.key_id, *older_key_ids(key)})


def _check_key(case: _Case) -> Iterator[Finding]:
    key = case.certificate.public_key
    rules = case.rules
    if case.compromised:
        return
    if case.weakness is not None:
        yield Finding("key", Level.FAIL, Code.CERT_KEY_TOO_WEAK, _key_params(case))
    elif _below_rules(key, rules):
        yield Finding("key", rules.levels["weak_key"], Code.CERT_KEY_TOO_WEAK, _key_params(case))


# An attacker who knows how these keys were made can compute the private key.
_COMPROMISED = frozenset({"roca", "fermat", "small-factor"})


def _below_rules(key: CertificatePublicKeyTypes, rules: Rules) -> bool:
    if isinstance(key, rsa.RSAPublicKey):
        least, most = rules.rsa_bits
        return not least <= key.key_size <= most
    return isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name not in rules.curves


def _key_params(case: _Case) -> dict[str, object]:
    least, most = case.rules.rsa_bits
    required = f"RSA {least}-{most}, EC {', '.join(sorted(case.rules.curves))}"
    return {"found": key_strength(case.certificate.public_key), "required": required}


def _check_algorithm(case: _Case) -> Iterator[Finding]:
    algorithm = path.signature_hash(case.certificate)
    if algorithm is None or algorithm.name not in case.rules.hashes:
        found = algorithm.name if algorithm else case.certificate.parsed.signature_algorithm_oid.dotted_string
        yield Finding("algorithm", Level.FAIL, Code.CERT_ALGORITHM_WEAK, {"found": found})


def _check_extensions(case: _Case) -> Iterator[Finding]:
    for oid in case.certificate.refused_extensions[:MOST_EXTENSIONS_NAMED]:
        yield Finding("extensions", Level.FAIL, Code.CERT_CRITICAL_EXTENSION_UNKNOWN, {"oid": oid})


CHECKS: tuple[Callable[[_Case], Iterator[Finding]], ...] = (
    _check_usage,
    _check_bank,
    _check_issuer,
    _check_policy,
    _check_compromise,
    _check_dates,
    _check_generation,
    _check_key,
    _check_algorithm,
    _check_extensions,
    _check_start,
)
