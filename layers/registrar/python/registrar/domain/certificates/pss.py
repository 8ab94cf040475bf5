"""RSASSA-PSS as an AlgorithmIdentifier (RFC 4055 section 3.1), which is compared as a whole."""

from collections.abc import Iterator
from itertools import product

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

from registrar.domain.asn1 import der
from registrar.domain.asn1.ber import der_value


def _pss_encodings() -> Iterator[tuple[bytes, tuple[padding.PSS, SHA256 | SHA384 | SHA512]]]:
    """RSASSA-PSS as RFC 4055 section 3.1 recommends it: one hash for all, salt as long as it; NULL or nothing."""
    for algorithm, oid in ((SHA256(), 1), (SHA384(), 2), (SHA512(), 3)):
        name = bytes.fromhex("0609608648016503040200")[:-1] + bytes([oid])
        forms = [der_value(der.SEQUENCE, name + null) for null in (b"", b"\x05\x00")]
        for own, of_mask in product(forms, forms):
            mask = der_value(der.SEQUENCE, _MGF1 + of_mask)
            salt = der_value(der.INTEGER, bytes([algorithm.digest_size]))
            parameters = der_value(0xA0, own) + der_value(0xA1, mask) + der_value(0xA2, salt)
            encoding = der_value(der.SEQUENCE, _PSS + der_value(der.SEQUENCE, parameters))
            yield encoding, (padding.PSS(padding.MGF1(algorithm), algorithm.digest_size), algorithm)


_MGF1 = bytes.fromhex("06092a864886f70d010108")
_PSS = bytes.fromhex("06092a864886f70d01010a")
PSS_SIGNATURES = dict(_pss_encodings())
