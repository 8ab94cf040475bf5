"""The virtual id: R as clients send it, the hash, and the owner of the certificate."""

import base64
import secrets

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID
from hypothesis import given, settings
from hypothesis import strategies as st

from registrar.domain.certificates import identify_data
from registrar.domain.possession import vid
from registrar.domain.possession.vid import check_owner, read_random_number, virtual_id
from registrar.domain.reasons.errors import Refusal
from tests.support.builders import NOW, a_certificate, a_pki, an_ec_key
from tests.support.customer_folders import CustomerFolder
from tests.support.others import a_vector
from tools.pki import authorities as pki
from tools.pki.authorities import CustomerCertificate, _oid, _tlv

IDN = "9001011234567"
OTHER_IDN = "9001011234568"
BUSINESS = "1234567891"
R = bytes(range(1, 21))
SHA256 = "2.16.840.1.101.3.4.2.1"
MANY = settings(max_examples=150, derandomize=True, database=None, deadline=None)


def customer(**overrides: object) -> CustomerCertificate:
    values: dict[str, object] = {"key": an_ec_key(), "idn": IDN, "random_number": R}
    return a_certificate(**(values | overrides))  # type: ignore[arg-type] # builders take anything


def a_certificate_with(*entries: bytes, names: int = 1) -> bytes:
    """The DER of a certificate whose identification data has these userInfo entries."""
    data = _tlv(0x30, _tlv(0x0C, "홍길동".encode()), _tlv(0x30, *entries))
    san = x509.SubjectAlternativeName([x509.OtherName(pki.ID_KISA_IDENTIFY_DATA, data)] * names)
    builder = x509.CertificateBuilder(x509.Name([]), x509.Name([]), an_ec_key().public_key(), 1, NOW, NOW)
    return builder.add_extension(san, critical=False).sign(an_ec_key(), hashes.SHA256()).public_bytes(Encoding.DER)


def a_vid(
    value: bytes | None = None, hash_oid: str = SHA256, parameters: bytes = b"", type_oid: str = "", tag: int = 0xA0
) -> bytes:
    value = virtual_id(IDN, R, "sha256") if value is None else value
    inner = value if tag == 0x80 else _tlv(0x04, value)
    vid_value = _tlv(0x30, _tlv(0x30, _oid(hash_oid), parameters), _tlv(tag, inner))
    return _tlv(0x30, _oid(type_oid or pki.ID_VID.dotted_string), vid_value)


def refusal(der: bytes, idn: str = IDN, random_number: bytes | None = R) -> str:
    with pytest.raises(Refusal) as caught:
        check_owner(der, idn, random_number)
    assert not caught.value.params
    return caught.value.code


# --- R ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(R).decode(),
        base64.b64encode(b"\0" + R).decode(),
        R.hex(),
        R.hex().upper(),
        "00" + R.hex(),
    ],
)
def test_each_client_encoding_of_r_is_read(text: str) -> None:
    assert read_random_number(text) == R


def test_r_with_a_leading_zero_is_read() -> None:
    assert read_random_number("00" * 20) == bytes(20)
    assert read_random_number("00" * 21) == bytes(20)
    assert read_random_number(base64.b64encode(bytes(21)).decode()) == bytes(20)


@pytest.mark.parametrize(
    "text",
    [
        "",
        R.hex()[:-1],
        R.hex() + "0",
        R.hex() + "00",
        "01" + R.hex(),
        R.hex()[:-1] + "g",
        R.hex() + "\n",
        " ".join(R.hex()[i : i + 2] for i in range(0, 40, 2)),
        base64.b64encode(b"\1" + R).decode(),
        base64.b64encode(R[:19]).decode(),
        base64.b64encode(R + R[:2]).decode(),
        base64.b64encode(R).decode().rstrip("="),
        base64.b64encode(R).decode() + "\n",
        base64.urlsafe_b64encode(b"\xfb" * 20).decode(),
        "٠" * 40,
        "가" * 28,
    ],
)
def test_malformed_r_is_refused_and_not_quoted(text: str) -> None:
    with pytest.raises(ValueError, match=r"^R (is|has) neither") as caught:
        read_random_number(text)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert len(text) < 8 or text not in str(caught.value)


@MANY
@given(text=st.text(max_size=45) | st.text("0123456789abcdefABCDEF+/=", min_size=26, max_size=43))
def test_any_text_parses_to_20_bytes_or_raises_value_error(text: str) -> None:
    try:
        number = read_random_number(text)
    except ValueError:
        return
    assert len(number) == vid.RANDOM_NUMBER_BYTES


# --- the hash -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("hash_name", ["sha256", "sha1"])
@MANY
@given(idn=st.from_regex(r"\A([0-9]{13}|[0-9]{10})\Z"), random_number=st.binary(min_size=20, max_size=20))
def test_hash_matches_a_second_implementation(hash_name: str, idn: str, random_number: bytes) -> None:
    ours = virtual_id(idn, random_number, hash_name)

    assert ours == pki.virtual_id(idn, random_number, "sha1" if hash_name == "sha1" else "sha256")


