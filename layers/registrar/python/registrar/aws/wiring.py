"""Builds every store, bucket, queue and sender from the settings that template.yaml gives a function.

A builder imports what it builds when it is called: a cold start loads what its function uses, and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registrar.aws.clients import client, one_try_client, post_client
from registrar.settings import setting, settings_list

if TYPE_CHECKING:
    from registrar.aws.buckets.audit_bucket import AuditBucket
    from registrar.aws.buckets.bucket import Bucket
    from registrar.aws.buckets.crl_indexes import CrlIndexes
    from registrar.aws.buckets.evidence_bucket import EvidenceBucket
    from registrar.aws.buckets.trust_bucket import TrustBucket
    from registrar.aws.executions import Executions
    from registrar.aws.keys import CurrentSealingKeys, CustomerSecrets, SealingKeys
    from registrar.aws.log_search import LogSearch
    from registrar.aws.message_secret import MessageSecret
    from registrar.aws.queues.channels import Mails, Pushes, TextMessages
    from registrar.aws.queues.event_bus import EventBus
    from registrar.aws.queues.queue import Queue
    from registrar.aws.queues.sweeps import Sweeps
    from registrar.aws.receipt_key import ReceiptKey
    from registrar.aws.tables.accounts import Accounts
    from registrar.aws.tables.answers import Answers
    from registrar.aws.tables.certificate_logins import CertificateLogins
    from registrar.aws.tables.challenges import Challenges
    from registrar.aws.tables.customers import Customers
    from registrar.aws.tables.due_queries import DueQueries
    from registrar.aws.tables.erasure import Erasure
    from registrar.aws.tables.expiry_index import ExpiryIndex
    from registrar.aws.tables.issuers import Issuers
    from registrar.aws.tables.notices import Notices
    from registrar.aws.tables.reevaluations import Plans
    from registrar.aws.tables.registering_reads import RegisteringReads
    from registrar.aws.tables.registrations import Registrations
    from registrar.aws.tables.relying_services import RelyingServices
    from registrar.aws.tables.runs import Runs
    from registrar.aws.tables.samples import Samples
    from registrar.aws.tables.session_uses import LiveSessions, SessionUses
    from registrar.aws.tables.sessions import Sessions
    from registrar.aws.tables.signature_requests import SignatureRequests
    from registrar.aws.tables.status_reads import StatusReads
    from registrar.aws.tables.texts import Texts
    from registrar.aws.tables.throttles import Throttles
    from registrar.aws.tables.unlisted_index import UnlistedIndex
    from registrar.aws.tables.upload_checks import UploadChecks
    from registrar.aws.tables.uploads import Uploads

# Tables


def accounts() -> Accounts:
    """Customers with their standing."""
    from registrar.aws.tables.accounts import Accounts

    return Accounts(client("dynamodb"), setting("CUSTOMERS_TABLE"), setting("SESSIONS_TABLE"))


def answers() -> Answers:
    """Signature requests with the registration that signs."""
    from registrar.aws.tables.answers import Answers

    return Answers(
        client("dynamodb"),
        setting("SIGNATURE_REQUESTS_TABLE"),
        setting("REGISTRATIONS_TABLE"),
        setting("DENY_LIST_TABLE"),
        setting("KEPT_STATES_TABLE"),
    )


def certificate_logins() -> CertificateLogins:
    """Texts to sign for a login by certificate."""
    from registrar.aws.tables.certificate_logins import CertificateLogins

    return CertificateLogins(client("dynamodb"), setting("CHALLENGES_TABLE"))


def challenges() -> Challenges:
    """The challenges of customers."""
    from registrar.aws.tables.challenges import Challenges

    return Challenges(client("dynamodb"), setting("CHALLENGES_TABLE"))


def customers() -> Customers:
    """The bank's customers and their credentials."""
    from registrar.aws.tables.customers import Customers

    return Customers(client("dynamodb"), setting("CUSTOMERS_TABLE"))


def due_queries() -> DueQueries:
    """Uploads whose status is to be queried again."""
    from registrar.aws.tables.due_queries import DueQueries

    return DueQueries(client("dynamodb"), setting("UPLOADS_TABLE"))


