"""What the tests rely on in the emulator, one test each: run these first after an upgrade of it.

API, functions, messages and schedules; stores are in test_emulator_contract_data.py.
"""

import threading
import time
from typing import Any

import pytest

from tests.support.contract_probe import probe
from tools.cloud import relying
from tools.cloud.http_calls import HttpResponse, send
from tools.cloud.local_cloud import InvocationError, LocalCloud

# The emulator is pinned: they can change only with it.
pytestmark = [pytest.mark.cloud, pytest.mark.slow]

GOOD = {"Authorization": "Bearer good"}


def things(contract: LocalCloud, headers: dict[str, str], body: Any = None) -> HttpResponse:
    return send("POST", f"{contract.url}/things/a-1", body or {"a": 1}, headers)


# --- API Gateway


def test_proxy_event_has_the_rest_shape(contract: LocalCloud) -> None:
    answer = things(contract, {**GOOD, "X-Mixed-Case": "v"}, {"name": "홍길동"})

    event = answer.json()
    assert answer.headers["x-echo"] == "yes"
    assert event["resource"] == "/things/{thing}"
    assert event["path"] == "/things/a-1"
    assert event["httpMethod"] == "POST"
    assert event["pathParameters"] == {"thing": "a-1"}
    assert event["queryStringParameters"] is None
    assert event["body"] == '{"name": "\\ud64d\\uae38\\ub3d9"}'
    assert event["isBase64Encoded"] is False
    # AWS keeps the client's upper and lower case over HTTP/1.1: code must not depend on it.
    assert event["headers"]["x-mixed-case"] == "v"
    assert event["requestContext"]["identity"]["sourceIp"] == "127.0.0.1"
    assert event["requestContext"]["path"] == "/v1/things/a-1"
    assert event["requestContext"]["requestId"]


def test_authorizer_context_arrives_as_text(contract: LocalCloud) -> None:
    context = things(contract, GOOD).json()["requestContext"]["authorizer"]

    del context["invocation"]  # another one for every request
    assert context == {"customer": "C-1", "session": "S-1", "count": "3", "principalId": "C-1"}


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer unknown"}])
def test_authorizer_that_raises_unauthorized_returns_401(contract: LocalCloud, headers: dict[str, str]) -> None:
    answer = things(contract, headers)

    assert (answer.status, answer.json()) == (401, {"message": "Unauthorized"})


def test_gateway_response_to_a_denial_is_the_templates(contract: LocalCloud) -> None:
    # Inside the API it would be dropped: tools.packaging.template declares it as a resource of its own.
    answer = things(contract, {"Authorization": "Bearer bad"})

    assert (answer.status, answer.json()["support_ref"]) == (401, answer.headers["x-amzn-requestid"])
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-allow-origin"] == "https://a.example"
    assert "never" not in answer.headers


def test_authorizer_runs_for_every_request(contract: LocalCloud) -> None:
    contexts = [things(contract, GOOD).json()["requestContext"]["authorizer"] for _ in range(2)]

    assert contexts[0]["invocation"] != contexts[1]["invocation"]


def test_public_route_needs_no_header(contract: LocalCloud) -> None:
    event = send("GET", f"{contract.url}/open?a=1&a=2").json()

    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"]}
    assert event["body"] is None
    assert "authorizer" not in event["requestContext"]


@pytest.mark.parametrize("path", ["/open", "/things/a-1", "/things", "/nowhere/at/all"])
def test_options_of_any_address_go_to_the_greedy_resource(contract: LocalCloud, path: str) -> None:
    """API Gateway finds a resource by path and method together, as measured in AWS: docs/decisions.md."""
    event = send("OPTIONS", contract.url + path, None, {"Origin": "https://a.example"}).json()

    assert (event["httpMethod"], event["resource"], event["path"]) == ("OPTIONS", "/{proxy+}", path)
    assert event["headers"]["origin"] == "https://a.example"
    assert "authorizer" not in event["requestContext"]


def test_functions_get_the_variables_of_the_stage(contract: LocalCloud) -> None:
    variables = {"pages": "https://a.example,http://localhost:1"}

    assert send("GET", f"{contract.url}/open").json()["stageVariables"] == variables


def test_unknown_route_returns_403(contract: LocalCloud) -> None:
    assert send("GET", f"{contract.url}/nowhere").status == 403


def test_function_that_raises_returns_502(contract: LocalCloud) -> None:
    assert things(contract, GOOD, {"fail": True}).status == 502


# --- API Gateway with IAM authorization


