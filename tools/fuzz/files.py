"""Readers of what customers upload: text, certificates, containers, keys."""

from registrar.domain.asn1.pem import bare_base64, blocks_in
from registrar.domain.certificates.certificate import read_certificate
from registrar.domain.files.formats import Bare, recognise
from registrar.domain.files.kdf_budget import KdfBudget
from registrar.domain.files.key_envelopes import open_key, read_envelope
from registrar.domain.files.password_forms import Password
from registrar.domain.files.pfx import read_pfx
from registrar.domain.files.pkcs7 import certificates_in, choose_end_entity
from registrar.domain.files.private_keys import read_private_key
from registrar.domain.reasons.errors import CertificateMalformed, PrivateKeyMalformed, Refusal, WrongPassword
from tests.support.npki_samples import PASSWORD, R, a_customer, an_ec_customer, an_issuer, samples
from tools.fuzz.target import Target, Targets
from tools.pki.npki_containers import KEY_BAG, SHROUDED_KEY_BAG, bag, cert_bag, data_part, p7b, pem, pfx_of
from tools.pki.npki_files import Pbes2, Pkcs12, ScryptScheme, Seed, encrypted_key, private_key_info

_MOST_ROUNDS = 30_000
"""Of key derivation in one call: a real upload has more, for which a run of thousands has no time."""


def _of_samples(*names: str) -> list[bytes]:
    return [content for name in names for content in samples()[name].files]


def _text() -> Target:
    def read(content: bytes) -> None:
        for block in blocks_in(content):
            block.der()
        bare_base64(content)

    der = a_customer().der
    utf_16 = pem("CERTIFICATE", der).decode().encode("utf-16")
    seeds = [*_of_samples("pem", "p7b-pem", "pair-pem"), utf_16, pem("CERTIFICATE", der, newline="\r")]
    return Target(read, seeds, (Refusal,))


def _certificate() -> Target:
    seeds = [a_customer().der, an_ec_customer().der, an_issuer()]
    return Target(read_certificate, seeds, (CertificateMalformed,))


def _container() -> Target:
    """Whatever it is: recognised and, where it has a password, opened."""

    def read(content: bytes) -> None:
        container = recognise([content])
        if not isinstance(container, Bare):
            container.open(PASSWORD, KdfBudget(_MOST_ROUNDS))

    seeds = _of_samples("der", "pem", "p7b", "p7b-pem", "pair-pem", "pfx", "pfx-sealed", "pfx-ber")
    return Target(read, seeds, (Refusal, WrongPassword))


def _pair() -> Target:
    """A key file beside a certificate."""
    certificate = a_customer().der

    def read(content: bytes) -> None:
        container = recognise([content, certificate])
        if not isinstance(container, Bare):
            container.open(PASSWORD, KdfBudget(_MOST_ROUNDS))

    return Target(read, _envelopes(), (Refusal, WrongPassword))


def _envelopes() -> list[bytes]:
    info = private_key_info(a_customer().key, R)
    schemes = (
        Seed(10),
        Seed(2, fixed_iv=True),
        Pbes2(rounds=10),
        Pbes2("aes256", "sha512", rounds=3),
        Pbes2("3des", "sha256", rounds=3, key_length=True),
        ScryptScheme(2, 1, 1),
        Pkcs12(rounds=2),
        Pkcs12("pbe-rc2-128", 2),
    )
    return [encrypted_key(info, PASSWORD, scheme) for scheme in schemes]


def _key_envelope() -> Target:
    """The same without the frame that turns every error of a parser into a refusal."""

    def read(content: bytes) -> None:
        open_key(read_envelope(content), Password.of(PASSWORD), KdfBudget(_MOST_ROUNDS))

    return Target(read, _envelopes(), (Refusal,))


def _private_key() -> Target:
    customers = (a_customer(), an_ec_customer())
    seeds = [private_key_info(each.key, number) for each in customers for number in (None, R)]
    return Target(read_private_key, seeds, (Refusal, PrivateKeyMalformed))


def _key_under_password() -> Target:
    """What is in a key file, changed by its owner: the password is the right one."""
    certificate = a_customer().der
    fast = Seed(1)

    def read(content: bytes) -> None:
        container = recognise([encrypted_key(content, PASSWORD, fast), certificate])
        if not isinstance(container, Bare):
            container.open(PASSWORD, KdfBudget(_MOST_ROUNDS))

    seeds = [private_key_info(a_customer().key, number) for number in (None, R)]
    return Target(read, seeds, (Refusal, WrongPassword))


def _pfx() -> Target:
    """Without the frame that turns every error of a parser into a refusal."""

    def read(content: bytes) -> None:
        read_pfx(content).open(PASSWORD, KdfBudget(_MOST_ROUNDS))

    return Target(read, _of_samples("pfx", "pfx-sealed", "pfx-ber"), (Refusal, WrongPassword))


def _pfx_under_password() -> Target:
    """The parts of a PFX, changed by its owner: the MAC holds."""
    customer = an_ec_customer()
    info = private_key_info(customer.key, R)

    def read(content: bytes) -> None:
        container = recognise([pfx_of([content], PASSWORD, mac_rounds=1)])
        if not isinstance(container, Bare):
            container.open(PASSWORD, KdfBudget(_MOST_ROUNDS))

    shrouded = bag(SHROUDED_KEY_BAG, encrypted_key(info, PASSWORD, Seed(1)))
    seeds = [data_part(cert_bag(customer.der), shrouded), data_part(cert_bag(customer.der), bag(KEY_BAG, info))]
    return Target(read, seeds, (Refusal, WrongPassword))


def _pkcs7() -> Target:
    def read(content: bytes) -> bytes:
        return choose_end_entity(certificates_in(content))

    seeds = [p7b(a_customer().der, an_issuer()), p7b(an_ec_customer().der)]
    return Target(read, seeds, (Refusal,))


FILES: Targets = {
    "PEM and bare base64": _text,
    "certificate": _certificate,
    "upload of one file": _container,
    "key file beside a certificate": _pair,
    "key envelope": _key_envelope,
    "private key": _private_key,
    "private key under the right password": _key_under_password,
    "PFX": _pfx,
    "PFX under the right password": _pfx_under_password,
    "PKCS #7": _pkcs7,
}
