"""The KISA identification data in a certificate's subjectAltName (KCAC.TS.SIVID).

IdentifyData ::= SEQUENCE { realName UTF8String, userInfo SEQUENCE OF AttributeTypeAndValue OPTIONAL }
An entry of type id-VID holds
VID ::= SEQUENCE { hashAlg AlgorithmIdentifier, virtualID [0] EXPLICIT OCTET STRING }
"""

from dataclasses import dataclass
from typing import Annotated

from cryptography import x509
from cryptography.hazmat import asn1

ID_KISA_IDENTIFY_DATA = x509.ObjectIdentifier("1.2.410.200004.10.1.1")
ID_VID = x509.ObjectIdentifier("1.2.410.200004.10.1.1.1")


@asn1.sequence
class _AttributeTypeAndValue:
    type: x509.ObjectIdentifier
    value: asn1.TLV


@asn1.sequence
class _IdentifyData:
    real_name: str
    user_info: list[_AttributeTypeAndValue] | None


@asn1.sequence
class _HashAlgorithm:
    algorithm: x509.ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class _Vid:
    hash_algorithm: _HashAlgorithm
    virtual_id: Annotated[bytes, asn1.Explicit(0)]


@dataclass(frozen=True, slots=True)
class Vid:
    """The virtual id of a certificate's holder: a hash over their identification number and R."""

    hash_oid: str
    virtual_id: bytes


def real_name(certificate: x509.Certificate) -> str | None:
    """The holder's name as the CA checked it, or None where the certificate carries none.

    Raises ValueError when the identification data is there but is not DER of that type.
    """
    for data in _identify_data(certificate):
        return asn1.decode_der(_IdentifyData, data).real_name
    return None


def vid(certificate: x509.Certificate) -> Vid | None:
    """The holder's virtual id, or None where the certificate carries none (a CA's, or one for encipherment).

    Raises ValueError when it is not DER of its type, or when there are several: which one counts is not said.
    """
    entries = [
        entry.value
        for data in _identify_data(certificate)
        for entry in asn1.decode_der(_IdentifyData, data).user_info or ()
        if entry.type == ID_VID
    ]
    if not entries:
        return None
    (only,) = entries
    decoded: _Vid = only.parse(_Vid)
    return Vid(decoded.hash_algorithm.algorithm.dotted_string, decoded.virtual_id)


def _identify_data(certificate: x509.Certificate) -> list[bytes]:
    """The DER of each identification data in the subjectAltName (RFC 5280 4.2.1.6, otherName)."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    others = names.get_values_for_type(x509.OtherName)
    return [other.value for other in others if other.type_id == ID_KISA_IDENTIFY_DATA]
