"""Bad files and misused upload forms: a reason for each, and never a 5xx."""

import base64
from collections.abc import Callable

import pytest

from registrar.domain.registrations.upload_files import MAX_FILE_BYTES
from tests.support.builders import a_certificate
from tests.support.expect import eventually
from tools.cloud.http_calls import post_form, send
from tools.cloud.local_cloud import LocalCloud
from tools.demo.phone import Phone
from tools.pki.authorities import CustomerCertificate
from tools.pki.npki_files import sign_pri_key

pytestmark = pytest.mark.cloud

NewPhone = Callable[..., Phone]
NewCertificate = Callable[..., CustomerCertificate]

A_KEY = b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"  # pragma: allowlist secret
A_LOCKED_KEY = A_KEY.replace(b"PRIVATE", b"ENCRYPTED PRIVATE")


def _form(phone: Phone, content: bytes) -> tuple[str, str, dict[str, str]]:
    announced = phone.announce({"signCert.der": content}).json()
    return announced["upload_id"], announced["files"][0]["url"], announced["files"][0]["fields"]


def test_form_accepts_exactly_one_file(new_phone: NewPhone, new_certificate: NewCertificate) -> None:
    phone, certificate = new_phone(), new_certificate()
    upload_id, url, fields = _form(phone, certificate.der)
    other_id, _, _ = _form(phone, certificate.der)

    for changed in (
        {"key": f"uploads/{other_id}/0"},
        {"key": f"uploads/{upload_id}/1"},
        {"key": "incoming/trust.json"},
        {"Content-Type": "text/html"},
        {"acl": "public-read"},
        {"policy": base64.b64encode(b"{}").decode()},
        {"x-amz-signature": "0" * 64},
    ):
        assert post_form(url, {**fields, **changed}, certificate.der).status in (400, 403), changed
    for content in (certificate.der + b"x", certificate.der[:-1], b""):
        assert post_form(url, fields, content).status == 400
    assert phone.call("GET", f"/uploads/{upload_id}").json()["state"] == "ISSUED"


def test_other_content_of_the_same_size_is_not_used(new_phone: NewPhone, new_certificate: NewCertificate) -> None:
    phone, certificate = new_phone(), new_certificate()
    upload_id, url, fields = _form(phone, certificate.der)

    assert post_form(url, fields, b"x" * len(certificate.der)).status == 204
    view = phone.wait_for_decision(upload_id)

    assert (view["state"], view["headline"]) == ("REJECTED", "UPLOAD_CHANGED")


def test_form_replayed_after_the_decision_changes_nothing(
    cloud: LocalCloud, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone, certificate = new_phone(), new_certificate()
    upload_id, url, fields = _form(phone, certificate.der)
    post_form(url, fields, certificate.der)
    decided = phone.wait_for_decision(upload_id)
    s3, stored = cloud.client("s3"), {"Bucket": cloud.outputs["UploadBucket"], "Prefix": f"uploads/{upload_id}"}

    for content in (b"x" * len(certificate.der), certificate.der):
        assert post_form(url, fields, content).status == 204
    eventually(lambda: bool(s3.list_objects_v2(**stored)["KeyCount"] == 0))

    assert phone.call("GET", f"/uploads/{upload_id}").json() == decided
    assert phone.prove(decided, certificate).status == 201


def test_uploaded_file_is_not_public(cloud: LocalCloud) -> None:
    s3, bucket = cloud.client("s3"), cloud.outputs["UploadBucket"]
    # Outside uploads/, so that it is not deleted.
    s3.put_object(Bucket=bucket, Key="kept/file", Body=b"x")

    for path in (f"{bucket}/kept/file", f"{bucket}", f"{cloud.outputs['TrustBucket']}/active/trust.json"):
        for method in ("GET", "HEAD", "PUT", "DELETE"):
            assert send(method, f"{cloud.emulator.url}/{path}").status == 403
    s3.delete_object(Bucket=bucket, Key="kept/file")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xd8\xff\xe0 a photo", "FILE_UNREADABLE"),
        (A_KEY, "FILE_ENCRYPTION_UNSUPPORTED"),
        (sign_pri_key(a_certificate(key="ec"), "demoPass1!"), "FILE_NO_CERTIFICATE"),
        (A_LOCKED_KEY, "FILE_UNREADABLE"),
        (b"\x30\x82\xff\xff" + b"\x30" * 3000, "FILE_UNREADABLE"),
        (b"x" * MAX_FILE_BYTES, "FILE_UNREADABLE"),
        (b"-----BEGIN CERTIFICATE-----" * 600, "FILE_UNREADABLE"),
    ],
    ids=["photo", "open key", "key alone", "damaged key", "der bomb", "large", "pem bomb"],
)
def test_file_without_a_certificate_is_refused(content: bytes, code: str, new_phone: NewPhone) -> None:
    view = new_phone().upload({"whatever": content})

    assert (view["state"], view["headline"]) == ("REJECTED", code)


def test_certificate_of_an_unknown_ca_is_refused(new_phone: NewPhone, new_certificate: NewCertificate) -> None:
    certificate = new_certificate()
    forged = new_certificate(signing_key=new_certificate(key="rsa").key)
    tampered = certificate.der[:-1] + bytes([certificate.der[-1] ^ 1])
    phone = new_phone()

    assert phone.upload({"forged.der": forged.der})["headline"] == "TRUST_SIGNATURE_INVALID"
    assert phone.upload({"tampered.der": tampered})["headline"] == "TRUST_SIGNATURE_INVALID"
