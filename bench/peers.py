"""Times other libraries on the same input: bench.clock runs this under .venv-bench, where they are installed.

The first line of standard input is the task. For each line after it one call is made, and its processor time in
seconds printed. Nothing of ours is imported here, and each peer gets the best conditions: its input is read once,
outside the measured time.
"""

import asyncio
import base64
import importlib
import json
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
    """Path validation without revocation, key usage included, as a synchronous handler has to call it.

    Its parser is lazy, so each call loads the leaf again; the CA certificates are kept.
    """
    validator_of = _pyhanko_validator(given)
    usage = {"digital_signature", "non_repudiation"}
    return lambda: asyncio.run(validator_of().async_validate_usage(usage))


def pyhanko_async(given: dict[str, Any]) -> Callable[[], object]:
    """The same in a running event loop."""
    validator_of = _pyhanko_validator(given)
    loop = asyncio.new_event_loop()
    usage = {"digital_signature", "non_repudiation"}
    return lambda: loop.run_until_complete(validator_of().async_validate_usage(usage))


def _pyhanko_validator(given: dict[str, Any]) -> Callable[[], Any]:
    module: Any = importlib.import_module("pyhanko_certvalidator")
    certificate_class: Any = importlib.import_module("asn1crypto.x509").Certificate
    leaf, issuer, root = (base64.b64decode(given[name]) for name in ("leaf", "issuer", "root"))
    anchor = certificate_class.load(root)
    other = certificate_class.load(issuer)
    moment = datetime.fromisoformat(given["at"])

    def made() -> Any:
        context = module.ValidationContext(trust_roots=[anchor], other_certs=[other], moment=moment)
        return module.CertificateValidator(certificate_class.load(leaf), validation_context=context)

    return made


PEERS = {"pypinksign": pypinksign, "pyhanko": pyhanko, "pyhanko_async": pyhanko_async}


def main() -> None:
    """Time a call of the named peer for each line."""
    call = PEERS[sys.argv[1]](json.loads(sys.stdin.readline()))
    for _ in sys.stdin:
        start = time.process_time()
        call()
        print(time.process_time() - start, flush=True)


if __name__ == "__main__":
    main()
