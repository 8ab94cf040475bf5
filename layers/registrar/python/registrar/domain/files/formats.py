"""Recognises the format of a file by its bytes, never by its name.

    Bare      a certificate: DER, PEM, or the customer's own among several in PEM or PKCS #7
    Locked    a certificate with its key under a password: signCert.der + signPri.key (or one PEM with both), PFX

    not one of these                                                   FILE_UNREADABLE
    a key and no certificate                                           FILE_NO_CERTIFICATE
    several certificates, keys or containers                           FILE_SEVERAL_CERTIFICATES
    a key without a password or under an empty one,
    a key under an unknown encryption                                  FILE_ENCRYPTION_UNSUPPORTED
    a certificate that breaks RFC 5280 so that it cannot be parsed     CERT_MALFORMED

An unencrypted key is refused as FILE_ENCRYPTION_UNSUPPORTED and not as unreadable: the file is valid, but has no
accepted protection, and the remedy is the same, to export it again with a password.
Of each file and PEM block the first value counts: what follows is padding, bounded by the size of the upload.
The label of a block is looked at only where its bytes are none of the kinds known, so that what is damaged is
refused, and what is another thing, such as a request, is passed over.
Sizes are checked before anything is parsed. If you add a format, add it to `_DER_FORMATS` or `_add_block`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from cryptography.exceptions import UnsupportedAlgorithm

from registrar.domain.asn1.ber import first_value
from registrar.domain.asn1.pem import Block, bare_base64, blocks_in
from registrar.domain.asn1.structures import SEQUENCE, ber_outline
from registrar.domain.files.kdf_budget import KdfBudget
from registrar.domain.files.key_envelopes import Envelope, open_key, read_envelope
from registrar.domain.files.password_forms import Password
from registrar.domain.files.pfx import Pfx, read_pfx
from registrar.domain.files.pkcs7 import certificates_in, choose_end_entity, is_certificate, load_certificate
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal, WrongPassword
from registrar.domain.registrations.upload_files import check_sizes

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Opened:
    """A certificate whose private key was in the container and opened: its holder has the key.

    `random_number` is R of the VID, None where the key carries none.
    """

    der: bytes
    random_number: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bare:
    """A certificate alone; the proof of possession is still missing."""

    der: bytes


@dataclass(frozen=True, slots=True)
class LockedPair:
    """A certificate and an encrypted private key, which may belong to it."""

    certificate: bytes
    envelope: Envelope

    @property
    def has_empty_password(self) -> bool:
        """Whether anyone can open the key."""
        return open_key(self.envelope, Password.of(""), KdfBudget()) is not None

    def open(self, password: str, budget: KdfBudget) -> Opened:
        """Open the key and check that it is the certificate's.

        Raises WrongPassword, and Refusal: FILE_KEY_MISMATCH when the key opens but is another certificate's,
        FILE_KDF_COST_TOO_HIGH, FILE_ENCRYPTION_UNSUPPORTED, FILE_UNREADABLE.
        """
        return _without_traces(lambda: self._open(password, budget))

    def _open(self, password: str, budget: KdfBudget) -> Opened:
        key = open_key(self.envelope, Password.of(password), budget)
        if key is None:
            raise WrongPassword
        if not key.belongs_to(load_certificate(self.certificate)):
            raise Refusal(Code.FILE_KEY_MISMATCH)
        return Opened(self.certificate, key.random_number)


@dataclass(frozen=True, slots=True)
class LockedPfx:
    """A PFX; its certificate is used only after opening, even if it is unencrypted: only then is it authentic."""

    pfx: Pfx
    certificate: None = None

    @property
    def has_empty_password(self) -> bool:
        """Whether anyone can open the file."""
        return self.pfx.has_empty_password

    def open(self, password: str, budget: KdfBudget) -> Opened:
        """Open the file and take the certificate that belongs to its key. Raises as Pfx.open does."""
        return _without_traces(lambda: self._open(password, budget))

    def _open(self, password: str, budget: KdfBudget) -> Opened:
        der, key = self.pfx.open(password, budget)
        return Opened(der, key.random_number)


Locked: TypeAlias = LockedPair | LockedPfx
Container: TypeAlias = Bare | Locked


@dataclass(slots=True)
class _Found:
    """The contents of the files of one upload."""

    certificates: list[bytes] = field(default_factory=list)
    envelopes: list[bytes] = field(default_factory=list)
    pfx: list[bytes] = field(default_factory=list)
    open_key: bool = False


def recognise(files: Sequence[bytes]) -> Container:
    """The one container that `files`, an upload in any order, make up.

    Raises Refusal: UPLOAD_EMPTY, UPLOAD_TOO_LARGE, FILE_UNREADABLE, FILE_NO_CERTIFICATE, FILE_SEVERAL_CERTIFICATES,
    FILE_ENCRYPTION_UNSUPPORTED, FILE_KDF_COST_TOO_HIGH, CERT_MALFORMED. Defects that no password fixes are reported
    here: an empty password too, which is tried within a budget of its own, and protects nothing.
    """
    return _without_traces(lambda: _protected(_recognised(files)))


def open_locked(files: Sequence[bytes], password: str, budget: KdfBudget) -> Opened:
    """Open the container that `files` make up. Raises WrongPassword, and Refusal as `recognise` and opening do.

    UPLOAD_CHANGED where there is nothing to open: the files are not those that a password was asked for.
    """
    container = _without_traces(lambda: _recognised(files))
    if isinstance(container, Bare):
        raise Refusal(Code.UPLOAD_CHANGED)
    return container.open(password, budget)


def _protected(container: Container) -> Container:
    if not isinstance(container, Bare) and container.has_empty_password:
        raise Refusal(Code.FILE_ENCRYPTION_UNSUPPORTED)
    return container


def _recognised(files: Sequence[bytes]) -> Container:
    check_sizes([len(content) for content in files])
    found = _Found()
    for content in files:
        _add_file(content, found)
    if found.open_key:
        raise Refusal(Code.FILE_ENCRYPTION_UNSUPPORTED)
    keys = set(found.envelopes)
    if found.pfx:
        count = len(found.pfx) + max(len(found.certificates), len(keys))
        if count > 1:
            raise Refusal(Code.FILE_SEVERAL_CERTIFICATES, count=count)
        return LockedPfx(read_pfx(found.pfx[0]))
    if not found.certificates:
        raise Refusal(Code.FILE_NO_CERTIFICATE)
    certificate = choose_end_entity(found.certificates)
    if len(keys) > 1:
        raise Refusal(Code.FILE_SEVERAL_CERTIFICATES, count=len(keys))
    return LockedPair(certificate, read_envelope(keys.pop())) if keys else Bare(certificate)


def _add_file(content: bytes, found: _Found) -> None:
    if _add_der(content, found):
        return
    blocks = blocks_in(content)
    if not blocks:
        decoded = bare_base64(content)
        if decoded is not None and _add_der(decoded, found):
            return
        raise Refusal(Code.FILE_UNREADABLE)
    for block in blocks:
        _add_block(block, found)


def _add_block(block: Block, found: _Found) -> None:
    """Take up one PEM block, by its bytes; one of another kind, such as a request, is passed over."""
    decoded = block.der()
    if decoded is not None and _add_der(decoded, found):
        return
    if block.label.endswith("PRIVATE KEY") and block.label != "ENCRYPTED PRIVATE KEY":
        found.open_key = True  # or one of OpenSSL's older encryptions, which are not supported either
    elif block.label in _OUR_LABELS:
        raise Refusal(Code.FILE_UNREADABLE)


def _add_der(content: bytes, found: _Found) -> bool:
    """Take up the first value in DER, or BER where the format allows it; False where it is none of those known."""
    if content[:1] != _FIRST_BYTE:
        return False
    try:
        content = first_value(content)
        shape = ber_outline(content)
    except ValueError:
        return False
    if shape[: len(_CERTIFICATE)] == _CERTIFICATE:
        if not is_certificate(content):
            return False
        found.certificates.append(content)
        return True
    for beginning, add in _DER_FORMATS.items():
        if shape[: len(beginning)] == beginning:
            add(content, found)
            return True
    return False


def _add_open_key(_content: bytes, found: _Found) -> None:
    found.open_key = True


_FIRST_BYTE = bytes([SEQUENCE])
_CERTIFICATE = (0x30, 0x30, 0x03)
# Labels of blocks that hold what is accepted (RFC 7468, and what other programs write): others are passed over.
_OUR_LABELS = frozenset(
    {
        "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE", "NEW CERTIFICATE", "CERTIFICATE CHAIN", "PKCS7",
        "PKCS #7 SIGNED DATA", "CMS", "PKCS12", "PKCS #12", "PFX", "ENCRYPTED PRIVATE KEY",
    }
)  # fmt: skip
# By the tags of the first values inside: 02 INTEGER, 03 BIT STRING, 04 OCTET STRING, 06 OID, 30 SEQUENCE, a0 [0].
_DER_FORMATS: dict[tuple[int, ...], Callable[[bytes, _Found], None]] = {
    (0x30, 0x04): lambda content, found: found.envelopes.append(content),
    (0x06, 0xA0): lambda content, found: found.certificates.extend(certificates_in(content)),
    (0x02, 0x30, 0x04): _add_open_key,  # PrivateKeyInfo, RFC 5208
    (0x02, 0x02, 0x02): _add_open_key,  # RSAPrivateKey, RFC 8017
    (0x02, 0x04): _add_open_key,  # ECPrivateKey, RFC 5915
    (0x02, 0x30): lambda content, found: found.pfx.append(content),
}


def _without_traces(step: Callable[[], T]) -> T:
    """What `step` returns. An error comes out without the traceback that holds the frames of a key in clear.

    Whatever a parser raised that is no error of ours means that the file cannot be read.
    """
    error: Refusal | WrongPassword
    try:
        return step()
    except (Refusal, WrongPassword) as refused:
        error = refused.with_traceback(None)
        error.__context__ = None
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError, UnsupportedAlgorithm):
        error = Refusal(Code.FILE_UNREADABLE)
    try:
        raise error
    finally:
        del (
            error
        )  # its traceback has this frame, which holds the password: both would wait for a search for garbage
