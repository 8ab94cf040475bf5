"""Answering a signature request: the signature is checked, the issuer queried, evidence kept, then it is COMPLETED.

One transaction decides: the request is still pending, and the registration has no hold, no end and no denied key.
Evidence is durable before. Where the transaction does not follow, it is evidence of nothing: only the request's
row, and the receipt that it holds, state a result.

Nothing is counted before a signature is checked: a signature cannot be guessed, and the issuer is queried only for
one that is right. What did not complete is counted afterwards, and ends the request in the end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from registrar.aws.tables.answers import Answers
from registrar.aws.tables.registrations import Registrations
from registrar.aws.tables.signature_requests import SignatureRequests
from registrar.domain.bank import SigningBank
from registrar.domain.possession.headings import TextToSign, Version
from registrar.domain.possession.proofs import Proof
from registrar.domain.possession.signature import check_one_signed
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import ConditionFailed, PossessionProofInvalid, Refusal
from registrar.domain.registrations.registration import Registration
from registrar.domain.registrations.usability import Known, Purpose, usability
from registrar.domain.revocation.status import StatusValue
from registrar.domain.signing.completion import Completion
from registrar.domain.signing.signature_request import (
    MAX_TRIES,
    Completed,
    Failure,
    SignatureRequest,
    SigningState,
)
from registrar.domain.times import iso
from registrar.net.limits import Limits
from registrar.steps.applying_status import apply_status
from registrar.steps.fresh_status import FreshStatus, FreshStatuses


class Evidence(Protocol):
    """Where evidence of signatures is kept, and the key that signs receipts."""

    def keep(self, completion: Completion) -> Completed:
        """Write the evidence durably, and sign the receipt. Whatever it raises: the request stays pending."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A customer's answer, as it came at `at`: a signature by the certificate of one of their registrations."""

    customer_id: str
    request_id: str
    registration_id: str
    proof: Proof
    at: datetime


@dataclass(frozen=True, slots=True)
class Signing:
    """What an answer needs."""

    requests: SignatureRequests
    answers: Answers
    registrations: Registrations
    statuses: FreshStatuses
    evidence: Evidence
    bank: SigningBank

    def answer(self, answer: Answer, limits: Limits) -> SignatureRequest:
        """The request in its final state; one that was final before is returned unchanged.

        Raises Refusal where it stays pending: REG_NOT_FOUND, SIGNING_SIGNATURE_INVALID while tries are left,
        REVOCATION_NOT_CONFIRMED where the issuer is silent; SIGNING_REQUEST_NOT_FOUND and SIGNING_REQUEST_EXPIRED.
        """
        request, registration = self.answers.find(answer.customer_id, answer.request_id, answer.registration_id)
        if request is None:
            raise Refusal(Code.SIGNING_REQUEST_NOT_FOUND)
        if request.state is not SigningState.PENDING:
            return request
        if not request.answerable_at(answer.at):
            raise Refusal(Code.SIGNING_REQUEST_EXPIRED)
        if registration is None:
            raise Refusal(Code.REG_NOT_FOUND)
        texts = [request.text(self.bank, version) for version in reversed(Version)]
        try:
            text = check_one_signed(registration.der, texts, answer.proof)
        except PossessionProofInvalid:
            return self._signed_wrongly(request, answer.at)
        return self._signed(request, registration, text, answer, limits)

    def _signed(
        self,
        request: SignatureRequest,
        registration: Registration,
        text: TextToSign,
        answer: Answer,
        limits: Limits,
    ) -> SignatureRequest:
        """The request after a right signature."""
        at = answer.at
        try:
            _check_usable(registration, at)
            fresh = self._fresh_good(registration, at, limits)
            # Stored times have whole seconds; evidence and receipt state the same time as the row.
            signed_at = at.replace(microsecond=0)
            completion = Completion(
                request,
                text,
                answer.proof,
                registration,
                fresh.issuer,
                fresh.trust_version,
                fresh.status,
                signed_at,
            )
            return self.answers.complete(request, registration, self.evidence.keep(completion), signed_at)
        except Refusal as refused:
            failure = Failure(refused.code, _plain(refused.params))
            if refused.code is not Code.REVOCATION_NOT_CONFIRMED:
                return self.requests.fail(request, failure, at)
            counted = self.requests.count_silence(request, failure, at)
            if counted.state is SigningState.PENDING:
                raise
            return counted

    def _fresh_good(self, registration: Registration, at: datetime, limits: Limits) -> FreshStatus:
        """A status GOOD. Any other is applied to the registration. Raises Refusal where there is none."""
        fresh = self.statuses.query(registration, at, limits)
        if fresh.status.value is not StatusValue.GOOD:
            try:
                changed = apply_status(self.registrations, registration, fresh.status, at)
            except ConditionFailed:  # it ended otherwise meanwhile
                changed = self.registrations.get(registration.customer_id, registration.id)
            _check_usable(changed, at)
            raise Refusal(Code.REVOCATION_NOT_CONFIRMED, retry_after=30, issuer=registration.issuer)
        return fresh

    def _signed_wrongly(self, request: SignatureRequest, at: datetime) -> SignatureRequest:
        counted = self.requests.count_wrong(request, at)
        if counted.state is SigningState.PENDING:
            raise Refusal(Code.SIGNING_SIGNATURE_INVALID, tries_left=MAX_TRIES - counted.tries)
        return counted


def _check_usable(registration: Registration, at: datetime) -> None:
    """Raises Refusal with the reason why the certificate may not be used, as far as the bank knows."""
    found = usability(Known(registration, None), Purpose.VIEW, {}, at)
    if found.reason is not None:
        raise Refusal(found.reason, retry_after=None, **found.params)


def _plain(params: Mapping[str, object]) -> dict[str, object]:
    return {name: iso(value) if isinstance(value, datetime) else value for name, value in params.items()}
