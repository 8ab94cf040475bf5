"""Print what a stack still needs before customers may use it (docs/runbook.md, "Going live").

    .venv/bin/python -m tools.admin.preflight --stack NAME [--region REGION] [--sms-usd 1000]

One line a check: OK, MISSING with what to do, or CANNOT TELL with the error (mostly a permission: every check only
reads). The exit code is 0 if all are OK, otherwise 1.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from registrar.domain.certificates.trust_document import check_activation, read_document
from registrar.domain.reasons.errors import TrustDocumentRejected

CONCURRENCY = 400
"""Requests at once that the APIs let through (ThrottlingBurstLimit): new accounts may have ten."""
PLACEHOLDER = "bank.example"
SECTION = "Going live"
CLOUDFRONT_REGION = "us-east-1"
"""Where CloudFront looks for certificates."""


class Outcome(StrEnum):
    """What is known about a requirement."""

    OK = "OK"
    MISSING = "MISSING"
    CANNOT_TELL = "CANNOT TELL"


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of a check: what was found, and what to do (section of docs/runbook.md)."""

    outcome: Outcome
    text: str
    section: str = SECTION


@dataclass(frozen=True, slots=True)
class Stack:
    """A deployed stack, and clients of its account by service and region (None: the stack's own)."""

    parameters: Mapping[str, str]
    outputs: Mapping[str, str]
    client: Callable[[str, str | None], Any]
    now: datetime
    sms_usd: float = 1.0
    name: str = ""

    def listed(self, name: str) -> list[str]:
        """The values of a parameter that is a list."""
        return [value.strip() for value in self.parameters.get(name, "").split(",") if value.strip()]


def ok(text: str) -> Finding:
    """Nothing to do."""
    return Finding(Outcome.OK, text)


def missing(text: str, section: str = SECTION) -> Finding:
    """Something to do before customers come."""
    return Finding(Outcome.MISSING, text, section)


def stage(stack: Stack) -> Finding:
    """Only `prod` refuses placeholders and protects its tables."""
    if stack.parameters["Stage"] != "prod":
        return missing(f"Stage is {stack.parameters['Stage']}: tables can be deleted, placeholders are accepted")
    return ok("the stage is prod")


def message_provider(stack: Stack) -> Finding:
    """A provider needs a secret that exists, in this region, and an address with TLS."""
    if not _has_provider(stack):
        return ok("text messages go by SNS, from abroad: customers see [국제발신] (docs/messages.md)")
    url = stack.parameters["MessageProviderUrl"]
    if not url.startswith("https://"):
        return missing("MessageProviderUrl is not HTTPS", "Message provider")
    arn = stack.parameters["MessageProviderSecretArn"]
    try:
        secret = stack.client("secretsmanager", None).describe_secret(SecretId=arn)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return missing(f"there is no secret {arn} (MessageProviderSecretArn)", "Message provider")
    if secret.get("DeletedDate"):
        return missing(f"the secret {arn} is to be deleted", "Message provider")
    if secret.get("KmsKeyId", "alias/aws/secretsmanager").rpartition("/")[2] != "secretsmanager":
        return missing("the provider's secret has a key of its own, which no function may use", "Message provider")
    return ok(f"messages go to {urlsplit(url).hostname}, and its secret exists")


def sms_sandbox(stack: Stack) -> Finding:
    """In SNS's sandbox only verified numbers get text messages."""
    if _has_provider(stack):
        return ok("text messages do not go by SNS")
    if stack.client("sns", None).get_sms_sandbox_account_status()["IsInSandbox"]:
        return missing(
            "SNS sends text messages to verified numbers only: leave the SMS sandbox (SNS, Text messaging)"
        )
    return ok("text messages reach every number")


def sms_spend(stack: Stack) -> Finding:
    """SNS stops sending where a month's limit, by default 1 USD, is used up; the alarm comes before that."""
    if _has_provider(stack):
        return ok("text messages do not go by SNS")
    found = stack.client("sns", None).get_sms_attributes(attributes=["MonthlySpendLimit"])["attributes"]
    limit = float(found.get("MonthlySpendLimit", 1))
    if limit <= 1 or limit < stack.sms_usd:
        wanted = max(stack.sms_usd, 2)
        return missing(
            f"the monthly limit for text messages is {limit:g} USD: have the quota raised (Service Quotas, SNS), "
            f"then aws sns set-sms-attributes --attributes MonthlySpendLimit={wanted:g}"
        )
    alarm = float(stack.parameters["SmsSpendAlarmUsd"])
    if alarm >= limit:
        return missing(
            f"SmsSpendAlarm never fires: SNS stops at {limit:g} USD, before the alarm at {alarm:g} USD "
            "(SmsSpendAlarmUsd): deploy with less than the limit"
        )
    return ok(f"the monthly limit for text messages is {limit:g} USD")


