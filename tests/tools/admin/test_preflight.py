"""What is missing before customers may use a stack: each outcome of each check, by answers that AWS could give."""

import io
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.response import StreamingBody
from botocore.stub import Stubber

from tests.support.builders import NOW, a_pin, a_pki, a_trust_document
from tests.support.shape import PARAMETERS, RESOURCES
from tools.admin import preflight
from tools.admin.preflight import CHECKS, CONCURRENCY, Finding, Outcome, Stack, findings, line
from tools.cloud.emulator import REGION, ROOT

RUNBOOK = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")
TOPIC = f"arn:aws:sns:{REGION}:000000000000:alarms"
ARN = "arn:aws:acm:us-east-1:000000000000:certificate/1"
READY = {
    "MailDomain": "bank.test",
    "PasskeyRpId": "bank.test",
    "PasskeyOrigins": "https://bank.test,https://cert.bank.test,android:apk-key-hash:abc",
    "AlarmTopicArn": TOPIC,
    "TrustAnchorPins": a_pin(a_pki().root.certificate),
    "WebDomain": "cert.bank.test",
    "WebCertificateArn": ARN,
    "ApiDomain": "none",
    "Stage": "prod",
    "SmsSpendAlarmUsd": "40",
    "FirewallMode": "Block",
    "Trail": "on",
}
SECRET = f"arn:aws:secretsmanager:{REGION}:000000000000:secret:message-provider-AbCdEf"
PROVIDER = {
    "MessageProvider": "http",
    "MessageProviderUrl": "https://messages.bank.test/v1",
    "MessageProviderSecretArn": SECRET,
}
DOCUMENT = json.dumps(a_trust_document()).encode()
Answers = Mapping[str, Any]
"""What AWS answers: by operation its response, or the code of an error."""
LIMITS = {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 1000}
IDENTITY = {"VerifiedForSendingStatus": True, "DkimAttributes": {"Status": "SUCCESS"}}
OUTPUTS = {"TrustBucket": "trust", "EvidenceBucket": "evidence", "AuditBucket": "audit"}
RELYING = {"RelyingDomain": "relying.bank.test", "RelyingTruststoreUri": "s3://cas/cas.pem"}
TRUSTSTORE = {"truststoreUri": "s3://cas/cas.pem"}
TRAIL = "arn:aws:cloudtrail:ap-northeast-2:000000000000:trail/bank"
CERTIFICATE = {"Status": "ISSUED", "DomainName": "cert.bank.test", "SubjectAlternativeNames": ["cert.bank.test"]}


@pytest.fixture
def stubs() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def checked(stubs: ExitStack, name: str, service: str, answers: Answers, **parameters: str) -> Finding:
    """The finding of one check, where AWS gives these answers, in this order."""
    regions: list[str | None] = []
    client: Any = botocore.session.get_session().create_client(
        service, region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x"
    )
    stubber = stubs.enter_context(Stubber(client))
    for operation, answer in answers.items():
        if isinstance(answer, str):
            stubber.add_client_error(operation, answer)
        else:
            stubber.add_response(operation, answer)

    def made(wanted: str, region: str | None) -> Any:
        assert wanted == service
        regions.append(region)
        return client

    found = dict(findings(Stack(READY | parameters, OUTPUTS, made, NOW, name="registrar")))[name]
    if name == "page-certificate":
        assert set(regions) <= {"us-east-1"}
    return found


def body(content: bytes) -> dict[str, Any]:
    return {"Body": StreamingBody(io.BytesIO(content), len(content))}


