"""Attacks by the bank's own staff: one person who acts as two, a recovery that moves a phone."""

import base64
import hashlib
import json
from collections.abc import Callable
from contextlib import suppress

import pytest

from registrar.aws.buckets.trust_bucket import ACTIVE
from tests.support.roles import is_denied
from tools.cloud import seed
from tools.cloud.automation import Automation, NotStarted, Person
from tools.cloud.local_cloud import LocalCloud
from tools.demo.phone import Phone
from tools.pki.authorities import CustomerCertificate

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

NewPhone = Callable[..., Phone]
NewCertificate = Callable[..., CustomerCertificate]
FIRST = {"ProposeBlock", "ProposeRecovery", "PlanReevaluation"}
SECOND = {"ViewBlock", "ConfirmBlock", "ViewRecovery", "ApproveRecovery", "ApplyReevaluation", "ConfirmTrust"}


def register(phone: Phone, certificate: CustomerCertificate) -> str:
    answer = phone.prove(phone.upload({"signCert.der": certificate.der}), certificate)
    assert answer.status == 201, answer.body
    return str(answer.json()["registration_id"])


# ---- one person as two


def startable_by(person: Person) -> set[str]:
    """The documents of both halves that IAM lets a person start."""
    found = set()
    for document in (*FIRST, *SECOND):
        with suppress(NotStarted):
            person.check_may_start(f"registrar-{document}")
            found.add(document)
    return found


def may_write(cloud: LocalCloud, person: Person, key: str) -> bool:
    return not is_denied(person.client("s3"), "PutObject", {"Bucket": cloud.outputs["TrustBucket"], "Key": key})


def test_a_person_with_one_role_cannot_do_the_other_half(cloud: LocalCloud, automation: Automation) -> None:
    kim, lee = automation.person("kim", "proposes"), automation.person("lee", "confirms")
    both = automation.person("park", "proposes", "confirms")

    assert startable_by(kim) == FIRST
    assert startable_by(lee) == SECOND
    assert startable_by(both) == set(), "whoever gets both by mistake can do neither"
    assert may_write(cloud, kim, "incoming/trust.json")
    assert not may_write(cloud, lee, "incoming/trust.json")
    assert not any(may_write(cloud, each, "incoming/confirm.txt") for each in (kim, lee, both))


def test_a_person_invokes_no_function_directly(cloud: LocalCloud, automation: Automation) -> None:
    for policy in ("proposes", "confirms", "holds", "operates"):
        functions = automation.person("kim", policy).client("lambda")
        for name in ("SetBankHoldFunction", "ProposeBlockFunction", "ConfirmBlockFunction", "LockCustomerFunction"):
            event = {"FunctionName": cloud.physical(name), "Payload": b"{}"}
            assert is_denied(functions, "Invoke", event), (policy, name)


def test_a_documents_role_invokes_the_functions_of_its_half_only(cloud: LocalCloud, automation: Automation) -> None:
    proposing = automation.as_role_of("ProposeBlock", "lambda")
    confirming = automation.as_role_of("ConfirmBlock", "lambda")
    halves = {"ProposeBlockFunction": proposing, "ConfirmBlockFunction": confirming}
    for name in halves:
        event = {"FunctionName": cloud.physical(name), "Payload": b"{}"}
        assert {each for each, client in halves.items() if not is_denied(client, "Invoke", event)} == {name}


