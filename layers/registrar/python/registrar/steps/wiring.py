"""Builds the use cases from the stores that they work on and the bank's settings.

A builder imports what it builds when it is called, as those of `registrar.aws.wiring` do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from registrar.aws import wiring as stores
from registrar.aws.clients import client
from registrar.settings import bank, setting, settings_list, signing_bank

if TYPE_CHECKING:
    from registrar.aws.queues.sender import Sender
    from registrar.domain.access.passkeys import RelyingParty
    from registrar.domain.notices.channels import Channel, ChannelName
    from registrar.net.message_provider import MessageProvider
    from registrar.steps.changing_credentials import Credentials
    from registrar.steps.checking_revocation import RevocationStep
    from registrar.steps.crl_store import CrlStore
    from registrar.steps.fresh_status import FreshStatuses
    from registrar.steps.keeping_evidence import Evidence
    from registrar.steps.known_statuses import KnownStatuses
    from registrar.steps.locked_logins import LockedLogins
    from registrar.steps.outcomes import Outcomes
    from registrar.steps.owners import Owners
    from registrar.steps.proving_identity import Access
    from registrar.steps.reporting_loss import LossReports
    from registrar.steps.sending_at_once import NoticesAtOnce
    from registrar.steps.signing import Signing
    from registrar.steps.starting_sessions import SessionStarts
    from registrar.steps.status_checks import StatusChecks
    from registrar.steps.status_refresh import StatusRefresh
    from registrar.steps.unlisted_watch import UnlistedWatch
    from registrar.steps.verifying_signatures import SignatureVerifier

AT_ONCE_SECONDS = 3.5
"""What a message provider has for one try, look-up and connection included: two fit into 10 seconds."""
AT_ONCE_TRIES = 2
QUEUED_SECONDS = 6
"""The same for a queued notice: AlimTalk and text message of each of a batch's two fit into 30 seconds."""


def access() -> Access:
    """Proving a challenge."""
    from registrar.steps.proving_identity import Access

    return Access(stores.challenges(), session_starts(), stores.throttles(), locked_logins())


def status_refresh() -> StatusRefresh:
    """Querying an outdated status again before an upload is registered."""
    from registrar.steps.status_refresh import StatusRefresh

    return StatusRefresh(stores.upload_checks(), stores.query_queue(), known_statuses(), stores.registering_reads())


def credentials() -> Credentials:
    """Changing a customer's credentials."""
    from registrar.steps.changing_credentials import Credentials

    return Credentials(client("dynamodb"), stores.customers(), stores.challenges(), stores.one_try_notice_queue())


def crl_store() -> CrlStore:
    """Issuers' lists."""
    from registrar.steps.crl_store import CrlStore

    return CrlStore(stores.crl_indexes(), stores.issuers())


def fresh_statuses() -> FreshStatuses:
    """Querying a registration's status before a transaction."""
    from registrar.steps.fresh_status import FreshStatuses

    return FreshStatuses(stores.trust_bucket(), status_checks())


def evidence() -> Evidence:
    """Keeping the evidence of signatures."""
    from registrar.steps.keeping_evidence import Evidence

    return Evidence(stores.evidence_bucket(), stores.receipt_key(), setting("BANK_CODE"))


def signature_verifier() -> SignatureVerifier:
    """Verifying signatures that were made elsewhere."""
    from registrar.steps.verifying_signatures import SignatureVerifier

    return SignatureVerifier(stores.trust_bucket(), status_checks(), setting("BANK_CODE"))


def loss_reports() -> LossReports:
    """Suspending what a customer reports lost."""
    from registrar.steps.reporting_loss import LossReports

    return LossReports(stores.registrations())


def known_statuses() -> KnownStatuses:
    """What is known of a certificate, without a query."""
    from registrar.steps.kept_lists import KeptLists
    from registrar.steps.known_statuses import KnownStatuses

    return KnownStatuses(KeptLists(stores.crl_indexes()), stores.issuers())


def locked_logins() -> LockedLogins:
    """Notices of locked logins."""
    from registrar.steps.locked_logins import LockedLogins

    return LockedLogins(stores.one_try_notice_queue())