@pytest.mark.parametrize(
    ("name", "service", "answers", "parameters", "expected"),
    [
        ("message-provider", "secretsmanager", {}, {}, "OK"),
        ("message-provider", "secretsmanager", {"describe_secret": {"ARN": SECRET}}, PROVIDER, "OK"),
        (
            "message-provider",
            "secretsmanager",
            {"describe_secret": "ResourceNotFoundException"},
            PROVIDER,
            "MISSING",
        ),
        ("message-provider", "secretsmanager", {"describe_secret": {"DeletedDate": NOW}}, PROVIDER, "MISSING"),
        ("message-provider", "secretsmanager", {"describe_secret": {"KmsKeyId": "alias/own"}}, PROVIDER, "MISSING"),
        (
            "message-provider",
            "secretsmanager",
            {"describe_secret": "AccessDeniedException"},
            PROVIDER,
            "CANNOT TELL",
        ),
        (
            "message-provider",
            "secretsmanager",
            {},
            PROVIDER | {"MessageProviderUrl": "http://127.0.0.1:1/"},
            "MISSING",
        ),
        ("sms-sandbox", "sns", {}, PROVIDER, "OK"),
        ("sms-spend", "sns", {}, PROVIDER, "OK"),
        ("sms-sandbox", "sns", {"get_sms_sandbox_account_status": {"IsInSandbox": False}}, {}, "OK"),
        ("sms-sandbox", "sns", {"get_sms_sandbox_account_status": {"IsInSandbox": True}}, {}, "MISSING"),
        ("sms-sandbox", "sns", {"get_sms_sandbox_account_status": "AuthorizationError"}, {}, "CANNOT TELL"),
        (
            "mail-sandbox",
            "sesv2",
            {"get_account": {"ProductionAccessEnabled": True, "SendingEnabled": True}},
            {},
            "OK",
        ),
        ("mail-sandbox", "sesv2", {"get_account": {"ProductionAccessEnabled": False}}, {}, "MISSING"),
        ("mail-sandbox", "sesv2", {"get_account": {"ProductionAccessEnabled": True}}, {}, "MISSING"),
        ("mail-identity", "sesv2", {"get_email_identity": IDENTITY}, {}, "OK"),
        ("mail-identity", "sesv2", {"get_email_identity": "NotFoundException"}, {}, "MISSING"),
        ("mail-identity", "sesv2", {"get_email_identity": IDENTITY | {"DkimAttributes": {}}}, {}, "MISSING"),
        ("mail-identity", "sesv2", {"get_email_identity": {"VerifiedForSendingStatus": False}}, {}, "MISSING"),
        ("mail-identity", "sesv2", {"get_email_identity": "AccessDeniedException"}, {}, "CANNOT TELL"),
        ("concurrency", "lambda", {"get_account_settings": {"AccountLimit": LIMITS}}, {}, "OK"),
        (
            "concurrency",
            "lambda",
            {"get_account_settings": {"AccountLimit": LIMITS | {"UnreservedConcurrentExecutions": 10}}},
            {},
            "MISSING",
        ),
        ("concurrency", "lambda", {"get_account_settings": {}}, {}, "CANNOT TELL"),
        ("gateway-role", "apigateway", {"get_account": {"cloudwatchRoleArn": "arn:aws:iam::0:role/x"}}, {}, "OK"),
        ("gateway-role", "apigateway", {"get_account": {}}, {}, "MISSING"),
        ("trust-document", "s3", {"get_object": body(DOCUMENT)}, {}, "OK"),
        ("trust-document", "s3", {"get_object": body(DOCUMENT)}, {"TrustAnchorPins": "ab" * 32}, "MISSING"),
        ("trust-document", "s3", {"get_object": "NoSuchKey"}, {}, "MISSING"),
        ("trust-document", "s3", {"get_object": "AccessDenied"}, {}, "CANNOT TELL"),
        ("passkeys", "sns", {}, {}, "OK"),
        ("passkeys", "sns", {}, {"PasskeyRpId": "bank.example"}, "MISSING"),
        ("passkeys", "sns", {}, {"PasskeyOrigins": "https://otherbank.test"}, "MISSING"),
        ("passkeys", "sns", {}, {"PasskeyOrigins": "http://bank.test"}, "MISSING"),
        ("passkeys", "sns", {}, {"PasskeyOrigins": ""}, "MISSING"),
        ("alarm-topic", "sns", {}, {"AlarmTopicArn": ""}, "MISSING"),
        ("page-certificate", "acm", {"describe_certificate": {"Certificate": CERTIFICATE}}, {}, "OK"),
        (
            "page-certificate",
            "acm",
            {"describe_certificate": {"Certificate": CERTIFICATE | {"Status": "PENDING_VALIDATION"}}},
            {},
            "MISSING",
        ),
        (
            "page-certificate",
            "acm",
            {"describe_certificate": {"Certificate": CERTIFICATE}},
            {"WebDomain": "www.bank.test"},
            "MISSING",
        ),
        ("page-certificate", "acm", {}, {"WebDomain": ""}, "OK"),
        ("page-certificate", "acm", {}, {"WebCertificateArn": ""}, "MISSING"),
        ("page-certificate", "acm", {"describe_certificate": "ResourceNotFoundException"}, {}, "CANNOT TELL"),
        (
            "evidence-lock",
            "s3",
            {"get_object_lock_configuration": "ObjectLockConfigurationNotFoundError"},
            {},
            "MISSING",
        ),
        ("evidence-lock", "s3", {"get_object_lock_configuration": "AccessDenied"}, {}, "CANNOT TELL"),
        ("stage", "sns", {}, {}, "OK"),
        ("stage", "sns", {}, {"Stage": "dev"}, "MISSING"),
        ("firewall", "sns", {}, {}, "OK"),
        ("firewall", "sns", {}, {"FirewallMode": "Count"}, "MISSING"),
        ("truststore", "apigateway", {}, {}, "OK"),
        ("truststore", "apigateway", {"get_domain_name": {"mutualTlsAuthentication": TRUSTSTORE}}, RELYING, "OK"),
        ("truststore", "apigateway", {"get_domain_name": {}}, RELYING, "MISSING"),
        (
            "truststore",
            "apigateway",
            {"get_domain_name": {"mutualTlsAuthentication": TRUSTSTORE, "domainNameStatus": "UPDATING"}},
            RELYING,
            "MISSING",
        ),
        (
            "truststore",
            "apigateway",
            {"get_domain_name": {"mutualTlsAuthentication": TRUSTSTORE | {"truststoreWarnings": ["expired"]}}},
            RELYING,
            "MISSING",
        ),
        ("truststore", "apigateway", {"get_domain_name": "NotFoundException"}, RELYING, "CANNOT TELL"),
        ("trail", "cloudtrail", {"get_trail_status": {"IsLogging": True}}, {}, "OK"),
        ("trail", "cloudtrail", {"get_trail_status": {"IsLogging": False}}, {}, "MISSING"),
        (
            "trail",
            "cloudtrail",
            {"get_trail_status": {"IsLogging": True, "LatestDeliveryError": "AccessDenied"}},
            {},
            "MISSING",
        ),
        ("trail", "cloudtrail", {"get_trail_status": "TrailNotFoundException"}, {}, "MISSING"),
        ("trail", "cloudtrail", {"get_trail_status": "AccessDeniedException"}, {}, "CANNOT TELL"),
        ("trail", "cloudtrail", {"describe_trails": {"trailList": []}}, {"Trail": "off"}, "MISSING"),
        (
            "trail",
            "cloudtrail",
            {
                "describe_trails": {"trailList": [{"TrailARN": TRAIL, "IsMultiRegionTrail": True}]},
                "get_trail_status": {"IsLogging": True},
            },
            {"Trail": "off"},
            "OK",
        ),
        ("api-certificate", "acm", {}, {}, "OK"),
        ("relying-certificate", "acm", {}, {}, "OK"),
    ],
)
def test_each_outcome(
    stubs: ExitStack,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    service: str,
    answers: Answers,
    parameters: dict[str, str],
    expected: str,
) -> None:
    monkeypatch.setattr(preflight, "CHECKS", {name: CHECKS[name]})

    assert checked(stubs, name, service, answers, **parameters).outcome == expected


