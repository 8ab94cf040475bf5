"""`make demo`: from nothing to a registered certificate, told step by step; leaves nothing running.

Every step is checked: the exit code is 0 only when all of it went as told.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from tools.cloud import expiry_run, seed
from tools.cloud.local_cloud import LocalCloud
from tools.demo.phone import Phone, sign
from tools.demo.story import Story
from tools.pki.authorities import CustomerCertificate, DemoPki, end_of_day_in_seoul, one_year_from
from tools.pki.issuers import DemoIssuers
from tools.pki.npki_files import sign_pri_key

EXPIRY = "Certificate expiry"
POLICY_SECURITIES_ONLY = "1.2.410.200004.5.2.1.7.2"


def main() -> None:
    """Tell the whole story."""
    story, now = Story(), datetime.now(UTC)
    pki = seed.demo_pki(now)
    story.chapter("The cloud: template.yaml as it would be deployed, on this machine, with IAM enforced")
    with DemoIssuers(pki) as issuers, LocalCloud.start(seed.parameters(pki)) as cloud:
        functions = [name for name in cloud.resources if name.endswith("Function")]
        story.step("cloud", f"{len(cloud.resources)} resources, {len(functions)} functions", cloud.url)
        phone = prepare(story, cloud, pki, issuers)
        story.chapter("The customer registers a certificate that another institution issued")
        log_in(story, phone)
        first = register(story, phone, pki, now)
        story.chapter("Another certificate, exported with its key and a password")
        open_containers(story, phone, pki, now)
        story.chapter("A file that cannot be registered: every reason at once, and what to do next")
        refuse(story, phone, pki, now)
        story.chapter("Is it revoked? The issuer is asked, and asked again")
        revocation(story, cloud, phone, pki, issuers)
        story.chapter("The phone is gone for an hour: a loss report, and back again")
        loss(story, phone, first)
        story.chapter("The expiry run: a certificate that is about to end, and its renewal")
        ending = nightly(story, cloud, phone, pki, now)
        renewal(story, cloud, phone, pki, ending)
    story.step("cloud", "stopped; nothing is left running")
    story.end("A certificate is registered.")


def prepare(story: Story, cloud: LocalCloud, pki: DemoPki, issuers: DemoIssuers) -> Phone:
    """Admin and bank: what is trusted, and who the customer is."""
    stranger = DemoPki.create(datetime.now(UTC), generation=9)
    report = seed.propose_trust(cloud, stranger.trust_document(version=1))
    story.expect(not report["activated"], "a trust document with a strange root is refused", report)
    story.step("admin", "proposes a trust document with a root nobody pinned: refused", report["reasons"][0])
    customer = seed.seed(cloud, pki, issuers.url, language="en")
    names = ", ".join(sorted(pki.issuers))
    story.step("admin", f"proposes the demo authorities: activated, {len(pki.issuers)} issuing CAs", names)
    story.step("bank", f"enrols {customer.name} as {customer.id}, {customer.phone}")
    return Phone(cloud.url, customer, language="en")


def log_in(story: Story, phone: Phone) -> None:
    """Password, then one-time code; then a passkey, so that no further code has to be typed."""
    answer = phone.log_in()
    story.expect(answer.status == 200, "login with password and one-time code", answer)
    story.step("phone", "logs in with password and one-time code: a session for one hour")
    answer = phone.add_passkey(seed.RP_ID, seed.ORIGIN, "demo phone")
    story.expect(answer.status == 201, "a passkey is added under a fresh proof", answer)
    story.step("phone", "types the next code and adds a passkey: from now on it proves who it is by a touch")


def register(story: Story, phone: Phone, pki: DemoPki, now: datetime) -> CustomerCertificate:
    """Upload, decision, signature, registration, list. Returns what was registered."""
    first, last = one_year_from(now)
    certificate = pki.issue_customer(phone.customer.name, not_before=first, not_after=last)
    view = phone.upload({"signCert.der": certificate.der})
    story.expect(view["state"] == "AWAITING_PROOF", "the certificate passes every check", view)
    shown = view["certificate"]
    story.step(
        "phone",
        f"uploads signCert.der ({len(certificate.der)} bytes): accepted",
        f"{shown['issuer']} · {shown['name_masked']} · {shown['policy']} · until {shown['not_after']}",
    )
    answer = phone.prove(view, certificate)
    story.expect(answer.status == 201, "the signature registers the certificate", answer)
    story.step("phone", "signs this text with the key that never leaves it: registered", view["proof"]["text"])
    listed = phone.call("GET", "/registrations").json()["registrations"]
    story.expect([r["status"] for r in listed] == ["ACTIVE"], "one active registration", listed)
    story.step("phone", f"lists its registrations: {listed[0]['status']}, {listed[0]['days_left']} days left")
    again = phone.prove(view, certificate)
    same = again.status == 200 and again.json()["registration_id"] == listed[0]["registration_id"]
    story.expect(same, "the same request again gives the same registration", again)
    story.step("phone", "loses the answer and asks again: the same registration, not a second one")
    return certificate


def open_containers(story: Story, phone: Phone, pki: DemoPki, now: datetime) -> None:
    """The NPKI pair, as it lies in a customer's folder: a wrong password, then the right one."""
    first, last = one_year_from(now)
    certificate = pki.issue_customer(phone.customer.name, operator="signkorea", not_before=first, not_after=last)
    files = {"signCert.der": certificate.der, "signPri.key": sign_pri_key(certificate, "열려라 참깨!")}
    view = phone.upload(files)
    story.expect(view["state"] == "NEEDS_PASSWORD", "the pair needs its password", view)
    story.step("phone", "uploads signCert.der and signPri.key (SEED): the password is asked for")
    answer = phone.open(view, "guess")
    wrong = answer.json()
    story.expect(wrong["code"] == "FILE_PASSWORD_WRONG", "a wrong password is told as one", answer)
    story.step("phone", "mistypes it", f"{wrong['code']} → {wrong['next_action']}: {wrong['detail']}")
    answer = phone.open(view, "열려라 참깨!")
    story.expect(answer.status == 200 and "proof" in answer.json(), "the right one opens it", answer)
    story.step("phone", "seals the right one: the key opens, belongs to the certificate, and its R to the customer")
    answer = phone.register(answer.json())
    story.expect(answer.status == 201 and answer.json()["proof"] == "container", "registered", answer)
    story.step("phone", "agrees: registered; the file and the password are gone")


