"""`make up`: the local cloud in the background, deployed and seeded."""

import argparse
import sys
from datetime import UTC, datetime

from tools.cloud import running, seed
from tools.cloud.emulator import free_port
from tools.cloud.local_cloud import LocalCloud
from tools.pki import issuers


def main() -> None:
    """Start it unless it already runs, and print its addresses."""
    parser = argparse.ArgumentParser(description="Start the local cloud in the background.")
    parser.add_argument("--port", type=int, help="port of the emulator; by default a free one")
    port = parser.parse_args().port
    if running.running():
        sys.exit(f"already running:\n{running.printed()}")
    pki = seed.demo_pki(datetime.now(UTC))
    ocsp_port = free_port()
    responder = issuers.start_in_background(ocsp_port)
    try:
        cloud = LocalCloud.start(seed.parameters(pki), port=port, background=True)
    except BaseException:
        issuers.stop(responder)
        raise
    try:
        running.remember(cloud.emulator, responder, "starting")
        customer = seed.seed(cloud, pki, f"http://127.0.0.1:{ocsp_port}")
    except BaseException:
        cloud.stop()
        issuers.stop(responder)
        running.forget()
        raise
    summary = f"""\
API       {cloud.url}
services  {cloud.emulator.url} (AWS_ENDPOINT_URL; access key and secret: test)
log       {cloud.emulator.log}
customer  {customer.id}, password {customer.password}
          {customer.otpauth}
code      .venv/bin/python -m tools.demo.code {customer.totp_secret.hex()}  (the current one-time code)
try       .venv/bin/python -m tools.pki.issue build/mine  (a certificate with its key, to register)
revoke    .venv/bin/python -m tools.pki.revoke build/mine/signCert.der revoked  (its issuer reports it as revoked)
stop it with: make down"""
    running.remember(cloud.emulator, responder, summary)
    print(summary)


if __name__ == "__main__":
    main()
