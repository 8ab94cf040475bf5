"""`python -m tools.cloud.inbox`: what the local cloud of `make up` sent to customers, instead of a phone."""

import json
import sys

from tools.cloud import running, seed
from tools.cloud.local_cloud import LocalCloud


def main() -> None:
    """Print the text messages to the demo customer's phone (or another number), then all mails, oldest first."""
    emulator = running.running()
    if emulator is None:
        sys.exit("not running: start it with make up")
    cloud = LocalCloud(emulator, {}, {})
    phone = sys.argv[1] if len(sys.argv) > 1 else seed.DEMO_PHONE
    texts = cloud.sms(phone)
    mails = cloud.mails()
    for text in texts:
        print(f"text message to {phone}:\n{text}\n")
    for mail in mails:
        print(f"mail:\n{json.dumps(mail, ensure_ascii=False, indent=2)}\n")
    if not texts and not mails:
        print(f"no text message to {phone} yet, and no mail")


if __name__ == "__main__":
    main()
