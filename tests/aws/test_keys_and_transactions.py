"""KMS, and the errors of DynamoDB."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from registrar.aws import dynamo
from registrar.aws.keys import CustomerSecrets
from registrar.domain.reasons.errors import ConditionFailed
from tests.support.account import Account
from tests.support.rows import TOTP_SECRET


@pytest.fixture
def customer_secrets(account: Account) -> CustomerSecrets:
    return CustomerSecrets(account.client("kms"), account.physical["CustomerKey"])


def test_a_secret_is_decrypted_for_its_customer(customer_secrets: CustomerSecrets) -> None:
    sealed = customer_secrets.seal("hong", TOTP_SECRET)
    assert TOTP_SECRET not in sealed
    assert customer_secrets.open("hong", sealed) == TOTP_SECRET


def test_a_secret_is_not_decrypted_for_another_customer(customer_secrets: CustomerSecrets) -> None:
    sealed = customer_secrets.seal("hong", TOTP_SECRET)
    with pytest.raises(ClientError, match="InvalidCiphertext"):
        customer_secrets.open("kim", sealed)


@pytest.mark.parametrize("position", [-1, -20, 40])
def test_a_tampered_secret_is_not_decrypted(customer_secrets: CustomerSecrets, position: int) -> None:
    sealed = bytearray(customer_secrets.seal("hong", TOTP_SECRET))
    sealed[position] ^= 1
    with pytest.raises(ClientError, match="InvalidCiphertext"):
        customer_secrets.open("hong", bytes(sealed))


class Transactions:
    """A client whose transactions are cancelled for given reasons, one list for each attempt, and then succeed."""

    class exceptions:  # noqa: N801 - boto3's name
        class TransactionCanceledException(ClientError):
            pass

    def __init__(self, *attempts: list[str]) -> None:
        self.attempts = list(attempts)
        self.calls = 0
        self.tokens: set[str] = set()

    def transact_write_items(self, **call: Any) -> None:
        self.calls += 1
        self.tokens.add(call["ClientRequestToken"])
        if not self.attempts:
            return
        reasons = [{"Code": code} for code in self.attempts.pop(0)]
        error: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
        raise self.exceptions.TransactionCanceledException(error, "TransactWriteItems")


WRITES: list[dict[str, dict[str, Any]]] = [{"Put": {"TableName": "t", "Item": {}}}] * 2


not_now = pytest.mark.parametrize(
    "code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]
)


@not_now
def test_a_transaction_that_may_succeed_a_moment_later_is_tried_again(code: str) -> None:
    client, pauses = Transactions([code, "None"], ["None", code]), list[float]()
    dynamo.transact(client, WRITES, pauses.append)
    assert client.calls == 3
    assert len(client.tokens) == 1, "one that took effect unnoticed is not written again"
    assert len(pauses) == 2
    assert all(0 <= pause <= 2 * dynamo.PAUSE for pause in pauses)


@not_now
def test_endless_conflicts_and_throttling_are_a_failure_and_no_refusal(code: str) -> None:
    for beside in ("None", "ConditionalCheckFailed"):
        client = Transactions(*[[code, beside]] * 10)
        with pytest.raises(ClientError):
            dynamo.transact(client, WRITES)
        assert client.calls == dynamo.TRANSACTION_TRIES


@not_now
def test_what_may_succeed_later_is_tried_again_beside_a_failed_condition(code: str) -> None:
    client = Transactions([code, "ConditionalCheckFailed"], ["ConditionalCheckFailed", "None"])
    with pytest.raises(ConditionFailed) as failed:
        dynamo.transact(client, WRITES)
    assert failed.value.items == [{}, None]


class Updates:
    """A client whose updates fail with given codes, one for each attempt, and then succeed."""

    def __init__(self, *codes: str) -> None:
        self.codes = list(codes)

    def update_item(self, **call: Any) -> dict[str, Any]:
        if self.codes:
            raise ClientError({"Error": {"Code": self.codes.pop(0)}}, "UpdateItem")
        return {"Attributes": {"id": {"S": "a"}}}


def test_a_single_write_is_retried_after_a_transaction_conflict() -> None:
    client = Updates(*["TransactionConflictException"] * (dynamo.TRANSACTION_TRIES - 1))
    assert dynamo.update(client, "t", {}, "SET a = :a", "a = :b", {}) == {"id": {"S": "a"}}


@pytest.mark.parametrize(
    "codes", [["TransactionConflictException"] * dynamo.TRANSACTION_TRIES, ["ThrottlingException"]]
)
def test_endless_conflicts_and_other_errors_of_a_single_write_are_raised(codes: list[str]) -> None:
    with pytest.raises(ClientError) as raised:
        dynamo.update(Updates(*codes), "t", {}, "SET a = :a", "a = :b", {})
    assert raised.value.response["Error"]["Code"] == codes[0]


def test_any_other_cancellation_reason_is_raised_unchanged() -> None:
    client = Transactions(["ValidationError", "None"])
    with pytest.raises(Transactions.exceptions.TransactionCanceledException):
        dynamo.transact(client, WRITES)
    assert client.calls == 1