@pytest.mark.parametrize(
    ("limit", "wanted", "expected"),
    [
        *(("1", 1.0, "MISSING"), ("50", 1.0, "OK"), ("50", 1000.0, "MISSING"), (None, 1.0, "MISSING")),
        # SNS stops before, or when, the alarm at 40 USD would fire.
        *(("30", 1.0, "MISSING"), ("40", 1.0, "MISSING"), ("41", 1.0, "OK")),
    ],
)
def test_the_limit_for_text_messages_is_what_the_bank_plans(
    stubs: ExitStack, limit: str | None, wanted: float, expected: str
) -> None:
    client: Any = botocore.session.get_session().create_client(
        "sns", region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x"
    )
    stubber = stubs.enter_context(Stubber(client))
    stubber.add_response("get_sms_attributes", {"attributes": {"MonthlySpendLimit": limit} if limit else {}})

    found = preflight.sms_spend(Stack(READY, {}, lambda service, region: client, NOW, wanted))

    assert found.outcome == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"Attributes": {"SubscriptionsConfirmed": "1"}}, "OK"),
        ({"Attributes": {"SubscriptionsConfirmed": "0"}}, "MISSING"),
        ("NotFound", "MISSING"),
        ("AuthorizationError", "CANNOT TELL"),
    ],
)
def test_an_alarm_reaches_somebody(
    stubs: ExitStack, monkeypatch: pytest.MonkeyPatch, answer: Any, expected: str
) -> None:
    monkeypatch.setattr(preflight, "CHECKS", {"alarm-topic": preflight.alarm_topic})

    assert checked(stubs, "alarm-topic", "sns", {"get_topic_attributes": answer}).outcome == expected