def test_a_hold_by_a_form_suspends_and_a_wrong_form_changes_nothing(
    cloud: LocalCloud, automation: Automation, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone = new_phone()
    held = register(phone, new_certificate())
    form = {"CustomerId": phone.customer.id, "RegistrationId": held, "Reason": "unusual transfers, case 4711"}
    for wrong in ({"CustomerId": "홍길동"}, {"RegistrationId": "r1"}, {"Reason": "x"}, {"StaffId": "kim"}):
        with pytest.raises(NotStarted):
            automation.act("fraud.lee", "Hold", **{**form, **wrong})
    with pytest.raises(NotStarted, match="not authorized"):
        automation.run(automation.person("kim.teller", "proposes"), "Hold", **form)
    assert phone.call("GET", f"/registrations/{held}").json()["usable"]

    assert automation.act("fraud.lee", "Hold", **form)["done"]["holds"] == ["bank"]
    assert not phone.call("GET", f"/registrations/{held}").json()["usable"]
    assert automation.act("fraud.lee", "Lift", **form)["done"]["usable"]


def test_another_persons_execution_is_of_no_use(
    cloud: LocalCloud, automation: Automation, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    """Whoever may invoke a function, as documents' roles may, is still bound to an execution and its form."""
    phone = new_phone()
    held = register(phone, new_certificate())
    form = {"CustomerId": phone.customer.id, "RegistrationId": held, "Reason": "unusual transfers, case 4711"}
    with automation.started(automation.person("fraud.lee", "holds"), "Hold", **form) as execution:
        own = {"customer_id": phone.customer.id, "registration_id": held, "hold": "on", "reason": "mine, mine"}
        for event in (own, {"execution_id": execution, **own}, {"execution_id": execution, "staff_id": "kim"}):
            refused = cloud.invoke("SetBankHoldFunction", event)
            assert refused["text"] == "start a document: the payload is its execution_id and nothing else"
        refused = cloud.invoke("ProposeBlockFunction", {"execution_id": execution})
        assert refused["text"] == "the document Hold is not for this function"
    finished = cloud.invoke("SetBankHoldFunction", {"execution_id": execution})
    assert finished["text"] == "the execution is not running: Success"
    unknown = cloud.invoke("SetBankHoldFunction", {"execution_id": "0" * 36})
    assert unknown["text"] == "no such execution of a document of this service"
    assert phone.call("GET", f"/registrations/{held}").json()["usable"]


def test_one_person_with_two_roles_blocks_nothing(
    automation: Automation, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    """IAM keeps the halves apart; where the bank gives one person both, under two roles, the functions do."""
    phone = new_phone()
    named = {"CustomerId": phone.customer.id, "RegistrationId": register(phone, new_certificate())}
    held = named["RegistrationId"]
    automation.act("kim.teller", "ProposeBlock", **named, Reason="phone stolen")
    shown = automation.act("kim.teller", "ViewBlock", **named)["done"]
    assert shown["reason"] == "phone stolen"
    assert shown["proposed_by"].endswith("assumed-role/staff-proposes/kim.teller")

    for same in ("kim.teller", "Kim.Teller", "KIM_TELLER"):
        refused = automation.act(same, "ConfirmBlock", **named, Confirm=shown["digest"])
        assert refused == {"refused": "STATE_CONFLICT", "text": "whoever proposed it cannot confirm it"}
    unread = automation.act("lee.manager", "ConfirmBlock", **named, Confirm="0" * 64)
    assert unread["refused"] == "STATE_CONFLICT"
    assert phone.call("GET", f"/registrations/{held}").json()["usable"]

    done = automation.act("lee.manager", "ConfirmBlock", **named, Confirm=shown["digest"])
    assert done["done"]["status"] == "BLOCKED"


def test_a_customer_who_is_locked_out_is_logged_out_until_unlocked(
    automation: Automation, new_phone: NewPhone
) -> None:
    phone = new_phone()
    form = {"CustomerId": phone.customer.id, "Reason": "phone stolen, case 4711"}
    assert automation.act("fraud.lee", "LockOut", **form)["done"]["locked_out"]
    assert phone.call("GET", "/registrations").status == 401
    assert phone.log_in().status != 200

    assert not automation.act("fraud.lee", "Unlock", **form)["done"]["locked_out"]
    assert phone.log_in().status == 200


# ---- a recovery that moves somebody's phone


def test_a_recovery_of_a_lost_app_moves_no_phone(automation: Automation, new_phone: NewPhone) -> None:
    phone = new_phone(passkey=False, language="en")
    wanted = {"CustomerId": phone.customer.id, "Lost": "totp", "Reason": "identity card seen at the branch"}
    refused = automation.act("kim.teller", "ProposeRecovery", **wanted, Phone="+821099997777")
    assert refused == {
        "refused": "STATE_CONFLICT",
        "text": "the phone changes only where the phone was lost: leave phone out",
    }
    proposed = automation.act("kim.teller", "ProposeRecovery", **wanted)["done"]["recovery_id"]
    named = {"CustomerId": phone.customer.id, "RecoveryId": proposed}
    shown = automation.act("lee.manager", "ViewRecovery", **named)["done"]
    assert (shown["lost"], shown["new_phone"]) == (["totp"], None)
    done = automation.act("lee.manager", "ApproveRecovery", **named, Confirm=shown["digest"])
    assert done.keys() == {"done"}
    assert phone.call("GET", "/credentials").json()["recovery"]["phone"][-4:] == phone.customer.phone[-4:]


def test_the_approver_reads_the_numbers_and_the_old_one_is_notified(
    cloud: LocalCloud, automation: Automation, new_phone: NewPhone
) -> None:
    phone = new_phone(passkey=False, language="en")
    wanted = {"Lost": "phone", "Phone": "+821099996666", "Reason": "identity card seen here"}
    proposed = automation.act("kim.teller", "ProposeRecovery", CustomerId=phone.customer.id, **wanted)
    named = {"CustomerId": phone.customer.id, "RecoveryId": proposed["done"]["recovery_id"]}
    shown = automation.act("lee.manager", "ViewRecovery", **named)["done"]
    assert shown["phone"] == f"010-****-{phone.customer.phone[-4:]}"
    assert (shown["new_phone"], shown["reason"]) == ("+821099996666", "identity card seen here")
    assert shown["proposed_by"].endswith("/kim.teller")
    unread = automation.act("lee.manager", "ApproveRecovery", **named, Confirm="0" * 64)
    assert unread["refused"] == "STATE_CONFLICT"
    automation.act("lee.manager", "ApproveRecovery", **named, Confirm=shown["digest"])
    (text,) = cloud.wait_for_sms(phone.customer.phone, "Reset")
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
