"""PKCS #12 files, .pfx and .p12 (RFC 7292), read here and not by OpenSSL.

`cryptography` hands a PFX to OpenSSL, which derives keys with whatever round counts it meets, also in bags that are
only seen once their cover is off, and which drops the attributes of the key, where R is. So the file is taken
apart here: every count is charged before it is run, nothing is decrypted before the MAC has proved the
password, and a bag in a bag, which no known program writes, is refused.

Refused as FILE_ENCRYPTION_UNSUPPORTED: no MAC, public-key integrity or privacy (RFC 7292 section 3.1), PBMAC1, and
an unencrypted key.
"""

import hmac
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from registrar.domain.asn1.structures import (
    CertBag,
    ContentInfo,
    MacData,
    PlainAlgorithm,
    SafeBag,
    definite,
    der_of,
    encrypted_data,
    read,
    safe_bag,
    values,
)
from registrar.domain.asn1.structures import Pfx as PfxStructure
from registrar.domain.files.kdf_budget import KdfBudget
from registrar.domain.files.key_envelopes import Envelope, envelope_of, open_key, read_envelope
from registrar.domain.files.password_encryption import DIGEST_BYTES, pkcs12_bytes
from registrar.domain.files.password_forms import Password
from registrar.domain.files.pkcs7 import MAX_CERTIFICATES, load_certificate, only_for_signing
from registrar.domain.files.private_keys import PrivateKey, read_private_key
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import PrivateKeyMalformed, Refusal, WrongPassword

MAX_PARTS = 8
MAX_BAGS = 40

_VERSION = 3
_DATA = "1.2.840.113549.1.7.1"
_SIGNED_DATA = "1.2.840.113549.1.7.2"
_ENVELOPED_DATA = "1.2.840.113549.1.7.3"
_ENCRYPTED_DATA = "1.2.840.113549.1.7.6"
_KEY_BAG = "1.2.840.113549.1.12.10.1.1"
_SHROUDED_KEY_BAG = "1.2.840.113549.1.12.10.1.2"
_CERT_BAG = "1.2.840.113549.1.12.10.1.3"
_SAFE_CONTENTS_BAG = "1.2.840.113549.1.12.10.1.6"
_X509_CERTIFICATE = "1.2.840.113549.1.9.22.1"
_MAC_DIGESTS = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}


@dataclass(frozen=True, slots=True)
class _Mac:
    """RFC 7292 section 4: HMAC under a key of appendix B.2, one block long, so a try costs its rounds once."""

    digest: str
    salt: bytes
    rounds: int
    value: bytes

    def proved(self, content: bytes, password: Password, budget: KdfBudget) -> Password:
        """`password` in the one form that made this MAC over `content`. Raises WrongPassword, Refusal."""
        for form in budget.paid((self.rounds, form) for form in password.bmp):
            key = pkcs12_bytes(self.digest, form, self.salt, self.rounds, 3, DIGEST_BYTES[self.digest])
            if hmac.compare_digest(hmac.digest(key, content, self.digest), self.value):
                return replace(password, bmp=(form,))
        raise WrongPassword


@dataclass(frozen=True, slots=True)
class _Bags:
    """The bags of a PFX, or of a part of it: certificates, encrypted keys, unencrypted keys."""

    certificates: tuple[bytes, ...] = ()
    envelopes: tuple[Envelope, ...] = ()
    open_keys: tuple[bytes, ...] = field(default=(), repr=False)

    def __add__(self, other: "_Bags") -> "_Bags":
        joined = _Bags(
            self.certificates + other.certificates,
            self.envelopes + other.envelopes,
            self.open_keys + other.open_keys,
        )
        if len(joined.certificates) > MAX_CERTIFICATES:
            raise Refusal(Code.FILE_SEVERAL_CERTIFICATES, count=len(joined.certificates))
        return joined


@dataclass(frozen=True, slots=True)
class Pfx:
    """A PFX of which everything that shows without a password is read and within bounds."""

    mac: _Mac
    content: bytes = field(repr=False)
    clear: _Bags
    sealed: tuple[Envelope, ...]

    @property
    def has_empty_password(self) -> bool:
        """Whether anyone can open it: its MAC is made with an empty password."""
        try:
            self.mac.proved(self.content, Password.of(""), KdfBudget())
        except WrongPassword:
            return False
        return True

    def open(self, password: str, budget: KdfBudget) -> tuple[bytes, PrivateKey]:
        """The DER of the one certificate in the file that has its key in it and may be registered, and that key.

        Raises WrongPassword, and Refusal: FILE_NO_CERTIFICATE, FILE_SEVERAL_CERTIFICATES (several certificates for
        signing have their key in it), FILE_KEY_MISMATCH, FILE_KDF_COST_TOO_HIGH, FILE_ENCRYPTION_UNSUPPORTED (also
        for keys or certificates under another password than the MAC's), FILE_UNREADABLE (also for a file without a
        key: it proves nothing).
        """
        proved = self.mac.proved(self.content, Password.of(password), budget)
        bags = self.clear
        for part in self.sealed:
            opened = part.open(proved, budget, partial(_bags, sealed=True))
            if opened is None:
                raise Refusal(Code.FILE_ENCRYPTION_UNSUPPORTED)
            bags += opened
        if not bags.certificates:
            raise Refusal(Code.FILE_NO_CERTIFICATE)
        return _registrable_pair(bags.certificates, _keys(bags, proved, budget))


