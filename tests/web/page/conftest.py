"""The page in a real browser, against a local cloud of its own. Each test enrols its own customers."""

import importlib.util
import itertools
import json
import shutil
import site
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.expect import surprises
from tools.cloud import seed
from tools.cloud.automation import Automation
from tools.cloud.emulator import ROOT
from tools.cloud.local_cloud import LocalCloud
from tools.cloud.page import BUILT, PageServer, page_config
from tools.demo.authenticator import Authenticator
from tools.demo.phone import Phone
from tools.pki.authorities import CustomerCertificate, DemoPki, one_year_from
from tools.pki.issuers import DemoIssuers

for _packages in (ROOT / ".venv-web").glob("lib/python3.*/site-packages"):
    site.addsitedir(str(_packages))
# `make test` needs no browser: only `make test-all` installs what drives one.
collect_ignore_glob = [] if importlib.util.find_spec("playwright") else ["test_*.py"]

_numbers = itertools.count(1)
Launch = Callable[..., Any]
CHROMIUM = shutil.which("chromium")


@dataclass(frozen=True)
class Bank:
    """The page's origin, and the cloud behind it."""

    origin: str
    cloud: LocalCloud
    pki: DemoPki
    issuers: DemoIssuers


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    """The service on the local cloud, and the page beside it."""
    assert BUILT.is_dir(), "run make build-web"
    pki = seed.demo_pki(datetime.now(UTC))
    config = tmp_path_factory.mktemp("page") / "config.json"
    server = PageServer(config=config)
    origin = f"http://localhost:{server.server_address[1]}"
    origins = {"PasskeyRpId": "localhost", "PasskeyOrigins": origin, "WebOrigins": origin}
    with DemoIssuers(pki) as issuers, LocalCloud.start(seed.parameters(pki) | origins) as cloud:
        seed.seed(cloud, pki, issuers.url)
        config.write_text(json.dumps(page_config(cloud.url, "localhost")))
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield Bank(origin, cloud, pki, issuers)
        server.shutdown()
        server.server_close()
        assert not surprises(cloud)


@pytest.fixture(scope="session")
def launch() -> Iterator[Launch]:
    """Starts Debian's Chromium, with further arguments for it."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        # Tests run as root in containers, where its sandbox does not start.
        yield lambda *arguments: playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", *arguments]
        )


@pytest.fixture(scope="session")
def browser(launch: Launch) -> Iterator[Any]:
    """One for most tests: each visitor has cookies, storage and tabs of their own."""
    launched = launch()
    yield launched
    launched.close()


@pytest.fixture
def new_visitor(bank: Bank, browser: Any) -> Iterator[Callable[..., Any]]:
    """A new customer in a browser of their own; arguments go to `a_visitor`.

    What the browser reported as an error fails the test.
    """
    visitors = []

    def make(**arguments: Any) -> Any:
        visitors.append(a_visitor(bank, browser, **arguments))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.leave()


def a_visitor(
    bank: Bank,
    browser: Any,
    *,
    passkey: bool = True,
    size: tuple[int, int] = (1280, 900),
    language: str = "ko-KR",
    **customer: Any,
) -> Any:
    """Enrol a customer, with a passkey unless `passkey` is False, and give them a window of this size."""
    from tests.support.visitor import Visitor

    number = next(_numbers)
    customer.setdefault("phone", f"+8210{5_0000000 + number:08d}")
    device = Authenticator(seed.RP_ID, seed.ORIGIN) if passkey else None
    enrolled = seed.enrol(bank.cloud, f"visitor-{number}", device=device, **customer)
    phone = Phone(bank.cloud.url, enrolled, address=f"198.18.1.{number % 256}")
    return Visitor.arrive(browser, bank.origin, phone, device, size=size, language=language)


@pytest.fixture
def new_certificate(bank: Bank) -> Callable[..., CustomerCertificate]:
    """Issues a good certificate, valid for a year from today; arguments go to DemoPki.issue_customer."""

    def issue(**arguments: Any) -> CustomerCertificate:
        first, last = one_year_from(datetime.now(UTC))
        return bank.pki.issue_customer(**{"not_before": first, "not_after": last, **arguments})

    return issue


def approve_recovery(bank: Bank, customer_id: str) -> None:
    """The bank approves a recovery for a customer: it is cooling off now."""
    wanted = {"Phone": "+821099998888", "Lost": "phone", "Reason": "identity card seen at the branch"}
    with Automation(bank.cloud) as automation:
        proposed = automation.act("kim.teller", "ProposeRecovery", CustomerId=customer_id, **wanted)
        named = {"CustomerId": customer_id, "RecoveryId": proposed["done"]["recovery_id"]}
        digest = automation.act("lee.manager", "ViewRecovery", **named)["done"]["digest"]
        assert "done" in automation.act("lee.manager", "ApproveRecovery", **named, Confirm=digest)
