"""Evidence, receipts and POST /verify on the local cloud: what only a running cloud can show."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.hashes import SHA256

from registrar.aws.buckets.evidence_bucket import EvidenceBucket
from registrar.aws.receipt_key import ReceiptKey
from registrar.domain.times import iso
from tests.support.aws_makers import lock_of
from tests.support.cms_messages import a_raw_signature, signed_by
from tests.support.evidence import a_receipt
from tests.support.shape import RESOURCES
from tools.cloud.http_calls import send
from tools.cloud.local_cloud import LocalCloud
from tools.cloud.relying import client_of
from tools.pki.authorities import CustomerCertificate

pytestmark = pytest.mark.cloud

NewCertificate = Callable[..., CustomerCertificate]
DOCUMENT = "대출 약정서".encode()


def test_a_package_is_kept_from_deletion(cloud: LocalCloud) -> None:
    """The emulator's CloudFormation leaves Object Lock out: here it is set as the template says."""
    bucket = EvidenceBucket(cloud.client("s3"), cloud.outputs["EvidenceBucket"])
    lock = lock_of(RESOURCES["EvidenceBucket"]["Properties"])
    bucket.client.put_object_lock_configuration(Bucket=bucket.name, ObjectLockConfiguration=lock)

    keys = {bucket.keep("s" + "1" * 32, b"a package") for _ in range(2)}

    (key,) = keys
    (version,) = bucket.client.list_object_versions(Bucket=bucket.name, Prefix=key)["Versions"]
    with pytest.raises(ClientError, match="AccessDenied"):
        bucket.client.delete_object(Bucket=bucket.name, Key=key, VersionId=version["VersionId"])
    assert bucket.client.head_object(Bucket=bucket.name, Key=key)["ObjectLockMode"] == "COMPLIANCE"


@pytest.mark.parametrize("name", ["ReceiptKeyA", "ReceiptKeyB"])
def test_anybody_gets_the_keys_by_which_receipts_verify(cloud: LocalCloud, name: str) -> None:
    kms = cloud.client("kms")
    key = ReceiptKey(kms, kms.describe_key(KeyId=cloud.physical(name))["KeyMetadata"]["Arn"])
    receipt = a_receipt().compact(key.key_id, key.sign(a_receipt().to_sign(key.key_id)))

    answer = send("GET", f"{cloud.url}/.well-known/jwks.json")

    assert answer.status == 200
    found = jwt.PyJWKSet.from_dict(answer.json())[key.key_id]
    assert jwt.decode(receipt, found, algorithms=["ES256"], audience="transfers")["result"] == "COMPLETED"


def body(**members: Any) -> dict[str, Any]:
    given = {
        "content": base64.b64encode(DOCUMENT).decode(),
        "signed_at": iso(datetime.now(UTC)),
        "customer_kind": "personal",
    }
    return given | members


def test_a_signature_made_elsewhere_is_verified_with_the_issuers_status(
    cloud: LocalCloud, new_certificate: NewCertificate
) -> None:
    certificate = new_certificate()
    transfers = client_of(cloud, "transfers")
    message = signed_by(certificate, DOCUMENT, certificates=[certificate.der])
    raw = {
        "signature": base64.b64encode(a_raw_signature(certificate, DOCUMENT, SHA256())).decode(),
        "certificate": base64.b64encode(certificate.der).decode(),
    }

    for signature in ({"cms": base64.b64encode(message).decode()}, raw):
        answer = transfers.call("POST", "/verify", body(**signature))
        assert answer.status == 200, answer.body
        assert (answer.json()["verdict"], answer.json()["revocation"]["status"]) == ("VALID", "GOOD")
    other = body(**raw) | {"content": base64.b64encode(b"another").decode()}
    assert transfers.call("POST", "/verify", other).json()["verdict"] == "INVALID"
    refused = client_of(cloud, "loans").call("POST", "/verify", body(**raw))
    assert (refused.status, refused.json()["code"]) == (403, "RELYING_SERVICE_NOT_ALLOWED")
