"""`make up`: the local cloud in the background, deployed and seeded."""

import argparse
import contextlib
import json
import shlex
import shutil
import sys
import urllib.parse
from collections.abc import Sequence
from datetime import UTC, datetime

from registrar.domain.certificates.trust_document import read_document
from tools.cloud import background, page, running, seed
from tools.cloud.emulator import ROOT, free_port
from tools.cloud.known_customers import seed_known, write_folder
from tools.cloud.local_cloud import LocalCloud
from tools.cloud.seed import DemoCustomer
from tools.pki import issuers
from tools.pki.authorities import DemoPki
from tools.pki.issuers import store_mode

LOGIN_FILE = ROOT / "build/sandbox.env"
CUSTOMERS = ROOT / "build/customers"


def main() -> None:
    """Start it unless it already runs, and print its addresses."""
    parser = argparse.ArgumentParser(description="Start the local cloud in the background.")
    parser.add_argument("--port", type=int, help="port of the emulator; by default a free one")
    origin = (
        "one whose pages (with its port) or apps may use passkeys, pages the API too; repeatable, all of one host"
    )
    parser.add_argument("--origin", action="append", help=f"{origin}; by default http://localhost")
    options = parser.parse_args()
    if running.running():
        sys.exit(f"already running:\n{running.printed()}")
    pki = seed.demo_pki(datetime.now(UTC))
    page.CONFIG.unlink(missing_ok=True)  # of an earlier cloud
    with contextlib.ExitStack() as undone:
        page_port = free_port()
        page_server = background.start("tools.cloud.page", page_port, page.LOG)
        undone.callback(background.stop, page_server)
        ocsp_port = free_port()
        responder = background.start("tools.pki.issuers", ocsp_port, issuers.LOG_FILE)
        undone.callback(background.stop, responder)
        # Known before the stack, which has to name it.
        page_origin = f"http://localhost:{page_port}"
        origins = origin_parameters(page_origin, options.origin or ["http://localhost"])
        cloud = LocalCloud.start(seed.parameters(pki) | origins, port=options.port, background=True)
        undone.callback(running.forget)
        undone.callback(cloud.stop)
        servers = [responder, page_server]
        running.remember(cloud.emulator, servers, "starting")
        ocsp = f"http://127.0.0.1:{ocsp_port}"
        customer = seed.seed(cloud, pki, ocsp)
        LOGIN_FILE.write_text(login_variables(cloud.url, customer))
        seed_known_customers(cloud, pki, ocsp)
        page.write_config(cloud.url, origins["PasskeyRpId"])
        undone.pop_all()
    summary = f"""\
API       {cloud.url}
services  {cloud.emulator.url} (AWS_ENDPOINT_URL; access key and secret: test)
log       {cloud.emulator.log}
customer  {customer.id}, password {customer.password}
          {customer.otpauth}
login     . {LOGIN_FILE.relative_to(ROOT)}  (sets API, CUSTOMER_ID, CUSTOMER_PASSWORD, TOTP_SECRET in a shell)
code      .venv/bin/python -m tools.demo.code {customer.totp_secret.hex()}  (the current one-time code)
messages  .venv/bin/python -m tools.cloud.inbox  (text messages to {customer.phone}, and mails)
page      {page_origin}
passkeys  {origins["PasskeyOrigins"].replace(",", ", ")} (RP id {origins["PasskeyRpId"]}); others: make up ORIGIN=http://localhost:3000
try       .venv/bin/python -m tools.pki.issue build/mine  (a customer's certificate folder, to register)
revoke    .venv/bin/python -m tools.pki.revoke build/mine/signCert.der revoked  (its issuer reports it as revoked)
known     {CUSTOMERS.relative_to(ROOT)}/  (customers of known outcomes: docs/integrate.md, "Test customers")
staff     .venv/bin/python -m tools.cloud.automation Explain --as park By=customer Id={customer.id}  (runbook)
relying   eval "$(.venv/bin/python -m tools.cloud.relying transfers)"  (docs/relying.md)
next      docs/integrate.md, "First registration"
stop it with: make down"""
    running.remember(cloud.emulator, servers, summary)
    print(summary)


def seed_known_customers(cloud: LocalCloud, pki: DemoPki, ocsp: str) -> None:
    """Seed the test customers, and write their files anew."""
    document = json.dumps(pki.trust_document(version=1, ocsp=ocsp)).encode()
    store = read_document(document, [seed.parameters(pki)["TrustAnchorPins"]])
    shutil.rmtree(CUSTOMERS, ignore_errors=True)
    for known in seed_known(cloud, pki, store, store_mode).values():
        login = login_variables(cloud.url, known.customer, known.registration_id)
        write_folder(CUSTOMERS / known.customer.id, known, login)


def origin_parameters(page_origin: str, origins: Sequence[str]) -> dict[str, str]:
    """The stack's parameters for the page and these origins: their host is the RP id (WebAuthn section 5.1.3).

    The page has no passkeys where that is another host than its own.
    """
    hosts = {urllib.parse.urlsplit(origin).hostname for origin in origins}
    if len(hosts) != 1 or None in hosts:
        sys.exit(f"the origins need one host, such as http://localhost: {', '.join(origins)}")
    (host,) = hosts
    with_page = [*origins, page_origin] if urllib.parse.urlsplit(page_origin).hostname == host else origins
    pages = [origin for origin in origins if origin.startswith(("http://", "https://"))]
    return {
        "PasskeyRpId": str(host),
        "PasskeyOrigins": ",".join(with_page),
        "WebOrigins": ",".join([page_origin, *pages]),
    }


def login_variables(api: str, customer: DemoCustomer, registration_id: str | None = None) -> str:
    """What a shell needs to log in as a customer, and to name their registration."""
    values = {
        "API": api,
        "CUSTOMER_ID": customer.id,
        "CUSTOMER_PASSWORD": customer.password,
        "TOTP_SECRET": customer.totp_secret.hex(),
        **({"REGISTRATION_ID": registration_id} if registration_id else {}),
    }
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items())


if __name__ == "__main__":
    main()
