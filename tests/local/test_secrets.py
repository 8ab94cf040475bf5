"""After every action of a customer, none of their secrets is stored in the cloud.

Searches raw, hexadecimal and base64 forms in every table, bucket (old versions too), queue, log stream, sent
message and temporary file. One secret is planted in each kind of place, to show that the search finds it.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.support import places
from tests.support.codes import forget_used_codes
from tests.support.expect import eventually, problem
from tests.support.places import Place
from tools.cloud import seed
from tools.cloud.local_cloud import LocalCloud
from tools.cloud.secret_forms import forms
from tools.demo.authenticator import from_websafe
from tools.demo.phone import Phone
from tools.pki.authorities import CustomerCertificate
from tools.pki.npki_containers import pfx
from tools.pki.npki_files import private_key_info, sign_pri_key

pytestmark = pytest.mark.cloud

NewPhone = Callable[..., Phone]
NewCertificate = Callable[..., CustomerCertificate]
MARK = b"planted-0f8e2c"
FILE_PASSWORD = "파일의-비밀번호-7d1f"
WRONG_PASSWORD = "a-wrong-guess-7d1f"
PASSKEY_CHALLENGE, SMS_CODE = "passkey challenge", "SMS code"
IDN = "7803157654321"


def _private_key_forms(certificate: CustomerCertificate) -> set[bytes]:
    # The content of a key envelope: PKCS #8 with R among its attributes.
    found = forms(private_key_info(certificate.key, certificate.random_number)[:-60])
    if isinstance(certificate.key, ec.EllipticCurvePrivateKey):
        found |= forms(certificate.key.private_numbers().private_value.to_bytes(32))
    for encoding in (Encoding.PEM, Encoding.DER):
        key = certificate.key.private_bytes(encoding, PrivateFormat.PKCS8, NoEncryption())
        found |= forms(key)
        found |= set(key.splitlines()[1:-1]) if encoding is Encoding.PEM else set()
    return found


def _secrets(
    phone: Phone, codes: list[str], tokens: list[str], certificates: list[CustomerCertificate]
) -> dict[str, Any]:
    customer = phone.customer
    known: dict[str, set[bytes]] = {
        "password": forms(customer.password.encode()),
        "TOTP secret": forms(customer.totp_secret) | {base64.b32encode(customer.totp_secret).rstrip(b"=")},
        "file password": forms(FILE_PASSWORD.encode()) | forms(FILE_PASSWORD.encode("utf-16-be")),
        "escaped file password": {json.dumps(FILE_PASSWORD).strip('"').encode()},
        "wrong file password": forms(WRONG_PASSWORD.encode()),
        "resident number": forms(IDN.encode()) | {f"{IDN[:6]}-{IDN[6:]}".encode()},
        "R": {form for certificate in certificates for form in forms(certificate.random_number)},
        "private key": {form for certificate in certificates for form in _private_key_forms(certificate)},
        "planted": forms(MARK),
    }
    for token in tokens:
        secret = token.partition(".")[2]
        known.setdefault("session token", set()).update(
            forms(token.encode()) | forms(secret.encode()) | forms(base64.urlsafe_b64decode(secret + "=="))
        )
    patterns = {name: re.compile(b"|".join(map(re.escape, forms))) for name, forms in known.items()}
    # Six digits are part of many numbers: only a separate code counts.
    alone = b"|".join(rb"(?<![0-9A-Za-z.:_-])%s(?![0-9A-Za-z:_-])" % code.encode() for code in codes)
    return {**patterns, "one-time code": re.compile(alone)}


def _messages(cloud: LocalCloud, phone: Phone) -> Iterator[Place]:
    yield "messages", "\n".join(cloud.sms(phone.customer.phone)).encode()
    yield "mails", json.dumps(cloud.mails()).encode()


def _files(folder: Path) -> Iterator[Place]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield f"file {path.relative_to(folder)}", path.read_bytes()


def _everything(cloud: LocalCloud, phone: Phone) -> Iterator[Place]:
    for kind in (places.tables, places.buckets, places.queues, places.logs):
        yield from kind(cloud)
    yield from _messages(cloud, phone)
    yield from _files(cloud.emulator.folder)


def _plant(cloud: LocalCloud) -> None:
    """Write one secret to each kind of place, each in another form."""
    logs, sqs = cloud.client("logs"), cloud.client("sqs")
    cloud.client("dynamodb").put_item(
        TableName=cloud.physical("ChallengesTable"), Item={"id": {"S": "planted"}, "b": {"B": b"x" + MARK}}
    )
    cloud.client("s3").put_object(Bucket=cloud.outputs["TrustBucket"], Key="planted", Body=MARK.hex().encode())
    encoded = base64.b64encode(b"x" + MARK + b"x").decode()
    sqs.send_message(QueueUrl=sqs.create_queue(QueueName="planted")["QueueUrl"], MessageBody=encoded)
    logs.create_log_group(logGroupName="planted")
    logs.create_log_stream(logGroupName="planted", logStreamName="planted")
    event = {"timestamp": int(datetime.now(UTC).timestamp() * 1000), "message": f"<{MARK.decode()}>"}
    logs.put_log_events(logGroupName="planted", logStreamName="planted", logEvents=[event])
    (cloud.emulator.folder / "planted").write_bytes(b"x" * 1000 + MARK)


def _live(phone: Phone, new_certificate: NewCertificate, cloud: LocalCloud) -> dict[str, Any]:
    """Every action of a customer, right and wrong; returns their secrets."""
    codes: list[str] = []
    tokens: list[str] = []
    code_of = phone.code

    def noted() -> str:
        if codes:
            forget_used_codes(cloud, phone)
        codes.append(code_of())
        return codes[-1]

    phone.code = noted  # type: ignore[method-assign]
    ends_soon: dict[str, Any] = {
        "not_before": datetime.now(UTC) - timedelta(days=300),
        "not_after": datetime.now(UTC) + timedelta(hours=20),
        "idn": IDN,
    }
    certificate = new_certificate(**ends_soon)
    key = certificate.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    login = {"customer_id": phone.customer.id, "password": phone.customer.password}

    assert phone.log_in().status == 200
    tokens.append(str(phone.token))
    proving = _prove_in_every_way(phone, cloud, login)
    # Values in the wrong members, as a faulty app sends them.
    problem(phone.call("POST", "/login", {"customer_id": phone.customer.password[:32], "password": "wrong"}))
    problem(phone.call("POST", "/challenges/otp", login), "MALFORMED_REQUEST")
    guess = {"challenge_id": "A" * 22, "code": phone.code()}
    problem(phone.call("POST", "/challenges/otp", guess), "STEP_UP_EXPIRED")
    phone.call("POST", "/uploads", {"files": key.decode(), "token": phone.token})
    phone.call("GET", f"/uploads/{phone.token}")
    # Their private key instead of their certificate: refused, and not stored.
    assert phone.upload({"signPri.key": key})["headline"] == "FILE_ENCRYPTION_UNSUPPORTED"
    der = certificate.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    assert phone.upload({"signPri.der": der})["headline"] == "FILE_ENCRYPTION_UNSUPPORTED"
    view = phone.upload({"signCert.der": certificate.der})
    wrong = {"signature": base64.b64encode(der).decode(), "consent_version": view["proof"]["consent"]["version"]}
    problem(phone.call("POST", f"/uploads/{view['upload_id']}/registration", wrong), "PROOF_FAILED")
    assert phone.prove(view, certificate).status == 201
    _log_in_by_certificate(phone, certificate, der, tokens)
    contained = [_open(phone, new_certificate(idn=IDN), form) for form in ("pair", "pfx", "lost", "stranger")]
    assert phone.log_in().status == 200
    tokens.append(str(phone.token))
    cloud.invoke("FlagExpiringFunction", {})
    eventually(lambda: not _files_left(cloud, phone))
    return _secrets(phone, codes, tokens, [certificate, *contained]) | proving


def _log_in_by_certificate(
    phone: Phone, certificate: CustomerCertificate, private_key: bytes, tokens: list[str]
) -> None:
    """Right, and with the private key and the password in the wrong members."""
    key = base64.b64encode(private_key).decode()
    wrong = {"login_id": "A" * 22, "signature": key, "certificate": key}
    problem(phone.call("POST", "/login/certificate", wrong), "STEP_UP_EXPIRED")
    wrong |= {"device_id": phone.customer.password, "cms": key}
    problem(phone.call("POST", "/login/certificate", wrong), "MALFORMED_REQUEST")
    assert phone.log_in_by_certificate(certificate).status == 200
    tokens.append(str(phone.token))


def _prove_in_every_way(phone: Phone, cloud: LocalCloud, login: dict[str, str]) -> dict[str, Any]:
    """A code by text message, a passkey, a new authenticator app; returns the secrets."""
    by_sms = phone.call("POST", "/login", login).json()
    assert phone.call("POST", "/challenges/sms", {"challenge_id": by_sms["challenge_id"]}).status == 200
    sent = re.findall(r"\d{6}", cloud.sms(phone.customer.phone)[-1])[0].encode()
    body = {"challenge_id": by_sms["challenge_id"], "code": "000000", "method": "sms"}
    problem(phone.call("POST", "/challenges/otp", body), "STEP_UP_INVALID")
    assert phone.call("POST", "/challenges/otp", body | {"code": sent.decode()}).status == 200
    assert phone.log_in().status == 200
    assert phone.add_passkey(seed.RP_ID, seed.ORIGIN, "갤럭시").status == 201
    passkey_challenge = phone.call("POST", "/step-up", {"operation": "register"}).json()["asked"]["passkey"][
        "challenge"
    ]
    proof = {"proof_id": phone.prove_identity("enrol", "totp")}
    uri = urlparse(phone.call("POST", "/credentials/totp", proof).json()["otpauth_uri"])
    totp = parse_qs(uri.query)["secret"][0]
    new_secret = base64.b32decode(totp + "=" * (-len(totp) % 8))
    device_id = str(phone.device_id)
    secrets = {
        PASSKEY_CHALLENGE: forms(from_websafe(passkey_challenge)) | {passkey_challenge.encode()},
        "new TOTP secret": forms(new_secret) | {totp.encode()},
        "device id": forms(device_id.encode()) | forms(from_websafe(device_id)),
    }
    patterns = {name: re.compile(b"|".join(map(re.escape, forms))) for name, forms in secrets.items()}
    return patterns | {SMS_CODE: re.compile(rb"(?<![0-9A-Za-z.:_-])%s(?![0-9A-Za-z:_-])" % sent)}


def _files_left(cloud: LocalCloud, phone: Phone) -> list[str]:
    """The keys of this customer's files; other tests leave uploads that wait for their password."""
    rows = cloud.client("dynamodb").scan(TableName=cloud.physical("UploadsTable"))["Items"]
    theirs = {row["id"]["S"] for row in rows if row.get("customer_id") == {"S": phone.customer.id}}
    assert theirs
    stored = cloud.client("s3").list_objects_v2(Bucket=cloud.outputs["UploadBucket"], Prefix="uploads/")
    return [each["Key"] for each in stored.get("Contents", []) if each["Key"].split("/")[1] in theirs]


