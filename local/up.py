"""`make up`: the local cloud in the background, deployed and seeded."""

import argparse
import sys
from datetime import UTC, datetime

from local import running, seed
from local.cloud import LocalCloud


def main() -> None:
    """Start it, unless it runs already, and say where it is."""
    parser = argparse.ArgumentParser(description="Start the local cloud in the background.")
    parser.add_argument("--port", type=int, help="a free one unless given")
    port = parser.parse_args().port
    if emulator := running.running():
        sys.exit(f"already running, services at {emulator.url}: make down first")
    pki = seed.demo_pki(datetime.now(UTC))
    cloud = LocalCloud.start(seed.parameters(pki), port=port, background=True)
    try:
        running.remember(cloud.emulator)
        customer = seed.seed(cloud, pki)
    except BaseException:
        cloud.stop()
        running.forget()
        raise
    print(f"API       {cloud.url}")
    print(f"services  {cloud.emulator.url} (AWS_ENDPOINT_URL; access key and secret: test)")
    print(f"log       {cloud.emulator.log}")
    print(f"customer  {customer.id}, password {customer.password}")
    print(f"          {customer.otpauth}")
    print(f"code      .venv/bin/python -m local.code {customer.totp_secret.hex()}  (the current one-time code)")
    print("stop it with: make down")


if __name__ == "__main__":
    main()