def refuse(story: Story, phone: Phone, pki: DemoPki, now: datetime) -> None:
    """An expired certificate of a kind that the bank does not accept."""
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
    story.step("phone", "uploads an old securities certificate: refused", *_told(view))
    view = phone.upload({"holiday.jpg": b"\xff\xd8\xff\xe0 not a certificate"})
    story.expect(view["headline"] == "FILE_UNREADABLE", "a photo is unreadable", view)
    story.step("phone", "uploads a photo: refused", *_told(view))


def revocation(story: Story, cloud: LocalCloud, phone: Phone, pki: DemoPki, issuers: DemoIssuers) -> None:
    """A revoked certificate is refused; while the responder is down nothing is registered and nothing is lost."""
    first, last = one_year_from(datetime.now(UTC))
    stolen = pki.issue_customer(phone.customer.name, operator="kica", not_before=first, not_after=last, key="ec")
    issuers.say(stolen.certificate, "revoked")
    view = phone.upload({"signCert.der": stolen.der})
    story.expect(view["headline"] == "REVOKED_BY_ISSUER", "a revoked certificate is refused", view)
    story.step("issuer", "has revoked a certificate: its responder says so, refused", *_told(view))
    fresh = pki.issue_customer(phone.customer.name, operator="kica", not_before=first, not_after=last, key="ec")
    issuers.mode = "tryLater"
    view = phone.upload({"signCert.der": fresh.der})
    story.expect(view["state"] == "DEFERRED", "no word from the issuer: neither registered nor refused", view)
    story.step("issuer", "does not answer: the upload waits", *_told(view))
    issuers.mode = None
    cloud.invoke("RetryDeferredFunction", {"all": True})
    view = phone.wait_for_decision(view["upload_id"], while_deferred=True)
    answer = phone.prove(view, fresh)
    story.expect(answer.status == 201, "it registers without a new upload", answer)
    story.step("issuer", "answers again: asked anew, good; the customer signs, nothing was uploaded twice")


def _told(view: dict[str, Any]) -> list[str]:
    return [f"{f['code']} → {f['next_action']}: {f['text']}" for f in view["findings"]]


