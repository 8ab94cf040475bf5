"""Text messages by a Korean provider instead of SNS: the whole service, deployed with it, and a real server.

It has its own cloud, which has to know the provider's secret before it is deployed.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.message_provider import FakeProvider, Fault, serving
from tests.support.roles import clients_of_roles, is_denied
from tools.cloud import seed, stack
from tools.cloud.emulator import Emulator
from tools.cloud.local_cloud import TEMPLATE, LocalCloud
from tools.demo.phone import Phone
from tools.packaging import build
from tools.pki.authorities import DemoPki
from tools.pki.issuers import DemoIssuers

pytestmark = [pytest.mark.cloud, pytest.mark.slow]
UNTIL = {"until_at": "2026-11-23T04:00:00Z"}
SECRET = {"key_id": "bank-1", "secret": "first secret"}


@dataclass
class World:
    """The cloud, the provider that it sends by, and the secret that it signs with."""

    cloud: LocalCloud
    provider: FakeProvider
    secret_arn: str


@pytest.fixture(scope="module")
def world(pki: DemoPki, issuers: DemoIssuers) -> Iterator[World]:
    built = build.build(build.host())
    with serving() as provider, Emulator.start() as emulator:
        made = emulator.client("secretsmanager").create_secret(Name="provider", SecretString=json.dumps(SECRET))
        parameters = seed.parameters(pki) | {
            "MessageProvider": "http",
            "MessageProviderUrl": provider.url,
            "MessageProviderSecretArn": made["ARN"],
        }
        outputs = stack.deploy(emulator, TEMPLATE, built, parameters)
        cloud = LocalCloud(emulator, outputs, stack.resources(emulator))
        seed.seed(cloud, pki, issuers.url)
        yield World(cloud, provider, made["ARN"])


def enrolled(
    world: World, number: int, channels: str = "sms", name: str = "홍길동", kind: str = "personal"
) -> Phone:
    """A customer with these channels, as the bank writes them into the row."""
    phone = f"+8210880000{number:02d}"
    customer = seed.enrol(world.cloud, f"customer-{number}", phone=phone, name=name, kind=kind)
    world.cloud.client("dynamodb").update_item(
        TableName=world.cloud.physical("CustomersTable"),
        Key={"id": {"S": customer.id}},
        UpdateExpression="SET channels = :channels",
        ExpressionAttributeValues={":channels": {"S": channels}},
    )
    return Phone(world.cloud.url, customer, language="ko")


def notified(world: World, phone: Phone) -> list[dict[str, Any]]:
    """What the phone received after a notice of a locked login."""
    notice = {
        "id": f"login-locked:{phone.customer.id}",
        "kind": "login_locked",
        "customer_id": phone.customer.id,
        "params": UNTIL,
    }
    queue = world.cloud.physical("NoticeQueue")
    world.cloud.client("sqs").send_message(QueueUrl=queue, MessageBody=json.dumps(notice))
    world.cloud.wait_for_empty_queue("NoticeQueue")
    return received(world, phone)


def received(world: World, phone: Phone) -> list[dict[str, Any]]:
    return [each for each in world.provider.delivered if each["to"] == phone.customer.phone]


def test_alimtalk_arrives_with_its_template(world: World) -> None:
    (message,) = notified(world, enrolled(world, 1, "alimtalk"))
    assert (message["type"], message["template"]) == ("alimtalk", "login_locked_ko")
    assert message["fallback"]["type"] == "sms"


def test_a_refused_alimtalk_arrives_as_a_text_message(world: World) -> None:
    world.provider.faults = [Fault.NO_TEMPLATE]
    (message,) = notified(world, enrolled(world, 2, "alimtalk"))
    assert message["type"] == "sms"
    assert (
        message["text"] == "[전북은행] 홍*동님 인증 오류로 11/23 13:00까지 로그인 제한. 본인 아니면 1588-0000 신고"
    )


def test_a_long_text_arrives_as_an_lms(world: World) -> None:
    (message,) = notified(
        world, enrolled(world, 3, name="주식회사 아주긴이름을가진전자부품제조판매", kind="corporate")
    )
    assert (message["type"], message["subject"]) == ("lms", "로그인 제한 안내")


def test_a_code_of_the_provider_logs_in(world: World) -> None:
    phone = enrolled(world, 4)
    customer = phone.customer
    challenge = phone.call("POST", "/login", {"customer_id": customer.id, "password": customer.password}).json()
    sent = phone.call("POST", "/challenges/sms", {"challenge_id": challenge["challenge_id"]})
    assert sent.status == 200, sent.body
    (message,) = received(world, phone)
    code = message["text"].partition("인증번호 ")[2][:6]
    proof = {"challenge_id": challenge["challenge_id"], "method": "sms", "code": code}
    assert phone.call("POST", "/challenges/otp", proof).status == 200
    assert world.cloud.sms(customer.phone) == [], "SNS sends no text message"


def test_only_functions_that_send_read_the_secret_and_none_sends_by_sns(world: World) -> None:
    as_role = clients_of_roles(world.cloud)
    wanted = {"SecretId": world.secret_arn}
    text = {"PhoneNumber": "+821000000000", "Message": "x"}
    for name in ("SendOtp", "SendNotice", "AddPasskey"):
        read = as_role(name, "secretsmanager").get_secret_value(**wanted)
        assert json.loads(read["SecretString"]) == SECRET
        assert is_denied(as_role(name, "sns"), "Publish", text)
    for name in ("Login", "Authorize", "ListRegistrations"):
        assert is_denied(as_role(name, "secretsmanager"), "GetSecretValue", wanted)
    other = world.cloud.client("secretsmanager").create_secret(Name="another", SecretString="x")
    assert is_denied(as_role("SendOtp", "secretsmanager"), "GetSecretValue", {"SecretId": other["ARN"]})


def test_no_log_holds_the_secret_or_a_code(world: World) -> None:
    lines = "\n".join(line for name in ("SendOtpFunction", "SendNoticeFunction") for line in world.cloud.logs(name))
    assert not [each for each in (SECRET["secret"], "인증번호", "+82108800") if each in lines]
