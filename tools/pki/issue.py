"""Issues a certificate to try the service with: `python -m tools.pki.issue FOLDER [--days 365] [--ec]`.

Writes signCert.der and its private key (key.pem, unencrypted: it protects nothing) as the demo authorities would
issue them to the demo customer.
"""

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tools.cloud import seed
from tools.pki.authorities import end_of_day_in_seoul


def main() -> None:
    """Issue one certificate into the folder."""
    parser = argparse.ArgumentParser(description="Issue a demo certificate.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--days", type=int, default=365, help="days until its last day")
    parser.add_argument("--ec", action="store_true", help="P-256 instead of RSA 2048")
    options = parser.parse_args()
    now = datetime.now(UTC)
    issued = seed.demo_pki(now).issue_customer(
        not_before=now - timedelta(days=1),
        not_after=end_of_day_in_seoul(now + timedelta(days=options.days)),
        key="ec" if options.ec else "rsa",
    )
    options.folder.mkdir(parents=True, exist_ok=True)
    (options.folder / "signCert.der").write_bytes(issued.der)
    pem = issued.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (options.folder / "key.pem").write_bytes(pem)
    print(f"{options.folder}/signCert.der and key.pem; a text is signed with:")
    print(f"  printf '%s' \"$TEXT\" | openssl dgst -sha256 -sign {options.folder}/key.pem | base64 -w0")


if __name__ == "__main__":
    main()
