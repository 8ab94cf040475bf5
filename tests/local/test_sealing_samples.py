"""The service opens what the JavaScript sample of docs/integrate.md seals."""

import base64

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from registrar.domain.possession.sealing import unwrap
from tests.support.samples import run_javascript

SECRET = "열려라 참깨! 🔑"


def test_javascript_sample_seals_in_the_service_format() -> None:
    key = rsa.generate_private_key(65537, 4096)
    public_key = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    sealed = run_javascript(
        'return seal(input.key, "4a4a", "6c6c", input.secret);',
        {"key": {"key_id": "one", "public_key": base64.b64encode(public_key).decode()}, "secret": SECRET},
    )

    opened = key.decrypt(
        base64.b64decode(sealed["ciphertext"]), padding.OAEP(padding.MGF1(SHA256()), SHA256(), None)
    )
    assert sealed["key_id"] == "one"
    assert unwrap(opened, "4a4a", "6c6c") == SECRET
