"""PFX files and keys made by openssl are read here; those made for the tests are read by openssl."""

from pathlib import Path

import pytest

from registrar.domain.files.kdf_budget import KdfBudget
from tests.support.npki_samples import (
    KOREAN,
    PASSWORD,
    a_customer,
    an_ec_customer,
    each_scheme,
    key_der,
    open_envelope,
    opened,
    openssl,
    openssl_files,
    refusal,
)
from tools.pki.npki_containers import pfx
from tools.pki.npki_files import HashName, Scheme, Seed, encrypted_key, private_key_info

MAC = 2048


def exported(folder: Path, *options: str, password: str = PASSWORD) -> bytes:
    files = openssl_files(folder, a_customer())
    return openssl("pkcs12", "-export", "-legacy", *files, "-passout", f"pass:{password}", *options)


@pytest.mark.parametrize("password", [PASSWORD, KOREAN])
@pytest.mark.parametrize(
    ("scheme", "rounds"),
    [
        ("PBE-SHA1-3DES", 2 * 3 * 2048),
        ("PBE-SHA1-2DES", 2 * 2 * 2048),
        ("PBE-SHA1-RC2-40", 2 * 2 * 2048),
        ("PBE-SHA1-RC2-128", 2 * 2 * 2048),
        ("AES-128-CBC", 2 * 2048),
        ("AES-192-CBC", 2 * 2048),
        ("AES-256-CBC", 2 * 2048),
        ("SEED-CBC", 2 * 2048),
        ("ARIA-128-CBC", 2 * 2048),
        ("ARIA-192-CBC", 2 * 2048),
        ("ARIA-256-CBC", 2 * 2048),
        ("DES-EDE3-CBC", 2 * 2048),
    ],
)
def test_openssl_pfx_is_read(scheme: str, rounds: int, password: str, tmp_path: Path) -> None:
    budget = KdfBudget()
    made = exported(tmp_path, "-keypbe", scheme, "-certpbe", scheme, password=password)

    assert opened(made, password=password, budget=budget).der == a_customer().der
    assert budget.spent == MAC + rounds


def test_openssl_pfx_with_current_and_old_defaults_is_read(tmp_path: Path) -> None:
    for options in ((), ("-descert",), ("-certpbe", "NONE"), ("-noiter", "-nomaciter"), ("-name", "홍길동")):
        assert opened(exported(tmp_path, *options)).der == a_customer().der
    files = openssl_files(tmp_path, a_customer())
    today = openssl("pkcs12", "-export", *files, "-passout", f"pass:{PASSWORD}")
    assert opened(today).der == a_customer().der


@pytest.mark.parametrize("digest", ["sha1", "sha224", "sha256", "sha384", "sha512"])
def test_openssl_macs_are_verified(digest: str, tmp_path: Path) -> None:
    assert opened(exported(tmp_path, "-macalg", digest)).der == a_customer().der


@pytest.mark.parametrize(
    "options",
    [
        ("-nomac",),
        ("-macalg", "md5"),
        ("-keypbe", "NONE"),
        ("-keypbe", "ARIA-128-CFB"),
        ("-certpbe", "CAMELLIA-128-CBC"),
        ("-certpbe", "PBE-SHA1-RC4-128"),
        ("-keypbe", "PBE-MD5-DES"),
    ],
)
def test_unsupported_openssl_pfx_is_refused(options: tuple[str, ...], tmp_path: Path) -> None:
    assert refusal(exported(tmp_path, *options)) == "FILE_ENCRYPTION_UNSUPPORTED"


def test_openssl_chain_without_key_is_refused(tmp_path: Path) -> None:
    openssl_files(tmp_path, a_customer())
    certificate = str(tmp_path / "certificate.pem")
    made = openssl("pkcs12", "-export", "-nokeys", "-in", certificate, "-passout", f"pass:{PASSWORD}")
    assert refusal(made) == "FILE_UNREADABLE"


@each_scheme
def test_openssl_reads_our_test_pfx(scheme: Scheme, rounds: int) -> None:
    if not isinstance(scheme, Seed):  # the Korean schemes are not in openssl
        made = pfx(an_ec_customer(), KOREAN, key_scheme=scheme, certificate_scheme=scheme)
        printed = openssl("pkcs12", "-legacy", "-nodes", "-passin", f"pass:{KOREAN}", given=made)
        assert b"BEGIN PRIVATE KEY" in printed
        assert b"BEGIN CERTIFICATE" in printed


@pytest.mark.parametrize("mac", ["sha1", "sha224", "sha256", "sha384", "sha512"])
def test_openssl_verifies_our_test_macs(mac: HashName) -> None:
    made = pfx(an_ec_customer(), KOREAN, mac=mac)
    openssl("pkcs12", "-noout", "-passin", f"pass:{KOREAN}", "-legacy", given=made)


@pytest.mark.parametrize(
    "options",
    [
        ("-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA256"),
        ("-v2", "aes-192-cbc", "-v2prf", "hmacWithSHA1"),
        ("-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA512"),
        ("-v2", "seed-cbc", "-v2prf", "hmacWithSHA384"),
        ("-v2", "aria-128-cbc", "-v2prf", "hmacWithSHA1"),
        ("-v2", "aria-192-cbc", "-v2prf", "hmacWithSHA256"),
        ("-v2", "aria-256-cbc", "-v2prf", "hmacWithSHA512"),
        ("-v2", "des3", "-v2prf", "hmacWithSHA224"),
        ("-v1", "PBE-SHA1-3DES"),
        ("-v1", "PBE-SHA1-RC2-40"),
        ("-scrypt", "-scrypt_N", "1024", "-scrypt_r", "8", "-scrypt_p", "1"),
    ],
)
def test_openssl_keys_are_read(options: tuple[str, ...]) -> None:
    key = key_der(an_ec_customer())
    command = (
        "pkcs8",
        "-topk8",
        "-inform",
        "DER",
        "-outform",
        "DER",
        "-provider",
        "legacy",
        "-provider",
        "default",
    )
    made = openssl(*command, "-passout", f"pass:{KOREAN}", *options, given=key)

    assert open_envelope(made, KOREAN, KdfBudget()).belongs_to(an_ec_customer().certificate)


@each_scheme
def test_openssl_reads_our_test_keys(scheme: Scheme, rounds: int) -> None:
    if not isinstance(scheme, Seed):
        info = private_key_info(an_ec_customer().key)
        made = encrypted_key(info, PASSWORD, scheme)
        read = ("pkcs8", "-inform", "DER", "-outform", "DER", "-provider", "legacy", "-provider", "default")
        printed = openssl(*read, "-passin", f"pass:{PASSWORD}", given=made)
        # The same key; openssl 3.0 writes it in its own older form.
        assert openssl("pkey", "-inform", "DER", "-pubout", "-outform", "DER", given=printed) == openssl(
            "pkey", "-inform", "DER", "-pubout", "-outform", "DER", given=info
        )
