"""`python -m tools.pki.revoke signCert.der superseded`: have the demo issuers of `make up` revoke it."""

import argparse
import json
from pathlib import Path

from cryptography import x509

from tools.pki.issuers import SAID
from tools.pki.responders import ANSWERS


def main() -> None:
    """Note what the responder shall answer from now on."""
    parser = argparse.ArgumentParser("python -m tools.pki.revoke", description=__doc__)
    parser.add_argument("certificate", type=Path, help="a DER file, such as build/mine/signCert.der")
    parser.add_argument("answer", choices=ANSWERS, help="what the issuer says of it from now on")
    options = parser.parse_args()
    serial = x509.load_der_x509_certificate(options.certificate.read_bytes()).serial_number
    said = json.loads(SAID.read_text()) if SAID.exists() else {}
    SAID.write_text(json.dumps({**said, f"{serial:x}": options.answer}))
    print(f"{serial:x}: {options.answer}")


if __name__ == "__main__":
    main()