def test_signed_call_names_the_session_of_its_role(contract: LocalCloud) -> None:
    relying.make_role(contract, "signed", ["POST/things/*"])

    answer = relying.client_of(contract, "signed").call("POST", "/things/a-1", {"a": 1})

    identity = answer.json()["requestContext"]["identity"]
    # As in AWS, without the path of the role (/relying/).
    assert identity["userArn"] == "arn:aws:sts::000000000000:assumed-role/relying-signed/signed-1"
    assert identity["accountId"] == "000000000000"
    assert answer.json()["body"] == '{"a": 1}'


def test_unsigned_call_is_refused_before_the_function(contract: LocalCloud) -> None:
    for headers in ({}, GOOD):
        assert send("POST", f"{contract.relying_url}/things/a-1", {"a": 1}, headers).status == 403


def test_role_without_the_method_is_refused(contract: LocalCloud) -> None:
    relying.make_role(contract, "elsewhere", ["GET/things/*", "POST/others"])

    answer = relying.client_of(contract, "elsewhere").call("POST", "/things/a-1", {"a": 1})

    assert answer.status == 403
    assert b"execute-api:Invoke" in answer.body


# --- functions and roles


def test_function_may_do_what_its_role_allows(contract: LocalCloud) -> None:
    table = contract.physical("Table")

    assert probe(contract, "dynamodb", "put_item", TableName=table, Item={"pk": {"S": "role"}}) == {}


def test_function_may_do_nothing_else(contract: LocalCloud) -> None:
    table, bucket = contract.physical("Table"), contract.physical("Landing")

    scan = probe(contract, "dynamodb", "scan", TableName=table)
    other_prefix = probe(contract, "s3", "put_object", Bucket=bucket, Key="out/x", Body="x")

    assert (scan["error"], other_prefix["error"]) == ("AccessDeniedException", "AccessDenied")


def test_function_error_is_returned_to_the_caller(contract: LocalCloud) -> None:
    with pytest.raises(InvocationError, match="Probe"):
        contract.invoke("Probe", {})


# --- messages and schedules


def test_sent_text_message_is_readable(contract: LocalCloud) -> None:
    sent = probe(contract, "sns", "publish", PhoneNumber="+821012345678", Message="[은행] 등록되었습니다")

    assert "MessageId" in sent
    assert contract.sms("+821012345678") == ["[은행] 등록되었습니다"]
    assert contract.sms("+821000000000") == []


def test_role_for_text_messages_may_not_publish_to_topics(contract: LocalCloud) -> None:
    topic = contract.client("sns").create_topic(Name="somewhere")["TopicArn"]

    assert probe(contract, "sns", "publish", TopicArn=topic, Message="x")["error"] == "AuthorizationError"


def test_sent_mail_is_readable(contract: LocalCloud) -> None:
    ses = contract.client("ses")
    ses.verify_email_identity(EmailAddress="bank@example.com")
    ses.send_email(
        Source="bank@example.com",
        Destination={"ToAddresses": ["hong@example.com"]},
        Message={"Subject": {"Data": "등록"}, "Body": {"Text": {"Data": "되었습니다"}}},
    )

    assert [(mail["To"], mail["Subject"]) for mail in contract.mails()] == [(["hong@example.com"], "등록")]


def test_schedule_is_created(contract: LocalCloud) -> None:
    scheduler = contract.client("scheduler")
    name = scheduler.list_schedules()["Schedules"][0]["Name"]

    schedule = scheduler.get_schedule(Name=name)

    assert schedule["ScheduleExpression"] == "cron(0 9 * * ? *)"
    # Its time zone is dropped: the template's tests assert it.
    assert contract.physical("Reader") in schedule["Target"]["Arn"]


# --- the emulator itself


def test_stop_leaves_no_process_or_file() -> None:
    from tools.cloud.emulator import Emulator

    started = time.monotonic()
    with Emulator.start() as emulator:
        assert emulator.is_running()

    assert not emulator.is_running()
    assert not emulator.folder.exists()
    assert time.monotonic() - started < 15


def test_restarted_emulator_keeps_what_it_had_and_outlives_the_thread_that_restarted_it() -> None:
    from tools.cloud.emulator import Emulator

    with Emulator.start(keeps_state=True) as emulator:
        sqs, s3 = emulator.client("sqs"), emulator.client("s3")
        queue = sqs.create_queue(QueueName="kept")["QueueUrl"]
        sqs.send_message(QueueUrl=queue, MessageBody="a message")
        s3.create_bucket(Bucket="kept", CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
        s3.put_object(Bucket="kept", Key="a", Body=b"an object")
        restarter = threading.Thread(target=emulator.restart)
        restarter.start()
        restarter.join()

        assert sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"] == "a message"
        assert s3.get_object(Bucket="kept", Key="a")["Body"].read() == b"an object"
