"""The KISA identification data in a certificate's subjectAltName (KCAC.TS.SIVID).

IdentifyData ::= SEQUENCE { realName UTF8String, userInfo SEQUENCE OF AttributeTypeAndValue OPTIONAL }
"""

from cryptography import x509
from cryptography.hazmat import asn1

ID_KISA_IDENTIFY_DATA = x509.ObjectIdentifier("1.2.410.200004.10.1.1")


@asn1.sequence
class _AttributeTypeAndValue:
    type: x509.ObjectIdentifier
    value: asn1.TLV


@asn1.sequence
class _IdentifyData:
    real_name: str
    user_info: list[_AttributeTypeAndValue] | None


def real_name(certificate: x509.Certificate) -> str | None:
    """The holder's name as the CA checked it, or None where the certificate carries none.

    Raises ValueError when the identification data is there but is not DER of that type.
    """
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return None
    for other in names.get_values_for_type(x509.OtherName):
        if other.type_id == ID_KISA_IDENTIFY_DATA:
            return asn1.decode_der(_IdentifyData, other.value).real_name
    return None
