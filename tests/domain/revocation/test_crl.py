"""Reading a CRL: what is accepted, and why anything else is not. Altered bytes are never accepted."""

import random
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID

from registrar.domain.asn1.ber import der_value
from registrar.domain.asn1.names import normal_name
from registrar.domain.certificates.certificate import Certificate, read_certificate
from registrar.domain.reasons.errors import CrlUnusable
from registrar.domain.revocation.crl import read_crl
from registrar.domain.revocation.crl_entries import Entry, batches, read_entry
from registrar.domain.revocation.crl_index import index_crl
from registrar.domain.revocation.crl_scope import ALL_REASONS
from tests.support.as_written import FALSE, with_critical
from tests.support.builders import NOW, a_certificate, a_pki, an_ec_key, an_rsa_key
from tests.support.others import made_by_others
from tools.pki.crls import Revoked, large_crl, make_crl, random_entries, scope, signed_again

CA = a_pki().issuers["yessign"]
ISSUER = read_certificate(CA.certificate.public_bytes(Encoding.DER))
POINT = "ldap://ds.yessign.example:389/ou=dp5p22874,ou=AccreditedCA,o=yessign,c=kr?certificateRevocationList"
KEY_COMPROMISE = x509.ReasonFlags.key_compromise
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.410.200004.99"), b"\x05\x00")
ENTRIES = (
    Revoked(1, NOW, x509.ReasonFlags.superseded),
    Revoked(2**159 - 1, NOW - timedelta(days=9000)),
    Revoked(0x8000, NOW, KEY_COMPROMISE),
    Revoked(7, NOW, extensions=((x509.InvalidityDate(NOW.replace(tzinfo=None)), True), (UNKNOWN, False))),
    Revoked(300, NOW, x509.ReasonFlags.certificate_hold),
)


def entries_of(content: bytes) -> list[Entry]:
    crl = read_crl(content, ISSUER)
    return [read_entry(raw) for batch in batches(crl.der, crl.entries_at, crl.entries_end) for raw in batch]


def why(content: bytes, issuer: Certificate = ISSUER) -> str:
    with pytest.raises(CrlUnusable) as refused:
        index_crl(read_crl(content, issuer))
    return refused.value.why


def test_a_partitioned_crl_is_read() -> None:
    content = make_crl(CA, ENTRIES, this_update=NOW, number=2**64, idp=scope(uris=[POINT]))

    crl = read_crl(content, ISSUER)

    assert (crl.this_update, crl.next_update) == (NOW, NOW + timedelta(days=1))
    assert (crl.number, crl.issuer_key_digest) == (2**64, ISSUER.key_digest)
    assert crl.scope.names is not None
    assert f"uri:{POINT}" in crl.scope.names
    assert not crl.scope.user_only
    assert crl.scope.reasons == ALL_REASONS


def test_entries_match_the_library() -> None:
    content = make_crl(CA, ENTRIES, this_update=NOW)

    found = entries_of(content)

    theirs = x509.load_der_x509_crl(content)
    assert [(e.serial, e.revoked_at) for e in found] == [(t.serial_number, t.revocation_date_utc) for t in theirs]
    assert [e.reason for e in found] == ["superseded", None, "keyCompromise", None, "certificateHold"]
    assert [e.on_hold for e in found] == [False, False, False, False, True]


def test_many_entries_match_the_library() -> None:
    content = large_crl(CA, b"".join(random_entries(3000, NOW, (1, 3, 8, 16, 20))), this_update=NOW)

    found = entries_of(content)

    theirs = x509.load_der_x509_crl(content)
    reasons = [e.value.reason.value for t in theirs for e in t.extensions if isinstance(e.value, x509.CRLReason)]
    assert [e.serial for e in found] == [t.serial_number for t in theirs]
    assert [e.reason for e in found if e.reason] == reasons


def test_crl_without_entries_is_accepted() -> None:
    assert entries_of(make_crl(CA, this_update=NOW)) == []


