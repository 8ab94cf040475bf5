"""`make demo`: registers a certificate on a new local cloud and prints every step; leaves no process running.

Every step is checked: the exit code is 0 only when each went as expected. The texts are in tools/demo/texts.py,
in the language of the environment's locale.
"""

import os
from datetime import UTC, datetime, timedelta
from typing import Any

from tools.cloud import expiry_run, seed
from tools.cloud.local_cloud import LocalCloud
from tools.demo.banking import banking, held_cannot_sign
from tools.demo.phone import Phone, sign
from tools.demo.story import Story
from tools.demo.texts import EXPIRY_NOTICE, REGISTERED_NOTICE, STEPS, language_of
from tools.pki.authorities import CustomerCertificate, DemoPki, end_of_day_in_seoul, one_year_from
from tools.pki.issuers import DemoIssuers
from tools.pki.npki_files import sign_pri_key

POLICY_SECURITIES_ONLY = "1.2.410.200004.5.2.1.7.2"


def main() -> None:
    """Run the demo."""
    story = Story(language_of(os.environ))
    now = datetime.now(UTC)
    pki = seed.demo_pki(now)
    story.chapter("cloud")
    with DemoIssuers(pki) as issuers, LocalCloud.start(seed.parameters(pki)) as cloud:
        functions = [name for name in cloud.resources if name.endswith("Function")]
        story.step("cloud", "cloud_started", cloud.url, resources=len(cloud.resources), functions=len(functions))
        phone = prepare(story, cloud, pki, issuers)
        story.chapter("registering")
        log_in(story, phone)
        first = register(story, phone, pki, now)
        story.chapter("container")
        open_containers(story, phone, pki, now)
        story.chapter("refusals")
        refuse(story, phone, pki, now)
        story.chapter("revocation")
        revocation(story, cloud, phone, pki, issuers)
        story.chapter("banking")
        banking(story, cloud, phone, first)
        story.chapter("loss")
        loss(story, cloud, phone, first)
        story.chapter("expiry")
        ending = nightly(story, cloud, phone, pki, now)
        renewal(story, cloud, phone, pki, ending)
    story.step("cloud", "cloud_stopped")
    story.end()


def prepare(story: Story, cloud: LocalCloud, pki: DemoPki, issuers: DemoIssuers) -> Phone:
    """The admin activates a trust document, the bank enrols the customer."""
    stranger = DemoPki.create(datetime.now(UTC), generation=9)
    report = seed.propose_trust(cloud, stranger.trust_document(version=1))
    story.expect(not report["activated"], "a trust document with an unpinned root is refused", report)
    story.step("admin", "trust_refused", report["reasons"][0])
    customer = seed.seed(cloud, pki, issuers.url, language=story.language)
    names = ", ".join(sorted(pki.issuers))
    story.step("admin", "trust_activated", names, count=len(pki.issuers))
    story.step("bank", "enrolled", name=customer.name, id=customer.id, phone=customer.phone)
    return Phone(cloud.url, customer, language=story.language)


def log_in(story: Story, phone: Phone) -> None:
    """Log in with password and one-time code, then add a passkey, which replaces further codes."""
    answer = phone.log_in()
    story.expect(answer.status == 200, "login with password and one-time code", answer)
    story.step("phone", "logged_in")
    answer = phone.add_passkey(seed.RP_ID, seed.ORIGIN, "demo phone")
    story.expect(answer.status == 201, "a passkey is added under a fresh proof of identity", answer)
    story.step("phone", "passkey_added")


def register(story: Story, phone: Phone, pki: DemoPki, now: datetime) -> CustomerCertificate:
    """Upload, sign, register and list a certificate. Returns the registration."""
    first, last = one_year_from(now)
    certificate = pki.issue_customer(phone.customer.name, not_before=first, not_after=last)
    view = phone.upload({"signCert.der": certificate.der})
    story.expect(view["state"] == "AWAITING_PROOF", "the certificate passes every check", view)
    shown = view["certificate"]
    facts = story.say(STEPS["certificate_shown"], **shown)
    story.step("phone", "certificate_accepted", facts, size=len(certificate.der))
    answer = phone.prove(view, certificate)
    story.expect(answer.status == 201, "the signature registers the certificate", answer)
    story.step("phone", "signed", view["proof"]["text"])
    listed = phone.call("GET", "/registrations").json()["registrations"]
    story.expect([r["status"] for r in listed] == ["ACTIVE"], "one active registration", listed)
    story.step("phone", "listed", status=listed[0]["status"], days_left=listed[0]["days_left"])
    again = phone.prove(view, certificate)
    same = again.status == 200 and again.json()["registration_id"] == listed[0]["registration_id"]
    story.expect(same, "the repeated request returns the same registration", again)
    story.step("phone", "repeated")
    return certificate


