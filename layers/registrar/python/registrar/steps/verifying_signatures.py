"""Verifying a signature that was made elsewhere: the checks of a registration, at the time of signing.

The issuer is queried last, and only about a certificate that is accepted and made the signature.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from registrar.aws.buckets.trust_bucket import TrustBucket
from registrar.domain.certificates.certificate import Certificate, read_certificate
from registrar.domain.certificates.decision import decide_on
from registrar.domain.certificates.summary import Summary
from registrar.domain.certificates.trust import Purpose, TrustStore
from registrar.domain.possession.cms_signature import read_signer, signing_time
from registrar.domain.possession.signed_elsewhere import CLOCKS_DIFFER, SignedElsewhere
from registrar.domain.possession.verification import Verdict, Verification, verdict_on
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import CertificateMalformed, ContentNeeded, PossessionProofInvalid
from registrar.domain.reasons.findings import Finding, Level
from registrar.domain.revocation.findings import finding_for_signature
from registrar.domain.revocation.status import Status
from registrar.domain.times import has_passed
from registrar.net.limits import Limits
from registrar.steps.status_checks import StatusChecks, StatusQuery


@dataclass(frozen=True, slots=True)
class SignatureVerifier:
    """The trust document, and the issuers' sources; `bank` is the bank's own OU."""

    trust: TrustBucket
    statuses: StatusChecks
    bank: str

    def verify(
        self, signed: SignedElsewhere, der: bytes, customer_kind: str, now: datetime, limits: Limits
    ) -> Verification:
        """The verdict on `signed` by the certificate `der`, which is empty where the message could not be read.

        Never raises for bad content, but ContentNeeded where only its digest was sent.
        """
        store = self.trust.active(now)
        if not der:
            return Verification(Verdict.INVALID, (_unreadable(signed),), store.version)
        try:
            certificate = read_certificate(der)
        except CertificateMalformed:
            malformed = Finding("encoding", Level.FAIL, Code.CERT_MALFORMED)
            return Verification(Verdict.INVALID, (malformed,), store.version)
        report = decide_on(certificate, store, customer_kind, signed.signed_at, bank=self.bank)
        findings = (*_signature_findings(signed, certificate, now), *report.findings)
        summary = report.summary
        if summary is None or any(finding.level is Level.FAIL for finding in findings):
            return Verification(Verdict.INVALID, findings, store.version, summary)
        status, against = self._revocation(signed, certificate, summary, store, now, limits)
        findings = (*against, *findings)
        return Verification(verdict_on(findings), findings, store.version, summary, status)

    def _revocation(
        self,
        signed: SignedElsewhere,
        certificate: Certificate,
        summary: Summary,
        store: TrustStore,
        now: datetime,
        limits: Limits,
    ) -> tuple[Status | None, tuple[Finding, ...]]:
        """The issuer's status now, and what it means for a signature of that time."""
        # Issuers drop expired certificates from their lists (RFC 5280 3.3), revoked ones too.
        no_longer = Finding("revocation", Level.WARN, Code.REVOCATION_NO_LONGER_STATED, {"issuer": summary.issuer})
        issuers = store.issuers_of(certificate, summary.issuer_key_digest, now)
        if not any(issuer.accepted_at(now) for issuer in issuers):
            return None, (no_longer,)
        max_age = store.rules.revocation.max_age[Purpose.REGISTERING]
        status, of_authority = self.statuses.check(StatusQuery(certificate, issuers, store, max_age, now, limits))
        found = finding_for_signature(status, summary.issuer, signed.signed_at, of_authority=of_authority)
        if found is None and has_passed(certificate.not_after, now):
            found = no_longer
        if found is None and status.as_of is not None and status.as_of + CLOCKS_DIFFER < signed.signed_at:
            params = {"issuer": summary.issuer, "stated_at": status.as_of}
            found = Finding("revocation", Level.WARN, Code.STATUS_BEFORE_SIGNING, params)
        return status, (found,) if found else ()


def _unreadable(signed: SignedElsewhere) -> Finding:
    try:
        read_signer(signed.proof.signature)
    except PossessionProofInvalid as error:
        return Finding("signature", Level.FAIL, Code.SIGNATURE_NOT_VERIFIED, {"why": error.why})
    raise ValueError("a message that can be read has its signer's certificate, or was sent with one")


def _signature_findings(signed: SignedElsewhere, certificate: Certificate, now: datetime) -> Iterator[Finding]:
    if signed.signed_at > now + CLOCKS_DIFFER:
        yield Finding("time", Level.FAIL, Code.SIGNED_IN_FUTURE)
    try:
        signed.check(certificate)
    except ContentNeeded:
        raise
    except PossessionProofInvalid as error:
        yield Finding("signature", Level.FAIL, Code.SIGNATURE_NOT_VERIFIED, {"why": error.why})
        return
    if signed.proof.kind == "cms":
        stated = signing_time(signed.proof.signature, certificate.der)
        if stated is not None and abs(stated - signed.signed_at) > CLOCKS_DIFFER:
            yield Finding("time", Level.WARN, Code.SIGNING_TIME_DIFFERS, {"stated_at": stated})
