"""The section "First registration" of docs/integrate.md, followed to the letter in a fresh checkout."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.checkout import copy_checkout, page_of, run
from tests.support.samples import GUIDE, commands, sample
from tools.cloud.http_calls import send
from tools.demo.phone import Phone
from tools.pki.authorities import CustomerCertificate, DemoPki
from tools.pki.issue import FILE_PASSWORD, OUTCOMES, customer_files, issue_for
from tools.pki.issuers import DemoIssuers

pytestmark = [pytest.mark.slow, pytest.mark.cloud]


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this checkout, made once: its first `make up` builds all functions."""
    copy = tmp_path_factory.mktemp("first") / "checkout"
    copy_checkout(copy, with_page=True)
    return copy


@pytest.fixture
def checkout(copied: Path) -> Iterator[Path]:
    """The copy, of which no local cloud runs; one that the test left running is stopped."""
    yield copied
    run("make down", copied)


def test_the_documented_commands_register_two_certificates(checkout: Path) -> None:
    started = run(commands("start"), checkout)
    for word in ("tools.cloud.inbox", "(RP id localhost)", "build/sandbox.env", "password"):
        assert word in started
    page = page_of(started)
    assert f"passkeys  http://localhost, {page} (" in started
    assert f"page      {page}\n" in started
    (checkout / "build/client.py").write_text(sample("python"), encoding="utf-8")
    (checkout / "build/first.py").write_text(sample("first"), encoding="utf-8")

    register, stop = commands("register").rsplit("make down", 1)
    printed = run(f". build/sandbox.env\n{register}", checkout)

    registrations = [line for line in printed.splitlines() if line.startswith("r") and len(line) == 33]
    assert len(set(registrations)) == 2, printed
    assert not stop.strip()
    again = run("make up 2>&1 || true", checkout)
    assert "already running" in again
    assert "stopped" in run("make down 2>&1 | tee build/down.log", checkout)
    with pytest.raises(OSError, match="refused"):
        send("GET", page)


def test_the_printed_page_may_use_the_api_and_no_other_may(checkout: Path) -> None:
    started = run("make up ORIGIN=http://localhost:3000", checkout)

    page = page_of(started)
    index = send("GET", page)
    api = send("GET", f"{page}/config.json").json()["api"]
    assert (index.status, index.body) == (200, (checkout / "web/app/dist/index.html").read_bytes())
    assert f"connect-src 'self' {api.partition('/_aws')[0]} " in index.headers["content-security-policy"]
    for origin, allowed in ((page, page), ("http://localhost:3000", "http://localhost:3000"), (f"{page}1", None)):
        asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        assert send("OPTIONS", f"{api}/login", None, asked).headers.get("access-control-allow-origin") == allowed


@pytest.mark.parametrize("name", OUTCOMES)
def test_a_certificate_of_each_outcome_is_decided_as_its_name_says(
    name: str, new_phone: Callable[..., Phone], pki: DemoPki, issuers: DemoIssuers
) -> None:
    outcome = OUTCOMES[name]
    certificate = issue_for(outcome, pki, datetime.now(UTC))
    issuers.set_mode(certificate.certificate, outcome.mode)
    files = customer_files(certificate, FILE_PASSWORD)
    phone = new_phone()

    assert code_of_signing(phone, files, certificate) == outcome.code
    for container in (("signCert.der", "signPri.key"), ("certificate.pfx",)):
        if name not in ("good", "expires-soon"):  # it is registered by now
            assert code_of_container(phone, {each: files[each] for each in container}) == outcome.code
    assert f"`{name}`" in GUIDE
    assert outcome.code is None or f"`{outcome.code}`" in GUIDE


def code_of_signing(phone: Phone, files: dict[str, bytes], certificate: CustomerCertificate) -> str | None:
    view = phone.upload({"signCert.der": files["signCert.der"]})
    if view["state"] != "AWAITING_PROOF":
        return str(view["headline"])
    answer = phone.prove(view, certificate)
    return view["headline"] if answer.status == 201 else answer.json()["code"]  # type: ignore[no-any-return]


def code_of_container(phone: Phone, files: dict[str, bytes]) -> str | None:
    view = phone.upload(files)
    if view["state"] != "NEEDS_PASSWORD":
        return str(view["headline"])
    answer = phone.open(view, FILE_PASSWORD)
    headline: str | None = answer.json()["headline"]
    return headline