@pytest.mark.parametrize(
    ("says", "wrong"),
    [
        ("issuer name differs", {"issuer_name": a_pki().root.certificate.subject}),
        ("authority key identifier differs", {"key_identifier": b"\x01" * 20}),
        ("signature does not verify", {"signing_key": an_rsa_key()}),
        ("signature algorithm is not the issuer key's", {"signing_key": an_ec_key()}),
        ("signed with a weak hash", {"sha1_signature": True}),
        ("critical extension 1.2.410.200004.99 is not understood", {"extra_extensions": [(UNKNOWN, True)]}),
        ("delta CRL", {"extra_extensions": [(x509.DeltaCRLIndicator(1), True)]}),
        (
            "delta CRL",
            {
                "extra_extensions": [
                    (
                        x509.FreshestCRL(
                            [x509.DistributionPoint([x509.UniformResourceIdentifier(POINT)], None, None, None)]
                        ),
                        False,
                    )
                ]
            },
        ),
        ("an indirect CRL", {"idp": scope(indirect=True)}),
        ("not understood", {"entries": [Revoked(1, NOW, extensions=((UNKNOWN, True),))]}),
        (
            "not understood",
            {
                "entries": [
                    Revoked(
                        1,
                        NOW,
                        extensions=((x509.CertificateIssuer([x509.DirectoryName(CA.certificate.subject)]), True),),
                    )
                ]
            },
        ),
    ],
)
def test_wrong_crl_is_refused_with_a_reason(says: str, wrong: dict[str, object]) -> None:
    assert says in why(make_crl(CA, **{"this_update": NOW, **wrong}))  # type: ignore[arg-type]


def test_issuer_without_crl_sign_is_refused() -> None:
    leaf = a_certificate()
    assert why(make_crl(CA, this_update=NOW), read_certificate(leaf.der)) == "issuer name differs"
    unable = a_certificate(subject=CA.certificate.subject, key=CA.key)
    assert "cRLSign" in why(make_crl(CA, this_update=NOW), read_certificate(unable.der))


def parts() -> tuple[bytes, bytes]:
    """What a good CRL signs, and where its nextUpdate stands in it."""
    signed = x509.load_der_x509_crl(make_crl(CA, this_update=NOW, number=None)).tbs_certlist_bytes
    return signed, der_value(0x17, f"{NOW + timedelta(days=1):%y%m%d%H%M%SZ}".encode())


def test_crl_without_next_update_is_refused() -> None:
    signed, next_update = parts()
    contents = signed[4 if signed[1] == 0x82 else 3 :].replace(next_update, b"")

    assert why(signed_again(CA, der_value(0x30, contents))) == "nextUpdate is missing"


def test_a_crl_of_version_1_is_refused() -> None:
    signed, _ = parts()
    contents = signed[4 if signed[1] == 0x82 else 3 :].removeprefix(b"\x02\x01\x01")

    assert why(signed_again(CA, der_value(0x30, contents))) == "not DER: not version 2"


def test_list_with_another_algorithm_beside_its_signature_is_refused() -> None:
    """RFC 5280 section 5.1.1.2: both fields name the same one."""
    whole = make_crl(CA, this_update=NOW)
    signed = x509.load_der_x509_crl(whole).tbs_certlist_bytes
    sha256, sha512 = (bytes.fromhex(f"300d06092a864886f70d0101{last}0500") for last in ("0b", "0d"))
    beside = whole[whole.index(signed) + len(signed) :]
    assert beside.startswith(sha256)

    other = der_value(0x30, signed + beside.replace(sha256, sha512, 1))
    assert why(other) == "not DER: its two signature algorithms differ"


@pytest.mark.parametrize(
    "entries",
    [
        "3003020101",  # no date
        "3010020101170b3236313132333033303050",  # a date without seconds
        "30120201011 70d3236313332333033303030305a".replace(" ", ""),  # month 13
        "3013020200 01170d3236313132333033303030305a".replace(" ", ""),  # a serial longer than needed
        "30110200170d3236313132333033303030305a",  # a serial of no bytes
        "3084ffffffff",
        "30",
        "1f8101",
        "3012020101170d3236313132333033303030305a05",  # bytes after the last entry
        "3014020101170d3236313132333033303030305a3000",  # no extension in the extensions
    ],
)
def test_entries_that_break_the_rules_are_refused(entries: str) -> None:
    assert why(large_crl(CA, bytes.fromhex(entries), this_update=NOW))


def test_an_altered_crl_is_never_accepted() -> None:
    content = make_crl(CA, ENTRIES, this_update=NOW, idp=scope(uris=[POINT]))
    chance = random.Random(5280)  # noqa: S311 - the same in every run
    for _ in range(3000):
        altered = bytearray(content)
        for _ in range(chance.choice((1, 1, 2, 5))):
            altered[chance.randrange(len(altered))] ^= chance.randrange(1, 256)
        assert why(bytes(altered))


@pytest.mark.parametrize("step", [1, 7])
def test_truncated_or_extended_crl_is_refused(step: int) -> None:
    content = make_crl(CA, ENTRIES, this_update=NOW)
    for length in range(0, len(content), step):
        assert why(content[:length])
    assert why(content + b"\0")


