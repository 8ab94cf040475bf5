"""Whether an OCSP responder is revoked itself: looked up on the lists of the CA or root that issued it.

Whoever has the key of a revoked responder would otherwise state "good" until its certificate ends. A list that
names the responder is enough, however old. Where the bank checks CAs, the list that the responder itself names is
required too, unless its address is not accepted.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from registrar.domain.certificates.certificate import Certificate
from registrar.domain.certificates.trust import Issuer, RevocationRules
from registrar.domain.revocation.distribution_points import named_urls, points_of
from registrar.domain.revocation.named import Named
from registrar.domain.revocation.ocsp_responder import is_nocheck
from registrar.domain.revocation.status import Responder, Status, StatusValue
from registrar.net.limits import Limits
from registrar.steps.crl_store import CrlStore
from registrar.steps.known_statuses import KnownStatuses


class Known(NamedTuple):
    """What is known of a certificate beside a response: nothing, where it is None."""

    status: Status | None


@dataclass(frozen=True, slots=True)
class ResponderChecks:
    """The lists of those who issue responders."""

    crls: CrlStore
    known: KnownStatuses

    def objection(
        self,
        responder: Responder,
        certificate: Certificate,
        issuer: Issuer,
        rules: RevocationRules,
        now: datetime,
        limits: Limits,
    ) -> tuple[Status | None, Known | None]:
        """Why a response about `certificate` of `issuer` by this responder does not count, None where it does; and
        what is known of the certificate, where that was read with it."""
        operator = issuer.operator
        own = responder.certificate
        above = responder.issuer
        if operator.sources.exempts_nocheck and is_nocheck(own):
            return None, None
        signers = issuer.list_signers(above)
        of_root = above.key_digest == issuer.anchor.certificate.key_digest
        listed_beside = issuer.authorities[0] if of_root else certificate
        if rules.check_authorities and of_root:
            # The list on which CAs are looked up; it has to be read before the response is believed.
            self.crls.status(listed_beside, signers, operator, rules, now, None, limits)
        if rules.check_authorities and points_of(own, above.key_digest, operator):
            status = self.crls.status(own, signers, operator, rules, now, None, limits)
            if status.value is not StatusValue.GOOD:
                return status, None
        of_responder = Named.of(own, above.key_digest, named_urls(listed_beside))
        of_certificate = Named.of(certificate, issuer.certificate.key_digest)
        against, known = self.known.statuses([of_responder, of_certificate], now)
        return against, Known(known)