def erasure() -> Erasure:
    """Ended registrations whose retention period has passed."""
    from registrar.aws.tables.erasure import Erasure

    return Erasure(client("dynamodb"), setting("REGISTRATIONS_TABLE"), setting("KEPT_STATES_TABLE"))


def unlisted_index() -> UnlistedIndex:
    """Live registrations that no list covers."""
    from registrar.aws.tables.unlisted_index import UnlistedIndex

    return UnlistedIndex(client("dynamodb"), setting("REGISTRATIONS_TABLE"))


def expiry_index() -> ExpiryIndex:
    """Live registrations by the end of their certificates."""
    from registrar.aws.tables.expiry_index import ExpiryIndex

    return ExpiryIndex(client("dynamodb"), setting("REGISTRATIONS_TABLE"))


def issuers() -> Issuers:
    """What is known about issuers' responders and lists."""
    from registrar.aws.tables.issuers import Issuers

    return Issuers(client("dynamodb"), setting("ISSUERS_TABLE"))


def notices() -> Notices:
    """Which notices were sent."""
    from registrar.aws.tables.notices import Notices

    return Notices(client("dynamodb"), setting("NOTICES_TABLE"))


def plans() -> Plans:
    """Plans of re-evaluations: their progress in the notices' table, their results in the trust bucket."""
    from registrar.aws.buckets.bucket import Bucket
    from registrar.aws.tables.reevaluations import Plans

    return Plans(client("dynamodb"), setting("NOTICES_TABLE"), Bucket(client("s3"), setting("TRUST_BUCKET")))


def registrations() -> Registrations:
    """Registrations, their locks, and the deny list and kept states that they are read with."""
    from registrar.aws.tables.registrations import Registrations

    return Registrations(
        client("dynamodb"),
        setting("REGISTRATIONS_TABLE"),
        setting("DENY_LIST_TABLE"),
        setting("KEPT_STATES_TABLE"),
    )


def registering_reads() -> RegisteringReads:
    """What an upload's registration depends on."""
    from registrar.aws.tables.registering_reads import RegisteringReads

    tables = setting("CUSTOMERS_TABLE"), setting("ISSUERS_TABLE")
    return RegisteringReads(client("dynamodb"), registrations(), *tables)


def relying_services() -> RelyingServices:
    """The bank's systems that use registered certificates."""
    from registrar.aws.tables.relying_services import RelyingServices

    return RelyingServices(client("dynamodb"), setting("RELYING_SERVICES_TABLE"))


def runs() -> Runs:
    """Runs of the expiry job."""
    from registrar.aws.tables.runs import Runs

    return Runs(client("dynamodb"), setting("NOTICES_TABLE"))


def samples() -> Samples:
    """Certificates of uploads and registrations, to try a trust document on."""
    from registrar.aws.tables.samples import Samples

    return Samples(client("dynamodb"), setting("UPLOADS_TABLE"), setting("REGISTRATIONS_TABLE"))


def status_reads() -> StatusReads:
    """What the bank knows of certificates that relying services name."""
    from registrar.aws.tables.status_reads import StatusReads

    return StatusReads(
        client("dynamodb"),
        setting("REGISTRATIONS_TABLE"),
        setting("DENY_LIST_TABLE"),
        setting("KEPT_STATES_TABLE"),
        setting("ISSUERS_TABLE"),
    )


def sessions() -> Sessions:
    """Customers' sessions."""
    from registrar.aws.tables.sessions import Sessions

    return Sessions(client("dynamodb"), setting("SESSIONS_TABLE"))


def signature_requests() -> SignatureRequests:
    """What relying services ask customers to sign."""
    from registrar.aws.tables.signature_requests import SignatureRequests

    return SignatureRequests(client("dynamodb"), setting("SIGNATURE_REQUESTS_TABLE"))


def live_sessions() -> LiveSessions:
    """Customers' sessions with their uses."""
    from registrar.aws.tables.session_uses import LiveSessions

    return LiveSessions(client("dynamodb"), setting("SESSIONS_TABLE"), setting("SESSION_USES_TABLE"))


def session_uses() -> SessionUses:
    """Uses of sessions, and logouts."""
    from registrar.aws.tables.session_uses import SessionUses

    return SessionUses(client("dynamodb"), setting("SESSION_USES_TABLE"))


