"""`python -m tools.pki.revoke signCert.der superseded`: the demo issuers of `make up` revoke it."""

import argparse
from pathlib import Path

from cryptography import x509

from tools.pki.issuers import store_mode
from tools.pki.responders import RESPONSE_MODES


def main() -> None:
    """Store the mode of the responder's responses about the certificate."""
    parser = argparse.ArgumentParser("python -m tools.pki.revoke", description=__doc__)
    parser.add_argument("certificate", type=Path, help="a DER file, such as build/mine/signCert.der")
    parser.add_argument("mode", choices=RESPONSE_MODES, help="the mode of later responses about it")
    options = parser.parse_args()
    certificate = x509.load_der_x509_certificate(options.certificate.read_bytes())
    store_mode(certificate, options.mode)
    print(f"{certificate.serial_number:x}: {options.mode}")


if __name__ == "__main__":
    main()
