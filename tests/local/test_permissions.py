"""Tests assume every function's role: the cloud denies what is not granted, not our code.

The local cloud lets its root assume any role; the template's tests check that roles trust Lambda only.
"""

from collections.abc import Iterator
from typing import Any, cast

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from registrar.aws.keys import CustomerSecrets
from tests.support.grants import HOLDERS, NOBODY, POWERS, ROLES, SECRET_KEYS, Power
from tests.support.power_calls import ACTS, call, filled
from tests.support.roles import DENIED, AsRole, is_denied
from tests.support.shape import events as sources
from tools.cloud.emulator import REGION
from tools.cloud.local_cloud import LocalCloud

# `make test` compares the same powers with the template (tests/template/test_policies.py).
pytestmark = [pytest.mark.cloud, pytest.mark.slow]


@pytest.fixture(scope="module")
def topic(cloud: LocalCloud) -> Iterator[str]:
    """A topic of another application in the account."""
    sns = cloud.client("sns")
    arn: str = sns.create_topic(Name="somewhere")["TopicArn"]
    yield arn
    sns.delete_topic(TopicArn=arn)


def _sealed(cloud: LocalCloud) -> list[tuple[str, dict[str, Any]]]:
    """A ciphertext of each key that encrypts customers' secrets, with the arguments to decrypt it."""
    kms, answers = cloud.client("kms"), []
    for key, options in SECRET_KEYS.items():
        given = {"KeyId": cloud.physical(key), **options}
        answers.append(
            (key, {**given, "CiphertextBlob": kms.encrypt(**given, Plaintext=b"secret")["CiphertextBlob"]})
        )
    return answers


@pytest.mark.parametrize("name", ROLES)
def test_only_the_named_functions_may_decrypt(name: str, cloud: LocalCloud, as_role: AsRole) -> None:
    kms = as_role(name, "kms")
    opened = set()

    for key, arguments in _sealed(cloud):
        try:
            opened |= {key} if kms.decrypt(**arguments)["Plaintext"] == b"secret" else set()
        except ClientError as refused:
            if refused.response["Error"]["Code"] not in DENIED:
                raise

    assert opened == {key for key in SECRET_KEYS if name in HOLDERS["kms:Decrypt", key]}


@pytest.mark.parametrize("power", POWERS, ids=str)
def test_permission_is_held_by_the_named_functions_only(
    power: Power, cloud: LocalCloud, as_role: AsRole, topic: str
) -> None:
    service, operation, arguments = call(power)
    given = filled(cloud, arguments, topic=topic)
    # What some role holds is denied to all others in test_denials.py; what none holds, here.
    tried = (power.holders if power.action not in ACTS else ()) if power.holders else ROLES

    denied = {name for name in tried if is_denied(as_role(name, service), operation, given)}

    assert denied == (set() if power.holders else set(ROLES))


@pytest.mark.parametrize("name", ROLES)
def test_no_function_may_change_infrastructure(name: str, cloud: LocalCloud, as_role: AsRole, topic: str) -> None:
    for service, operation, arguments in NOBODY:
        with pytest.raises(ClientError) as refused:
            getattr(as_role(name, service), operation)(**filled(cloud, arguments, topic=topic))
        assert refused.value.response["Error"]["Code"] in DENIED, operation


@pytest.mark.parametrize("name", ROLES)
def test_a_role_writes_no_other_log_group_and_reads_no_other_queue(
    name: str, cloud: LocalCloud, as_role: AsRole
) -> None:
    # SAM's managed policies allow both everywhere. A function's own group is no test here: the local cloud compares
    # the ARN of a log group without the ":*" that AWS wants.
    elsewhere = cloud.physical("LoginLogs" if name != "Login" else "LogoutLogs")
    stream = {"logGroupName": elsewhere, "logStreamName": "forged"}
    events = {"logEvents": [{"timestamp": 0, "message": "forged"}]}
    own = {source["Queue"]["Fn::GetAtt"][0] for function, source in sources("SQS") if function == f"{name}Function"}
    queue = {"MaxNumberOfMessages": 1, "VisibilityTimeout": 0}

    assert is_denied(as_role(name, "logs"), "CreateLogGroup", {"logGroupName": "/forged"})
    assert is_denied(as_role(name, "logs"), "CreateLogStream", stream)
    assert is_denied(as_role(name, "logs"), "PutLogEvents", stream | events)
    for each in ("ExpiryQueue", "NoticeQueue", *own):
        asked = {"QueueUrl": cloud.physical(each), **queue}
        assert is_denied(as_role(name, "sqs"), "ReceiveMessage", asked) is (each not in own), each


def test_every_function_is_covered(cloud: LocalCloud) -> None:
    assert [f"{name}Function" for name in ROLES] == sorted(n for n in cloud.resources if n.endswith("Function"))


def test_secret_of_one_customer_never_decrypts_for_another(cloud: LocalCloud, as_role: AsRole) -> None:
    key = cloud.outputs["CustomerKey"]
    sealed = CustomerSecrets(cloud.client("kms"), key).seal("one", b"secret")
    verify_otp = CustomerSecrets(as_role("VerifyOtp", "kms"), key)

    assert verify_otp.open("one", sealed) == b"secret"
    with pytest.raises(ClientError, match="InvalidCiphertext"):
        verify_otp.open("another", sealed)


def test_unsigned_calls_are_denied(cloud: LocalCloud) -> None:
    session = cast("Any", boto3.Session)("AKIAFORGED0000000000", "forged", region_name=REGION)
    config = Config(retries={"total_max_attempts": 1}, proxies={})
    dynamodb = session.client("dynamodb", endpoint_url=cloud.emulator.url, config=config)

    with pytest.raises(ClientError, match="UnrecognizedClient"):
        dynamodb.scan(TableName=cloud.physical("CustomersTable"))
