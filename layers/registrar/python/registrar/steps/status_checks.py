"""Asking an issuer whether a certificate was revoked: OCSP, then its CRL, in the order of the bank's rules.

Only configured addresses are asked, within one time limit; a source that keeps failing rests (issuers.py). What is
not the issuer's word is never taken for good.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from registrar.aws.tables.issuers import Issuers
from registrar.domain.certificates.certificate import Certificate
from registrar.domain.certificates.trust import Issuer, RevocationRules
from registrar.domain.reasons.errors import IssuerUnreachable
from registrar.domain.revocation.findings import worst
from registrar.domain.revocation.ocsp import MAX_BYTES, SOURCE, check_response, request_for
from registrar.domain.revocation.status import Answer, Status
from registrar.net.fetch import Limits, ask_ocsp
from registrar.steps.crl_store import CrlStore

# The CRL still has its turn when the responder uses up its own.
OCSP_SECONDS = 5.0
_NONCE_BYTES = 32


@dataclass(frozen=True, slots=True)
class Question:
    """One certificate, its issuer, the rules and the moment."""

    certificate: Certificate
    issuer: Issuer
    rules: RevocationRules
    max_age: timedelta
    now: datetime
    limits: Limits


@dataclass(frozen=True, slots=True)
class StatusChecks:
    """The sources at which issuers answer."""

    issuers: Issuers
    crls: CrlStore

    def check(self, question: Question) -> tuple[Status, bool]:
        """The issuer's word on the certificate, or, where no source gives it, the worst about their answers.

        A good certificate's CAs are looked up too where the rules say so: the flag tells that the status is a CA's.
        """
        status = self._own(question)
        if status.answer is not Answer.GOOD or not question.rules.check_authorities:
            return status, False
        above = question.issuer.anchor.certificate
        for authority in question.issuer.authorities:
            of_authority = self._listed(question, authority, above, None)
            if of_authority.answer is not Answer.GOOD:
                return of_authority, True
            above = authority
        return status, False

    def _own(self, question: Question) -> Status:
        silent = []
        for source in question.rules.order:
            if source == SOURCE:
                status = self._ocsp(question)
            else:
                status = self._listed(question, question.certificate, question.issuer.certificate, question.max_age)
            if status.definite:
                return status
            silent.append(status)
        return worst(silent)

    def _listed(
        self, question: Question, certificate: Certificate, above: Certificate, max_age: timedelta | None
    ) -> Status:
        """What the CRL says. A CA's list has no greatest age but its nextUpdate: they come out months apart."""
        operator = question.issuer.operator
        rules = question.rules
        now = question.now
        return self.crls.status(certificate, above, operator, rules, now, max_age, question.limits)

    def _ocsp(self, question: Question) -> Status:
        operator = question.issuer.operator
        rules = question.rules
        now = question.now
        address = operator.sources.ocsp
        if address is None:
            return _unavailable("no responder is configured")
        breaker = self.issuers.may_ask(operator.id, SOURCE, now, rules)
        if breaker is None:
            return _unavailable("the responder rests after failures")
        status = self._answer(question, address)
        if status.definite:
            self.issuers.worked(breaker)
        else:
            self.issuers.failed(breaker, now, rules)
        return status

    def _answer(self, question: Question, address: str) -> Status:
        certificate = question.certificate
        issuer = question.issuer
        sources = issuer.operator.sources
        nonce = secrets.token_bytes(_NONCE_BYTES)
        request = request_for(certificate, issuer.certificate, nonce, sources.certid_hash)
        deadline = min(question.limits.deadline, question.limits.clock() + OCSP_SECONDS)
        limits = replace(question.limits, deadline=deadline, most_bytes=MAX_BYTES)
        try:
            answer = ask_ocsp(address, request, [_origin(address)], limits)
        except IssuerUnreachable as error:
            return _unavailable(error.why)
        return check_response(
            answer,
            certificate,
            issuer.certificate,
            nonce=nonce,
            now=question.now,
            skew=question.rules.skew,
            max_age=question.max_age,
            responders=sources.responders,
            root=issuer.anchor.certificate,
        )


def _unavailable(why: str) -> Status:
    return Status(Answer.UNAVAILABLE, SOURCE, why=why)


def _origin(address: str) -> str:
    return "/".join(address.split("/")[:3])