def open_containers(story: Story, phone: Phone, pki: DemoPki, now: datetime) -> None:
    """Register the NPKI pair of files: a wrong password, then the right one."""
    first, last = one_year_from(now)
    certificate = pki.issue_customer(phone.customer.name, operator="signkorea", not_before=first, not_after=last)
    files = {"signCert.der": certificate.der, "signPri.key": sign_pri_key(certificate, "열려라 참깨!")}
    view = phone.upload(files)
    story.expect(view["state"] == "NEEDS_PASSWORD", "the pair needs its password", view)
    story.step("phone", "password_asked")
    answer = phone.open(view, "guess")
    wrong = answer.json()
    story.expect(wrong["code"] == "FILE_PASSWORD_WRONG", "a wrong password is reported as one", answer)
    story.step("phone", "password_wrong", story.problem(wrong))
    answer = phone.open(view, "열려라 참깨!")
    story.expect(answer.status == 200 and "proof" in answer.json(), "the right one opens it", answer)
    story.step("phone", "password_right")
    answer = phone.register(answer.json())
    story.expect(answer.status == 201 and answer.json()["proof"] == "container", "registered", answer)
    story.step("phone", "container_registered")


def refuse(story: Story, phone: Phone, pki: DemoPki, now: datetime) -> None:
    """Upload an expired certificate of a policy that the bank does not accept."""
    certificate = pki.issue_customer(
        phone.customer.name,
        operator="kica",
        policy_oid=POLICY_SECURITIES_ONLY,
        not_before=now - timedelta(days=400),
        not_after=now - timedelta(days=35),
        key="ec",
    )
    view = phone.upload({"old.der": certificate.der})
    codes = [finding["code"] for finding in view["findings"]]
    story.expect(codes == ["CERT_POLICY_NOT_ACCEPTED", "CERT_EXPIRED"], "both reasons, in order", codes)
    story.step("phone", "old_refused", *_findings(story, view))
    view = phone.upload({"holiday.jpg": b"\xff\xd8\xff\xe0 not a certificate"})
    story.expect(view["headline"] == "FILE_UNREADABLE", "a photo is unreadable", view)
    story.step("phone", "photo_refused", *_findings(story, view))


def revocation(story: Story, cloud: LocalCloud, phone: Phone, pki: DemoPki, issuers: DemoIssuers) -> None:
    """Upload a revoked certificate, and a good one while the OCSP responder is down."""
    first, last = one_year_from(datetime.now(UTC))
    stolen = pki.issue_customer(phone.customer.name, operator="kica", not_before=first, not_after=last, key="ec")
    issuers.set_mode(stolen.certificate, "revoked")
    view = phone.upload({"signCert.der": stolen.der})
    story.expect(view["headline"] == "REVOKED_BY_ISSUER", "a revoked certificate is refused", view)
    story.step("issuer", "revoked_refused", *_findings(story, view))
    fresh = pki.issue_customer(phone.customer.name, operator="kica", not_before=first, not_after=last, key="ec")
    issuers.mode = "tryLater"
    view = phone.upload({"signCert.der": fresh.der})
    story.expect(view["state"] == "DEFERRED", "no response from the issuer: neither registered nor refused", view)
    story.step("issuer", "deferred", *_findings(story, view))
    issuers.mode = None
    cloud.invoke("RetryDeferredFunction", {"all": True})
    view = phone.wait_for_decision(view["upload_id"], while_deferred=True)
    answer = phone.prove(view, fresh)
    story.expect(answer.status == 201, "it registers without a new upload", answer)
    story.step("issuer", "asked_again")


def _findings(story: Story, view: dict[str, Any]) -> list[str]:
    return [story.say(STEPS["finding"], **finding) for finding in view["findings"]]


