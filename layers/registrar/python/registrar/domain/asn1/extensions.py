"""Extensions (RFC 5280 section 4.1) whose writer wrote `critical FALSE` out, although DER leaves it out.

X.690 section 11.5: a default is left out. asn1c wrote it (github.com/vlm/asn1c/pull/181), and so do makers of chips
(github.com/alex/rust-asn1/issues/523, github.com/lowRISC/opentitan/pull/31412). The meaning is certain.
"""

from registrar.domain.asn1 import der
from registrar.domain.asn1.ber import der_value

FALSE = bytes.fromhex("010100")


def without_critical_false(extensions: bytes) -> bytes:
    """`extensions`, a SEQUENCE, as DER has them. Raises DerMalformed."""
    return der_value(der.SEQUENCE, b"".join(map(_without_false, der.values_in(extensions))))


def _without_false(extension: bytes) -> bytes:
    parts = der.values_in(extension)
    if len(parts) == 3 and parts[1] == FALSE:
        del parts[1]
    return der_value(der.SEQUENCE, b"".join(parts))
