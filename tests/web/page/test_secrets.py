"""Nothing secret leaves the browser but where it has to, and nothing secret stays in it.

The browser notes every byte that it sends on any socket (its network log), which is searched as it is: no wrapper
of requests can leave something out.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.support.visitor import Visitor, write_npki
from tests.web.page.conftest import Bank, Launch, a_visitor
from tools.cloud.secret_forms import forms
from tools.pki.authorities import CustomerCertificate

pytestmark = [pytest.mark.slow, pytest.mark.cloud]

NewCertificate = Callable[..., CustomerCertificate]
FILE_PASSWORD = "planted-Passw0rd-of-the-file"  # pragma: allowlist secret
STORED = """
async () => JSON.stringify({
  local: { ...localStorage },
  session: { ...sessionStorage },
  databases: await indexedDB.databases(),
  caches: await caches.keys(),
  cookies: document.cookie,
  addresses: [location.href, document.referrer, ...performance.getEntriesByType("resource").map((e) => e.name)],
  state: history.state,
})
"""


@dataclass(frozen=True)
class Recorded:
    """A visitor whose browser writes a network log, and where it is once the browser has ended."""

    visitor: Visitor
    log: Path
    end: Callable[[], None]

    def sent(self) -> bytes:
        """All bytes, socket by socket; the browser ends."""
        self.end()
        noted = json.loads(self.log.read_text(encoding="utf-8"))
        kinds = {number: name for name, number in noted["constants"]["logEventTypes"].items()}
        content: dict[int, bytes] = {}
        for event in noted["events"]:
            if kinds[event["type"]] == "SOCKET_BYTES_SENT":
                source = event["source"]["id"]
                content[source] = content.get(source, b"") + base64.b64decode(event["params"]["bytes"])
        return b"\n".join(content.values())


@pytest.fixture
def recorded(bank: Bank, launch: Launch, tmp_path: Path) -> Iterator[Recorded]:
    log = tmp_path / "net.json"
    browser = launch(f"--log-net-log={log}", "--net-log-capture-mode=Everything")
    visitor = a_visitor(bank, browser)

    def end() -> None:
        if browser.is_connected():
            visitor.leave()
            browser.close()

    yield Recorded(visitor, log, end)
    end()


def secrets_of(certificate: CustomerCertificate) -> dict[str, re.Pattern[bytes]]:
    """What must never leave the browser, in every form it may be written down in."""
    key = certificate.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    numbers = certificate.key.private_numbers()
    private = getattr(numbers, "private_value", None) or numbers.d  # type: ignore[union-attr]
    exponent = private.to_bytes((private.bit_length() + 7) // 8, "big")
    found = {
        "private key": forms(key) | forms(exponent),
        "R": forms(certificate.random_number),
        "file password": forms(FILE_PASSWORD.encode()),
    }
    return {name: re.compile(b"|".join(map(re.escape, forms))) for name, forms in found.items()}


@pytest.mark.parametrize("key", ["rsa", "ec"])
@pytest.mark.parametrize("way", ["sign", "container"])
def test_key_password_and_r_leave_the_browser_sealed_or_not_at_all(
    way: str, key: str, recorded: Recorded, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor, certificate = recorded.visitor, new_certificate(key=key)
    folder = write_npki(tmp_path, certificate, FILE_PASSWORD)
    customer = visitor.phone.customer
    addresses = []
    visitor.page.on("framenavigated", lambda frame: addresses.append(frame.url))

    visitor.open("register")
    visitor.log_in()
    visitor.choose_folder(tmp_path / "NPKI")
    if way == "container":
        visitor.select("비밀번호로 보호된 파일 전송")
        visitor.press("등록")
        visitor.fill("인증서 비밀번호", "planted-wrong-Passw0rd")
        visitor.press("확인")
        visitor.sees("인증서 비밀번호가 맞지 않습니다")
        visitor.fill("인증서 비밀번호", FILE_PASSWORD)
        visitor.press("확인")
        visitor.is_at("동의와 서명")
        visitor.select("위 내용을 확인하였으며 동의합니다.")
        visitor.press("동의하고 등록")
    else:
        visitor.press("등록")
        visitor.agree_and_sign("planted-wrong-Passw0rd")
        visitor.sees("인증서 비밀번호가 맞지 않습니다")
        visitor.agree_and_sign(FILE_PASSWORD)
    visitor.is_at("등록되었습니다")
    tokens = {
        request.headers["authorization"] for request in visitor.requests if "authorization" in request.headers
    }
    stored = visitor.page.evaluate(STORED)
    page = visitor.page.content()
    visitor.follow("등록된 인증서 보기")
    visitor.press("로그아웃")
    visitor.is_at("로그인")
    stored_after = visitor.page.evaluate(STORED)
    everything = recorded.sent()

    (token,) = tokens
    bearer = token.removeprefix("Bearer ").encode()
    # What is to be found shows that the log has everything: bodies of requests and of forms, and headers.
    assert customer.id.encode() in everything
    assert certificate.der in everything
    encrypted = (folder / "signPri.key").read_bytes()
    assert (encrypted in everything) == (way == "container")
    assert everything.count(customer.password.encode()) == 1
    assert re.search(rb"POST [^ ]+/v1/login HTTP[^}]+" + customer.password.encode(), everything)
    tokens_sent = [line for line in everything.split(b"\r\n") if bearer in line]
    assert len(tokens_sent) > 3
    assert {line.split(b":")[0].lower() for line in tokens_sent} == {b"authorization"}

    for name, pattern in secrets_of(certificate).items():
        assert not pattern.search(everything), f"{name} was sent"
    assert b"planted-wrong" not in everything
    kept = "\n".join([stored, stored_after, page, *addresses]).encode()
    patterns = secrets_of(certificate) | {
        "token": re.compile(b"|".join(map(re.escape, forms(bearer)))),
        "login password": re.compile(re.escape(customer.password.encode())),
    }
    for name, pattern in patterns.items():
        assert not pattern.search(kept), f"{name} stayed in the browser"
    assert b"planted-wrong" not in kept
    left: dict[str, Any] = json.loads(stored_after)
    assert (left["databases"], left["caches"], left["cookies"]) == ([], [], "")
    assert left["local"] == {"uploads": "[]"}
    assert left["session"] == {}


def test_the_page_talks_to_its_own_origin_and_the_api_alone(
    bank: Bank, recorded: Recorded, new_certificate: NewCertificate, tmp_path: Path
) -> None:
    visitor = recorded.visitor
    write_npki(tmp_path, new_certificate(), FILE_PASSWORD)

    visitor.register(tmp_path / "NPKI", FILE_PASSWORD)

    hosts = {request.url.split("/")[2] for request in visitor.requests}
    assert hosts == {bank.origin.split("/")[2], bank.cloud.url.split("/")[2]}
    assert not [request for request in visitor.requests if request.headers.get("referer")]


def test_the_secret_of_a_new_authenticator_app_is_shown_and_kept_nowhere(recorded: Recorded) -> None:
    visitor = recorded.visitor

    visitor.open("credentials/totp")
    visitor.log_in()
    visitor.passes_step_up()
    typed = visitor.page.locator("dt", has_text="직접 입력하는 키").locator("xpath=following-sibling::dd[1]")
    secret = typed.inner_text().replace(" ", "")
    stored = visitor.page.evaluate(STORED)
    visitor.page.go_back()
    page = visitor.page.content()
    everything = recorded.sent()

    assert len(secret) >= 32
    for place in (stored, page, everything.decode("latin-1")):
        assert secret not in place.replace(" ", "")
