"""PKCS #12 files, .pfx and .p12 (RFC 7292), read here and not by OpenSSL.

`cryptography` hands a PFX to OpenSSL, which derives keys with whatever round counts it meets, also in bags that are
only seen once their cover is off, and which drops the attributes of the key, where R is. So the file is taken
apart here: every count is charged before it is run, nothing is decrypted before the MAC has proved the
password, and a bag in a bag, which nobody writes, is refused.

Kept out as FILE_ENCRYPTION_UNSUPPORTED: no MAC, public-key integrity or privacy (RFC 7292 section 3.1), PBMAC1, and
a key that lies open in the file.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from registrar.domain.errors import Refusal
from registrar.domain.file_structures import (
    TLV,
    CertBag,
    ContentInfo,
    MacData,
    PfxParts,
    definite,
    encrypted_data,
    read,
    safe_bag,
    values,
)
from registrar.domain.kdf_budget import KdfBudget
from registrar.domain.key_envelopes import Envelope, WrongPassword, envelope_of, open_key, read_envelope
from registrar.domain.password_encryption import pkcs12_bytes
from registrar.domain.password_forms import Password
from registrar.domain.pkcs7 import MAX_CERTIFICATES, load
from registrar.domain.private_keys import PrivateKey, read_private_key