def mail_sandbox(stack: Stack) -> Finding:
    """In SES's sandbox only verified addresses get mail."""
    account = stack.client("sesv2", None).get_account()
    if not account.get("ProductionAccessEnabled"):
        return missing("SES sends to verified addresses only: request production access (SES, Account dashboard)")
    if not account.get("SendingEnabled"):
        return missing("SES has paused sending: see the account's reputation (SES, Account dashboard)")
    return ok("mail reaches every address")


def mail_identity(stack: Stack) -> Finding:
    """SES sends for a domain that its owner confirmed, with a signature that receivers check (DKIM)."""
    domain = stack.parameters["MailDomain"]
    try:
        identity = stack.client("sesv2", None).get_email_identity(EmailIdentity=domain)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NotFoundException":
            raise
        return missing(f"SES does not know the domain {domain} (MailDomain): create and verify it as an identity")
    if not identity.get("VerifiedForSendingStatus"):
        return missing(f"{domain} (MailDomain) is not verified: enter SES's DNS records")
    if identity.get("DkimAttributes", {}).get("Status") != "SUCCESS":
        return missing(f"mail of {domain} is not signed (DKIM): enter SES's DNS records")
    return ok(f"SES sends for {domain}, signed")


def concurrency(stack: Stack) -> Finding:
    """Lambda refuses more invocations at once than the account's quota."""
    limits = stack.client("lambda", None).get_account_settings()["AccountLimit"]
    free = limits["UnreservedConcurrentExecutions"]
    if free < CONCURRENCY:
        return missing(
            f"{free} of {limits['ConcurrentExecutions']} concurrent executions are free, the APIs let "
            f"{CONCURRENCY} requests through at once: have the quota raised (Service Quotas, Lambda)"
        )
    return ok(f"{free} concurrent executions are free")


def gateway_role(stack: Stack) -> Finding:
    """API Gateway writes no log without a role, which the whole account and region share."""
    if not stack.client("apigateway", None).get_account().get("cloudwatchRoleArn"):
        return missing(
            "API Gateway has no role to write logs: aws apigateway update-account "
            "--patch-operations op=replace,path=/cloudwatchRoleArn,value=<role>"
        )
    return ok("API Gateway may write logs")


