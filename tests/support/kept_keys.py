"""RSA keys for tests, made once for all workers and runs: each takes up to a second."""

import contextlib
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key


def kept_rsa_key(path: Path, bits: int) -> rsa.RSAPrivateKey:
    """The key kept in `path`; a new one of `bits` where there is none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = rsa.generate_private_key(65537, bits)
        beside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        beside.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        # Of two runs that begin at once, both take the key of the first.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(beside)
        beside.unlink()
    key = load_pem_private_key(path.read_bytes(), None, unsafe_skip_rsa_key_validation=True)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key
