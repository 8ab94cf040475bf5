"""Attacks by the bank's own staff: one person who acts as two, a recovery that moves a phone."""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from registrar.aws.buckets.trust_bucket import ACTIVE
from tools.cloud import seed
from tools.cloud.emulator import REGION
from tools.cloud.local_cloud import LocalCloud
from tools.demo.phone import Phone
from tools.pki.authorities import CustomerCertificate

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

NewPhone = Callable[..., Phone]
NewCertificate = Callable[..., CustomerCertificate]
RUNBOOK = Path(__file__).parents[2] / "docs/runbook.md"
FIRST = ["ProposeBlockFunction", "ProposeRecoveryFunction", "PlanReevaluationFunction", "incoming/trust.json"]
SECOND = ["ConfirmBlockFunction", "ApproveRecoveryFunction", "ApplyReevaluationFunction", "incoming/confirm.txt"]


def register(phone: Phone, certificate: CustomerCertificate) -> str:
    answer = phone.prove(phone.upload({"signCert.der": certificate.der}), certificate)
    assert answer.status == 201, answer.body
    return str(answer.json()["registration_id"])


# ---- one person as two


def policies(cloud: LocalCloud) -> list[str]:
    """The two policies of the runbook, with the names of this stack."""
    blocks = re.findall(r"```json\n(\{\n  \"Version\".*?)```", RUNBOOK.read_text(), re.DOTALL)
    named = [re.sub(r"STACK-(\w+)-\*", lambda found: cloud.physical(found[1]), block) for block in blocks]
    return [block.replace("BUCKET", cloud.outputs["TrustBucket"]) for block in named]


def permitted(cloud: LocalCloud, *documents: str) -> list[str]:
    """What a role with these policies may invoke, or write."""
    iam, name = cloud.client("iam"), f"staff-{secrets.token_hex(4)}"
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    assumed = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=assumed)["Role"]
    for number, document in enumerate(documents):
        iam.put_role_policy(RoleName=name, PolicyName=f"policy-{number}", PolicyDocument=document)
    given = cloud.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="staff")["Credentials"]
    session = cast("Any", boto3.Session)(
        region_name=REGION,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )
    config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, proxies={})
    url = cloud.emulator.url
    functions = session.client("lambda", endpoint_url=url, config=config)
    objects = session.client("s3", endpoint_url=url, config=config)

    def may(what: str) -> bool:
        try:
            if what.endswith("Function"):
                functions.invoke(FunctionName=cloud.physical(what), Payload=b"{}")
            else:
                objects.put_object(Bucket=cloud.outputs["TrustBucket"], Key=what, Body=b"")
        except ClientError as refused:
            if refused.response["Error"]["Code"] not in ("AccessDenied", "AccessDeniedException"):
                raise
            return False
        return True

    return [what for what in [*FIRST, *SECOND] if may(what)]


def test_a_person_with_one_role_cannot_do_the_other_half(cloud: LocalCloud) -> None:
    proposes, confirms = policies(cloud)

    assert permitted(cloud, proposes) == FIRST
    assert permitted(cloud, confirms) == SECOND
    assert permitted(cloud, proposes, confirms) == [], "whoever gets both by mistake can do neither"


