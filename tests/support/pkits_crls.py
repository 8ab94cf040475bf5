"""The CRLs of a PKITS case: what they say of each certificate on its path.

A CRL counts if a certificate with the name of the certificate's issuer signed it that is valid under the same
anchor and not revoked itself (RFC 5280 6.3.3 (f)): a CA may change its key, or sign CRLs with another one.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from registrar.domain.certificates import path
from registrar.domain.certificates.certificate import Certificate, read_certificate
from registrar.domain.reasons.errors import CertificateMalformed, CrlUnusable, PathInvalid
from registrar.domain.revocation.crl import read_crl
from registrar.domain.revocation.crl_entries import Entry
from registrar.domain.revocation.crl_index import Head, index_crl, lookup, read_head
from registrar.domain.revocation.crl_scope import check_scope
from registrar.domain.revocation.crl_status import Age, status_from_crl, status_from_crls
from registrar.domain.revocation.status import StatusValue
from tests.support.pkits import Case, issued

# The CRLs of 2010 run until 2030.
_AGE = Age(most=timedelta(days=40 * 366), skew=timedelta(0))


def look_up_as_service(case: Case, certificates: Sequence[Certificate]) -> str | None:
    """Why the service would not call all these certificates good by the CRLs of a case; None where it would.

    As steps/crl_store.py does: a CRL is read with the key of the CA above on the path, and the newest usable one
    decides alone.
    """
    above = read_certificate(case.anchor)
    for certificate in certificates:
        if why := _why_not_good(case, certificate, above):
            return why
        above = certificate
    return None


def _why_not_good(case: Case, certificate: Certificate, above: Certificate) -> str | None:
    found = list[tuple[Head, Entry | None]]()
    unusable = list[str]()
    for content in case.crls:
        try:
            head, entry = _read(content, above, certificate)
            check_scope(certificate, head.scope)
            found.append((head, entry))
        except CrlUnusable as error:
            unusable.append(error.why)
    if not found:
        return ", ".join(["UNAVAILABLE", *unusable])
    head, entry = max(found, key=lambda each: each[0].this_update)
    status = status_from_crl(certificate, head, entry, case.at, _AGE)
    return None if status.value is StatusValue.GOOD else f"{status.value}, {status.why}"


def look_up(case: Case, certificates: Sequence[Certificate]) -> str | None:
    """Why the CRLs of a case do not say that all these certificates are good; None where they do."""
    every = _Certificates(case)
    return next((why for certificate in certificates if (why := every.why_not_good(certificate))), None)


class _Certificates:
    """The certificates of a case, and what its CRLs say of them."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.anchor = read_certificate(case.anchor)
        self.others = list[Certificate]()
        for der in case.intermediates:
            try:
                self.others.append(read_certificate(der))
            except CertificateMalformed:
                continue

    def why_not_good(self, certificate: Certificate, asking: tuple[Certificate, ...] = ()) -> str | None:
        """`asking` are those whose status is being found out: none of them speaks for itself."""
        found, unusable = list[tuple[Head, Entry | None]](), list[str]()
        signers = list(self._signers(certificate, (*asking, certificate)))
        for content in self.case.crls:
            for signer in signers:
                try:
                    found.append(_read(content, signer, certificate))
                except CrlUnusable as error:
                    unusable.append(error.why)
        status = status_from_crls(certificate, found, self.case.at, _AGE)
        if status.value is StatusValue.GOOD:
            return None
        return ", ".join([status.value, status.why, *(unusable if not found else ())])

    def _signers(self, certificate: Certificate, asking: tuple[Certificate, ...]) -> Iterator[Certificate]:
        for signer in (self.anchor, *self.others):
            if signer.subject == certificate.issuer and signer not in asking and self._valid(signer, asking):
                yield signer

    def _valid(self, signer: Certificate, asking: tuple[Certificate, ...]) -> bool:
        if signer is self.anchor:
            return True
        above = (self.anchor, *(other for other in self.others if other is not signer))
        try:
            path.check_dates(signer, self.case.at)
            if signer.refused_extensions:
                return False
        except PathInvalid:
            return False
        issuers = (issuer for issuer in above if issuer not in asking and issued(signer, issuer))
        return any(self._may_issue(issuer, (*asking, signer)) for issuer in issuers) and (
            self.why_not_good(signer, asking) is None
        )

    def _may_issue(self, issuer: Certificate, asking: tuple[Certificate, ...]) -> bool:
        if issuer is self.anchor:
            return True
        try:
            path.check_ca_profile(issuer)
        except PathInvalid:
            return False
        return self._valid(issuer, asking)


def _read(content: bytes, signer: Certificate, certificate: Certificate) -> tuple[Head, Entry | None]:
    index = index_crl(read_crl(content, signer))

    def read(at: int, length: int) -> bytes:
        return index[at : at + length]

    head = read_head(read)
    return head, lookup(head, read, certificate.serial)
