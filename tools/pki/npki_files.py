"""Private keys of a customer's NPKI folder, for the demo and the tests: signPri.key in every encryption.

Written against the specifications and checked with the openssl command, and nothing of `registrar` is used here:
a reader needs a test against an independent writer. PFX files, chains and PEM are in npki_containers.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from cryptography.hazmat import asn1
from cryptography.hazmat.decrepit.ciphers.algorithms import RC2, SEED, TripleDES
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, CipherAlgorithm, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tools.pki.authorities import CustomerCertificate, PrivateKey
from tools.pki.authorities import _oid as oid
from tools.pki.authorities import _tlv as tlv

CipherName = Literal["seed", "aes128", "aes192", "aes256", "3des"]
Pkcs12Name = Literal["pbe-3des", "pbe-2des", "pbe-rc2-128"]
HashName = Literal["sha1", "sha224", "sha256", "sha384", "sha512"]

ID_RANDOM_NUM: Final = "1.2.410.200004.10.1.1.3"

_HASHES: Final[dict[str, type[hashes.HashAlgorithm]]] = {
    "sha1": hashes.SHA1,
    "sha224": hashes.SHA224,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
_PRF_OIDS: Final = {name: f"1.2.840.113549.2.{number}" for number, name in enumerate(_HASHES, 7)}


class _Cipher(NamedTuple):
    oid: str
    algorithm: Callable[[bytes], CipherAlgorithm]
    key_bytes: int
    block_bytes: int


_CIPHERS: Final[dict[str, _Cipher]] = {
    "seed": _Cipher("1.2.410.200004.1.4", SEED, 16, 16),
    "aes128": _Cipher("2.16.840.1.101.3.4.1.2", AES, 16, 16),
    "aes192": _Cipher("2.16.840.1.101.3.4.1.22", AES, 24, 16),
    "aes256": _Cipher("2.16.840.1.101.3.4.1.42", AES, 32, 16),
    "3des": _Cipher("1.2.840.113549.3.7", TripleDES, 24, 8),
}
_PKCS12: Final[dict[str, _Cipher]] = {
    "pbe-3des": _Cipher("1.2.840.113549.1.12.1.3", TripleDES, 24, 8),
    "pbe-2des": _Cipher("1.2.840.113549.1.12.1.4", TripleDES, 16, 8),
    "pbe-rc2-128": _Cipher("1.2.840.113549.1.12.1.5", RC2, 16, 8),
}


@dataclass(frozen=True)
class Seed:
    """1.2.410.200004.1.15, what signPri.key has by default; with `fixed_iv` the rare 1.2.410.200004.1.4."""

    rounds: int = 2048
    fixed_iv: bool = False
    encoding: str = "utf-8"


@dataclass(frozen=True)
class Pbes2:
    """PBES2 with PBKDF2. `prf` None leaves the field out; `used_prf` differs from the declared one."""

    cipher: CipherName = "seed"
    prf: HashName | None = None
    used_prf: HashName | None = None
    rounds: int = 2048
    encoding: str = "utf-8"
    key_length: bool = False


@dataclass(frozen=True)
class ScryptScheme:
    """PBES2 with scrypt (RFC 7914 section 7)."""

    n: int = 16384
    r: int = 8
    p: int = 1
    cipher: CipherName = "aes256"


@dataclass(frozen=True)
class Pkcs12:
    """A scheme of RFC 7292 appendix C."""

    name: Pkcs12Name = "pbe-3des"
    rounds: int = 2048


Scheme = Seed | Pbes2 | ScryptScheme | Pkcs12


def private_key_info(key: PrivateKey, random_number: bytes | None = None, *attributes: bytes) -> bytes:
    """PrivateKeyInfo (RFC 5208 section 5) with R among the attributes, as in every NPKI key."""
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    header = 2 if der[1] < 0x80 else 2 + der[1] - 0x80
    own = [random_number_attribute(random_number)] if random_number is not None else []
    tail = [tlv(0xA0, *own, *attributes)] if own or attributes else []
    return tlv(0x30, der[header:], *tail)


def random_number_attribute(random_number: bytes, unused_bits: int = 0) -> bytes:
    """The attribute with R (KCAC.TS.SIVID): SET { BIT STRING }."""
    return tlv(0x30, oid(ID_RANDOM_NUM), tlv(0x31, tlv(0x03, bytes([unused_bits]), random_number)))


def encrypted_key(info: bytes, password: str, scheme: Scheme | None = None) -> bytes:
    """EncryptedPrivateKeyInfo (RFC 5208 section 6)."""
    algorithm, data = encrypt(info, password, scheme or Seed())
    return tlv(0x30, algorithm, tlv(0x04, data))


def sign_pri_key(customer: CustomerCertificate, password: str, scheme: Scheme | None = None) -> bytes:
    """The signPri.key that belongs to a customer's signCert.der."""
    return encrypted_key(private_key_info(customer.key, customer.random_number), password, scheme)


