"""Querying the revocation status of a certificate: OCSP, then its CRL, in the order of the bank's rules.

Only configured addresses are queried, within one time limit; a server that keeps failing is paused (issuers.py).
Only a status that the issuer stated can be good, and only while nothing known contradicts it (known_statuses.py).
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
from registrar.domain.revocation.status import Status, StatusValue, prevailing
from registrar.net.fetch import Limits, ask_ocsp
from registrar.steps.crl_store import CrlStore
from registrar.steps.known_statuses import KnownStatuses
from registrar.steps.responder_checks import ResponderChecks

# The CRL can still be queried when the responder uses up its time.
OCSP_SECONDS = 5.0
_NONCE_BYTES = 32


@dataclass(frozen=True, slots=True)
class StatusQuery:
    """One certificate, its issuer, the rules and the moment."""

    certificate: Certificate
    issuer: Issuer
    rules: RevocationRules
    max_age: timedelta
    now: datetime
    limits: Limits


@dataclass(frozen=True, slots=True)
class StatusChecks:
    """The issuers' sources of revocation status."""

    issuers: Issuers
    crls: CrlStore
    known: KnownStatuses
    responders: ResponderChecks

    def check(self, query: StatusQuery) -> tuple[Status, bool]:
        """The revocation status, or, where no source gives one, the worst failure of the sources.

        A good certificate's CAs are looked up too where the rules require it: the flag marks the status of a CA.
        """
        status = self._own(query)
        if status.source == SOURCE and status.value in (StatusValue.REVOKED, StatusValue.ON_HOLD):
            self.issuers.remember(query.issuer.certificate.key_digest, query.certificate.serial, status, query.now)
        status = prevailing(status, self.known.status(query.certificate, query.issuer.certificate.key_digest))
        if status.value is not StatusValue.GOOD or not query.rules.check_authorities:
            return status, False
        above = query.issuer.anchor.certificate
        for authority in query.issuer.authorities:
            listed = self._listed(query, authority, above, None)
            of_authority = prevailing(listed, self.known.status(authority, above.key_digest))
            if of_authority.value is not StatusValue.GOOD:
                return of_authority, True
            above = authority
        return status, False

    def _own(self, query: StatusQuery) -> Status:
        silent = []
        for source in query.rules.order:
            if source == SOURCE:
                status = self._by_a_good_responder(query, self._ocsp(query))
            else:
                status = self._listed(query, query.certificate, query.issuer.certificate, query.max_age)
            if status.definite:
                return status
            silent.append(status)
        return worst(silent)

    def _by_a_good_responder(self, query: StatusQuery, status: Status) -> Status:
        """`status`, or INVALID where the responder that stated it is revoked itself, or may be."""
        if status.signed_by is None or not status.definite:
            return status
        against = self.responders.objection(
            status.signed_by, query.certificate, query.issuer, query.rules, query.now, query.limits
        )
        if against is None:
            return status
        why = f"responder certificate {status.signed_by.certificate.serial:x}: {against.value} {against.why}"
        # Silent lists of the responder are not the response's fault: the customer's finding is that of a list.
        value = StatusValue.INVALID if against.definite else against.value
        return Status(value, SOURCE, why=why.strip())

    def _listed(
        self, query: StatusQuery, certificate: Certificate, above: Certificate, max_age: timedelta | None
    ) -> Status:
        """The status by the CRL. A CA's list is valid until its nextUpdate: CAs publish lists months apart."""
        operator = query.issuer.operator
        rules = query.rules
        now = query.now
        return self.crls.status(certificate, above, operator, rules, now, max_age, query.limits)

    def _ocsp(self, query: StatusQuery) -> Status:
        operator = query.issuer.operator
        rules = query.rules
        now = query.now
        address = operator.sources.ocsp
        if address is None:
            return _unavailable("no responder is configured")
        breaker = self.issuers.may_query(operator.id, SOURCE, now, rules)
        if breaker is None:
            return _unavailable("the responder rests after failures")
        status = self._query_responder(query, address)
        if status.server_failed:
            self.issuers.record_failure(breaker, now, rules)
        else:
            self.issuers.record_success(breaker)
        return status

    def _query_responder(self, query: StatusQuery, address: str) -> Status:
        certificate = query.certificate
        issuer = query.issuer
        sources = issuer.operator.sources
        nonce = secrets.token_bytes(_NONCE_BYTES)
        request = request_for(certificate, issuer.certificate, nonce, sources.certid_hash)
        deadline = min(query.limits.deadline, query.limits.clock() + OCSP_SECONDS)
        limits = replace(query.limits, deadline=deadline, most_bytes=MAX_BYTES)
        try:
            response = ask_ocsp(address, request, [_origin(address)], limits)
        except IssuerUnreachable as error:
            return _unavailable(error.why, server_failed=error.server_failed)
        return check_response(
            response,
            certificate,
            issuer.certificate,
            nonce=nonce,
            now=query.now,
            skew=query.rules.skew,
            max_age=query.max_age,
            responders=sources.responders,
            root=issuer.anchor.certificate,
        )


def _unavailable(why: str, *, server_failed: bool = False) -> Status:
    return Status(StatusValue.UNAVAILABLE, SOURCE, why=why, server_failed=server_failed)


def _origin(address: str) -> str:
    return "/".join(address.split("/")[:3])
