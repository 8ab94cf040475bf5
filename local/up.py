"""`make up`: the local cloud in the background, deployed and seeded."""

import argparse
import sys

from local import running, seed
from local.cloud import LocalCloud


def main() -> None:
    """Start it, unless it runs already, and say where it is."""
    parser = argparse.ArgumentParser(description="Start the local cloud in the background.")
    parser.add_argument("--port", type=int, help="a free one unless given")
    port = parser.parse_args().port
    if emulator := running.running():
        sys.exit(f"already running, services at {emulator.url}: make down first")
    cloud = LocalCloud.start(port=port, background=True)
    try:
        running.remember(cloud.emulator)
        seeded = seed.seed(cloud)
    except BaseException:
        cloud.stop()
        running.forget()
        raise
    print(f"API       {cloud.url}")
    print(f"services  {cloud.emulator.url} (AWS_ENDPOINT_URL; access key and secret: test)")
    print(f"log       {cloud.emulator.log}")
    print(f"login     {seeded}")
    print("stop it with: make down")


if __name__ == "__main__":
    main()