def read_pfx(content: bytes) -> Pfx:
    """A PFX, DER or BER, not opened (RFC 7292 section 4).

    Raises Refusal: FILE_UNREADABLE, FILE_ENCRYPTION_UNSUPPORTED, FILE_SEVERAL_CERTIFICATES, and
    FILE_KDF_COST_TOO_HIGH when what shows of its round counts is together more than any budget.
    """
    try:
        outer = read(PfxStructure, definite(content))
        if outer.version != _VERSION:
            raise Refusal(Code.FILE_UNREADABLE)
        kind = outer.content.type.dotted_string
        if kind == _SIGNED_DATA or (kind == _DATA and outer.mac is None):
            raise Refusal(Code.FILE_ENCRYPTION_UNSUPPORTED)
        if kind != _DATA or outer.mac is None:
            raise Refusal(Code.FILE_UNREADABLE)
        mac = _mac(outer.mac)
        authenticated = read(bytes, outer.content.content)
        pfx = _parts(mac, authenticated, [read(ContentInfo, v) for v in values(definite(authenticated))])
    except ValueError:
        raise Refusal(Code.FILE_UNREADABLE) from None
    envelopes = (*pfx.sealed, *pfx.clear.envelopes)
    KdfBudget().check(mac.rounds + sum(envelope.cost for envelope in envelopes))
    return pfx


def _mac(data: MacData) -> _Mac:
    try:
        algorithm = read(PlainAlgorithm, data.mac.algorithm).oid.dotted_string
    except ValueError:  # PBMAC1 of RFC 9579 has parameters here
        raise Refusal(Code.FILE_ENCRYPTION_UNSUPPORTED) from None
    if algorithm not in _MAC_DIGESTS:
        raise Refusal(Code.FILE_ENCRYPTION_UNSUPPORTED)
    rounds = 1 if data.rounds is None else data.rounds
    mac = _Mac(_MAC_DIGESTS[algorithm], data.salt, rounds, data.mac.digest)
    KdfBudget().check(mac.rounds)
    return mac


def _parts(mac: _Mac, content: bytes, parts: Sequence[ContentInfo]) -> Pfx:
    if len(parts) > MAX_PARTS:
        raise Refusal(Code.FILE_UNREADABLE)
    clear = _Bags()
    sealed = []
    for part in parts:
        kind = part.type.dotted_string
        if kind == _DATA:
            clear += _bags(read(bytes, part.content), sealed=False)
        elif kind == _ENCRYPTED_DATA:
            sealed.append(envelope_of(*encrypted_data(part.content)))
        else:
            raise Refusal(Code.FILE_ENCRYPTION_UNSUPPORTED if kind == _ENVELOPED_DATA else Code.FILE_UNREADABLE)
    return Pfx(mac, content, clear, tuple(sealed))


def _bags(contents: bytes, *, sealed: bool) -> _Bags:
    """The bags of a SafeContents (RFC 7292 section 4.2). Raises ValueError when it is none, and Refusal."""
    found = values(definite(contents))
    if len(found) > MAX_BAGS:
        raise Refusal(Code.FILE_UNREADABLE)
    return sum((_bag(safe_bag(value), sealed=sealed) for value in found), _Bags())


def _bag(bag: SafeBag, *, sealed: bool) -> _Bags:
    kind = bag.type.dotted_string
    if kind == _CERT_BAG:
        certificate = read(CertBag, bag.value)
        if certificate.type.dotted_string == _X509_CERTIFICATE:
            return _Bags(certificates=(read(bytes, certificate.value),))
    elif kind == _SHROUDED_KEY_BAG:
        return _Bags(envelopes=(read_envelope(bag.value),))
    elif kind == _KEY_BAG:
        if not sealed:
            raise Refusal(Code.FILE_ENCRYPTION_UNSUPPORTED)
        return _Bags(open_keys=(der_of(bag.value),))
    elif kind == _SAFE_CONTENTS_BAG:
        raise Refusal(Code.FILE_UNREADABLE)
    return _Bags()  # a CRL or a secret is of no interest


def _keys(bags: _Bags, password: Password, budget: KdfBudget) -> list[PrivateKey]:
    """The keys that the password opens, which is at least one."""
    if not bags.envelopes and not bags.open_keys:
        raise Refusal(Code.FILE_UNREADABLE)
    keys = [key for envelope in bags.envelopes if (key := open_key(envelope, password, budget)) is not None]
    for info in bags.open_keys:
        with suppress(PrivateKeyMalformed):
            keys.append(read_private_key(info))
    if keys:
        return keys
    # The MAC has proved the password and that nothing was changed: such a key is under another password.
    raise Refusal(Code.FILE_ENCRYPTION_UNSUPPORTED if bags.envelopes else Code.FILE_UNREADABLE)


def _registrable_pair(certificates: Sequence[bytes], keys: Sequence[PrivateKey]) -> tuple[bytes, PrivateKey]:
    """The only certificate with a key; of several, the only one for signing."""
    pairs: dict[bytes, PrivateKey] = {}
    for der in dict.fromkeys(certificates):
        certificate = load_certificate(der)
        for key in keys:
            if key.belongs_to(certificate):
                pairs[der] = key
    if not pairs:
        raise Refusal(Code.FILE_KEY_MISMATCH)
    (own,) = pairs if len(pairs) == 1 else only_for_signing(list(pairs))
    return own, pairs[own]