def loss(story: Story, phone: Phone, certificate: CustomerCertificate) -> None:
    """A report takes one factor and holds at once; taking it back takes a fresh proof and the key."""
    found = [r for r in _listed(phone) if r["certificate"]["serial"] == _serial(certificate)]
    path = f"/registrations/{found[0]['registration_id']}"
    held = phone.call("POST", f"{path}/loss").json()
    story.expect((held["status"], held["usable"]) == ("SUSPENDED", False), "it is held at once", held)
    story.step("phone", "reports a loss with its session alone: SUSPENDED, no transaction may use it from now on")
    text = phone.call("GET", path).json()["resume"]["text"]
    signature = {"signature": sign(certificate.key, text)}
    refused = phone.call("POST", f"{path}/resume", signature).json()
    story.expect(refused["code"] == "STEP_UP_REQUIRED", "a session is not enough to resume", refused)
    story.step("phone", "wants it back", f"{refused['code']} → {refused['next_action']}: {refused['detail']}")
    proof = {"proof_id": phone.prove_identity("resume", found[0]["registration_id"])}
    resumed = phone.call("POST", f"{path}/resume", signature | proof).json()
    story.expect((resumed["status"], resumed["usable"]) == ("ACTIVE", True), "it is usable again", resumed)
    story.step("phone", "touches the passkey and signs with the certificate's key: ACTIVE again")


def nightly(story: Story, cloud: LocalCloud, phone: Phone, pki: DemoPki, now: datetime) -> CustomerCertificate:
    """A certificate that ends in seven days: flagged, and one notice. Returns the certificate."""
    last = end_of_day_in_seoul(now + timedelta(days=7))
    certificate = pki.issue_customer(
        phone.customer.name, operator="crosscert", not_before=last - timedelta(days=365), not_after=last, key="ec"
    )
    view = phone.upload({"signCert.der": certificate.der})
    story.expect(view["headline"] == "CERT_EXPIRES_SOON", "a warning, no refusal", view)
    answer = phone.prove(view, certificate)
    story.expect(answer.status == 201, "it is registered all the same", answer)
    story.step("phone", "registers a certificate that ends within a week, warned", *_told(view))
    expiry_run.run(cloud)
    (text,) = cloud.wait_for_sms(phone.customer.phone, EXPIRY)
    story.step("morning", "flags it, and its owner gets one text message", text)
    expiry_run.forget(cloud)
    expiry_run.run(cloud)
    expiry_run.wait_for_notices(cloud)
    texts = [each for each in cloud.sms(phone.customer.phone) if EXPIRY in each]
    story.expect(texts == [text], "a second run sends nothing", texts)
    story.step("morning", "runs once more: nobody is told twice")
    return certificate


def renewal(story: Story, cloud: LocalCloud, phone: Phone, pki: DemoPki, old: CustomerCertificate) -> None:
    """The issuer renewed it with the same key: the new registration takes the place of the old one."""
    first, last = one_year_from(datetime.now(UTC))
    new = pki.issue_customer(
        phone.customer.name, operator="crosscert", key=old.key, not_before=first, not_after=last
    )
    view = phone.upload({"signCert.der": new.der})
    refused = phone.prove(view, new).json()
    story.expect(refused["code"] == "REPLACES_REQUIRED", "one key, one registration", refused)
    story.step(
        "phone",
        "renews it at the issuer, with the same key, and uploads the new one",
        f"{refused['code']} → {refused['next_action']}: {refused['detail']}",
    )
    answer = phone.prove(view, new, replaces=refused["params"]["registration_id"])
    story.expect(answer.status == 201, "it replaces the old registration", answer)
    status = {r["certificate"]["serial"]: (r["status"], r["usable"]) for r in _listed(phone)}
    told = status[_serial(old)], status[_serial(new)]
    story.expect(told == (("SUPERSEDED", False), ("ACTIVE", True)), "never both, never neither", told)
    story.step("phone", "agrees that it replaces the old one: in one write the old is SUPERSEDED, the new ACTIVE")
    told_of = cloud.wait_for_sms(phone.customer.phone, "Certificate registered", 5)
    story.step("phone", f"has been told of each of its {len(told_of)} registrations: was it you?", told_of[-1])


def _listed(phone: Phone) -> list[dict[str, Any]]:
    registrations: list[dict[str, Any]] = phone.call("GET", "/registrations").json()["registrations"]
    return registrations


def _serial(certificate: CustomerCertificate) -> str:
    return f"{certificate.certificate.serial_number:x}"


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit("stopped; nothing is left running") from None