def test_one_person_under_two_spellings_blocks_nothing(
    cloud: LocalCloud, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone = new_phone()
    held = register(phone, new_certificate())
    about = {"customer_id": phone.customer.id, "registration_id": held}
    cloud.invoke("ProposeBlockFunction", {**about, "staff_id": "kim.teller", "reason": "phone stolen"})
    shown = cloud.invoke("ConfirmBlockFunction", {**about, "step": "view", "staff_id": "Kim.Teller"})["done"]
    assert (shown["reason"], shown["proposed_by"]) == ("phone stolen", "kim.teller")

    confirmed = {**about, "step": "confirm", "confirm": shown["digest"]}
    for same in ("Kim.Teller", "KIM_TELLER", "kim.teller."):
        refused = cloud.invoke("ConfirmBlockFunction", {**confirmed, "staff_id": same})
        assert refused == {"refused": "STATE_CONFLICT", "text": "whoever proposed it cannot confirm it"}
    unread = cloud.invoke("ConfirmBlockFunction", {**confirmed, "confirm": "0" * 64, "staff_id": "lee.manager"})
    assert unread["refused"] == "STATE_CONFLICT"
    assert phone.call("GET", f"/registrations/{held}").json()["usable"]

    done = cloud.invoke("ConfirmBlockFunction", {**confirmed, "staff_id": "lee.manager"})
    assert done["done"]["status"] == "BLOCKED"


# ---- a recovery that moves somebody's phone


def test_a_recovery_of_a_lost_app_moves_no_phone(cloud: LocalCloud, new_phone: NewPhone) -> None:
    phone = new_phone(passkey=False, language="en")
    about = {"customer_id": phone.customer.id, "reason": "identity card seen at the branch"}
    teller = {**about, "staff_id": "kim.teller", "lost": ["totp"]}
    refused = cloud.invoke("ProposeRecoveryFunction", {**teller, "phone": "+821099997777"})
    assert refused == {
        "refused": "STATE_CONFLICT",
        "text": "the phone changes only where the phone was lost: leave phone out",
    }
    proposed = cloud.invoke("ProposeRecoveryFunction", teller)["done"]["recovery_id"]
    second = {"customer_id": phone.customer.id, "recovery_id": proposed, "staff_id": "lee.manager"}
    shown = cloud.invoke("ApproveRecoveryFunction", {**second, "step": "view"})["done"]
    assert (shown["lost"], shown["new_phone"]) == (["totp"], None)
    done = cloud.invoke("ApproveRecoveryFunction", {**second, "step": "approve", "confirm": shown["digest"]})
    assert done.keys() == {"done"}
    assert phone.call("GET", "/credentials").json()["recovery"]["phone"][-4:] == phone.customer.phone[-4:]


def test_the_approver_reads_the_numbers_and_the_old_one_is_notified(cloud: LocalCloud, new_phone: NewPhone) -> None:
    phone = new_phone(passkey=False, language="en")
    about = {"customer_id": phone.customer.id, "staff_id": "kim.teller", "reason": "identity card seen here"}
    event = {**about, "lost": ["phone"], "phone": "+821099996666"}
    proposed = cloud.invoke("ProposeRecoveryFunction", event)["done"]["recovery_id"]
    second = {"customer_id": phone.customer.id, "recovery_id": proposed, "staff_id": "lee.manager"}
    shown = cloud.invoke("ApproveRecoveryFunction", {**second, "step": "view"})["done"]
    assert shown["phone"] == f"010-****-{phone.customer.phone[-4:]}"
    assert (shown["new_phone"], shown["reason"], shown["proposed_by"]) == (
        "+821099996666",
        "identity card seen here",
        "kim.teller",
    )
    unread = cloud.invoke("ApproveRecoveryFunction", {**second, "step": "approve", "confirm": "0" * 64})
    assert unread["refused"] == "STATE_CONFLICT"
    cloud.invoke("ApproveRecoveryFunction", {**second, "step": "approve", "confirm": shown["digest"]})
    (text,) = cloud.wait_for_sms(phone.customer.phone, "Recovery")
    assert "010-****-6666" in text


# ---- a trust document that believes its author


def test_the_report_names_a_pinned_responder(cloud: LocalCloud, new_certificate: NewCertificate) -> None:
    stored = cloud.client("s3").get_object(Bucket=cloud.outputs["TrustBucket"], Key=ACTIVE)
    document = json.loads(stored["Body"].read())
    document["version"] += 1
    own = new_certificate()
    document["operators"]["kica"]["revocation"]["responders"].append(base64.b64encode(own.der).decode())
    document["rules"]["revocation"] |= {"order": ["ocsp"]}
    document["rules"]["revocation"]["max_age_minutes"]["registering"] = 7 * 24 * 60

    report = seed.propose_trust(cloud, document)

    assert not report["activated"]
    text = "\n".join(report["differences"])
    assert hashlib.sha256(own.der).hexdigest() in text
    for words in ("pinned OCSP responder", "order of the sources", "oldest status that is accepted"):
        assert words in text