def trust_document(stack: Stack) -> Finding:
    """Without an active trust document whose roots are pinned every certificate is refused."""
    bucket = stack.outputs["TrustBucket"]
    try:
        content = stack.client("s3", None).get_object(Bucket=bucket, Key="active/trust.json")["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("NoSuchKey", "404"):
            raise
        return missing("there is no active trust document", "Trust document")
    try:
        store = read_document(content, stack.listed("TrustAnchorPins"))
        check_activation(store, None, stack.now)
    except TrustDocumentRejected as error:
        return missing(f"the active trust document would be refused now: {error}", "Trust document")
    return ok(f"version {store.version} of the trust document is active, its roots are pinned")


def passkeys(stack: Stack) -> Finding:
    """Browsers make passkeys for a domain only on pages of that domain."""
    domain = stack.parameters["PasskeyRpId"]
    if domain == PLACEHOLDER:
        return missing("PasskeyRpId is still bank.example: all passkeys are lost when it changes")
    strangers = [origin for origin in stack.listed("PasskeyOrigins") if not _belongs(origin, domain)]
    if strangers:
        return missing(f"PasskeyOrigins has origins outside {domain}: {', '.join(strangers)}", "The page")
    if not stack.listed("PasskeyOrigins"):
        return missing("PasskeyOrigins is empty: no page and no app can use passkeys", "The page")
    return ok(f"passkeys belong to {domain}")


def alarm_topic(stack: Stack) -> Finding:
    """An alarm without a confirmed subscription reaches nobody."""
    topic = stack.parameters.get("AlarmTopicArn", "")
    if not topic:
        return missing("AlarmTopicArn is empty: nobody gets an alarm")
    try:
        attributes = stack.client("sns", None).get_topic_attributes(TopicArn=topic)["Attributes"]
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("NotFound", "NotFoundException"):
            raise
        return missing(f"there is no topic {topic} (AlarmTopicArn)")
    if not int(attributes.get("SubscriptionsConfirmed", 0)):
        return missing(f"nobody has confirmed a subscription of {topic}: aws sns subscribe, then confirm")
    return ok(f"alarms reach {attributes['SubscriptionsConfirmed']} subscriptions")


def firewall(stack: Stack) -> Finding:
    """A new stack's firewall only counts."""
    mode = stack.parameters["FirewallMode"]
    if mode != "Block":
        return missing(
            f"FirewallMode is {mode}: it blocks nothing; read a week's figures, then deploy with Block",
            "The firewall blocks",
        )
    return ok("the firewall blocks")


def evidence_lock(stack: Stack) -> Finding:
    """With GOVERNANCE evidence and audit can be deleted by whoever may bypass it."""
    for output in ("EvidenceBucket", "AuditBucket"):
        bucket = stack.outputs[output]
        mode = _lock_mode(stack.client("s3", None), bucket)
        if mode != "COMPLIANCE":
            return missing(
                f"the Object Lock of {bucket} ({output}) is {mode}: deploy with EvidenceLockMode=COMPLIANCE "
                "before the first object; those that are stored keep the lock they have"
            )
    return ok("nobody can delete evidence or audit entries before their time")


def trail(stack: Stack) -> Finding:
    """Without CloudTrail nobody can say who called a function of staff or read evidence."""
    cloudtrail = stack.client("cloudtrail", None)
    if stack.parameters["Trail"] == "on":
        names = [stack.name]
    else:
        found = cloudtrail.describe_trails(includeShadowTrails=True)["trailList"]
        names = [each["TrailARN"] for each in found if each.get("IsMultiRegionTrail")]
        if not names:
            return missing("Trail is off, and the account has no other trail for all regions", "Audit")
    status = {name: _trail_status(cloudtrail, name) for name in names}
    errors = {name: error for name, error in status.items() if error}
    if len(errors) == len(status):
        name, error = next(iter(errors.items()))
        return missing(f"the trail {name} {error}", "Audit")
    working = next(name for name in names if name not in errors)
    if stack.parameters["Trail"] == "on":
        return ok(f"the trail {working} records and delivers")
    return ok(f"Trail is off, {working} records: its data events have to be those of the runbook's section Audit")


def truststore(stack: Stack) -> Finding:
    """API Gateway checks relying services' client certificates against the CAs that it could read."""
    wanted = stack.parameters.get("RelyingTruststoreUri", "")
    if not wanted:
        return ok("RelyingTruststoreUri is not used")
    domain = stack.client("apigateway", None).get_domain_name(domainName=stack.parameters["RelyingDomain"])
    status = domain.get("domainNameStatus", "AVAILABLE")
    if status != "AVAILABLE":
        return missing(f"the domain {stack.parameters['RelyingDomain']} is {status}", "Relying services")
    used = domain.get("mutualTlsAuthentication", {})
    if used.get("truststoreUri") != wanted:
        return missing(
            f"the domain asks for no client certificate of {wanted} (RelyingTruststoreUri)", "Relying services"
        )
    if used.get("truststoreWarnings"):
        return missing(
            f"API Gateway warns of {wanted}: {'; '.join(used['truststoreWarnings'])}", "Relying services"
        )
    return ok(f"client certificates are checked against {wanted}")


def page_certificate(stack: Stack) -> Finding:
    """CloudFront needs the certificate of the page's domain."""
    return _certificate(stack, "WebDomain", "WebCertificateArn", CLOUDFRONT_REGION)


def api_certificate(stack: Stack) -> Finding:
    """API Gateway needs the certificate of the customers' API's domain."""
    return _certificate(stack, "ApiDomain", "ApiCertificateArn", None)


def relying_certificate(stack: Stack) -> Finding:
    """API Gateway needs the certificate of the relying services' API's domain."""
    return _certificate(stack, "RelyingDomain", "RelyingCertificateArn", None)


CHECKS: Mapping[str, Callable[[Stack], Finding]] = {
    "stage": stage,
    "message-provider": message_provider,
    "sms-sandbox": sms_sandbox,
    "sms-spend": sms_spend,
    "mail-sandbox": mail_sandbox,
    "mail-identity": mail_identity,
    "concurrency": concurrency,
    "gateway-role": gateway_role,
    "trust-document": trust_document,
    "passkeys": passkeys,
    "alarm-topic": alarm_topic,
    "page-certificate": page_certificate,
    "api-certificate": api_certificate,
    "relying-certificate": relying_certificate,
    "truststore": truststore,
    "firewall": firewall,
    "evidence-lock": evidence_lock,
    "trail": trail,
}


def findings(stack: Stack) -> Iterator[tuple[str, Finding]]:
    """The result of each check. A check that cannot ask says so, and the others still run."""
    for name, check in CHECKS.items():
        try:
            yield name, check(stack)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            yield name, Finding(Outcome.CANNOT_TELL, f"{error.operation_name}: {code}")
        except (BotoCoreError, KeyError, ValueError) as error:
            yield name, Finding(Outcome.CANNOT_TELL, f"{type(error).__name__}: {error}")


def line(name: str, finding: Finding) -> str:
    """A check as one line."""
    pointer = "" if finding.outcome is Outcome.OK else f' (docs/runbook.md, "{finding.section}")'
    return f"{finding.outcome:<12} {name:<20} {' '.join(finding.text.split())}{pointer}"


def read_stack(name: str, client: Callable[[str, str | None], Any], now: datetime, sms_usd: float) -> Stack:
    """The stack as it is deployed. Raises ClientError where there is none."""
    (found,) = client("cloudformation", None).describe_stacks(StackName=name)["Stacks"]
    return Stack(
        {each["ParameterKey"]: each["ParameterValue"] for each in found.get("Parameters", [])},
        {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])},
        client,
        now,
        sms_usd,
        name,
    )