def encrypt(plain: bytes, password: str, scheme: Scheme) -> tuple[bytes, bytes]:
    """AlgorithmIdentifier and ciphertext of `plain` under `password`."""
    if isinstance(scheme, Seed):
        return _seed(plain, password.encode(scheme.encoding), scheme)
    if isinstance(scheme, Pkcs12):
        return _pkcs12(plain, password, scheme)
    cipher = _CIPHERS[scheme.cipher]
    salt = secrets.token_bytes(8)
    iv = secrets.token_bytes(cipher.block_bytes)
    if isinstance(scheme, ScryptScheme):
        key = Scrypt(salt, cipher.key_bytes, scheme.n, scheme.r, scheme.p).derive(password.encode())
        numbers = (integer(n) for n in (scheme.n, scheme.r, scheme.p))
        derivation = algorithm_identifier("1.3.6.1.4.1.11591.4.11", tlv(0x30, tlv(0x04, salt), *numbers))
    else:
        prf = _HASHES[scheme.used_prf or scheme.prf or "sha1"]()
        key = PBKDF2HMAC(prf, cipher.key_bytes, salt, scheme.rounds).derive(password.encode(scheme.encoding))
        derivation = pbkdf2_algorithm(salt, scheme, cipher.key_bytes if scheme.key_length else None)
    encryption = algorithm_identifier(cipher.oid, tlv(0x04, iv))
    algorithm = algorithm_identifier("1.2.840.113549.1.5.13", tlv(0x30, derivation, encryption))
    return algorithm, _cbc(cipher.algorithm(key), iv, plain)


def algorithm_identifier(dotted: str, *parameters: bytes) -> bytes:
    """AlgorithmIdentifier (RFC 5280 section 4.1.1.2)."""
    return tlv(0x30, oid(dotted), *parameters)


def integer(number: int) -> bytes:
    """INTEGER, however large."""
    return asn1.encode_der(number)


def pbkdf2_algorithm(salt: bytes, scheme: Pbes2, key_bytes: int | None = None) -> bytes:
    """PBKDF2 with its parameters (RFC 8018 appendix A.2)."""
    length = [integer(key_bytes)] if key_bytes is not None else []
    prf = [algorithm_identifier(_PRF_OIDS[scheme.prf], tlv(0x05))] if scheme.prf else []
    parameters = tlv(0x30, tlv(0x04, salt), integer(scheme.rounds), *length, *prf)
    return algorithm_identifier("1.2.840.113549.1.5.12", parameters)


def _seed(plain: bytes, password: bytes, scheme: Seed) -> tuple[bytes, bytes]:
    salt = secrets.token_bytes(8)
    digest = _sha1(password + salt)
    for _ in range(1, scheme.rounds):
        digest = _sha1(digest)
    iv = b"0123456789012345" if scheme.fixed_iv else _sha1(digest[16:])[:16]
    name = "1.2.410.200004.1.4" if scheme.fixed_iv else "1.2.410.200004.1.15"
    parameters = tlv(0x30, tlv(0x04, salt), integer(scheme.rounds))
    return algorithm_identifier(name, parameters), _cbc(SEED(digest[:16]), iv, plain)


def _pkcs12(plain: bytes, password: str, scheme: Pkcs12) -> tuple[bytes, bytes]:
    cipher = _PKCS12[scheme.name]
    salt = secrets.token_bytes(8)
    key = pkcs12_derive(password, salt, scheme.rounds, 1, cipher.key_bytes)
    iv = pkcs12_derive(password, salt, scheme.rounds, 2, cipher.block_bytes)
    if scheme.name == "pbe-2des":
        key += key[:8]
    parameters = tlv(0x30, tlv(0x04, salt), integer(scheme.rounds))
    return algorithm_identifier(cipher.oid, parameters), _cbc(cipher.algorithm(key), iv, plain)


def pkcs12_derive(
    password: str, salt: bytes, rounds: int, purpose: int, size: int, hash_name: HashName = "sha1"
) -> bytes:
    """RFC 7292 appendix B.2, step by step with the names used there."""
    v = hashlib.new(hash_name).block_size
    u = hashlib.new(hash_name).digest_size
    d = bytes([purpose]) * v
    characters = (password + "\0").encode("utf-16-be")
    s = bytes(salt[i % len(salt)] for i in range(v * -(-len(salt) // v)))
    p = bytes(characters[i % len(characters)] for i in range(v * -(-len(characters) // v)))
    i_blocks = [(s + p)[at : at + v] for at in range(0, len(s + p), v)]
    out = b""
    for _ in range(-(-size // u)):
        a = d + b"".join(i_blocks)
        for _ in range(rounds):
            a = hashlib.new(hash_name, a).digest()
        out += a
        b = int.from_bytes(bytes(a[i % u] for i in range(v)))
        i_blocks = [((int.from_bytes(block) + b + 1) % 2 ** (8 * v)).to_bytes(v) for block in i_blocks]
    return out[:size]


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()


def _cbc(algorithm: CipherAlgorithm, iv: bytes, plain: bytes) -> bytes:
    padder = padding.PKCS7(8 * len(iv)).padder()
    encryptor = Cipher(algorithm, modes.CBC(iv)).encryptor()
    return encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
