"""A customer in a browser: what they click and type, and what the browser notes about it.

Elements are found as a customer finds them: by their role and their Korean name.
"""

import base64
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, Request, expect

from tools.demo.authenticator import Authenticator
from tools.demo.phone import Phone
from tools.pki.authorities import CustomerCertificate
from tools.pki.issue import FILE_PASSWORD, customer_files

DESKTOP = (1280, 900)
PHONE = (360, 740)
CALM = 300
"""Milliseconds without a request after which the page rests."""

REPORT_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`violation of ${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
"""
# The browser notes every response that is an error; the page shows those.
EXPECTED = re.compile(r"^Failed to load resource: ")


@dataclass
class Visitor:
    """One browser of one customer. `phone` is another device of theirs, which logs in by codes."""

    origin: str
    phone: Phone
    context: BrowserContext
    page: Page
    device: Authenticator | None = None
    authenticator: CDPSession | None = None
    errors: list[str] = field(default_factory=list)
    may_err: bool = False
    """Whether the test makes the browser report errors."""
    requests: list[Request] = field(default_factory=list)
    _under_way: list[Request] = field(default_factory=list)

    @classmethod
    def arrive(
        cls,
        browser: Browser,
        origin: str,
        phone: Phone,
        device: Authenticator | None,
        *,
        size: tuple[int, int],
        language: str,
    ) -> "Visitor":
        """Open an empty tab of a browser that holds the passkey of `device`."""
        width, height = size
        phone_size = width < 600
        context = browser.new_context(
            locale=language,
            timezone_id="Asia/Seoul",
            viewport={"width": width, "height": height},
            has_touch=phone_size,
            is_mobile=phone_size,
        )
        context.add_init_script(REPORT_VIOLATIONS)
        visitor = cls(origin, phone, context, context.new_page(), device)
        visitor.watch(visitor.page)
        context.on("request", visitor._requested)
        context.on("response", lambda response: visitor._ended(response.request))
        context.on("requestfailed", visitor._ended)
        if device:
            visitor.hold_passkey(device)
        return visitor

    def watch(self, page: Page) -> None:
        """Note what the browser reports as an error of the page."""
        page.on("pageerror", lambda error: self.errors.append(f"exception: {error}"))
        page.on("console", lambda said: self._note(said.type, said.text))

    def _requested(self, request: Request) -> None:
        self.requests.append(request)
        if request.resource_type == "fetch":
            self._under_way.append(request)

    def _ended(self, request: Request) -> None:
        if request in self._under_way:
            self._under_way.remove(request)

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not EXPECTED.match(text):
            self.errors.append(f"console: {text}")

    def hold_passkey(self, device: Authenticator | None) -> None:
        """Give the browser an authenticator that always agrees, with the key of `device`."""
        session = self.context.new_cdp_session(self.page)
        session.send("WebAuthn.enable")
        made = session.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )
        self.authenticator = session
        if device is None:
            return
        key = device.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        credential = {
            "credentialId": base64.b64encode(device.credential_id).decode(),
            "isResidentCredential": False,
            "rpId": "localhost",
            "privateKey": base64.b64encode(key).decode(),
            "signCount": 1000 * len(self.context.pages),  # a later tab's goes on
        }
        session.send(
            "WebAuthn.addCredential", {"authenticatorId": made["authenticatorId"], "credential": credential}
        )

    def leave(self) -> None:
        """Close the browser's windows; fail where it reported an error."""
        self.context.close()
        assert self.may_err or not self.errors

    # --- what a customer does

    def open(self, view: str = "certificates") -> None:
        """Enter an address: this loads the page anew, as the first visit does."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.origin}/#/{view}")

    def press(self, name: str, **options: Any) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name, exact=True, **options).click()

    def follow(self, name: str, **options: Any) -> None:
        """Follow a link."""
        self.page.get_by_role("link", name=name, exact=True, **options).click()

    def fill(self, label: str, value: str) -> None:
        """Type into a field."""
        self.page.get_by_label(label, exact=True).fill(value)

    def select(self, name: str) -> None:
        """Choose a radio button or tick a box."""
        self.page.get_by_label(name).check()

    def sees(self, text: str) -> None:
        """Wait until a text is on the page."""
        expect(self.page.locator("main")).to_contain_text(text)

    def rests(self) -> None:
        """Wait until no request is under way, nor begins for a while: moving the page's clock makes it repeat one
        that is.

        Raises:
            AssertionError: One was still under way after 60 s.
        """
        deadline = time.monotonic() + 60
        calm = 0
        while calm < CALM:
            assert time.monotonic() < deadline, [request.url for request in self._under_way]
            self.page.wait_for_timeout(20)
            calm = 0 if self._under_way else calm + 20

    def is_at(self, heading: str) -> None:
        """Wait for a view."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)

    def enter_login(self) -> None:
        """The first step of a login."""
        self.is_at("로그인")
        self.fill("고객 ID", self.phone.customer.id)
        self.fill("로그인 비밀번호", self.phone.customer.password)
        self.press("다음")
        self.is_at("본인 확인")

    def log_in(self) -> None:
        """Log in by the passkey, or by a code of the authenticator app."""
        self.enter_login()
        self.prove()
        expect(self.page.get_by_role("navigation")).to_be_visible()

    def prove(self) -> None:
        """Complete the challenge that is shown, in the same way."""
        if self.device:
            self.press("패스키로 확인")
        else:
            self.fill("OTP 번호", self.phone.code())
            self.press("확인")

    def choose(self, *files: Path) -> None:
        """Choose files in the browser's dialog."""
        self.page.locator("[data-choose=files]").set_input_files(list(files))

    def choose_folder(self, folder: Path) -> None:
        """Choose a folder in the browser's dialog."""
        self.page.locator("[data-choose=folder]").set_input_files(folder)

    def register(self, folder: Path, password: str = FILE_PASSWORD) -> None:
        """Register the certificate of a folder, with a key that stays here."""
        self.open("register")
        self.log_in()
        self.choose_folder(folder)
        self.press("등록")
        self.agree_and_sign(password)
        self.is_at("등록되었습니다")

    def agree_and_sign(self, password: str = FILE_PASSWORD) -> None:
        """Agree, and sign with the certificate that was chosen."""
        self.is_at("동의와 서명")
        self.select("위 내용을 확인하였으며 동의합니다.")
        self.fill("인증서 비밀번호", password)
        self.press("동의하고 서명하여 등록")

    def new_tab(self) -> Page:
        """A further tab, to be used by setting `page`."""
        tab = self.context.new_page()
        self.watch(tab)
        if self.device:
            held, self.page = self.page, tab
            self.hold_passkey(self.device)
            self.page = held
        return tab

    def drop(self, *paths: Path) -> None:
        """Drag files or a folder from the desktop onto the page."""
        box = self.page.locator("section.drop").bounding_box()
        assert box
        data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
        session = self.context.new_cdp_session(self.page)
        for kind in ("dragEnter", "dragOver", "drop"):
            at = {"x": box["x"] + 20, "y": box["y"] + 20}
            session.send("Input.dispatchDragEvent", {"type": kind, **at, "data": data})

    def passes_step_up(self) -> None:
        """Complete the challenge for one operation."""
        expect(self.page.get_by_role("heading", level=2, name="본인 확인", exact=True)).to_be_visible()
        self.prove()

    # --- what the service knows

    def has_registered(self, certificate: CustomerCertificate) -> str:
        """Register a certificate by another device; returns the registration's id."""
        assert self.phone.log_in().status == 200
        view = self.phone.upload({"signCert.der": certificate.der})
        answer = self.phone.prove(view, certificate)
        assert answer.status == 201, answer.body
        return str(answer.json()["registration_id"])

    def registrations(self) -> list[dict[str, Any]]:
        """The customer's registrations, asked for by another device afterwards: this ends the session here."""
        assert self.phone.log_in("login").status == 200
        found: list[dict[str, Any]] = self.phone.call("GET", "/registrations").json()["registrations"]
        return found


def write_npki(root: Path, certificate: CustomerCertificate, password: str = FILE_PASSWORD) -> Path:
    """The folder of one certificate within an NPKI folder at `root`; returns the certificate's folder."""
    folder = root / "NPKI/yessign/USER" / f"cn={certificate.certificate.serial_number:x},ou=personal"
    folder.mkdir(parents=True)
    files: Mapping[str, bytes] = customer_files(certificate, password)
    for name in ("signCert.der", "signPri.key"):
        (folder / name).write_bytes(files[name])
    return folder
