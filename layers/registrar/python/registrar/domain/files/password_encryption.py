"""Encryption under a password: the scheme that a file names, its key derivation, and decryption.

    SHA-1 loop   1.2.410.200004.1.15 and .1.4, both SEED-CBC         RFC 8018 section 5.1, KCAC.TS.ENC
    PBES2        PBKDF2 or scrypt; SEED-, ARIA-, AES-, 3DES-CBC      RFC 8018 section 6.2, RFC 4010, 5794, 7914
    PKCS #12     pbeWithSHAAnd… 3DES and RC2                         RFC 7292 appendices B and C

Any other scheme is FILE_ENCRYPTION_UNSUPPORTED, reported before a password is requested: no password would help.
If you add a scheme, give it to `scheme_of` with its cost in rounds, and a file of it to tools/pki/npki_files.py.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import repeat
from typing import NamedTuple, Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.decrepit.ciphers.algorithms import SEED, TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, CipherAlgorithm, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.padding import PKCS7

from registrar.domain.asn1.structures import (
    Algorithm,
    PbeParameter,
    Pbes2Parameters,
    Pbkdf2Parameters,
    ScryptParameters,
    read,
)
from registrar.domain.files import aria, rc2
from registrar.domain.files.kdf_budget import MAX_SCRYPT_BYTES, KdfBudget, scrypt_rounds
from registrar.domain.files.password_forms import Password
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal

# KCAC.TS.ENC: what 1.2.410.200004.1.4 means where it stands for a whole scheme.
FIXED_IV = b"0123456789012345"

DIGEST_BYTES = {"sha1": 20, "sha224": 28, "sha256": 32, "sha384": 48, "sha512": 64}
PRFS = {
    "1.2.840.113549.2.7": "sha1",
    "1.2.840.113549.2.8": "sha224",
    "1.2.840.113549.2.9": "sha256",
    "1.2.840.113549.2.10": "sha384",
    "1.2.840.113549.2.11": "sha512",
}


class _CbcCipher(NamedTuple):
    key_bytes: int
    block_bytes: int
    decrypt: Callable[[bytes, bytes, bytes], bytes]


def _cbc(algorithm: Callable[[bytes], CipherAlgorithm]) -> Callable[[bytes, bytes, bytes], bytes]:
    def decrypt(key: bytes, iv: bytes, data: bytes) -> bytes:
        try:
            decryptor = Cipher(algorithm(key), modes.CBC(iv)).decryptor()
        except UnsupportedAlgorithm:  # SEED, where OpenSSL's legacy ciphers are switched off
            raise Refusal(Code.FILE_ENCRYPTION_UNSUPPORTED) from None
        return decryptor.update(data) + decryptor.finalize()

    return decrypt


def _two_key_3des(key: bytes) -> TripleDES:
    return TripleDES(key + key[:8])


_SEED_CBC = _CbcCipher(16, 16, _cbc(SEED))
_3DES_CBC = _CbcCipher(24, 8, _cbc(TripleDES))

_PBES2_CIPHERS: Mapping[str, _CbcCipher] = {
    "1.2.410.200004.1.4": _SEED_CBC,
    "1.2.410.200046.1.1.2": _CbcCipher(16, 16, aria.decrypt_cbc),
    "1.2.410.200046.1.1.7": _CbcCipher(24, 16, aria.decrypt_cbc),
    "1.2.410.200046.1.1.12": _CbcCipher(32, 16, aria.decrypt_cbc),
    "2.16.840.1.101.3.4.1.2": _CbcCipher(16, 16, _cbc(AES)),
    "2.16.840.1.101.3.4.1.22": _CbcCipher(24, 16, _cbc(AES)),
    "2.16.840.1.101.3.4.1.42": _CbcCipher(32, 16, _cbc(AES)),
    "1.2.840.113549.3.7": _3DES_CBC,
}
_PKCS12_CIPHERS: Mapping[str, _CbcCipher] = {
    "1.2.840.113549.1.12.1.3": _3DES_CBC,
    "1.2.840.113549.1.12.1.4": _CbcCipher(16, 8, _cbc(_two_key_3des)),
    "1.2.840.113549.1.12.1.5": _CbcCipher(16, 8, rc2.decrypt_cbc),
    "1.2.840.113549.1.12.1.6": _CbcCipher(5, 8, rc2.decrypt_cbc),
}


class KeyAndIv(NamedTuple):
    """Key and IV derived from a password. Never log one."""

    key: bytes
    iv: bytes


class Try(NamedTuple):
    """One derivation, and what it costs; it runs when it is called and not before."""

    rounds: int
    derive: Callable[[], KeyAndIv]


class Derivation(Protocol):
    """A scheme's way from a password to candidates for key and IV."""

    @property
    def cost(self) -> int:
        """Rounds of the first try."""

    def tries(self, password: Password) -> Iterator[Try]:
        """The derivations worth trying, the likeliest first."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """A way to encrypt under a password, with its parameters: all from the file, none of it secret."""

    cipher: _CbcCipher
    derivation: Derivation

    def keys(self, password: Password, budget: KdfBudget) -> Iterator[KeyAndIv]:
        """Candidates for key and IV, each charged before it is derived.

        Raises Refusal FILE_KDF_COST_TOO_HIGH where the first is over the budget; see KdfBudget.paid.
        """
        return (derive() for derive in budget.paid(self.derivation.tries(password)))

    def check(self, data: bytes) -> None:
        """Check that `data` may be a ciphertext of this scheme. Raises Refusal FILE_UNREADABLE."""
        if not data or len(data) % self.cipher.block_bytes:
            raise Refusal(Code.FILE_UNREADABLE)

    def plaintexts(self, data: bytes, password: Password, budget: KdfBudget) -> Iterator[bytes]:
        """`data` under every candidate key that leaves PKCS #7 padding, as one wrong key in 256 does too."""
        for key in self.keys(password, budget):
            unpadder = PKCS7(8 * self.cipher.block_bytes).unpadder()
            padded = unpadder.update(self.cipher.decrypt(key.key, key.iv, data))
            try:
                last = unpadder.finalize()
            except ValueError:
                continue
            yield padded + last