def texts() -> Texts:
    """Renewed texts to sign."""
    from registrar.aws.tables.texts import Texts

    return Texts(client("dynamodb"), setting("TEXTS_TABLE"))


def throttles() -> Throttles:
    """Counters of attempts."""
    from registrar.aws.tables.throttles import Throttles

    return Throttles(client("dynamodb"), setting("THROTTLES_TABLE"))


def upload_checks() -> UploadChecks:
    """Uploads whose status is being queried."""
    from registrar.aws.tables.upload_checks import UploadChecks

    return UploadChecks(client("dynamodb"), setting("UPLOADS_TABLE"))


def uploads() -> Uploads:
    """Uploads and their states."""
    from registrar.aws.tables.announcements import Announcements
    from registrar.aws.tables.uploads import Uploads

    announcements = Announcements(client("dynamodb"), setting("ANNOUNCEMENTS_TABLE"))
    return Uploads(client("dynamodb"), setting("UPLOADS_TABLE"), announcements)


# Buckets


def audit_bucket() -> AuditBucket:
    """The chain of audit entries, which nobody can change."""
    from registrar.aws.buckets.audit_bucket import AuditBucket

    return AuditBucket(client("s3"), setting("AUDIT_BUCKET"))


def crl_indexes() -> CrlIndexes:
    """The indexes of issuers' lists."""
    from registrar.aws.buckets.bucket import Bucket
    from registrar.aws.buckets.crl_indexes import CrlIndexes

    return CrlIndexes(Bucket(client("s3"), setting("REVOCATION_BUCKET")))


def evidence_bucket() -> EvidenceBucket:
    """Evidence of signatures, which nobody can change."""
    from registrar.aws.buckets.evidence_bucket import EvidenceBucket

    return EvidenceBucket(client("s3"), setting("EVIDENCE_BUCKET"))


def trust_bucket() -> TrustBucket:
    """The trust documents, checked against the pinned anchors."""
    from registrar.aws.buckets.bucket import Bucket
    from registrar.aws.buckets.trust_bucket import TrustBucket

    bucket = Bucket(client("s3"), setting("TRUST_BUCKET"))
    return TrustBucket(bucket, settings_list("TRUST_ANCHOR_PINS"))


def upload_bucket() -> Bucket:
    """Where uploaded files are stored."""
    from registrar.aws.buckets.bucket import Bucket

    return Bucket(client("s3"), setting("UPLOAD_BUCKET"))


def upload_forms() -> Bucket:
    """The same bucket, with a client that signs upload forms."""
    from registrar.aws.buckets.bucket import Bucket

    return Bucket(post_client(), setting("UPLOAD_BUCKET"))


# Queues


def audit_queue() -> Queue:
    """Audit entries to keep."""
    from registrar.aws.queues.queue import Queue

    return Queue(client("sqs"), setting("AUDIT_QUEUE"))


def event_bus() -> EventBus:
    """The bus that other systems of the bank listen to."""
    from registrar.aws.queues.event_bus import EventBus

    return EventBus(client("events"), setting("REGISTRATION_EVENTS"))


def expiry_queue() -> Queue:
    """Shards of an expiry run."""
    from registrar.aws.queues.queue import Queue

    return Queue(client("sqs"), setting("EXPIRY_QUEUE"))


def loss_queue() -> Queue:
    """Loss reports that take effect later."""
    from registrar.aws.queues.queue import Queue

    return Queue(client("sqs"), setting("LOSS_QUEUE"))


def notice_queue() -> Queue:
    """Notices to send to customers."""
    from registrar.aws.queues.queue import Queue

    return Queue(client("sqs"), setting("NOTICE_QUEUE"))


def expiry_notice_queue() -> Queue:
    """Notices of the expiry run, which take hours to send."""
    from registrar.aws.queues.queue import Queue

    return Queue(client("sqs"), setting("EXPIRY_NOTICE_QUEUE"))


def query_queue() -> Queue:
    """Uploads whose status is to be queried."""
    from registrar.aws.queues.queue import Queue

    return Queue(client("sqs"), setting("QUESTIONS_QUEUE"))


def reevaluation_queue() -> Queue:
    """Segments of a re-evaluation."""
    from registrar.aws.queues.queue import Queue

    return Queue(client("sqs"), setting("REEVALUATION_QUEUE"))