def notices_at_once() -> NoticesAtOnce:
    """Sending a notice within the request."""
    from registrar.aws.queues.sender import Sender
    from registrar.domain.notices.channels import ChannelName
    from registrar.steps.sending_at_once import NoticesAtOnce

    provider = _message_provider(AT_ONCE_SECONDS, AT_ONCE_TRIES)
    channels = _phone_channels(provider) if provider else {ChannelName.SMS: stores.texts_at_once()}
    return NoticesAtOnce(Sender(channels), bank())


def notice_sender() -> Sender:
    """Sending queued notices, by text message, AlimTalk (with a message provider), push or mail: one call each."""
    from registrar.aws.queues.sender import Sender
    from registrar.domain.notices.channels import ChannelName

    provider = _message_provider(QUEUED_SECONDS, tries=1)
    channels = _phone_channels(provider) if provider else {ChannelName.SMS: stores.queued_texts()}
    return Sender({**channels, ChannelName.PUSH: stores.pushes(), ChannelName.MAIL: stores.mails()})


def _message_provider(seconds: float, tries: int) -> MessageProvider | None:
    """The message provider of the stack; None where SNS sends text messages."""
    name = setting("MESSAGE_PROVIDER")
    url = setting("MESSAGE_PROVIDER_URL")
    arn = setting("MESSAGE_PROVIDER_SECRET_ARN")
    if name != "http":
        return None
    import ssl

    from registrar.domain.notices.provider_messages import ProviderAddress
    from registrar.net.message_provider import MessageProvider

    address = ProviderAddress.of(url)
    number = bank().help_desk.replace("-", "")
    tls = ssl.create_default_context()
    return MessageProvider(address, stores.message_secret(arn), number, seconds, tries, tls)


def _phone_channels(provider: MessageProvider) -> Mapping[ChannelName, Channel]:
    from registrar.domain.notices.channels import ChannelName
    from registrar.net.message_provider import AlimTalks, ProviderTexts

    return {ChannelName.SMS: ProviderTexts(provider), ChannelName.ALIMTALK: AlimTalks(provider)}


def outcomes() -> Outcomes:
    """Publishing the verdict on an upload."""
    from registrar.steps.outcomes import Outcomes

    uploads = replace(stores.uploads(), apart=setting("UPLOAD_CERTIFICATES") == "apart")
    return Outcomes(uploads, stores.upload_bucket(), stores.query_queue())


def owners_of_containers() -> Owners:
    """The owner of a certificate whose container is opened with a sealed password."""
    from registrar.steps.owners import Owners

    return Owners(stores.identity_secrets(), stores.password_keys())


def owners_of_signatures() -> Owners:
    """The owner of a certificate whose key signs, with a sealed R."""
    from registrar.steps.owners import Owners

    return Owners(stores.identity_secrets(), stores.random_number_keys())


def relying_party() -> RelyingParty:
    """The bank, as passkeys know it."""
    from registrar.domain.access.passkeys import RelyingParty

    origins = frozenset(settings_list("PASSKEY_ORIGINS"))
    return RelyingParty(setting("PASSKEY_RP_ID"), bank().name_ko, origins)


def revocation_step() -> RevocationStep:
    """The last check of an upload."""
    from registrar.steps.checking_revocation import RevocationStep

    checks = stores.upload_checks()
    return RevocationStep(checks, status_checks(), stores.registrations(), setting("BANK_CODE"))


def signing() -> Signing:
    """Answering a signature request."""
    from registrar.steps.signing import Signing

    return Signing(
        stores.signature_requests(),
        stores.answers(),
        stores.registrations(),
        fresh_statuses(),
        evidence(),
        signing_bank(),
    )


def session_starts() -> SessionStarts:
    """Starting a session after a login."""
    from registrar.steps.starting_sessions import SessionStarts

    return SessionStarts(stores.sessions(), stores.session_uses())


def status_checks() -> StatusChecks:
    """Querying the revocation status of a certificate."""
    from registrar.steps.responder_checks import ResponderChecks
    from registrar.steps.status_checks import StatusChecks

    crls = crl_store()
    known = known_statuses()
    return StatusChecks(stores.issuers(), crls, known, ResponderChecks(crls, known))


def unlisted_watch() -> UnlistedWatch:
    """The watch of certificates that no list covers."""
    from registrar.steps.unlisted_watch import UnlistedWatch

    return UnlistedWatch(stores.registrations(), status_checks())
