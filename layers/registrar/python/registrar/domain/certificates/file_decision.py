"""Decide on a file that needs no password: recognise it, then decide on its certificate.

It is apart from decision.py, which works on a certificate in hand: most functions that decide read no files.
"""

from datetime import datetime

from registrar.domain.certificates.decision import Report, decide_certificate, refusal_report
from registrar.domain.certificates.trust import TrustStore
from registrar.domain.files.formats import Bare, recognise
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal


def decide(content: bytes, trust: TrustStore, customer_kind: str, now: datetime, *, bank: str = "") -> Report:
    """Decide whether the certificate in `content`, a file that needs no password, may be registered.

    The same bytes, trust document, kind and time always give the same report. Never raises for bad content.
    """
    try:
        container = recognise([content])
    except Refusal as refused:
        return refusal_report(refused, trust)
    if not isinstance(container, Bare):
        return refusal_report(Refusal(Code.FILE_PASSWORD_REQUIRED), trust)
    return decide_certificate(container.der, trust, customer_kind, now, bank=bank)
