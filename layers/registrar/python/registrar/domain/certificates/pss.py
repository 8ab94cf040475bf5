"""RSASSA-PSS as an AlgorithmIdentifier (RFC 4055 section 3.1)."""

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

from registrar.domain.asn1 import der
from registrar.domain.reasons.errors import DerMalformed

_PSS = bytes.fromhex("06092a864886f70d01010a")
_MGF1 = bytes.fromhex("06092a864886f70d010108")
_NULL = b"\x05\x00"
_HASHES: dict[bytes, SHA256 | SHA384 | SHA512] = {
    bytes.fromhex("0609608648016503040201"): SHA256(),
    bytes.fromhex("0609608648016503040202"): SHA384(),
    bytes.fromhex("0609608648016503040203"): SHA512(),
}
_HASH = 0xA0
_MASK = 0xA1
_SALT = 0xA2
_USUAL_SALT = 20
MOST_SALT = 512
"""Of an RSA key of 4096 bits, no salt is longer."""


def read_pss(algorithm: bytes) -> tuple[padding.PSS, SHA256 | SHA384 | SHA512] | None:
    """The scheme and its hash, which is one for content and mask as RFC 4055 recommends; None for anything else."""
    try:
        oid, parameters = der.values_in(algorithm)
        own, mask, *salt = der.values_in(parameters)
        (named,) = der.values_in(own, _HASH)
        (generator,) = der.values_in(mask, _MASK)
        function, of_mask = der.values_in(generator)
        size = _salt_length(*salt) if salt else _USUAL_SALT
        digest = _hash(named)
        other = _hash(of_mask)
    except (DerMalformed, ValueError, TypeError):
        return None
    if oid != _PSS or function != _MGF1 or digest is None or digest is not other or not 0 <= size <= MOST_SALT:
        return None
    return padding.PSS(padding.MGF1(digest), size), digest


def _salt_length(tagged: bytes) -> int:
    (length,) = der.values_in(tagged, _SALT)
    start, end = der.expect(length, 0, len(length), der.INTEGER)
    return int.from_bytes(length[start:end], signed=True)


def _hash(algorithm: bytes) -> SHA256 | SHA384 | SHA512 | None:
    oid, *parameters = der.values_in(algorithm)
    return _HASHES.get(oid) if parameters in ([], [_NULL]) else None