@pytest.mark.parametrize(
    ("evidence", "audit", "expected"),
    [
        ("COMPLIANCE", "COMPLIANCE", "OK"),
        ("GOVERNANCE", "GOVERNANCE", "MISSING"),
        ("COMPLIANCE", "GOVERNANCE", "MISSING"),
        ("COMPLIANCE", None, "MISSING"),
    ],
)
def test_what_proves_something_is_locked_for_everybody(
    stubs: ExitStack, evidence: str, audit: str | None, expected: str
) -> None:
    client: Any = botocore.session.get_session().create_client(
        "s3", region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x"
    )
    stubber = stubs.enter_context(Stubber(client))
    for mode in (evidence, audit):
        rule = {"Rule": {"DefaultRetention": {"Mode": mode, "Days": 1827}}} if mode else {}
        lock = {"ObjectLockEnabled": "Enabled", **rule}
        stubber.add_response("get_object_lock_configuration", {"ObjectLockConfiguration": lock})

    found = preflight.evidence_lock(Stack(READY, OUTPUTS, lambda service, region: client, NOW))

    assert found.outcome == expected


# Each has a value that is right without a look, or what it needs fails at once.
NEEDS_NO_CHECK = {
    *("BankCode", "WebOrigins", "CurrentSealingKey", "CurrentReceiptKey", "QuietHours", "SmsPartsPerSecond"),
    *("NoticeWorkers", "RetentionDaysEnded", "EvidenceRetentionDays", "AuditRetentionDays", "LogRetentionDays"),
    *("Rollout", "ApiLogRole", "UploadCertificates", "BankNameKo", "BankNameEn", "HelpDeskPhone"),
    # Decided by the template's rules for prod, and cannot change later.
    "MultiRegionKeys",
    # Read from the buckets themselves.
    "EvidenceLockMode",
}


def test_each_parameter_is_checked_or_needs_no_check() -> None:
    source = (ROOT / "tools/admin/preflight.py").read_text(encoding="utf-8")
    checked_ones = {name for name in PARAMETERS if f'"{name}"' in source}

    assert PARAMETERS.keys() - checked_ones == NEEDS_NO_CHECK


def test_a_service_that_cannot_be_reached_stops_no_other_check() -> None:
    def unreachable(service: str, region: str | None) -> Any:
        raise EndpointConnectionError(endpoint_url=f"https://{service}")

    found = dict(findings(Stack(READY, OUTPUTS, unreachable, NOW)))

    assert found.keys() == CHECKS.keys()
    asked_nobody = {name for name, finding in found.items() if finding.outcome is Outcome.OK}
    assert asked_nobody == {
        *(
            "stage",
            "message-provider",
            "passkeys",
            "api-certificate",
            "relying-certificate",
            "truststore",
            "firewall",
        ),
    }
    assert {found[name].outcome for name in CHECKS.keys() - asked_nobody} == {Outcome.CANNOT_TELL}


def test_a_check_is_one_line_that_names_a_section_of_the_runbook() -> None:
    printed = line("sms-sandbox", preflight.missing("leave\nthe sandbox", "Trust document"))

    assert printed == 'MISSING      sms-sandbox          leave the sandbox (docs/runbook.md, "Trust document")'
    source = (ROOT / "tools/admin/preflight.py").read_text(encoding="utf-8")
    for section in {preflight.SECTION, *re.findall(r',\s+"([A-Z][a-z ]+)",?\s*\)', source)}:
        assert re.search(rf"^## {section}( \(alarms? .*)?$", RUNBOOK, re.MULTILINE)


def test_the_apis_let_no_more_through_than_lambda_runs() -> None:
    bursts = [
        setting["ThrottlingBurstLimit"]
        for api in ("Api", "RelyingApi")
        for setting in RESOURCES[api]["Properties"]["MethodSettings"]
        if setting["HttpMethod"] == "*"
    ]

    assert max(bursts) == CONCURRENCY


def test_the_runbook_leads_with_it() -> None:
    chapter = RUNBOOK.split("\n## Going live\n")[1].split("\n## ")[0]

    assert ".venv/bin/python -m tools.admin.preflight --stack" in chapter
    for name in CHECKS:
        assert f"`{name}`" in chapter


@pytest.mark.parametrize(("finding", "code"), [(preflight.ok("done"), 0), (preflight.missing("ask AWS"), 1)])
def test_the_exit_code_says_whether_all_is_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], finding: Finding, code: int
) -> None:
    monkeypatch.setattr(preflight, "CHECKS", {"one": lambda stack: finding})
    monkeypatch.setattr(preflight, "read_stack", lambda *given: Stack(READY, {}, lambda *_: None, NOW))

    assert preflight.main(["--stack", "registrar", "--region", REGION]) == code
    assert capsys.readouterr().out == line("one", finding) + "\n"


def test_a_stack_that_is_not_there_is_said_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unreachable(*given: object) -> Stack:
        raise EndpointConnectionError(endpoint_url="https://cloudformation")

    monkeypatch.setattr(preflight, "read_stack", unreachable)

    assert preflight.main(["--stack", "nowhere", "--region", REGION]) == 1
    assert capsys.readouterr().err.startswith("the stack nowhere cannot be read: ")