def _open(phone: Phone, certificate: CustomerCertificate, form: str) -> CustomerCertificate:
    """Send a container's password unencrypted, then mistyped, then right; with "lost", use up the tries."""
    pair = {"signCert.der": certificate.der, "signPri.key": sign_pri_key(certificate, FILE_PASSWORD)}
    if form == "stranger":
        view = phone.upload({"signPri.key": pair["signPri.key"]})
        assert view["headline"] == "FILE_NO_CERTIFICATE"
        return certificate
    view = phone.upload({"mine.pfx": pfx(certificate, FILE_PASSWORD)} if form == "pfx" else pair)
    path = f"/uploads/{view['upload_id']}/password"
    in_clear = {"password": FILE_PASSWORD, "sealed": {"key_id": FILE_PASSWORD, "ciphertext": FILE_PASSWORD}}
    problem(phone.call("POST", path, in_clear), "MALFORMED_REQUEST")
    for wrong in [WRONG_PASSWORD] * (5 if form == "lost" else 1):
        problem(phone.open(view, wrong))
    if form == "lost":
        problem(phone.open(view, FILE_PASSWORD), "FILE_PASSWORD_ATTEMPTS_EXCEEDED")
        return certificate
    opened = phone.open(view, FILE_PASSWORD).json()
    open_r = {
        "consent_version": opened["proof"]["consent"]["version"],
        "random_number": certificate.random_number.hex(),
    }
    assert phone.register(opened, open_r).status == 201
    return certificate


