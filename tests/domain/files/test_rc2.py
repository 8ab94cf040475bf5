"""RC2 against the vectors of RFC 2268 section 5, and against openssl."""

import pytest

from registrar.domain.files import rc2
from tests.support.npki_samples import openssl


@pytest.mark.parametrize(
    ("key", "bits", "plain", "cipher"),
    [
        ("0000000000000000", 63, "0000000000000000", "ebb773f993278eff"),
        ("ffffffffffffffff", 64, "ffffffffffffffff", "278b27e42e2f0d49"),
        ("3000000000000000", 64, "1000000000000001", "30649edf9be7d2c2"),
        ("88", 64, "0000000000000000", "61a8a244adacccf0"),
        ("88bca90e90875a", 64, "0000000000000000", "6ccf4308974c267f"),
        ("88bca90e90875a7f0f79c384627bafb2", 64, "0000000000000000", "1a807d272bbe5db1"),
        ("88bca90e90875a7f0f79c384627bafb2", 128, "0000000000000000", "2269552ab0f85ca6"),
        (
            "88bca90e90875a7f0f79c384627bafb216f80a6f85920584c42fceb0be255daf1e",
            129,
            "0000000000000000",
            "5b78d3a43dfff1f1",
        ),
    ],
)
def test_rc2_matches_the_rfc_vectors(key: str, bits: int, plain: str, cipher: str) -> None:
    schedule = rc2._expanded(bytes.fromhex(key), bits)
    assert rc2._decrypted_block(bytes.fromhex(cipher), schedule).hex() == plain


@pytest.mark.parametrize(("name", "key"), [("rc2-40-cbc", b"5 key"), ("rc2-cbc", b"sixteen byte key")])
def test_cbc_matches_openssl(name: str, key: bytes) -> None:
    plain, iv = bytes(range(256)) * 3, b"8 bytes!"
    legacy = ("-provider", "legacy", "-provider", "default")
    made = openssl("enc", "-e", f"-{name}", "-nopad", "-K", key.hex(), "-iv", iv.hex(), *legacy, given=plain)

    assert rc2.decrypt_cbc(key, iv, made) == plain
