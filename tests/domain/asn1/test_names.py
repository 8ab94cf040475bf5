"""Names of the same person or CA match, others do not (RFC 5280 section 7.1)."""

import unicodedata

import pytest
from cryptography import x509
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID

from registrar.domain.asn1.names import common_name, normal_name

C, O, OU, CN = (  # noqa: E741 - as in every DN
    NameOID.COUNTRY_NAME,
    NameOID.ORGANIZATION_NAME,
    NameOID.ORGANIZATIONAL_UNIT_NAME,
    NameOID.COMMON_NAME,
)


def a_name(*parts: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


ISSUER = a_name((C, "KR"), (O, "yessign"), (OU, "AccreditedCA"), (CN, "yessignCA Class 3"))


@pytest.mark.parametrize(
    "other",
    [
        a_name((C, "kr"), (O, "yessign"), (OU, "AccreditedCA"), (CN, "yessignCA Class 3")),
        a_name((C, "KR"), (O, "YESSIGN"), (OU, "accreditedca"), (CN, "YessignCA class 3")),
        a_name((C, "KR"), (O, " yessign "), (OU, "AccreditedCA"), (CN, "yessignCA   Class\t3")),
        a_name((C, "KR"), (O, "ｙｅｓｓｉｇｎ"), (OU, "AccreditedCA"), (CN, "yessignCA Class ３")),
    ],
    ids=["country", "case", "space", "full width"],
)
def test_equivalent_names_match(other: x509.Name) -> None:
    assert normal_name(other) == normal_name(ISSUER)


@pytest.mark.parametrize(
    "other",
    [
        a_name((C, "KR"), (O, "yessign"), (OU, "AccreditedCA"), (CN, "yessignCA Class 2")),
        a_name((C, "KR"), (O, "yessign"), (OU, "AccreditedCA"), (CN, "yessignCAClass3")),
        a_name((C, "KR"), (OU, "AccreditedCA"), (O, "yessign"), (CN, "yessignCA Class 3")),
        a_name((C, "KR"), (O, "yessign"), (OU, "AccreditedCA")),
        a_name((C, "KR"), (O, "yessign"), (O, "AccreditedCA"), (CN, "yessignCA Class 3")),
        a_name(),
    ],
    ids=["value", "space lost", "order", "shorter", "type", "empty"],
)
def test_different_names_do_not_match(other: x509.Name) -> None:
    assert normal_name(other) != normal_name(ISSUER)


def test_decomposed_hangul_matches_composed() -> None:
    composed, decomposed = (unicodedata.normalize(form, "홍길동") for form in ("NFC", "NFD"))
    assert composed != decomposed
    assert normal_name(a_name((CN, composed))) == normal_name(a_name((CN, decomposed)))


def test_string_type_does_not_matter() -> None:
    printable, utf8 = (
        x509.Name([x509.NameAttribute(O, "yessign", kind)])
        for kind in (_ASN1Type.PrintableString, _ASN1Type.UTF8String)
    )
    assert printable.public_bytes() != utf8.public_bytes()
    assert normal_name(printable) == normal_name(utf8)


def test_order_within_an_rdn_is_ignored_but_rdns_stay_separate() -> None:
    first, second = x509.NameAttribute(OU, "personal"), x509.NameAttribute(CN, "홍길동")
    one_way, other_way = (
        x509.Name([x509.RelativeDistinguishedName(parts)]) for parts in ([first, second], [second, first])
    )
    assert normal_name(one_way) == normal_name(other_way)
    assert normal_name(one_way) != normal_name(x509.Name([first, second]))


def test_last_common_name_is_returned() -> None:
    assert common_name(a_name((CN, "first"), (O, "o"), (CN, "last"))) == "last"
    assert common_name(a_name((O, "INIPASS"), (C, "KR"))) == "C=KR,O=INIPASS"