def test_no_secret_of_the_customer_is_stored_anywhere(
    cloud: LocalCloud, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone = new_phone(log_in=False, passkey=False, idn=IDN)
    patterns = _live(phone, new_certificate, cloud)
    _plant(cloud)
    found: dict[str, set[str]] = {name: set() for name in patterns}
    looked_at = set()

    for place, content in _everything(cloud, phone):
        looked_at.add(place.split()[0])
        for name, pattern in patterns.items():
            if pattern.search(content):
                found[name].add(place)

    planted = found.pop("planted")
    assert {place.split()[0] for place in planted} == {"table", "bucket", "queue", "logs", "file"}
    assert len(planted) == 5
    # A passkey's challenge is stored to compare it, and a text message holds its code: only there.
    table = cloud.physical("ChallengesTable")
    assert found.pop(PASSKEY_CHALLENGE) == {f"table {table} nonce"}
    assert found.pop(SMS_CODE) == {"messages", "file emulator.log"}, "the emulator notes each text it is to send"
    assert found == {name: set() for name in found}
    assert looked_at == {"table", "bucket", "queue", "logs", "messages", "mails", "file"}


def test_logs_have_masked_names_and_customer_digests(
    cloud: LocalCloud, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone = new_phone(name="남궁민수", phone="+821044445555")
    certificate = new_certificate(real_name="남궁민수")
    phone.prove(phone.upload({"signCert.der": certificate.der}), certificate)

    text = b"\n".join(content for _, content in places.logs(cloud)).decode()
    escaped = json.dumps("남궁민수").strip('"')
    for personal in (
        "남궁민수",
        escaped,
        phone.customer.id,
        "44445555",
        f"{certificate.certificate.serial_number:x}",
    ):
        assert personal not in text
    assert '"audit":true' in text
    row = cloud.client("dynamodb").query(
        TableName=cloud.physical("RegistrationsTable"),
        KeyConditionExpression="pk = :customer",
        ExpressionAttributeValues={":customer": {"S": f"CUST#{phone.customer.id}"}},
    )["Items"][0]
    assert row["name_masked"] == {"S": "남**수"}
