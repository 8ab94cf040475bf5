"""The public keys of receipts: anybody gets them, and they verify what KMS signs."""

import json
from typing import Any

import jwt
import pytest
from botocore.exceptions import ClientError

from registrar.aws.receipt_key import ReceiptKey
from tests.support.app import App
from tests.support.evidence import a_receipt


def answer(app: App) -> dict[str, Any]:
    app.signed_in = False
    found: dict[str, Any] = app.account.invoke("get_jwks", app.event("GET", "/.well-known/jwks.json"))
    return found


def published(app: App) -> jwt.PyJWKSet:
    return jwt.PyJWKSet.from_dict(json.loads(answer(app)["body"]))


@pytest.mark.parametrize("name", ["ReceiptKeyA", "ReceiptKeyB"])
def test_a_receipt_of_either_key_verifies(app: App, name: str) -> None:
    key = ReceiptKey(app.account.client("kms"), app.account.physical[name])
    receipt = a_receipt().compact(key.key_id, key.sign(a_receipt().to_sign(key.key_id)))

    found = published(app)[jwt.get_unverified_header(receipt)["kid"]]

    assert jwt.decode(receipt, found, algorithms=["ES256"], audience="transfers")["jti"] == "s" + "1" * 32


def test_the_response_may_be_cached_for_some_minutes(app: App) -> None:
    headers = answer(app)["headers"]

    assert headers["Content-Type"] == "application/jwk-set+json"
    assert headers["Cache-Control"] == "public, max-age=300"


def test_keys_hold_no_private_part_and_no_account(app: App) -> None:
    body = answer(app)["body"]

    for key in json.loads(body)["keys"]:
        assert key.keys() == {"kty", "crv", "x", "y", "use", "alg", "kid"}
    assert "arn:" not in body
    assert "123456789012" not in body


def test_kms_is_asked_once_for_each_key(app: App) -> None:
    calls = app.account.recorded(lambda: [answer(app) for _ in range(3)])

    assert [call.operation for call in calls] == ["GetPublicKey"] * 2


def test_a_failure_is_not_kept(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(key: ReceiptKey) -> bytes:
        raise ClientError({"Error": {"Code": "KMSInternalException"}}, "GetPublicKey")

    with monkeypatch.context() as patched:
        patched.setattr(ReceiptKey, "public_half", failing)
        assert answer(app)["statusCode"] == 500
    assert answer(app)["statusCode"] == 200