def sweeps() -> Sweeps:
    """Delayed messages to the validator: delete remaining files of an upload."""
    from registrar.aws.queues.sweeps import Sweeps

    return Sweeps(client("sqs"), setting("VALIDATION_QUEUE"))


def validation_queue() -> Queue:
    """Uploads whose files arrived, to retry soon."""
    from registrar.aws.queues.queue import Queue

    return Queue(client("sqs"), setting("VALIDATION_QUEUE"))


def watch_queue() -> Queue:
    """Issuers' lists to watch."""
    from registrar.aws.queues.queue import Queue

    return Queue(client("sqs"), setting("WATCH_QUEUE"))


# Senders


def mails() -> Mails:
    """Notices by mail. No call is repeated automatically, as with all queued notices."""
    from registrar.aws.queues.channels import Mails

    return Mails(one_try_client("ses"), f"notice@{setting('MAIL_DOMAIN')}")


def pushes() -> Pushes:
    """Notices by push message."""
    from registrar.aws.queues.channels import Pushes

    return Pushes(one_try_client("sns"))


def queued_texts() -> TextMessages:
    """Queued notices by SNS as text messages."""
    from registrar.aws.queues.channels import TextMessages

    return TextMessages(one_try_client("sns"))


def texts_at_once() -> TextMessages:
    """Text messages by SNS that a request waits for: a code may come twice rather than not at all."""
    from registrar.aws.queues.channels import TextMessages

    return TextMessages(client("sns"))


def message_secret(arn: str) -> MessageSecret:
    """The key that signs requests to the message provider."""
    from registrar.aws.message_secret import MessageSecret

    return MessageSecret(client("secretsmanager"), arn)


def one_try_notice_queue() -> Queue:
    """The notice queue for what is reported beside a refusal: one try, since the request waits for it."""
    from registrar.aws.queues.queue import Queue

    return Queue(one_try_client("sqs"), setting("NOTICE_QUEUE"))


# The staff


def executions() -> Executions:
    """Executions of the documents by which the staff act."""
    from registrar.aws.executions import Executions

    return Executions(client("ssm"), setting("STACK"))


def log_search() -> LogSearch:
    """What functions logged."""
    from registrar.aws.log_search import LogSearch

    return LogSearch(client("logs"), setting("STACK"))


# Keys


def authenticator_secrets() -> CustomerSecrets:
    """Secrets of customers' authenticator apps."""
    from registrar.aws.keys import CustomerSecrets

    return CustomerSecrets(client("kms"), setting("CUSTOMER_KEY"))


def identity_secrets() -> CustomerSecrets:
    """Customers' identification numbers, as the bank stores them."""
    from registrar.aws.keys import CustomerSecrets

    return CustomerSecrets(client("kms"), setting("IDENTITY_KEY"))


def current_sealing_keys() -> CurrentSealingKeys:
    """The keys to which phones seal passwords and R now."""
    from registrar.aws.keys import CurrentSealingKeys, SealingKey

    kms = client("kms")
    return CurrentSealingKeys(
        SealingKey(kms, setting("SEALING_KEY")), SealingKey(kms, setting("RANDOM_NUMBER_KEY"))
    )


def password_keys() -> SealingKeys:
    """All keys with which sealed passwords are opened."""
    from registrar.aws.keys import SealingKeys

    return SealingKeys(client("kms"), settings_list("SEALING_KEYS"))


def random_number_keys() -> SealingKeys:
    """All keys with which a sealed R is opened."""
    from registrar.aws.keys import SealingKeys

    return SealingKeys(client("kms"), settings_list("RANDOM_NUMBER_KEYS"))


def receipt_key() -> ReceiptKey:
    """The key that signs receipts now."""
    from registrar.aws.receipt_key import ReceiptKey

    return ReceiptKey(client("kms"), setting("RECEIPT_KEY"))


def receipt_keys() -> tuple[ReceiptKey, ...]:
    """Every key by which receipts are checked: the current one, and the one before or after it."""
    from registrar.aws.receipt_key import ReceiptKey

    return tuple(ReceiptKey(client("kms"), arn) for arn in settings_list("RECEIPT_KEYS"))
