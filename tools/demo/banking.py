"""The part of the demo in which the registered certificate is used: login, a signed transfer, its proof."""

import hashlib
import re
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.admin import verify_evidence
from tools.cloud.emulator import ROOT
from tools.cloud.local_cloud import LocalCloud
from tools.cloud.relying import RelyingClient, client_of
from tools.demo.phone import Phone, sign
from tools.demo.story import Story
from tools.pki.authorities import CustomerCertificate

TRANSFER = {
    "payee": "김철수",
    "bank": "한빛은행",
    "account": "110-234-567890",
    "amount": 1500000,
    "from_account": "220-11-0099887",
}
ORDER = "이체 주문서: 김철수, 한빛은행 110-234-567890, 1,500,000원".encode()
GUIDE = ROOT / "docs/evidence.md"
COMMANDS = ("openssl", "unzip")


def banking(story: Story, cloud: LocalCloud, phone: Phone, certificate: CustomerCertificate) -> None:
    """Log in with the certificate alone, sign a transfer, and check what the bank keeps of it."""
    answer = phone.log_in_by_certificate(certificate)
    story.expect(answer.status == 200, "the certificate alone logs in", answer)
    story.step("phone", "logged_in_by_certificate")
    transfers = client_of(cloud, "transfers")
    request = ask(story, transfers, phone)
    story.step("bank", "signature_asked", state=request["state"], hint=request["hint"])
    text = phone.call("GET", f"/signature-requests/{request['request_id']}").json()["text"]
    signature = sign(certificate.key, text)
    answer = answer_with(phone, request, certificate, signature)
    story.expect(answer.json().get("state") == "COMPLETED", "the signature completes the request", answer)
    story.step("phone", "transfer_signed", text)
    result = transfers.call("GET", path_of(request)).json()
    check_proof(story, cloud, phone, result)
    another = ask(story, transfers, phone)
    refused = answer_with(phone, another, certificate, signature).json()
    story.expect(refused["code"] == "SIGNING_SIGNATURE_INVALID", "a signature counts for one request", refused)
    story.step("phone", "replay_refused", story.problem(refused))


def held_cannot_sign(story: Story, cloud: LocalCloud, phone: Phone, certificate: CustomerCertificate) -> None:
    """A transfer is asked for while a loss is reported: no signature counts."""
    transfers = client_of(cloud, "transfers")
    request = ask(story, transfers, phone)
    text = phone.call("GET", f"/signature-requests/{request['request_id']}").json()["text"]
    answer_with(phone, request, certificate, sign(certificate.key, text))
    result = transfers.call("GET", path_of(request)).json()
    found = result["state"], (result["reason"] or {}).get("code"), result["receipt"]
    story.expect(found == ("FAILED", "REG_SUSPENDED", None), "a held certificate cannot sign", result)
    story.step("bank", "held_cannot_sign", state=result["state"], code=result["reason"]["code"])


def ask(story: Story, transfers: RelyingClient, phone: Phone) -> dict[str, Any]:
    """The transfer system asks the customer to sign a transfer."""
    body = {
        "customer_id": phone.customer.id,
        "kind": "transfer",
        "values": TRANSFER,
        "document_sha256": hashlib.sha256(ORDER).hexdigest(),
    }
    answer = transfers.call("POST", "/signature-requests", body, Idempotency_Key=str(uuid.uuid4()))
    story.expect(answer.status == 201, "the transfer system may ask for a signature", answer)
    return dict(answer.json())


def answer_with(phone: Phone, request: dict[str, Any], certificate: CustomerCertificate, signature: str) -> Any:
    """The customer's response to a request, by the registration of this certificate."""
    serial = f"{certificate.certificate.serial_number:x}"
    listed = phone.call("GET", "/registrations").json()["registrations"]
    (registration,) = (each for each in listed if each["certificate"]["serial"] == serial)
    body = {"registration_id": registration["registration_id"], "signature": signature}
    return phone.call("POST", f"/signature-requests/{request['request_id']}/signature", body)


def path_of(request: dict[str, Any]) -> str:
    """Where the transfer system polls its request."""
    return f"/customers/{request['customer_id']}/signature-requests/{request['request_id']}"


def check_proof(story: Story, cloud: LocalCloud, phone: Phone, result: dict[str, Any]) -> None:
    """Check receipt and evidence without the service: by the project's tool, and by openssl alone."""
    stored = cloud.client("s3").get_object(Bucket=cloud.outputs["EvidenceBucket"], Key=result["evidence"]["key"])
    package = stored["Body"].read()
    found = verify_evidence.verify(package)
    story.expect(not found.wrong, "nothing is wrong with the evidence", found)
    story.step("bank", "evidence_checked", *found.checked)
    missing = [command for command in COMMANDS if shutil.which(command) is None]
    if missing:
        story.step("bank", "openssl_missing", commands=", ".join(missing))
        return
    keys = phone.call("GET", "/.well-known/jwks.json").body
    receipt = run_documented(story, "receipt", {"receipt.jws": result["receipt"].encode(), "jwks.json": keys})
    evidence = run_documented(story, "package", {"package.zip": package})
    story.step("bank", "openssl_checked", *receipt, *evidence)


def run_documented(story: Story, name: str, files: Mapping[str, bytes]) -> list[str]:
    """Run commands of docs/evidence.md in a folder with these files; returns the lines with an OK."""
    (commands,) = re.findall(rf"<!-- commands: {name} -->\n```sh\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    with tempfile.TemporaryDirectory() as folder:
        for file, content in files.items():
            (Path(folder) / file).write_bytes(content)
        done = subprocess.run(["/bin/sh", "-c", commands], cwd=folder, capture_output=True, text=True, check=False)
    right = [line for line in done.stdout.splitlines() if line.endswith("OK")]
    story.expect(done.returncode == 0 and bool(right), f"openssl alone checks the {name}", done)
    return right
