"""Querying the revocation status of a certificate: OCSP, then its CRL, in the order of the bank's rules.

Where a CA on the first path is revoked, the next path is tried (RFC 4158 section 2.4). But a key that may be
compromised counts on no path: a revoked CA does not come back through another certificate with the same key, unless
the reason of its revocation says nothing against the key.

Only configured addresses are queried, within one time limit; a server that keeps failing is paused (issuers.py).
Only a status that the issuer stated can be good, and only while nothing known contradicts it (known_statuses.py).
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from registrar.aws.tables.issuers import Issuers
from registrar.domain.certificates.certificate import Certificate
from registrar.domain.certificates.trust import Issuer, RevocationRules, TrustStore
from registrar.domain.reasons.errors import IssuerUnreachable
from registrar.domain.revocation.findings import worst
from registrar.domain.revocation.ocsp import MAX_BYTES, SOURCE, check_response, request_for
from registrar.domain.revocation.status import ListIdentity, OcspResponse, Status, StatusValue, prevailing
from registrar.net.fetch import Limits, ask_ocsp
from registrar.steps.crl_store import CrlStore
from registrar.steps.known_statuses import KnownStatuses
from registrar.steps.responder_checks import Known, ResponderChecks

# The CRL can still be queried when the responder uses up its time.
OCSP_SECONDS = 5.0
_NONCE_BYTES = 32


@dataclass(frozen=True, slots=True)
class StatusQuery:
    """One certificate, its issuer by each path that counts (at least one), the trust document and the moment."""

    certificate: Certificate
    issuers: tuple[Issuer, ...]
    store: TrustStore
    max_age: timedelta
    now: datetime
    limits: Limits

    @property
    def rules(self) -> RevocationRules:
        """The bank's rules."""
        return self.store.rules.revocation


class _OfPath(NamedTuple):
    """The CAs of a path: the status that speaks against it (of one on it that is not good, or of one with the same
    key whose revocation says nothing for the key; None where the path counts), and what the others rest on."""

    against: Status | None
    shown_by: tuple[OcspResponse | ListIdentity, ...] = ()

    def shown_with(self, status: Status) -> Status:
        """The certificate's status, with what those of its CAs rest on."""
        return replace(status, shown_by=status.shown_by + self.shown_by)


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
        first, *others = query.issuers
        status = self._of_certificate(query, first)
        if status.value is not StatusValue.GOOD or not query.rules.check_authorities:
            return status, False
        of_path = self._of_authorities(query, first)
        if of_path.against is None:
            return of_path.shown_with(status), False
        against = of_path.against
        for issuer in others:
            of_path = self._of_authorities(query, issuer)
            if of_path.against is None:
                return of_path.shown_with(self._of_certificate(query, issuer)), False
            # What is not known yet may turn out good: then there is a path.
            against = of_path.against if against.definite else against
        return against, True

    def _of_certificate(self, query: StatusQuery, issuer: Issuer) -> Status:
        """The status of the certificate itself."""
        status, known = self._stated(query, issuer)
        if status.source == SOURCE and status.value in (StatusValue.REVOKED, StatusValue.ON_HOLD):
            self.issuers.remember(issuer.certificate.key_digest, query.certificate.serial, status, query.now)
        if known is None:
            known = Known(self.known.status(query.certificate, issuer.certificate.key_digest, query.now))
        return replace(prevailing(status, known.status), path=issuer)

    def _of_authorities(self, query: StatusQuery, issuer: Issuer) -> _OfPath:
        """What is known of the CAs of this path, and of others with the same keys."""
        against = None
        shown_by: tuple[OcspResponse | ListIdentity, ...] = ()
        for above, authority in pairwise(issuer.chain):
            listed = self._listed(query, issuer, authority, above, None)
            status = prevailing(listed, self.known.status(authority, above.key_digest, query.now))
            if status.value is not StatusValue.GOOD:
                against = status
                break
            shown_by += status.shown_by
        for path, authority, above in query.store.same_keys(issuer, query.now):
            if path.accepted_at(query.now):
                self._listed(query, path, authority, above, None)  # so that what is known of it is not of yesterday
            known = self.known.status(authority, above.key_digest, query.now)
            if known is not None and not known.leaves_key_safe:
                return _OfPath(known)
        return _OfPath(against, shown_by)

    def _stated(self, query: StatusQuery, issuer: Issuer) -> tuple[Status, Known | None]:
        """What the sources say, and what is known of the certificate where that was read with it."""
        silent = []
        for source in query.rules.order:
            known = None
            if source == SOURCE:
                status, known = self._by_a_good_responder(query, issuer, self._ocsp(query, issuer))
            else:
                status = self._listed(query, issuer, query.certificate, issuer.certificate, query.max_age)
            if status.definite:
                return status, known
            silent.append(status)
        return worst(silent), None

    def _by_a_good_responder(
        self, query: StatusQuery, issuer: Issuer, status: Status
    ) -> tuple[Status, Known | None]:
        """`status`, or INVALID where the responder that stated it is revoked itself, or may be."""
        if status.signed_by is None or not status.definite:
            return status, None
        against, known = self.responders.objection(
            status.signed_by, query.certificate, issuer, query.rules, query.now, query.limits
        )
        if against is None:
            return status, known
        why = f"responder certificate {status.signed_by.certificate.serial:x}: {against.value} {against.why}"
        # Silent lists of the responder are not the response's fault: the customer's finding is that of a list.
        value = StatusValue.INVALID if against.definite else against.value
        return Status(value, SOURCE, why=why.strip()), None

    def _listed(
        self,
        query: StatusQuery,
        issuer: Issuer,
        certificate: Certificate,
        above: Certificate,
        max_age: timedelta | None,
    ) -> Status:
        """The status by the CRL. A CA's list is valid until its nextUpdate: CAs publish lists months apart."""
        signers = issuer.list_signers(above)
        operator = issuer.operator
        return self.crls.status(certificate, signers, operator, query.rules, query.now, max_age, query.limits)

    def _ocsp(self, query: StatusQuery, issuer: Issuer) -> Status:
        operator = issuer.operator
        rules = query.rules
        now = query.now
        address = operator.sources.ocsp
        if address is None:
            return _unavailable("no responder is configured")
        breaker = self.issuers.may_query(operator.id, SOURCE, now, rules)
        if breaker is None:
            return _unavailable("the responder rests after failures")
        status = self._query_responder(query, issuer, address)
        if status.server_failed:
            self.issuers.record_failure(breaker, now, rules)
        else:
            self.issuers.record_success(breaker)
        return status

    def _query_responder(self, query: StatusQuery, issuer: Issuer, address: str) -> Status:
        certificate = query.certificate
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