def test_signed_malformed_bytes_are_refused_with_a_reason() -> None:
    signed = x509.load_der_x509_crl(make_crl(CA, ENTRIES, this_update=NOW)).tbs_certlist_bytes
    chance = random.Random(6)  # noqa: S311 - the same in every run
    reasons = list[str]()
    for _ in range(400):
        altered = bytearray(signed)
        altered[chance.randrange(len(altered))] ^= chance.randrange(1, 256)
        try:
            index_crl(read_crl(signed_again(CA, bytes(altered)), ISSUER))
        except CrlUnusable as refused:
            reasons.append(refused.why)
    # A changed serial or minute is what the issuer signed then.
    assert 100 < len(reasons) < 400
    assert all(reasons)


def test_deeply_nested_bytes_are_refused() -> None:
    nested = b""
    for _ in range(200):
        nested = der_value(0x30, nested)
    assert why(nested)
    assert why(b"\x30\x80" * 100_000)
    assert why(large_crl(CA, nested, this_update=NOW))


def test_scope_is_read_whether_critical_or_not() -> None:
    content = make_crl(CA, this_update=NOW, idp=scope(only_ca=True), idp_critical=False)

    assert read_crl(content, ISSUER).scope.ca_only
    extension = x509.load_der_x509_crl(content).extensions.get_extension_for_oid(
        ExtensionOID.ISSUING_DISTRIBUTION_POINT
    )
    assert not extension.critical


ODD_REASONS = [
    b"\x0a\x01\x08",
    b"\x0a\x01\x07",
    b"\x0a\x01\x0b",
    b"\x0a\x01\xff",
    b"\x02\x01\x01",
    b"\x0a\x02\0\x06",
    b"\x0a\x01\x06\0",
    b"\x05\0",
    b"",
]


@pytest.mark.parametrize("odd", ODD_REASONS, ids=bytes.hex)
def test_entry_with_an_odd_reason_counts_as_revoked_and_the_rest_stands(odd: bytes) -> None:
    reason = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.21"), odd)
    content = make_crl(CA, (Revoked(5, NOW, extensions=((reason, False),)), *ENTRIES), this_update=NOW)

    found = entries_of(content)

    assert (found[0].serial, found[0].reason, found[0].on_hold) == (5, None, False)
    assert [e.reason for e in found[1:]] == ["superseded", None, "keyCompromise", None, "certificateHold"]
    assert index_crl(read_crl(content, ISSUER))


@pytest.mark.parametrize("critical", [True, False])
def test_critical_false_written_out_in_a_list_is_read(critical: bool) -> None:
    made = make_crl(CA, ENTRIES, this_update=NOW, idp=scope(uris=[POINT]), idp_critical=critical)
    usual = read_crl(made, ISSUER)
    to_be_signed = with_critical(x509.load_der_x509_crl(made).tbs_certlist_bytes)
    assert to_be_signed.count(FALSE) == (6 if critical else 7)
    content = signed_again(CA, to_be_signed)
    found = read_crl(content, ISSUER)

    assert (found.scope, found.number, found.next_update) == (usual.scope, usual.number, usual.next_update)
    assert entries_of(content) == entries_of(made)
    assert index_crl(found)
    assert why(content[:-1] + bytes([content[-1] ^ 1])) == "signature does not verify"


@pytest.mark.parametrize("written", ["010101", "01020000", "01810100", "0500"])
def test_other_forms_of_critical_make_a_list_unusable(written: str) -> None:
    to_be_signed = x509.load_der_x509_crl(make_crl(CA, ENTRIES, this_update=NOW)).tbs_certlist_bytes
    assert why(signed_again(CA, with_critical(to_be_signed, bytes.fromhex(written))))


def test_list_of_another_products_report_is_read() -> None:
    content = made_by_others("cases/crl-remove-from-crl.crl").read_bytes()
    folder = made_by_others("cases/trust/issuers")
    (issuer,) = (
        each
        for each in map(read_certificate, (path.read_bytes() for path in folder.rglob("*.der")))
        if each.subject == normal_name(x509.load_der_x509_crl(content).issuer)
    )
    crl = read_crl(content, issuer)
    found = [read_entry(raw) for batch in batches(crl.der, crl.entries_at, crl.entries_end) for raw in batch]
    assert [(entry.serial, entry.reason) for entry in found] == [(0x1234, "keyCompromise"), (0x5566, None)]