def _has_provider(stack: Stack) -> bool:
    """Whether text messages go through a message provider."""
    return stack.parameters.get("MessageProvider", "sns") == "http"


def _belongs(origin: str, domain: str) -> bool:
    """Whether passkeys of a domain can be used at an origin: an app's, or a page's of the domain or below it."""
    if origin.startswith("android:apk-key-hash:"):
        return True
    host = urlsplit(origin).hostname or ""
    return origin.startswith("https://") and (host == domain or host.endswith(f".{domain}"))


def _lock_mode(s3: Any, bucket: str) -> str:
    """The mode of a bucket's Object Lock."""
    try:
        lock = s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ObjectLockConfigurationNotFoundError":
            raise
        return "none"
    return str(lock.get("Rule", {}).get("DefaultRetention", {}).get("Mode", "none"))


def _trail_status(cloudtrail: Any, name: str) -> str:
    """What is wrong with a trail; nothing where it records and delivers."""
    try:
        status = cloudtrail.get_trail_status(Name=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "TrailNotFoundException":
            raise
        return "does not exist"
    if not status.get("IsLogging"):
        return "records nothing: aws cloudtrail start-logging"
    failed = status.get("LatestDeliveryError") or status.get("LatestDigestDeliveryError")
    return f"delivers nothing: {failed}" if failed else ""


def _certificate(stack: Stack, domain_name: str, arn_name: str, region: str | None) -> Finding:
    domain = stack.parameters.get(domain_name, "")
    if domain in ("", "none"):
        return ok(f"{domain_name} is not used")
    arn = stack.parameters.get(arn_name, "")
    if not arn:
        return missing(f"{domain_name} is {domain}, and {arn_name} is empty")
    certificate = stack.client("acm", region).describe_certificate(CertificateArn=arn)["Certificate"]
    if certificate["Status"] != "ISSUED":
        return missing(
            f"the certificate of {domain} ({arn_name}) is {certificate['Status']}: enter ACM's DNS records"
        )
    names = {certificate["DomainName"], *certificate.get("SubjectAlternativeNames", [])}
    if not names & {domain, f"*.{domain.partition('.')[2]}"}:
        return missing(f"the certificate in {arn_name} is for {', '.join(sorted(names))}, not for {domain}")
    return ok(f"the certificate of {domain} is issued")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the checks of the stack that the command line names, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog=".venv/bin/python -m tools.admin.preflight", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--stack", required=True, help="the stack's name")
    parser.add_argument("--region", help="of the stack; by default the one of your profile")
    parser.add_argument("--sms-usd", type=float, default=1.0, help="what text messages may cost in a month")
    given = parser.parse_args(arguments)
    session: Any = boto3.Session(region_name=given.region)

    def client(service: str, region: str | None) -> Any:
        return session.client(service, region_name=region)

    try:
        stack = read_stack(given.stack, client, datetime.now(UTC), given.sms_usd)
    except (ClientError, BotoCoreError) as error:
        print(f"the stack {given.stack} cannot be read: {error}", file=sys.stderr)
        return 1
    found = dict(findings(stack))
    for name, finding in found.items():
        print(line(name, finding))
    return int(any(finding.outcome is not Outcome.OK for finding in found.values()))


if __name__ == "__main__":
    sys.exit(main())