def scheme_of(algorithm: Algorithm) -> Scheme:
    """The scheme an AlgorithmIdentifier names.

    Raises Refusal: FILE_ENCRYPTION_UNSUPPORTED for one not listed above, FILE_UNREADABLE for parameters that
    are not its own, FILE_KDF_COST_TOO_HIGH for an scrypt beyond every bound.
    """
    oid = algorithm.oid.dotted_string
    try:
        if oid == "1.2.840.113549.1.5.13":
            return _pbes2(read(Pbes2Parameters, algorithm.parameters))
        if oid in ("1.2.410.200004.1.15", "1.2.410.200004.1.4"):
            parameters = read(PbeParameter, algorithm.parameters)
            fixed_iv = FIXED_IV if oid == "1.2.410.200004.1.4" else None
            return Scheme(_SEED_CBC, _Sha1Loop(parameters.salt, parameters.rounds, fixed_iv))
        if cipher := _PKCS12_CIPHERS.get(oid):
            parameters = read(PbeParameter, algorithm.parameters)
            return Scheme(cipher, _Pkcs12(parameters.salt, parameters.rounds, cipher))
    except ValueError:
        raise Refusal(Code.FILE_UNREADABLE) from None
    raise Refusal(Code.FILE_ENCRYPTION_UNSUPPORTED)


@dataclass(frozen=True, slots=True)
class _Sha1Loop:
    """PBKDF1 of RFC 8018 section 5.1 as KCAC.TS.ENC uses it: 16 bytes of DK are the key, 4 lead to the IV."""

    salt: bytes
    cost: int
    fixed_iv: bytes | None

    def tries(self, password: Password) -> Iterator[Try]:
        return (Try(self.cost, partial(self._derive, form)) for form in password.octets)

    def _derive(self, form: bytes) -> KeyAndIv:
        # A copy of an empty hash spares OpenSSL the look-up that a new one costs: a tenth of the whole.
        sha1 = hashlib.sha1
        digest = form + self.salt
        empty = sha1().copy
        for _round in repeat(None, self.cost):
            turn = empty()
            turn.update(digest)
            digest = turn.digest()
        iv = sha1(digest[16:20]).digest()[:16]
        return KeyAndIv(digest[:16], self.fixed_iv or iv)


def _pbes2(parameters: Pbes2Parameters) -> Scheme:
    cipher = _PBES2_CIPHERS.get(parameters.encryption.oid.dotted_string)
    derivation = parameters.derivation.oid.dotted_string
    if cipher is None or derivation not in ("1.2.840.113549.1.5.12", "1.3.6.1.4.1.11591.4.11"):
        raise Refusal(Code.FILE_ENCRYPTION_UNSUPPORTED)
    iv = read(bytes, parameters.encryption.parameters)
    if len(iv) != cipher.block_bytes:
        raise Refusal(Code.FILE_UNREADABLE)
    if derivation == "1.2.840.113549.1.5.12":
        return Scheme(cipher, _pbkdf2(read(Pbkdf2Parameters, parameters.derivation.parameters), cipher, iv))
    scrypt = read(ScryptParameters, parameters.derivation.parameters)
    if scrypt.key_bytes not in (None, cipher.key_bytes):
        raise Refusal(Code.FILE_UNREADABLE)
    cost = scrypt_rounds(scrypt.n, scrypt.r, scrypt.p)
    return Scheme(cipher, _Scrypt(scrypt, cost, cipher.key_bytes, iv))


