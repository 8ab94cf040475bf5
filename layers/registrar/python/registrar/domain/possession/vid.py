"""Checks the owner of a certificate: its virtual id (VID) against the identification number at the bank.

The certificate carries virtualID = h(h(DER(HashContent))), with (KCAC.TS.SIVID; RFC 4683 descends from it)
HashContent ::= SEQUENCE { idn PrintableString, randomNum BIT STRING }
The number R (randomNum) is stored with the customer's private key and comes with the proof of possession. With R,
the VID is an oracle for the number: neither is ever logged, stored in clear, or quoted by an error of this module.
A VID and R can be replayed: they count only together with a fresh signature, or with the certificate's key opened
in the same step.
"""

import base64
import hashlib
import hmac
import re

from cryptography.hazmat import asn1

from registrar.domain.certificates import identify_data
from registrar.domain.certificates.certificate_form import parse_certificate
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal

RANDOM_NUMBER_BYTES = 20
# SHA-1 stands in old certificates only. What is compared is a hash of a hash: collisions are no help here.
HASHES = {"2.16.840.1.101.3.4.2.1": "sha256", "1.3.14.3.2.26": "sha1"}

_IDN = re.compile(r"[0-9]{13}|[0-9]{10}")
_HEX = re.compile(r"(?:00)?[0-9A-Fa-f]{40}")
_BASE64_CHARACTERS = 28  # of 20 bytes (with one `=`) and of 21


@asn1.sequence
class _HashContent:
    idn: asn1.PrintableString
    random_number: asn1.BitString


def read_random_number(text: str) -> bytes:
    """R (20 bytes) from what a client sends: base64 (RFC 4648 section 4) or hex, of R or of 00 and R.

    The 00 is the BIT STRING's count of unused bits, which some clients send along. No text is valid in both
    encodings: the lengths differ. Raises ValueError, without the text in it.
    """
    if _HEX.fullmatch(text):
        number = bytes.fromhex(text)
    elif len(text) == _BASE64_CHARACTERS:
        try:
            number = base64.b64decode(text, validate=True)
        except ValueError:
            raise ValueError("R is neither base64 nor hex") from None
    else:
        raise ValueError("R has neither 20 nor 21 bytes in base64 or hex")
    if len(number) == RANDOM_NUMBER_BYTES + 1 and number[0] == 0:
        return number[1:]
    if len(number) != RANDOM_NUMBER_BYTES:
        raise ValueError("R has neither 20 bytes nor 21 that begin with 00")
    return number


def virtual_id(idn: str, random_number: bytes, hash_name: str) -> bytes:
    """h(h(DER(HashContent))) of an identification number and R; `hash_name` is one of the values of HASHES.

    Raises ValueError, without the number in it, for anything but 13 digits (resident or foreigner registration
    number) or 10 digits (business number).
    """
    if not _IDN.fullmatch(idn):
        raise ValueError("the identification number has neither 13 nor 10 digits")
    content = _HashContent(
        idn=asn1.PrintableString(idn), random_number=asn1.BitString(random_number, padding_bits=0)
    )
    once = hashlib.new(hash_name, asn1.encode_der(content)).digest()
    return hashlib.new(hash_name, once).digest()


def check_owner(certificate_der: bytes, idn: str, random_number: bytes | None) -> None:
    """Check that the certificate was issued to the holder of `idn`, the number the bank has on file.

    Raises Refusal: OWNER_MISMATCH where it was not, OWNER_UNVERIFIABLE if it cannot be checked (no VID or an
    unreadable one, an unknown hash, no R or one that is not 20 bytes). Raises ValueError for an `idn` of a wrong
    form and for bytes that are no certificate: both are defects of what the bank keeps.
    """
    if not _IDN.fullmatch(idn):
        raise ValueError("the identification number has neither 13 nor 10 digits")
    certificate = parse_certificate(certificate_der)
    try:
        vid = identify_data.vid(certificate)
    except ValueError:
        raise Refusal(Code.OWNER_UNVERIFIABLE) from None
    if vid is None or vid.hash_oid not in HASHES:
        raise Refusal(Code.OWNER_UNVERIFIABLE)
    if random_number is None or len(random_number) != RANDOM_NUMBER_BYTES:
        raise Refusal(Code.OWNER_UNVERIFIABLE)
    expected = virtual_id(idn, random_number, HASHES[vid.hash_oid])
    if not hmac.compare_digest(expected, vid.virtual_id):
        raise Refusal(Code.OWNER_MISMATCH)
