"""Texts of the release before, which an app may hold while a release goes out: signatures are accepted."""

import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest

from registrar.domain.access.challenge import Operation
from registrar.domain.access.challenge_text import OPERATIONS
from registrar.domain.possession.headings import Label
from registrar.domain.times import SEOUL, iso
from tests.support.app import Answer, App
from tests.support.builders import a_certificate
from tests.support.methods import Prover
from tests.support.prepared import prepared, registered_certificate, uploaded_certificate
from tests.support.rows import a_proof
from tests.support.signing import a_signer
from tools.demo.phone import sign

CERTIFICATE = a_certificate(key="ec")
_OLD = {label.value[1]: label.value[0] for label in Label}
_OPERATION = {words: operation.value for operation, words in OPERATIONS.items()}


def as_before(text: str) -> str:
    """The text as the release before composed it."""
    heading, *lines = text.split("\n")
    return "\n".join([heading, *(line for each in lines if (line := _line(*each.split(": ", 1))))])


def _line(label: str, value: str) -> str:
    if label not in _OLD:
        return f"{label}: {value}"
    match label:
        case "용도":
            return ""
        case "은행":
            value = value.removeprefix("전북은행(").removesuffix(")")
        case "본인 확인 업무":
            value = _OPERATION[value]
        case "대상":
            value = "-" if value == "없음" else value
        case "인증서 지문(SHA-256)" | "문서 지문(SHA-256)":
            value = f"sha256 {value}"
        case "서명 기한":
            value = iso(datetime.strptime(value, "%Y년 %m월 %d일 %H:%M:%S (한국 시간)").replace(tzinfo=SEOUL))
    return f"{_OLD[label]}: {value}"


def registering(app: App, change: Callable[[str], str]) -> Answer:
    certificate, view = prepared(app, uploaded_certificate)
    return app.prove(view, certificate, signature=sign(certificate.key, change(view["proof"]["text"])))


def resuming(app: App, change: Callable[[str], str]) -> Answer:
    certificate, found = prepared(app, registered_certificate)
    held = found["registration_id"]
    one = "/registrations/{registration_id}"
    app.call("POST", f"{one}/loss", registration_id=held)
    text = app.call("GET", one, registration_id=held).body["resume"]["text"]
    proof_id = a_proof(app.account, app.customer_id, Operation.RESUME, held, proved_at=app.account.at).id
    body = {"signature": sign(certificate.key, change(text)), "proof_id": proof_id}
    return app.call("POST", f"{one}/resume", body, registration_id=held)


def proving(app: App, change: Callable[[str], str]) -> Answer:
    prover = Prover(app)
    held = prover.hold(CERTIFICATE)
    challenge = prover.log_in_challenge()
    text = challenge["asked"]["certificate"]["text"]
    return prover.by_certificate(
        challenge, CERTIFICATE, signature=sign(CERTIFICATE.key, change(text)), registration_id=held
    )


def logging_in(app: App, change: Callable[[str], str]) -> Answer:
    prover = Prover(app)
    prover.hold(CERTIFICATE)
    asked = prover.certificate_login()
    return prover.by_certificate_alone(CERTIFICATE, asked, signature=sign(CERTIFICATE.key, change(asked["text"])))


def signing(app: App, change: Callable[[str], str]) -> Answer:
    signer = a_signer(app)
    request_id = signer.asked()
    return signer.give(request_id, sign(signer.certificate.key, change(signer.text(request_id))))


WAYS = {way.__name__: way for way in (registering, resuming, proving, logging_in, signing)}
each_way = pytest.mark.parametrize("way", WAYS)


@each_way
def test_a_signature_over_the_text_of_the_release_before_is_accepted(app: App, way: str) -> None:
    assert WAYS[way](app, as_before).status in (200, 201)


@each_way
@pytest.mark.parametrize("change", ["은행: ", "일회용 값: "])
def test_a_signature_over_a_text_of_no_version_is_refused(app: App, way: str, change: str) -> None:
    def altered(text: str) -> str:
        assert change in text
        return text.replace(change, f"{change}0")

    assert WAYS[way](app, altered).status in (401, 422)


def test_evidence_holds_the_version_that_was_signed(app: App) -> None:
    signer = a_signer(app)
    request_id = signer.asked()
    text = as_before(signer.text(request_id))

    assert signer.give(request_id, sign(signer.certificate.key, text)).body["state"] == "COMPLETED"

    assert _text_in_evidence(app, request_id) == text


def _text_in_evidence(app: App, request_id: str) -> str:
    account: Any = app.account
    bucket = account.physical["EvidenceBucket"]
    (found,) = account.client("s3").list_objects_v2(Bucket=bucket, Prefix=f"evidence/{request_id}/")["Contents"]
    content = account.client("s3").get_object(Bucket=bucket, Key=found["Key"])["Body"].read()
    with zipfile.ZipFile(BytesIO(content)) as package:
        assert json.loads(package.read("evidence.json"))["request"]["id"] == request_id
        return package.read("text.txt").decode()