def _pbkdf2(parameters: Pbkdf2Parameters, cipher: _CbcCipher, iv: bytes) -> "_Pbkdf2":
    if parameters.key_bytes not in (None, cipher.key_bytes):
        raise Refusal(Code.FILE_UNREADABLE)
    prf = "sha1" if parameters.prf is None else PRFS.get(parameters.prf.oid.dotted_string)
    if prf is None:
        raise Refusal(Code.FILE_ENCRYPTION_UNSUPPORTED)
    # Some clients declared HMAC-SHA256 and used HMAC-SHA1.
    prfs = tuple(dict.fromkeys((prf, "sha1")))
    return _Pbkdf2(parameters.salt, parameters.rounds, prfs, cipher.key_bytes, iv)


@dataclass(frozen=True, slots=True)
class _Pbkdf2:
    """RFC 8018 section 5.2."""

    salt: bytes
    rounds: int
    prfs: tuple[str, ...]
    key_bytes: int
    iv: bytes

    @property
    def cost(self) -> int:
        return self.rounds * _blocks(self.key_bytes, self.prfs[0])

    def tries(self, password: Password) -> Iterator[Try]:
        for form in password.octets:
            for prf in self.prfs:
                yield Try(self.rounds * _blocks(self.key_bytes, prf), partial(self._derive, form, prf))

    def _derive(self, form: bytes, prf: str) -> KeyAndIv:
        key = hashlib.pbkdf2_hmac(prf, form, self.salt, self.rounds, self.key_bytes)
        return KeyAndIv(key, self.iv)


@dataclass(frozen=True, slots=True)
class _Scrypt:
    """RFC 7914."""

    parameters: ScryptParameters
    cost: int
    key_bytes: int
    iv: bytes

    def tries(self, password: Password) -> Iterator[Try]:
        return (Try(self.cost, partial(self._derive, form)) for form in password.octets)

    def _derive(self, form: bytes) -> KeyAndIv:
        s = self.parameters
        memory = 2 * MAX_SCRYPT_BYTES
        key = hashlib.scrypt(form, salt=s.salt, n=s.n, r=s.r, p=s.p, maxmem=memory, dklen=self.key_bytes)
        return KeyAndIv(key, self.iv)


@dataclass(frozen=True, slots=True)
class _Pkcs12:
    """RFC 7292 appendix C: key and IV, both by appendix B.2 with SHA-1."""

    salt: bytes
    rounds: int
    cipher: _CbcCipher = field(repr=False)

    @property
    def cost(self) -> int:
        return self.rounds * (_blocks(self.cipher.key_bytes, "sha1") + _blocks(self.cipher.block_bytes, "sha1"))

    def tries(self, password: Password) -> Iterator[Try]:
        return (Try(self.cost, partial(self._derive, form)) for form in password.bmp)

    def _derive(self, form: bytes) -> KeyAndIv:
        key, iv = (
            pkcs12_bytes("sha1", form, self.salt, self.rounds, purpose, size)
            for purpose, size in ((1, self.cipher.key_bytes), (2, self.cipher.block_bytes))
        )
        return KeyAndIv(key, iv)


def _blocks(size: int, digest: str) -> int:
    return -(-size // DIGEST_BYTES[digest])


def pkcs12_bytes(digest: str, password: bytes, salt: bytes, rounds: int, purpose: int, size: int) -> bytes:
    """`size` bytes by RFC 7292 appendix B.2; `purpose` is 1 for a key, 2 for an IV, 3 for a MAC key.

    Runs `rounds` turns for each digest length of output: charge them first.
    """
    make: Callable[[bytes], hashlib._Hash] = getattr(hashlib, digest)
    block = make(b"").block_size
    given = b"".join(_repeated(part, block) for part in (salt, password))
    derived = b""
    while True:
        turn = bytes([purpose]) * block + given
        for _round in range(rounds):
            turn = make(turn).digest()
        derived += turn
        if len(derived) >= size:
            return derived[:size]
        added = int.from_bytes(_repeated(turn, block)[:block]) + 1
        pieces = (given[at : at + block] for at in range(0, len(given), block))
        modulus = 1 << 8 * block
        given = b"".join(((int.from_bytes(p) + added) % modulus).to_bytes(block) for p in pieces)


def _repeated(part: bytes, block: int) -> bytes:
    """`part` repeated to the next multiple of `block`; nothing stays nothing."""
    size = -(-len(part) // block) * block
    return (part * (size // len(part) + 1))[:size] if part else b""