@pytest.mark.parametrize(
    "idn",
    ["", "900101-1234567", "900101123456", "90010112345678", "٩" * 13, IDN + "\n", "123-45-67891", "ABCDEFGHIJ"],
)
def test_malformed_identification_number_is_a_defect_and_not_quoted(idn: str) -> None:
    calls = (
        lambda: virtual_id(idn, R, "sha256"),
        lambda: check_owner(customer().der, idn, R),
        lambda: check_owner(customer(vid=False).der, idn, None),
    )
    for call in calls:
        with pytest.raises(ValueError, match=r"^the identification number has neither 13 nor 10 digits$"):
            call()


# --- whose certificate --------------------------------------------------------------------------------


@pytest.mark.parametrize("idn", [IDN, BUSINESS])
@pytest.mark.parametrize("vid_hash", ["sha256", "sha1"])
def test_vid_matches_only_the_owner(idn: str, vid_hash: str) -> None:
    der = customer(idn=idn, vid_hash=vid_hash).der

    check_owner(der, idn, R)
    assert refusal(der, OTHER_IDN) == "OWNER_MISMATCH"
    assert refusal(der, BUSINESS[::-1]) == "OWNER_MISMATCH"
    assert refusal(der, idn, secrets.token_bytes(20)) == "OWNER_MISMATCH"
    assert refusal(der, idn, R[:-1] + b"\0") == "OWNER_MISMATCH"


@pytest.mark.parametrize("random_number", [None, b"", R[:-1], b"\0" + R])
def test_owner_is_unknown_without_r(random_number: bytes | None) -> None:
    assert refusal(customer().der, random_number=random_number) == "OWNER_UNVERIFIABLE"


def test_owner_is_unknown_without_a_vid() -> None:
    assert refusal(customer(vid=False).der) == "OWNER_UNVERIFIABLE"
    assert refusal(customer(encipherment=True).der) == "OWNER_UNVERIFIABLE"
    assert refusal(customer(omit=[ExtensionOID.SUBJECT_ALTERNATIVE_NAME]).der) == "OWNER_UNVERIFIABLE"
    assert refusal(a_certificate_with(a_vid(type_oid="1.2.410.200004.10.1.1.2"))) == "OWNER_UNVERIFIABLE"


def test_hand_made_vid_is_read() -> None:
    other_entry = _tlv(0x30, _oid("1.2.3"), _tlv(0x0C, b"x"))

    check_owner(a_certificate_with(a_vid()), IDN, R)
    check_owner(a_certificate_with(a_vid(parameters=_tlv(0x05))), IDN, R)
    check_owner(a_certificate_with(other_entry, a_vid()), IDN, R)


@pytest.mark.parametrize(
    "entry",
    [
        a_vid(hash_oid="2.16.840.1.101.3.4.2.2"),  # SHA-384
        a_vid(hash_oid="1.2.410.200004.1.2"),  # HAS-160
        a_vid(hash_oid="1.2.840.113549.2.5"),  # MD5
        a_vid(parameters=_tlv(0x02, b"\1")),
        a_vid(tag=0x80),  # IMPLICIT: no certificate seen has it
        a_vid(tag=0xA1),
        a_vid() + a_vid(),
        _tlv(0x30, _oid(pki.ID_VID.dotted_string), _tlv(0x05)),
        _tlv(0x30, _oid(pki.ID_VID.dotted_string), _tlv(0x31, a_vid())),
    ],
    ids=["sha384", "has160", "md5", "parameters", "implicit", "tag", "two", "null", "set"],
)
def test_owner_is_unknown_with_an_unreadable_vid(entry: bytes) -> None:
    assert refusal(a_certificate_with(entry)) == "OWNER_UNVERIFIABLE"


def test_owner_is_unknown_with_two_identification_data() -> None:
    assert refusal(a_certificate_with(a_vid(), names=2)) == "OWNER_UNVERIFIABLE"


@pytest.mark.parametrize("cut", [0, 1, 20, 31])
def test_truncated_vid_matches_no_owner(cut: int) -> None:
    der = a_certificate_with(a_vid(virtual_id(IDN, R, "sha256")[:cut]))

    assert refusal(der) == "OWNER_MISMATCH"


def test_bytes_that_are_no_certificate_are_a_defect() -> None:
    with pytest.raises(ValueError, match="error parsing"):
        check_owner(b"\x30\x00", IDN, R)


# --- certificates as CAs issue them -------------------------------------------------------------------


def test_vid_is_read_from_a_certificate_as_issued(folder: CustomerFolder) -> None:
    """The number behind the published one is unknown, so only the form and a mismatch are tested here."""
    der = folder.certificate
    found = identify_data.vid(x509.load_der_x509_certificate(der))

    assert found is not None
    assert found.hash_oid == SHA256
    assert len(found.virtual_id) == 32
    assert _tlv(0xA0, _tlv(0x04, found.virtual_id)) in der
    assert refusal(der, IDN, read_random_number(folder.random_number.hex())) == "OWNER_MISMATCH"


@pytest.mark.parametrize("name", ["yessignCA-Class-3", "signGATE-CA6", "KISA-RootCA-4"])
def test_a_ca_has_no_vid(name: str) -> None:
    assert identify_data.vid(x509.load_der_x509_certificate(a_vector(f"ca/{name}.der"))) is None


def test_demo_hierarchy_has_no_vid() -> None:
    for authority in (a_pki().root, *a_pki().issuers.values()):
        assert identify_data.vid(authority.certificate) is None