def loss(story: Story, cloud: LocalCloud, phone: Phone, certificate: CustomerCertificate) -> None:
    """Report a loss with one factor; cancel it with a fresh proof of identity and a signature."""
    found = [r for r in _listed(phone) if r["certificate"]["serial"] == _serial(certificate)]
    path = f"/registrations/{found[0]['registration_id']}"
    held = phone.call("POST", f"{path}/loss").json()
    story.expect((held["status"], held["usable"]) == ("SUSPENDED", False), "it is held at once", held)
    story.step("phone", "loss_reported")
    held_cannot_sign(story, cloud, phone, certificate)
    text = phone.call("GET", path).json()["resume"]["text"]
    signature = {"signature": sign(certificate.key, text)}
    refused = phone.call("POST", f"{path}/resume", signature).json()
    story.expect(refused["code"] == "STEP_UP_REQUIRED", "a session is not enough to resume", refused)
    story.step("phone", "resume_refused", story.problem(refused))
    proof = {"proof_id": phone.prove_identity("resume", found[0]["registration_id"])}
    resumed = phone.call("POST", f"{path}/resume", signature | proof).json()
    story.expect((resumed["status"], resumed["usable"]) == ("ACTIVE", True), "it is usable again", resumed)
    story.step("phone", "resumed")


def nightly(story: Story, cloud: LocalCloud, phone: Phone, pki: DemoPki, now: datetime) -> CustomerCertificate:
    """Flag a certificate that expires in seven days, and send one notice. Returns the certificate."""
    last = end_of_day_in_seoul(now + timedelta(days=7))
    certificate = pki.issue_customer(
        phone.customer.name, operator="crosscert", not_before=last - timedelta(days=365), not_after=last, key="ec"
    )
    view = phone.upload({"signCert.der": certificate.der})
    story.expect(view["headline"] == "CERT_EXPIRES_SOON", "a warning, not a refusal", view)
    answer = phone.prove(view, certificate)
    story.expect(answer.status == 201, "it is registered with the warning", answer)
    story.step("phone", "expiring_registered", *_findings(story, view))
    expiry_run.run(cloud)
    words = story.say(EXPIRY_NOTICE)
    (text,) = cloud.wait_for_sms(phone.customer.phone, words)
    story.step("morning", "expiry_notice", text)
    expiry_run.forget(cloud)
    expiry_run.run(cloud)
    cloud.wait_for_empty_queue("ExpiryNoticeQueue")
    texts = [each for each in cloud.sms(phone.customer.phone) if words in each]
    story.expect(texts == [text], "a second run sends nothing", texts)
    story.step("morning", "expiry_once")
    return certificate


def renewal(story: Story, cloud: LocalCloud, phone: Phone, pki: DemoPki, old: CustomerCertificate) -> None:
    """Register the renewed certificate with the same key: it replaces the old registration."""
    first, last = one_year_from(datetime.now(UTC))
    new = pki.issue_customer(
        phone.customer.name, operator="crosscert", key=old.key, not_before=first, not_after=last
    )
    view = phone.upload({"signCert.der": new.der})
    refused = phone.prove(view, new).json()
    story.expect(refused["code"] == "REPLACES_REQUIRED", "one key, one registration", refused)
    story.step("phone", "renewal_refused", story.problem(refused))
    answer = phone.prove(view, new, replaces=refused["params"]["registration_id"])
    story.expect(answer.status == 201, "it replaces the old registration", answer)
    status = {r["certificate"]["serial"]: (r["status"], r["usable"]) for r in _listed(phone)}
    pair = status[_serial(old)], status[_serial(new)]
    story.expect(pair == (("SUPERSEDED", False), ("ACTIVE", True)), "exactly one of the two is usable", pair)
    story.step("phone", "renewed")
    notices = cloud.wait_for_sms(phone.customer.phone, story.say(REGISTERED_NOTICE), 5)
    story.step("phone", "registrations_notified", notices[-1], count=len(notices))


def _listed(phone: Phone) -> list[dict[str, Any]]:
    registrations: list[dict[str, Any]] = phone.call("GET", "/registrations").json()["registrations"]
    return registrations


def _serial(certificate: CustomerCertificate) -> str:
    return f"{certificate.certificate.serial_number:x}"


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit(Story(language_of(os.environ)).say(STEPS["cloud_stopped"])) from None
