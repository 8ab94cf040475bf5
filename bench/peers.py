"""What other libraries need for the same input: run by bench.clock under .venv-bench, where they are installed.

Prints the median time of one call in seconds. Nothing of ours is imported here, and each peer is given every help:
its input is read once, outside the time.
"""

import asyncio
import base64
import importlib
import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any


def pypinksign(given: dict[str, Any]) -> Callable[[], object]:
    """Opening signPri.key: derive, decrypt, load the key."""
    module: Any = importlib.import_module("pypinksign")
    certificate, key = (base64.b64decode(given[name]) for name in ("certificate", "key"))

    def opened() -> object:
        sign = module.PinkSign(pubkey_data=certificate)
        sign.load_prikey(prikey_data=key, prikey_password=given["password"].encode())
        assert sign.prikey.public_key() == sign.pubkey
        return sign

    return opened


def pyhanko(given: dict[str, Any]) -> Callable[[], object]:
    """Path validation without revocation, key usage included; its parser is lazy, so the leaf is loaded anew.

    The CA certificates are kept, and no event loop is started within the time.
    """
    module: Any = importlib.import_module("pyhanko_certvalidator")
    certificate_class: Any = importlib.import_module("asn1crypto.x509").Certificate
    leaf, issuer, root = (base64.b64decode(given[name]) for name in ("leaf", "issuer", "root"))
    anchor, other = certificate_class.load(root), certificate_class.load(issuer)
    loop, moment = asyncio.new_event_loop(), datetime.fromisoformat(given["at"])

    def validated() -> object:
        context = module.ValidationContext(trust_roots=[anchor], other_certs=[other], moment=moment)
        validator = module.CertificateValidator(certificate_class.load(leaf), validation_context=context)
        return loop.run_until_complete(validator.async_validate_usage({"digital_signature", "non_repudiation"}))

    return validated


PEERS = {"pypinksign": pypinksign, "pyhanko": pyhanko}


def main() -> None:
    """Time the peer named, with the input on standard input."""
    given = json.load(sys.stdin)
    call = PEERS[sys.argv[1]](given)
    times = []
    for _ in range(given["rounds"] + 1):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    print(statistics.median(times[1:]))


if __name__ == "__main__":
    main()
